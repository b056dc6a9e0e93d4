// This file holds the delta forest of a pack: which entry is built on which.

package gitstore

import (
	"context"
	"slices"
)

const none = ^uint32(0)

// deltaForest links the entries of a pack, called by their place in order of offset, into trees: below each entry are
// the deltas on it. It takes 29 bytes for each entry, and lives only as long as the pack is walked.
type deltaForest struct {
	offs []uint64 // in order
	rank []uint32 // in the pack's index; nil when there is none yet
	end  uint64   // where the last entry ends at the latest
	kind []Type   // of the entry's header; 0 when it is damaged. The bit visited is set later
	base []uint32 // the entry that a delta is built on; none for a root and when it is not in the pack

	first, next []uint32 // the deltas on an entry, as a list
	heavy       []uint32 // the one of them with the most entries below it

	outside map[ID][]uint32 // deltas whose base is not in the pack, by the base's ID
}

const visited Type = 0x80

// entryEnd is where the entry at pos ends at the latest: where the next one begins.
func (t *deltaForest) entryEnd(pos uint32) uint64 {
	off, after := t.offs[pos], int(pos)+1
	if after < len(t.offs) && t.offs[after] == off { // only in an index that lies
		after, _ = slices.BinarySearch(t.offs, off+1)
	}
	if after < len(t.offs) {
		return min(t.offs[after], t.end)
	}
	return t.end
}

// at finds the entry that begins at off.
func (t *deltaForest) at(off uint64) (uint32, bool) {
	i, ok := slices.BinarySearch(t.offs, off)
	return uint32(i), ok
}

// newForest makes room for n entries.
func newForest(n int, end uint64) *deltaForest {
	return &deltaForest{
		offs: make([]uint64, n), kind: make([]Type, n), base: make([]uint32, n), end: end,
		outside: map[ID][]uint32{},
	}
}

// indexForest reads the headers of all entries that an index lists. Entries whose header is damaged have kind 0. When ctx
// ends first, the forest is of no use.
func indexForest(ctx context.Context, p *pack, r *entryReader) *deltaForest {
	x := p.idx
	t := newForest(x.n, uint64(max(p.size-int64(x.idLen), 0)))
	t.rank = ranksByOffset(x)
	for pos, rank := range t.rank {
		t.offs[pos] = x.offset(int(rank))
	}
	w := headerWindow{r: r}
	for pos := range t.offs {
		if pos&0xfff == 0 && ctx.Err() != nil {
			return t
		}
		t.base[pos] = none
		h, err := w.header(t.offs[pos], t.entryEnd(uint32(pos)))
		if err != nil {
			continue
		}
		t.kind[pos] = h.typ
		switch h.typ {
		case ofsDelta:
			if base, ok := t.at(t.offs[pos] - h.back); ok && h.back <= t.offs[pos] {
				t.base[pos] = base
			}
		case refDelta:
			if base, ok := x.find(h.base); ok {
				t.base[pos], _ = t.at(x.offset(base))
			} else {
				id := makeID(h.base)
				t.outside[id] = append(t.outside[id], uint32(pos))
			}
		}
	}
	t.link()
	return t
}

// ranksByOffset lists the ranks of an index in order of offset. It sorts by digits, which takes a tenth of the time of
// comparing, 20 ms for 850,000 entries: nothing can interrupt it.
func ranksByOffset(x *packIndex) []uint32 {
	const bits = 11
	ranks, sorted := make([]uint32, x.n), make([]uint32, x.n)
	most := uint64(0)
	for i := range ranks {
		ranks[i] = uint32(i)
		most = max(most, x.offset(i))
	}
	for shift := 0; most>>shift > 0; shift += bits {
		var at [1<<bits + 1]int
		digit := func(rank uint32) uint64 { return x.offset(int(rank)) >> shift & (1<<bits - 1) }
		for _, rank := range ranks {
			at[digit(rank)+1]++
		}
		for i := range 1 << bits {
			at[i+1] += at[i]
		}
		for _, rank := range ranks {
			d := digit(rank)
			sorted[at[d]] = rank
			at[d]++
		}
		ranks, sorted = sorted, ranks
	}
	return ranks
}

// headerWindow reads headers in order of their offsets by way of a window: most entries are shorter than it.
type headerWindow struct {
	r   *entryReader
	off uint64
	buf []byte
}

func (w *headerWindow) header(off, end uint64) (entryHeader, error) {
	if end <= off {
		return entryHeader{}, errEntryHeader
	}
	n := min(end-off, maxEntryHeader)
	if off < w.off || off+n > w.off+uint64(len(w.buf)) {
		if w.buf == nil {
			w.buf = make([]byte, 1<<15)
		}
		got, _ := w.r.f.ReadAt(w.buf[:cap(w.buf)], int64(off))
		w.off, w.buf = off, w.buf[:got]
		n = min(n, uint64(got))
	}
	return parseEntryHeader(w.buf[off-w.off:][:n], w.r.idLen)
}

// link makes the lists of deltas from base, and finds the heavy ones.
func (t *deltaForest) link() {
	n := len(t.offs)
	t.first, t.next, t.heavy = make([]uint32, n), make([]uint32, n), make([]uint32, n)
	for i := range n {
		t.first[i], t.next[i], t.heavy[i] = none, none, none
	}
	waiting := make([]uint32, n) // deltas on the entry that are not weighed yet
	for i := n - 1; i >= 0; i-- {
		if base := t.base[i]; base != none {
			t.next[i], t.first[base] = t.first[base], uint32(i)
			waiting[base]++
		}
	}
	// Weigh from the leaves up. Entries that wait for each other in a circle are never reached.
	weight := make([]uint32, n)
	var ready []uint32
	for i := range n {
		if waiting[i] == 0 {
			ready = append(ready, uint32(i))
		}
		for len(ready) > 0 {
			e := ready[len(ready)-1]
			ready = ready[:len(ready)-1]
			weight[e]++
			base := t.base[e]
			if base == none {
				continue
			}
			weight[base] += weight[e]
			if h := t.heavy[base]; h == none || weight[h] < weight[e] {
				t.heavy[base] = e
			}
			if waiting[base]--; waiting[base] == 0 && base < uint32(i) {
				ready = append(ready, base)
			}
		}
	}
}
