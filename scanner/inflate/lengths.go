// This file reads what stands before the symbols of a dynamic block: the lengths of its codes.

package inflate

import "math/bits"

const (
	maxLit  = 286
	maxDist = 30

	// maxRepeat is how often a length is repeated at most, other than 0, also if there are not as many symbols left.
	maxRepeat = 6
)

// order is in which order the lengths of the codes for lengths come.
var order = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// symbols is the symbols of a code by length, in their order. Those of length 0 have no code; that they are listed, if
// not all of them, only saves asking. Lists are faster than an array of all lengths, of which most are 0, that is gone
// through to count and to sort.
type symbols struct {
	count [16]uint16
	list  [16][maxLit + 2 + maxRepeat]uint16
}

// lengthTable is by the next 7 bits, as many as the longest code has. An entry is the length of the code, and from
// bit 3 what it stands for.
type lengthTable [128]uint8

// readTables reads a dynamic block's codes and makes d.dynamic of them.
func (d *Decoder) readTables() error {
	s := &d.src
	// 53 bits are there since the block's header. With one length here, the other 18 fit into what refill gives.
	lits, dists, n := int(s.bits&31)+257, int(s.bits>>5&31)+1, int(s.bits>>10&15)+4
	if lits > maxLit || dists > maxDist {
		return ErrCorrupt
	}
	var lens [19]uint8
	lens[order[0]] = uint8(s.bits >> 14 & 7)
	s.drop(17)
	if !s.refill() {
		return ErrTruncated
	}
	low := s.bits
	for _, sym := range order[1:n] {
		lens[sym] = uint8(low & 7)
		low >>= 3
	}
	s.drop(uint64(n-1) * 3)
	if !d.lengths.build(&lens) {
		return ErrCorrupt
	}

	syms := &d.symbols
	syms.count = [16]uint16{}
	over, last, ok := syms.read(s, &d.lengths, 0, lits, noLength)
	if !ok {
		return ErrCorrupt
	}
	// Where a length is repeated, that may go on for distances.
	if last != 0 {
		syms.count[last&15] -= uint16(over)
	}
	if !d.dynamic.lit.build(syms) {
		return ErrCorrupt
	}
	syms.count = [16]uint16{}
	if last != 0 {
		for i := range over {
			syms.list[last&15][i] = uint16(i)
		}
		syms.count[last&15] = uint16(over)
	}
	if over, _, ok = syms.read(s, &d.lengths, over, dists, last); !ok || over != 0 {
		return ErrCorrupt
	}
	if !d.dynamic.dist.build(syms) {
		return ErrCorrupt
	}
	return nil
}

// noLength is that there was no length yet.
const noLength = 16

// read reads the lengths of the symbols from at to end. over is for how many more the last one was, which are in the
// lists if the length is not 0. last is the length before.
func (y *symbols) read(s *source, t *lengthTable, at, end int, last uint8) (over int, length uint8, ok bool) {
	low, n := s.bits, s.n&63
	for at < end {
		if n < 14 {
			s.bits, s.n = low, n
			if !s.refill() {
				return 0, 0, false
			}
			low, n = s.bits, s.n&63
		}
		e := t[low&127]
		low >>= e & 7
		n -= uint64(e & 7)
		switch sym := e >> 3; {
		case sym < 16:
			last = sym
			y.list[last][y.count[last]] = uint16(at)
			y.count[last]++
			at++
		case sym == 16:
			if last == noLength {
				s.bits, s.n = low, n // position tells if the input just ended
				return 0, 0, false
			}
			run := uint16(low&3) + 3
			low >>= 2
			n -= 2
			if last != 0 {
				k := y.count[last&15]
				for i := range run {
					y.list[last&15][k+i] = uint16(at) + i
				}
				y.count[last&15] = k + run
			}
			at += int(run)
		case sym == 17:
			at += int(low&7) + 3
			last = 0
			low >>= 3
			n -= 3
		default:
			at += int(low&127) + 11
			last = 0
			low >>= 7
			n -= 7
		}
	}
	s.bits, s.n = low, n
	return at - end, last, true
}

// build makes the table of a code that has to be complete, other than those for symbols, as with zlib.
func (t *lengthTable) build(lens *[19]uint8) bool {
	var count, next [8]uint8
	for _, l := range lens {
		count[l&7]++
	}
	left, at := 1, uint8(0)
	for l := 1; l < 8; l++ {
		left = left*2 - int(count[l])
		if left < 0 {
			return false
		}
		next[l] = at
		at += count[l]
	}
	if left != 0 {
		return false
	}
	var sorted [19]uint8
	for sym, l := range lens {
		if l != 0 {
			sorted[next[l&7]] = uint8(sym)
			next[l&7]++
		}
	}
	// As in fill.
	code, i := uint8(0), 0
	for l := 1; l < 8; l++ {
		copy(t[1<<(l-1):], t[:1<<(l-1)])
		for range count[l] {
			t[bits.Reverse8(code)&127] = sorted[i]<<3 | uint8(l)
			code += 1 << (8 - l)
			i++
		}
	}
	return true
}
