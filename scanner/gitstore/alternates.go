// This file finds the object directories of a store: its own and the alternates that it borrows from.

package gitstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// maxAlternates is how deep alternates may borrow from alternates; git has the same bound.
const maxAlternates = 5

// objectDirs lists the object directories, the repository's own first, each once. Alternates that cannot be used
// become problems.
func (s *Store) objectDirs() []string {
	type level struct {
		dir   string
		depth int
	}
	var dirs []string
	seen := map[string]bool{}
	queue := []level{{s.objectDir, 0}}
	for _, dir := range s.envDirs {
		queue = append(queue, level{dir, 0})
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		real, err := filepath.EvalSymlinks(at.dir)
		if err == nil && !isDir(real) {
			err = errors.New("not a directory")
		}
		if err != nil {
			s.notef(s.where(at.dir), "read object directory: %w; objects in it are not seen: run git fsck", pathless(err))
			continue
		}
		if seen[real] {
			continue
		}
		seen[real] = true
		dirs = append(dirs, at.dir)
		list := filepath.Join(at.dir, "info", "alternates")
		data, err := readRegular(list, maxText)
		if err != nil {
			if !missing(err) {
				s.notef(s.where(list), "read alternates: %w; objects in them are not seen: run git fsck", err)
			}
			continue
		}
		for line := range strings.Lines(string(data)) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" || line[0] == '#' {
				continue
			}
			if at.depth == maxAlternates {
				s.notef(s.where(list), "alternates nest deeper than %d; objects in %q are not seen: run git repack -a", maxAlternates, line)
				continue
			}
			name, err := unquoteAlternate(line)
			if err != nil {
				s.notef(s.where(list), "%w; objects in it are not seen: run git fsck", err)
				continue
			}
			queue = append(queue, level{absFrom(at.dir, filepath.FromSlash(name)), at.depth + 1})
		}
	}
	return dirs
}

// SplitAlternates splits what git's environment variable GIT_ALTERNATE_OBJECT_DIRECTORIES says (git(1)): directories with
// the list separator of the system between them, those that hold one quoted as in C.
func SplitAlternates(list string) []string {
	var dirs []string
	for list != "" {
		if quoted, err := strconv.QuotedPrefix(list); err == nil && list[0] == '"' {
			name, _ := strconv.Unquote(quoted)
			dirs = append(dirs, name)
			_, list, _ = strings.Cut(list[len(quoted):], string(os.PathListSeparator))
			continue
		}
		var name string
		name, list, _ = strings.Cut(list, string(os.PathListSeparator))
		dirs = append(dirs, name)
	}
	return dirs
}

// unquoteAlternate reads a line that may be quoted as in C, which git does for odd names.
func unquoteAlternate(line string) (string, error) {
	if line[0] != '"' {
		return line, nil
	}
	// Go and C agree on all escapes that git writes: \a \b \f \n \r \t \v \" \\ and three octal digits.
	name, err := strconv.Unquote(line)
	if err != nil {
		return "", fmt.Errorf("alternate %s is not quoted well", line)
	}
	return name, nil
}

// packNames lists what objects/pack of an object directory holds of packs and pack indexes, without the suffix.
func packNames(dir string) (packs, indexes map[string]bool, err error) {
	packs, indexes = map[string]bool{}, map[string]bool{}
	entries, err := os.ReadDir(filepath.Join(dir, "pack"))
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".pack"); ok {
			packs[name] = true
		} else if name, ok := strings.CutSuffix(e.Name(), ".idx"); ok {
			indexes[name] = true
		}
	}
	if missing(err) {
		err = nil
	}
	return packs, indexes, pathless(err)
}
