// This file finds out from where commits and tags can be reached.

package gitstore

import (
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// reach is from where something can be reached, the nearest first.
type reach uint8

const (
	fromHead reach = iota
	fromRef
	fromStash
	fromReflog
	unreachable
)

var reachNames = [...]string{"head", "ref", "stash", "reflog", "unreachable"}

func (r reach) String() string { return reachNames[r] }

// reachability is the outcome of following all refs and reflogs.
type reachability struct {
	g     *Graph
	node  []uint32 // by object: the place of its commit in g.commits; none for what is no commit
	refs  []Ref    // those that count as refs, the preferred first
	tags  map[ID]mark
	other map[uint32]mark // trees and blobs that a ref names without a commit
	head  uint32          // the place of the commit that HEAD leads to; none if none
}

// mark says how near something is, and by which of the refs.
type mark struct {
	reach reach
	ref   uint32
}

// reached follows HEAD, then refs, stashes and reflogs.
func (g *Graph) reached() *reachability {
	r := &reachability{g: g, node: make([]uint32, g.objects.n), tags: map[ID]mark{}, other: map[uint32]mark{}, head: none}
	for i := range r.node {
		r.node[i] = none
	}
	for i := range g.commits {
		node := &g.commits[i]
		node.reach, node.ref = unreachable, none
		r.node[node.commit] = uint32(i)
	}
	if id, ok := g.s.Head(); ok {
		r.follow([]ID{id}, fromHead, none)
		r.head = r.commit(g.peel(id, func(ID) {}))
	}
	starts := g.s.startsByReach()
	r.refs = starts[fromRef]
	for i, ref := range r.refs {
		r.follow([]ID{ref.Target}, fromRef, uint32(i))
	}
	for _, near := range []reach{fromStash, fromReflog} {
		for _, ref := range starts[near] {
			r.follow([]ID{ref.Target}, near, none)
		}
	}
	return r
}

// startsByReach lists what HEAD, refs, stashes and reflogs lead to; refs with the preferred first. HEAD has the name of a ref that
// leads to the same, if there is one.
func (s *Store) startsByReach() [unreachable][]Ref {
	var starts [unreachable][]Ref
	for _, ref := range s.Refs() {
		near := reachBy(ref.Name)
		starts[near] = append(starts[near], ref)
	}
	refs := starts[fromRef]
	slices.SortStableFunc(refs, func(a, b Ref) int { return preference(a.Name) - preference(b.Name) })
	if id, ok := s.Head(); ok {
		head := Ref{"HEAD", id}
		if i := slices.IndexFunc(refs, func(r Ref) bool { return r.Target == id }); i >= 0 {
			head = refs[i]
		}
		starts[fromHead] = []Ref{head}
	}
	for _, e := range s.Reflog() {
		near := fromReflog
		if e.Ref == "refs/stash" {
			near = fromStash
		}
		starts[near] = append(starts[near], Ref{e.Ref, e.Old}, Ref{e.Ref, e.New})
	}
	return starts
}

// reachBy tells how what a ref of that name leads to is reached.
//
// ORIG_HEAD, FETCH_HEAD and their kin count as reflogs: they are this clone's memory of what was, and git does not
// list them with the refs. The HEADs of other worktrees count as refs.
func reachBy(name string) reach {
	switch {
	case name == "refs/stash":
		return fromStash
	case strings.HasPrefix(name, "refs/") || pathBase(name) == "HEAD":
		return fromRef
	}
	return fromReflog
}

func pathBase(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// preference orders refs: branches, remotes' branches, tags, others, then HEADs, which say least.
func preference(name string) int {
	switch ref := plumbing.ReferenceName(name); {
	case ref.IsBranch():
		return 0
	case ref.IsRemote():
		return 1
	case ref.IsTag():
		return 2
	case strings.HasPrefix(name, "refs/"):
		return 3
	}
	return 4
}

// commit gives the place of a commit in g.commits; none if the store does not have it, or it is no commit.
func (r *reachability) commit(id ID) uint32 {
	if n, ok := r.g.objects.find(id.bytes()); ok {
		return r.node[n]
	}
	return none
}

// follow marks all that the IDs lead to, where nothing nearer did. A commit that HEAD leads to is marked with the
// first ref that does, too.
func (r *reachability) follow(ids []ID, how reach, ref uint32) {
	g := r.g
	m := mark{how, ref}
	var queue []uint32
	take := func(n uint32) {
		node := &g.commits[n]
		if how < node.reach {
			node.reach = how
		} else if how != fromRef || node.ref != none {
			return
		}
		if how == fromRef {
			node.ref = ref
		}
		queue = append(queue, n)
	}
	for _, id := range ids {
		if id.IsZero() {
			continue
		}
		id = g.peel(id, func(tag ID) {
			if old, ok := r.tags[tag]; !ok || how < old.reach {
				r.tags[tag] = m
			}
		})
		n, ok := g.objects.find(id.bytes())
		if !ok {
			continue
		}
		if r.node[n] != none {
			take(r.node[n])
		} else if _, ok := r.other[n]; !ok {
			r.other[n] = m
		}
	}
	for len(queue) > 0 {
		node := g.commits[queue[len(queue)-1]]
		queue = queue[:len(queue)-1]
		for _, p := range g.parents[node.from:node.to] {
			if r.node[p] != none {
				take(r.node[p])
			}
		}
	}
}
