// This file fuzzes what packs and loose objects are made of. The other files fuzz_*_test.go fuzz what is in objects, the
// index, and the texts beside them.

package gitstore

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"runtime/metrics"
	"strconv"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/stretchr/testify/require"
)

// sealed puts the right checksum at the end, so that fuzzing gets beyond it.
func sealed(data []byte) []byte {
	sum := sha1.Sum(data)
	return append(bytes.Clone(data), sum[:]...)
}

// bounded proves that f asks for little memory in all: some times what it was given, however much that declares.
func bounded(t *testing.T, given, times int, f func()) {
	t.Helper()
	asked := func() uint64 {
		sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	before := asked()
	f()
	if n := asked() - before; n > uint64(times*given+1<<20) {
		t.Fatalf("%d bytes of memory for %d bytes", n, given)
	}
}

// bareDir makes an empty repository.
func bareDir(t testing.TB) string {
	dir := filepath.Join(t.TempDir(), "x.git")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "objects", "pack"), 0o755))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "refs"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "HEAD"), []byte("ref: refs/heads/main\n"), 0o644))
	return dir
}

func FuzzPackIndex(f *testing.F) {
	x := makePackIndex([]packEntry{{hashOf(BlobObject, "a"), 12}, {hashOf(BlobObject, "b"), 1 << 33}}, 20)
	pack := makePack(entry(BlobObject, 1, nil, []byte("a")))
	x.large = x.large[:8]
	raw := []byte("\xfftOc\x00\x00\x00\x02")
	var fan []byte
	for _, n := range x.fanout {
		fan = binary.BigEndian.AppendUint32(fan, n)
	}
	raw = append(append(append(append(append(raw, fan...), x.ids...), make([]byte, 8)...), x.offs...), x.large...)
	f.Add(append(raw, pack[len(pack)-20:]...))
	f.Add(append(make([]byte, 1024), pack[len(pack)-20:]...))
	first := append(append(bytes.Clone(fan), 0, 0, 0, 12), x.ids[:20]...)
	f.Add(append(append(append(first, 0, 0, 1, 0), x.ids[20:]...), pack[len(pack)-20:]...))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = sealed(data)
		var x *packIndex
		var err error
		bounded(t, len(data), 4, func() { x, err = parsePackIndex(data, 20) })
		if err != nil {
			return
		}
		ranks := ranksByOffset(x)
		for i := range x.n {
			x.crc(i)
			if at, ok := x.find(x.idBytes(i)); !ok || x.id(at) != x.id(i) {
				t.Fatalf("rank %d is not found", i)
			}
			if i > 0 && x.offset(int(ranks[i-1])) > x.offset(int(ranks[i])) {
				t.Fatalf("rank %d is not in order of offset", i)
			}
		}
		agreeOnIndex(t, x, data)
	})
}

// agreeOnIndex compares with go-git's decoder, which knows only version 2.
func agreeOnIndex(t *testing.T, x *packIndex, data []byte) {
	t.Helper()
	theirs := idxfile.NewMemoryIndex()
	if idxfile.NewDecoder(bytes.NewReader(data)).Decode(theirs) != nil {
		return
	}
	entries, err := theirs.Entries()
	require.NoError(t, err)
	for i := 0; ; i++ {
		e, err := entries.Next()
		if err != nil {
			require.Equal(t, x.n, i)
			return
		}
		if !bytes.Equal(e.Hash[:], x.idBytes(i)) || e.Offset != x.offset(i) {
			t.Fatalf("entry %d is %s at %d, here %s at %d", i, e.Hash, e.Offset, x.id(i), x.offset(i))
		}
		if crc, known := x.crc(i); known && crc != e.CRC32 {
			t.Fatalf("CRC of entry %d is %d, here %d", i, e.CRC32, crc)
		}
	}
}

