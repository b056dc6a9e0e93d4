// This file undoes escapes in the text around a key, so that a slot reads the same whether its file is a page, a
// string in a program, a JSON dump of a page, or an encoded request.

package rules

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// maxUnescape is how often escapes are undone for a slot: a page in a JSON string in a URL has three layers.
const maxUnescape = 3

// unescape undoes percent, JavaScript, JSON, C and HTML escapes layer by layer, and makes a terminal's colour
// sequence a single ESC. near cuts a text to what is read of it.
func unescape(text []byte, near func([]byte) []byte) string {
	if !hasEscape(text) {
		return string(near(text))
	}
	if bytes.Contains(text, []byte("=3D")) { // quoted-printable breaks long lines
		text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("=\r\n"), nil), []byte("=\n"), nil)
	}
	b, again := slices.Clone(text), true
	for n := 0; again && n < maxUnescape; n++ {
		b, again = unescapeOnce(b, false)
		b = near(b)
	}
	return string(b)
}

func hasEscape(text []byte) bool {
	for _, c := range []byte(`\%&` + "\x1b") {
		if bytes.IndexByte(text, c) >= 0 {
			return true
		}
	}
	return bytes.Contains(text, []byte("=3D"))
}

// leads marks the bytes that an escape sequence begins with.
var leads = [256]bool{'\\': true, '%': true, '&': true, '=': true, 0x1b: true}

// unescapeOnce undoes one layer of escapes in place; no sequence is shorter than what it stands for. With all it also
// undoes those that a slot is better read without: of control characters, because \a and \b are far more often the
// start of a name in a path, and =22, which is far more often an assignment than quoted-printable. again tells that
// an escape came out that may begin another.
func unescapeOnce(b []byte, all bool) (out []byte, again bool) {
	w := 0
	for i := 0; i < len(b); {
		lead := b[i]
		if !leads[lead] {
			b[w] = lead
			w++
			i++
			continue
		}
		e := escape(b[i:], all)
		switch {
		case e.n == 0 || !all && !e.readable():
			b[w] = lead
			w++
			i++
			continue
		case e.wide:
			w += utf8.EncodeRune(b[w:], e.char)
		default:
			b[w] = byte(e.char)
			w++
		}
		i += e.n
		again = again || lead != 0x1b && e.char < utf8.RuneSelf && e.char != '=' && leads[e.char]
	}
	return b[:w], again
}

// Escape decodes the escape sequence that s, which is not empty, begins with: percent (also %uXXXX), JavaScript, JSON, C,
// HTML or quoted-printable. It stands for a byte, or for a character if wide; n is its length, 0 if there is none.
func Escape(s []byte) (char rune, wide bool, n int) {
	e := escape(s, true)
	return e.char, e.wide, e.n
}

// escaped is what an escape sequence of n bytes stands for: a byte, or a character if wide.
type escaped struct {
	char rune
	wide bool
	n    int
}

func (e escaped) readable() bool {
	switch e.char {
	case '\n', '\r', '\t', 0x1b:
		return true
	}
	return e.char >= ' ' && e.char != 0x7f
}

// escape decodes the escape sequence that s begins with; n is 0 if there is none.
func escape(s []byte, all bool) escaped {
	switch s[0] {
	case '%':
		if len(s) > 1 && s[1] == 'u' {
			return digits(s, 2, 4, true)
		}
		return digits(s, 1, 2, false)
	case '=':
		if all || len(s) > 1 && s[1] == '3' {
			if e := digits(s, 1, 2, false); all || e.char == '=' {
				return e
			}
		}
	case '&':
		return entity(s)
	case 0x1b:
		return escaped{0x1b, false, csi(s)}
	case '\\':
		if len(s) > 1 {
			return backslash(s, all)
		}
	}
	return escaped{}
}

