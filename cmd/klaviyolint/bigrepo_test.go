package main

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/adler32"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// bigPack is a pack that is made without git, so that a repository that takes a while to search is made in no time.
type bigPack struct {
	bytes.Buffer
	entries []bigEntry
	tail    []byte // what all blobs end with
	deflate []byte // the same, deflated
}

type bigEntry struct {
	id       [sha1.Size]byte
	crc, off uint32
}

// newBigPack begins a pack whose blobs end with tail.
func newBigPack(t *testing.T, tail []byte, objects int) *bigPack {
	p := &bigPack{tail: tail}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	require.NoError(t, err)
	_, err = w.Write(tail)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	p.deflate = b.Bytes()
	p.WriteString("PACK")
	p.Write(binary.BigEndian.AppendUint32([]byte{0, 0, 0, 2}, uint32(objects)))
	return p
}

// add adds an object whose zlib stream is known.
func (p *bigPack) add(kind byte, name string, content, stream []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "%s %d\x00", name, len(content))
	h.Write(content)
	e := bigEntry{id: [sha1.Size]byte(h.Sum(nil)), off: uint32(p.Len())}
	size := len(content)
	first := kind<<4 | byte(size&15)
	for size >>= 4; size > 0; size >>= 7 {
		p.WriteByte(first | 0x80)
		first = byte(size & 0x7f)
	}
	p.WriteByte(first)
	p.Write(stream)
	e.crc = crc32.ChecksumIEEE(p.Bytes()[e.off:])
	p.entries = append(p.entries, e)
	return hex.EncodeToString(e.id[:])
}

// blob adds a blob that begins with head: a stored block, then the deflated tail.
func (p *bigPack) blob(head string) string {
	content := append([]byte(head), p.tail...)
	stream := []byte{0x78, 0x01, 0x00}
	stream = binary.LittleEndian.AppendUint16(stream, uint16(len(head)))
	stream = binary.LittleEndian.AppendUint16(stream, ^uint16(len(head)))
	stream = append(append(stream, head...), p.deflate...)
	return p.add(3, "blob", content, binary.BigEndian.AppendUint32(stream, adler32.Checksum(content)))
}

func (p *bigPack) small(kind byte, name, content string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(content))
	_ = w.Close()
	return p.add(kind, name, []byte(content), b.Bytes())
}

// store writes the pack and its index.
func (p *bigPack) store(t *testing.T, dir string) {
	sum := sha1.Sum(p.Bytes())
	p.Write(sum[:])
	slices.SortFunc(p.entries, func(a, b bigEntry) int { return bytes.Compare(a.id[:], b.id[:]) })
	x := []byte("\xfftOc\x00\x00\x00\x02")
	for i := range 256 {
		n, _ := slices.BinarySearchFunc(p.entries, i, func(e bigEntry, i int) int { return int(e.id[0]) - i - 1 })
		x = binary.BigEndian.AppendUint32(x, uint32(n))
	}
	var crcs, offs []byte
	for _, e := range p.entries {
		x = append(x, e.id[:]...)
		crcs, offs = binary.BigEndian.AppendUint32(crcs, e.crc), binary.BigEndian.AppendUint32(offs, e.off)
	}
	x = append(append(append(x, crcs...), offs...), sum[:]...)
	index := sha1.Sum(x)
	x = append(x, index[:]...)
	write(t, filepath.Join(dir, "objects/pack/pack-big.pack"), p.Bytes())
	write(t, filepath.Join(dir, "objects/pack/pack-big.idx"), x)
}

func write(t *testing.T, name string, data []byte) {
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(t, os.WriteFile(name, data, 0o644))
}

// bigRepository makes a bare repository of blobs of 64 KiB, some of which have a key and a path, and of as many commits.
func bigRepository(t *testing.T, blobs, keyed int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "big.git")
	text := strings.Repeat("klaviyo.push(['track', 'pk_', \"kkkk\"]) // the back of a bulk backlink task\n", 64<<10/76)
	p := newBigPack(t, []byte(text), 3*blobs)
	parent := ""
	for i := range blobs {
		head := fmt.Sprintf("/* version %d */\n", i)
		if i%(blobs/keyed) == 0 {
			head += "KLAVIYO_PUBLIC_KEY=" + keys["HEX"] + "\n"
		}
		id, err := hex.DecodeString(p.blob(head))
		require.NoError(t, err)
		tree := p.small(2, "tree", fmt.Sprintf("100644 f%d.js\x00%s", i, id))
		commit := "tree " + tree + "\n"
		if parent != "" {
			commit += "parent " + parent + "\n"
		}
		const who = "Ann <ann@example.com> 1700000000 +0000\n"
		parent = p.small(1, "commit", commit+"author "+who+"committer "+who+"\nchange\n")
	}
	p.store(t, dir)
	write(t, filepath.Join(dir, "HEAD"), []byte("ref: refs/heads/main\n"))
	write(t, filepath.Join(dir, "refs/heads/main"), []byte(parent+"\n"))
	write(t, filepath.Join(dir, "config"), []byte("[core]\n\tbare = true\n"))
	return dir
}
