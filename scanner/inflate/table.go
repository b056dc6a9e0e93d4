// This file makes the tables by which symbols are decoded.

package inflate

import (
	"math"
	"math/bits"
	"sync"
)

// A table has an entry for each value of the next litBits or distBits bits of input, then sub-tables for longer codes.
// An entry holds all that is to be done with the symbol, so that nothing else is looked up:
//
//	bits 0-5    how many bits to consume, those of extra bits included
//	bits 8-11   the code's length, where extra bits begin; for a sub-table, by how many bits it is indexed
//	bit 14      sub-table, with bit 15
//	bit 15      special: neither literal nor length nor distance
//	bits 16-31  where the sub-table begins
//
// Of a literal or length, in 32 bits:
//
//	bit 12      literal
//	bit 13      end of block, with bit 15
//	bits 16-23  the literal
//	bits 16-24  the shortest length, and in bits 25-29 a mask for the extra bits
//
// Of a distance, in 64 bits:
//
//	bits 16-31  the shortest distance, and in bits 32-47 a mask for the extra bits
//
// An entry that is special alone is a code that no symbol has.
const (
	isLiteral  = 1 << 12
	isEnd      = 1 << 13
	isSubtable = 1 << 14
	isSpecial  = 1 << 15
)

// The fast loop decodes two literals, a length and a distance without looking for input: none of them in a sub-table,
// that takes litBits + litBits + litBits+5 + distBits+13 bits, 56 as there are. More bits make tables that take longer
// to make and gain nothing, fewer of them (9) cost 3 % by looking into sub-tables more often.
const (
	litBits  = 10
	distBits = 8
	litMask  = 1<<litBits - 1
	distMask = 1<<distBits - 1

	// How many entries are needed at most, as zlib's examples/enough.c counts them for 288 and 32 symbols.
	litEnough  = 1334
	distEnough = 402
)

type (
	litTable  [litEnough]uint32
	distTable [distEnough]uint64

	tables struct {
		lit  litTable
		dist distTable
	}
)

// The entries of symbols without what depends on the code's length.
var (
	litEntries  = makeLitEntries()
	distEntries = makeDistEntries()
)

func makeLitEntries() (t [288]uint32) {
	for i := range uint32(256) {
		t[i] = i<<16 | isLiteral
	}
	t[256] = isEnd | isSpecial
	base := uint32(3)
	for i := range uint32(28) {
		extra := uint32(0)
		if i >= 8 {
			extra = i/4 - 1
		}
		t[257+i] = base<<16 | (1<<extra-1)<<25 | extra
		base += 1 << extra
	}
	t[285] = 258 << 16 // has no extra bits; 284 with all of them is 258 too, and accepted by zlib
	t[286], t[287] = isSpecial, isSpecial
	return t
}

func makeDistEntries() (t [32]uint64) {
	base := uint64(1)
	for i := range uint64(30) {
		extra := uint64(0)
		if i >= 4 {
			extra = i/2 - 1
		}
		t[i] = base<<16 | (1<<extra-1)<<32 | extra
		base += 1 << extra
	}
	t[30], t[31] = isSpecial, isSpecial
	return t
}

// fixedTables gives the tables of fixed blocks.
var fixedTables = sync.OnceValue(func() *tables {
	t := new(tables)
	var lit, dist symbols
	for i := range 288 {
		switch {
		case i < 144:
			lit.add(i, 8)
		case i < 256:
			lit.add(i, 9)
		case i < 280:
			lit.add(i, 7)
		default:
			lit.add(i, 8)
		}
	}
	for i := range 32 {
		dist.add(i, 5)
	}
	fill(t.lit[:], litEntries[:], &lit, litBits)
	fill(t.dist[:], distEntries[:], &dist, distBits)
	return t
})

// add adds a symbol.
func (y *symbols) add(sym, length int) {
	y.list[length][y.count[length]] = uint16(sym)
	y.count[length]++
}

