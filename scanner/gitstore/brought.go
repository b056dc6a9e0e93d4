// This file compares the tree of a commit with those of its parents.

package gitstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// broughtSteps is how many tree entries may be looked at for each commit of a range on average, beyond maxWalks.
const broughtSteps = 5_000

// comparison finds the files that a tree has and others have not.
type comparison struct {
	s     *Store
	ctx   context.Context
	steps int // left for all trees
	cache treeCache
	stack []compared
	path  []pathStep
}

// compared is a tree to go through.
type compared struct {
	tree   ID
	before []ID // the trees at its path that have what is not looked for
	head   []ID // those at its path in HEAD
	at     int  // its path
}

// pathStep is a step of a path, from the end to the start.
type pathStep struct {
	up    int
	name  []byte
	depth int
	len   int // bytes of the path up to here, with a slash
}

// walk gives each file and symbolic link in a tree to visit that none of the trees before has at the same path, and each
// submodule at whose path none has one, with whether the trees of HEAD have it there. A tree that is the same in one of those before is not read.
func (c *comparison) walk(root ID, before, head []ID, visit func(e *listed, path string, inHead bool) error) error {
	if slices.Contains(before, root) {
		return nil
	}
	c.path = append(c.path[:0], pathStep{up: -1})
	c.stack = append(c.stack[:0], compared{tree: root, before: before, head: head})
	for steps := 0; len(c.stack) > 0; {
		if c.ctx.Err() != nil {
			return context.Cause(c.ctx)
		}
		at := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		tree, before, head := c.read(at.tree, at.at), c.cursors(at.before, at.at), c.cursors(at.head, at.at)
		step := c.path[at.at]
		steps, c.steps = steps+len(tree)+1, c.steps-len(tree)-1
		if steps > maxWalk && steps > len(tree)+1 || c.steps < 0 {
			c.s.notef("tree "+root.String(), "it spells too many paths; not all that it brings in was seen")
			return nil
		}
		for i := range tree {
			e := &tree[i]
			if holds(before, e) {
				continue
			}
			size := step.len + len(e.name) + 1
			if step.depth > maxDepth || size > maxPath {
				c.s.notef("tree "+root.String(), "paths of it are longer than %d levels or %d bytes; what is there was not seen",
					maxDepth, maxPath)
				continue
			}
			c.path = append(c.path, pathStep{at.at, e.name, step.depth + 1, size})
			last := len(c.path) - 1
			if e.isTree() {
				c.stack = append(c.stack, compared{makeID(e.id), below(before, e), below(head, e), last})
				continue
			}
			if err := visit(e, c.spell(last), holds(head, e)); err != nil {
				return err
			}
			c.path = c.path[:last]
		}
	}
	return nil
}

// spell writes a path.
func (c *comparison) spell(at int) string {
	path := make([]byte, c.path[at].len-1)
	for end := len(path); at > 0; at = c.path[at].up {
		name := c.path[at].name
		copy(path[end-len(name):], name)
		if end -= len(name) + 1; end >= 0 {
			path[end] = '/'
		}
	}
	return string(path)
}

// read gives a tree's entries, sorted. What is wrong with the tree is noted.
func (c *comparison) read(id ID, at int) listing {
	if tree, ok := c.cache.get(id); ok {
		return tree
	}
	data, err := c.s.subtree(id)
	tree, parseErr := parseListing(data, c.s.idLen)
	if err == nil {
		err = parseErr
	}
	if err != nil {
		path := ""
		if at > 0 {
			path = c.spell(at)
		}
		c.s.notef("tree "+id.String(), "%w; the files below %q may not all be seen: run git fsck", err, path)
	}
	c.cache.put(id, tree)
	return tree
}

func (c *comparison) cursors(ids []ID, at int) []cursor {
	var cursors []cursor
	for _, id := range ids {
		cursors = append(cursors, cursor{list: c.read(id, at)})
	}
	return cursors
}

// listing holds the entries of a tree in the order that git wants: that of names, with a slash behind those of
// directories. Trees that git did not make can have a name twice, and names with a slash.
type listing []listed

type listed struct {
	mode     filemode.FileMode
	name, id []byte
}

func (e *listed) isTree() bool   { return Kind(e.mode) == filemode.Dir }
func (e *listed) isModule() bool { return Kind(e.mode) == filemode.Submodule }

// parseListing decodes a tree; the entries before a damaged place are in it with the error.
func parseListing(data []byte, idLen int) (listing, error) {
	list := make(listing, 0, len(data)/(idLen+16))
	sorted := true
	for len(data) > 0 {
		mode, name, id, rest, err := treeEntry(data, idLen)
		if err != nil {
			return list.sort(), err
		}
		list = append(list, listed{mode, name, id})
		data = rest
		if n := len(list); n > 1 && compareListed(&list[n-2], &list[n-1]) > 0 {
			sorted = false
		}
	}
	if !sorted {
		list.sort()
	}
	return list, nil
}

func (list listing) sort() listing {
	slices.SortStableFunc(list, func(a, b listed) int { return compareListed(&a, &b) })
	return list
}

func compareListed(a, b *listed) int {
	n := min(len(a.name), len(b.name))
	if c := bytes.Compare(a.name[:n], b.name[:n]); c != 0 {
		return c
	}
	aTree, bTree := a.isTree(), b.isTree()
	if c := cmp.Compare(nextByte(a.name, n, aTree), nextByte(b.name, n, bTree)); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(len(a.name), len(b.name)), compareBool(aTree, bTree))
}

// nextByte gives what stands behind n bytes of a name: a byte, a slash at the end of a directory's, or nothing.
func nextByte(name []byte, n int, tree bool) int {
	switch {
	case n < len(name):
		return int(name[n])
	case tree:
		return '/'
	}
	return -1
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// cursor looks up entries in a tree, in ascending order.
type cursor struct {
	list listing
	at   int
}

// seek gives the entries of the same name and kind: one, but in trees that git did not make.
func (c *cursor) seek(e *listed) listing {
	for c.at < len(c.list) && compareListed(&c.list[c.at], e) < 0 {
		c.at++
	}
	to := c.at
	for to < len(c.list) && compareListed(&c.list[to], e) == 0 {
		to++
	}
	return c.list[c.at:to]
}

// holds tells whether one of the trees has the same file or directory under the same name, or any commit of a submodule.
func holds(trees []cursor, e *listed) bool {
	for i := range trees {
		for _, other := range trees[i].seek(e) {
			if other.isModule() == e.isModule() && (e.isModule() || bytes.Equal(other.id, e.id)) {
				return true
			}
		}
	}
	return false
}

// below gives the directories of the same name in the trees.
func below(trees []cursor, e *listed) []ID {
	var ids []ID
	for i := range trees {
		for _, other := range trees[i].seek(e) {
			if other.isTree() {
				ids = append(ids, makeID(other.id))
			}
		}
	}
	return ids
}

// treeCache keeps the trees that were read last: the next commit's are mostly the same.
type treeCache struct {
	m, old map[ID]listing
	size   int
}

const maxCachedListed = 200_000 // at some 90 bytes each

func (c *treeCache) get(id ID) (listing, bool) {
	tree, ok := c.m[id]
	if !ok {
		if tree, ok = c.old[id]; ok {
			c.put(id, tree)
		}
	}
	return tree, ok
}

func (c *treeCache) put(id ID, tree listing) {
	if c.size += len(tree) + 10; c.size > maxCachedListed/2 || c.m == nil {
		c.old, c.m, c.size = c.m, map[ID]listing{}, len(tree)+10
	}
	c.m[id] = tree
}
