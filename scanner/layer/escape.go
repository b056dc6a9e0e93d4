// This file undoes escapes: percent, those of JavaScript, JSON and C, HTML's and quoted-printable. Each is a layer of
// its own, undone once; what was escaped twice is two layers.

package layer

import (
	"bytes"
	"unicode/utf8"

	"github.com/klaviyolint/klaviyolint/rules"
)

// escaping is one way to write a character as a sequence that begins with lead.
type escaping struct {
	name string
	lead byte
	// joint returns the length of what continues a line at text[i], which is lead: nothing that is seen; 0 if none.
	joint func(text []byte, i int) int
}

var escapings = [...]escaping{
	{name: "percent", lead: '%'},
	{name: "escape", lead: '\\', joint: backslashJoint},
	{name: "html", lead: '&'},
	{name: "quoted-printable", lead: '=', joint: softBreak},
}

// softBreak is quoted-printable's: an equals sign at the end of a line.
func softBreak(text []byte, i int) int {
	n := lineEnd(text, i+1)
	if n == 0 {
		return 0
	}
	return 1 + n
}

// backslashJoint is that of C, JavaScript, Python, shells and YAML: a backslash at the end of a line. YAML and some
// shells drop what the next line is indented by.
func backslashJoint(text []byte, i int) int {
	n := lineEnd(text, i+1)
	if n == 0 {
		return 0
	}
	n += 1 + blanks(text, i+1+n)
	if i+n < len(text) && text[i+n] == '\\' && lineEnd(text, i+n+1) == 0 {
		n++ // in YAML it guards leading blanks
	}
	return n
}

// lineEnd returns the length of the line end at text[i:]; 0 if there is none.
func lineEnd(text []byte, i int) int {
	switch {
	case i < len(text) && text[i] == '\n':
		return 1
	case i+1 < len(text) && text[i] == '\r' && text[i+1] == '\n':
		return 2
	}
	return 0
}

// blanks returns how many spaces and tabs begin at text[i:].
func blanks(text []byte, i int) int {
	n := 0
	for i+n < len(text) && (text[i+n] == ' ' || text[i+n] == '\t') {
		n++
	}
	return n
}

// region returns the span around text[at] that a key in this encoding could take: words, and lines that are continued.
func (e *escaping) region(text []byte, at Span) Span {
	r := at
	for {
		for r.Start > 0 && inWord[text[r.Start-1]] {
			r.Start--
		}
		i := e.jointBefore(text, r.Start)
		if i < 0 {
			break
		}
		r.Start = i
	}
	for r.End < len(text) {
		if e.joint != nil && text[r.End-1] == e.lead {
			if n := e.joint(text, r.End-1); n > 0 {
				r.End += n - 1
				continue
			}
		}
		if !inWord[text[r.End]] {
			break
		}
		r.End++
	}
	return r
}

// jointBefore returns where the line's joint begins that ends at text[i]; -1 if there is none.
func (e *escaping) jointBefore(text []byte, i int) int {
	if e.joint == nil {
		return -1
	}
	j := i
	if e.lead == '\\' {
		for j > 0 && (text[j-1] == ' ' || text[j-1] == '\t') {
			j--
		}
	}
	if j == 0 || text[j-1] != '\n' {
		return -1
	}
	j--
	if j > 0 && text[j-1] == '\r' {
		j--
	}
	if j == 0 || text[j-1] != e.lead {
		return -1
	}
	return j - 1
}

// undo decodes a region. telling counts the sequences that a key, or its encoding, could be hidden by, joints those that
// continue a line.
func (e *escaping) undo(text []byte, r Span, m *marks) (out []byte, telling, joints int) {
	out = make([]byte, 0, r.End-r.Start)
	for i := r.Start; i < r.End; {
		if text[i] != e.lead {
			next := r.End
			if n := bytes.IndexByte(text[i:r.End], e.lead); n >= 0 {
				next = i + n
			}
			out = append(out, text[i:next]...)
			for ; m != nil && i < next; i++ {
				m.add(i, i+1)
			}
			i = next
			continue
		}
		n := 0
		if out, n = e.sequence(text[:r.End], i, out); n == 0 {
			out, n = append(out, text[i]), 1
		} else if text[i+1] == '\n' || text[i+1] == '\r' {
			joints++
		} else if isTelling[out[len(out)-1]] {
			telling++
		}
		for m != nil && len(m.spans) < len(out) {
			m.add(i, i+n)
		}
		i += n
	}
	return out, telling, joints
}

// isTelling marks what a key, its encodings and its escapes consist of.
var isTelling = table(alphanumeric + `_+/=-%\&#`)

// sequence appends what the sequence at text[i] stands for; n is its length, 0 if there is none.
func (e *escaping) sequence(text []byte, i int, out []byte) (_ []byte, n int) {
	if e.joint != nil {
		if n := e.joint(text, i); n > 0 {
			return out, n
		}
	}
	if e.lead == '\\' && i+1 < len(text) && bytes.IndexByte([]byte("_-*#.+"), text[i+1]) >= 0 { // Markdown
		return append(out, text[i+1]), 2
	}
	char, wide, n := rules.Escape(text[i:])
	switch {
	case n == 0:
	case wide:
		out = utf8.AppendRune(out, char)
	default:
		out = append(out, byte(char))
	}
	return out, n
}
