// This file gathers the trees, commits and tags of a store into a graph, in one sweep.

package gitstore

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"sync"

	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// graph holds which tree names which, and the target blobs, and what commits say of trees and parents. Trees, commits
// and names are numbers; a link from tree to tree takes 12 bytes.
type graph struct {
	s       *Store
	targets map[ID]uint32
	likely  [1 << 10]uint64 // a bit for the first 16 bits of each target's ID: spares most look-ups

	mu      sync.Mutex
	trees   *idTable
	here    []bool   // by tree: it was read
	chunks  [][]link // as gathered; in chunks, because to grow one slice of 10^7 takes its memory twice
	links   []link   // those that lead to targets, after prune
	names   map[string]uint32
	nameOf  []string
	commits *idTable
	nodes   []commitNode // by commit
	parents []uint32     // of all commits, one after the other
	tags    map[ID]Tag
	types   map[ID]Type // of the targets that are commits or tags
}

// link is an entry of a tree: a tree, or, with the bit isTarget, a target.
type link struct{ parent, name, child uint32 }

const isTarget = 1 << 31

// commitNode is what the graph keeps of a commit.
type commitNode struct {
	tree        uint32
	from, to    uint32 // its parents are parents[from:to]
	here        bool
	date        int64 // the committer's; the end of time when it is no date
	reach       reach
	ref         uint32 // the first ref that leads to it, in order of preference; none if none
	interesting bool
}

func newGraph(s *Store, ids []ID) *graph {
	g := &graph{
		s: s, targets: map[ID]uint32{}, trees: newIDTable(s.idLen), commits: newIDTable(s.idLen),
		names: map[string]uint32{}, tags: map[ID]Tag{}, types: map[ID]Type{},
	}
	for i, id := range ids {
		g.targets[id] = uint32(i)
		at := uint16(id.b[0])<<8 | uint16(id.b[1])
		g.likely[at>>6] |= 1 << (at & 63)
	}
	return g
}

