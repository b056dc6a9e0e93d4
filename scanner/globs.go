// This file decides by patterns which paths are scanned.

package scanner

import (
	"fmt"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Globs selects paths by doublestar patterns (** crosses directories) relative to Base. A pattern that matches a
// directory matches all that is in it.
type Globs struct {
	Base    string   // the directory that patterns are relative to, slash-separated; "" or ".": paths as they are
	Include []string // scan only what matches one of these; empty: everything
	Exclude []string // of that, leave out what matches one of these
}

// Excludes tells that path, a file's, is not to be scanned.
func (g *Globs) Excludes(path string) bool {
	if len(g.Include) == 0 && len(g.Exclude) == 0 {
		return false
	}
	path = g.relative(path)
	return len(g.Include) > 0 && !matchesAny(g.Include, path) || matchesAny(g.Exclude, path)
}

// Prunes tells that nothing below the directory is to be scanned.
func (g *Globs) Prunes(dir string) bool {
	return len(g.Exclude) > 0 && matchesAny(g.Exclude, g.relative(dir))
}

func (g *Globs) relative(path string) string {
	if g.Base == "" || g.Base == "." {
		return strings.TrimPrefix(path, "./")
	}
	return strings.TrimPrefix(path, strings.TrimSuffix(g.Base, "/")+"/")
}

// matchesAny matches path and the directories that it is in.
func matchesAny(patterns []string, path string) bool {
	for _, pattern := range patterns {
		pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "./"), "/")
		for p := path; p != "" && p != "."; {
			if ok, err := doublestar.Match(pattern, p); ok && err == nil {
				return true
			}
			i := strings.LastIndexByte(p, '/')
			if i < 0 {
				break
			}
			p = p[:i]
		}
	}
	return false
}

func (g *Globs) validate() error {
	for _, patterns := range [][]string{g.Include, g.Exclude} {
		for _, p := range patterns {
			if !doublestar.ValidatePattern(p) {
				return fmt.Errorf("pattern %q is not a valid glob: see https://github.com/bmatcuk/doublestar#patterns", p)
			}
		}
	}
	return nil
}
