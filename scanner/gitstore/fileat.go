// This file looks up what stands at a path in a commit.

package gitstore

import "strings"

// FileAt gives the blob that a commit has at a path, which may be a file or a symbolic link; no ID if there is none. The
// error is that of reading the commit or a tree.
func (s *Store) FileAt(commit ID, path string) (ID, error) {
	at, err := s.peelTo(commit.String(), commit, "tree")
	if err != nil {
		return ID{}, err
	}
	for {
		name, rest, below := strings.Cut(path, "/")
		data, err := s.subtree(at)
		if err != nil {
			return ID{}, err
		}
		at = ID{}
		err = ParseTree(data, s.idLen, func(e TreeEntry) bool {
			if e.Name == name && e.IsTree() == below {
				at = e.ID
			}
			return at.IsZero()
		})
		if err != nil || at.IsZero() || !below {
			return at, err
		}
		path = rest
	}
}
