// This file computes what GitHub tells alerts apart by: a hash of the line that a finding stands in.

package scanner

import (
	"strconv"
	"unicode/utf8"
)

// GitHub hashes the first 100 UTF-16 units from a line's start on, without blanks and tabs, and every line end as one \n:
// https://github.com/github/codeql-action/blob/main/src/fingerprints.ts. Behind the content stand 65535 and zeros.
const (
	hashedUnits = 100
	hashBase    = 37
	hashEnd     = 0xffff
)

// hashBaseToUnits is hashBase to the power of hashedUnits.
var hashBaseToUnits = func() uint64 {
	power := uint64(1)
	for range hashedUnits {
		power *= hashBase
	}
	return power
}()

// hashLines gives the findings in a content their [Finding.LineHash].
func hashLines(content []byte, found []*Finding) {
	last := 0
	for _, f := range found {
		last = max(last, f.Start.Line())
	}
	h := lineHasher{counts: map[uint64]int{}, hashes: map[int]string{}, lineStart: true, last: last}
	for _, f := range found {
		h.hashes[f.Start.Line()] = ""
	}
	h.read(content)
	for _, f := range found {
		f.LineHash = h.hashes[f.Start.Line()]
	}
}

// lineHasher is a rolling hash over the last units of a text, which is a line's when its first unit is about to leave.
type lineHasher struct {
	units     [hashedUnits]uint16
	lines     [hashedUnits]int // the number of the line that begins with the unit, 0 for none
	at        int              // the oldest of the units
	hash      uint64
	line      int
	lineStart bool
	afterCR   bool
	counts    map[uint64]int // how many lines had the hash
	hashes    map[int]string // of the lines that are asked for
	last      int            // the last of them
	done      bool
}

// read goes through a content. Bytes that are no UTF-8 count as JavaScript's decoder counts them: U+FFFD for what begins
// a character and does not end it.
func (h *lineHasher) read(content []byte) {
	for i := 0; i < len(content) && !h.done; {
		if c := content[i]; c < utf8.RuneSelf {
			h.next(uint16(c))
			i++
			continue
		}
		r, size := utf8.DecodeRune(content[i:])
		if r == utf8.RuneError && size == 1 {
			size = brokenRune(content[i:])
		}
		i += size
		if r > 0xffff {
			r -= 0x10000
			h.next(uint16(0xd800 + r>>10))
			r = 0xdc00 + r&0x3ff
		}
		h.next(uint16(r))
	}
	h.next(hashEnd)
	for range hashedUnits {
		h.leave()
		h.push(0)
	}
}

// next takes a unit of the text.
func (h *lineHasher) next(unit uint16) {
	if unit == ' ' || unit == '\t' || h.afterCR && unit == '\n' {
		h.afterCR = false
		return
	}
	h.afterCR = unit == '\r'
	if h.afterCR {
		unit = '\n'
	}
	h.leave()
	if h.lineStart {
		h.lineStart = false
		h.line++
		h.lines[h.at] = h.line
	}
	h.lineStart = unit == '\n'
	h.push(unit)
}

// leave notes the hash of the line whose first unit is the oldest.
func (h *lineHasher) leave() {
	line := h.lines[h.at]
	if line == 0 {
		return
	}
	h.lines[h.at] = 0
	h.counts[h.hash]++
	if _, asked := h.hashes[line]; asked {
		h.hashes[line] = strconv.FormatUint(h.hash, 16) + ":" + strconv.Itoa(h.counts[h.hash])
	}
	h.done = line >= h.last
}

func (h *lineHasher) push(unit uint16) {
	h.hash = hashBase*h.hash + uint64(unit) - hashBaseToUnits*uint64(h.units[h.at])
	h.units[h.at] = unit
	h.at = (h.at + 1) % hashedUnits
}

// hashLines gives what was found in the blob its line's hash, if all of the blob is at hand.
func (in *inspection) hashLines() {
	b := in.blob
	whole := b.Start.Offset == 0 && (len(b.Fresh) == 0 || b.Fresh[len(b.Fresh)-1].End == len(b.Data))
	if in.scan.lineHashes && whole && b.Kind != Name && len(in.found) > 0 {
		hashLines(b.Data, in.found)
	}
}
