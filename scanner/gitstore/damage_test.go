// This file sweeps stores that are broken, or were made to break their reader.

package gitstore

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func deflate(data []byte) []byte {
	var buf bytes.Buffer
	w := zlib.NewWriter(&buf)
	w.Write(data)
	w.Close()
	return buf.Bytes()
}

// entry makes an entry of a pack.
func entry(typ Type, size int, base, data []byte) []byte {
	b := byte(typ)<<4 | byte(size&15)
	size >>= 4
	var out []byte
	for size > 0 {
		out, b, size = append(out, b|0x80), byte(size&0x7f), size>>7
	}
	out = append(append(out, b), base...)
	return append(out, deflate(data)...)
}

func makePack(entries ...[]byte) []byte {
	out := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(entries)))
	for _, e := range entries {
		out = append(out, e...)
	}
	sum := sha1.Sum(out)
	return append(out, sum[:]...)
}

// makeIndexFile encodes an index of version 2.
func makeIndexFile(x *packIndex, pack []byte) []byte {
	out := []byte("\xfftOc\x00\x00\x00\x02")
	for _, n := range x.fanout {
		out = binary.BigEndian.AppendUint32(out, n)
	}
	out = append(out, x.ids...)
	order := append(ranksByOffset(x), none)
	crcs := make([]byte, 4*x.n)
	for i, rank := range order[:x.n] {
		start, end := x.offset(int(rank)), uint64(len(pack)-20)
		if order[i+1] != none {
			end = x.offset(int(order[i+1]))
		}
		// In a pack that is cut, the last entry may reach into what would be the checksum.
		binary.BigEndian.PutUint32(crcs[4*rank:], crc32.ChecksumIEEE(pack[start:max(start, end)]))
	}
	out = append(append(append(out, crcs...), x.offs...), x.large...)
	out = append(out, pack[len(pack)-20:]...)
	sum := sha1.Sum(out)
	return append(out, sum[:]...)
}

func hashOf(typ Type, data string) ID {
	sum := sha1.Sum(append(objectHeader(typ, uint64(len(data))), data...))
	return makeID(sum[:])
}

// withPack makes a bare repository of one pack; the index lists the given entries.
func withPack(t *testing.T, pack []byte, entries ...packEntry) *Store {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "x.git")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "objects", "pack"), 0o755))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "refs"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "HEAD"), []byte("ref: refs/heads/main\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "objects", "pack", "pack-x.pack"), pack, 0o644))
	if len(entries) > 0 {
		index := makeIndexFile(makePackIndex(entries, 20), pack)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "objects", "pack", "pack-x.idx"), index, 0o644))
	}
	return openStore(t, dir, Env{})
}

func TestDeltaCircle(t *testing.T) {
	t.Parallel()
	delta := []byte{4, 4, 0x90, 4}
	a, b, good := hashOf(BlobObject, "a"), hashOf(BlobObject, "b"), hashOf(BlobObject, "good")
	self := entry(refDelta, len(delta), a.bytes(), delta)
	toB := entry(refDelta, len(delta), b.bytes(), delta)
	toA := entry(refDelta, len(delta), a.bytes(), delta)
	ok := entry(BlobObject, 4, nil, []byte("good"))

	s := withPack(t, makePack(self, ok), packEntry{a, 12}, packEntry{good, 12 + uint64(len(self))})
	got := sweepAll(t, s)
	assert.Len(t, got.errs, 1)
	assert.ErrorContains(t, got.errs[a], "built on itself")
	assert.Equal(t, "good", got.objects[good].Data)
	_, _, err := s.Read(a)
	assert.ErrorContains(t, err, "built on itself")

	s = withPack(t, makePack(toB, toA, ok),
		packEntry{a, 12}, packEntry{b, 12 + uint64(len(toB))}, packEntry{good, 12 + uint64(len(toB)+len(toA))})
	got = sweepAll(t, s)
	assert.Len(t, got.errs, 2)
	assert.Len(t, got.objects, 1)
	_, _, err = s.Read(b)
	assert.ErrorContains(t, err, "built on itself")

	s = withPack(t, makePack(toB, toA, self, ok))
	got = sweepAll(t, s)
	assert.Len(t, got.unnamed, 3)
	assert.Len(t, got.objects, 1)
}

