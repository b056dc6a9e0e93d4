// This file decides by patterns which paths are scanned.

package source

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// Globs selects paths by doublestar patterns (** crosses directories). A pattern that matches a directory matches all
// that is in it. Patterns and paths are relative to the same directory, with slashes.
type Globs struct {
	Include []string // scan only what matches one of these; empty: everything
	Exclude []string // of that, leave out what matches one of these
}

const (
	maxPattern      = 4096 // bytes
	maxAlternatives = 1000 // that a pattern's braces may spell: {a,b}{a,b}… doubles with each
)

// Validate tells what is wrong with a pattern: a configuration comes with a repository, and a pattern must not make
// matching endless.
func (g Globs) Validate() error {
	for _, patterns := range [][]string{g.Include, g.Exclude} {
		for _, p := range patterns {
			switch {
			case len(p) > maxPattern:
				return fmt.Errorf("pattern %.40q… is longer than %d bytes", p, maxPattern)
			case alternatives(p) > maxAlternatives:
				return fmt.Errorf("pattern %.200q has more than %d alternatives", p, maxAlternatives)
			case !doublestar.ValidatePattern(p):
				return fmt.Errorf("pattern %.200q is not a valid glob: see https://github.com/bmatcuk/doublestar#patterns", p)
			}
		}
	}
	return nil
}

// alternatives tells at least how many patterns the braces of one spell.
func alternatives(pattern string) int {
	n, group := 1, 1
	for _, c := range pattern {
		switch c {
		case '{':
			group = 1
		case ',':
			group++
		case '}':
			n *= group
		}
		if n > maxAlternatives || group > maxAlternatives {
			return maxAlternatives + 1
		}
	}
	return n
}

// Excludes tells that the file at path is not to be scanned.
func (g Globs) Excludes(path string) bool {
	return len(g.Include) > 0 && !matchesAny(g.Include, path) || g.Prunes(path)
}

// Prunes tells that nothing at or below path is to be scanned.
func (g Globs) Prunes(path string) bool {
	return len(g.Exclude) > 0 && matchesAny(g.Exclude, path)
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

// Filtered yields what a source yields but for the paths that globs exclude. [Dir] heeds its own globs, so that it need
// not read what they exclude.
type Filtered struct {
	Source scanner.Source
	Globs  Globs
	Root   string // the directory, absolute, that patterns and relative paths count from
}

// Walk implements [scanner.Source].
func (f *Filtered) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	return f.Source.Walk(ctx, func(b scanner.Blob) error {
		if b.Path == "" {
			return visit(b)
		}
		path := b.Path
		if filepath.IsAbs(path) {
			if rel, err := filepath.Rel(f.Root, path); err == nil {
				path = filepath.ToSlash(rel)
			}
		}
		// That something could not be read is passed over only if it is excluded itself: what is not included may be a
		// directory, or a part of the repository, that holds what is.
		if b.Err == nil && f.Globs.Excludes(path) || b.Err != nil && b.Kind == scanner.File && f.Globs.Prunes(path) {
			return visit(scanner.Blob{Kind: b.Kind, Path: b.Path, Again: b.Again, LeftOut: scanner.Excluded})
		}
		return visit(b)
	})
}
