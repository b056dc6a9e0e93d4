// This file decodes trees and lists the files of one.

package gitstore

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// Kind is the part of a mode that says what an entry is: filemode.Dir, Symlink, Submodule, or 0100000 for a file. The
// rest can be anything in a tree that git did not make.
func Kind(mode filemode.FileMode) filemode.FileMode { return mode & 0o170000 }

// TreeEntry is an entry of a tree.
type TreeEntry struct {
	Mode filemode.FileMode
	Name string // any bytes: "..", "/etc" and "a\nb" too; never a path to open
	ID   ID
}

// IsTree tells whether the entry is a directory.
func (e TreeEntry) IsTree() bool { return Kind(e.Mode) == filemode.Dir }

var errTree = errors.New("tree is damaged")

// ParseTree gives each entry of a tree's content to visit, until visit returns false. idLen is 20 or 32. The entries
// before a damaged place are visited, then that is the error.
func ParseTree(data []byte, idLen int, visit func(TreeEntry) bool) error {
	for len(data) > 0 {
		mode, name, id, rest, err := treeEntry(data, idLen)
		if err != nil {
			return err
		}
		if !visit(TreeEntry{Mode: mode, Name: string(name), ID: makeID(id)}) {
			return nil
		}
		data = rest
	}
	return nil
}

// treeEntry decodes the entry at the start of data: octal mode, a space, the name, a zero byte, the ID.
func treeEntry(data []byte, idLen int) (mode filemode.FileMode, name, id, rest []byte, err error) {
	i := 0
	for ; i < len(data) && data[i] != ' '; i++ {
		if data[i] < '0' || data[i] > '7' || i > 10 {
			return 0, nil, nil, nil, errTree
		}
		mode = mode<<3 | filemode.FileMode(data[i]-'0')
	}
	if i == 0 || i == len(data) {
		return 0, nil, nil, nil, errTree
	}
	data = data[i+1:]
	n := bytes.IndexByte(data, 0)
	if n < 0 || len(data)-n-1 < idLen {
		return 0, nil, nil, nil, errTree
	}
	return mode, data[:n], data[n+1 : n+1+idLen], data[n+1+idLen:], nil
}

// maxTreeVisits bounds how many paths one tree is listed at: twelve trees of ten entries have 10^10 paths otherwise.
const maxTreeVisits = 10_000

// treeOf follows tags and commits to a tree and gives its ID and content.
func (s *Store) treeOf(id ID) (ID, []byte, error) {
	for range maxDepth {
		typ, data, err := s.Read(id)
		if err != nil {
			return ID{}, nil, err
		}
		switch typ {
		case TreeObject:
			return id, data, nil
		case CommitObject:
			c, err := ParseCommit(id, data)
			if c.Tree.n == 0 {
				return ID{}, nil, err
			}
			id = c.Tree
		case TagObject:
			t, err := ParseTag(id, data)
			if err != nil {
				return ID{}, nil, err
			}
			id = t.Target
		default:
			return ID{}, nil, fmt.Errorf("%s is a %s, not a tree", id, typ)
		}
	}
	return ID{}, nil, errors.New("tags lead to each other")
}

// subtree reads a tree; the slice is not nil when err is.
func (s *Store) subtree(id ID) ([]byte, error) {
	typ, data, err := s.Read(id)
	switch {
	case err != nil:
		return nil, err
	case typ != TreeObject:
		return nil, fmt.Errorf("%s is a %s, not a tree", id, typ)
	case data == nil:
		data = []byte{}
	}
	return data, nil
}
