// This file knows names of the work tree that git takes for one in the index, though their bytes differ.

package gitstore

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// foldedNames are paths of an index as file systems compare them that ignore case, or how accents are written: those of
// Windows and macOS. Directories have a slash at the end.
type foldedNames map[string]bool

// foldName returns what all names have in common that such a file system takes for one. It folds more than some of them
// do: what is scanned needlessly is a lesser fault than what is not.
func foldName(path string) string {
	for i := range len(path) {
		if path[i] >= utf8.RuneSelf {
			return norm.NFC.String(cases.Fold().String(norm.NFD.String(path)))
		}
	}
	return strings.ToLower(path)
}

// foldNames returns the folded paths of the entries and of all directories that they are in.
func foldNames(entries []IndexEntry) foldedNames {
	names := foldedNames{}
	for i := range entries {
		path := foldName(entries[i].Path)
		names[path] = true
		for at := len(path) - 1; at > 0; at-- {
			if path[at-1] != '/' {
				continue
			}
			if names[path[:at]] {
				break
			}
			names[path[:at]] = true
		}
	}
	return names
}
