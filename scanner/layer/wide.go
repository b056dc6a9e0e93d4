// This file decodes text in UTF-16 and UTF-32 of either byte order, with a mark or without, in a file of nothing else or
// among other bytes: strings of a program, resources.

package layer

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/klaviyolint/klaviyolint/rules"
)

// Units is a way to write characters as units of two or four bytes.
type Units struct {
	Size int  // of a unit, in bytes
	Big  bool // the high byte comes first
}

// Name is the layer's name: utf-16le, utf-32be.
func (u *Units) Name() string {
	name := "utf-16"
	if u.Size == 4 {
		name = "utf-32"
	}
	if u.Big {
		return name + "be"
	}
	return name + "le"
}

var allUnits = [...]*Units{{4, false}, {4, true}, {2, false}, {2, true}} // the mark of UTF-32 begins with that of UTF-16

// at returns the unit at b.
func (u *Units) at(b []byte) rune {
	switch {
	case u.Size == 2 && u.Big:
		return rune(binary.BigEndian.Uint16(b))
	case u.Size == 2:
		return rune(binary.LittleEndian.Uint16(b))
	case u.Big:
		return rune(binary.BigEndian.Uint32(b))
	}
	return rune(binary.LittleEndian.Uint32(b))
}

// Decode turns data into UTF-8; what is left of a unit at the end is dropped.
func (u *Units) Decode(data []byte) []byte {
	return u.undo(data, Span{0, len(data)}, nil)
}

// HasMark tells whether data begins with the byte-order mark of these units.
func (u *Units) HasMark(data []byte) bool {
	return len(data) >= u.Size && u.at(data) == 0xfeff
}

func (u *Units) undo(text []byte, r Span, m *marks) []byte {
	out := make([]byte, 0, (r.End-r.Start)/u.Size+utf8.UTFMax)
	for i := r.Start; i+u.Size <= r.End; {
		char, n := u.at(text[i:]), u.Size
		if u.Size == 2 && utf16.IsSurrogate(char) {
			low := rune(utf8.RuneError)
			if i+4 <= r.End {
				low = u.at(text[i+2:])
			}
			if char = utf16.DecodeRune(char, low); char != utf8.RuneError {
				n = 4
			}
		}
		out = utf8.AppendRune(out, char)
		for m != nil && len(m.spans) < len(out) {
			m.add(i, i+n)
		}
		i += n
	}
	return out
}

// marked returns the units whose mark data begins with; nil if there is none.
func marked(data []byte) *Units {
	for _, u := range allUnits {
		if u.HasMark(data) {
			return u
		}
	}
	return nil
}

// wide searches what is UTF-16 or UTF-32 in v.
func (s *Search) wide(v *view) {
	if bytes.IndexByte(v.text[v.from:v.limit], 0) < 0 {
		return
	}
	start := v.from
	if v.parent == nil {
		start = 0
	}
	if u := marked(v.text[start:v.to]); u != nil && (v.parent != nil || s.Offset == 0) {
		s.wideText(v, u, stretch{start + u.Size, start + u.Size, v.to, v.limit})
		return
	}
	for at := v.from; at < v.limit && !s.over(); {
		run, size := nextRun(v.text[:v.to], at, v.limit)
		if size == 0 {
			return
		}
		if at = run.End; !worthRun(everyNth(v.text, run, size), s.Words && v.parent == nil) {
			continue
		}
		at = run.Start
		if plain := v.text[max(0, run.Start-rules.MaxKeyLen):run.Start]; bytes.Contains(plain, []byte("pk_")) {
			run.Start += size // the last digit of a key in plain bytes, and the NUL behind it
		}
		least, offset := 0, s.Offset
		if v.parent != nil {
			least, offset = v.from, -int64(v.from)
		}
		for _, u := range orders(v.text[least:v.to], Span{run.Start - least, run.End - least}, size, offset+int64(run.Start)) {
			around := u.around(v.text[:v.to], run.Start, least)
			around.limit = min(around.limit, max(v.limit, around.start+u.Size))
			s.wideText(v, u, around)
			at = max(at, around.limit, run.Start+size)
		}
	}
}

// stretch is a piece of text in some units: text[left:start] is only context, and keys begin before limit.
type stretch struct{ left, start, end, limit int }

func (s *Search) wideText(v *view, u *Units, at stretch) {
	if at.start < at.left || at.end <= at.start {
		return
	}
	r := Span{at.start, at.end}
	if !s.affords(v, r) {
		return
	}
	text := v.text
	decoded := u.undo(text, r, nil)
	if !worth(decoded, s.Words) {
		return
	}
	if len(v.via) >= s.Depth {
		s.problem(v, r, tooDeep)
		return
	}
	left := u.undo(text, Span{at.left, at.start}, nil)
	c := &view{
		parent: v, via: append(v.via[:len(v.via):len(v.via)], u.Name()), base: v.base,
		text: append(left[:len(left):len(left)], decoded...), from: len(left), to: len(left) + len(decoded), region: r,
		undo: func(m *marks) []byte { return u.undo(text, r, m) },
	}
	c.limit = c.to
	if at.limit < at.end {
		c.limit = len(left) + len(u.undo(text, Span{at.start, at.limit}, nil))
	}
	if v.parent == nil {
		c.base = &Base{Text: c.text, Units: u}
	}
	s.view(c)
	if v.parent == nil && !s.stopped {
		s.stopped = !s.Finder.Done(c.base)
	}
}

