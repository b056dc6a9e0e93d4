// This file searches names: of files, of the directories that lead to them, of refs.

package scanner

import "strings"

// shortestKey is the length of the shortest key in bytes: a name that is shorter holds none, encoded or not.
const shortestKey = len("pk_") + 34

// names yields the names in a blob's path that may hold a key, each as a content of its own. A directory's name has the
// directory's path, so it is one finding however many files are in it.
func names(b Blob) []Blob {
	if len(b.Path) < shortestKey || b.Located || b.Start.Offset > 0 {
		return nil
	}
	switch b.Kind {
	case File, BlobObject, Name:
	default:
		return nil
	}
	var found []Blob
	start := 0
	for part := range strings.SplitSeq(b.Path, "/") {
		end := start + len(part)
		if own := b.Kind == Name && end == len(b.Path); len(part) >= shortestKey && !own {
			name := b
			name.Kind, name.Path, name.Data, name.Fresh, name.Open = Name, b.Path[:end], []byte(part), nil, nil
			found = append(found, name)
		}
		start = end + 1
	}
	return found
}
