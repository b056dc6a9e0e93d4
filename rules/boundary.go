// This file decides where a key may begin and end. The regular expression \b, which other scanners use, misses every
// key behind an escape sequence, for those end in letters and digits.

package rules

import "strings"

// boundaryWindow is how much text before a key is read for its boundary, in bytes: an escape sequence several times
// encoded, a terminal's colours, a name.
const boundaryWindow = 96

// standsAlone tells whether what has the form of a key at text[start:end] is no part of a longer word.
func standsAlone(text []byte, start, end int) bool {
	n := 0
	for end+n < len(text) && text[end+n] == '_' {
		n++
	}
	if n == 0 {
		return begins(text, start)
	}
	// Markdown's emphasis, _pk_…_ and __pk_…__; else the identifier goes on: pk_…_idx.
	if n > start || end+n < len(text) && isWord(text[end+n]) || string(text[start-n:start]) != string(text[end:end+n]) {
		return false
	}
	word := lastWord(plainBefore(text, start-n))
	return word == ""
}

// begins tells whether a key may begin at text[i]: not in the middle of a word. The end of an escape sequence for
// another character is none (company_id%3Dpk_…, \npk_…, \u003dpk_…, \x1b[32mpk_…), and a name and a value may be run
// together (KLAVIYO_KEY_pk_…).
func begins(text []byte, i int) bool {
	if i == 0 || !isWord(text[i-1]) {
		return true
	}
	word := lastWord(plainBefore(text, i))
	if !strings.HasSuffix(word, "_") {
		return word == ""
	}
	return isKeyName(strings.ToLower(strings.TrimRight(word, "_")))
}

// isKeyName tells whether a word names a key by its last part: KLAVIYO, KLAVIYO_KEY, api_token; not live, users or
// KLAVIYO_users, whose pk_ is the name of another thing.
func isKeyName(word string) bool {
	last := word[strings.LastIndexByte(word, '_')+1:]
	switch last {
	case "klaviyo", "key", "token":
		return true
	case "private", "public":
		return strings.Contains(word, "klaviyo")
	}
	return strings.HasSuffix(last, "apikey") || strings.HasPrefix(last, "klaviyo") && strings.HasSuffix(last, "key")
}

// plainBefore returns the end of text[:i] with all escapes undone, however often they were encoded.
func plainBefore(text []byte, i int) string {
	var window [boundaryWindow]byte
	b := window[:copy(window[:], text[max(0, i-boundaryWindow):i])]
	for again := true; again; {
		b, again = unescapeOnce(b, true)
	}
	return string(b)
}

// lastWord returns the word that s ends in.
func lastWord(s string) string {
	i := len(s)
	for i > 0 && isWord(s[i-1]) {
		i--
	}
	return s[i:]
}

// maxRecord is how far back the record is looked for that a word is a part of, in bytes.
const maxRecord = 256

// inRecord tells whether the word around text[i] stands in binary data, in which texts are written one behind the other:
// a row of SQLite holds a name, a key and what comes next without anything between them.
func inRecord(text []byte, i int) bool {
	if i == 0 || text[i-1] == '_' {
		return false
	}
	j := i
	for j > 0 && i-j < maxRecord && isWord(text[j-1]) {
		j--
	}
	return j > 0 && (text[j-1] < '\t' || text[j-1] > '\r' && text[j-1] < ' ' && text[j-1] != 0x1b)
}

// parseRecord is [parse] for a word in a record: the exact forms, whatever follows that is no hex digit.
func parseRecord(text []byte, start int) (Form, int) {
	if !inRecord(text, start) {
		return 0, 0
	}
	form, body := Hex, start+len(prefix)
	if site := body + siteLen; site < len(text) && text[site] == '_' {
		form, body = Site, site+1
	}
	end := body
	for end < len(text) && end-body <= bodyLen && isLowerHex(text[end]) {
		end++
	}
	if end-body != bodyLen {
		return 0, 0
	}
	return form, end
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isWord(c byte) bool { return c == '_' || isAlnum(c) }

// isNoWord is isWord for what splits a text into words.
func isNoWord(r rune) bool { return r > 'z' || !isWord(byte(r)) }

func isLowerHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }
