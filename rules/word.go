// This file finds the words that tell of misuse where there is no key to see: the names of variables that hold a
// private key, the scheme and the endpoints of the private API, and placeholders.

package rules

import (
	"bytes"
	"strings"
)

const (
	maxWord  = 96  // bounds a word that is reported, in bytes
	nearName = 80  // how far a key is from the name of its variable
	nearCall = 600 // how far apart the address and the header of a call are
)

// placeholderWord reads the placeholder that begins with the prefix at text[i]: pk_xxx, pk_your_key, pk_********.
func placeholderWord(text []byte, i int) (Candidate, bool) {
	if !begins(text, i) {
		return Candidate{}, false
	}
	end := i + len(prefix)
	for end < len(text) && end-i < maxWord && (isWord(text[end]) || text[end] == '-' || text[end] == '*') {
		end++
	}
	word := string(text[i:end])
	body := strings.ToLower(word[len(prefix):])
	said := 2*strings.Count(body, "x") > len(body) && len(body) > 2 || len(body) > 3 && strings.Trim(body, "*") == "" // not pk_… and pk_****ab12: texts about keys speak so
	raw := word[len(prefix):]
	typed := (raw == body || raw == strings.ToUpper(raw)) && !strings.ContainsAny(raw, "0123456789") // what is made has digits or both cases
	for _, w := range []string{"your", "example", "placeholder", "replace", "here", "sample", "key", "public"} {
		said = said || typed && strings.Contains(body, w)
	}
	said = said || strings.HasPrefix(body, "1234567890")
	if form, _ := parse(text, i); form != 0 {
		said = placeholder(form, body[len(body)-min(len(body), bodyLen):])
	}
	if !said || end-i == maxWord || strings.HasPrefix(body, "live_") || strings.HasPrefix(body, "test_") {
		return Candidate{}, false
	}
	return Candidate{Word: Mask(word), Start: i, End: end}, true
}

func isKlaviyo(text []byte) bool {
	return len(text) >= len(klaviyoWord) && (text[1] == 'L' || text[1] == 'l') && bytes.EqualFold(text[:len(klaviyoWord)], klaviyoWord)
}

// wordAt reads the word around the klaviyo at text[i].
func wordAt(text []byte, i int) (Candidate, bool) {
	after := text[i+len(klaviyoWord):]
	if bytes.HasPrefix(after, []byte(IgnoreMark[len(klaviyoWord):])) {
		return Candidate{Word: IgnoreMark, Start: i, End: i + len(IgnoreMark)}, true
	}
	lower := bytes.ToLower(after[:min(len(after), 32)])
	if endpoint(lower) == NearPrivate {
		end := i + len(klaviyoWord)
		if bytes.HasPrefix(lower, []byte("-api-key")) {
			end += len("-api-key")
			return Candidate{Word: schemeName, Start: i, End: end, Beside: nearCall}, goesOn(text[end:]) && !namesBundled(text[end:])
		}
		if around := bytes.ToLower(text[max(0, i-nearCall):min(len(text), end+nearCall)]); bytes.Contains(around, []byte(scheme)) {
			return Candidate{}, false // the header says it
		}
		if inComment(text, i) || !isCalled(text, i) {
			return Candidate{}, false
		}
		for end < len(text) && end-i < maxWord && (isWord(text[end]) || strings.IndexByte(".-/", text[end]) >= 0) {
			end++
		}
		start := i
		for start > 0 && (isAlnum(text[start-1]) || text[start-1] == '.') && i-start < 16 {
			start--
		}
		return Candidate{Word: Mask(segments(string(text[start:end]))), Start: start, End: end, Beside: nearCall}, true
	}
	start, end := i, i+len(klaviyoWord)
	for start > 0 && isWord(text[start-1]) {
		start--
	}
	for end < len(text) && isWord(text[end]) {
		end++
	}
	name := string(text[start:end])
	if end-start > maxWord || !isPrivateName(fold(name)) && !isBundled(name) || Mask(name) != name {
		return Candidate{}, false
	}
	return Candidate{Word: name, Start: expression(text, start), End: end, Beside: nearName}, true
}

// namesBundled tells whether the text behind the scheme reads a variable that is found by its own name.
func namesBundled(after []byte) bool {
	line, _, _ := bytes.Cut(after[:min(len(after), nearName)], []byte{'\n'})
	for name := range strings.FieldsFuncSeq(string(line), isNoWord) {
		if isBundled(name) {
			return true
		}
	}
	return false
}

// expression returns where the expression begins that reads the variable whose name begins at text[i]:
// process.env.NAME, ENV["NAME"], getenv('NAME'), $this->name.
func expression(text []byte, i int) int {
	left := string(text[max(0, i-maxWord):i])
	at := len(left)
	if at > 0 && isQuote(left[at-1]) {
		s := strings.TrimRight(left[:at-1], "([@ ")
		if n := dotted(s); n < len(s) && len(s) < at-1 && isAccessor(fold(lastPart(s[n:]))) {
			return i - at + n
		}
		return i
	}
	return i - at + dotted(left)
}

// isAccessor tells whether a call or an index of this name reads a variable or a setting.
func isAccessor(name string) bool {
	switch name {
	case "env", "getenv", "environ", "get", "fetch", "config", "constant", "setting", "settings", "getenvironmentvariable", "getproperty", "string":
		return true
	}
	return false
}

// inComment tells whether text[i] stands in a line that is a comment up to there.
func inComment(text []byte, i int) bool {
	line := string(text[max(0, i-nearCall):i])
	line = line[strings.LastIndexByte(line, '\n')+1:]
	line = strings.TrimPrefix(line, "\ufeff")
	start := strings.TrimLeft(line, " \t")
	return strings.HasPrefix(start, "*") || strings.HasPrefix(start, "/*") || strings.HasPrefix(start, "<!--") || lineComment(line) >= 0
}

// goesOn tells whether the scheme is followed by something that a program puts in: a template's variable, another literal.
func goesOn(after []byte) bool {
	s := strings.TrimLeft(string(after[:min(len(after), 16)]), " \\")
	for _, mark := range []string{"${", "{{", "#{", "$", "%s", "%@", "{", "(", "<%"} {
		if strings.HasPrefix(s, mark) {
			return true
		}
	}
	if s == "" || !isQuote(s[0]) {
		return false
	}
	s = strings.TrimLeft(s[1:], space)
	return s != "" && strings.IndexByte("+.&~,", s[0]) >= 0
}

// calls are what requests are made with.
var calls = marks("fetch", "axios", "ajax", ".open(", ".post(", ".get(", ".put(", ".patch(", "request(", "url:", "url(", "baseurl", "http(", "$http", "ky(", "http.")

// isCalled tells whether the address at text[i] is what a request is made to, not only spoken of.
func isCalled(text []byte, i int) bool {
	const far = 120
	return containsAny(bytes.ToLower(text[max(0, i-far):i]), calls)
}
