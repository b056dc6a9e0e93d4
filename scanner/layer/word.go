// This file finds the long words of a text, at the price of a look at a quarter of it. A key that is encoded as a whole
// is a long word, or has one in it; hardly anything else is.

package layer

import (
	"encoding/binary"
	"iter"
)

// longWord is the length of the shortest encoded key that is looked for: %70%6B%5F and 34 digits; in base64 it has 50.
const longWord = 43

// blockStep and blockLen say which bytes are looked at first: every word of longWord bytes holds a whole block.
const (
	blockStep = 36
	blockLen  = 8
	_         = uint(longWord - (blockStep + blockLen - 1))
)

// inWord marks the bytes that encoded keys are made of.
var inWord = table(alphanumeric + `+/=_%\&#;{}-`)

const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func table(chars string) (t [256]bool) {
	for _, c := range []byte(chars) {
		t[c] = true
	}
	return t
}

// longWords yields the words of text[from:to] that may hold an encoded key, in order. A word that begins before from or
// ends after to is yielded whole.
func longWords(text []byte, from, to int) iter.Seq[Span] {
	return func(yield func(Span) bool) {
		var b blocks
		last, stop := 0, min(to+blockStep, len(text)-blockLen+1)
		for at := from; at < stop; at += chunk * blockStep {
			for _, p := range b.find(text, at, min(at+chunk*blockStep, stop)) {
				if int(p) < last || !inWord[text[p]] {
					continue
				}
				w := wordAt(text, int(p))
				last = w.End
				if w.End-w.Start >= longWord && w.Start < to && w.End > from && !yield(w) {
					return
				}
			}
		}
	}
}

// wordAt returns the word around text[p].
func wordAt(text []byte, p int) Span {
	start, end := p, p+1
	for start > 0 && inWord[text[start-1]] {
		start--
	}
	for end < len(text) && inWord[text[end]] {
		end++
	}
	return Span{start, end}
}

// chunk is how many blocks are looked at before the words that they tell of are.
const chunk = 512

// blocks holds blocks of a text: where they begin and what stands there.
type blocks struct {
	at    [chunk]int32
	bytes [chunk]uint64
}

// find returns the beginnings of the blocks in text[at:end], at every blockStep, that look like a piece of an encoded key.
//
// It takes eight bytes at a time and has no branch that depends on them: a processor that guesses wrong loses more time
// than three blocks take. A byte that a subtraction borrows from makes no difference, for there is one below that counts.
func (b *blocks) find(text []byte, at, end int) []int32 {
	n := 0
	for p := at; p < end; p += blockStep {
		x := binary.LittleEndian.Uint64(text[p : p+blockLen])
		b.at[n], b.bytes[n] = int32(p), x
		if (x-'#'*each)&high == 0 { // no control, space or quote, and nothing above ASCII
			n++
		}
	}
	return b.at[:b.telling(n)]
}

const (
	each = 0x0101010101010101
	high = 0x80 * each
)

// telling keeps, of the first n blocks, those that are no piece of prose or of a name: without a dot, a comma or a
// parenthesis, and with a digit or with two capitals that are two to four bytes apart. In base64 of a key's digits each
// first of four characters is a capital (M, N, O, Y or Z), so that it always has such a block. Of keys in base64 twice,
// or compressed, one in 5000 has none.
func (b *blocks) telling(n int) int {
	kept := 0
	for i, x := range b.bytes[:n] {
		dots := x&(0xf9*each) ^ '('*each // ( * , .
		dots = (dots - each) &^ dots & high
		digits := x&(0xf0*each) ^ '0'*each
		digits = (digits - each) &^ digits & high
		capitals := ^x & (0x20 * each)
		some := digits | capitals&(capitals>>16|capitals>>24|capitals>>32)
		b.at[kept] = b.at[i]
		kept += int(((some | -some) &^ (dots | -dots)) >> 63)
	}
	return kept
}
