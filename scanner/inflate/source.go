// This file reads the input, as bits.

package inflate

import "encoding/binary"

const (
	// margin is how many bytes of input there have to be for a round of the fast loop: it refills up to three times,
	// where two take 14 bytes at most, and the third looks at 8.
	margin = 24

	// tailZeros is how many zeros follow the tail: enough for all that is counted in bits, and another round.
	tailZeros = 8 + margin
)

// source gives bits, low ones first. It is read 8 bytes at a time, also at the end: the last bytes are copied to where
// zeros follow. So more may be consumed than there is; position tells.
type source struct {
	comp []byte
	in   []byte // comp or, from base on, tail
	pos  int    // in in
	base int

	bits uint64 // those not yet consumed; above n they are zero or what in has at pos
	n    uint64 // how many they are, in the low 6 bits; those above mean nothing

	tail [margin + tailZeros]byte
}

// reset lets the bits begin at a byte of comp.
func (s *source) reset(comp []byte, at int) {
	s.comp, s.in, s.pos, s.base = comp, comp, at, 0
	s.bits, s.n = 0, 0
}

// position is the first byte of comp of which no bit is consumed. It is beyond comp when more bits were consumed than
// there are.
func (s *source) position() int {
	return s.base + s.pos - int(s.n&63>>3)
}

// refill makes it 56 bits at least. It gives false when more were consumed than there are.
func (s *source) refill() bool {
	if len(s.in)-s.pos < 8 && !s.toTail() {
		return false
	}
	s.bits |= binary.LittleEndian.Uint64(s.in[s.pos:]) << (s.n & 63)
	s.pos += int(7 - s.n>>3&7)
	s.n |= 56
	return true
}

// drop consumes as many bits as the low 6 bits of n say, at most as many as there are.
func (s *source) drop(n uint64) {
	s.bits >>= n & 63
	s.n -= n
}

// toTail goes on in a copy of the last bytes. It gives false when that is already so, or there are too many.
func (s *source) toTail() bool {
	if s.base > 0 || len(s.in)-s.pos > margin {
		return false
	}
	s.tail = [margin + tailZeros]byte{}
	n := copy(s.tail[:], s.in[s.pos:])
	s.in, s.pos, s.base = s.tail[:n+tailZeros], 0, s.pos
	return true
}
