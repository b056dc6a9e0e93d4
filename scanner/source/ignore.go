// This file tells which files git ignores, so that what is only on this machine (dependencies, builds) is left alone.

package source

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// ignoreFile holds the patterns of one .gitignore or info/exclude, in order.
// The rules are those of gitignore(5); the globs are doublestar's.
type ignoreFile struct {
	dir      string // the directory that the patterns are relative to, with a slash at the end; "" for the top
	patterns []ignorePattern
}

type ignorePattern struct {
	glob     string
	name     bool // glob is for the last part of a path
	literal  bool // glob holds no wildcard
	suffix   bool // glob was * and what it is now, which holds no wildcard
	dirOnly  bool
	included bool // the pattern began with "!"
}

// parseIgnore reads the patterns in data, which apply below dir.
func parseIgnore(dir string, data []byte) *ignoreFile {
	f := &ignoreFile{dir: dir}
	text := strings.TrimPrefix(string(data), "\ufeff")
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if p, ok := parseIgnorePattern(line); ok {
			f.patterns = append(f.patterns, p)
		}
	}
	return f
}

func parseIgnorePattern(line string) (ignorePattern, bool) {
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	if line == "" || line[0] == '#' {
		return ignorePattern{}, false
	}
	p := ignorePattern{}
	if line[0] == '!' {
		p.included = true
		line = line[1:]
	}
	if strings.HasSuffix(line, "/") {
		p.dirOnly = true
		line = line[:len(line)-1]
	}
	p.name = !strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	// Braces mean nothing to git, and a/** is what is in a, not a itself.
	line = strings.NewReplacer("{", `\{`, "}", `\}`).Replace(line)
	if strings.HasSuffix(line, "/**") {
		line += "/*"
	}
	const special = `*?[\`
	p.literal = !strings.ContainsAny(line, special)
	p.glob = line
	if p.name && strings.HasPrefix(line, "*") && !strings.ContainsAny(line[1:], special) {
		p.suffix, p.glob = true, line[1:]
	}
	return p, line != "" && doublestar.ValidatePattern(line)
}

// match tells whether a pattern decides about path, and how; the last pattern that matches does.
func (f *ignoreFile) match(path string, isDir bool) (ignored, decided bool) {
	rel := path[len(f.dir):]
	name := rel[strings.LastIndexByte(rel, '/')+1:]
	for i := len(f.patterns) - 1; i >= 0; i-- {
		p := &f.patterns[i]
		if p.dirOnly && !isDir {
			continue
		}
		against := rel
		if p.name {
			against = name
		}
		if p.matches(against) {
			return !p.included, true
		}
	}
	return false, false
}

func (p *ignorePattern) matches(path string) bool {
	switch {
	case p.literal:
		return p.glob == path
	case p.suffix:
		return strings.HasSuffix(path, p.glob)
	}
	return doublestar.MatchUnvalidated(p.glob, path)
}