// has tells if a symbol of 256 or more has a code.
func (y *symbols) has(sym uint16) bool {
	for l := 1; l < 16; l++ {
		list := y.list[l][:y.count[l]]
		for i := len(list) - 1; i >= 0 && list[i] >= sym; i-- {
			if list[i] == sym {
				return true
			}
		}
	}
	return false
}

// space is how much room for codes is left, less than 0 if there are too many, and the length of the longest.
func (y *symbols) space() (left, longest int) {
	left = 1
	for l := 1; l < 16; l++ {
		left = left*2 - int(y.count[l])
		if left < 0 {
			return left, l
		}
		if y.count[l] != 0 {
			longest = l
		}
	}
	return left, longest
}

// build makes a table. It gives false for codes that zlib rejects. Accepted is also one that leaves codes over if it
// has just one code, of length 1.
func (t *litTable) build(y *symbols) bool {
	if !y.has(256) {
		return false // the block could not end
	}
	left, longest := y.space()
	switch {
	case left == 0:
		fill(t[:], litEntries[:], y, litBits)
	case left > 0 && longest == 1:
		t[0], t[1] = litEntries[256]+1, isSpecial
		double(t[:], 1, litBits)
	default:
		return false
	}
	return true
}

// build is like that of litTable, but a code without symbols is accepted as well: there may be no distances.
func (t *distTable) build(y *symbols) bool {
	left, longest := y.space()
	switch {
	case left == 0:
		fill(t[:], distEntries[:], y, distBits)
	case left > 0 && longest <= 1:
		t[0], t[1] = isSpecial, isSpecial
		if longest == 1 {
			t[0] = distEntries[y.list[1][0]] + 1<<8 + 1
		}
		double(t[:], 1, distBits)
	default:
		return false
	}
	return true
}

// fill makes a table of a complete code.
func fill[E uint32 | uint64](t, entries []E, y *symbols, tableBits int) {
	// Codes count up from 0, longer ones below shorter ones with the same beginning; so with the first bit on top, one
	// code is the one before plus 1 in the place of its last bit. In the input the first bit comes lowest, and the
	// entries of one code are not neighbours but 2^length apart. So the table is doubled with the length: each code is
	// written once, and copied along.
	code, l := uint16(0), 0
	for l < tableBits {
		copy(t[1<<l:], t[:1<<l])
		l++
		n := y.count[l&15]
		for _, sym := range y.list[l&15][:n] {
			t[bits.Reverse16(code)] = entries[sym] + E(l)<<8 + E(l)
			code += 1 << (16 - l)
		}
		if n > 0 && code == 0 {
			double(t, l, tableBits)
			return
		}
	}
	fillSubtables(t, entries, y, tableBits, code)
}

// fillSubtables adds the codes that are longer than tableBits, beginning with code.
func fillSubtables[E uint32 | uint64](t, entries []E, y *symbols, tableBits int, code uint16) {
	start, end, prefix := 0, 1<<tableBits, math.MaxInt
	for l := 1; tableBits+l < 16; l++ {
		n := int(y.count[tableBits+l])
		for i, sym := range y.list[tableBits+l][:n] {
			c := int(bits.Reverse16(code))
			code += 1 << (16 - tableBits - l)
			if p := c & (1<<tableBits - 1); p != prefix {
				// A sub-table for all codes that begin like this one: as the code is complete, they fill it.
				k := l
				for have := n - i; have < 1<<k; {
					k++
					have = have*2 + int(y.count[tableBits+k])
				}
				start, end, prefix = end, end+1<<k, p
				t[p] = E(start)<<16 | isSpecial | isSubtable | E(k)<<8 | E(tableBits)
			}
			e := entries[sym] + E(l)<<8 + E(l)
			for j := start + c>>tableBits; j < end; j += 1 << l {
				t[j] = e
			}
		}
	}
}

// double repeats the first 2^from entries until there are 2^to.
func double[E uint32 | uint64](t []E, from, to int) {
	for ; from < to; from++ {
		copy(t[1<<from:], t[:1<<from])
	}
}
