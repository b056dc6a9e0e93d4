// Package layer finds keys that are encoded: it decodes what may hold one, searches that, and tells which bytes of the
// content it came from.
//
// What is decoded becomes a view: the decoded text between the text around it, so that whoever reads a key's
// surroundings sees them as if nothing had been encoded. Views are searched like contents, so that encodings combine
// freely, to a depth.
//
// A content without a trace of a key costs a look at each k (see [rules.FindTraces]) and at every fourth byte
// ([longWords]).
package layer

import (
	"bytes"
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner/archive"
)

// MaxDepth is how many layers are undone.
const MaxDepth = 4

// Hit is a candidate and where it stands.
type Hit struct {
	rules.Candidate        // its span is that in Text
	Text            []byte // the view that it stands in
	Via             []string
	Span            Span  // of the data that stands for it
	Base            *Base // what a person sees of the data
	Shown           Span  // of Base.Text
}

// Base is a text as a person sees it: the data itself, or what its UTF-16 or UTF-32 stands for.
type Base struct {
	Text  []byte
	Units *Units // nil: the data itself
}

// Finder is told what a search comes upon. What it is given is valid until it returns. If it returns false the search
// ends.
type Finder interface {
	Found(h *Hit) bool                                   // a candidate
	Done(b *Base) bool                                   // there are no more candidates in b
	Packed(via []string, span Span, content []byte) bool // an archive in a layer
	Problem(via []string, span Span, reason string) bool // what was not searched
}

// Search is one search of a piece of content.
type Search struct {
	Finder Finder
	Base   Base  // the data itself
	Offset int64 // of the data in the content
	Depth  int   // layers that may be undone
	Work   int   // bytes that may still be decoded; what is left undone for want of it is a problem
	Words  bool  // find words too, where people read
	// Over is asked before each thing that takes long, and ends the search with true; nil: it goes on to its end.
	Over func() bool

	root    view
	fresh   Span
	stopped bool
}

// The reasons for which something is not searched.
const (
	tooDeep = "encoded more than 4 times: what is encoded deeper was not searched"
	tooMuch = "encoded text was not searched beyond the bound on work for a content of its size: decode it and scan the result"
)

// Run searches a span of the data; what it finds begins in it.
func (s *Search) Run(fresh Span) {
	s.fresh = fresh
	s.root = view{text: s.Base.Text, from: fresh.Start, to: len(s.Base.Text), limit: fresh.End, base: &s.Base}
	s.wide(&s.root)
	s.view(&s.root)
	if !s.stopped {
		s.stopped = !s.Finder.Done(&s.Base)
	}
}

// spot is something to look at: a k that may be a part of a disguised prefix, or a long word.
type spot struct {
	Span
	word bool
}

// done holds up to where the regions of each encoding have been decoded.
type done struct {
	escapings [len(escapings)]int
	words     [len(escapings)]int // of long words, which are not undone only to find a line that goes on
	packings  [2]int
	joined    [bonds]int // of lists, joined or not
}

// view searches a view.
func (s *Search) view(v *view) {
	var spots []spot
	words := s.Words && (v.parent == nil || v.base != v.parent.base) // what people read
	for c := range rules.FindTraces(v.text, v.from, v.limit, words) {
		if !c.IsKey() && c.Word == "" {
			spots = append(spots, spot{Span{c.Start, c.End}, false})
			continue
		}
		if v.hexOnly && c.Key.Form() == rules.Documented {
			continue
		}
		if s.found(v, c); s.stopped {
			return
		}
	}
	for w := range longWords(v.text, v.from, v.limit) {
		spots = append(spots, spot{w, true})
	}
	slices.SortFunc(spots, func(a, b spot) int { return cmp.Compare(a.Start, b.Start) })
	var d done
	for _, at := range spots {
		if s.over() {
			return
		}
		if s.joined(v, at, &d); at.End <= d.joined[tight] {
			continue // what is joined is searched as a whole
		}
		if at.word {
			s.packed(v, at.Span, &d)
		}
		s.escaped(v, at, &d)
	}
}

// over tells that the search is not to go on.
func (s *Search) over() bool {
	if !s.stopped && s.Over != nil {
		s.stopped = s.Over()
	}
	return s.stopped
}

