// This file lists what a store promises to hold, each object once.

package gitstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
)

// catalogue numbers the objects that the indexes of packs list and those that lie in loose files: each once, from 0 on,
// in order of ID. With one pack and nothing else, an object's number is its rank in the index.
type catalogue struct {
	idLen int
	lists []idList
	refs  []uint64 // by number, list<<32|rank of the copy to read first; nil when there is one list and it repeats nothing
	n     int

	// fan says, by the first bits of an ID, which is the first number of those bits; one more at the end.
	fan   []uint32
	shift int // of the first 32 bits of an ID, to get a place in fan
}

// idList is the sorted IDs of a pack, or of the loose objects of a directory.
type idList struct {
	pack *pack
	dir  string // "" for a pack
	ids  []byte
}

func (l *idList) id(rank, idLen int) []byte { return l.ids[rank*idLen : (rank+1)*idLen] }

// promised gives the catalogue of what was there when it was first asked for.
func (s *Store) promised() *catalogue {
	s.load()
	s.catalogueOnce.Do(func() {
		var lists []idList
		// Loose objects before packs: what is packed in the meantime is then in both, not in neither.
		for _, dir := range s.dirs {
			if ids := s.looseIDs(dir); len(ids) > 0 {
				lists = append(lists, idList{dir: dir, ids: ids})
			}
		}
		var packed []idList
		for _, p := range s.allPacks() {
			packed = append(packed, idList{pack: p, ids: p.idx.ids})
		}
		s.catalogue = newCatalogue(s.idLen, append(packed, lists...))
	})
	return s.catalogue
}

func newCatalogue(idLen int, lists []idList) *catalogue {
	c := &catalogue{idLen: idLen, lists: lists}
	if len(lists) == 1 && !repeats(lists[0].ids, idLen) {
		c.n = len(lists[0].ids) / idLen
		c.spread()
		return c
	}
	refs := c.merged(0, len(lists))
	c.refs = slices.CompactFunc(refs, func(a, b uint64) bool { return bytes.Equal(c.refID(a), c.refID(b)) })
	c.n = len(c.refs)
	c.spread()
	return c
}

// repeats tells whether sorted IDs hold one more than once, which only an index does that was made to.
func repeats(ids []byte, idLen int) bool {
	for at := idLen; at < len(ids); at += idLen {
		if bytes.Equal(ids[at-idLen:at], ids[at:at+idLen]) {
			return true
		}
	}
	return false
}

// merged gives what lists[from:to] hold, in order of ID and then of lists.
func (c *catalogue) merged(from, to int) []uint64 {
	if to-from < 2 {
		var refs []uint64
		for list := from; list < to; list++ {
			n := len(c.lists[list].ids) / c.idLen
			refs = make([]uint64, n)
			for rank := range n {
				refs[rank] = uint64(list)<<32 | uint64(rank)
			}
		}
		return refs
	}
	a, b := c.merged(from, (from+to)/2), c.merged((from+to)/2, to)
	refs := make([]uint64, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if bytes.Compare(c.refID(a[0]), c.refID(b[0])) <= 0 {
			refs, a = append(refs, a[0]), a[1:]
		} else {
			refs, b = append(refs, b[0]), b[1:]
		}
	}
	return append(append(refs, a...), b...)
}

func (c *catalogue) refID(ref uint64) []byte {
	return c.lists[ref>>32].id(int(uint32(ref)), c.idLen)
}

// idBytes gives the ID of a number.
func (c *catalogue) idBytes(n uint32) []byte {
	if c.refs == nil {
		return c.lists[0].id(int(n), c.idLen)
	}
	return c.refID(c.refs[n])
}

func (c *catalogue) id(n uint32) ID { return makeID(c.idBytes(n)) }

// spread makes fan. Some sixteen IDs have the same first bits, so finding one is a look into fan, which fits a cache of
// the processor, and one or two at the IDs, which do not. IDs are hashes; ones that were made to share their first bits
// only take longer.
func (c *catalogue) spread() {
	width := min(max(bits.Len(uint(c.n))-4, 0), 24)
	c.shift = 32 - width
	c.fan = make([]uint32, 1<<width+1)
	for n := range uint32(c.n) {
		c.fan[c.bucket(c.idBytes(n))+1] = n + 1
	}
	for i := 1; i < len(c.fan); i++ {
		c.fan[i] = max(c.fan[i], c.fan[i-1])
	}
}

func (c *catalogue) bucket(id []byte) int { return int(uint64(binary.BigEndian.Uint32(id)) >> c.shift) }

// find gives the number of an ID.
func (c *catalogue) find(id []byte) (uint32, bool) {
	if len(id) != c.idLen {
		return 0, false
	}
	at := c.bucket(id)
	lo, hi := int(c.fan[at]), int(c.fan[at+1])
	for lo < hi {
		mid := (lo + hi) / 2
		switch order := bytes.Compare(c.idBytes(uint32(mid)), id); {
		case order == 0:
			return uint32(mid), true
		case order < 0:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return 0, false
}

// number gives an object's number, and whether the copy at rank of a list is the one to read first.
func (c *catalogue) number(list, rank int) (n uint32, first bool) {
	if c.refs == nil {
		return uint32(rank), true
	}
	n, _ = c.find(c.lists[list].id(rank, c.idLen))
	return n, c.refs[n] == uint64(list)<<32|uint64(rank)
}

// looseIDs lists the loose objects of an object directory, sorted.
func (s *Store) looseIDs(dir string) []byte {
	var ids []byte
	for i := range 256 {
		fan := filepath.Join(dir, fmt.Sprintf("%02x", i))
		if !exists(fan) {
			continue
		}
		entries, err := os.ReadDir(fan) // sorted by name
		if err != nil && !missing(err) {
			s.notef(s.where(fan), "list loose objects: %w; those not listed are not seen: run git fsck", pathless(err))
		}
		for _, e := range entries {
			id, ok := parseHexID([]byte(filepath.Base(fan) + e.Name()))
			if ok && int(id.n) == s.idLen && looseName(dir, id) == filepath.Join(fan, e.Name()) {
				ids = append(ids, id.bytes()...)
			}
		}
	}
	return ids
}
