// This file searches names: of files, of the directories that lead to them, of refs.

package scanner

import (
	"path"
	"strings"
)

// names yields the names in a blob's path that may hold a key, each as a content of its own. A directory's name has the
// directory's path, so it is one finding however many files are in it.
func names(b Blob) []Blob {
	if b.Path == "" || b.Again || b.Start.Offset > 0 || b.Kind != File && b.Kind != BlobObject || Conceal(b.Path) == b.Path {
		return nil
	}
	var found []Blob
	for end := 0; end < len(b.Path); {
		start := end
		if i := strings.IndexByte(b.Path[start:], '/'); i >= 0 {
			end = start + i + 1
		} else {
			end = len(b.Path)
		}
		name := b
		name.Kind, name.Path = Name, strings.TrimSuffix(b.Path[:end], "/")
		name.Data, name.Fresh, name.Open = []byte(path.Base(name.Path)), nil, nil
		found = append(found, name)
	}
	return found
}
