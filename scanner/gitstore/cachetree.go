// This file decodes what an index remembers of trees: its extension TREE (gitformat-index(5), "Cache tree").

package gitstore

import (
	"bytes"
	"strconv"
)

// cacheTree lists directories of an index in the order in which git writes them: each, then all that are in it. Of those
// in which nothing was staged since, it has the tree that git would write.
//
// It is an index's word and proves nothing about its entries. But it need not: where a directory is valid, git commit
// takes the tree from here and does not look at the entries (cache_tree_update in git's cache-tree.c), so whoever wants
// what the commit will have must do the same. Only a tree that the store does not have git makes from the entries.
type cacheTree []cacheNode

// cacheNode is a directory.
type cacheNode struct {
	name    string
	entries int // of the index that are in it; -1 when it is not valid, and has no tree
	tree    ID
	end     int // of the node behind all that is in it
}

// decodeCacheTree gives what the extension holds; nothing when it is damaged, for then git, too, does without.
func decodeCacheTree(data []byte, idLen int) cacheTree {
	const usual = 40 // bytes of a node
	t := make(cacheTree, 0, len(data)/usual+1)
	var open []int    // the nodes on the way to the next one
	var missing []int // how many more directories are in each of them
	text := string(data)
	for at := 0; ; {
		name := bytes.IndexByte(data[at:], 0)
		if name < 0 {
			return nil
		}
		n := cacheNode{name: text[at : at+name]}
		at += name + 1
		line := bytes.IndexByte(data[at:], '\n')
		if line < 0 {
			return nil
		}
		space := bytes.IndexByte(data[at:at+line], ' ')
		if space < 0 {
			return nil
		}
		entries, err := strconv.ParseInt(text[at:at+space], 10, 32)
		subtrees, subErr := strconv.ParseUint(text[at+space+1:at+line], 10, 31)
		if err != nil || subErr != nil {
			return nil
		}
		at += line + 1
		if n.entries = max(int(entries), -1); n.entries >= 0 {
			if len(data)-at < idLen {
				return nil
			}
			n.tree = makeID(data[at : at+idLen])
			at += idLen
		}
		open, missing = append(open, len(t)), append(missing, int(subtrees))
		t = append(t, n)
		for len(open) > 0 && missing[len(open)-1] == 0 {
			t[open[len(open)-1]].end = len(t)
			open, missing = open[:len(open)-1], missing[:len(missing)-1]
		}
		if len(open) == 0 {
			return t
		}
		missing[len(open)-1]--
	}
}

// noNode is the node of a directory that the cache tree does not have.
const noNode = -1

// root gives the node of the top directory.
func (t cacheTree) root() int {
	if len(t) == 0 {
		return noNode
	}
	return 0
}

// child gives the node of a directory in the one of node.
func (t cacheTree) child(node int, name string) int {
	if node == noNode {
		return noNode
	}
	for i := node + 1; i < t[node].end; i = t[i].end {
		if t[i].name == name {
			return i
		}
	}
	return noNode
}
