// This file finds public keys: what stands in a public slot and has the form of one.

package rules

import (
	"slices"
	"strings"
)

// nearPublic is how far from a key the public key of its account is looked for, in bytes.
const nearPublic = 2 << 10

// maxPublic bounds how many values around a key are looked at.
const maxPublic = 24

// PublicKeysNear returns the public keys in the public slots around the candidate in text, each once, in order. A value
// of 6 letters and digits counts as a public key only where the slot says so: a list's or a template's ID looks the same.
func PublicKeysNear(text []byte, c Candidate) []string {
	from, to := max(0, c.Start-nearPublic), min(len(text), c.End+nearPublic)
	var found []string
	looked := 0
	for i := from; i < to && looked < maxPublic; i++ {
		if !isWord(text[i]) {
			continue
		}
		first := i
		for i < to && isWord(text[i]) {
			i++
		}
		if i-first != siteLen || !isValue(text, first, i) || !isPublicKey(text[first:i]) {
			continue
		}
		looked++
		value := Candidate{Key: Key{form: Hex}, Start: first, End: i}
		if s := Resolve(text, value, UnknownFile); isPublicSlot(s) && (s.isKlaviyos() || s.Near.Has(NearKlaviyo) || s.named(saysPublic)) {
			if key := string(text[first:i]); !slices.Contains(found, key) {
				found = append(found, key)
			}
		}
	}
	return found
}

// isPublicKey tells whether a word of 6 letters and digits was made rather than written: words are all lower case or all
// capitals (string, PUBLIC), and a public key is so only with digits in it.
func isPublicKey(word []byte) bool {
	var lower, upper, digit bool
	for i, b := range word {
		switch {
		case b == '_':
			return false
		case b >= '0' && b <= '9':
			digit = true
		case b >= 'a':
			lower = true
		default:
			upper = upper || i > 0
		}
	}
	return digit && (lower || upper) || lower && upper
}

func saysPublic(name string) bool { return strings.Contains(name, "public") }

// isValue tells whether the word text[first:end] stands as a value does, not as a name.
func isValue(text []byte, first, end int) bool {
	if first == 0 {
		return false
	}
	before := text[first-1]
	if before == ' ' && first > 1 {
		before = text[first-2]
	}
	return strings.IndexByte(quotes+"=/>:", before) >= 0 && (end == len(text) || strings.IndexByte(quotes+space+"&</,;)}", text[end]) >= 0)
}
