// This file tests blocks that compressors do not write: what zlib accepts of them, and what not.

package inflate

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// accepted proves that blocks are inflated, whatever room there is.
func accepted(t *testing.T, blocks, want []byte) {
	t.Helper()
	var d Decoder
	comp := zlibOf(blocks, want)
	for _, room := range []int{0, 1, len(want) / 2, len(want), len(want) + 1, len(want) + Slack, 4096} {
		out, used, err := d.Zlib(make([]byte, 0, room), comp, len(want))
		require.NoError(t, err)
		require.Equal(t, len(comp), used)
		require.True(t, bytes.Equal(want, out), "room %d", room)
	}
}

// rejected proves that blocks are an error, also with much behind them.
func rejected(t *testing.T, blocks []byte) {
	t.Helper()
	var d Decoder
	for _, behind := range []int{16, 100} {
		comp := zlibOf(append(bytes.Clone(blocks), make([]byte, behind)...), nil)
		_, _, err := d.Zlib(nil, comp, 1000)
		require.ErrorIs(t, err, ErrCorrupt)
		for _, size := range []int{0, 1, 50} {
			_, _, err := d.Zlib(nil, comp, size)
			require.Error(t, err)
		}
	}
}

func TestBlockHeader(t *testing.T) {
	t.Run("no such type", func(t *testing.T) { rejected(t, []byte{7}) })
	t.Run("stored", func(t *testing.T) { accepted(t, []byte("\x01\x03\x00\xfc\xffabc"), []byte("abc")) })
	t.Run("stored, empty", func(t *testing.T) {
		accepted(t, []byte("\x00\x00\x00\xff\xff\x00\x00\x00\xff\xff\x01\x01\x00\xfe\xffa"), []byte("a"))
	})
	t.Run("stored, lengths differ", func(t *testing.T) { rejected(t, []byte("\x01\x03\x00\xfc\xfeabc")) })
	t.Run("fixed, empty", func(t *testing.T) { accepted(t, []byte{3, 0}, nil) })
}

func TestFixedBlock(t *testing.T) {
	for _, sym := range []int{286, 287} {
		var b bitWriter
		b.write(3, 3)
		b.symbol(fixedLits, sym)
		rejected(t, b.buf)
	}
	for _, sym := range []int{30, 31} {
		var b bitWriter
		b.write(3, 3)
		b.symbol(fixedLits, 'a')
		b.symbol(fixedLits, 257)
		b.symbol(fixedDists, sym)
		rejected(t, b.buf)
	}
	t.Run("258 in two ways", func(t *testing.T) {
		var b bitWriter
		b.write(3, 3)
		b.symbol(fixedLits, 'a')
		b.match(fixedLits, fixedDists, 258, 1)
		b.symbol(fixedLits, 284)
		b.write(31, 5)
		b.symbol(fixedDists, 0)
		b.symbol(fixedLits, 256)
		accepted(t, b.buf, bytes.Repeat([]byte("a"), 1+2*258))
	})
	t.Run("before the start", func(t *testing.T) {
		var b bitWriter
		b.write(3, 3)
		for range 50 {
			b.symbol(fixedLits, 'a')
		}
		b.match(fixedLits, fixedDists, 3, 51)
		rejected(t, b.buf)
	})
}

// TestMatches copies every length from every near distance and from some far ones, at every place before the end.
func TestMatches(t *testing.T) {
	const lead = 100
	var d Decoder
	for dist := 1; dist <= 80; dist++ {
		for length := 3; length <= 258; length++ {
			var b bitWriter
			b.write(3, 3)
			var want []byte
			for i := range lead {
				want = append(want, byte(i)+28)
				b.symbol(fixedLits, int(want[i]))
			}
			b.match(fixedLits, fixedDists, length, dist)
			for range length {
				want = append(want, want[len(want)-dist])
			}
			for i := range (length + dist) % 40 {
				want = append(want, byte(i))
				b.symbol(fixedLits, i)
			}
			b.symbol(fixedLits, 256)
			comp := zlibOf(b.buf, want)
			// What is behind the capacity must not change.
			buf := bytes.Repeat([]byte{0xaa}, len(want)+Slack+8)
			room := len(want) + length%(Slack+1)
			out, _, err := d.Zlib(buf[:0:room], comp, len(want))
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, out), "length %d distance %d", length, dist)
			require.Equal(t, bytes.Repeat([]byte{0xaa}, len(buf)-room), buf[room:])
		}
	}
}