// found hands on a candidate.
func (s *Search) found(v *view, c rules.Candidate) {
	h := Hit{Candidate: c, Text: v.text, Via: v.via, Base: v.base}
	shown := v // the view that a person sees: the data, or what its units stand for
	for shown.parent != nil && shown.parent.base == v.base {
		shown = shown.parent
	}
	h.Shown = v.in(shown, c.Start, c.End)
	h.Span = shown.in(v.root(), h.Shown.Start, h.Shown.End)
	if h.Span.Start < s.fresh.Start || h.Span.Start >= s.fresh.End {
		return // another window's
	}
	s.stopped = !s.Finder.Found(&h)
}

// child decodes a region and searches what comes out.
// It tells whether that is an archive.
func (s *Search) child(v *view, name string, r Span, undo decode) (isArchive bool) {
	if s.stopped || !s.affords(v, r) {
		return false
	}
	decoded := undo(nil)
	isArchive = archive.Detect(decoded)
	if !isArchive && !worth(decoded, false) {
		return false
	}
	if len(v.via) >= s.Depth {
		if !v.isTorn && (isArchive || !quiet(decoded, quietRounds)) {
			s.problem(v, r, tooDeep)
		}
		return isArchive
	}
	s.Work -= len(decoded)
	if isArchive && v.isTorn {
		return true // the whole is searched too
	}
	if isArchive {
		via := slices.Concat(v.via, []string{name})
		s.stopped = !s.Finder.Packed(via, v.in(v.root(), r.Start, r.End), decoded)
		return true
	}
	c := v.child(name, r, decoded, undo)
	s.wide(c)
	s.view(c)
	return false
}

// affords pays for the decoding of a region and for the context that comes with it.
func (s *Search) affords(v *view, r Span) bool {
	s.Work -= r.End - r.Start + shortRun
	if s.Work < 0 {
		s.problem(v, r, tooMuch)
		return false
	}
	return true
}

func (v *view) root() *view {
	for v.parent != nil {
		v = v.parent
	}
	return v
}

func (s *Search) problem(v *view, r Span, reason string) {
	s.stopped = !s.Finder.Problem(v.via, v.in(v.root(), r.Start, max(r.End, r.Start+1)), reason)
}

// worth tells whether a decoded text is worth a view: it has something that a view is searched for.
func worth(text []byte, words bool) bool {
	for range rules.FindTraces(text, 0, len(text), words) {
		return true
	}
	for range longWords(text, 0, len(text)) {
		return true
	}
	return bytes.IndexByte(text, 0) >= 0
}

// quietRounds is how often escapes are undone in what is too deep to be searched, only to see that nothing is there.
const quietRounds = 8

// quiet tells that a text which is not searched has nothing that looks like a key: it is no text, or says nothing.
func quiet(text []byte, rounds int) bool {
	if bytes.ContainsFunc(text, func(r rune) bool { return r == utf8.RuneError || r < ' ' && r != '\n' && r != '\r' && r != '\t' }) {
		return true
	}
	for range rules.FindTraces(text, 0, len(text), false) {
		return false
	}
	for w := range longWords(text, 0, len(text)) {
		for _, p := range packings {
			some := false
			p.pieces(text, w, func(piece Span, _ uint8) Span { some = true; return piece })
			if some {
				return false
			}
		}
		for i := range escapings {
			// An ampersand that was escaped ten times is no key: what is left of escapes is told by undoing them all.
			if out, telling, _ := escapings[i].undo(text, w, nil); telling > 0 && (rounds == 0 || !quiet(out, rounds-1)) {
				return false
			}
		}
	}
	return true
}

// escaped undoes the escapes around a spot.
func (s *Search) escaped(v *view, at spot, d *done) {
	for i := range escapings {
		e := &escapings[i]
		if at.End <= d.escapings[i] || at.word && at.End <= d.words[i] {
			continue
		}
		r := at.Span
		if !at.word || e.joint != nil {
			r = e.region(v.text, at.Span)
		}
		done := r.End
		if r = v.own(r); bytes.IndexByte(v.text[r.Start:r.End], e.lead) < 0 {
			d.escapings[i] = done
			continue
		}
		_, telling, joints := e.undo(v.text, r, nil)
		if telling == 0 && joints > 0 && at.word {
			d.words[i] = done
			continue // lines that go on are undone from a k
		}
		if d.escapings[i] = done; telling == 0 && joints == 0 {
			continue
		}
		s.child(v, e.name, r, func(m *marks) []byte {
			out, _, _ := e.undo(v.text, r, m)
			return out
		})
	}
}

