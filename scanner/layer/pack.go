// This file undoes encodings that write bytes as digits: base64 in both alphabets, and hex.

package layer

import (
	"bytes"
)

// packing is an encoding in groups of digits that stand for groups of bytes.
type packing struct {
	name    string
	value   [256]int8 // of a digit, -1 of other bytes
	bits    int       // of a digit
	group   int       // digits after which the bytes begin anew
	least   int       // digits of the shortest key
	piece   int       // digits in a row that are looked at, at least
	sample  int       // digits that are decoded to tell text from other things
	magic   []string  // what archives begin with
	anchors []anchor  // what pk_ looks like
}

// anchor is a piece of an encoded prefix and its first digit's place in its group.
type anchor struct {
	digits string
	place  int
}

var base64Packing = packing{
	name: "base64", value: values("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "-_"), bits: 6, group: 4,
	least: 50, piece: 16, sample: 20, magic: []string{"H4sI", "UEsDB"}, anchors: []anchor{{"cGtf", 0}, {"BrX", 2}, {"wa1", 3}},
}

var hexPacking = packing{
	name: "hex", value: values("0123456789abcdef", "ABCDEF"), bits: 4, group: 2,
	least: 74, piece: 30, sample: 24, magic: []string{"1f8b08", "1F8B08", "504b0304", "504B0304"},
	anchors: []anchor{{"706b5f", 0}, {"706B5F", 0}, {"706B5f", 0}, {"706b5F", 0}},
}

// values numbers the digits; others stand for the last of them.
func values(digits, others string) (v [256]int8) {
	for i := range v {
		v[i] = -1
	}
	for i, c := range []byte(digits) {
		v[c] = int8(i)
	}
	for i, c := range []byte(others) {
		v[c] = int8(len(digits) - len(others) + i)
	}
	return v
}

// pieces calls found for the runs of digits in a word that may belong to something packed, each with the places in a group,
// as bits, that its first digit may have; it goes on behind what found returns.
func (p *packing) pieces(text []byte, w Span, found func(piece Span, places uint8) Span) {
	for i := w.Start; i+p.piece <= w.End; {
		k := i + p.piece - 1
		for k >= i && p.value[text[k]] >= 0 {
			k--
		}
		if k >= i {
			i = k + 1
			continue
		}
		piece := Span{i, i + p.piece}
		for piece.End < w.End && p.value[text[piece.End]] >= 0 {
			piece.End++
		}
		if i > 0 && text[i-1] == '\\' && (text[i] == 'n' || text[i] == 'r') {
			piece.Start++ // the letter belongs to a break
		}
		i = piece.End
		if piece.End-piece.Start < p.least && !p.goesOn(text, piece) {
			continue // no key fits
		}
		if places := p.places(text[piece.Start:piece.End]); places != 0 {
			i = max(i, found(piece, places).End)
		}
	}
}

// goesOn tells whether digits stand before or behind piece, in its line or in the next.
func (p *packing) goesOn(text []byte, piece Span) bool {
	if packedBreak(text, piece.End) > 0 || guard(text, piece.End) > 0 {
		return true
	}
	before := breakBefore(text, piece.Start, 0)
	return piece.Start > 0 && text[piece.Start-1] == '\\' || before > 0 && before < piece.Start && p.value[text[before-1]] >= 0
}

// places tells at which places of a group the first digit of piece may stand: those at which it decodes to text, holds a
// prefix or begins an archive.
func (p *packing) places(piece []byte) (places uint8) {
	if p.isMagic(piece) {
		places = 1
	}
	for _, a := range p.anchors {
		for i := 0; ; {
			n := bytes.Index(piece[i:], []byte(a.digits))
			if n < 0 || places == 1<<p.group-1 {
				break
			}
			i += n + 1
			places |= 1 << mod(a.place-(i-1), p.group)
		}
	}
	size := min(p.sample+p.group-1, len(piece))
	for _, at := range []int{(len(piece) - size) / 2, 0, len(piece) - size} {
		for skip := range p.group {
			if p.isText(piece[at+skip : at+size]) {
				places |= 1 << mod(-(at+skip), p.group)
			}
		}
		if len(piece) < 3*size {
			break
		}
	}
	return places
}

// isMagic tells whether piece begins like an archive.
func (p *packing) isMagic(piece []byte) bool {
	for _, m := range p.magic {
		if hasPrefix(piece, m) {
			return true
		}
	}
	return false
}

func mod(a, n int) int { return ((a % n) + n) % n }

// isText tells whether digits, which begin with a group, decode to text: ASCII or UTF-8, or UTF-16 or UTF-32 of it.
func (p *packing) isText(digits []byte) bool {
	chars, zeros := 0, 0
	rest, cut := 0, 3 // bytes that the character still has; that may be the rest of one whose beginning is not seen
	acc, have := 0, 0
	for _, c := range digits[:len(digits)/p.group*p.group] {
		acc, have = acc<<p.bits|int(p.value[c]), have+p.bits
		if have < 8 {
			continue
		}
		have -= 8
		switch b := byte(acc >> have); {
		case b >= 0x80 && b < 0xc0: // continues a character
			if rest == 0 && cut == 0 {
				return false
			}
			if rest > 0 {
				rest--
			} else {
				cut--
			}
			continue
		case rest > 0, b > 0xf4, b == 0x7f, b < ' ' && b != 0 && b != '\n' && b != '\r' && b != '\t':
			return false
		case b == 0:
			zeros++
		case b >= 0xf0:
			rest = 3
		case b >= 0xe0:
			rest = 2
		case b >= 0xc0:
			rest = 1
		}
		chars++
		cut = 0
	}
	return chars-zeros >= 3
}

// guard returns the length of the backslashes before a slash at text[i:], as JSON may have them; 0 if there are none.
func guard(text []byte, i int) int {
	n := 0
	for i+n < len(text) && text[i+n] == '\\' {
		n++
	}
	if i+n < len(text) && text[i+n] == '/' {
		return n
	}
	return 0
}

// packedBreak returns the length of what may stand between two lines: a line end, also written as \n in a string, with
// the next line's indentation; 0 if text[i] is nothing of that kind.
func packedBreak(text []byte, i int) int {
	n := 0
	for i+n < len(text) {
		switch text[i+n] {
		case '\r', '\n':
			n++
		case ' ', '\t':
			if n == 0 {
				return 0
			}
			n++
		case '\\':
			m := i + n
			for m < len(text) && text[m] == '\\' {
				m++
			}
			switch {
			case m < len(text) && (text[m] == 'n' || text[m] == 'r' || text[m] == '\n' || text[m] == '\r'):
				n = m + 1 - i
			default:
				return n
			}
		default:
			return n
		}
	}
	return n
}

// line returns the digits around piece in its line.
func (p *packing) line(text []byte, piece Span) Span {
	l := Span{p.lineStart(text, piece.Start, 0), p.lineEnd(text, piece.End)}
	if l.Start > 0 && text[l.Start-1] == '\\' && (text[l.Start] == 'n' || text[l.Start] == 'r') {
		l.Start++ // the letter belongs to a break
	}
	return l
}

// lineEnd returns where the digits end that stand at text[i:] in one line.
func (p *packing) lineEnd(text []byte, i int) int {
	for i < len(text) {
		if p.value[text[i]] >= 0 {
			i++
			continue
		}
		n := guard(text, i)
		if n == 0 || p.value['/'] < 0 {
			break
		}
		i += n
	}
	return i
}

// lineStart returns where the digits begin that end at text[i] in one line.
func (p *packing) lineStart(text []byte, i, limit int) int {
	for i > limit {
		j := i
		for j > limit && text[j-1] == '\\' {
			j--
		}
		switch {
		case j == i && p.value[text[i-1]] >= 0:
			i--
		case j < i && i < len(text) && text[i] == '/' && p.value['/'] >= 0:
			i = j
		default:
			return i
		}
	}
	return i
}

// below returns the end of the lines of digits that follow the line: all but the last are equally long, and if it begins
// behind something else the first may be shorter.
func (p *packing) below(text []byte, line Span) int {
	width := line.End - line.Start
	for first := true; ; first = false {
		start := line.End + packedBreak(text, line.End)
		end := p.lineEnd(text, start)
		if start == line.End || end == start {
			return line.End
		}
		line.End = end
		if n := end - start; n != width {
			if !first || n < width {
				return line.End
			}
			width = n
		}
	}
}

// above returns the start of the lines of digits before text[i], down to limit. The first may have another length.
func (p *packing) above(text []byte, i, limit int) int {
	width := 0
	for {
		end := breakBefore(text, i, limit)
		if end == i {
			return i
		}
		start := p.lineStart(text, end, limit)
		if start < end && start > 0 && text[start-1] == '\\' && (text[start] == 'n' || text[start] == 'r') {
			start++
		}
		if start == end {
			return i
		}
		i = start
		if n := end - start; width != 0 && n != width {
			return i
		}
		width = end - i
	}
}

// count returns how many digits stand in a region.
func (p *packing) count(text []byte, r Span) int {
	n := 0
	for i := r.Start; i < r.End; {
		if p.value[text[i]] >= 0 {
			n++
			i++
		} else {
			i += max(1, packedBreak(text, i), guard(text, i))
		}
	}
	return n
}

// breakBefore returns where the break begins that ends at text[i]; i if there is none.
func breakBefore(text []byte, i, limit int) int {
	j := i
	for j > limit && (text[j-1] == ' ' || text[j-1] == '\t') {
		j--
	}
	if j > limit && text[j-1] == '\n' {
		for j > limit && (text[j-1] == '\n' || text[j-1] == '\r' || text[j-1] == '\\') {
			j--
		}
		return j
	}
	j = i
	for j > limit+1 && (text[j-1] == 'n' || text[j-1] == 'r') && text[j-2] == '\\' {
		for j--; j > limit && text[j-1] == '\\'; {
			j--
		}
	}
	return j
}

// undo decodes a region from its skip-th digit on.
func (p *packing) undo(text []byte, r Span, skip int, m *marks) []byte {
	out := make([]byte, 0, (r.End-r.Start)*p.bits/8)
	acc, have, start := 0, 0, 0
	for i := r.Start; i < r.End; i++ {
		v := p.value[text[i]]
		if v < 0 {
			i += max(1, packedBreak(text, i), guard(text, i)) - 1
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if have == 0 {
			start = i
		}
		acc, have = (acc<<p.bits|int(v))&0xffff, have+p.bits
		if have >= 8 {
			have -= 8
			out = append(out, byte(acc>>have))
			m.add(start, i+1)
			start = i // the digit's last bits begin the next byte
		}
	}
	return out
}

// hexMark returns the length of what languages write before digits in hex that end at text[i:]: 0x of SQL and C, \x of
// PostgreSQL's bytea. It is no part of what they stand for.
func hexMark(text []byte, i int) int {
	if i < 2 || text[i-1] != 'x' && text[i-1] != 'X' || text[i-2] != '0' && text[i-2] != '\\' {
		return 0
	}
	n := 2
	for text[i-2] == '\\' && i > n && text[i-n-1] == '\\' && n < 4 { // COPY doubles it
		n++
	}
	return n
}
