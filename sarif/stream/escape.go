// This file knows which characters must not reach a terminal or a log as they are.

package stream

import (
	"unicode"
	"unicode/utf8"
)

// Hostile tells whether r must not reach a terminal or a log as it is: a control character (C0, DEL, C1: colours,
// cursor movement, line ends), a format character (bidirectional controls, zero-width characters, tags), or a line or
// paragraph separator. They change what a reader sees without being seen.
func Hostile(r rune) bool {
	return r < ' ' || r >= 0x7f && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// Escape appends s to dst. In place of each hostile character, each byte that is no UTF-8, and each bracket that would
// make a workflow command, it appends what replace makes of it: r is the character, or [utf8.RuneError] for a byte
// that is no UTF-8, and raw its bytes.
//
// The runner of GitHub Actions takes ##[error], ##[add-mask] and their like for commands anywhere in a line of a log
// (actions/runner, ActionCommand.TryParse); it looks for them by the rules of a language, which pass over combining
// marks. Azure Pipelines and TeamCity take ##vso[…], ##teamcity[…] and their like. Commands that begin with :: count only
// at the beginning of a line, which is for the writer of the line to see to.
func Escape(dst []byte, s string, replace func(dst []byte, r rune, raw string) []byte) []byte {
	hashes := 0
	for len(s) > 0 {
		if n := ordinary(s); n > 0 { // nearly all there is
			dst = append(dst, s[:n]...)
			if hashes < 2 || !isName(s[:n]) {
				hashes = 0
			}
			s = s[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		raw := s[:size]
		s = s[size:]
		if Hostile(r) || r == utf8.RuneError && size == 1 || r == '[' && hashes >= 2 {
			dst = replace(dst, r, raw)
		} else {
			dst = append(dst, raw...)
		}
		switch {
		case r == '#':
			hashes++
		case !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) && (hashes < 2 || !unicode.IsLetter(r)):
			hashes = 0
		}
	}
	return dst
}

// isName tells whether s can stand between ## and the bracket of a command.
func isName(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '.' && s[i] != '-' && s[i] != '_' {
			return false
		}
	}
	return true
}

// harmless tells, at a glance, that a text in lines has nothing for Escape to replace: most have not.
func harmless(text []byte) bool {
	hash := false
	for _, c := range text {
		if c < ' ' && c != '\n' || c >= 0x7f || hash && c == '#' {
			return false
		}
		hash = c == '#'
	}
	return true
}

// ordinary counts the bytes that s begins with and that need no thought.
func ordinary(s string) int {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '#' || c == '[' {
			return i
		}
	}
	return len(s)
}
