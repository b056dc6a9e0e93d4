// This file holds what is decoded together with the text around it, and tells where each of its bytes came from.

package layer

import "github.com/klaviyolint/klaviyolint/rules"

// Span is the half-open range [Start, End) of a text, in bytes.
type Span struct{ Start, End int }

// marks tells for each decoded byte which span of the encoded text stands for it. A decoder that gets nil only decodes.
type marks struct{ spans []mark }

// mark is a span in half the space: a text fits in a window.
type mark struct{ from, to int32 }

func (m *marks) add(from, to int) {
	if m != nil {
		m.spans = append(m.spans, mark{int32(from), int32(to)})
	}
}

// decode returns what a region stands for. It is called again, with marks, only if there is something to be found:
// marks take eight times the space of the text.
type decode func(m *marks) []byte

// view is a text to search: a blob's data, or a decoded region in the place of what it stands for, between the text
// around it, so that a key's slot and its boundaries read as they would if nothing had been encoded.
type view struct {
	parent   *view
	via      []string
	text     []byte
	from, to int  // the part of text that is decoded
	limit    int  // keys that begin between from and here are taken
	region   Span // of the parent's text
	undo     decode
	marks    *marks
	base     *Base
	hexOnly  bool // a key of the documented form is none here
	isTorn   bool // what is decoded of it may be a piece of what is decoded elsewhere as a whole
}

// child returns the view of a region of v.
func (v *view) child(name string, region Span, decoded []byte, undo decode) *view {
	left := v.text[max(0, region.Start-rules.Context):region.Start]
	right := v.text[region.End:min(len(v.text), region.End+rules.Context)]
	text := make([]byte, 0, len(left)+len(decoded)+len(right))
	text = append(append(append(text, left...), decoded...), right...)
	return &view{
		parent: v, via: append(v.via[:len(v.via):len(v.via)], name), base: v.base, hexOnly: v.hexOnly, isTorn: v.isTorn,
		text: text, from: len(left), to: len(left) + len(decoded), limit: len(left) + len(decoded), region: region, undo: undo,
	}
}

// torn returns v for the decoding of what may be a piece of a whole.
func (v *view) torn() *view {
	torn := *v
	torn.isTorn = true
	return &torn
}

// own returns what of a region is decoded text. What is encoded around it is for the parent to see.
func (v *view) own(r Span) Span {
	if v.parent == nil {
		return r
	}
	start := min(max(r.Start, v.from), v.to)
	return Span{start, max(start, min(r.End, v.to))}
}

// outer returns the span of the parent's text that stands for text[start:end], which is not empty.
func (v *view) outer(start, end int) Span {
	return Span{v.place(start).Start, v.place(end - 1).End}
}

func (v *view) place(i int) Span {
	switch {
	case i < v.from:
		i = max(0, i+v.region.Start-v.from)
		return Span{i, i + 1}
	case i >= v.to:
		i += v.region.End - v.to
		return Span{i, i + 1}
	}
	if v.marks == nil {
		v.marks = &marks{spans: make([]mark, 0, v.to-v.from)}
		v.undo(v.marks)
	}
	m := v.marks.spans[i-v.from]
	return Span{int(m.from), int(m.to)}
}

// in returns the span of the text of outermost, one of v's ancestors or v itself, that stands for text[start:end].
func (v *view) in(outermost *view, start, end int) Span {
	s := Span{start, end}
	for ; v != outermost; v = v.parent {
		s = v.outer(s.Start, s.End)
	}
	return s
}
