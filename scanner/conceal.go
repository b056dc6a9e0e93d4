// This file hides keys in what a report says besides: a slot's name, a reason, a commit's subject or a path may itself
// hold a key, and an encoded key is one that whoever reads the report can decode.

package scanner

import (
	"slices"
	"strings"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner/layer"
)

// Conceal returns s with every key in it masked, plain or encoded. What holds one in an archive is hidden whole. To conceal
// the result once more changes nothing.
func Conceal(s string) string {
	const rounds = 4 // what is left may only now stand so that it decodes to something
	for range rounds {
		concealed := conceal(s)
		if concealed == s {
			break
		}
		s = concealed
	}
	return s
}

func conceal(s string) string {
	const shortest = 30 // bytes; rules.Mask hides nothing shorter
	if len(s) < shortest {
		return s
	}
	c := concealer{}
	c.search([]byte(s))
	if hasPieces(s) {
		c.search(inPieces(s))
	}
	if hasHeads(s) {
		c.search(beforeHeads(s))
	}
	if c.spans == nil {
		return rules.Mask(s)
	}
	slices.SortFunc(c.spans, func(a, b layer.Span) int { return a.Start - b.Start })
	var out strings.Builder
	done := 0
	for _, span := range c.spans {
		if span.Start >= done {
			out.WriteString(s[done:span.Start] + "****")
		}
		done = max(done, span.End)
	}
	out.WriteString(s[done:])
	return rules.Mask(out.String())
}

// concealer is the [layer.Finder] of what is to be hidden: encoded keys, for plain ones are masked as usual.
type concealer struct{ spans []layer.Span }

// search hides what is encoded in a text.
func (c *concealer) search(text []byte) {
	search := layer.Search{Finder: c, Depth: layer.MaxDepth, Work: leastWork, Base: layer.Base{Text: text}}
	search.Run(layer.Span{End: len(text)})
}

// isBetween tells the digits of base64 that also stand between the parts of paths, addresses and names: what is encoded
// there runs into what stands around it, so that it is not seen what it is. Texts that have them are searched once more with
// all of them blank; and with what stands before the head of an archive blank, for the base64 of that has them itself.
func isBetween(c byte) bool { return c == '/' || c == '-' || c == '_' || c == '+' }

// hasPieces tells that something between those digits is long enough to hold a key. It looks at few of the bytes.
func hasPieces(s string) bool {
	const least = 43 // digits, which layer takes for a long word
	for end := least; end <= len(s); {
		start := end - least
		at := end
		for at > start && !isBetween(s[at-1]) && s[at-1] > ' ' {
			at--
		}
		if at > start {
			end = at + least
			continue
		}
		for start > 0 && s[start-1] > ' ' && !isBetween(s[start-1]) {
			start--
		}
		for end < len(s) && s[end] > ' ' && !isBetween(s[end]) {
			end++
		}
		if start > 0 && isBetween(s[start-1]) || end < len(s) && isBetween(s[end]) {
			return true
		}
		end += least
	}
	return false
}

// inPieces returns the text with those digits blank.
func inPieces(s string) []byte {
	text := []byte(s)
	for i, c := range text {
		if isBetween(c) {
			text[i] = ' '
		}
	}
	return text
}

// heads are what archives in base64 begin with: gzip and zip.
var heads = []string{"H4sI", "UEsDB"}

// hasHeads tells that one stands behind something.
func hasHeads(s string) bool {
	for _, head := range heads {
		if strings.Contains(s[1:], head) {
			return true
		}
	}
	return false
}

// beforeHeads returns the text with what stands before each head blank.
func beforeHeads(s string) []byte {
	text := []byte(s)
	for _, head := range heads {
		for at := 0; ; {
			n := strings.Index(s[at:], head)
			if n < 0 {
				break
			}
			if at += n; at > 0 {
				text[at-1] = ' '
			}
			at += len(head)
		}
	}
	return text
}

// Found hides an encoded key.
func (c *concealer) Found(h *layer.Hit) bool {
	if len(h.Via) > 0 {
		c.spans = append(c.spans, h.Span)
	}
	return true
}

// Done does nothing: all is told by spans.
func (c *concealer) Done(*layer.Base) bool { return true }

// Packed hides an archive.
func (c *concealer) Packed(_ []string, span layer.Span, _ []byte) bool {
	c.spans = append(c.spans, span)
	return true
}

// Problem hides what is encoded too often to be searched.
func (c *concealer) Problem(_ []string, span layer.Span, _ string) bool {
	c.spans = append(c.spans, span)
	return true
}

// conceal hides keys in all that the report's texts took from outside.
func (r *Report) conceal() {
	commits := map[*Commit]bool{}
	for _, f := range r.Findings {
		f.Path, f.Slot, f.Word, f.Ref = Conceal(f.Path), Conceal(f.Slot), Conceal(f.Word), Conceal(f.Ref)
		f.Detail, f.Suppressed = Conceal(f.Detail), Conceal(f.Suppressed)
		for j, via := range f.Via {
			if c := Conceal(via); c != via { // layers share the slice
				f.Via = slices.Clone(f.Via)
				f.Via[j] = c
			}
		}
		f.Line.conceal()
		if f.Commit != nil && !commits[f.Commit] {
			commits[f.Commit] = true
			f.Commit.Author, f.Commit.Subject = Conceal(f.Commit.Author), Conceal(f.Commit.Subject)
		}
	}
	for i := range r.Skipped {
		r.Skipped[i].Path, r.Skipped[i].Reason = Conceal(r.Skipped[i].Path), Conceal(r.Skipped[i].Reason)
	}
	r.Stopped = Conceal(r.Stopped)
}

// conceal hides keys on both sides of the finding, which is masked.
func (l *Line) conceal() {
	if l.Start < 0 || l.End < l.Start || l.End > len(l.Text) {
		l.Text = Conceal(l.Text)
		return
	}
	before, here, after := Conceal(l.Text[:l.Start]), Conceal(l.Text[l.Start:l.End]), Conceal(l.Text[l.End:])
	l.Text, l.Start, l.End = before+here+after, len(before), len(before)+len(here)
}

// Conceal hides keys in a line that somebody else wrote down, whose span may cut an encoded key into pieces. Where that moves
// what is behind, it is not known any more where the finding stands.
func (l *Line) Conceal() {
	l.conceal()
	if text := Conceal(l.Text); text != l.Text {
		l.Text, l.Start, l.End = text, -1, -1
	}
}
