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
	leftWindow  = 4 << 10 // with escapes
	rightWindow = 2 << 10
	nearLeft    = 2560 // of what the escapes stand for
	nearRight   = 1280

	// Context is the number of bytes on either side of a key that can bear on its slot.
	Context = leftWindow
)

// Resolve tells what the candidate in text is plugged into; file is the kind of file that the text is in.
func Resolve(text []byte, c Candidate, file FileKind) Slot {
	left := unescape(text[max(0, c.Start-leftWindow):c.Start], func(b []byte) []byte { return b[max(0, len(b)-nearLeft):] })
	right := unescape(text[c.End:min(len(text), c.End+rightWindow)], func(b []byte) []byte { return b[:min(len(b), nearRight)] })
	left = strings.TrimPrefix(left, "\ufeff") // the mark at the start of a file is no part of a name
	s := Slot{File: file}
	s.Near, s.Nearest = evidence(left, right)

	if s.File == UnknownFile || s.File == ServerFile {
		if inScript(left) {
			s.File = BrowserFile
		}
	}
	if strings.HasPrefix(c.Word, "$") {
		left = strings.TrimSuffix(left, "$")
	}
	v := value{rest: left, quoted: true, joined: strings.HasPrefix(strings.TrimLeft(right, quotes), "].join")}
	if !c.IsKey() {
		s.Defines = isAssigned(right)
		right = strings.TrimLeft(right, quotes+")]") // of getenv("NAME")
	}
	if c.IsKey() || strings.HasPrefix(c.Word, prefix) || strings.HasPrefix(c.Word, "$") && inLiteral(left) {
		v.extend(strings.TrimSuffix(left, "<![CDATA["))
	}
	v.undoSeams()
	if v.scheme {
		s.Near |= NearPrivate
		s.Nearest = NearPrivate
		s.Scheme = true
	}
	if s.URL = urlPart(v.before); s.URL != (URLPart{}) {
		return s
	}
	name, rest, pair := cutName(v, c.IsKey())
	if pair && c.NeedsSlot() {
		name = "" // primary("company_id", "pk_…"): in a list, what stands before a name of an index is no name of a value
	}
	s.Call = enclosingCall(rest, name)
	s.Call.More = hasMore(right)
	s.Name, s.Another = name, v.another
	if name == "" {
		return s
	}
	if slices.Contains(genericNames, fold(lastPart(name))) {
		if sibling := siblingName(rest, right); sibling != "" {
			s.Name = sibling
		}
	}
	s.Within = enclosingNames(rest)
	return s
}

// inLiteral tells whether what follows left, a variable, stands in the middle of a text: "…?company_id=$key".
func inLiteral(left string) bool {
	return left != "" && (isWord(left[len(left)-1]) || strings.IndexByte("=/&?"+quotes, left[len(left)-1]) >= 0)
}

// hasMore tells whether the text behind a value goes on with another argument or item.
func hasMore(right string) bool {
	right, ok := strings.CutPrefix(strings.TrimLeft(strings.TrimLeft(right, quotes), space), ",")
	right = strings.TrimLeft(right, space)
	return ok && right != "" && strings.IndexByte(")]}", right[0]) < 0
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
		// A host without a scheme, a variable that stands for one, or the first part of a path: client/events.
		end := strings.IndexAny(before, "/?&")
		switch first := before[:end]; {
		case strings.Contains(first, ".") && isHost(first):
			u.Host, before = strings.ToLower(first), before[end:]
		case isHost(strings.ReplaceAll(first, "_", "")) && before[end] == '/':
			before = "/" + before
		case before[end] == '/':
			before = before[end:]
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

func isHost(s string) bool {
	for i := range len(s) {
		if !isAlnum(s[i]) && s[i] != '.' && s[i] != '-' {
			return false
		}
	}
	return s != ""
}
