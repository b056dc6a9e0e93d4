// This file undoes escapes in the text around a key, so that a slot reads the same whether its file is a page, a
// string in a program, a JSON dump of a page, or an encoded request.

package rules

import (
	"strconv"
	"strings"
)

// maxUnescape is how often escapes are undone: a page in a JSON string in a URL has three layers.
const maxUnescape = 3

// unescape undoes percent, JavaScript, JSON, C and HTML escapes of ASCII characters, layer by layer.
func unescape(s string) string {
	for range maxUnescape {
		next := unescapeOnce(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

func unescapeOnce(s string) string {
	i := strings.IndexAny(s, `%\&=`)
	if i < 0 {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for i >= 0 {
		out.WriteString(s[:i])
		s = s[i:]
		if plain, n := escape(s); n > 0 {
			out.WriteString(plain)
			s = s[n:]
		} else {
			out.WriteByte(s[0])
			s = s[1:]
		}
		i = strings.IndexAny(s, `%\&=`)
	}
	out.WriteString(s)
	return out.String()
}

// escape decodes the escape sequence that s begins with; n is its length, 0 if there is none.
func escape(s string) (plain string, n int) {
	switch s[0] {
	case '%':
		return hexEscape(s, 1, 2)
	case '=': // quoted-printable; only of "=", because x=22 is far more often an assignment
		if strings.HasPrefix(s, "=3D") {
			return "=", 3
		}
	case '&':
		for _, e := range entities {
			if strings.HasPrefix(s, e.name) {
				return e.plain, len(e.name)
			}
		}
		return numericEntity(s)
	case '\\':
		if len(s) < 2 {
			return "", 0
		}
		switch c := s[1]; c {
		case 'n', 'r':
			return "\n", 2
		case 't':
			return "\t", 2
		case '"', '\'', '`', '/', '\\':
			return s[1:2], 2
		case 'x':
			return hexEscape(s, 2, 2)
		case 'u':
			if strings.HasPrefix(s, `\u{`) {
				if end := strings.IndexByte(s[:min(len(s), 10)], '}'); end > 0 {
					plain, n := hexEscape(s[:end], 3, end-3)
					if n > 0 {
						n++
					}
					return plain, n
				}
			}
			return hexEscape(s, 2, 4)
		}
	}
	return "", 0
}

// hexEscape decodes the digits s[at:at+digits] when they stand for a printable ASCII character or a line end.
func hexEscape(s string, at, digits int) (plain string, n int) {
	if len(s) < at+digits {
		return "", 0
	}
	return ascii(s[at:at+digits], 16, at+digits)
}

// numericEntity decodes &#61; and &#x3D;.
func numericEntity(s string) (plain string, n int) {
	end := strings.IndexByte(s[:min(len(s), 10)], ';')
	if !strings.HasPrefix(s, "&#") || end < 0 {
		return "", 0
	}
	if digits := s[2:end]; strings.HasPrefix(digits, "x") || strings.HasPrefix(digits, "X") {
		return ascii(digits[1:], 16, end+1)
	}
	return ascii(s[2:end], 10, end+1)
}

func ascii(digits string, base, length int) (plain string, n int) {
	v, err := strconv.ParseUint(digits, base, 8)
	if err != nil || v > '~' || v < ' ' && v != '\n' && v != '\r' && v != '\t' {
		return "", 0
	}
	return string(rune(v)), length
}

var entities = []struct{ name, plain string }{
	{"&amp;", "&"}, {"&quot;", `"`}, {"&apos;", "'"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&equals;", "="},
}
