// This file records what trees name, while they are swept: only what a tree does not share with the one that its delta
// is built on.

package gitstore

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// entries are those of a tree that was recorded, kept while deltas on it are walked.
type entries struct {
	tree  uint32   // the tree's number
	start []uint32 // where each entry begins in the tree's content; the last is where the last one ends
	edge  []uint32 // the edge that each entry is; none if it is not recorded
}

// treeRecorder records trees in a graph. It is for one goroutine.
//
// Versions of a directory differ in a few entries, and git stores them as deltas on each other. So an entry is decoded
// and kept where it comes in, as an edge; where a delta copies it, only its number is copied, and where a delta leaves
// it out, that is kept as a drop. Of git's own repository, whose trees have 150 million entries, that leaves five million
// to look up, and those of them to keep that are directories.
type treeRecorder struct {
	g       *Graph
	edges   chunk[edge]
	drops   chunk[drop]
	derived chunk[derivation]
	spare   []*entries
	copied  []bool // by entry of a base: a tree built on it has the entry too
	fresh   []int  // entries of a tree that its base does not have
	known   []knownID
}

type knownID struct {
	id     ID
	number uint32
}

// recorder gives a recorder of trees for one goroutine.
func (g *Graph) recorder() *treeRecorder {
	r := &treeRecorder{g: g}
	r.edges.list, r.drops.list, r.derived.list = &g.edges, &g.drops, &g.derived
	return r
}

func (r *treeRecorder) get(tree uint32) *entries {
	e := new(entries)
	if n := len(r.spare); n > 0 {
		e, r.spare = r.spare[n-1], r.spare[:n-1]
	}
	e.tree, e.start, e.edge = tree, e.start[:0], e.edge[:0]
	return e
}

// put takes back what record gave, which may be nil.
func (r *treeRecorder) put(e *entries) {
	if e != nil && cap(e.start) <= 1<<20 && len(r.spare) < 24 {
		r.spare = append(r.spare, e)
	}
}

// close hands over what is recorded.
func (r *treeRecorder) close() {
	r.edges.close()
	r.drops.close()
	r.derived.close()
}

// record records a tree. base and ops are nil unless it is a delta on a tree that was recorded. The result is nil when
// the tree is damaged: deltas on it must be recorded without it.
func (r *treeRecorder) record(tree uint32, data []byte, base *entries, ops []byte) *entries {
	e := r.get(tree)
	if base == nil || !r.derive(e, data, base, ops) {
		e.start, e.edge, base = e.start[:0], e.edge[:0], nil
	}
	if max(r.edges.no, r.drops.no, r.derived.no) >= maxEdges>>chunkBits {
		r.g.tooMany()
		return nil
	}
	if base != nil {
		r.derived.add(derivation{tree, base.tree})
		for i, copied := range r.copied {
			if !copied && base.edge[i] != none {
				r.drops.add(drop{tree, base.edge[i]})
			}
		}
		for _, i := range r.fresh {
			mode, name, id, _, _ := treeEntry(data[e.start[i]:], r.g.s.idLen) // derive has proved it
			e.edge[i] = r.add(tree, mode, name, id)
		}
		return e
	}
	e.start = append(e.start, 0)
	for rest := data; len(rest) > 0; {
		mode, name, id, behind, err := treeEntry(rest, r.g.s.idLen)
		if err != nil {
			r.g.s.notef("tree "+r.g.objects.id(tree).String(),
				"%w; names behind that place are not searched, nor is what they name located: run git fsck", err)
			r.put(e)
			return nil
		}
		rest = behind
		e.edge = append(e.edge, r.add(tree, mode, name, id))
		e.start = append(e.start, uint32(len(data)-len(rest)))
	}
	return e
}

// add looks at an entry that is new, and records it as an edge if it may lead to what is to be located; else it gives
// none.
func (r *treeRecorder) add(tree uint32, mode filemode.FileMode, name, id []byte) uint32 {
	called, wanted := r.g.name(name)
	child := none
	if Kind(mode) != filemode.Submodule { // a submodule's commit is in another store
		child = r.find(id)
		if child == none {
			typ := BlobObject
			if Kind(mode) == filemode.Dir {
				typ = TreeObject
			}
			r.g.lacks(makeID(id), lack{typ: typ, by: tree, name: called})
		} else if Kind(mode) == filemode.Dir || hasBit(r.g.wanted, child) {
			wanted = true
		}
	}
	if !wanted || tree == none || called == none {
		return none
	}
	return r.edges.add(edge{tree, called, child})
}

// find gives the number of an object; none if the store does not have it. Trees that are no deltas on each other name
// the same objects again and again.
func (r *treeRecorder) find(id []byte) uint32 {
	if r.known == nil {
		r.known = make([]knownID, 1<<14)
	}
	k := &r.known[binary.BigEndian.Uint16(id)>>2]
	if !bytes.Equal(k.id.bytes(), id) {
		n, ok := r.g.objects.find(id)
		if !ok {
			return none
		}
		k.id, k.number = makeID(id), n
	}
	return k.number
}

// derive finds out which entries a tree has from its base: those that lie within what an instruction copies. It fills
// in e.start and e.edge, but for the edges of the entries that it lists in r.fresh. It gives false when the tree is
// better recorded as a whole: it is damaged, or shares too little with its base, or has an entry of it twice.
func (r *treeRecorder) derive(e *entries, data []byte, base *entries, ops []byte) bool {
	n := len(base.edge)
	r.copied = slices.Grow(r.copied[:0], n)[:n]
	clear(r.copied)
	r.fresh = r.fresh[:0]
	at, from := 0, 0 // where the next entry begins, and the bytes of the instruction
	e.start = append(e.start, 0)
	for len(ops) > 0 {
		off, size, insert, rest, err := deltaOp(ops)
		if err != nil {
			return false
		}
		ops = rest
		to := from + int(size)
		for at < to {
			if insert == nil {
				first, taken := base.within(int(off)+at-from, int(off+size))
				for i := first; i < first+taken; i++ {
					if r.copied[i] {
						return false
					}
					r.copied[i] = true
					at += int(base.start[i+1] - base.start[i])
					e.start = append(e.start, uint32(at))
				}
				if taken > 0 {
					e.edge = append(e.edge, base.edge[first:first+taken]...)
					continue
				}
			}
			_, _, _, behind, err := treeEntry(data[at:], r.g.s.idLen)
			if err != nil {
				return false
			}
			at = len(data) - len(behind)
			r.fresh = append(r.fresh, len(e.edge))
			e.edge = append(e.edge, none)
			e.start = append(e.start, uint32(at))
		}
		from = to
	}
	copied := len(e.edge) - len(r.fresh)
	return at == len(data) && 2*copied >= max(len(e.edge), n)
}

// within gives the entries that lie in the bytes from off up to end, if one begins at off.
func (e *entries) within(off, end int) (first, n int) {
	first, ok := slices.BinarySearch(e.start, uint32(off))
	if !ok {
		return 0, 0
	}
	for first+n < len(e.edge) && int(e.start[first+n+1]) <= end {
		n++
	}
	return first, n
}
