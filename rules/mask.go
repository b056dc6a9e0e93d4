// This file masks keys in text that is shown.

package rules

import (
	"bytes"
	"strings"
)

// shortBody is how many hex digits in a row behind the prefix are masked: nearly a key's worth.
const shortBody = bodyLen - 4

// Mask returns s with every private key in it masked: also placeholders, words that hold a key's worth of hex digits
// behind the prefix (two keys run together, a key in an identifier), and bodies whose prefix is written apart or
// encoded ("pk_" + "…", pk%5F…). Hashes stay readable, for no usual one has a key's 34 hex digits. Everything that
// came from outside passes through Mask before it is shown: paths, lines, commit subjects, error texts.
func Mask(s string) string {
	start, _ := longWord(s, 0)
	if start < 0 {
		return s
	}
	if masked, any := mask([]byte(s)); any {
		return masked
	}
	return s
}

// MaskBytes is Mask of a text in bytes, which it does not change. The result is text itself if there is nothing to mask.
func MaskBytes(text []byte) []byte {
	if masked, any := mask(text); any {
		return []byte(masked)
	}
	return text
}

// mask returns text masked, and whether anything was; if not, the string is empty.
func mask(text []byte) (string, bool) {
	m := masker{text: text}
	for at := 0; ; {
		start, end := longWord(text, at)
		if start < 0 {
			break
		}
		m.word(start, end)
		at = end
	}
	if m.done == 0 {
		return "", false
	}
	m.out.Write(text[m.done:])
	return m.out.String(), true
}

// longWord returns the first word of at least shortBody bytes in s[at:], which does not begin in a word; -1 if there is none.
// It looks at every shortBody-th byte until it meets one of a word.
func longWord[T string | []byte](s T, at int) (start, end int) {
	for probe := at + shortBody - 1; probe < len(s); {
		if !wordByte[s[probe]] {
			at = probe + 1
			probe += shortBody
			continue
		}
		for start = probe; start > at && wordByte[s[start-1]]; {
			start--
		}
		for end = probe + 1; end < len(s) && wordByte[s[end]]; {
			end++
		}
		if end-start >= shortBody {
			return start, end
		}
		at = end
		probe = end + shortBody
	}
	return -1, -1
}

// wordByte tells of each byte whether it is one of a word.
var wordByte = func() (table [256]bool) {
	for c := range table {
		table[c] = isWord(byte(c))
	}
	return table
}()

type masker struct {
	text []byte
	out  strings.Builder
	done int // up to where text has been written
}

// hide writes the text up to start, and text[start:end] masked.
func (m *masker) hide(start, end int) {
	m.out.Write(m.text[m.done:start])
	if bytes.HasPrefix(m.text[start:end], prefixBytes) {
		m.out.WriteString(prefix)
	}
	m.out.WriteString("****")
	m.out.Write(m.text[end-4 : end])
	m.done = end
}

// word masks what is to be masked in the word text[start:end]. It is decided once up to where the word holds a body,
// so that a word of many prefixes is read once.
func (m *masker) word(start, end int) {
	lastBody := 0
	for i := start; i < end; i++ {
		first := i
		for i < end && isLowerHex(m.text[i]) {
			i++
		}
		if i-first >= shortBody {
			lastBody = i
		}
	}
	for {
		n := bytes.Index(m.text[start:end], prefixBytes)
		if n < 0 {
			m.bare(start, end)
			return
		}
		m.bare(start, start+n)
		start += n
		form, keyEnd := parse(m.text, start)
		switch {
		case form != 0 && lastBody <= keyEnd:
			m.hide(start, keyEnd)
			start = keyEnd
		case lastBody > start:
			m.hide(start, end)
			return
		default:
			start += len(prefix)
		}
	}
}

// bare masks the bodies in text[start:end], a part of a word without a prefix.
func (m *masker) bare(start, end int) {
	for i := start; i < end; i++ {
		first := i
		for i < end && isAlnum(m.text[i]) {
			i++
		}
		if i-first < shortBody {
			continue
		}
		switch body := i - bodyLen; {
		case body >= first && readsAsPrefix(m.text, body):
			m.hide(body, i)
		case longestHex(m.text[first:i]) >= shortBody && readsAsPrefix(m.text, first):
			m.hide(first, i)
		default:
			m.hex(first, i)
		}
	}
}

// hex masks the runs of as many hex digits as a body has in text[start:end]. Digits that end an escape sequence are
// not counted.
func (m *masker) hex(start, end int) {
	for i := start; i < end; i++ {
		first := i
		for i < end && isLowerHex(m.text[i]) {
			i++
		}
		if body := i - bodyLen; body == first || body > first && begins(m.text, body) {
			m.hide(body, i)
		}
	}
}

func longestHex(text []byte) int {
	n, longest := 0, 0
	for _, c := range text {
		if n++; !isLowerHex(c) {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

// readsAsPrefix tells whether what stands before text[i] is, with escapes undone, the part of a key before its body.
func readsAsPrefix(text []byte, i int) bool {
	left := plainBefore(text, i)
	if strings.HasSuffix(left, prefix) {
		return true
	}
	left, ok := strings.CutSuffix(left, "_")
	if n := len(left) - siteLen; ok && n > 0 && !strings.Contains(left[n:], "_") {
		return strings.HasSuffix(left[:n], prefix)
	}
	return false
}
