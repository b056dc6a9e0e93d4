// This file holds the loop in which most of the time goes.

package inflate

import "encoding/binary"

// stop is why a loop over a block's symbols ended.
type stop uint8

const (
	blockEnd  stop = iota
	needInput      // too little input is left for another round
	needRoom       // too little output is left for another round
	needCopy       // a match is too near the end of the output
	badCode        // no symbol has this code, or a distance goes before the start
)

// room is how many bytes of output there have to be for a round of the fast loop, and after a match that it copies:
// it copies in steps of 16.
const room = 16

// fast decodes symbols as long as there is room.
//
// Its variables are few and local so that they stay in registers, and the compiler sees that no index is out of bounds:
// in is shortened instead of counting a position up. With pointers instead of slices it is no faster, nor with entries
// for two literals: they take longer to make than they save. Entries are subtracted whole from n, of which the low 6
// bits hold.
func (d *Decoder) fast(t *tables) (why stop) {
	in, bits, n := d.src.in[d.src.pos:], d.src.bits, d.src.n
	out, w := d.out, d.w
	if len(in) < margin {
		return needInput
	}
	in, bits, n = refilled(in, bits, n)
	e := t.lit[bits&litMask]
	for {
		// Here bits has 56 bits at least, and e is what the first of them stand for. A round consumes 56 at most
		// between refills, see litBits.
		if len(in) < margin {
			why = needInput
			break
		}
		if w < 0 || w > len(out)-room { // it is never negative, but the compiler has to know
			why = needRoom
			break
		}
		// Up to two literals, then whatever comes.
		before := bits
		bits >>= e & 63
		n -= uint64(e)
		if e&isLiteral != 0 {
			out[w] = byte(e >> 16)
			w++
			e = t.lit[bits&litMask]
			before = bits
			bits >>= e & 63
			n -= uint64(e)
			if e&isLiteral != 0 {
				out[w] = byte(e >> 16)
				w++
				e = t.lit[bits&litMask]
				before = bits
				bits >>= e & 63
				n -= uint64(e)
				if e&isLiteral != 0 {
					out[w] = byte(e >> 16)
					w++
					e = t.lit[bits&litMask]
					in, bits, n = refilled(in, bits, n)
					continue
				}
			}
		}
		if e&isSpecial != 0 {
			if e&isSubtable != 0 {
				e = t.lit[uint64(e>>16)+bits&(1<<(e>>8&15)-1)]
				before = bits
				bits >>= e & 63
				n -= uint64(e)
				in, bits, n = refilled(in, bits, n)
				if e&isLiteral != 0 {
					out[w] = byte(e >> 16)
					w++
					e = t.lit[bits&litMask]
					continue
				}
			}
			if e&isSpecial != 0 {
				why = badCode
				if e&isEnd != 0 {
					why = blockEnd
				}
				break
			}
		}
		length := int(e>>16&0x1ff) + int(before>>(e>>8&63)&uint64(e>>25))

		o := t.dist[bits&distMask]
		if o&isSpecial != 0 {
			if o&isSubtable == 0 {
				why = badCode
				break
			}
			bits >>= distBits
			n -= distBits
			in, bits, n = refilled(in, bits, n)
			o = t.dist[o>>16&0xffff+bits&(1<<(o>>8&15)-1)]
			if o&isSpecial != 0 {
				why = badCode
				break
			}
		}
		back := int(o>>16&0xffff) + int(bits>>(o>>8&63)&(o>>32))
		bits >>= o & 63
		n -= o
		from, end := w-back, w+length
		if from < 0 {
			why = badCode
			break
		}
		if end > len(out)-room {
			d.length, d.dist = length, back
			why = needCopy
			break
		}
		in, bits, n = refilled(in, bits, n)
		e = t.lit[bits&litMask]
		if back < 16 {
			repeat(out, w, end, back)
			w = end
			continue
		}
		for ; w < end; w += 16 {
			*(*[16]byte)(out[w:]) = *(*[16]byte)(out[from:])
			from += 16
		}
		w = end
	}
	d.src.pos, d.src.bits, d.src.n = len(d.src.in)-len(in), bits, n
	d.w = w
	return why
}

// refilled is source.refill for variables. in has 8 bytes at least.
func refilled(in []byte, bits, n uint64) ([]byte, uint64, uint64) {
	return in[7-n>>3&7:], bits | binary.LittleEndian.Uint64(in)<<(n&63), n | 56
}

// repeat writes the back bytes before out[w], less than 16, again and again up to end and at most room-1 bytes further.
func repeat(out []byte, w, end, back int) {
	word := binary.LittleEndian.Uint64(out[w-back:])
	if back >= 8 {
		for from := w - back; w < end; w += 8 {
			binary.LittleEndian.PutUint64(out[w:], binary.LittleEndian.Uint64(out[from:]))
			from += 8
		}
		return
	}
	// Make a word full of them, and store it in steps of whole repetitions.
	word &= 1<<(uint(back)*8) - 1
	for have := uint(back) * 8; have < 64; have *= 2 {
		word |= word << have
	}
	for step := 8 - 8%back; w < end; w += step {
		binary.LittleEndian.PutUint64(out[w:], word)
	}
}
