// This file finds the name that a value is given to: the left side of an assignment, a key, a label, an element, or
// the string before it in a list of two.

package rules

import (
	"slices"
	"strings"
)

// cutName reads the name that the value is given to, and returns the text before the name. pair tells that the name is
// only the string before the value in a list. With prose, a label or the cell of a table may be the name.
func cutName(v value, prose bool) (name, rest string, pair bool) {
	if name, rest := labelName(v); prose && name != "" {
		return name, rest, false
	}
	if n := len(v.before); n > 0 && strings.IndexByte("=:", v.before[n-1]) >= 0 {
		// NAME=pk_…, name:pk_…; in quotes an environment entry, a header, a form body.
		s := strings.TrimRight(v.before, ":=?")
		if !v.quoted {
			s = v.rest + s
		}
		name, rest = assignedName(s)
		return name, rest, false
	} else if n > 0 && !v.quoted {
		return "", v.rest + v.before, false
	}
	rest = trimSpace(trimLiteralPrefix(v.rest))
	if t := strings.TrimSuffix(rest, "+"); strings.HasSuffix(t, ":") {
		rest = t // a space, in a form
	}
	switch {
	case rest == "":
		return "", "", false
	case strings.HasSuffix(rest, "=>"):
		name, rest = nameAtEnd(rest[:len(rest)-2])
	case strings.HasSuffix(rest, "="):
		name, rest = assignedName(strings.TrimRight(rest, ":=?|+."))
	case strings.HasSuffix(rest, ":"):
		name, rest = nameAtEnd(strings.TrimRight(rest, ":"))
	case isBlockScalar(rest):
		name, rest = nameAtEnd(strings.TrimRight(rest, "|>+-0123456789: \t"))
	case strings.HasSuffix(rest, ">"):
		name, rest = elementName(rest)
	case strings.HasSuffix(rest, ","):
		list := trimSpace(rest[:len(rest)-1])
		if name = literalAtEnd(list); name == "" { // use Rack::Klaviyo, "pk_…"
			if i := strings.LastIndexFunc(list, func(r rune) bool { return r != ':' && isNoWord(r) }); strings.Contains(list[i+1:], "::") {
				name = list[i+1:]
			}
		}
		return name, rest, true
	case strings.HasSuffix(rest, ";"): // of serialized PHP: s:10:"public_key";s:37:"pk_…"
		if n, before := nameAtEnd(rest[:len(rest)-1]); trimLength(before) != before {
			name, rest = n, before
		}
	case strings.HasSuffix(rest, " to"): // Kotlin's pair
		name = literalAtEnd(trimSpace(rest[:len(rest)-len("to")]))
	case len(rest) < len(v.rest) && !strings.Contains(v.rest[len(rest):], "\n"):
		// A word and a value with only space between: --company-id pk_…, ENV KLAVIYO_PUBLIC_KEY pk_…, config:set klaviyo/… pk_…
		n, before := nameAtEnd(rest)
		if flag := fold(n); strings.HasPrefix(n, "-") && (flag == "body" || flag == "value" || flag == "b") {
			n, before = nameAtEnd(before) // gh variable set KLAVIYO_PUBLIC_KEY --body pk_…
		}
		if strings.HasPrefix(n, "-") || strings.Contains(n, "_") && n == strings.ToUpper(n) || strings.ContainsAny(n, "_./") && strings.Contains(strings.ToLower(n), "klaviyo") {
			name, rest = n, before
		}
	}
	return name, rest, false
}

func isNoLabel(r rune) bool { return r != ' ' && r != '-' && isNoWord(r) }

// maxLabel is the length of a label in prose, in bytes.
const maxLabel = 60

// labelName reads the words that name a value in prose: the cell before it in a table of Markdown, or a label of several
// words, Klaviyo public key: pk_…
func labelName(v value) (name, rest string) {
	if v.before != "" {
		return "", ""
	}
	start := strings.LastIndexByte(v.rest, '\n') + 1
	line := strings.Trim(strings.TrimRight(v.rest[start:], quotes), " \t")
	if cells, ok := strings.CutSuffix(line, "|"); ok && strings.HasPrefix(line, "|") && !strings.HasSuffix(cells, "|") {
		cell := strings.Trim(cells[strings.LastIndexByte(cells, '|')+1:], " \t*_"+quotes)
		return cell, v.rest[:start]
	}
	label := strings.TrimRight(line, "* ")
	if !strings.HasSuffix(label, ":") || len(label) > maxLabel {
		return "", ""
	}
	label = strings.TrimLeft(strings.Trim(label, ": "), "-*#>+_0123456789. ")
	if words := strings.Count(label, " "); words == 0 || words > 5 || strings.ContainsFunc(label, isNoLabel) {
		return "", ""
	}
	return label, v.rest[:start]
}