func backslash(s []byte, all bool) escaped {
	switch c := s[1]; c {
	case 'n', 'r':
		return escaped{'\n', false, 2}
	case 't':
		return escaped{'\t', false, 2}
	case '"', '\'', '`', '/', '\\':
		return escaped{rune(c), false, 2}
	case 'e':
		if all || len(s) > 2 && s[2] == '[' {
			return escaped{0x1b, false, 2}
		}
	case 'a', 'b', 'f', 'v':
		return escaped{'\a', false, 2} // which of them does not matter
	case 'x':
		return digits(s, 2, 2, false)
	case 'U':
		return digits(s, 2, 8, true)
	case 'u':
		if len(s) > 2 && s[2] == '{' {
			if n := bytes.IndexByte(s[:min(len(s), 10)], '}'); n > 3 {
				e := digits(s, 3, n-3, true)
				if e.n > 0 {
					e.n++
				}
				return e
			}
		}
		return digits(s, 2, 4, true)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		e := escaped{0, false, 1}
		for e.n < min(len(s), 4) && s[e.n] >= '0' && s[e.n] <= '7' {
			e.char = e.char<<3&0xff | rune(s[e.n]-'0')
			e.n++
		}
		if all || e.n == 4 { // \1 and \12 are references in a replacement
			return e
		}
	}
	return escaped{}
}

// digits decodes the n hex digits from s[at] on.
func digits(s []byte, at, n int, wide bool) escaped {
	if len(s) < at+n {
		return escaped{}
	}
	e := escaped{0, wide, at + n}
	for _, c := range s[at : at+n] {
		v := hexDigit(c)
		if v < 0 {
			return escaped{}
		}
		e.char = e.char<<4&0x7fffffff | v
	}
	return e
}

func hexDigit(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}

// entity decodes &quot;, &#61; and &#x3D;.
func entity(s []byte) escaped {
	end := bytes.IndexByte(s[:min(len(s), 12)], ';')
	if end < 3 {
		return escaped{}
	}
	if s[1] != '#' {
		return escaped{entities[string(s[1:end])], true, 0}.length(end + 1)
	}
	if s[2] == 'x' || s[2] == 'X' {
		return digits(s, 3, end-3, true).length(end + 1)
	}
	e := escaped{0, true, end + 1}
	for _, c := range s[2:end] {
		if c < '0' || c > '9' {
			return escaped{}
		}
		e.char = e.char*10 + rune(c-'0')
	}
	return e.length(end + 1)
}

// length sets the length of a sequence that stands for a character.
func (e escaped) length(n int) escaped {
	if e.char == 0 {
		return escaped{}
	}
	e.n = n
	return e
}

// entities are those that stand for ASCII, as far as one may meet them in an address, in code or in a key.
var entities = map[string]rune{
	"amp": '&', "AMP": '&', "quot": '"', "QUOT": '"', "apos": '\'', "lt": '<', "LT": '<', "gt": '>', "GT": '>', "equals": '=', "nbsp": ' ',
	"lowbar": '_', "UnderBar": '_', "num": '#', "percnt": '%', "semi": ';', "colon": ':', "period": '.', "comma": ',', "plus": '+',
	"sol": '/', "bsol": '\\', "quest": '?', "excl": '!', "ast": '*', "lpar": '(', "rpar": ')', "lsqb": '[', "lbrack": '[',
	"rsqb": ']', "rbrack": ']', "lcub": '{', "lbrace": '{', "rcub": '}', "rbrace": '}', "grave": '`', "verbar": '|', "vert": '|',
	"commat": '@', "dollar": '$', "Hat": '^', "Tab": '\t', "NewLine": '\n',
}

// csi returns the length of the terminal's control sequence that s begins with, such as a colour; 0 if there is none.
func csi(s []byte) int {
	if len(s) < 3 || s[1] != '[' {
		return 0
	}
	for i, c := range s[2:min(len(s), 64)] {
		switch {
		case c >= '0' && c <= '?':
		case c >= '@' && c <= '~':
			return 2 + i + 1
		default:
			return 0
		}
	}
	return 0
}
