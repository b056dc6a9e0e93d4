// This file finds the names of what encloses a value: objects, arrays, sections of an INI or TOML file, parents in YAML.

package rules

import "strings"

// maxWithin is how many enclosing names are read.
const maxWithin = 4

// enclosingNames returns the names of what encloses the end of rest, from the inside out.
func enclosingNames(rest string) []string {
	rest = rest[max(0, len(rest)-callWindow):]
	var names []string
	closed := 0
	for i := len(rest) - 1; i >= 0 && len(names) < maxWithin; i-- {
		switch c := rest[i]; c {
		case '"', '\'', '`':
			if open := opening(rest, i, 0); open >= 0 && !isApostrophe(rest, i) {
				i = open
			}
		case '/':
			if start := commentEnding(rest[:i+1], false); start >= 0 {
				i = start
			}
		case '\n':
			if start := commentEnding(rest[:i], true); start >= 0 {
				i = start
			}
		case '}', ']', ')':
			closed++
		case '{', '[', '(':
			if closed > 0 {
				closed--
				continue
			}
			s := strings.TrimSuffix(trimSpace(rest[:i]), "array")
			if name := enclosingName(s); name != "" {
				names = append(names, name)
			}
		}
	}
	if names != nil {
		return names
	}
	return parents(rest)
}

// parents returns the names that the line at the end of rest stands below: less indented ones that end in a colon, and
// then the section's.
func parents(rest string) []string {
	line := rest[strings.LastIndexByte(rest, '\n')+1:]
	indent, _ := blockIndent(line)
	var names []string
	for left := rest[:len(rest)-len(line)]; left != "" && len(names) < maxWithin; {
		left = left[:len(left)-1]
		line = left[strings.LastIndexByte(left, '\n')+1:]
		left = left[:len(left)-len(line)]
		text := strings.TrimSpace(line)
		if text == "" || text[0] == '#' || text[0] == ';' || text[0] == '/' {
			continue
		}
		if text[0] == '[' && text[len(text)-1] == ']' {
			return append(names, strings.Trim(text, "[]\"' "))
		}
		if n, _ := blockIndent(line); n < indent && strings.HasSuffix(text, ":") {
			name, _ := nameAtEnd(text[:len(text)-1])
			names = append(names, name)
			indent = n
		}
	}
	return names
}
