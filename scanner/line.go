// This file draws the line of a finding: what a person sees of it, without any key.

package scanner

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/klaviyolint/klaviyolint/rules"
)

// How much of a line is shown on either side of a key, in bytes, and how much of it is read: keys are masked before the
// line is cut, so that no piece of one remains at the edge.
const lineBefore, lineAfter, lineMargin = 160, 80, 1024

const wordChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// masked is a span of a text that is shown as something else.
type masked struct {
	Span
	as string
}

// drawLines draws the lines of all hits in a text. What is encoded is hidden whole: whoever sees it knows the key.
func drawLines(text []byte, hits []hit) {
	hidden := make([]masked, 0, len(hits))
	for i := range hits {
		if hits[i].IsKey() {
			hidden = append(hidden, masked{hits[i].shown, hits[i].shownAs(text)})
		}
	}
	slices.SortStableFunc(hidden, func(a, b masked) int { return cmp.Compare(a.Start, b.Start) })
	longest := 0
	for _, h := range hidden {
		longest = max(longest, h.End-h.Start)
	}
	for i := range hits {
		h := &hits[i]
		h.line = drawLine(text, masked{h.shown, h.shownAs(text)}, hidden, longest)
	}
}

// shownAs returns what is shown in the place of a key; "" for a word, which is shown as it stands.
func (h *hit) shownAs(text []byte) string {
	switch {
	case !h.IsKey():
		return ""
	case h.shown.End-h.shown.Start == len(h.Key.Raw()) && string(text[h.shown.Start:h.shown.End]) == h.Key.Raw():
		return h.Key.String()
	}
	return "****"
}

// drawLine returns the line of here, cut when it is long. A NUL ends a line as well: what is behind it is another text,
// perhaps the same key in UTF-16.
func drawLine(text []byte, here masked, hidden []masked, longest int) Line {
	from, to := max(0, here.Start-lineMargin), min(len(text), here.End+lineMargin)
	cutBefore, cutAfter := from > 0, to < len(text)
	if i := bytes.LastIndexAny(text[from:here.Start], "\n\x00"); i >= 0 {
		from, cutBefore = from+i+1, false
	}
	if i := bytes.IndexAny(text[here.End:to], "\n\x00"); i >= 0 {
		to, cutAfter = here.End+i, false
		to -= len(text[here.End:to]) - len(bytes.TrimSuffix(text[here.End:to], []byte{'\r'}))
	}
	if cutBefore { // what is left of a word may be a piece of a key
		from = here.Start - len(bytes.TrimLeft(text[from:here.Start], wordChars))
	}
	if cutAfter {
		to = here.End + len(bytes.TrimRight(text[here.End:to], wordChars))
	}
	near := overlapping(hidden, Span{from, to}, longest)
	before, after := show(text, Span{from, here.Start}, near), show(text, Span{here.End, to}, near)
	l := Line{}
	if n := len(before) - lineBefore; n > 0 {
		before, l.Cut = "…"+strings.ToValidUTF8(before[n:], ""), true // the cut may have gone through a character
	}
	if len(after) > lineAfter {
		after, l.Cut = strings.ToValidUTF8(after[:lineAfter], "")+"…", true
	}
	mid := here.as
	if mid == "" {
		mid = show(text, here.Span, near)
	}
	l.Text, l.Start, l.End = before+mid+after, len(before), len(before)+len(mid)
	return l
}

// overlapping returns those of hidden, which are in order and none longer than longest, that may overlap s.
func overlapping(hidden []masked, s Span, longest int) []masked {
	first := sort.Search(len(hidden), func(i int) bool { return hidden[i].Start > s.Start-longest })
	end := sort.Search(len(hidden), func(i int) bool { return hidden[i].Start >= s.End })
	return hidden[min(first, end):end]
}

// show returns text[s.Start:s.End] as it may be shown.
func show(text []byte, s Span, hidden []masked) string {
	var out strings.Builder
	at := s.Start
	for _, h := range hidden {
		if h.End <= at || h.Start >= s.End {
			continue
		}
		if h.Start >= at {
			out.Write(text[at:h.Start])
			out.WriteString(h.as)
		} else {
			out.WriteString("****")
		}
		at = min(h.End, s.End)
	}
	out.Write(text[at:s.End])
	return shown([]byte(out.String()))
}

func shown(text []byte) string {
	return rules.Mask(strings.ToValidUTF8(string(text), string(utf8.RuneError)))
}
