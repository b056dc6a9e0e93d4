// This file fuzzes all that parses bytes.

package gitstore

import (
	"bytes"
	"crypto/sha1"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// sealed puts the right checksum at the end, so that fuzzing gets beyond it.
func sealed(data []byte) []byte {
	sum := sha1.Sum(data)
	return append(bytes.Clone(data), sum[:]...)
}

func FuzzPackIndex(f *testing.F) {
	x := makePackIndex([]packEntry{{hashOf(BlobObject, "a"), 12}, {hashOf(BlobObject, "b"), 1 << 33}}, 20)
	pack := makePack(entry(BlobObject, 1, nil, []byte("a")))
	x.large = x.large[:8]
	raw := []byte("\xfftOc\x00\x00\x00\x02")
	for _, n := range x.fanout {
		raw = append(raw, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	raw = append(append(append(append(raw, x.ids...), make([]byte, 8)...), x.offs...), x.large...)
	f.Add(append(raw, pack[len(pack)-20:]...))
	f.Add(append(make([]byte, 1024), pack[len(pack)-20:]...))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := parsePackIndex(sealed(data), 20)
		if err != nil {
			return
		}
		ranksByOffset(x)
		for i := range x.n {
			x.crc(i)
			if at, ok := x.find(x.idBytes(i)); !ok || x.id(at) != x.id(i) {
				t.Fatalf("rank %d is not found", i)
			}
		}
	})
}

// FuzzPack reads a pack without its index, then with the one that came of it.
func FuzzPack(f *testing.F) {
	base := hashOf(BlobObject, "good")
	delta := []byte{4, 8, 0x90, 4, 4, 'm', 'o', 'r', 'e'}
	f.Add(makePack(entry(BlobObject, 4, nil, []byte("good")), entry(refDelta, len(delta), base.bytes(), delta)))
	f.Add(makePack(entry(BlobObject, 4, nil, []byte("good")), entry(ofsDelta, len(delta), []byte{13}, delta)))
	f.Add(makePack(entry(refDelta, len(delta), base.bytes(), delta), entry(TreeObject, 4, nil, []byte("good"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := filepath.Join(t.TempDir(), "x.git")
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "objects", "pack"), 0o755))
		require.NoError(t, os.Mkdir(filepath.Join(dir, "refs"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "HEAD"), nil, 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "objects", "pack", "x.pack"), data, 0o644))
		s := openStore(t, dir, Env{})
		first := sweepAll(t, s)
		for id, c := range first.objects {
			if hashOf(c.Type, c.Data) != id {
				t.Fatalf("%s is not the name of its content", id)
			}
		}
		locate(t, s, []ID{hashOf(BlobObject, "good")})
		if len(s.packs) == 0 || s.packs[0].idx.n == 0 {
			return
		}
		index := makeIndexFile(s.packs[0].idx, data)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "objects", "pack", "x.idx"), index, 0o644))
		sweepAll(t, openStore(t, dir, Env{}))
	})
}

func FuzzDelta(f *testing.F) {
	f.Add([]byte("base"), []byte{4, 8, 0x90, 4, 4, 'm', 'o', 'r', 'e'})
	f.Add([]byte("base"), []byte{4, 0x80, 0x80, 4, 0x80})
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		size, ops, err := checkDelta(len(base), delta)
		if err != nil || size > 1<<20 {
			return
		}
		if got := applyDelta(nil, base, ops); len(got) != size {
			t.Fatalf("%d bytes, want %d", len(got), size)
		}
	})
}

func FuzzEntryHeader(f *testing.F) {
	f.Add([]byte{0xb5, 0x01, 0, 0}, true)
	f.Fuzz(func(_ *testing.T, data []byte, sha256 bool) {
		idLen := 20
		if sha256 {
			idLen = 32
		}
		if h, err := parseEntryHeader(data, idLen); err == nil {
			_ = data[h.len:]
		}
	})
}

func FuzzLoose(f *testing.F) {
	f.Add(deflate([]byte("blob 6\x00secret")))
	f.Add(deflate([]byte("commit 60\x00secret")))
	f.Fuzz(func(_ *testing.T, data []byte) {
		var l looseReader
		for range 2 {
			if _, _, err := l.open(bytes.NewReader(data)); err == nil {
				l.content(1 << 20)
			}
		}
	})
}

func FuzzTree(f *testing.F) {
	f.Add([]byte("100644 name\x00aaaaaaaaaaaaaaaaaaaa40000 dir\x00bbbbbbbbbbbbbbbbbbbb"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		ParseTree(data, 20, func(TreeEntry) bool { return true })
		ParseTree(data, 32, func(TreeEntry) bool { return true })
	})
}

func FuzzCommit(f *testing.F) {
	id := hashOf(BlobObject, "").String()
	f.Add([]byte("tree " + id + "\nparent " + id + "\nauthor A <a@b> 1 +0100\ncommitter C <> -1\n x\n\nsubject\n\nbody"))
	f.Add([]byte("tree " + id + "\nauthor > 9223372036854775808 +99999999\n"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		c, _ := ParseCommit(ID{}, data)
		c.Subject()
		_ = c.AuthorDate.String()
	})
}

func FuzzTag(f *testing.F) {
	f.Add([]byte("object " + hashOf(BlobObject, "").String() + "\ntype commit\ntag v1\ntagger T <t> 1 +0000\n\nmessage"))
	f.Fuzz(func(_ *testing.T, data []byte) { ParseTag(ID{}, data) })
}

func FuzzRefs(f *testing.F) {
	id := hashOf(BlobObject, "").String()
	f.Add([]byte("# pack-refs with: peeled\n" + id + " refs/heads/x\n^" + id + "\n"))
	f.Add([]byte("ref: refs/heads/x\n"))
	f.Add([]byte(id + " " + id + " A <a> 1 +0000\tcommit\n"))
	f.Add([]byte("[extensions]\nobjectFormat = \"sha256\" # x\n[remote \"a\\\"b\"]\nx=y\\\nz"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		parsePackedRefs(bytes.Lines(data), 20, func(string, ID) {})
		parseRef(data, 20)
		parseReflog(bytes.Lines(data), 20, "HEAD")
		parseConfig(data)
		if len(data) > 0 {
			unquoteAlternate(string(data))
		}
	})
}

func FuzzIndex(f *testing.F) {
	entry := make([]byte, 62)
	entry = append(entry, "a\x00"...)
	f.Add(append([]byte("DIRC\x00\x00\x00\x02\x00\x00\x00\x01"), entry...))
	f.Add(append([]byte("DIRC\x00\x00\x00\x04\x00\x00\x00\x01"), append(entry[:62:62], "\x00a\x00"...)...))
	f.Add(append([]byte("DIRC\x00\x00\x00\x02\x00\x00\x00\x00link\x00\x00\x00\x2c"), make([]byte, 44)...))
	f.Fuzz(func(_ *testing.T, data []byte) {
		x, err := decodeIndex(sealed(data), 20)
		if err != nil {
			return
		}
		x.Has("a")
		x.HasUnder("a")
		if x.link == nil {
			return
		}
		if l, err := decodeLink(x.link, 20); err == nil {
			base := &indexFile{Index: Index{Entries: make([]IndexEntry, 300)}}
			x.merge(base, l)
		}
	})
}
