// This file writes what git does not: packs, indexes and loose objects of any bytes.

package main

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/adler32"
	"hash/crc32"
	"slices"
	"strings"
	"sync"

	"github.com/stretchr/testify/require"
)

var deflaters = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}

func deflate(data string) string {
	var buf bytes.Buffer
	w := deflaters.Get().(*zlib.Writer)
	defer deflaters.Put(w)
	w.Reset(&buf)
	w.Write([]byte(data))
	w.Close()
	return buf.String()
}

// stored is a zlib stream of less than 64 KiB that is not compressed, quick to make.
func stored(data string) string {
	out := binary.LittleEndian.AppendUint16([]byte("\x78\x01\x01"), uint16(len(data)))
	out = append(binary.LittleEndian.AppendUint16(out, ^uint16(len(data))), data...)
	return string(binary.BigEndian.AppendUint32(out, adler32.Checksum([]byte(data))))
}

// header is what stands before an object's content, in what is hashed and in a loose file.
func header(typ string, size int) string { return fmt.Sprintf("%s %d\x00", typ, size) }

func hashOf(typ, data string) string {
	sum := sha1.Sum([]byte(header(typ, len(data)) + data))
	return hex.EncodeToString(sum[:])
}

func unhex(id string) string {
	raw, err := hex.DecodeString(id)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// object writes a loose object as git does, and gives its ID.
func (r *repo) object(typ, data string) string {
	r.t.Helper()
	id := hashOf(typ, data)
	r.file(loose(id), deflate(header(typ, len(data))+data))
	return id
}

// entry is an entry of a tree.
func entry(mode, name, id string) string { return mode + " " + name + "\x00" + unhex(id) }

// commitOf is a commit's content.
func (r *repo) commitOf(subject, tree string, parents ...string) string {
	r.time += 60
	text := "tree " + tree + "\n"
	for _, p := range parents {
		text += "parent " + p + "\n"
	}
	return text + fmt.Sprintf("author Ann <ann@example.com> %d +0100\ncommitter Cem <cem@example.com> %[1]d +0100\n\n%s\n", r.time, subject)
}

// commitTree writes a commit of a tree on top of main, and moves main there.
func (r *repo) commitTree(subject, tree string, parents ...string) string {
	r.t.Helper()
	id := r.object("commit", r.commitOf(subject, tree, parents...))
	r.commits[subject] = id
	r.file(".git/refs/heads/main", id+"\n")
	return id
}

// pack is a pack that is being written.
type pack struct {
	data    []byte // with the header, whose count is filled in at the end
	entries []packEntry
}

type packEntry struct {
	id  string // "": the index does not list it
	off int
	crc uint32
}

func (r *repo) newPack() *pack { return &pack{data: []byte("PACK\x00\x00\x00\x02\x00\x00\x00\x00")} }

const (
	ofsDelta = 6
	refDelta = 7
)

var packTypes = map[string]int{"commit": 1, "tree": 2, "blob": 3, "tag": 4}

// entryHead is an entry's type and declared size.
func entryHead(typ, size int) string {
	b := byte(typ)<<4 | byte(size&15)
	var out []byte
	for size >>= 4; size > 0; size >>= 7 {
		out, b = append(out, b|0x80), byte(size&0x7f)
	}
	return string(append(out, b))
}

// object adds an object and gives its ID.
func (p *pack) object(typ, data string) string {
	id := hashOf(typ, data)
	p.add(id, entryHead(packTypes[typ], len(data))+deflate(data))
	return id
}

// onto adds an object as a delta on base.
func (p *pack) onto(id, base, delta string) {
	p.add(id, entryHead(refDelta, len(delta))+unhex(base)+deflate(delta))
}

// add adds the bytes of an entry as the object called id.
func (p *pack) add(id, raw string) {
	p.entries = append(p.entries, packEntry{id, len(p.data), crc32.ChecksumIEEE([]byte(raw))})
	p.data = append(p.data, raw...)
}

// bytes gives the pack with its count and checksum.
func (p *pack) bytes() string {
	data := slices.Clone(p.data)
	binary.BigEndian.PutUint32(data[8:], uint32(len(p.entries)))
	sum := sha1.Sum(data)
	return string(append(data, sum[:]...))
}

// index gives an index of version 2 of the pack.
func (p *pack) index() string {
	list := slices.DeleteFunc(slices.Clone(p.entries), func(e packEntry) bool { return e.id == "" })
	slices.SortStableFunc(list, func(a, b packEntry) int { return strings.Compare(a.id, b.id) })
	out := []byte("\xfftOc\x00\x00\x00\x02")
	for i, n := 0, 0; i < 256; i++ {
		for n < len(list) && unhex(list[n].id[:2])[0] <= byte(i) {
			n++
		}
		out = binary.BigEndian.AppendUint32(out, uint32(n))
	}
	for _, e := range list {
		out = append(out, unhex(e.id)...)
	}
	for _, e := range list {
		out = binary.BigEndian.AppendUint32(out, e.crc)
	}
	for _, e := range list {
		out = binary.BigEndian.AppendUint32(out, uint32(e.off))
	}
	whole := p.bytes()
	out = append(out, whole[len(whole)-20:]...)
	sum := sha1.Sum(out)
	return string(append(out, sum[:]...))
}

// addPack writes the pack and its index under a name.
func (r *repo) addPack(name string, p *pack) {
	r.t.Helper()
	require.NotEmpty(r.t, p.entries)
	r.file(".git/objects/pack/"+name+".pack", p.bytes())
	r.file(".git/objects/pack/"+name+".idx", p.index())
}

// deltaOf is a delta that makes size bytes of base bytes by the given instructions.
func deltaOf(base, size int, ops string) string {
	out := binary.AppendUvarint(nil, uint64(base))
	return string(binary.AppendUvarint(out, uint64(size))) + ops
}
