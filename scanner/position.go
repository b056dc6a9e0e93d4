// This file counts lines and columns.

package scanner

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"github.com/klaviyolint/klaviyolint/scanner/layer"
)

// Position is a place in a content. The zero value is its start.
type Position struct {
	Offset int64 // bytes before it
	Lines  int   // line ends (\n) before it
	Chars  int   // characters before it on its line
	UTF16  int   // the same in UTF-16 code units, as SARIF counts columns
}

// Line is the line's number, from 1.
func (p Position) Line() int { return p.Lines + 1 }

// Column is the character's number in the line, from 1.
func (p Position) Column() int { return p.Chars + 1 }

// ColumnUTF16 is the UTF-16 code unit's number in the line, from 1.
func (p Position) ColumnUTF16() int { return p.UTF16 + 1 }

// After returns the position behind text, which begins at p. What is no UTF-8 counts as editors, browsers and readers of
// SARIF count it: as one character for each maximal piece that could begin one. A byte-order mark at the start of the
// content is no character of it, as for editors and for the SDK of SARIF.
func (p Position) After(text []byte) Position {
	start := p.Offset == 0
	p.Offset += int64(len(text))
	if start {
		text = bytes.TrimPrefix(text, byteOrderMark)
	}
	if n := bytes.Count(text, newline); n > 0 {
		p.Lines += n
		p.Chars, p.UTF16 = 0, 0
		text = text[bytes.LastIndexByte(text, '\n')+1:]
	}
	for len(text) > 0 {
		n := asciiPrefix(text)
		p.Chars += n
		p.UTF16 += n
		text = text[n:]
		if len(text) == 0 {
			break
		}
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			size = brokenRune(text)
		}
		text = text[size:]
		p.Chars++
		p.UTF16++
		if r > 0xffff {
			p.UTF16++
		}
	}
	return p
}

// asciiPrefix returns the length of a prefix of text that is ASCII, all of it but for less than 32 bytes.
func asciiPrefix(text []byte) int {
	n := 0
	le := binary.LittleEndian
	for ; len(text)-n >= 32; n += 32 {
		b := text[n : n+32]
		if (le.Uint64(b)|le.Uint64(b[8:])|le.Uint64(b[16:])|le.Uint64(b[24:]))&0x8080808080808080 != 0 {
			break
		}
	}
	return n
}

// brokenRune returns how many bytes of text, which does not begin with UTF-8, could begin a character: the "maximal
// subpart" of the Unicode standard, section 3.9, which https://encoding.spec.whatwg.org replaces by one U+FFFD.
func brokenRune(text []byte) int {
	low, high, more := byte(0x80), byte(0xbf), 0
	switch c := text[0]; {
	case c >= 0xc2 && c <= 0xdf:
		more = 1
	case c >= 0xe0 && c <= 0xef:
		more = 2
	case c >= 0xf0 && c <= 0xf4:
		more = 3
	}
	switch text[0] {
	case 0xe0:
		low = 0xa0
	case 0xed:
		high = 0x9f
	case 0xf0:
		low = 0x90
	case 0xf4:
		high = 0x8f
	}
	n := 1
	for ; n <= more && n < len(text) && low <= text[n] && text[n] <= high; n++ {
		low, high = 0x80, 0xbf
	}
	return n
}

var (
	newline       = []byte{'\n'}
	byteOrderMark = []byte("\ufeff")
)

// ruler tells positions in a blob's data. Asked in ascending order it reads the data once, however many hits there are.
type ruler struct {
	blob  *Blob
	units *layer.Units // nil: bytes
	at    int          // up to where the data has been read
	pos   Position
}

func newRuler(b *Blob, u *layer.Units, phase int) *ruler {
	r := &ruler{blob: b, units: u, at: phase, pos: b.Start}
	if u != nil && b.Start.Offset == 0 && u.HasMark(b.Data[min(phase, len(b.Data)):]) {
		r.at += u.Size // a byte-order mark is no character of the text
	}
	r.pos.Offset += int64(r.at)
	return r
}

// position returns the place of data[offset], which is not before the last one asked for.
func (r *ruler) position(offset int) Position {
	offset = max(offset, r.at)
	text := r.blob.Data[r.at:offset]
	if r.units == nil {
		r.pos = r.pos.After(text)
	} else {
		r.pos = r.pos.After(r.units.Decode(text))
		r.pos.Offset = r.blob.Start.Offset + int64(offset)
	}
	r.at = offset
	return r.pos
}

// rulers holds a ruler for each way to read a blob's data: as bytes, and in units from each byte on that is one's first.
type rulers struct {
	blob *Blob
	all  map[reading]*ruler
}

type reading struct {
	units layer.Units
	phase int
}

func (rs *rulers) positions(h *hit) (start, end Position) {
	id := reading{}
	if u := h.base.Units; u != nil {
		id = reading{*u, h.span.Start % u.Size}
	}
	r := rs.all[id]
	if r == nil || r.at > h.span.Start {
		if rs.all == nil {
			rs.all = map[reading]*ruler{}
		}
		r = newRuler(rs.blob, h.base.Units, id.phase)
		rs.all[id] = r
	}
	start = r.position(h.span.Start)
	here := *r // the next hit may begin before this one ends
	return start, here.position(h.span.End)
}
