// This file is the key grammar: what a Klaviyo private key looks like, and the type that holds one without ever
// showing it.

package rules

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Form is the shape of a private key.
type Form uint8

// The three forms of a private key. Sources: TruffleHog's Klaviyo detector since v3.95.6, confirmed by the
// vendor there (Site and Hex); Klaviyo's help page "How to keep your account secure" (Documented).
const (
	// Site is pk_ + the account's 6-character public key + _ + 34 lower-case hex digits (since June 2026).
	Site Form = iota + 1
	// Hex is pk_ + 34 lower-case hex digits: every key made before June 2026.
	Hex
	// Documented is pk_ + 34 letters and digits that are not lower-case hex, as Klaviyo's help describes a key.
	Documented
)

// String returns "site", "hex" or "documented".
func (f Form) String() string {
	switch f {
	case Site:
		return "site"
	case Hex:
		return "hex"
	case Documented:
		return "documented"
	}
	return "unknown"
}

const (
	prefix  = "pk_"
	bodyLen = 34 // 17 random bytes in hex
	siteLen = 6  // a public key, also called site ID or company ID

	// MaxKeyLen is the length in bytes of the longest key, a Site key.
	MaxKeyLen = len(prefix) + siteLen + 1 + bodyLen
)

// Key is a Klaviyo private key. Its raw value is held by a closure, so that neither the fmt package in any verb,
// nor encoding/json, nor a dumper that walks unexported fields can show it: they print the masked form or a
// function's address. The zero Key holds nothing.
type Key struct {
	form Form
	raw  func() string
	told *Recalled // of a key that is known from a report, which has no raw value
}

// Recalled is what a report tells of a key.
type Recalled struct {
	Form        Form
	Shown       string // the masked key
	Public      string // the public key that it contains; "" for none
	Fingerprint string // of the key alone, [Key.Fingerprint] of ""
}

// Recall returns the key that a report tells of. It is shown, compared and grouped as the key itself would be, but it has
// no raw value, and of its fingerprints only that of the key alone is what it was. r must not be changed any more.
func Recall(r *Recalled) Key { return Key{form: r.Form, told: r} }

// NewKey wraps raw, a private key of the given form.
func NewKey(form Form, raw string) Key {
	return Key{form: form, raw: func() string { return raw }}
}

// Raw returns the key itself, "" of one that was recalled. Only repair, verification and fingerprints may call it.
func (k Key) Raw() string {
	if k.raw == nil {
		return ""
	}
	return k.raw()
}

// Form tells the shape of the key.
func (k Key) Form() Form { return k.form }

// PublicKey returns the public key of the account that the key belongs to when the key contains it (Site),
// else "".
func (k Key) PublicKey() string {
	if k.told != nil {
		return k.told.Public
	}
	raw := k.Raw()
	if k.form != Site || len(raw) < len(prefix)+siteLen {
		return ""
	}
	return raw[len(prefix) : len(prefix)+siteLen]
}

// String returns the masked key, pk_****ab12: the form in which Klaviyo's own API shows it ("redacted_key"), so
// that a user can find the key in Klaviyo's list.
func (k Key) String() string {
	if k.told != nil {
		return k.told.Shown
	}
	raw := k.Raw()
	if len(raw) < 4 {
		return prefix + "****"
	}
	return prefix + "****" + raw[len(raw)-4:]
}

// GoString returns the masked key, for %#v.
func (k Key) GoString() string { return k.String() }

// Format writes the masked key for every verb and flag.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// MarshalText returns the masked key, for encoding/json and its like.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Fingerprint identifies the key together with the scope it is used in (a rule's ID, or "" for the key alone):
// 32 hex digits of a SHA-256. A key has 136 random bits, so the hash cannot be turned back by guessing. Of a key that was
// recalled, those with a scope are others than the key's own: a report keeps that of each finding beside it.
func (k Key) Fingerprint(scope string) string {
	if k.told != nil {
		if scope == "" {
			return k.told.Fingerprint
		}
		scope += "\x00" + k.told.Fingerprint
	}
	sum := sha256.Sum256([]byte("klaviyolint 1\x00" + scope + "\x00" + k.Raw()))
	return hex.EncodeToString(sum[:16])
}

var prefixBytes = []byte(prefix)

// Find yields the candidates that begin in text[from:to], in order. It reads beyond to, and before from, to
// decide where a key begins and ends.
func Find(text []byte, from, to int) iter.Seq[Candidate] {
	return func(yield func(Candidate) bool) {
		for c := range FindTraces(text, from, to, false) {
			if c.IsKey() && !yield(c) {
				return
			}
		}
	}
}

