// This file finds out what a key is plugged into. It reads the text around the key backwards, by the few marks that
// languages share (quotes, brackets, separators, the parts of a URL), and knows no language: a slot in a page, a
// program, a settings file or an encoded request comes out the same.

package rules

import (
	"slices"
	"strings"
)

// How much text around a key is read, in bytes. [Context] is what a caller must keep beside a key.
const (
	leftWindow  = 4 << 10
	rightWindow = 2 << 10

	// Context is the number of bytes on either side of a key that can bear on its slot.
	Context = leftWindow
)

// Resolve tells what the candidate in text is plugged into.
func Resolve(text []byte, c Candidate) Slot {
	left := unescape(string(text[max(0, c.Start-leftWindow):c.Start]))
	right := unescape(string(text[c.End:min(len(text), c.End+rightWindow)]))
	s := Slot{Near: evidence(left, right)}

	v := cutValue(left)
	if v.scheme != "" {
		s.Near |= NearPrivate
	}
	if s.URL = urlPart(v.before); s.URL != (URLPart{}) {
		return s
	}
	name, rest := cutName(v)
	s.Call = enclosingCall(rest)
	if s.Call.Callee != "" && len(s.Call.Before) == 0 {
		s.Call.Label = name
	}
	s.Name = name
	if slices.Contains(genericNames, fold(name)) {
		if sibling := siblingName(rest, right); sibling != "" {
			s.Name = sibling
		}
	}
	return s
}

// value is the left part of the literal that a key stands in.
type value struct {
	before string // what the literal holds before the key, without the scheme: "https://…?company_id="
	scheme string // the authorization scheme directly before the key
	rest   string // the text before the literal and its opening quote
	quoted bool
}

// cutValue splits off the literal at the end of left.
func cutValue(left string) value {
	v := value{}
	if trimmed := strings.TrimRight(left, " \t"); hasFoldSuffix(trimmed, "klaviyo-api-key") && len(trimmed) < len(left) {
		v.scheme = "Klaviyo-API-Key"
		left = trimmed[:len(trimmed)-len(v.scheme)]
	}
	i := strings.LastIndexAny(left, " \t\r\n\"'`<>")
	v.before = left[i+1:]
	v.rest = left[:i+1]
	if i >= 0 && strings.IndexByte("\"'`", left[i]) >= 0 {
		v.quoted = true
		v.rest = strings.TrimRight(left[:i], "\"'`@") // a literal in a literal; @ is Objective-C's
	}
	return v
}

// urlPart reads the place at the end of before as a part of a URL.
func urlPart(before string) URLPart {
	u := URLPart{}
	switch i := strings.LastIndex(before, "//"); {
	case i >= 0:
		before = before[i+2:]
		end := strings.IndexAny(before, "/?#")
		if end < 0 {
			return URLPart{}
		}
		u.Host, before = strings.ToLower(before[:end]), before[end:]
	case !strings.ContainsAny(before, "?&/"):
		return URLPart{}
	default:
		end := strings.IndexAny(before, "/?&")
		if host := before[:end]; strings.Contains(host, ".") && isHost(host) {
			u.Host, before = strings.ToLower(host), before[end:]
		}
	}
	path, query, found := strings.Cut(before, "?")
	if !found && strings.Contains(path, "&") {
		path, query, found = "", path, true
	}
	u.Path = path[max(0, strings.IndexByte(path, '/')):]
	if !found {
		if !strings.HasSuffix(path, "/") {
			return URLPart{}
		}
		return u
	}
	param := query[strings.LastIndexAny(query, "&;?")+1:]
	if name, ok := strings.CutSuffix(param, "="); ok && name != "" && !strings.Contains(name, "=") {
		u.Param = name
		return u
	}
	return URLPart{}
}

// cutName reads the name that the value is given to, and returns the text before the name.
func cutName(v value) (name, rest string) {
	if !v.quoted && v.before != "" {
		// NAME=pk_…, name:pk_…, (pk_…
		i := strings.LastIndexAny(v.before, "=:")
		if i != len(v.before)-1 || i < 0 {
			return "", v.rest + v.before
		}
		return nameAtEnd(v.rest + strings.TrimRight(v.before, ":=?"))
	}
	if v.before != "" && strings.ContainsAny(v.before[len(v.before)-1:], "=:") {
		// "NAME=pk_…" in quotes: an environment entry, a header, a form body.
		return nameAtEnd(strings.TrimRight(v.before, ":=?"))
	}
	rest = strings.TrimRight(v.rest, " \t\r\n")
	switch {
	case rest == "":
		return "", ""
	case strings.HasSuffix(rest, "=>"):
		return nameAtEnd(rest[:len(rest)-2])
	case strings.HasSuffix(rest, "="):
		return assignedName(strings.TrimRight(rest, ":=?|+"))
	case strings.HasSuffix(rest, ":"):
		return nameAtEnd(strings.TrimRight(rest, ":"))
	case strings.HasSuffix(rest, ">"):
		return elementName(rest)
	case strings.HasSuffix(rest, ","):
		return pairName(rest)
	}
	// A word and a value with only space between: --company-id pk_…, ENV KLAVIYO_PUBLIC_KEY pk_…
	if len(rest) < len(v.rest) && !strings.ContainsAny(v.rest[len(rest):], "\n") {
		name, before := nameAtEnd(rest)
		if strings.HasPrefix(name, "-") || name != "" && name == strings.ToUpper(name) && strings.Contains(name, "_") {
			return name, before
		}
	}
	return "", rest
}

