// This file computes Adler-32.

package inflate

import "encoding/binary"

const (
	adlerMod = 65521

	// adlerChunk is how many bytes are summed in lanes of 16 bits before one could overflow: after 16 words of 8 bytes
	// before holds 2*255*(0+1+...+15) = 61,200 at most.
	adlerChunk = 128

	lanes16 = 0x00ff00ff00ff00ff
	lanes32 = 0x0000ffff0000ffff
)

// adler32 is the checksum of RFC 1950, of 8 bytes at a time: with hash/adler32, which takes one after the other, it is
// an eighth of all the time that inflating takes.
func adler32(p []byte) uint32 {
	a, b := uint64(1), uint64(0)
	for len(p) >= 8 {
		chunk := p[:min(len(p), adlerChunk)&^7]
		p = p[len(chunk):]
		// Sums of the bytes at each place in a word, and of what they were before each word.
		var even, odd, before uint64
		b += a * uint64(len(chunk))
		for len(chunk) >= 16 {
			x, y := binary.LittleEndian.Uint64(chunk), binary.LittleEndian.Uint64(chunk[8:])
			chunk = chunk[16:]
			before += even + odd
			even += x & lanes16
			odd += x >> 8 & lanes16
			before += even + odd
			even += y & lanes16
			odd += y >> 8 & lanes16
		}
		if len(chunk) >= 8 {
			x := binary.LittleEndian.Uint64(chunk)
			before += even + odd
			even += x & lanes16
			odd += x >> 8 & lanes16
		}
		// A multiplication gives x*low + y*high of two lanes in its upper half. In b a byte counts once for itself and
		// once for each byte after it: the first of a word 8 times, and 8 times more for each word after it.
		all := even + odd
		a += all * 0x0001000100010001 >> 48
		before = before&lanes32 + before>>16&lanes32
		b += 8 * (before&0xffffffff + before>>32)
		b += (even & lanes32) * (8<<32 + 4) >> 32
		b += (even >> 16 & lanes32) * (6<<32 + 2) >> 32
		b += (odd & lanes32) * (7<<32 + 3) >> 32
		b += (odd >> 16 & lanes32) * (5<<32 + 1) >> 32
		if b >= 1<<48 {
			a, b = a%adlerMod, b%adlerMod
		}
	}
	for _, c := range p {
		a += uint64(c)
		b += a
	}
	return uint32(b%adlerMod)<<16 | uint32(a%adlerMod)
}