// FuzzPack reads a pack without its index, then with the one that came of it: both must give the same.
func FuzzPack(f *testing.F) {
	base := hashOf(BlobObject, "good")
	delta := []byte{4, 8, 0x90, 4, 4, 'm', 'o', 'r', 'e'}
	f.Add(makePack(entry(BlobObject, 4, nil, []byte("good")), entry(refDelta, len(delta), base.bytes(), delta)))
	f.Add(makePack(entry(BlobObject, 4, nil, []byte("good")), entry(ofsDelta, len(delta), []byte{13}, delta)))
	f.Add(makePack(entry(refDelta, len(delta), base.bytes(), delta), entry(TreeObject, 4, nil, []byte("good"))))
	dir := bareDir(f)
	pack := filepath.Join(dir, "objects", "pack", "x.pack")
	index := filepath.Join(dir, "objects", "pack", "x.idx")
	f.Fuzz(func(t *testing.T, data []byte) {
		os.Remove(index)
		require.NoError(t, os.WriteFile(pack, data, 0o644))
		s := openStore(t, dir, Env{})
		first := sweepAll(t, s)
		for id, c := range first.objects {
			if hashOf(c.Type, c.Data) != id {
				t.Fatalf("%s is not the name of its content", id)
			}
			typ, read, err := s.Read(id)
			if err != nil || typ != c.Type || string(read) != c.Data {
				t.Fatalf("%s is swept, but reading it says %v", id, err)
			}
		}
		locate(t, s, []ID{hashOf(BlobObject, "good")})
		if len(s.packs) == 0 || s.packs[0].idx.n == 0 {
			return
		}
		whole := len(s.packs[0].lost) == 0
		require.NoError(t, os.WriteFile(index, makeIndexFile(s.packs[0].idx, data), 0o644))
		second := sweepAll(t, openStore(t, dir, Env{}))
		if whole && len(second.errs) == 0 {
			require.Equal(t, first.objects, second.objects)
		}
	})
}

// FuzzDelta applies deltas in two ways.
func FuzzDelta(f *testing.F) {
	f.Add([]byte("base"), []byte{4, 8, 0x90, 4, 4, 'm', 'o', 'r', 'e'})
	f.Add([]byte("base"), []byte{4, 0x80, 0x80, 4, 0x80})
	f.Add([]byte("0123456789"), []byte{10, 6, 0x91, 8, 2, 0x91, 0, 2, 2, 'a', 'b'})
	f.Add(bytes.Repeat([]byte("x"), 1<<16), []byte{0x80, 0x80, 4, 0x80, 0x80, 4, 0x80})
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		size, ops, err := checkDelta(len(base), delta, maxObject)
		want, ok := plainDelta(base, delta)
		if ok != (err == nil) {
			t.Fatalf("%v, but %v", ok, err)
		}
		if err != nil || size > 1<<20 {
			return
		}
		if got := applyDelta(nil, base, ops); len(got) != size || !bytes.Equal(got, want) {
			t.Fatalf("%d bytes, want %d", len(got), size)
		}
	})
}

// plainDelta follows the format's description byte by byte.
func plainDelta(base, delta []byte) (out []byte, ok bool) {
	defer func() {
		if recover() != nil { // beyond the end of something
			out, ok = nil, false
		}
	}()
	base, delta = base[:len(base):len(base)], delta[:len(delta):len(delta)] // no slice may reach beyond
	at := 0
	next := func() byte {
		at++
		return delta[at-1]
	}
	size := func() uint64 {
		n := uint64(0)
		for shift := 0; ; shift += 7 {
			b := next()
			if shift > 56 {
				panic("too long")
			}
			n |= uint64(b&0x7f) << shift
			if b < 0x80 {
				return n
			}
		}
	}
	from, to := size(), size()
	if from != uint64(len(base)) || to > maxObject {
		return nil, false
	}
	total := uint64(0)
	for at < len(delta) {
		op := next()
		if op == 0 {
			return nil, false
		}
		piece := []byte(nil)
		if op < 0x80 {
			piece = delta[at : at+int(op)]
			at += int(op)
		} else {
			var args [7]int
			for i := range args {
				if op>>i&1 == 1 {
					args[i] = int(next())
				}
			}
			off := args[0] | args[1]<<8 | args[2]<<16 | args[3]<<24
			n := args[4] | args[5]<<8 | args[6]<<16
			if n == 0 {
				n = 0x10000
			}
			piece = base[off : off+n]
		}
		if total += uint64(len(piece)); total > to {
			return nil, false
		}
		if to <= 1<<20 {
			out = append(out, piece...)
		}
	}
	return out, total == to
}

