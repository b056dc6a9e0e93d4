// This file puts together a value that is written in parts: literals that a language joins, a literal in a template, a
// list that is joined, a word that was broken over lines.

package layer

import (
	"bytes"
	"strings"
)

const (
	maxSeam  = 512     // length of what may stand between two literals, in bytes
	maxPart  = 4 << 10 // of a literal that is joined to another
	nearSeam = 128     // how far a seam may be from what is looked at
	maxParts = 64      // of a value

	quotes = "\"'`"
	spaces = " \t\r\n"
)

var encodedQuotes = []string{"&quot;", "&#34;", "&#39;", "&#x27;", "%22", "%27"}

var (
	isQuote = table(quotes)
	isSpace = table(spaces)

	beginsSeam = table(quotes + "$&")
	endsA      = table(quotes + `\&%$` + "\r\n") // what a part can end at
)

// quote returns the length of the quote at text[i], which may be escaped; 0 if there is none.
func quote(text []byte, i int) int {
	n := 0
	for i+n < len(text) && n < 8 && text[i+n] == '\\' {
		n++
	}
	if i+n < len(text) && isQuote[text[i+n]] {
		return n + 1
	}
	for _, q := range encodedQuotes {
		if n == 0 && i < len(text) && text[i] == q[0] && hasPrefix(text[i:], q) {
			return len(q)
		}
	}
	return 0
}

func hasPrefix(text []byte, prefix string) bool {
	return len(text) >= len(prefix) && string(text[:len(prefix)]) == prefix
}

// operators join two literals. The comma does in a list only.
var operators = []string{"..", "+=", ".=", "+", ".concat(", ".", "&", "~", "<>", "||", ","}

// bond tells how sure it is that two literals are one value.
type bond int

const (
	tight bond = iota // by an operator, or side by side on a line
	loose             // one below the other with nothing between: one value in Python, two in a file of quoted lines
	list              // by a comma: one value if the list is joined
	bonds
)

// seam returns the length of what stands at text[i:] from the end of one literal to the beginning of the next; 0 if the
// value ends here.
func seam(text []byte, i int) (n int, b bond) {
	if hasPrefix(text[i:], "${") { // a literal within a template: pk_${"…"}
		if q := quote(text, i+2); q > 0 {
			return 2 + q, tight
		}
		return 0, tight
	}
	q := quote(text, i)
	if q == 0 {
		return 0, tight
	}
	text = text[:min(len(text), i+maxSeam)]
	j := i + q
	if j < len(text) && text[j] == '}' { // a template goes on
		j++
		if n, _ := seam(text, j); n > 0 && hasPrefix(text[j:], "${") {
			j += n
		}
		return j - i, tight
	}
	j += gap(text, j, ")")
	operator := false
	for _, op := range operators {
		if hasPrefix(text[j:], op) {
			operator = true
			if op == "," {
				b = list
			}
			j += len(op)
			break
		}
	}
	j += gap(text, j, "(\\")
	if between := text[min(i+q, j):j]; !operator && bytes.IndexByte(between, '\n') >= 0 && bytes.IndexByte(between, '\\') < 0 {
		b = loose
	}
	if q = quote(text, j); q > 0 && j > i+1 || operator && q > 0 {
		return j + q - i, b
	}
	for n := 1; n <= 2 && j+n < len(text) && strings.IndexByte("@$frbuRFBULN", text[j+n-1]) >= 0; n++ {
		if q = quote(text, j+n); q > 0 {
			return j + n + q - i, b
		}
	}
	return 0, tight
}

// gap returns the length of the spaces, comments and bytes of more that begin at text[i:].
func gap(text []byte, i int, more string) int {
	j := i
	for j < len(text) {
		switch c := text[j]; {
		case strings.IndexByte(spaces, c) >= 0, strings.IndexByte(more, c) >= 0 && quote(text, j) == 0:
			j++
		case hasPrefix(text[j:], "/*"):
			n := bytes.Index(text[j:], []byte("*/"))
			if n < 0 {
				return j - i
			}
			j += n + 2
		case hasPrefix(text[j:], "//"), hasPrefix(text[j:], "# "), hasPrefix(text[j:], "--"):
			n := bytes.IndexByte(text[j:], '\n')
			if n < 0 {
				return j - i
			}
			j += n + 1
		case c == '\\' && j+1 < len(text) && (text[j+1] == 'n' || text[j+1] == 'r' || text[j+1] == 't'): // in a string
			j += 2
		default:
			return j - i
		}
	}
	return j - i
}

// seamBefore returns where the literal ends that the one which begins at text[i] is joined to; -1 if it is the first.
// It goes back to each quote that could end one and sees whether the seam from there ends at i.
func seamBefore(text []byte, i int, most bond) int {
	if i == 0 || strings.IndexByte(quotes+"};27", text[i-1]) < 0 {
		return -1
	}
	tries := 0
	for j := i - 2; j >= 0 && i-j <= maxSeam && tries < 4; j-- {
		if !beginsSeam[text[j]] {
			continue
		}
		tries++
		for j > 0 && text[j-1] == '\\' {
			j--
		}
		if n, b := seam(text, j); n > 0 && j+n == i && b <= most {
			return j
		}
	}
	return -1
}

// startsPart tells that a part may begin at text[i] behind what else would be taken for a piece of a word.
func startsPart(text []byte, i int) bool {
	switch text[i-1] {
	case '}':
		return i > 1 && strings.IndexByte(quotes, text[i-2]) >= 0
	case ';', '2', '7':
		for _, q := range encodedQuotes {
			if i >= len(q) && string(text[i-len(q):i]) == q {
				return true
			}
		}
	}
	return false
}