// TestDeltaBomb has a delta whose result is declared, and made, of more than is read.
func TestDeltaBomb(t *testing.T) {
	t.Parallel()
	base := strings.Repeat("x", 1<<16)
	delta := binary.AppendUvarint(nil, uint64(len(base)))
	delta = binary.AppendUvarint(delta, 5<<30)
	delta = append(delta, bytes.Repeat([]byte{0x80}, 5<<30/(1<<16))...)
	id := hashOf(BlobObject, base)
	root := entry(BlobObject, len(base), nil, []byte(base))
	s := withPack(t, makePack(root, entry(refDelta, len(delta), id.bytes(), delta)))
	got := sweepAll(t, s)
	require.Len(t, got.unnamed, 1)
	assert.ErrorContains(t, got.unnamed[0].Err, "larger than 1 GiB, or than 32 MiB")
	assert.Len(t, got.objects, 1)
}

func TestDeltaChain(t *testing.T) {
	t.Parallel()
	const depth = 20_000
	text := []byte("0123456789")
	entries := [][]byte{entry(BlobObject, len(text), nil, text)}
	off := 12 + len(entries[0])
	list := []packEntry{{hashOf(BlobObject, string(text)), 12}}
	for i := range depth {
		next := append([]byte(fmt.Sprintf("%09d", i)), text[:len(text)-9]...)
		delta := append([]byte{byte(len(text)), byte(len(next)), 9}, next[:9]...)
		delta = append(delta, 0x90, byte(len(next)-9))
		last := list[len(list)-1].id
		e := entry(refDelta, len(delta), last.bytes(), delta)
		entries = append(entries, e)
		list = append(list, packEntry{hashOf(BlobObject, string(next)), uint64(off)})
		off += len(e)
		text = next
	}
	end := list[depth].id
	s := withPack(t, makePack(entries...), list...)
	got := sweepAll(t, s)
	assert.Empty(t, got.errs)
	assert.Len(t, got.objects, depth+1)
	_, data, err := s.Read(end)
	require.NoError(t, err)
	assert.Equal(t, string(text), string(data))
	s = withPack(t, makePack(entries...))
	assert.Len(t, sweepAll(t, s).objects, depth+1)
}

// TestPackDamaged flips and cuts: whatever is delivered without an error is right, and whatever is not is said.
func TestPackDamaged(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	grow(r, rand.New(rand.NewSource(9)), 15)
	r.git("repack", "-q", "-a", "-d", "--depth=50")
	want := r.objects()
	names, err := filepath.Glob(r.path(".git/objects/pack/*.pack"))
	require.NoError(t, err)
	good, err := os.ReadFile(names[0])
	require.NoError(t, err)
	index := strings.TrimSuffix(names[0], "pack") + "idx"
	goodIndex, err := os.ReadFile(index)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(names[0], 0o644))
	require.NoError(t, os.Chmod(index, 0o644))
	rng := rand.New(rand.NewSource(1))
	for i := range 150 {
		pack, idx := bytes.Clone(good), bytes.Clone(goodIndex)
		switch i % 3 {
		case 0:
			pack[rng.Intn(len(pack))] ^= byte(1 + rng.Intn(255))
		case 1:
			pack = pack[:rng.Intn(len(pack))]
		case 2:
			idx[rng.Intn(len(idx))] ^= byte(1 + rng.Intn(255))
		}
		require.NoError(t, os.WriteFile(names[0], pack, 0o644))
		require.NoError(t, os.WriteFile(index, idx, 0o644))
		if i%2 == 0 && i%3 != 2 {
			require.NoError(t, os.Remove(index))
		}
		s := r.open()
		got := sweepAll(t, s)
		require.Empty(t, got.twice)
		for id, c := range got.objects {
			require.Equal(t, want[id], c, "mutant %d", i)
		}
		if len(got.objects) < len(want) {
			require.NotZero(t, len(got.errs)+len(got.unnamed)+len(s.Problems()), "mutant %d is silent", i)
		}
		if i%3 == 2 {
			require.Len(t, got.objects, len(want), "the pack alone is enough")
		}
		for id := range want {
			if typ, data, err := s.Read(id); err == nil {
				require.Equal(t, want[id], content{typ, string(data)})
			}
		}
	}
}