// orders returns the byte orders in which a run of ASCII characters may be read: one, unless it stands between bytes that
// speak for either. The zero bytes between the characters
// fit both. A last character without a zero behind it, or a first one without a zero before it, fits one. If both have
// one the text is the same in either order, and where units would begin names it, counted from the content's start, where
// the first character has offset.
func orders(text []byte, run Span, size int, offset int64) []*Units {
	little, big := &Units{size, false}, &Units{size, true}
	noZeroBehind := run.End == len(text) || text[run.End] != 0
	noZeroBefore := run.Start == 0 || text[run.Start-1] != 0
	switch {
	case noZeroBehind && noZeroBefore:
		return []*Units{little, big}
	case noZeroBehind:
		return []*Units{big}
	case noZeroBefore || offset%int64(size) != int64(size)-1:
		return []*Units{little}
	}
	return []*Units{big}
}

// shortRun is the least number of ASCII characters in a row that are looked at: a key's.
const shortRun = 37

// nextRun finds the first run of ASCII in units of either size that has a character in text[at:limit]; it begins at its
// first character. size is 0 if there is none.
func nextRun(text []byte, at, limit int) (run Span, size int) {
	const everySecond = 0x0001000100010001
	// Every run of shortRun units of two bytes holds eight bytes at every 64.
	for p := at; p < limit+64 && p+8 <= len(text); p += 64 {
		x := binary.LittleEndian.Uint64(text[p:])
		if x == 0 || x&(0xff00*everySecond) != 0 && x&(0x00ff*everySecond) != 0 {
			continue
		}
		for _, size := range []int{2, 4} {
			first, ok := firstChar(text, p, size)
			if !ok {
				continue
			}
			run := runAt(text, first, size, at)
			if (run.End-run.Start+size-1)/size >= shortRun && run.Start < limit {
				return run, size
			}
			break
		}
	}
	return Span{}, 0
}

// worthRun is worth for the characters of a run, whose first may be the end of what stands before it.
func worthRun(chars []byte, words bool) bool {
	return bytes.Contains(chars, []byte("pk_")) || worth(chars, words)
}

// everyNth returns the characters of a run.
func everyNth(text []byte, run Span, size int) []byte {
	chars := make([]byte, 0, (run.End-run.Start)/size+1)
	for i := run.Start; i < run.End; i += size {
		chars = append(chars, text[i])
	}
	return chars
}

// firstChar returns the first ASCII character in the eight bytes at text[p:] that are in units of the size.
func firstChar(text []byte, p, size int) (first int, ok bool) {
	for first = p; first < p+size; first++ {
		if isPlain(text[first]) {
			break
		}
	}
	for i := p; i < p+8; i++ {
		if inUnit := (i-first)%size == 0; inUnit != isPlain(text[i]) || !inUnit && text[i] != 0 {
			return 0, false
		}
	}
	return first, true
}

func isPlain(c byte) bool { return c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t' }

// runAt returns the run of characters around text[first], from the first one that is not before least to behind the last.
func runAt(text []byte, first, size, least int) Span {
	run := Span{first, first + 1}
	for i := first - size; i >= least && isPlain(text[i]) && allZero(text[i+1:i+size]); i -= size {
		run.Start = i
	}
	for i := first + size; i < len(text) && isPlain(text[i]) && allZero(text[i-size+1:i]); i += size {
		run.End = i + 1
	}
	return run
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// maxStretch is how much is decoded behind the beginning of a run, in units.
const maxStretch = 64 << 10

// around returns the text around the character at text[char]. A zero unit ends a string in a program; what stands before
// it, or behind the next one, is another text. So is what holds pk_ in plain bytes or in the other byte order, which
// would be shown as something that no mask knows.
func (u *Units) around(text []byte, char, least int) stretch {
	start := char
	if u.Big {
		start -= u.Size - 1
	}
	if start < least {
		start = char + 1
	}
	left := start - min((start-least)/u.Size, rules.Context)*u.Size
	for i := u.foreign(text[left:start]); i >= 0; i = u.foreign(text[left:start]) {
		left = min(start, left+(i+2*rules.MaxKeyLen)/u.Size*u.Size)
	}
	for i := start; i > left; i -= u.Size {
		if allZero(text[i-u.Size : i]) {
			left = i
		}
	}
	most := start + min((len(text)-start)/u.Size, maxStretch)*u.Size
	end := most
	if i := u.foreign(text[start:end]); i >= 0 {
		end = start + i/u.Size*u.Size
	}
	for i := start; i < end; i += u.Size {
		if allZero(text[i : i+u.Size]) {
			end = i
		}
	}
	limit := end
	if end == most && most+u.Size <= len(text) {
		limit = end - rules.Context*u.Size
	}
	return stretch{left, start, end, limit}
}

// prefix16 is pk_ in UTF-16, without the zero byte that comes first or last.
var prefix16 = []byte("p\x00k\x00_")

// foreign finds the first pk_ in raw that is not in these units; -1 if there is none.
func (u *Units) foreign(raw []byte) int {
	first := bytes.Index(raw, []byte("pk_"))
	for from := 0; ; {
		i := bytes.Index(raw[from:], prefix16)
		if i < 0 || first >= 0 && from+i > first {
			return first
		}
		if i += from; u.Size != 2 || i%2 == 1 != u.Big {
			return i
		}
		from = i + 1
	}
}