func TestDynamicBlock(t *testing.T) {
	end := map[int]int{256: 1}
	block := func(lits, dists []int, then func(b *bitWriter)) []byte {
		var b bitWriter
		b.dynamicWith(newCode(lits), newCode(dists))
		then(&b)
		return b.buf
	}
	ones := func(n int) func(b *bitWriter) { return func(b *bitWriter) { b.write(1<<n-1, n) } }
	zeros := func(b *bitWriter) { b.write(0, 20) }

	for name, c := range map[string]struct {
		blocks []byte
		ok     bool
		want   string
	}{
		"only an end":              {block(lengths(257, end), []int{0}, ones(0)), true, ""},
		"only an end, other bit":   {block(lengths(257, end), []int{0}, ones(1)), false, ""},
		"only an end, of length 2": {block(lengths(257, map[int]int{256: 2}), []int{0}, zeros), false, ""},
		"no end":                   {block(lengths(257, map[int]int{'a': 1, 'b': 1}), []int{0}, zeros), false, ""},
		"no end, lengths":          {block(lengths(286, map[int]int{'a': 1, 285: 1}), []int{0}, zeros), false, ""},
		"nothing":                  {block(lengths(257, nil), []int{0}, zeros), false, ""},
		"literals leave over":      {block(lengths(257, map[int]int{'a': 2, 256: 1}), []int{0}, zeros), false, ""},
		"too many literals":        {block(lengths(257, map[int]int{'a': 1, 'b': 1, 256: 1}), []int{0}, zeros), false, ""},
		"distances leave over":     {block(lengths(257, map[int]int{'a': 1, 256: 1}), []int{2, 1}, ones(1)), false, ""},
		"one distance of length 2": {block(lengths(257, map[int]int{'a': 1, 256: 1}), []int{2}, ones(1)), false, ""},
		"too many distances":       {block(lengths(257, map[int]int{'a': 1, 256: 1}), []int{1, 1, 1}, ones(1)), false, ""},
		"286 and 30": {block(lengths(286, map[int]int{'a': 1, 256: 1}), lengths(30, nil), func(b *bitWriter) {
			b.write(2, 2)
		}), true, "a"},
		"one distance": {block(lengths(258, map[int]int{'a': 1, 256: 2, 257: 2}), []int{1}, func(b *bitWriter) {
			b.write(0, 1)
			b.write(3, 2) // 257
			b.write(0, 1)
			b.write(1, 2) // 256
		}), true, "aaaa"},
		"one distance, other bit": {block(lengths(258, map[int]int{'a': 1, 256: 2, 257: 2}), []int{1}, func(b *bitWriter) {
			b.write(0, 1)
			b.write(3, 2)
			b.write(1, 1)
		}), false, ""},
		"no distance": {block(lengths(258, map[int]int{'a': 1, 256: 2, 257: 2}), []int{0}, func(b *bitWriter) {
			b.write(0, 1)
			b.write(3, 2)
		}), false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if c.ok {
				accepted(t, c.blocks, []byte(c.want))
			} else {
				rejected(t, c.blocks)
			}
		})
	}
}

