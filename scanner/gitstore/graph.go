// This file holds what a sweep learns of how the objects of a store hang together.

package gitstore

import (
	"math"
	"strconv"
	"sync"
)

// Graph says which tree names which, and what is to be located, and what commits and tags lead to: enough to find out
// where that stands without reading trees and commits again. [Store.Sweep] makes it. Objects are numbers of the catalogue.
type Graph struct {
	s       *Store
	objects *catalogue

	edges   chunked[edge]
	drops   chunked[drop]
	derived chunked[derivation]

	wanted []uint32 // a bit for each object that is to be located
	late   []ID     // objects that are to be located and came in while the store was listed: nothing is known of them

	nameMu      sync.Mutex
	askName     func(name []byte) (locate bool) // may be nil
	names       *texts                          // of entries of trees, each once
	wantedNames map[uint32]bool

	mu      sync.Mutex
	missing map[ID]lack
	shallow map[ID]bool // commits whose parents were not fetched
	commits []commitNode
	parents []uint32 // of all commits, one after the other
	tags    map[ID]Tag
	full    bool // a bound was hit, and reported
}

// edge is an entry of a tree that may lead to what is to be located, where it comes in: in the tree that has it first,
// of those that have it by delta.
type edge struct{ tree, name, child uint32 }

// drop says that a tree does not have an edge of the tree that it is derived from.
type drop struct{ tree, edge uint32 }

// derivation says that a tree has the edges of another, but for its drops.
type derivation struct{ tree, base uint32 }

// commitNode is what the graph keeps of a commit.
type commitNode struct {
	commit   uint32 // its number
	tree     uint32 // none if it is missing
	from, to uint32 // its parents are parents[from:to]
	date     int64  // the committer's; the end of time when it is no date
	reach    reach
	ref      uint32 // the first ref that leads to it, in order of preference; none if none
}

// lack is what names an object that is not in the store.
type lack struct {
	typ  Type   // of the object that is missing
	by   uint32 // the number of the tree or commit; none for what came in late
	name uint32 // in the tree; none if it is no tree
	tag  *ID
}

// maxEdges bounds what is kept of trees: a tree of a million entries is a thousand bytes when all have one name.
const maxEdges = 1 << 27

func newGraph(s *Store, name func([]byte) bool) *Graph {
	objects := s.promised()
	return &Graph{
		s: s, objects: objects, wanted: make([]uint32, (objects.n+31)/32),
		askName: name, names: newTexts(), wantedNames: map[uint32]bool{}, missing: map[ID]lack{},
		shallow: s.shallow(), tags: map[ID]Tag{},
	}
}

// name gives the number of a name, and whether it is to be located.
func (g *Graph) name(name []byte) (n uint32, wanted bool) {
	g.nameMu.Lock()
	defer g.nameMu.Unlock()
	n, isNew := g.names.add(name)
	if isNew && g.askName != nil && g.askName(name) {
		g.wantedNames[n] = true
	}
	if n == none {
		g.tooMany()
	}
	return n, g.wantedNames[n]
}

// tooMany reports that trees have more entries than are kept.
func (g *Graph) tooMany() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.full {
		g.full = true
		g.s.notef("objects", "trees have more than %d entries to keep, or 128 MiB of names; names in the others are not searched, "+
			"nor is what they name located", maxEdges)
	}
}

// lacks takes note of an object that is named and not in the store.
func (g *Graph) lacks(id ID, l lack) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.missing[id]; !ok {
		g.missing[id] = l
	}
}

// namer says what names an object.
func (g *Graph) namer(l lack) string {
	switch {
	case l.tag != nil:
		return "tag " + l.tag.String()
	case l.by == none:
		return "a tree that came in during the scan"
	case l.name == none:
		return "commit " + g.objects.id(l.by).String()
	}
	return "tree " + g.objects.id(l.by).String() + ", which names it " + strconv.Quote(string(g.names.at(l.name)))
}

func (g *Graph) addCommit(number uint32, data []byte) {
	id := func() ID { return g.objects.id(number) }
	tree, parents, date := commitLinks(data, g.s.idLen, func(key string, value []byte) {
		g.s.notef("commit "+id().String(), "%s %.80q is no object ID: run git fsck", key, value)
	})
	if date == noDate {
		date = math.MaxInt64
	}
	node := commitNode{commit: number, tree: none, date: date, ref: none, reach: unreachable}
	if !tree.IsZero() {
		var ok bool
		if node.tree, ok = g.objects.find(tree.bytes()); !ok {
			node.tree = none
			g.lacks(tree, lack{typ: TreeObject, by: number, name: none})
		}
	}
	known := make([]uint32, 0, 2)
	for _, p := range parents {
		if n, ok := g.objects.find(p.bytes()); ok {
			known = append(known, n)
		} else if !g.shallow[id()] {
			g.lacks(p, lack{typ: CommitObject, by: number, name: none})
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	node.from = uint32(len(g.parents))
	g.parents = append(g.parents, known...)
	node.to = uint32(len(g.parents))
	g.commits = append(g.commits, node)
}

func (g *Graph) addTag(id ID, data []byte) {
	t, err := ParseTag(id, data)
	if err != nil {
		g.s.note("tag "+id.String(), err)
	}
	if !t.Target.IsZero() {
		if _, ok := g.objects.find(t.Target.bytes()); !ok {
			g.lacks(t.Target, lack{typ: t.TargetType, tag: &id})
		}
	}
	t.Message = ""
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tags[id] = t
}

// peel follows tags, giving each to visit, and gives what they lead to.
func (g *Graph) peel(id ID, visit func(tag ID)) ID {
	seen := map[ID]bool{}
	for {
		t, ok := g.tags[id]
		if !ok || seen[id] {
			return id
		}
		seen[id] = true
		visit(id)
		id = t.Target
	}
}
