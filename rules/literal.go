// This file reads the value that a key is the end of: the literal it stands in, together with what is only another way
// to write the same value. Literals that are joined are one, a default stands for what it is the default of, and what
// merely encodes a value is no call.

package rules

import (
	"slices"
	"strings"
)

const (
	quotes = "\"'`"
	space  = " \t\r\n\x1b" // ESC is what is left of a terminal's colour

	// maxSeams is how many seams between literals, calls and operands are undone.
	maxSeams = 6

	// maxComment is the length up to which a comment in brackets is skipped, in bytes.
	maxComment = 512

	scheme     = "klaviyo-api-key"
	schemeName = "Klaviyo-API-Key" // as it is shown
)

// value is the left part of the value that a key ends.
type value struct {
	before  string // what the value holds before the key, without the scheme: "https://…?company_id="
	rest    string // the text before the value and its opening quote
	quoted  bool
	scheme  bool   // the authorization scheme stands directly before the key
	joined  bool   // the list that the value is alone in is joined to a string
	another string // the name whose default the value is: X in X || "pk_…"
}

// undoSeams undoes what writes the value in parts, as far as it goes.
func (v *value) undoSeams() {
	v.shellDefault()
	for n := 0; n < maxSeams && v.quoted && v.undoSeam(); n++ {
		v.shellDefault()
	}
}

// extend puts the last piece of left, which a quote or a space begins, before what the value has.
func (v *value) extend(left string) {
	if t := strings.TrimRight(left, " \t"); v.before == "" && len(t) < len(left) && hasFoldSuffix(t, scheme) {
		v.scheme = true
		left = t[:len(t)-len(scheme)]
	}
	i := strings.LastIndexAny(left, space+quotes+"<>")
	v.before = left[i+1:] + v.before
	v.rest, v.quoted = left[:i+1], false
	if i >= 0 && isQuote(left[i]) {
		v.rest = strings.TrimRight(v.rest, quotes) // a literal in a literal
		v.quoted = true
	}
}

// undoSeam undoes what stands directly before the value, if it is one of the ways to write the value in parts.
func (v *value) undoSeam() bool {
	s := trimSpace(trimLiteralPrefix(v.rest))
	for _, open := range []string{"${{", "${", "#{", `\(`, "<%=", "<?=", "<?php echo", "{{", "{"} { // "…${"pk_…"}", companyId={"pk_…"}
		if t, ok := strings.CutSuffix(s, open); ok {
			v.extend(t)
			return true
		}
	}
	for _, op := range []string{"||", "??", "?:", ":-", " or", "| default:", "|default:", "|default(", "| default", "|default"} {
		if t, ok := strings.CutSuffix(s, op); ok {
			t = trimSpace(t)
			return op == "||" && v.join(t, "", true) || v.operand(t)
		}
	}
	if t, ok := strings.CutSuffix(s, "["); ok && v.joined {
		v.rest, v.joined = t, false
		return true
	}
	if t, ok := strings.CutSuffix(s, ".format("); ok {
		return v.join(t, "%", true)
	}
	if t, ok := strings.CutSuffix(s, "("); ok {
		return v.unwrap(t)
	}
	if v.condition(s) || v.fallback(s) {
		return true
	}
	for _, op := range []string{"+=", ".="} { // url = "…?company_id="; url += "pk_…"
		if t, ok := strings.CutSuffix(s, op); ok {
			_, t = nameAtEnd(t)
			return v.join(trimSpace(strings.TrimSuffix(trimSpace(t), ";")), "", false)
		}
	}
	for _, op := range []string{"+", "..", ".", "&", "~", "<>", "%", ","} {
		if t, ok := strings.CutSuffix(s, op); ok {
			return v.join(trimSpace(t), op, true)
		}
	}
	if t, ok := strings.CutSuffix(s, "append:"); ok {
		return v.join(trimSpace(strings.TrimSuffix(trimSpace(t), "|")), "", true)
	}
	return v.join(s, "", false)
}

