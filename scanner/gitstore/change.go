// This file compares an index with HEAD, as far as they differ: a directory that has the same tree in both is passed over.

package gitstore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// Change is a path at which the next commit would differ from HEAD.
type Change struct {
	Path   string            // any bytes
	Mode   filemode.FileMode // of what is staged
	ID     ID                // of what is staged; no ID when the path is gone, with all that was in it if it was a directory
	Before ID                // of the file or link that HEAD has at the path; no ID if it has none
	Err    error             // why it is not known what is at and below Path; HEAD or HEAD:<path> for what HEAD has
}

// ChangedIndex reads the index as [Store.Index] does, but for the entries in directories that have the same tree in HEAD, which
// are most of them: what Staged needs, and the files at the top.
func (s *Store) ChangedIndex() (*Index, error) {
	dirs := map[string]bool{}
	x, err := s.index(func(trees cacheTree) []string {
		c := staging{s: s, trees: trees}
		if head, _ := c.head(); head.n != 0 && trees.root() != noNode {
			c.unchanged(head, dirs)
		}
		return slices.DeleteFunc(slices.Sorted(maps.Keys(dirs)), func(dir string) bool { return !dirs[dir] })
	})
	if err != nil {
		return nil, err
	}
	x.same = dirs
	return x, nil
}

// head gives the tree of HEAD; no ID if there is none.
func (c *staging) head() (ID, error) {
	commit, ok := c.s.Head()
	if !ok {
		return ID{}, nil
	}
	tree, _, err := c.s.treeOf(commit)
	return tree, err
}

// unchanged finds the directories that have a tree in the index which is the one in HEAD. Git commit takes it from there,
// so whatever the entries in it say, nothing is new in them. It sets dirs of them to true, of those where it looked for
// more to false.
func (c *staging) unchanged(head ID, dirs map[string]bool) {
	stack := []directory{{old: head, node: c.trees.root()}}
	for len(stack) > 0 {
		d := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		old, err := c.read(d.old)
		if err != nil {
			continue
		}
		for i := d.node + 1; i < c.trees[d.node].end; i = c.trees[i].end {
			n := &c.trees[i]
			e := old[n.name]
			if e == nil || !e.IsTree() || n.name == "" {
				continue
			}
			inner := directory{path: d.path + n.name + "/", depth: d.depth + 1, old: e.ID, node: i}
			if n.entries > 0 && n.tree == e.ID {
				dirs[inner.path] = true
			} else if inner.depth < maxDepth && len(inner.path) < maxPath {
				dirs[inner.path] = false
				stack = append(stack, inner)
			}
		}
	}
}

// Staged gives visit the paths at which the next commit would differ from HEAD, in no promised order; each stage of one
// with a conflict. Intents to add are not there, as they are not for git commit. What cannot be read of HEAD counts as
// not being there, so that all that is staged in its place is a change. The error is visit's, or the context's.
func (s *Store) Staged(ctx context.Context, x *Index, visit func(Change) error) error {
	c := staging{s: s, x: x, trees: x.trees, visit: visit, visits: map[ID]int{}}
	head, err := c.head()
	if err != nil {
		c.tell(Change{Path: "HEAD", Err: err})
	}
	return c.walk(ctx, head)
}

// Indexed gives visit all paths of the index, as Staged does for a first commit.
func (s *Store) Indexed(ctx context.Context, x *Index, visit func(Change) error) error {
	c := staging{s: s, x: x, visit: visit, visits: map[ID]int{}} // entries are at hand, trees would have to be read
	return c.walk(ctx, ID{})
}

// staging is one comparison of an index with HEAD.
type staging struct {
	s     *Store
	x     *Index
	trees cacheTree
	visit func(Change) error
	err   error // of visit
	stack []directory

	visits  map[ID]int // how often each tree was gone through
	bounded bool       // there was more than is gone through
}

// directory is one that may differ.
type directory struct {
	path  string // with a slash at the end; "" for the top
	depth int
	old   ID // HEAD's tree; no ID if it has none here
	tree  ID // what will be committed, if that is known; else it is made of entries

	node   int // in the cache tree
	lo, hi int // in the index's entries; none if nothing but a tree says what is here
}

func (c *staging) walk(ctx context.Context, head ID) error {
	c.descend(directory{old: head, node: c.trees.root(), hi: len(c.x.Entries)})
	for len(c.stack) > 0 && c.err == nil {
		if err := ctx.Err(); err != nil {
			return err
		}
		d := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		c.compare(d)
	}
	return c.err
}

func (c *staging) tell(change Change) {
	if c.err == nil {
		c.err = c.visit(change)
	}
}

// descend takes a directory of the index that remains to be compared, if it is not the same as HEAD's.
func (c *staging) descend(d directory) {
	if d.node != noNode && c.trees[d.node].entries > 0 {
		d.tree = c.trees[d.node].tree
	}
	c.push(d)
}

func (c *staging) push(d directory) {
	if d.tree.n == 0 || d.tree != d.old {
		c.stack = append(c.stack, d)
	}
}