// FindTraces yields what [Find] yields and, where the prefix may stand in disguise, or stands before a body that may,
// a candidate without a key or a word, whose span is that of the k: in p\x6b_, pk%5F, "pk" + "_…", pk_0123=⏎4567. With
// words it also yields the words that tell of misuse without a key to see (word.go), and [IgnoreMark]; these not in
// order. It is one search for k, and with words one for K: to look at each k costs nearly nothing.
func FindTraces(text []byte, from, to int, words bool) iter.Seq[Candidate] {
	return func(yield func(Candidate) bool) {
		for k := range traces(text, from, to, words) {
			if words && text[k+1] == 'l' {
				if c, ok := wordAt(text, k); ok && !yield(c) {
					return
				}
				continue
			}
			if text[k-1] != 'p' || text[k+1] != '_' {
				if disguised(text, k) && !yield(Candidate{Start: k, End: k + 1}) {
					return
				}
				continue
			}
			c, ok := keyAt(text, k-1)
			if ok && !yield(c) {
				return
			}
			if c.IsKey() || !words {
				continue
			}
			if c, ok := placeholderWord(text, k-1); ok && !yield(c) {
				return
			}
		}
		if !words {
			return
		}
		for k := range capitals(text, from, to) {
			if c, ok := wordAt(text, k); ok && !yield(c) {
				return
			}
		}
	}
}

// keyAt reads the key whose prefix stands at text[start]; without a key in the candidate, one that may go on in disguise.
func keyAt(text []byte, start int) (Candidate, bool) {
	form, end := parse(text, start)
	if form == 0 || form != Documented && !standsAlone(text, start, end) {
		if glued, gluedEnd := parseRecord(text, start); glued != 0 {
			form, end = glued, gluedEnd
		}
	}
	switch {
	case form == 0:
		return Candidate{Start: start + 1, End: start + 2}, seams[stop(text, start)]
	case !standsAlone(text, start, end) && !inRecord(text, start):
		return Candidate{}, false
	}
	key := NewKey(form, string(text[start:end]))
	if placeholder(form, key.Raw()[len(key.Raw())-bodyLen:]) {
		return Candidate{}, false
	}
	return Candidate{Key: key, Start: start, End: end}, true
}

// What may stand on either side of the k of a prefix: its own letters, or the edge of an escape sequence, of a literal
// or of a line.
const (
	plainSide = 1 << iota
	seamSide
)

var leftSide, rightSide = sides("p", "0;}\"'`\n"), sides("_", `%\&="'`+"`")

func sides(plain, seams string) (table [256]uint8) {
	for _, c := range []byte(plain) {
		table[c] = plainSide
	}
	for _, c := range []byte(seams) {
		table[c] = seamSide
	}
	return table
}

// traces yields the places of the k in text[from:to] that may be that of a prefix, plain or in disguise, and with words of
// the word klaviyo. It looks for the k, the rarest of the three bytes of the prefix in code and prose: bytes.Index takes
// four times as long, for it compares so short a needle byte by byte.
func traces(text []byte, from, to int, words bool) iter.Seq[int] {
	return func(yield func(int) bool) {
		limit := min(to+1, len(text)-1) // a k of a prefix has its p before to, and a byte after it
		for k := from; k < limit; k++ {
			n := bytes.IndexByte(text[k:limit], 'k')
			if n < 0 {
				return
			}
			k += n
			switch {
			case text[k+1] == 'l':
				if words && k < to && isKlaviyo(text[k:]) && !yield(k) {
					return
				}
			case k > from && leftSide[text[k-1]] != 0 && rightSide[text[k+1]] != 0 && !yield(k):
				return
			}
		}
	}
}

// capitals yields the places in text[from:to] where the word klaviyo begins with a capital.
func capitals(text []byte, from, to int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := from; i < to; i++ {
			n := bytes.IndexByte(text[i:to], 'K')
			if n < 0 {
				return
			}
			if i += n; isKlaviyo(text[i:]) && !yield(i) {
				return
			}
		}
	}
}

