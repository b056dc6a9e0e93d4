// This file finds the ways that lead down to what is to be located.

package gitstore

import (
	"cmp"
	"context"
	"slices"
)

// link is an entry of a tree that leads to a target: to a tree, or, with the bit isTarget, to the target itself.
type link struct{ tree, name, child uint32 }

const isTarget = 1 << 31

// maxLinks bounds what is located at a time: a small pack can hold thousands of versions of a tree that is full of keys.
const maxLinks = 1 << 23

// targets are the objects and the names of entries that are to be located. A target's number is its place in objects,
// or in names behind them.
type targets struct {
	objects map[uint32]uint32 // by the object's number
	names   map[uint32]uint32 // by the name's
}

// links are the entries that lead to targets.
type links struct {
	all   []link   // sorted by tree, name and child
	begin []uint32 // by tree: where its links begin; one more at the end
}

func (l *links) of(tree uint32) []link { return l.all[l.begin[tree]:l.begin[tree+1]] }

// leads tells whether a tree has a target, in it or below.
func (l *links) leads(tree uint32) bool { return l.begin[tree] != l.begin[tree+1] }

// lists holds, for each number, a few others, one list after the other.
type lists struct{ begin, items []uint32 }

func (l *lists) of(n uint32) []uint32 { return l.items[l.begin[n]:l.begin[n+1]] }

// newLists sorts pairs into the lists of n numbers. The pairs are asked for twice.
func newLists(n int, pairs func(yield func(of, item uint32) bool)) *lists {
	l := &lists{begin: make([]uint32, n+1)}
	for of := range pairs {
		l.begin[of+1]++
	}
	for i := range n {
		l.begin[i+1] += l.begin[i]
	}
	l.items = make([]uint32, l.begin[n])
	// Filling a list moves its begin to its end, which is where the next list begins.
	for of, item := range pairs {
		l.items[l.begin[of]] = item
		l.begin[of]++
	}
	copy(l.begin[1:], l.begin)
	l.begin[0] = 0
	return l
}

// linksTo follows edges from the targets up, through all trees that have them. The error is the context's.
func (g *Graph) linksTo(ctx context.Context, to targets) (*links, error) {
	n := g.objects.n
	trees := make([]bool, n)
	for _, e := range g.edges.all {
		if e.tree != none {
			trees[e.tree] = true
		}
	}
	for _, d := range g.derived.all {
		trees[d.tree] = true // it may have no edge of its own
	}
	above := newLists(n, func(yield func(uint32, uint32) bool) { // by object: the edges that name it
		for number, e := range g.edges.all {
			if e.tree != none && e.child != none && trees[e.child] && !yield(e.child, number) {
				return
			}
		}
	})
	derived := newLists(n, func(yield func(uint32, uint32) bool) { // by tree: those that have its edges
		for _, d := range g.derived.all {
			if !yield(d.base, d.tree) {
				return
			}
		}
	})
	drops := newLists(n, func(yield func(uint32, uint32) bool) { // by tree: the edges that it does not have
		for _, d := range g.drops.all {
			if !yield(d.tree, d.edge) {
				return
			}
		}
	})
	for tree := range uint32(n) {
		slices.Sort(drops.of(tree))
	}

	var found []link
	queued := make([]bool, n) // trees whose edges above were, or will be, followed
	var queue, having []uint32
	// follow notes the link that an edge is, in all trees that have the edge.
	steps := 0
	follow := func(number uint32, child uint32) {
		e := g.edges.at(number)
		for having = append(having[:0], e.tree); len(having) > 0; {
			if steps++; steps&0xfff == 0 && ctx.Err() != nil {
				return
			}
			if len(found) == maxLinks {
				g.s.notef("objects", "more than %d entries of trees lead to what is to be located; not all paths are listed", maxLinks)
				return
			}
			tree := having[len(having)-1]
			having = having[:len(having)-1]
			if _, dropped := slices.BinarySearch(drops.of(tree), number); dropped {
				continue
			}
			found = append(found, link{tree, e.name, child})
			if !queued[tree] {
				queued[tree] = true
				queue = append(queue, tree)
			}
			having = append(having, derived.of(tree)...)
		}
	}
	for number, e := range g.edges.all {
		if e.tree == none {
			continue
		}
		if e.child != none {
			if target, ok := to.objects[e.child]; ok {
				follow(number, isTarget|target)
			}
		}
		if target, ok := to.names[e.name]; ok {
			follow(number, isTarget|target)
		}
	}
	for len(queue) > 0 {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		tree := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, number := range above.of(tree) {
			follow(number, tree)
		}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	slices.SortFunc(found, func(a, b link) int {
		return cmp.Or(cmp.Compare(a.tree, b.tree), cmp.Compare(a.name, b.name), cmp.Compare(a.child, b.child))
	})
	l := &links{all: slices.Compact(found), begin: make([]uint32, n+1)}
	for _, k := range l.all {
		l.begin[k.tree+1]++
	}
	for i := range n {
		l.begin[i+1] += l.begin[i]
	}
	return l, nil
}