// joined returns the region around text[at], which stands in a literal, from the first literal that it is joined to, but
// not before limit, to the last; with the bond list, of a list that is joined as a whole.
func joined(text []byte, at Span, limit int, most bond) (r Span, ok bool) {
	r = at
	for parts := 0; parts < maxParts; parts++ {
		for least := max(limit, r.Start-nearSeam); r.Start > least && inWord[text[r.Start-1]] && !startsPart(text, r.Start); {
			r.Start--
		}
		i := seamBefore(text, r.Start, most)
		if i < limit {
			break
		}
		r.Start, ok = i, true
	}
	listed, end := false, literalEnd(text, at.Start, at.End+nearSeam)
	if ok {
		end = literalEnd(text, r.Start, at.End+nearSeam)
	}
	for parts := 0; parts < maxParts; parts++ {
		n, b := seam(text, end)
		if n == 0 || b > most {
			break
		}
		end, listed, ok = literalEnd(text, end+n, end+n+maxPart), listed || b == list, true
	}
	r.End = max(end, at.End)
	return r, ok && (most < list || listed && isJoined(text, r))
}

// literalEnd returns where the part ends that text[i] is in: at a quote, a template's opening or a line's end.
func literalEnd(text []byte, i, most int) int {
	for most = min(len(text), most); i < most; i++ {
		if !endsA[text[i]] {
			continue
		}
		if text[i] == '\n' || text[i] == '\r' || quote(text, i) > 0 || hasPrefix(text[i:], "${") {
			return i
		}
	}
	return i
}

// mayJoin tells at a glance whether a long word is joined to something. Long words are many, and most are all of their
// literal.
func mayJoin(text []byte, w Span) bool {
	return w.End < len(text) && endsA[text[w.End]] && mayGoOn(text, w.End) ||
		w.Start > 1 && isQuote[text[w.Start-1]] && mayHaveBegun(text, w.Start-2)
}

func mayGoOn(text []byte, end int) bool {
	j := end + 1
	if j < len(text) && (text[j] == '}' || text[j] == '{') {
		return true // a template
	}
	for j < len(text) && (isSpace[text[j]] || text[j] == ')') {
		j++
	}
	if j+1 >= len(text) {
		return false
	}
	switch c, next := text[j], text[j+1]; c {
	case '+', '.', '&', '~', '<', '|':
		return opensBehind(text, j+1)
	case '/', '-', '#', '\\', '@':
		return true
	default:
		return isQuote[c] && j > end+1 || isQuote[next] && isDigitOrLetter[c]
	}
}

// opensBehind tells whether a literal may open behind the operator that text[i-1] begins.
func opensBehind(text []byte, i int) bool {
	if hasPrefix(text[i:], "concat") {
		return true
	}
	for i < len(text) && (isSpace[text[i]] || strings.IndexByte("=.|>&+(", text[i]) >= 0) {
		i++
	}
	return i+1 < len(text) && (isQuote[text[i]] || isQuote[text[i+1]] || strings.IndexByte("/#-$\\", text[i]) >= 0)
}

func mayHaveBegun(text []byte, before int) bool {
	j := before
	for j > 0 && (isSpace[text[j]] || text[j] == '(' || text[j] == '\\') {
		j--
	}
	switch c, last := text[j], text[max(0, j-1)]; c {
	case '+', '.', '&', '~', '@':
		return true
	case '|', '/', '>', '=', '{':
		return c == '|' && last == '|' || c == '/' && last == '*' || c == '>' && last == '<' || c == '{' && last == '$' ||
			c == '=' && (last == '+' || last == '.')
	default:
		return isQuote[c] && j < before
	}
}

// isJoined tells whether the list that holds r is joined to a string.
func isJoined(text []byte, r Span) bool {
	around := string(text[max(0, r.Start-64):r.Start]) + " " + string(text[r.End:min(len(text), r.End+64)])
	around = strings.ToLower(around)
	for _, call := range []string{"join", "implode", "concat", "printf", "format", "reduce"} {
		if strings.Contains(around, call) {
			return true
		}
	}
	return false
}

// undoJoined decodes a region that joined returned.
func undoJoined(text []byte, r Span, m *marks) []byte {
	out := make([]byte, 0, r.End-r.Start)
	for i := r.Start; i < r.End; {
		if endsA[text[i]] {
			if n, _ := seam(text, i); n > 0 {
				i += n
				continue
			}
		}
		out = append(out, text[i])
		m.add(i, i+1)
		i++
	}
	return out
}

// maxBreaks is the number of lines that a broken word may take, less one.
const maxBreaks = 4

// broken returns the region of what begins with pk_ at text[start] and goes on in the next line, as YAML folds, mailers
// wrap and people break long lines.
func broken(text []byte, start int) (r Span, ok bool) {
	i := start
	for breaks := 0; ; breaks++ {
		for i < len(text) && (isDigitOrLetter[text[i]] || text[i] == '_') {
			i++
		}
		n := lineEnd(text, i)
		if n == 0 || breaks == maxBreaks || ok && beginsWithKey(undoBroken(text, Span{start, i}, nil)) {
			break
		}
		n += blanks(text, i+n)
		if i+n >= len(text) || !isDigitOrLetter[text[i+n]] {
			break
		}
		i, ok = i+n, true
	}
	return Span{start, i}, ok
}

var isDigitOrLetter = table(alphanumeric)

func undoBroken(text []byte, r Span, m *marks) []byte {
	out := make([]byte, 0, r.End-r.Start)
	for i := r.Start; i < r.End; {
		if n := lineEnd(text, i); n > 0 {
			i += n + blanks(text, i+n)
			continue
		}
		out = append(out, text[i])
		m.add(i, i+1)
		i++
	}
	return out
}
