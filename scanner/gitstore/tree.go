// This file decodes trees and lists the files of one.

package gitstore

import (
	"bytes"
	"context"
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

// TreeFiles gives each file of the tree, or of the commit's or tag's tree, called root to visit, with its full path
// for Name: files, symbolic links and submodules, in no promised order. Trees that cannot be read become Problems,
// and the walk goes on. The error is that root cannot be read, the context's, or visit's.
func (s *Store) TreeFiles(ctx context.Context, root ID, visit func(TreeEntry) error) error {
	data, err := s.treeOf(root)
	if err != nil {
		return fmt.Errorf("list files of %s: %w", root, err)
	}
	type level struct {
		id    ID
		path  string // with a slash at the end, "" for the root
		depth int
	}
	visits := map[ID]int{}
	at := level{id: root}
	stack := []level{}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		var visitErr error
		parseErr := ParseTree(data, s.idLen, func(e TreeEntry) bool {
			e.Name = at.path + e.Name
			if e.IsTree() {
				stack = append(stack, level{e.ID, e.Name + "/", at.depth + 1})
				return true
			}
			visitErr = visit(e)
			return visitErr == nil
		})
		if visitErr != nil {
			return visitErr
		}
		if parseErr != nil {
			s.notef("tree "+at.id.String(), "%w; the files below %q may not all be seen: run git fsck", parseErr, at.path)
		}
		for data = nil; data == nil; {
			if len(stack) == 0 {
				return nil
			}
			at = stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			visits[at.id]++
			if at.depth > maxDepth || visits[at.id] > maxTreeVisits || len(at.path) > maxPath {
				s.notef("tree "+at.id.String(), "a tree is listed at %d paths, %d levels and %d bytes of path at most; "+
					"further files are not seen", maxTreeVisits, maxDepth, maxPath)
				continue
			}
			data, err = s.subtree(at.id)
			if err != nil {
				s.notef("tree "+at.id.String(), "%w; the files below %q are not seen", err, at.path)
				data = nil
			}
		}
	}
}

// treeOf follows tags and commits to a tree and gives its content.
func (s *Store) treeOf(id ID) ([]byte, error) {
	for range maxDepth {
		typ, data, err := s.Read(id)
		if err != nil {
			return nil, err
		}
		switch typ {
		case TreeObject:
			return data, nil
		case CommitObject:
			c, err := ParseCommit(id, data)
			if c.Tree.n == 0 {
				return nil, err
			}
			id = c.Tree
		case TagObject:
			t, err := ParseTag(id, data)
			if err != nil {
				return nil, err
			}
			id = t.Target
		default:
			return nil, fmt.Errorf("%s is a %s, not a tree", id, typ)
		}
	}
	return nil, errors.New("tags lead to each other")
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
