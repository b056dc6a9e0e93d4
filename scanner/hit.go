// This file searches one window of a content, and says where in the content a candidate stands.

package scanner

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"unique"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner/layer"
)

// hit is a candidate in a text that is the blob's data or a decoded piece of it. The text is there only while rules look
// at it.
type hit struct {
	rules.Candidate
	text []byte

	rule       *rules.Rule // that claims the candidate; nil: none does, and the key is only masked
	slot       string
	publicNear []string

	via   []string // the layers between the data and the text
	span  Span     // of the data, that a person would edit
	base  *layer.Base
	shown Span // of the base's text
	line  Line
}

// maxPublicNear is how many keys of a blob are compared with the public keys beside them.
const maxPublicNear = 200

// work is how many bytes may be decoded in a window, for each of its bytes; leastWork in any, memberWork in all members of
// the archives in a blob together: an archive of a megabyte has windows of 64.
const (
	work       = 24
	leastWork  = 1 << 20
	memberWork = 96 << 20
)

// budget is the work that may be spent on a window of n bytes.
func (in *inspection) budget(c *content, n int) int {
	budget := max(leastWork, work*n)
	if c.member != nil {
		budget = min(budget, memberWork-in.memberWork)
	}
	return budget
}

// spend notes what of a budget has been spent.
func (in *inspection) spend(c *content, n int) {
	if c.member != nil {
		in.memberWork += n
	}
}

// window searches one window of a content. It is the [layer.Finder] of that search.
type window struct {
	in      *inspection
	content *content
	blob    Blob
	lines   *lineCounter

	kind      rules.FileKind
	kindKnown bool
	search    layer.Search
	hits      []hit
	lined     int  // hits that have their line
	ignores   bool // the mark of an ignore is there
	err       error
}

// run finds the hits that begin in the fresh parts of the window.
func (w *window) run() error {
	budget := w.in.budget(w.content, len(w.blob.Data))
	w.search = layer.Search{
		Finder: w, Offset: w.blob.Start.Offset, Depth: layer.MaxDepth - len(w.content.via),
		Work:  budget,
		Words: w.blob.Kind == File, // words are about what is there now, not about history
		Base:  layer.Base{Text: w.blob.Data},
		Over: func() bool {
			w.err = w.in.ctx.Err()
			return w.err != nil
		},
	}
	if w.blob.Fresh == nil {
		w.search.Run(layer.Span{End: len(w.blob.Data)})
	}
	for _, f := range w.blob.Fresh {
		if w.err != nil {
			break
		}
		w.search.Run(layer.Span(f))
	}
	w.in.spend(w.content, budget-w.search.Work)
	w.hits = withoutMoot(onePlaceEach(w.hits))
	return w.err
}

// withoutMoot drops the words that a key beside them makes moot.
func withoutMoot(hits []hit) []hit {
	if !slices.ContainsFunc(hits, func(h hit) bool { return h.Beside > 0 }) {
		return hits
	}
	var keys []Span // in order; the end of each is the furthest of all up to it
	for _, h := range hits {
		if h.IsKey() && h.rule != nil {
			keys = append(keys, h.span)
		}
	}
	slices.SortFunc(keys, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	for i := 1; i < len(keys); i++ {
		keys[i].End = max(keys[i].End, keys[i-1].End)
	}
	return slices.DeleteFunc(hits, func(h hit) bool {
		if h.Beside == 0 {
			return false
		}
		i := sort.Search(len(keys), func(i int) bool { return keys[i].Start > h.span.End+h.Beside })
		return i > 0 && keys[i-1].End >= h.span.Start-h.Beside
	})
}

// Found asks the rules about a candidate while its text is there.
func (w *window) Found(h *layer.Hit) bool {
	if h.Word == rules.IgnoreMark {
		w.ignores = true
		return true
	}
	if w.blob.Path == "" {
		w.err = ErrLocate
		return false
	}
	this := hit{Candidate: h.Candidate, text: h.Text, via: h.Via, span: Span(h.Span), base: h.Base, shown: Span(h.Shown)}
	if !w.kindKnown {
		w.kind, w.kindKnown = rules.KindOfFile(w.in.scan.inProject(w.content.name), w.blob.Data), true
	}
	var slot rules.Slot
	if this.rule, slot = rules.Judge(h.Text, h.Candidate, w.kind); this.rule != nil {
		this.slot = unique.Make(rules.Mask(slot.String())).Value() // many are the same
		if w.in.claimed < maxPublicNear {
			this.publicNear = publicNear(this)
		}
	}
	if this.rule != nil || !h.IsKey() {
		if w.in.claimed++; w.in.claimed > maxClaimed {
			w.err = errEnough
			return false
		}
	}
	this.text = nil
	w.hits = append(w.hits, this)
	return true
}

// Done draws the lines of the hits in a text when all that is to be masked in it is known.
func (w *window) Done(b *layer.Base) bool {
	fresh := w.hits[w.lined:]
	if len(fresh) == 0 {
		return true
	}
	w.lined = len(w.hits)
	drawLines(b.Text, fresh)
	without := &layer.Base{Units: b.Units} // the text may be large
	for i := range fresh {
		fresh[i].base = without
	}
	return true
}

// Problem lists what was not searched.
func (w *window) Problem(via []string, _ layer.Span, reason string) bool {
	w.err = w.in.problem(slices.Concat(w.content.via, via), reason)
	return w.err == nil
}

// Packed searches an archive that stands in a layer.
func (w *window) Packed(via []string, span layer.Span, data []byte) bool {
	inner := content{name: w.content.name, via: slices.Concat(w.content.via, via), member: w.content.member}
	if inner.member == nil {
		b := w.blob
		b.Start = w.start()
		rs := rulers{blob: &b}
		from, to := rs.positions(&hit{span: Span(span), base: &layer.Base{}})
		inner.member = &member{from, to}
	}
	w.err = w.in.archive(bytes.NewReader(data), &inner)
	return w.err == nil
}

// start returns the place of the window's first byte in the content.
func (w *window) start() Position {
	if w.lines == nil {
		return w.blob.Start
	}
	return w.lines.position(int(w.blob.Start.Offset - w.lines.start.Offset))
}

// onePlaceEach keeps of what stands for the same key in one place what has the fewest layers, and orders by place.
func onePlaceEach(hits []hit) []hit {
	if !slices.ContainsFunc(hits, func(h hit) bool { return len(h.via) > 0 }) {
		return hits
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.Key.Raw(), b.Key.Raw()), cmp.Compare(a.span.Start, b.span.Start), cmp.Compare(len(a.via), len(b.via)))
	})
	kept := hits[:0]
	for _, h := range hits {
		last := len(kept) - 1
		if last < 0 || !h.IsKey() || h.Key.Raw() != kept[last].Key.Raw() || h.span.Start >= kept[last].span.End {
			kept = append(kept, h)
		} else if len(h.via) < len(kept[last].via) {
			kept[last] = h
		}
	}
	slices.SortStableFunc(kept, func(a, b hit) int { return cmp.Compare(a.span.Start, b.span.Start) })
	return kept
}
