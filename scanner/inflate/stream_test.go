// This file writes streams by hand, bit by bit, for what no compressor writes.

package inflate

import (
	"encoding/binary"
	std "hash/adler32"
	"math/bits"
	"slices"
)

// bitWriter writes bits, low ones first.
type bitWriter struct {
	buf  []byte
	used int // bits of the last byte
}

func (b *bitWriter) write(v, n int) {
	for ; n > 0; n-- {
		if b.used&7 == 0 {
			b.buf, b.used = append(b.buf, 0), 0
		}
		b.buf[len(b.buf)-1] |= byte(v&1) << b.used
		b.used++
		v >>= 1
	}
}

// code is the lengths of a code's symbols, and the canonical code.
type code struct{ lens, codes []int }

func newCode(lens []int) code {
	c, next := code{lens, make([]int, len(lens))}, 0
	for l := 1; l < 16; l++ {
		next <<= 1
		for sym, m := range lens {
			if m == l {
				c.codes[sym] = next
				next++
			}
		}
	}
	return c
}

// symbol writes a symbol's code, the first bit of which is the highest.
func (b *bitWriter) symbol(c code, sym int) {
	n := c.lens[sym]
	b.write(int(bits.Reverse16(uint16(c.codes[sym]))>>(16-n)), n)
}

// match writes a length and a distance. Length 258 is written as symbol 285.
func (b *bitWriter) match(lits, dists code, length, dist int) {
	sym := 285
	for ; int(litEntries[sym]>>16&0x1ff) > length; sym-- {
	}
	b.symbol(lits, sym)
	b.write(length-int(litEntries[sym]>>16&0x1ff), bits.Len32(litEntries[sym]>>25&31))
	sym = 29
	for ; int(distEntries[sym]>>16&0xffff) > dist; sym-- {
	}
	b.symbol(dists, sym)
	b.write(dist-int(distEntries[sym]>>16&0xffff), bits.Len64(distEntries[sym]>>32))
}

// lengths gives n lengths, 0 but for some.
func lengths(n int, some map[int]int) []int {
	l := make([]int, n)
	for sym, v := range some {
		l[sym] = v
	}
	return l
}

// inOrder gives as many of each length as counts says, the shortest first.
func inOrder(counts map[int]int) (lens []int) {
	for l := 1; l < 16; l++ {
		for range counts[l] {
			lens = append(lens, l)
		}
	}
	return lens
}

var (
	// fixedLits and fixedDists are the codes of fixed blocks.
	fixedLits  = newCode(slices.Concat(repeated(144, 8), repeated(112, 9), repeated(24, 7), repeated(8, 8)))
	fixedDists = newCode(repeated(32, 5))

	// plainCode gives each length a code of 4 bits, and repeats nothing.
	plainCode = newCode(slices.Concat(repeated(16, 4), repeated(3, 0)))
)

func repeated(n, length int) []int { return slices.Repeat([]int{length}, n) }

// dynamic begins a final dynamic block, without the lengths.
func (b *bitWriter) dynamic(lits, dists int, c code) {
	b.write(5, 3)
	b.write(lits-257, 5)
	b.write(dists-1, 5)
	b.write(19-4, 4)
	for _, sym := range order {
		b.write(c.lens[sym], 3)
	}
}

// dynamicWith begins a final dynamic block, with the lengths.
func (b *bitWriter) dynamicWith(lits, dists code) {
	b.dynamic(len(lits.lens), len(dists.lens), plainCode)
	for _, l := range slices.Concat(lits.lens, dists.lens) {
		b.symbol(plainCode, l)
	}
}

// zlibOf makes a stream of blocks that hold want.
func zlibOf(blocks, want []byte) []byte {
	s := append([]byte{0x78, 0x9c}, blocks...)
	return binary.BigEndian.AppendUint32(s, std.Checksum(want))
}