// compare compares what is directly in a directory.
func (c *staging) compare(d directory) {
	old := c.before(d)
	read := false
	if d.tree.n != 0 {
		read = c.asTree(d, old)
	}
	if !read && d.hi > d.lo {
		c.asEntries(d, old)
	}
	for name, e := range old {
		path := d.path + name + "/"
		switch _, left := c.x.same[path]; {
		case e.seen:
		case left && e.IsTree(): // what is left of it is the same, and not among the entries
			c.descend(directory{path: path, depth: d.depth + 1, old: e.ID, node: c.trees.child(d.node, name), lo: d.hi, hi: d.hi})
		default:
			c.tell(Change{Path: d.path + name})
		}
	}
}

// oldEntry is an entry of a tree of HEAD.
type oldEntry struct {
	TreeEntry
	seen bool // the index has something of that name
}

// before reads HEAD's tree in a directory.
func (c *staging) before(d directory) map[string]*oldEntry {
	if d.old.n == 0 {
		return nil
	}
	old, err := c.read(d.old)
	if err != nil {
		c.tell(Change{Path: strings.TrimSuffix("HEAD:"+d.path, "/"), Err: err})
	}
	for name, e := range old {
		e.seen = e.IsTree() && c.x.same[d.path+name+"/"]
	}
	return old
}

func (c *staging) read(tree ID) (map[string]*oldEntry, error) {
	old := map[string]*oldEntry{}
	data, err := c.s.subtree(tree)
	if err == nil {
		err = ParseTree(data, c.s.idLen, func(e TreeEntry) bool {
			old[e.Name] = &oldEntry{TreeEntry: e}
			return true
		})
	}
	return old, err
}

// asTree compares with the tree that will be committed. It is false when the store does not have it, but the index has
// entries to make it from.
func (c *staging) asTree(d directory, old map[string]*oldEntry) bool {
	at := strings.TrimSuffix(d.path, "/")
	c.visits[d.tree]++
	if c.visits[d.tree] > maxTreeVisits || d.depth > maxDepth || len(d.path) > maxPath {
		if !c.bounded {
			c.bounded = true
			c.tell(Change{Path: at, Err: fmt.Errorf("a tree is listed at %d paths, %d levels and %d bytes of path at most; "+
				"further files are not seen", maxTreeVisits, maxDepth, maxPath)})
		}
		return true
	}
	data, err := c.s.subtree(d.tree)
	if err != nil && d.hi > d.lo {
		return false
	}
	if err == nil {
		err = ParseTree(data, c.s.idLen, func(e TreeEntry) bool {
			if e.IsTree() {
				c.push(directory{path: d.path + e.Name + "/", depth: d.depth + 1, old: treeIn(old, e.Name), tree: e.ID, node: noNode})
			} else {
				c.file(d.path+e.Name, e.Mode, e.ID, old[e.Name])
			}
			return c.err == nil
		})
	}
	if err != nil {
		c.tell(Change{Path: at, Err: err})
	}
	return true
}

// asEntries compares with the index's entries, of which those that are deeper are a directory.
func (c *staging) asEntries(d directory, old map[string]*oldEntry) {
	all := c.x.Entries
	for i := d.lo; i < d.hi && c.err == nil; i++ {
		e := &all[i]
		name, rest, deeper := strings.Cut(e.Path[len(d.path):], "/")
		path := e.Path[:len(d.path)+len(name)] // of the entry's own bytes: a path may have any number of levels
		switch {
		case Kind(e.Mode) == filemode.Dir && rest == "": // a directory that a sparse index has as one entry
			c.push(directory{path: path + "/", depth: d.depth + 1, old: treeIn(old, name), tree: e.ID, node: noNode})
		case deeper:
			dir := e.Path[:len(path)+1]
			end := i + sort.Search(d.hi-i, func(n int) bool { return !strings.HasPrefix(all[i+n].Path, dir) })
			c.descend(directory{
				path: dir, depth: d.depth + 1, old: treeIn(old, name), node: c.trees.child(d.node, name), lo: i, hi: end,
			})
			i = end - 1
		case !e.IntentToAdd:
			c.file(e.Path, e.Mode, e.ID, old[name])
		}
	}
}

// treeIn gives the tree that HEAD has under the name.
func treeIn(old map[string]*oldEntry, name string) ID {
	e := old[name]
	if e == nil {
		return ID{}
	}
	e.seen = true
	if !e.IsTree() {
		return ID{}
	}
	return e.ID
}

// file tells a change of what is no directory.
func (c *staging) file(path string, mode filemode.FileMode, id ID, old *oldEntry) {
	change := Change{Path: path, Mode: mode, ID: id}
	if old != nil {
		old.seen = true
		if old.ID == id && Kind(old.Mode) == Kind(mode) && old.Mode&0o100 == mode&0o100 {
			return
		}
		if !old.IsTree() && Kind(old.Mode) != filemode.Submodule {
			change.Before = old.ID
		}
	}
	c.tell(change)
}