// literalAtEnd returns the literal that s ends in; "" if it does not. A value that follows its name as the next item
// of a call or a list is named by it: .put("token", "pk_…"), {"token", "pk_…"}, getenv("KLAVIYO_PUBLIC_KEY", "pk_…").
// In a list of other things the string before is no name, but then no rule knows it.
func literalAtEnd(s string) string {
	if s == "" || !isQuote(s[len(s)-1]) {
		return ""
	}
	name, _ := nameAtEnd(s)
	return name
}

// isBlockScalar tells whether s ends in YAML's mark for a text on the next lines: "key: >-".
func isBlockScalar(s string) bool {
	s = strings.TrimRight(s, "+-0123456789")
	if !strings.HasSuffix(s, "|") && !strings.HasSuffix(s, ">") {
		return false
	}
	t := strings.TrimRight(s[:len(s)-1], " \t")
	return len(t) < len(s)-1 && strings.HasSuffix(t, ":")
}

// nameAtEnd reads the name at the end of s: a quoted string, an index ["name"], or a dotted identifier.
func nameAtEnd(s string) (name, rest string) {
	s = trimSpace(s)
	s = strings.TrimRight(s, "])")
	if s == "" {
		return "", ""
	}
	if isQuote(s[len(s)-1]) {
		open := opening(s, len(s)-1, 0)
		if open < 0 {
			return "", s
		}
		return s[open+1 : len(s)-1], strings.TrimRight(s[:open], "@[")
	}
	i := dotted(s)
	return s[i:], s[:i]
}

// dotted returns where the dotted identifier at the end of s begins.
func dotted(s string) int {
	i := len(s)
	for i > 0 && (isWord(s[i-1]) || strings.IndexByte("-.$/@", s[i-1]) >= 0 || s[i-1] == '>' && i > 1 && s[i-2] == '-') {
		i--
	}
	return i
}

// lastPart returns the last part of a dotted name: token of payload.token, $o->token and Foo::token.
func lastPart(name string) string {
	return name[strings.LastIndexAny(name, ".>:/$@")+1:]
}

// assignedName is nameAtEnd for the left side of an assignment, where a type or accessors may stand behind the name:
// const key: string | null = …, var key string = …, Key { get; set; } = …
func assignedName(s string) (name, rest string) {
	if t := strings.TrimRight(s, space); strings.HasSuffix(t, "}") {
		if i := strings.LastIndexByte(t, '{'); i >= 0 && strings.Contains(t[i:], "get") {
			s = t[:i]
		}
	}
	declaration := s[strings.LastIndexAny(s, "\n;,{(=")+1:]
	if i := strings.LastIndexByte(declaration, ':'); i > 0 && declaration[i-1] != ':' && isType(declaration[i+1:]) {
		return nameAtEnd(s[:len(s)-len(declaration)+i])
	}
	name, rest = nameAtEnd(s)
	if isType(name) {
		if n, r := nameAtEnd(strings.TrimRight(rest, " \t&:*?")); n != "" {
			return n, r
		}
	}
	return name, rest
}

// isType tells whether s reads as the type of a text: String?, Final[str], &'static str, string | null.
func isType(s string) bool {
	for s != "" {
		i := 0
		for i < len(s) && isWord(s[i]) {
			i++
		}
		if slices.Contains(typeNames, strings.ToLower(s[:i])) {
			return true
		}
		s = s[max(i, 1):]
	}
	return false
}

var typeNames = []string{"string", "str", "char", "nsstring", "text", "any", "cstring", "varchar", "final"}

// elementName names the element whose text the value is. A <string> of Android and of a property list has its name
// in an attribute or in the <key> before it.
func elementName(rest string) (name, before string) {
	open := strings.LastIndexByte(rest, '<')
	if open < 0 {
		return "", rest
	}
	tag := rest[open+1 : len(rest)-1]
	before = trimSpace(rest[:open])
	if n := attribute(tag, "name", "key", "id", "preference-id", "field-id"); n != "" {
		return n, before
	}
	name, _, _ = strings.Cut(strings.TrimSpace(tag), " ")
	for _, element := range []string{"key", "name"} {
		if !slices.Contains(genericNames, name) {
			break
		}
		if key, ok := strings.CutSuffix(before, "</"+element+">"); ok {
			if i := strings.LastIndex(key, "<"+element+">"); i >= 0 {
				return key[i+len(element)+2:], before
			}
		}
	}
	if strings.HasPrefix(name, "/") || strings.HasPrefix(name, "!") || strings.HasPrefix(name, "?") {
		return "", rest
	}
	return name, before
}

// attribute returns the value of the first of the named attributes in a tag.
func attribute(tag string, names ...string) string {
	for _, name := range names {
		i := strings.Index(tag, name+"=")
		if i < 1 || isWord(tag[i-1]) || tag[i-1] == '-' {
			continue
		}
		v := tag[i+len(name)+1:]
		if v == "" || v[0] != '"' && v[0] != '\'' {
			continue
		}
		if end := strings.IndexByte(v[1:], v[0]); end >= 0 {
			return v[1 : 1+end]
		}
	}
	return ""
}

// fold makes names comparable: lower case, letters and digits only. companyId, company_id, COMPANY-ID are one name.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
}

func hasFoldSuffix(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