var packings = [...]*packing{&base64Packing, &hexPacking}

// aboveLimit bounds how far before a long line of digits a first, short one may begin.
const aboveLimit = 64 << 10

// packed unpacks what a long word is a part of.
func (s *Search) packed(v *view, w Span, d *done) {
	for i, p := range packings {
		p.pieces(v.text, v.own(w), func(piece Span, places uint8) Span {
			line := v.own(p.line(v.text, piece))
			if line.End <= d.packings[i] { // with the lines above it, it has been; what stands in it may also stand alone
				s.unpack(v.torn(), p, line, piece, places)
				return line
			}
			return s.unpackLines(v, p, line, piece, places, &d.packings[i])
		})
	}
}

// unpackLines unpacks a line of digits, with the lines below and above it and by itself: what looks like another line of
// digits may be a word, or something else that is packed. It returns what need not be looked at again.
func (s *Search) unpackLines(v *view, p *packing, line, piece Span, places uint8, done *int) Span {
	limit := max(*done, line.Start-aboveLimit, v.own(Span{0, line.Start}).Start)
	lines := v.own(Span{line.Start, p.below(v.text, line)})
	*done = lines.End
	if s.unpack(v, p, lines, piece, places) {
		return lines
	}
	if lines != line {
		s.unpack(v.torn(), p, line, piece, places)
	}
	if above := p.above(v.text, line.Start, limit); above < line.Start {
		s.unpack(v.torn(), p, Span{above, lines.End}, piece, places)
	}
	return line
}

// unpack decodes a region in the ways that the places of a piece in it allow. It tells whether that gave an archive.
func (s *Search) unpack(v *view, p *packing, r, piece Span, places uint8) (isArchive bool) {
	if r.End-r.Start < p.least {
		return false
	}
	if p == &hexPacking {
		r.Start -= hexMark(v.text, r.Start)
	}
	before := p.count(v.text, Span{r.Start, piece.Start})
	for place := range p.group {
		if places&(1<<place) == 0 {
			continue
		}
		skip := mod(before-place, p.group) // so that the piece's first digit comes to its place
		if s.child(v, p.name, r, func(m *marks) []byte { return p.undo(v.text, r, skip, m) }) {
			return true
		}
	}
	return false
}

// joined puts together the parts of a value around a spot.
func (s *Search) joined(v *view, at spot, d *done) {
	if at.End <= d.joined[tight] || at.word && !mayJoin(v.text, at.Span) {
		return
	}
	some, last := false, Span{}
	for b := range bonds {
		if b == list && at.word || at.End <= d.joined[b] {
			continue // lists of long words are common
		}
		r, ok := joined(v.text, at.Span, d.joined[b], b)
		if b == list {
			d.joined[b] = r.End
		}
		if ok && r != last && v.own(r) == r {
			some, last, d.joined[b] = true, r, r.End
			s.child(v, "joined", r, func(m *marks) []byte { return undoJoined(v.text, r, m) })
		}
	}
	if some {
		return
	}
	if at.word || v.text[at.Start-1] != 'p' || v.text[at.End] != '_' {
		return
	}
	if r, ok := broken(v.text, at.Start-1); ok && v.own(r) == r && beginsWithKey(undoBroken(v.text, r, nil)) {
		before := v.hexOnly
		v.hexOnly = true
		s.child(v, "joined", r, func(m *marks) []byte { return undoBroken(v.text, r, m) })
		v.hexOnly = before
	}
}

// beginsWithKey tells whether text begins with a key of a form that is not made of any letters.
func beginsWithKey(text []byte) bool {
	for c := range rules.Find(text, 0, 1) {
		return c.Key.Form() != rules.Documented
	}
	return false
}