// TestRescue reads the copy of a damaged object, and what is built on it.
func TestRescue(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	grow(r, rand.New(rand.NewSource(10)), 10)
	want := r.objects()
	r.git("repack", "-q", "-a") // loose objects stay
	names, err := filepath.Glob(r.path(".git/objects/pack/*.pack"))
	require.NoError(t, err)
	require.NoError(t, os.Chmod(names[0], 0o644))
	require.NoError(t, os.Truncate(names[0], 700))
	s := r.open()
	requireSame(t, s, want)
	assert.Contains(t, problems(s), "another copy of it was read")
	require.NoError(t, os.Remove(names[0]))
	s = r.open()
	requireSame(t, s, want)
	assert.Contains(t, problems(s), "pack of this index is missing")
}

func TestLooseDamaged(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	put := func(id ID, raw []byte) {
		name := looseName(r.path(".git/objects"), id)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, raw, 0o644))
	}
	header, lies, cut, plain, long := hashOf(1, "1"), hashOf(1, "2"), hashOf(1, "3"), hashOf(1, "4"), hashOf(1, "5")
	put(header, deflate(make([]byte, 1<<20)))
	put(lies, deflate([]byte("blob 9000000000000000000\x00secret")))
	put(cut, deflate([]byte("blob 6\x00secret"))[:14])
	put(plain, []byte("blob 6\x00secret"))
	put(long, deflate(append([]byte(fmt.Sprintf("blob %d\x00", MaxInMemory+10)), make([]byte, MaxInMemory+10)...)))
	s := r.open()
	got := sweepAll(t, s)
	assert.Equal(t, map[ID]bool{header: true, cut: true, plain: true},
		map[ID]bool{header: got.errs[header] != nil, cut: got.errs[cut] != nil, plain: got.errs[plain] != nil})
	assert.Len(t, got.errs, 3)
	assert.Equal(t, "secret", got.objects[lies].Data)
	assert.Contains(t, problems(s), "size is not the declared one: 6 bytes")
	assert.Len(t, got.objects[long].Data, MaxInMemory+10)
}

// TestStream sweeps a packed blob that is too large for memory.
func TestStream(t *testing.T) {
	t.Parallel()
	big := make([]byte, MaxInMemory+1)
	big[len(big)-1] = 'x'
	e := entry(BlobObject, len(big), nil, big)
	id := hashOf(BlobObject, string(big))
	for _, indexed := range []bool{true, false} {
		s := withPack(t, makePack(e))
		if indexed {
			s = withPack(t, makePack(e), packEntry{id, 12})
		}
		seen := false
		sweep(t, s, func(o Object) error {
			seen = true
			assert.Equal(t, id, o.ID)
			require.NotNil(t, o.Stream)
			assert.Nil(t, o.Data)
			n, err := io.Copy(io.Discard, o.Stream)
			assert.Equal(t, int64(len(big)), n)
			return err
		})
		assert.True(t, seen)
	}
	e[len(e)-1] ^= 1 // the checksum
	s := withPack(t, makePack(e), packEntry{id, 12})
	sweep(t, s, func(o Object) error {
		_, err := io.Copy(io.Discard, o.Stream)
		assert.Error(t, err)
		return nil
	})
}