// disguised tells, at a glance, whether the k at text[k] may belong to a prefix of which another letter is encoded or
// stands in another literal or line.
func disguised(text []byte, k int) bool {
	before, after := byte(0), byte(0)
	if k > 1 {
		before = text[k-2]
	}
	if k+2 < len(text) {
		after = text[k+2]
	}
	left, right := true, true
	switch text[k-1] {
	case '0': // %70 \x70 \u0070 =70, \160
		left = before == '7' || before == '6'
	case ';': // &#112; &#x70;
		left = before == '2' || before == '0'
	case '}': // \u{70}, `${'p'}k_…`
		left = before == '0' || before == '"' || before == '\'' || before == '`'
	case '\n': // a line that goes on
		left = before == '=' || before == '\\' || before == '\r'
	}
	switch text[k+1] {
	case '%', '=': // %5F %255F =5F, a line that goes on, a quote %22
		right = after >= '0' && after <= '9' || after == '\r' || after == '\n'
	case '&': // &lowbar; &UnderBar; &#95; &amp;#95; &quot;
		right = after == 'l' || after == 'U' || after == '#' || after == 'a' || after == 'q'
	}
	return left && right
}

// seams are the bytes at which a body may go on in disguise.
var seams = [256]bool{'%': true, '\\': true, '&': true, '=': true, '"': true, '\'': true, '`': true, '$': true, '\r': true, '\n': true}

// stop returns the byte at which what begins like a key at text[start] ceases to look like one; 0 at the end of text.
func stop(text []byte, start int) byte {
	body := start + len(prefix)
	n, _ := alphanumerics(text[body:])
	if end := body + n; n == siteLen && end < len(text) && text[end] == '_' {
		body = end + 1
		n, _ = alphanumerics(text[body:])
	}
	if n > bodyLen || body+n == len(text) {
		return 0
	}
	return text[body+n]
}

// parse tells which form begins at text[start:], which begins with the prefix, and where it ends; the form is 0
// when none does. An underscore may follow.
func parse(text []byte, start int) (Form, int) {
	body := start + len(prefix)
	n, lowerHex := alphanumerics(text[body:])
	end := body + n
	form := Form(0)
	switch {
	case n == bodyLen && lowerHex:
		form = Hex
	case n == bodyLen && !upperHex(text[body:end]): // a vendor's word in TruffleHog's tests: upper case is no key of Klaviyo's
		form = Documented
	case n == siteLen && end < len(text) && text[end] == '_':
		n, lowerHex = alphanumerics(text[end+1:])
		end += 1 + n
		if n == bodyLen && lowerHex {
			form = Site
		}
	}
	return form, end
}

// alphanumerics counts the letters and digits that text begins with, and tells whether all are lower-case hex.
// It stops counting where no form fits any more.
func alphanumerics(text []byte) (n int, lowerHex bool) {
	lowerHex = true
	for _, c := range text[:min(len(text), bodyLen+1)] {
		if !isAlnum(c) {
			break
		}
		lowerHex = lowerHex && isLowerHex(c)
		n++
	}
	return n, lowerHex
}

// placeholder tells whether body, the last 34 characters of a key, was typed rather than made: few different
// characters, a short period, a run of digits only, or for the documented form a word that says so. There is no
// entropy threshold on purpose: one at 3.5 bits drops 14 % of real bodies.
func placeholder(form Form, body string) bool {
	var seen [256]bool
	distinct := 0
	for i := range len(body) {
		if !seen[body[i]] {
			seen[body[i]] = true
			distinct++
		}
	}
	if distinct < 8 {
		return true
	}
	for period := 1; period <= 12; period++ {
		if body[period:] == body[:len(body)-period] {
			return true
		}
	}
	if counts(body) {
		return true
	}
	if form == Documented {
		lower := strings.ToLower(body)
		for _, word := range []string{"your", "example", "placeholder", "xxxx", "replace", "private", "apikey"} {
			if strings.Contains(lower, word) {
				return true
			}
		}
		return false
	}
	return !strings.ContainsAny(body, "abcdef") || !strings.ContainsAny(body, "0123456789")
}

// counts tells whether body counts up, 1a2b3c4d…, or says everything twice, 00112233…: typed, not made.
func counts(body string) bool {
	twice := true
	for i := 0; i+1 < len(body); i += 2 {
		twice = twice && body[i] == body[i+1]
	}
	for first := range 2 {
		up := 0
		for i := first; i+2 < len(body); i += 2 {
			if body[i+2] == body[i]+1 || body[i] == '9' && body[i+2] == '0' {
				up++
			}
		}
		if up >= bodyLen/2-2 {
			return true
		}
	}
	return twice
}

func upperHex(body []byte) bool {
	letters := false
	for _, c := range body {
		if c >= 'A' && c <= 'F' {
			letters = true
		} else if c < '0' || c > '9' {
			return false
		}
	}
	return letters
}
