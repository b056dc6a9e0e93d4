// This file finds candidates in a blob: in its bytes, and in text that is UTF-16.

package scanner

import (
	"bytes"
	"encoding/binary"
	"iter"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/klaviyolint/klaviyolint/rules"
)

// hit is a candidate in a text that is the blob's data or a decoded piece of it.
type hit struct {
	rules.Candidate
	text       []byte
	via        []string // the layers between the data and text
	start, end int      // the span in the data that a person would edit
	units      *units   // how the data is encoded there, nil for bytes
}

// hits yields the candidates that begin in the fresh parts of b. Content without a trace of a key costs one search for
// one byte of pk_ and, because text with a NUL byte may be UTF-16, one for NUL.
func hits(b Blob) iter.Seq[hit] {
	return func(yield func(hit) bool) {
		fresh := b.Fresh
		if fresh == nil {
			fresh = []Span{{0, len(b.Data)}}
		}
		for _, f := range fresh {
			for c := range rules.Find(b.Data, f.Start, f.End) {
				if !yield(hit{Candidate: c, text: b.Data, start: c.Start, end: c.End}) {
					return
				}
			}
			if b.Kind == File { // words are about what is there now, not about history
				for c := range rules.FindWords(b.Data, f.Start, f.End) {
					if !yield(hit{Candidate: c, text: b.Data, start: c.Start, end: c.End}) {
						return
					}
				}
			}
			if bytes.IndexByte(b.Data[f.Start:f.End], 0) < 0 {
				continue
			}
			for h := range utf16Hits(b, f) {
				if !yield(h) {
					return
				}
			}
		}
	}
}

// prefix16 is pk_ in UTF-16, without the zero byte that comes first or last; prefix8 is pk_ itself.
var (
	prefix16 = []byte("p\x00k\x00_")
	prefix8  = []byte("pk_")
)

// utf16Hits yields the candidates in text that is UTF-16 in either byte order, with or without a mark, in a file of
// nothing else or among other bytes (strings of a program, resources). Only the text around each pk_ is decoded.
func utf16Hits(b Blob, f Span) iter.Seq[hit] {
	return func(yield func(hit) bool) {
		limit := min(f.End+len(prefix16)-1, len(b.Data))
		for i := f.Start; ; i += len(prefix16) {
			n := bytes.Index(b.Data[min(i, limit):limit], prefix16)
			if n < 0 {
				return
			}
			i += n
			for _, u := range orders(b, i) {
				h, ok := decode16(b.Data, i, u)
				if !ok {
					continue
				}
				if !yield(h) {
					return
				}
				break
			}
		}
	}
}

// units is one of the two byte orders of UTF-16.
type units struct{ big bool }

// orders returns the byte orders in which the data may be read at i, where the p of pk_ stands, the likelier first.
// The zero bytes between ASCII characters fit both orders, so the mark at the start decides, else whether i is even:
// then the zero byte comes second.
func orders(b Blob, i int) []*units {
	if b.Start.Offset == 0 && len(b.Data) >= 2 && i%2 == 0 && b.Data[0] == 0xff && b.Data[1] == 0xfe {
		return []*units{{big: false}}
	}
	if b.Start.Offset == 0 && len(b.Data) >= 2 && i%2 == 1 && b.Data[0] == 0xfe && b.Data[1] == 0xff {
		return []*units{{big: true}}
	}
	big := (b.Start.Offset+int64(i))%2 == 1
	return []*units{{big}, {!big}}
}

// decode16 decodes the text around the pk_ whose p stands at data[i] and finds the candidate there.
func decode16(data []byte, i int, u *units) (hit, bool) {
	at := i
	if u.big {
		at--
	}
	if at < 0 {
		return hit{}, false
	}
	// A look at the key alone: 1 MB of pk_ in a row must not decode a page for each.
	const before = 16 // units that may be an escape sequence
	left, text := u.around(data, at, before, rules.MaxKeyLen+1)
	if !isKey(text, len(left)) {
		return hit{}, false
	}
	left, text = u.around(data, at, rules.Context, rules.Context)
	for c := range rules.Find(text, len(left), len(left)+1) {
		return hit{
			Candidate: c, text: text, via: []string{u.name()}, units: u,
			start: at, end: at + 2*(c.End-c.Start),
		}, true
	}
	return hit{}, false
}

// around decodes before units to the left of data[at] and after units from there on: left is the first part of text. A
// zero unit ends a string in a program; what stands before it, or behind the next one, is another text. So is what
// holds pk_ in plain bytes or in the other byte order, which would be shown as something that no mask knows.
func (u *units) around(data []byte, at, before, after int) (left, text []byte) {
	raw := data[at-min(at/2, before)*2 : at]
	for i := u.foreign(raw); i >= 0; i = u.foreign(raw) {
		raw = raw[min(len(raw), (i+2*rules.MaxKeyLen)/2*2):]
	}
	left = u.decode(raw)
	left = left[bytes.LastIndexByte(left, 0)+1:]
	raw = data[at:min(len(data), at+2*after)]
	if i := u.foreign(raw); i >= 0 {
		raw = raw[:i]
	}
	right := u.decode(raw)
	if i := bytes.IndexByte(right, 0); i >= 0 {
		right = right[:i]
	}
	return left, append(left[:len(left):len(left)], right...)
}