// read sweeps the store.
func (g *graph) read(ctx context.Context) error {
	err := g.s.Sweep(ctx, Trees|Commits|Tags, func(o Object) error {
		switch {
		case o.Err != nil:
			g.s.notef(o.Where, "object %s: %w; paths and commits that it names are not seen", o.ID, o.Err)
		case o.Type == TreeObject:
			g.addTree(o.ID, o.Data)
		case o.Type == CommitObject:
			g.addCommit(o.ID, o.Data)
		case o.Type == TagObject:
			g.addTag(o.ID, o.Data)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for len(g.here) < g.trees.len() {
		g.here = append(g.here, false)
	}
	for len(g.nodes) < g.commits.len() {
		g.nodes = append(g.nodes, commitNode{ref: none, reach: unreachable})
	}
	return nil
}

// scratch holds the entries of one tree that matter, while the graph is not locked.
type scratch struct{ entries []scratchEntry }

type scratchEntry struct {
	name, id []byte
	target   uint32 // with isTarget, or 0 for a tree
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func (g *graph) addTree(id ID, data []byte) {
	sc := scratches.Get().(*scratch)
	defer scratches.Put(sc)
	sc.entries = sc.entries[:0]
	for len(data) > 0 {
		mode, name, entry, rest, err := treeEntry(data, g.s.idLen)
		if err != nil {
			g.s.notef("tree "+id.String(), "%w; the files that it names may not all be located: run git fsck", err)
			break
		}
		data = rest
		if Kind(mode) == filemode.Submodule {
			continue
		}
		if at := uint16(entry[0])<<8 | uint16(entry[1]); g.likely[at>>6]>>(at&63)&1 == 1 {
			if target, ok := g.targets[makeID(entry)]; ok {
				sc.entries = append(sc.entries, scratchEntry{name, entry, isTarget | target})
			}
		}
		if Kind(mode) == filemode.Dir {
			sc.entries = append(sc.entries, scratchEntry{name, entry, 0})
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	parent := g.tree(id.bytes())
	g.here[parent] = true
	for _, e := range sc.entries {
		child := e.target
		if child == 0 {
			child = g.tree(e.id)
		}
		g.addLink(link{parent, g.name(e.name), child})
	}
}

const chunkLen = 1 << 16

func (g *graph) addLink(l link) {
	last := len(g.chunks) - 1
	if last < 0 || len(g.chunks[last]) == chunkLen {
		size := chunkLen
		if last < 0 {
			size = 256 // most repositories are small
		}
		g.chunks = append(g.chunks, make([]link, 0, size))
		last++
	}
	g.chunks[last] = append(g.chunks[last], l)
}

// gathered gives all links.
func (g *graph) gathered(yield func(link) bool) {
	for _, chunk := range g.chunks {
		for _, l := range chunk {
			if !yield(l) {
				return
			}
		}
	}
}

// tree gives a tree's number.
func (g *graph) tree(id []byte) uint32 {
	n := g.trees.add(id)
	if int(n) == len(g.here) {
		g.here = append(g.here, false)
	}
	return n
}

func (g *graph) name(name []byte) uint32 {
	n, ok := g.names[string(name)]
	if !ok {
		n = uint32(len(g.nameOf))
		g.names[string(name)] = n
		g.nameOf = append(g.nameOf, string(name))
	}
	return n
}

// commit gives a commit's number.
func (g *graph) commit(id []byte) uint32 {
	n := g.commits.add(id)
	if int(n) == len(g.nodes) {
		g.nodes = append(g.nodes, commitNode{ref: none, reach: unreachable})
	}
	return n
}

func (g *graph) addCommit(id ID, data []byte) {
	// ParseCommit makes strings; of millions of commits only these three lines matter.
	var tree ID
	var parents []ID
	date := int64(math.MaxInt64)
	headers(data, func(key string, value []byte) {
		switch key {
		case "tree", "parent":
			switch named, ok := parseHexID(value); {
			case !ok || int(named.n) != g.s.idLen:
				g.s.notef("commit "+id.String(), "%s %.80q is no object ID", key, value)
			case key == "parent":
				parents = append(parents, named)
			default:
				tree = named
			}
		case "committer":
			fields := bytes.Fields(value[bytes.LastIndexByte(value, '>')+1:])
			if len(fields) > 0 {
				if sec, err := strconv.ParseInt(string(fields[0]), 10, 64); err == nil && sec >= 0 {
					date = sec
				}
			}
		}
	})
	g.mu.Lock()
	defer g.mu.Unlock()
	n := g.commit(id.bytes())
	node := commitNode{tree: none, here: true, date: date, ref: none, reach: unreachable, from: uint32(len(g.parents))}
	if !tree.IsZero() {
		node.tree = g.tree(tree.bytes())
	}
	for _, p := range parents {
		g.parents = append(g.parents, g.commit(p.bytes()))
	}
	node.to = uint32(len(g.parents))
	g.nodes[n] = node
	if _, ok := g.targets[id]; ok {
		g.types[id] = CommitObject
	}
}

func (g *graph) addTag(id ID, data []byte) {
	t, err := ParseTag(id, data)
	if err != nil {
		g.s.note("tag "+id.String(), err)
	}
	t.Message = ""
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tags[id] = t
	if _, ok := g.targets[id]; ok {
		g.types[id] = TagObject
	}
}

// peel follows tags, giving each to visit, and gives what they lead to.
func (g *graph) peel(id ID, visit func(tag ID)) ID {
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

// gaps reports parents and trees that should be here and are not.
func (g *graph) gaps() {
	shallow := g.s.shallow()
	hint, kind := "run git fsck", ProblemKind("")
	if g.s.Partial() {
		hint, kind = "this is a partial clone: run git fetch --refetch --no-filter", PartialClone
	}
	parents, trees := 0, 0
	var parent, tree, of ID
	for n, node := range g.nodes {
		if !node.here {
			continue
		}
		if node.tree != none && !g.here[node.tree] {
			if trees++; trees == 1 {
				tree = g.trees.id(node.tree)
			}
		}
		for _, p := range g.parents[node.from:node.to] {
			if !g.nodes[p].here && !shallow[g.commits.id(uint32(n))] {
				if parents++; parents == 1 {
					parent, of = g.commits.id(p), g.commits.id(uint32(n))
				}
			}
		}
	}
	for l := range g.gathered {
		if l.child&isTarget == 0 && !g.here[l.child] {
			if trees++; trees == 1 {
				tree = g.trees.id(l.child)
			}
		}
	}
	if parents > 0 {
		g.s.choicef(kind, "commit "+of.String(), "parents of commits are missing, %d times; of this one %s: %s", parents, parent, hint)
	}
	if trees > 0 {
		g.s.choicef(kind, "tree "+tree.String(), "trees are missing, %d times that one is named, this one first: %s", trees, hint)
	}
}

// prune keeps the links that lead to targets, sorted by parent, name and child, and gives where each tree's begin.
func (g *graph) prune() (begin []uint32) {
	n := g.trees.len()
	// The parents of each tree, by counting.
	up := make([]uint32, n+1)
	for l := range g.gathered {
		if l.child&isTarget == 0 {
			up[l.child+1]++
		}
	}
	for i := range n {
		up[i+1] += up[i]
	}
	parents := make([]uint32, up[n])
	fill := slices.Clone(up[:n])
	interesting := make([]bool, n)
	var queue []uint32
	for l := range g.gathered {
		if l.child&isTarget == 0 {
			parents[fill[l.child]] = l.parent
			fill[l.child]++
		} else if !interesting[l.parent] {
			interesting[l.parent] = true
			queue = append(queue, l.parent)
		}
	}
	for len(queue) > 0 {
		t := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, p := range parents[up[t]:up[t+1]] {
			if !interesting[p] {
				interesting[p] = true
				queue = append(queue, p)
			}
		}
	}
	kept := []link{}
	for l := range g.gathered {
		if l.child&isTarget != 0 || interesting[l.child] {
			kept = append(kept, l)
		}
	}
	slices.SortFunc(kept, func(a, b link) int {
		return cmp.Or(cmp.Compare(a.parent, b.parent), cmp.Compare(a.name, b.name), cmp.Compare(a.child, b.child))
	})
	g.links, g.chunks = slices.Compact(kept), nil
	begin = up
	clear(begin)
	for _, l := range g.links {
		begin[l.parent+1]++
	}
	for i := range n {
		begin[i+1] += begin[i]
	}
	for i, node := range g.nodes {
		g.nodes[i].interesting = node.here && node.tree != none && interesting[node.tree]
	}
	return begin
}