// nameAtEnd reads the name at the end of s: a quoted string, an index ["name"], or a dotted identifier.
func nameAtEnd(s string) (name, rest string) {
	s = strings.TrimRight(s, " \t\r\n")
	s = strings.TrimRight(s, "])")
	if s == "" {
		return "", ""
	}
	if q := s[len(s)-1]; q == '"' || q == '\'' || q == '`' {
		open := strings.LastIndexByte(s[:len(s)-1], q)
		if open < 0 || strings.Contains(s[open:], "\n") {
			return "", s
		}
		return s[open+1 : len(s)-1], strings.TrimRight(s[:open], "@[")
	}
	i := len(s)
	for i > 0 && (isWord(s[i-1]) || strings.IndexByte("-.$/@", s[i-1]) >= 0 || s[i-1] == '>' && i > 1 && s[i-2] == '-') {
		i--
	}
	return s[i:], s[:i]
}

// assignedName is nameAtEnd for the left side of an assignment, where a type may follow the name:
// const key: string = …, var key string = …, let key: String = …
func assignedName(s string) (name, rest string) {
	name, rest = nameAtEnd(s)
	if !slices.Contains(typeNames, strings.ToLower(strings.TrimLeft(name, "&"))) {
		return name, rest
	}
	if n, r := nameAtEnd(strings.TrimRight(rest, " \t&:*?")); n != "" {
		return n, r
	}
	return name, rest
}

var typeNames = []string{"string", "str", "char", "nsstring", "text", "any", "cstring", "varchar"}

// elementName names the element whose text the value is. A <string> of Android and of a property list has its name
// in an attribute or in the <key> before it.
func elementName(rest string) (name, before string) {
	open := strings.LastIndexByte(rest, '<')
	if open < 0 {
		return "", rest
	}
	tag := rest[open+1 : len(rest)-1]
	before = strings.TrimRight(rest[:open], " \t\r\n")
	if n := attribute(tag, "name", "key", "id", "preference-id", "field-id"); n != "" {
		return n, before
	}
	if key, ok := strings.CutSuffix(before, "</key>"); ok {
		if i := strings.LastIndex(key, "<key>"); i >= 0 {
			return key[i+len("<key>"):], before
		}
	}
	name, _, _ = strings.Cut(strings.TrimSpace(tag), " ")
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

// pairName names a value that follows its name as the next item of a call or a list of two: .put("token", "pk_…"),
// {"token", "pk_…"}, buildConfigField("String", "KLAVIYO_PUBLIC_KEY", "pk_…"). In a list of other things the string
// before is no name, but then no rule knows it.
func pairName(rest string) (name, before string) {
	s := strings.TrimRight(strings.TrimSuffix(rest, ","), " \t\r\n")
	if s == "" || strings.IndexByte("\"'`", s[len(s)-1]) < 0 {
		return "", rest
	}
	name, _ = nameAtEnd(s)
	return name, rest
}

// genericNames say nothing of the value: its real name stands in a property or attribute beside.
var genericNames = []string{"value", "default", "content", "defaultvalue", "string", "data", "stringvalue"}

var siblingNames = []string{"name", "id", "key", "property", "variable", "path", "option"}

// siblingName finds the name beside a value={…}: <meta name="klaviyo_account" content="…">,
// {"key": "KLAVIYO_PUBLIC_KEY", "value": "…"}.
func siblingName(left, right string) string {
	left = left[strings.LastIndexAny(left, "<{[")+1:]
	if end := strings.IndexAny(right, ">}]"); end >= 0 {
		right = right[:end]
	}
	for _, part := range []string{left, right} {
		for _, name := range siblingNames {
			if v := property(part, name); v != "" {
				return v
			}
		}
	}
	return ""
}

// property finds name="v", "name": "v" or 'name' => 'v' in part and returns v.
func property(part, name string) string {
	for i := strings.Index(part, name); i >= 0; i = strings.Index(part, name) {
		partOfWord := i > 0 && (isWord(part[i-1]) || part[i-1] == '-')
		part = part[i+len(name):]
		v := strings.TrimLeft(part, "\"' \t")
		if partOfWord || v == "" || v[0] != '=' && v[0] != ':' {
			continue
		}
		v = strings.TrimLeft(v, ":=> \t\r\n")
		if v == "" || v[0] != '"' && v[0] != '\'' {
			continue
		}
		if end := strings.IndexByte(v[1:], v[0]); end > 0 {
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

func isHost(s string) bool {
	for i := range len(s) {
		if !isAlnum(s[i]) && s[i] != '.' && s[i] != '-' {
			return false
		}
	}
	return s != ""
}
