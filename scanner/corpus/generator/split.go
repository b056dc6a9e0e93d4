// This file writes a literal in parts, as code does that hides a key or was wrapped at a column.

package generator

import (
	"fmt"
	"strings"
)

// splits write a key inside a literal in parts. cut is where the first part ends, quote the literal's quote.
var splits = map[string]struct {
	cut func(key string) int
	by  func(first, rest, quote string) string
}{
	"split-prefix":     {afterPrefix, join(" + ")},
	"split-word":       {afterWord, join(" + ")},
	"split-middle":     {middle, join(" + ")},
	"split-tight":      {afterPrefix, join("+")},
	"split-lines":      {middle, join(" +\n    ")},
	"split-lead":       {middle, join("\n    + ")},
	"split-dot":        {afterPrefix, join(" . ")},
	"split-dot-middle": {middle, join(".")},
	"split-adjacent":   {afterPrefix, join(" ")},
	"split-below":      {middle, join("\n    ")},
	"split-ruby":       {middle, join(" \\\n    ")},
	"split-tilde":      {afterPrefix, join(" ~ ")},
	"split-ampersand":  {afterPrefix, join(" & ")},
	"split-elixir":     {afterPrefix, join(" <> ")},
	"split-lua":        {afterPrefix, join(" .. ")},
	"split-append":     {afterPrefix, func(a, b, q string) string { return a + q + " | append: " + q + b }},
	"split-concat":     {afterPrefix, func(a, b, q string) string { return a + q + ".concat(" + q + b + q + ") + " + q }},
	"split-template":   {afterPrefix, func(a, b, q string) string { return "${'" + a + "'}" + b }},
	"split-array":      {afterPrefix, nil}, // of the whole literal
}

func afterPrefix(key string) int { return strings.Index(key, "_") + 1 }
func afterWord(key string) int   { return strings.Index(key, "_") }
func middle(key string) int      { return len(key) / 2 }

func join(operator string) func(first, rest, quote string) string {
	return func(first, rest, quote string) string { return first + quote + operator + quote + rest }
}

// split writes the literal in parts. before is the text before it, which tells its quote when the literal comes
// without.
func split(name, before, literal string, keys []string) (string, error) {
	s := splits[name]
	for _, key := range keys {
		at := strings.Index(literal, key)
		if at < 0 {
			continue
		}
		cut := s.cut(key)
		first, rest := key[:cut], key[cut:]
		if s.by == nil {
			quote := literal[:1]
			if !strings.ContainsAny(quote, "'\"`") || at != 1 || len(literal) != len(key)+2 {
				return "", fmt.Errorf("encode %s: the region is not one literal with its quotes", name)
			}
			return "[" + quote + first + quote + ", " + quote + rest + quote + "].join(" + quote + quote + ")", nil
		}
		text := before + literal[:at]
		i := strings.LastIndexAny(text, "'\"`")
		if i < 0 {
			return "", fmt.Errorf("encode %s: no quote before the key", name)
		}
		return literal[:at] + s.by(first, rest, text[i:i+1]) + literal[at+len(key):], nil
	}
	return literal, nil
}