// join puts the literal at the end of s before the value. Joined without an operator, it must look as if it went on.
func (v *value) join(s, op string, operator bool) bool {
	if s == "" || !isQuote(s[len(s)-1]) {
		return false
	}
	end := len(s) - 1
	if op == "%" || op == "," {
		open := opening(s, end, 0)
		n := placeholderAt(s[open+1 : end])
		if open < 0 || n < 0 {
			return false
		}
		end = open + 1 + n
	} else if !operator && (end == 0 || strings.IndexByte("=/&?", s[end-1]) < 0) {
		return false
	}
	v.extend(s[:end])
	return true
}

// placeholderAt finds the first place in a format that a value is put into; -1 if there is none.
func placeholderAt(format string) int {
	first := -1
	for _, p := range []string{"%s", "%v", "%@", "%1$s", "{}", "{0}"} {
		if i := strings.Index(format, p); i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	return first
}

// operand lets the value stand for the name that s ends in, whose default it is: process.env.X, ENV["X"],
// os.environ.get("X").
func (v *value) operand(s string) bool {
	name, rest := nameAtEnd(s)
	if name == "" {
		return false
	}
	if v.another == "" {
		v.another = name
	}
	if strings.IndexByte(quotes+")]", s[len(s)-1]) >= 0 {
		rest = strings.TrimRight(rest, "([@ ")
		rest = rest[:dotted(rest)]
	}
	v.rest = rest
	return true
}

// fallback lets the value stand for the variable whose name is the argument before it: ENV.fetch("X", "pk_…").
func (v *value) fallback(s string) bool {
	t, ok := strings.CutSuffix(s, ",")
	if t = trimSpace(t); !ok || t == "" || !isQuote(t[len(t)-1]) {
		return false
	}
	name, rest := nameAtEnd(t)
	rest, ok = strings.CutSuffix(trimSpace(rest), "(")
	if i := dotted(rest); !ok || name == "" || !isAccessor(fold(lastPart(rest[i:]))) {
		return false
	}
	if v.another == "" {
		v.another = name
	}
	v.rest = rest[:dotted(rest)]
	return true
}

// condition drops the condition that the value depends on: production ? "…" : "pk_…". It goes back to what the whole is
// given to.
func (v *value) condition(s string) bool {
	if t, ok := strings.CutSuffix(s, ":"); ok {
		if t = trimSpace(t); t == "" || !isQuote(t[len(t)-1]) {
			return false
		}
		open := opening(t, len(t)-1, 0)
		if open < 0 {
			return false
		}
		s = trimSpace(trimLiteralPrefix(t[:open]))
	}
	s, ok := strings.CutSuffix(s, "?")
	if !ok {
		return false
	}
	closed := 0
	for i := len(s) - 1; i >= max(0, len(s)-maxComment); i-- {
		switch c := s[i]; c {
		case '"', '\'', '`':
			if open := opening(s, i, 0); open >= 0 {
				i = open
			}
		case ')', ']':
			closed++
		case '(', '[':
			if closed--; closed < 0 {
				v.rest = s[:i+1]
				return true
			}
		case '=':
			if i > 0 && strings.IndexByte("=!<>", s[i-1]) >= 0 {
				i--
				for i > 0 && s[i-1] == '=' {
					i--
				}
				continue
			}
			fallthrough
		case ',', ';', '{', '\n', ':', '?':
			if closed == 0 && (i+1 == len(s) || s[i+1] != '.') {
				v.rest = s[:i+1]
				return true
			}
		}
	}
	return false
}

// shellDefault does the same for ${X:-pk_…}.
func (v *value) shellDefault() {
	i := strings.LastIndex(v.before, "${")
	if i < 0 {
		return
	}
	inner := v.before[i+2:]
	name := strings.TrimRight(inner, ":=-?")
	if name == "" || len(name) == len(inner) || !isHost(strings.ReplaceAll(name, "_", "")) {
		return
	}
	if v.another == "" {
		v.another = name
	}
	v.before = v.before[:i]
}

// encoders are calls that only write their argument in another way.
var encoders = []string{
	"stringify", "string", "str", "jsonencode", "encodeuricomponent", "encodeuri", "urlencode", "rawurlencode",
	"encodecomponent", "encode", "atob", "base64decode", "b64decode", "frombase64string", "decodestring", "decode64", "decode", "unescape", "decodeuricomponent", "queryescape", "pathescape", "quote", "escape", "escattr", "escjs", "escurl", "some", "raw", "nsstring",
}

// unwrap drops the opening of a call that only encodes the value, or of a mere parenthesis, at the end of s.
func (v *value) unwrap(s string) bool {
	i := dotted(s)
	if i == len(s) {
		s = trimSpace(s)
		if s != "" && strings.IndexByte("=(:,+.&|?%{>", s[len(s)-1]) < 0 {
			return false
		}
		v.rest = s
		return true
	}
	switch method := fold(lastPart(s[i:])); {
	case method == "unwrapor" || method == "getorelse" || method == "orelse":
		t := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
		return v.operand(trimSpace(strings.TrimSuffix(t, ".")))
	case !slices.Contains(encoders, method):
		return false
	}
	v.rest = strings.TrimSuffix(s[:i], "new ")
	return true
}

// trimLength drops the length that serialized PHP has before a literal: s:37:"…".
func trimLength(s string) string {
	t := strings.TrimRight(strings.TrimSuffix(s, ":"), "0123456789")
	if len(t)+1 >= len(s) || !strings.HasSuffix(s, ":") || !strings.HasSuffix(t, "s:") {
		return s
	}
	return strings.TrimSuffix(t, "s:")
}

// trimLiteralPrefix drops what a language writes directly before a quote: @"…", f"…", N'…', s:37:"…".
func trimLiteralPrefix(s string) string {
	if t := trimLength(s); t != s {
		return t
	}
	n := len(s)
	if n > 0 && strings.IndexByte("@$", s[n-1]) >= 0 && !strings.HasSuffix(s, "$$") {
		return s[:n-1]
	}
	if n > 0 && strings.IndexByte("fFrRbBuULN", s[n-1]) >= 0 && (n == 1 || !isWord(s[n-2]) && s[n-2] != '-') {
		return s[:n-1]
	}
	return s
}

// trimSpace drops the spaces and comments that s ends in. The line that the end of s stands in may be a comment
// itself, and then what it says still counts.
func trimSpace(s string) string {
	for {
		t := strings.TrimRight(s, space)
		trimmed := s[len(t):]
		s = t
		if i := commentEnding(t, strings.Contains(trimmed, "\n")); i >= 0 {
			s = t[:i]
			continue
		}
		return s
	}
}

// commentEnding returns where the comment begins that s ends in, -1 if none. A line's end ends a line comment.
func commentEnding(s string, line bool) int {
	for _, c := range []struct{ open, close string }{{"/*", "*/"}, {"<!--", "-->"}} {
		if t, ok := strings.CutSuffix(s, c.close); ok {
			from := max(0, len(t)-maxComment)
			if i := strings.LastIndex(t[from:], c.open); i >= 0 {
				return from + i
			}
			return -1
		}
	}
	if !line {
		return -1
	}
	start := strings.LastIndexByte(s, '\n') + 1
	if i := lineComment(s[start:]); i >= 0 {
		return start + i
	}
	return -1
}

// lineComment returns where the comment begins that runs to the end of line; -1 if none.
func lineComment(line string) int {
	if strings.IndexByte(line, '#') < 0 && !strings.Contains(line, "//") {
		return -1
	}
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case isQuote(c):
			if n := strings.IndexByte(line[i+1:], c); n >= 0 {
				i += 1 + n
			}
		case c == '#' && (i+1 == len(line) || line[i+1] == ' '), c == '/' && strings.HasPrefix(line[i:], "//"):
			if i == 0 || strings.IndexByte(space+";,()[]{}", line[i-1]) >= 0 {
				return i
			}
		}
	}
	return -1
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }
