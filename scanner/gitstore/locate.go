// This file finds where blobs stand in history.

package gitstore

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"strings"
)

// Place is where an object stands in history.
type Place struct {
	Object ID     // zero for a name
	Name   string // with which Path ends; "" for an object
	Path   string // any bytes; "" when no tree names the blob, and for commits and tags

	// Commit is the first commit that brought this content to this path: its tree has the blob there, and no parent's
	// has. Of several it is the one that is reached from nearest, then of the earliest committer date, then of the
	// smallest ID. It is zero if there is none. For a commit it is the commit, for a tag the tag's commit.
	Commit Commit

	// Reach is from where it can be reached, the nearest of: "head" (the blob stands at Path in the tree that HEAD has
	// now; the commit, or the tag's commit, is HEAD or an ancestor), "ref" (in a commit that a ref leads to), "stash"
	// (refs/stash and its reflog), "reflog" (other reflogs; ORIG_HEAD, FETCH_HEAD and the like), "unreachable".
	Reach string

	// Ref is, for "ref", the name of one ref that leads to it: a branch rather than a remote's branch, a tag, another
	// ref, a HEAD; then the first by name.
	Ref string
}

// The bounds on walks: tree entries looked at for one commit, and in all.
const (
	maxWalk  = 2_000_000
	maxWalks = 300_000_000
)

// Locate finds where the objects that a sweep wanted stand in history, and the names of files, directories, links and
// submodules. The places are sorted by object and path; those of names have no object, and a path that ends with the
// name.
//
// Each object gets at least one place: a blob that is in no tree is at the path "" and unreachable. More than 1,000 paths
// of one blob or name are not listed, which becomes a Problem. The error is the context's.
func (g *Graph) Locate(ctx context.Context) ([]Place, error) {
	ids, names := g.Wanted()
	if len(ids)+len(names) == 0 {
		return nil, nil
	}
	to := targets{objects: map[uint32]uint32{}, names: map[uint32]uint32{}}
	for i, id := range ids {
		if n, ok := g.objects.find(id.bytes()); ok {
			to.objects[n] = uint32(i)
		}
	}
	for i, name := range names {
		n, _ := g.names.add([]byte(name))
		to.names[n] = uint32(len(ids) + i)
	}
	links, err := g.linksTo(ctx, to)
	if err != nil {
		return nil, fmt.Errorf("locate %d objects: %w", len(ids), err)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	l := &locator{
		ctx: ctx, g: g, links: links, r: g.reached(), ids: ids, names: names,
		found: map[foundKey]*found{}, paths: make([]int, len(ids)+len(to.names)), steps: maxWalks,
	}
	if err := l.walks(); err != nil {
		return nil, fmt.Errorf("locate %d objects: %w", len(ids), err)
	}
	return l.places(), nil
}

// Wanted gives the objects that are to be located, in order of ID, and the names.
func (g *Graph) Wanted() (ids []ID, names []string) {
	if g.objects == nil {
		return nil, nil
	}
	for n := range uint32(g.objects.n) {
		if hasBit(g.wanted, n) {
			ids = append(ids, g.objects.id(n))
		}
	}
	ids = append(ids, g.late...)
	slices.SortFunc(ids, ID.Compare)
	ids = slices.Compact(ids)
	for n := range g.wantedNames {
		names = append(names, string(g.names.at(n)))
	}
	slices.Sort(names)
	return ids, names
}

type locator struct {
	ctx   context.Context
	g     *Graph
	links *links
	r     *reachability
	ids   []ID
	names []string
	found map[foundKey]*found
	paths []int // by target: how many paths were found
	steps int   // left for all walks
	nodes []walkNode
	stack []walkTree
}

type foundKey struct {
	target uint32
	path   string
}

// found is what is known of a target at a path.
type found struct {
	commit uint32 // its place in the graph's commits; none if none
	mark
	head bool // it is in the tree of HEAD
}

// leads tells whether a commit's tree has a target.
func (l *locator) leads(c *commitNode) bool { return c.tree != none && l.links.leads(c.tree) }

// walks goes through HEAD's tree, then what each commit changed, the nearest first, then trees without a commit.
func (l *locator) walks() error {
	g := l.g
	if l.r.head != none && l.leads(&g.commits[l.r.head]) {
		err := l.walk(g.commits[l.r.head].tree, nil, func(target uint32, path string) {
			if f := l.at(target, path); f != nil {
				f.head = true
			}
		})
		if err != nil {
			return err
		}
	}
	var order []uint32
	for n := range g.commits {
		if l.leads(&g.commits[n]) {
			order = append(order, uint32(n))
		}
	}
	slices.SortFunc(order, func(a, b uint32) int {
		x, y := &g.commits[a], &g.commits[b]
		// Numbers are in order of ID.
		return cmp.Or(cmp.Compare(x.reach, y.reach), cmp.Compare(x.date, y.date), cmp.Compare(x.commit, y.commit))
	})
	for _, n := range order {
		node := &g.commits[n]
		var before []uint32
		for _, p := range g.parents[node.from:node.to] {
			if at := l.r.node[p]; at != none && l.leads(&g.commits[at]) {
				before = append(before, g.commits[at].tree)
			}
		}
		err := l.walk(node.tree, before, func(target uint32, path string) {
			if f := l.at(target, path); f != nil && f.commit == none {
				f.commit, f.mark = n, mark{node.reach, node.ref}
			}
		})
		if err != nil {
			return err
		}
	}
	if err := l.refTrees(); err != nil {
		return err
	}
	return l.looseTrees()
}

// refTrees goes through the trees that refs name without a commit.
func (l *locator) refTrees() error {
	for _, tree := range slices.Sorted(maps.Keys(l.r.other)) {
		if !l.links.leads(tree) {
			continue
		}
		m := l.r.other[tree]
		err := l.walk(tree, nil, func(target uint32, path string) {
			if f := l.at(target, path); f != nil && m.reach < f.reach {
				f.mark = m
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// looseTrees gives paths to the targets that no commit and no ref has, from the topmost trees that have them.
func (l *locator) looseTrees() error {
	g := l.g
	below := make([]bool, g.objects.n)
	for _, k := range l.links.all {
		if k.child&isTarget == 0 {
			below[k.child] = true
		}
	}
	for i := range g.commits {
		if node := &g.commits[i]; node.tree != none {
			below[node.tree] = true
		}
	}
	placed := make([]bool, len(l.paths))
	for target, n := range l.paths {
		placed[target] = n > 0
	}
	for tree := range uint32(g.objects.n) {
		if below[tree] || !l.links.leads(tree) {
			continue
		}
		err := l.walk(tree, nil, func(target uint32, path string) {
			if !placed[target] {
				l.at(target, path)
			}
		})
		if err != nil {
			return err
		}
	}
	// What is left is in trees that contain each other, or beyond the bounds.
	for _, k := range l.links.all {
		if k.child&isTarget != 0 && l.paths[k.child&^isTarget] == 0 {
			l.at(k.child&^isTarget, string(g.names.at(k.name)))
		}
	}
	return nil
}

// at gives what is known of a target at a path; nil when it has too many already.
func (l *locator) at(target uint32, path string) *found {
	key := foundKey{target, path}
	f := l.found[key]
	if f == nil {
		if l.paths[target] == maxPaths {
			what := "name"
			if int(target) < len(l.ids) {
				what = "object:" + l.ids[target].String()
			}
			l.g.s.notef(what, "stands at more than %d paths; the others are not listed", maxPaths)
			return nil
		}
		l.paths[target]++
		f = &found{commit: none, mark: mark{unreachable, none}}
		l.found[key] = f
	}
	return f
}

// walkTree is a tree to go through, and the trees that stood in its place before.
type walkTree struct {
	tree   uint32
	before []uint32
	node   int // of the path
}

// walkNode is a step of a path, from the end to the start.
type walkNode struct {
	up    int
	name  uint32
	depth int
	len   int // bytes of the path up to here, with a slash
}

// walk gives each target in a tree to visit, with its path, unless one of the trees before has it at the same path.
func (l *locator) walk(root uint32, before []uint32, visit func(target uint32, path string)) error {
	g := l.g
	l.nodes = append(l.nodes[:0], walkNode{up: -1})
	l.stack = append(l.stack[:0], walkTree{root, before, 0})
	if slices.Contains(before, root) {
		return nil
	}
	for steps := 0; len(l.stack) > 0; {
		at := l.stack[len(l.stack)-1]
		l.stack = l.stack[:len(l.stack)-1]
		if err := l.ctx.Err(); err != nil {
			return context.Cause(l.ctx)
		}
		node := l.nodes[at.node]
		for _, k := range l.links.of(at.tree) {
			steps++
			l.steps--
			size := node.len + len(g.names.at(k.name)) + 1
			if steps > maxWalk || l.steps < 0 || node.depth > maxDepth || size > maxPath {
				g.s.notef("tree "+g.objects.id(root).String(), "it spells too many paths, or too long ones; not all are listed")
				if steps > maxWalk || l.steps < 0 {
					return nil
				}
				continue
			}
			same, earlier := l.earlier(at.before, k)
			if same {
				continue
			}
			if k.child&isTarget != 0 {
				visit(k.child&^isTarget, l.path(at.node, k.name))
				continue
			}
			l.nodes = append(l.nodes, walkNode{at.node, k.name, node.depth + 1, size})
			l.stack = append(l.stack, walkTree{k.child, earlier, len(l.nodes) - 1})
		}
	}
	return nil
}

// earlier looks for what the trees before have under a link's name: the same child, or other trees.
func (l *locator) earlier(before []uint32, k link) (same bool, trees []uint32) {
	l.steps -= len(before)
	for _, t := range before {
		links := l.links.of(t)
		i := sort.Search(len(links), func(i int) bool { return links[i].name >= k.name })
		for ; i < len(links) && links[i].name == k.name; i++ {
			l.steps--
			if links[i].child == k.child {
				return true, nil
			}
			// Only a tree that was made to mislead has many entries of one name.
			if links[i].child&isTarget == 0 && len(trees) < maxPaths && !slices.Contains(trees, links[i].child) {
				trees = append(trees, links[i].child)
			}
		}
	}
	return false, trees
}

func (l *locator) path(node int, name uint32) string {
	parts := []string{string(l.g.names.at(name))}
	for ; node > 0; node = l.nodes[node].up {
		parts = append(parts, string(l.g.names.at(l.nodes[node].name)))
	}
	slices.Reverse(parts)
	return strings.Join(parts, "/")
}

// places puts together what was found, and what stands at no path.
func (l *locator) places() []Place {
	g := l.g
	commits := map[uint32]Commit{}
	generations := g.generations(l.r.node)
	commit := func(n uint32) Commit {
		c, ok := commits[n]
		if !ok {
			id := g.objects.id(g.commits[n].commit)
			if _, data, err := g.s.read(id, nil, ""); err == nil {
				c, _ = ParseCommit(id, data)
			} else {
				c.ID = id
			}
			c.Generation = int(generations[n])
			commits[n] = c
		}
		return c
	}
	var places []Place
	settled := make([]reach, len(l.ids)) // the nearest of its places; beyond unreachable if it has none
	for i := range settled {
		settled[i] = math.MaxUint8
	}
	for key, f := range l.found {
		p := Place{Path: key.path}
		if int(key.target) < len(l.ids) {
			p.Object = l.ids[key.target]
		} else {
			p.Name = l.names[int(key.target)-len(l.ids)]
		}
		if f.commit != none {
			p.Commit = commit(f.commit)
		}
		m := f.mark
		if f.head {
			m.reach = fromHead
		} else if m.reach == fromHead {
			m.reach = fromRef // HEAD's history has it, HEAD's tree has it no longer
		}
		l.setReach(&p, m)
		places = append(places, p)
		if int(key.target) < len(l.ids) {
			settled[key.target] = min(settled[key.target], m.reach)
		}
	}
	for i, name := range l.names {
		if l.paths[len(l.ids)+i] == 0 { // of a tree that came in late
			places = append(places, Place{Path: name, Name: name, Reach: unreachable.String()})
		}
	}
	for i, id := range l.ids {
		p := Place{Object: id}
		var m mark
		if at := l.r.commit(id); at != none {
			p.Commit, m = commit(at), mark{g.commits[at].reach, g.commits[at].ref}
		} else if _, ok := g.tags[id]; ok {
			m = l.tag(id, &p, commit)
		} else {
			m = mark{unreachable, none}
			if n, ok := g.objects.find(id.bytes()); ok {
				if named, ok := l.r.other[n]; ok {
					m = named
				}
			}
			if settled[i] <= m.reach {
				continue
			}
		}
		l.setReach(&p, m)
		places = append(places, p)
	}
	slices.SortFunc(places, func(a, b Place) int {
		return cmp.Or(a.Object.Compare(b.Object), strings.Compare(a.Path, b.Path))
	})
	return places
}

// tag gives the reach of a tag, and the commit that it leads to.
func (l *locator) tag(id ID, p *Place, commit func(uint32) Commit) mark {
	m, ok := l.r.tags[id]
	if !ok {
		m = mark{unreachable, none}
	}
	if at := l.r.commit(l.g.peel(id, func(ID) {})); at != none {
		p.Commit = commit(at)
		if m.reach == fromRef && l.g.commits[at].reach == fromHead {
			m.reach = fromHead
		}
	}
	return m
}

func (l *locator) setReach(p *Place, m mark) {
	p.Reach = m.reach.String()
	if m.reach == fromRef {
		p.Ref = "HEAD"
		if m.ref != none {
			p.Ref = l.r.refs[m.ref].Name
		}
	}
}
