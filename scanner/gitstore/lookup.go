// This file reads a few objects of a store without loading it: what is staged is a handful of objects, and to read and
// prove the indexes of all packs takes longer than to read these by a hundred times.

package gitstore

import (
	"bytes"
	"encoding/binary"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// maxLookups is how many objects are looked up in packs one by one; who reads more is better off with a loaded store.
const maxLookups = 200

// lookup finds objects where they are, a few bytes of a pack's index at a time. Nothing that it reads is proved but the
// object itself, by its name; with whatever it does not find, or finds to be odd, the store is loaded, which knows what
// to say.
type lookup struct {
	once  sync.Once
	dirs  []string
	mu    sync.Mutex
	packs []string // paths of .pack files that have an index; the one that had the last object comes first
	taken int      // objects that were read from packs
	read  map[ID]looked
	size  int // of what is in read, in bytes
}

// looked is an object from a pack that was read. HEAD's trees are read to see what of the index is needed, and then to
// compare.
type looked struct {
	typ  Type
	data []byte
}

// maxLooked bounds what is kept of what was read, in bytes.
const maxLooked = 4 << 20

// lookUp reads an object that is whole in the first place that has it, and does so without loading the store.
func (s *Store) lookUp(id ID) (Type, []byte, bool) {
	if s.loaded.Load() || int(id.n) != s.idLen {
		return 0, nil, false
	}
	l := &s.lookup
	l.mu.Lock()
	defer l.mu.Unlock()
	if o, ok := l.read[id]; ok {
		return o.typ, o.data, true
	}
	for _, dir := range s.lookupDirs() {
		typ, data, err := s.readLoose(looseName(dir, id))
		if err == nil {
			return typ, data, id.names(typ, data)
		}
		if !missing(err) {
			return 0, nil, false
		}
	}
	if l.taken++; l.taken > maxLookups {
		return 0, nil, false
	}
	at, ok := s.lookUpPacked(id.bytes())
	if !ok {
		return 0, nil, false
	}
	typ, data, ok := s.lookUpEntry(at)
	if !ok || !id.names(typ, data) {
		return 0, nil, false
	}
	if l.size += len(data); l.size <= maxLooked {
		if l.read == nil {
			l.read = map[ID]looked{}
		}
		l.read[id] = looked{typ, data}
	}
	return typ, data, true
}

// lookupDirs lists the object directories, and in s.lookup their packs.
func (s *Store) lookupDirs() []string {
	l := &s.lookup
	l.once.Do(func() {
		l.dirs = s.objectDirs()
		for _, dir := range l.dirs {
			packs, indexes, _ := packNames(dir)
			maps.DeleteFunc(packs, func(name string, _ bool) bool { return !indexes[name] })
			for _, name := range slices.Sorted(maps.Keys(packs)) {
				l.packs = append(l.packs, filepath.Join(dir, "pack", name+".pack"))
			}
		}
	})
	return l.dirs
}

// names tells whether the ID is that of the object.
func (id ID) names(typ Type, data []byte) bool {
	h := newHash(int(id.n))
	h.Write(objectHeader(typ, uint64(len(data))))
	h.Write(data)
	return bytes.Equal(h.Sum(nil), id.bytes())
}

// packedAt is where an entry begins.
type packedAt struct {
	pack string
	off  uint64
}

// lookUpPacked finds an object in the indexes of the packs.
func (s *Store) lookUpPacked(id []byte) (packedAt, bool) {
	packs := s.lookup.packs
	for i, name := range packs {
		if off, ok := s.lookUpIndex(strings.TrimSuffix(name, "pack")+"idx", id); ok {
			copy(packs[1:i+1], packs[:i])
			packs[0] = name
			return packedAt{name, off}, true
		}
	}
	return packedAt{}, false
}

// lookUpIndex finds an object in a pack index of version 2 (gitformat-pack(5)) by the fan-out table and halving.
func (s *Store) lookUpIndex(name string, id []byte) (off uint64, ok bool) {
	f, release, err := s.files.acquire(name)
	if err != nil {
		return 0, false
	}
	defer release()
	const fanout = 8
	const ids = fanout + 256*4
	var head [ids]byte
	if _, err := f.ReadAt(head[:], 0); err != nil || string(head[:8]) != "\xfftOc\x00\x00\x00\x02" {
		return 0, false
	}
	below := func(first int) int64 { return int64(binary.BigEndian.Uint32(head[fanout+4*first:])) }
	lo, hi, n := int64(0), below(int(id[0])), below(255)
	if id[0] > 0 {
		lo = below(int(id[0]) - 1)
	}
	read := table{f.File}
	found := make([]byte, len(id))
	for lo < hi {
		mid := (lo + hi) / 2
		if !read.at(found, ids+mid*int64(len(id))) {
			return 0, false
		}
		switch c := bytes.Compare(found, id); {
		case c < 0:
			lo = mid + 1
		case c > 0:
			hi = mid
		default:
			offsets := ids + n*int64(len(id)+4)
			var word [8]byte
			if !read.at(word[:4], offsets+4*mid) {
				return 0, false
			}
			small := binary.BigEndian.Uint32(word[:])
			if small>>31 == 0 {
				return uint64(small), true
			}
			ok = read.at(word[:], offsets+4*n+8*int64(small&^(1<<31)))
			return binary.BigEndian.Uint64(word[:]), ok
		}
	}
	return 0, false
}

// table is a file of which a few bytes are read.
type table struct{ *os.File }

func (t table) at(buf []byte, off int64) bool {
	_, err := t.ReadAt(buf, off)
	return err == nil
}

// lookUpEntry reads an entry and what its delta is built on.
func (s *Store) lookUpEntry(at packedAt) (typ Type, data []byte, ok bool) {
	var deltas [][]byte
	kept, limit := 0, uint64(0)
	for {
		h, content, size, err := s.lookUpOne(at)
		limit = max(limit, allowed(size, maxObject))
		if err != nil {
			return 0, nil, false
		}
		if h.typ.valid() {
			typ, data = h.typ, content
			break
		}
		deltas = append(deltas, content)
		if kept += len(content); kept > maxKept || len(deltas) > maxDepth {
			return 0, nil, false
		}
		if h.typ == refDelta {
			if at, ok = s.lookUpPacked(h.base); !ok {
				return 0, nil, false
			}
		} else if at.off -= h.back; at.off > uint64(size) { // it would begin before the pack
			return 0, nil, false
		}
	}
	for _, delta := range slices.Backward(deltas) {
		size, ops, err := checkDelta(len(data), delta, limit)
		if err != nil {
			return 0, nil, false
		}
		data = applyDelta(make([]byte, 0, size), data, ops)
	}
	return typ, data, true
}

// lookUpOne inflates an entry of a pack of size bytes. Where the entry ends is not known, but how long zlib makes at most
// what has its size.
func (s *Store) lookUpOne(at packedAt) (h entryHeader, data []byte, size int64, err error) {
	f, release, err := s.files.acquire(at.pack)
	if err != nil {
		return h, nil, 0, err
	}
	defer release()
	if size, err = fileSize(f); err != nil {
		return h, nil, 0, err
	}
	end := packEnd(size, s.idLen)
	if at.off >= end {
		return h, nil, size, errEntryHeader
	}
	var head [maxEntryHeader]byte
	n, _ := f.ReadAt(head[:min(maxEntryHeader, end-at.off)], int64(at.off))
	if h, err = parseEntryHeader(head[:n], s.idLen); err != nil {
		return h, nil, size, err
	}
	most := h.size + h.size/128 + 2*maxEntryHeader
	if most > readWhole {
		return h, nil, size, errTooBig
	}
	h, data, err = s.readOne(f, size, at.off, min(end, at.off+most), 0, false)
	return h, data, size, err
}