// FuzzEntryHeader encodes again what was decoded.
func FuzzEntryHeader(f *testing.F) {
	f.Add([]byte{0xb5, 0x01, 0, 0}, true)
	f.Add([]byte{0xe5, 0x01, 0x80, 0x00}, false)
	f.Add(append([]byte{0x75}, bytes.Repeat([]byte{7}, 32)...), true)
	f.Fuzz(func(t *testing.T, data []byte, sha256 bool) {
		idLen := 20
		if sha256 {
			idLen = 32
		}
		h, err := parseEntryHeader(data, idLen)
		if err != nil {
			return
		}
		if h.len > len(data) || h.len > maxEntryHeader || !h.typ.valid() && h.typ != ofsDelta && h.typ != refDelta {
			t.Fatalf("%+v of %d bytes", h, len(data))
		}
		if (h.typ == refDelta) != (len(h.base) == idLen) || (h.typ == ofsDelta) != (h.back > 0) || h.size>>60 != 0 && h.size>>4>>60 != 0 {
			t.Fatalf("%+v", h)
		}
		link := h.base
		if h.typ == ofsDelta {
			link = encodeBack(h.back)
		}
		again, err := parseEntryHeader(append(encodeSize(h.typ, h.size), link...), idLen)
		if err != nil || again.typ != h.typ || again.size != h.size || again.back != h.back || !bytes.Equal(again.base, h.base) {
			t.Fatalf("%+v, then %+v: %v", h, again, err)
		}
	})
}

func encodeSize(typ Type, size uint64) []byte {
	out := []byte{byte(typ)<<4 | byte(size&15)}
	for size >>= 4; size > 0; size >>= 7 {
		out[len(out)-1] |= 0x80
		out = append(out, byte(size&0x7f))
	}
	return out
}

func encodeBack(back uint64) []byte {
	out := []byte{byte(back & 0x7f)}
	for back >>= 7; back > 0; back >>= 7 {
		back--
		out = append([]byte{0x80 | byte(back&0x7f)}, out...)
	}
	return out
}

// FuzzLoose compares with the standard library's inflater.
func FuzzLoose(f *testing.F) {
	f.Add(deflate([]byte("blob 6\x00secret")))
	f.Add(deflate([]byte("commit 60\x00secret")))
	f.Add(deflate(append([]byte("blob 5000\x00"), make([]byte, 5000)...)))
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 20
		var l looseReader
		var last []byte
		for range 2 { // a reader is used again
			typ, size, err := l.open(bytes.NewReader(data))
			if err != nil {
				return
			}
			got, whole, err := l.content(limit)
			if len(got) > limit+1 {
				t.Fatalf("%d bytes, asked for were %d", len(got), limit)
			}
			if err != nil || !whole {
				return
			}
			head := typ.String() + " " + strconv.FormatUint(size, 10) + "\x00"
			r, err := zlib.NewReader(bytes.NewReader(data))
			require.NoError(t, err)
			all, err := io.ReadAll(r)
			require.NoError(t, err)
			_, want, _ := bytes.Cut(all, []byte{0})
			if !bytes.Equal(want, got) || last != nil && !bytes.Equal(want, last) {
				t.Fatalf("%q: %d bytes, want %d", head, len(got), len(want))
			}
			last = bytes.Clone(got)
		}
	})
}