func TestLengthCodes(t *testing.T) {
	repeats := newCode(lengths(19, map[int]int{0: 3, 1: 3, 2: 3, 15: 3, 14: 3, 16: 3, 17: 3, 18: 3}))
	begin := func(lits, dists int, c code) *bitWriter {
		var b bitWriter
		b.dynamic(lits, dists, c)
		return &b
	}
	zeros := func(b *bitWriter, n int) {
		b.symbol(repeats, 18)
		b.write(n-11, 7)
	}
	t.Run("too many symbols", func(t *testing.T) {
		rejected(t, begin(287, 1, plainCode).buf)
		rejected(t, begin(288, 1, plainCode).buf)
		rejected(t, begin(257, 31, plainCode).buf)
		rejected(t, begin(257, 32, plainCode).buf)
	})
	t.Run("code leaves over", func(t *testing.T) {
		rejected(t, begin(257, 1, newCode(lengths(19, map[int]int{0: 2, 1: 1}))).buf)
		rejected(t, begin(257, 1, newCode(lengths(19, nil))).buf)
		// Unlike with other codes, zlib does not allow this one to be of one symbol. Go's compress/flate does, but there
		// is no stream in which it makes a difference: all lengths are the same then, and 257 to 286 codes of the same
		// length are too many or too few.
		rejected(t, begin(257, 1, newCode(lengths(19, map[int]int{8: 1}))).buf)
	})
	t.Run("code has too many", func(t *testing.T) {
		rejected(t, begin(257, 1, newCode(lengths(19, map[int]int{0: 1, 1: 1, 2: 1}))).buf)
	})
	t.Run("nothing to repeat", func(t *testing.T) {
		b := begin(257, 1, repeats)
		b.symbol(repeats, 16)
		rejected(t, b.buf)
	})
	t.Run("zeros repeated", func(t *testing.T) {
		b := begin(257, 1, repeats)
		zeros(b, 138)
		zeros(b, 112)
		b.symbol(repeats, 16)
		b.write(3, 2) // to 256
		b.symbol(repeats, 1)
		b.symbol(repeats, 0)
		b.write(0, 1)
		accepted(t, b.buf, nil)
	})
	t.Run("over the border", func(t *testing.T) {
		b := begin(259, 4, repeats)
		zeros(b, 138)
		zeros(b, 117)
		b.symbol(repeats, 2) // 255
		b.symbol(repeats, 16)
		b.write(3, 2) // 256 to 258, and distances 0 to 2
		b.symbol(repeats, 2)
		lits, dists := newCode(lengths(259, map[int]int{255: 2, 256: 2, 257: 2, 258: 2})), newCode(repeated(4, 2))
		b.symbol(lits, 255)
		b.match(lits, dists, 4, 1)
		b.match(lits, dists, 3, 4)
		b.symbol(lits, 256)
		accepted(t, b.buf, bytes.Repeat([]byte{255}, 1+4+3))
	})
	t.Run("too far", func(t *testing.T) {
		for _, sym := range []int{16, 17, 18} {
			for dists := 1; dists <= 3; dists++ {
				b := begin(257, dists, repeats)
				zeros(b, 138)
				zeros(b, 118)
				for range dists {
					b.symbol(repeats, 1)
				}
				b.symbol(repeats, sym)
				rejected(t, b.buf)
			}
		}
	})
}

// TestLongCodes has sub-tables: codes of all lengths, and those which need the most entries, as zlib's
// examples/enough.c lists them for 286 symbols by 10 bits, and 30 by 8.
func TestLongCodes(t *testing.T) {
	all := lengths(286, map[int]int{256: 15, 285: 15})
	for i := range 14 {
		all[i*18+3] = i + 1
	}
	for _, c := range []struct{ lits, dists code }{
		{newCode(all), newCode(lengths(30, map[int]int{29: 1, 0: 1}))},
		{
			newCode(inOrder(map[int]int{1: 1, 2: 1, 3: 1, 4: 1, 11: 1, 12: 229, 13: 49, 14: 1, 15: 2})),
			newCode(inOrder(map[int]int{1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 9: 1, 10: 9, 11: 9, 12: 1, 13: 1, 14: 1, 15: 2})),
		},
	} {
		var b bitWriter
		b.dynamicWith(c.lits, c.dists)
		var want []byte
		match := func(length, dist int) {
			b.match(c.lits, c.dists, length, dist)
			for range length {
				want = append(want, want[len(want)-dist])
			}
		}
		for len(want) < 40000 {
			for sym, l := range c.lits.lens[:256] {
				if l > 0 {
					b.symbol(c.lits, sym)
					want = append(want, byte(sym))
				}
			}
			match(258, 1)
		}
		for length := 3; length <= 258; length++ {
			if c.lits.lens[257] > 0 {
				match(length, length*100)
			}
		}
		for sym, l := range c.dists.lens {
			if l > 0 {
				dist := int(distEntries[sym] >> 16 & 0xffff)
				match(258, dist)
				match(258, dist+int(distEntries[sym]>>32))
			}
		}
		for sym, l := range c.dists.lens { // where room ends
			if l > 8 {
				match(3, int(distEntries[sym]>>16&0xffff))
				b.symbol(c.lits, 255)
				want = append(want, 255)
			}
		}
		b.symbol(c.lits, 256)
		accepted(t, b.buf, want)
	}
}
