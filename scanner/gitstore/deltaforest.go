// This file holds the delta forest of a pack: which entry is built on which.

package gitstore

import (
	"context"
	"errors"
	"math/bits"
	"slices"
	"sort"
)

const none = ^uint32(0)

// deltaForest links the entries of a pack, called by their place in order of offset, into trees: below each entry are
// the deltas on it. It takes 17 bytes for each entry, 25 while it is made, and lives only as long as the pack is walked.
type deltaForest struct {
	order []uint64 // offset<<shift | rank in the pack's index
	shift int
	end   uint64 // where the last entry ends at the latest
	kind  []Type // of the entry's header; 0 when it is damaged. The bit visited is set later

	// The deltas on an entry, as a list. The one with the most entries below it is last.
	first, next []uint32

	outside map[ID][]uint32 // deltas whose base is not in the pack, by the base's ID
}

const visited Type = 0x80

var errLargePack = errors.New("a pack of so many objects and bytes is not read; run git repack")

// off is where the entry at pos begins.
func (t *deltaForest) off(pos uint32) uint64 { return t.order[pos] >> t.shift }

// rank is the entry's rank in the pack's index.
func (t *deltaForest) rank(pos uint32) int { return int(t.order[pos] & (1<<t.shift - 1)) }

// entryEnd is where the entry at pos ends at the latest: where the next one begins.
func (t *deltaForest) entryEnd(pos uint32) uint64 {
	off, after := t.off(pos), pos+1
	if int(after) < len(t.order) && t.off(after) == off { // only in an index that lies
		after = t.search(off + 1)
	}
	if int(after) < len(t.order) {
		return min(t.off(after), t.end)
	}
	return t.end
}

// at finds the entry that begins at off.
func (t *deltaForest) at(off uint64) (uint32, bool) {
	i := t.search(off)
	return i, int(i) < len(t.order) && t.off(i) == off
}

// search finds the first entry that begins at off or behind it.
func (t *deltaForest) search(off uint64) uint32 {
	return uint32(sort.Search(len(t.order), func(i int) bool { return t.order[i]>>t.shift >= off }))
}

// newForest makes room for n entries of a pack that ends at end.
func newForest(n int, end uint64) (*deltaForest, error) {
	shift := bits.Len(uint(n))
	if shift+bits.Len64(end) > 64 {
		return nil, errLargePack
	}
	return &deltaForest{order: make([]uint64, 0, n), shift: shift, end: end, kind: make([]Type, n), outside: map[ID][]uint32{}}, nil
}

// packEnd is where the entries of a pack end.
func packEnd(size int64, idLen int) uint64 { return uint64(max(size-int64(idLen), 0)) }

// indexForest reads the headers of all entries that an index lists. Entries whose header is damaged have kind 0. The
// error is that the pack is too large, or the context's.
func indexForest(ctx context.Context, p *pack, r *entryReader) (*deltaForest, error) {
	x := p.idx
	t, err := newForest(x.n, packEnd(p.size, x.idLen))
	if err != nil {
		return nil, err
	}
	for rank := range x.n {
		// What an index says to lie behind the pack's end stands at its end, where nothing can be read.
		t.order = append(t.order, min(x.offset(rank), t.end)<<t.shift|uint64(rank))
	}
	slices.Sort(t.order)
	base := make([]uint32, x.n)
	for pos := range t.order {
		if pos&0xfff == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		base[pos] = none
		off := t.off(uint32(pos))
		h, err := r.header(off, t.entryEnd(uint32(pos)))
		if err != nil {
			continue
		}
		t.kind[pos] = h.typ
		switch h.typ {
		case ofsDelta:
			if at, ok := t.at(off - h.back); ok && h.back <= off {
				base[pos] = at
			}
		case refDelta:
			if rank, ok := x.find(h.base); ok {
				if at, ok := t.at(x.offset(rank)); ok {
					base[pos] = at
				}
			} else {
				id := makeID(h.base)
				t.outside[id] = append(t.outside[id], uint32(pos))
			}
		}
	}
	t.link(base)
	return t, nil
}

// doubled tells whether two objects are said to begin at one place.
func (t *deltaForest) doubled() bool {
	for pos := 1; pos < len(t.order); pos++ {
		if t.order[pos]>>t.shift == t.order[pos-1]>>t.shift && t.order[pos]>>t.shift < t.end {
			return true
		}
	}
	return false
}

// link makes the lists of deltas from the place of the base of each, none for an entry that is no delta or whose base
// is not in the pack. base is used up.
func (t *deltaForest) link(base []uint32) {
	n := len(base)
	// Weigh from the leaves up: how many entries there are below each, and which delta on it has the most. Entries that
	// wait for each other in a circle are never reached.
	waiting := make([]uint32, n) // deltas on the entry that are not weighed yet
	for _, b := range base {
		if b != none {
			waiting[b]++
		}
	}
	weight, heavy := make([]uint32, n), make([]uint32, n)
	for i := range heavy {
		heavy[i] = none
	}
	var ready []uint32
	for i := range n {
		if waiting[i] == 0 {
			ready = append(ready, uint32(i))
		}
		for len(ready) > 0 {
			e := ready[len(ready)-1]
			ready = ready[:len(ready)-1]
			weight[e]++
			b := base[e]
			if b == none {
				continue
			}
			weight[b] += weight[e]
			if h := heavy[b]; h == none || weight[h] < weight[e] {
				heavy[b] = e
			}
			if waiting[b]--; waiting[b] == 0 && b < uint32(i) {
				ready = append(ready, b)
			}
		}
	}
	t.first, t.next = waiting, weight
	for i := range n {
		t.first[i], t.next[i] = heavy[i], none
	}
	for i := n - 1; i >= 0; i-- {
		if b := base[i]; b != none && heavy[b] != uint32(i) {
			t.next[i], t.first[b] = t.first[b], uint32(i)
		}
	}
}

// add puts a delta on the entry at base, which was not known when the lists were made.
func (t *deltaForest) add(base, delta uint32) {
	t.next[delta], t.first[base] = t.first[base], delta
}
