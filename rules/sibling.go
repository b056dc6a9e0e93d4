// This file finds the real name of a value whose own name says nothing of it, such as "value" or "default": it stands
// in a property or attribute beside, or is the name of what encloses both.

package rules

import (
	"slices"
	"strings"
)

// genericNames say nothing of the value.
var genericNames = []string{"value", "default", "content", "defaultvalue", "string", "data", "stringvalue", "parametervalue"}

// siblingNames hold a name; an id does when nothing else does.
var siblingNames = []string{"name", "key", "property", "variable", "path", "option", "parameterkey"}

// siblingName finds the name beside a value={…}: <meta name="klaviyo_account" content="…">,
// {"key": "KLAVIYO_PUBLIC_KEY", "value": "…"}, and in lists of YAML. left ends where the value's own name begins.
func siblingName(left, right string) string {
	left = left[max(0, len(left)-callWindow):]
	if name, ok := siblingInBlock(left, right); ok {
		return name
	}
	// The nearest property in the same brackets, those before the value first.
	p := properties{}
	depth := 0
	opener := -1
	for i := len(left) - 1; i >= 0 && opener < 0; i-- {
		switch c := left[i]; c {
		case '"', '\'', '`':
			if open := opening(left, i, 0); open >= 0 && !isApostrophe(left, i) {
				i = open
			}
		case ')', ']', '}':
			depth++
		case '(', '[', '{':
			if depth--; depth < 0 {
				opener = i
			}
		case '<':
			if depth == 0 && i+1 < len(left) && isAlnum(left[i+1]) {
				opener = i
			}
		case '=', ':':
			if depth == 0 && p.see(left[:i], left[i:]) {
				return p.name
			}
		}
	}
	depth = 0
	right = strings.TrimLeft(right, quotes) // the end of the value's own literal
	if opener < 0 {
		right, _, _ = strings.Cut(right, "\n")
	}
	for i := 0; i < len(right); i++ {
		switch c := right[i]; c {
		case '"', '\'', '`':
			if n := strings.IndexByte(right[i+1:], c); n >= 0 {
				i += 1 + n
			}
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth < 0 {
				i = len(right)
			}
		case '>':
			if depth == 0 && opener >= 0 && left[opener] == '<' {
				i = len(right)
			}
		case '=', ':':
			if depth == 0 && p.see(right[:i], right[i:]) {
				return p.name
			}
		}
	}
	if p.id != "" || opener < 0 {
		return p.id
	}
	return enclosingName(left[:opener])
}

// properties collects what names a value.
type properties struct{ name, id string }

// see looks at a property, left up to its separator and right from there on, and tells whether it is a name.
func (p *properties) see(left, right string) bool {
	name, _ := nameAtEnd(left)
	name = fold(lastPart(name))
	known := slices.Contains(siblingNames, name)
	if !known && name != "id" {
		return false
	}
	v := propertyValue(right)
	if known {
		p.name = v
	} else if p.id == "" {
		p.id = v
	}
	return p.name != ""
}

// propertyValue reads what stands behind a separator: ="v", : 'v', => 'v' or a plain word.
func propertyValue(s string) string {
	s = strings.TrimLeft(s, "=:> \t")
	if s == "" {
		return ""
	}
	if isQuote(s[0]) {
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			return s[1 : 1+end]
		}
		return ""
	}
	if end := strings.IndexAny(s, space+",;>)]}"); end >= 0 {
		s = s[:end]
	}
	return s
}

// enclosingName names an object by what stands before its brace: variable "klaviyo_company_id" {, KEY: {.
func enclosingName(s string) string {
	s = trimSpace(s)
	if t := strings.TrimRight(s, ":=>"); t != s {
		name, _ := nameAtEnd(t)
		return name
	}
	if t, ok := strings.CutSuffix(trimSpace(strings.TrimRight(s, quotes)), ","); ok && t != s {
		return literalAtEnd(trimSpace(t)) // 'name', '{…}'
	}
	if name := literalAtEnd(s); name != "" {
		return name
	}
	name, rest := nameAtEnd(s) // object Keys {, class Config:
	keyword, _ := nameAtEnd(rest)
	switch keyword {
	case "class", "object", "struct", "enum", "namespace", "module", "interface":
		return name
	}
	return ""
}

// siblingInBlock is siblingName where indentation tells what belongs together: in an item of a YAML list, or below a
// name. ok tells whether it does here.
func siblingInBlock(left, right string) (name string, ok bool) {
	line := left[strings.LastIndexByte(left, '\n')+1:]
	indent, inItem := blockIndent(line)
	if strings.TrimLeft(line, " \t-\"'") != "" {
		return "", false
	}
	p := properties{}
	see := func(line string) {
		if i := strings.IndexAny(line, ":="); i >= 0 && p.name == "" {
			p.see(line[:i], line[i:])
		}
	}
	parent := ""
	for left = left[:len(left)-len(line)]; !inItem && left != ""; {
		left = left[:len(left)-1]
		line = left[strings.LastIndexByte(left, '\n')+1:]
		left = left[:len(left)-len(line)]
		n, item := blockIndent(line)
		text := strings.TrimSpace(line)
		switch {
		case text == "" || text[0] == '#' || n > indent && !item:
			continue
		case n == indent && !item:
			see(line)
			continue
		case item && n >= indent+2: // of a list further in
			continue
		case item && n == indent:
			see(strings.TrimLeft(line, " \t-"))
			inItem = true
			continue
		case strings.HasSuffix(text, ":"):
			parent, _ = nameAtEnd(strings.TrimSuffix(text, ":"))
			ok = true
		}
		break
	}
	if p.name != "" && (inItem || ok) {
		return p.name, true
	}
	if !inItem && !ok {
		return "", false
	}
	// The rest of the item behind the value.
	_, right, _ = strings.Cut(right, "\n")
	for right != "" {
		line, right, _ = strings.Cut(right, "\n")
		n, item := blockIndent(line)
		switch text := strings.TrimSpace(line); {
		case text == "" || text[0] == '#' || n > indent:
			continue
		case n == indent && !item:
			see(line)
			continue
		}
		break
	}
	switch {
	case p.name != "":
		return p.name, true
	case p.id != "":
		return p.id, true
	}
	return parent, true
}

// blockIndent returns the column at which a line's text begins, behind the dash if it begins an item of a list.
func blockIndent(line string) (indent int, item bool) {
	text := strings.TrimLeft(line, " \t")
	if t, ok := strings.CutPrefix(text, "- "); ok {
		text, item = strings.TrimLeft(t, " "), true
	}
	return len(line) - len(text), item
}
