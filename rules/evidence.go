// This file collects the Klaviyo words around a key, which tell whose slot it stands in.

package rules

import (
	"bytes"
	"strings"
)

// How much text on either side of a key is searched for evidence, in bytes.
const (
	evidenceLeft  = 2 << 10
	evidenceRight = 1 << 10
)

// besides is how far from a key the word klaviyo still speaks of the same thing, in bytes.
const besides = 256

// evidence collects the Klaviyo words on either side of a key. nearest is the one that stands nearest of those that
// tell what the key is used for: all but NearKlaviyo.
func evidence(left, right string) (near, nearest Evidence) {
	var buffer [max(evidenceLeft, evidenceRight)]byte
	nearestAt := len(buffer)
	lower := buffer[:lowerCase(buffer[:], left[max(0, len(left)-evidenceLeft):])]
	for e, at := range words(lower) {
		near |= e
		distance := len(lower) - at
		if e != NearKlaviyo && distance <= nearestAt {
			nearest, nearestAt = e, distance
		}
		if distance <= besides {
			near |= beside(lower[at:])
		}
	}
	lower = buffer[:lowerCase(buffer[:], right[:min(len(right), evidenceRight)])]
	for e, at := range words(lower) {
		near |= e
		if e != NearKlaviyo && 3*at < nearestAt { // what is said before counts for more
			nearest, nearestAt = e, 3*at
		}
		if at <= besides {
			near |= beside(lower[:at])
		}
	}
	return near, nearest
}

// beside tells what the word is to a key that the text between stands beside.
func beside(between []byte) Evidence {
	if bytes.IndexByte(between, '\n') < 0 {
		return Close | Beside
	}
	return Close
}

func lowerCase(dst []byte, s string) int {
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst[i] = c
	}
	return len(s)
}

// words yields the evidence in text, which is in lower case, and where it stands.
func words(text []byte) func(yield func(Evidence, int) bool) {
	return func(yield func(Evidence, int) bool) {
		for _, w := range otherWords {
			for i := range occurrences(text, w.text) {
				if !yield(w.is, i) {
					return
				}
			}
		}
		for i := range occurrences(text, klaviyoWord) {
			if !yield(NearKlaviyo, i) {
				return
			}
			if e := endpoint(text[i+len(klaviyoWord):]); e != 0 && !yield(e, i) {
				return
			}
		}
	}
}

var klaviyoWord = []byte("klaviyo")

var otherWords = []struct {
	text []byte
	is   Evidence
}{
	{[]byte("_learnq"), NearKlaviyo},
	{[]byte("customer_properties"), NearEventBody},
	{[]byte("$email"), NearEventBody},
	{[]byte("__track_once__"), NearEventBody},
	{[]byte("client/events"), NearClient}, // of a base address that stands elsewhere
	{[]byte("client/profiles"), NearClient},
	{[]byte("client/subscriptions"), NearClient},
	{[]byte("client/push-token"), NearClient},
	{[]byte("client/back-in-stock"), NearClient},
	{[]byte("klaviyosnippetmiddleware"), NearSnippet},
	{[]byte("kmail-lists.com"), NearSubscribe},
	{[]byte("back-in-stock/subscribe"), NearSubscribe},
}

func occurrences(text, word []byte) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; ; i += len(word) {
			n := bytes.Index(text[i:], word)
			if n < 0 {
				return
			}
			i += n
			if !yield(i) {
				return
			}
		}
	}
}

// endpoint tells what the text after the word klaviyo makes of it: -api-key is the scheme of the private API, .com
// the host of one of several. The path may stand in a literal of its own: Uri.https("a.klaviyo.com", "/client/events").
func endpoint(after []byte) Evidence {
	if bytes.HasPrefix(after, []byte("-api-key")) {
		return NearPrivate
	}
	after, ok := bytes.CutPrefix(after, []byte(".com"))
	if !ok {
		after, ok = addressParts(after)
	}
	if !ok || len(after) == 0 {
		return 0
	}
	if isQuote(after[0]) {
		after = after[1:min(len(after), 64)]
		i := bytes.IndexAny(after, quotes)
		if i < 0 {
			return 0
		}
		after = after[i+1:]
	}
	path := string(bytes.TrimPrefix(after[:min(len(after), 16)], []byte("/")))
	switch {
	case strings.HasPrefix(path, "client/"), strings.HasPrefix(path, "client") && (len(path) == 6 || !isWord(path[6])):
		return NearClient
	case strings.HasPrefix(path, "onsite/js/"):
		return NearLoader
	case strings.HasPrefix(path, "onsite/"), strings.HasPrefix(path, "media/js/"), strings.HasPrefix(path, "forms/api/"):
		return 0
	case strings.HasPrefix(path, "api/track"), strings.HasPrefix(path, "api/identify"):
		return NearTrack
	case strings.HasPrefix(path, "api/"):
		return NearPrivate
	}
	return 0
}

// addressParts reads an address that is written in parts, as Postman does: "klaviyo", "com"], "path": ["client", "events"].
// It returns the path.
func addressParts(after []byte) (path []byte, ok bool) {
	if len(after) == 0 || after[0] != '"' {
		return nil, false
	}
	words := bytes.FieldsFunc(after[:min(len(after), 160)], func(r rune) bool { return r != '-' && isNoWord(r) })
	if len(words) < 4 || string(words[0]) != "com" || string(words[1]) != "path" {
		return nil, false
	}
	return bytes.Join(words[2:], []byte("/")), true
}