// foreign finds the first pk_ in raw that is not in these units; -1 if there is none.
func (u *units) foreign(raw []byte) int {
	first := bytes.Index(raw, prefix8)
	for from := 0; ; {
		i := bytes.Index(raw[from:], prefix16)
		if i < 0 || first >= 0 && from+i > first {
			return first
		}
		if i += from; i%2 == 1 != u.big {
			return i
		}
		from = i + 1
	}
}

// isKey tells whether a key begins at text[at].
func isKey(text []byte, at int) bool {
	for range rules.Find(text, at, at+1) {
		return true
	}
	return false
}

func (u *units) name() string {
	if u.big {
		return "utf-16be"
	}
	return "utf-16le"
}

func (u *units) at(b []byte) uint16 {
	if u.big {
		return binary.BigEndian.Uint16(b)
	}
	return binary.LittleEndian.Uint16(b)
}

// decode turns UTF-16 into UTF-8; half a unit at the end is dropped.
func (u *units) decode(data []byte) []byte {
	code := make([]uint16, 0, len(data)/2)
	for ; len(data) >= 2; data = data[2:] {
		code = append(code, u.at(data))
	}
	return []byte(string(utf16.Decode(code)))
}

// ruler tells positions in a blob's data. Asked in ascending order it reads the data once, however many hits there are.
type ruler struct {
	blob  Blob
	units *units // nil: bytes
	at    int    // up to where the data has been read
	pos   Position
}

func newRuler(b Blob, u *units, parity int) *ruler {
	r := &ruler{blob: b, units: u, at: parity, pos: b.Start}
	r.pos.Offset += int64(parity)
	if u != nil && b.Start.Offset == 0 && len(b.Data) >= parity+2 && u.at(b.Data[parity:]) == 0xfeff {
		r.at += 2 // a byte-order mark is no character of the text
		r.pos.Offset += 2
	}
	return r
}

// position returns the place of data[offset], which is not before the last one asked for.
func (r *ruler) position(offset int) Position {
	text := r.blob.Data[r.at:offset]
	if r.units == nil {
		r.pos = r.pos.After(text)
	} else {
		r.pos = r.pos.After(r.units.decode(text))
		r.pos.Offset = r.blob.Start.Offset + int64(offset)
	}
	r.at = offset
	return r.pos
}

// rulers holds a ruler for each way to read a blob's data: as bytes, and as UTF-16 of either order from an even or an
// odd byte on.
type rulers [5]*ruler

func (rs *rulers) positions(b Blob, h *hit) (start, end Position) {
	i, parity := 0, 0
	if h.units != nil {
		i, parity = 1+h.start%2, h.start%2
		if h.units.big {
			i += 2
		}
	}
	if rs[i] == nil || rs[i].at > h.start {
		rs[i] = newRuler(b, h.units, parity)
	}
	return rs[i].position(h.start), rs[i].position(h.end)
}

// How much of a line is shown on either side of a key, in bytes.
const lineBefore, lineAfter = 160, 80

const wordChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// line returns the hit's line as it may be shown: every key in it masked, cut when it is long. Keys are masked before
// the line is cut, so that no piece of one remains at the edge.
func (h *hit) line() Line {
	const margin = 1024
	left, right := h.text[:h.Start], h.text[h.End:]
	if n := len(left) - margin; n > 0 {
		left = bytes.TrimLeft(left[n:], wordChars) // what is left of a word may be a piece of a key
	}
	if len(right) > margin {
		right = bytes.TrimRight(right[:margin], wordChars)
	}
	// A NUL ends the line as well: what is behind it is another text, perhaps the same key in UTF-16.
	left = left[bytes.LastIndexAny(left, "\n\x00")+1:]
	if i := bytes.IndexAny(right, "\n\x00"); i >= 0 {
		right = bytes.TrimSuffix(right[:i], []byte{'\r'})
	}
	before, after := shown(left), shown(right)
	l := Line{}
	if n := len(before) - lineBefore; n > 0 {
		before, l.Cut = "…"+strings.ToValidUTF8(before[n:], ""), true // the cut may have gone through a character
	}
	if len(after) > lineAfter {
		after, l.Cut = strings.ToValidUTF8(after[:lineAfter], "")+"…", true
	}
	key := h.Word
	if h.IsKey() {
		key = h.Key.String()
	}
	l.Text, l.Start, l.End = before+key+after, len(before), len(before)+len(key)
	return l
}

func shown(text []byte) string {
	return rules.Mask(strings.ToValidUTF8(string(text), string(utf8.RuneError)))
}
