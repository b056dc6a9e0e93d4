// This file numbers byte strings: millions of names and IDs, at a few bytes more than they are long.

package gitstore

import (
	"bytes"
	"hash/maphash"
)

// texts gives each byte string a number, from 0 on. It is an open hash table of numbers beside the strings' plain bytes;
// a Go map of strings would take three times the memory. The seed keeps strings that were made to collide from doing so.
type texts struct {
	seed  maphash.Seed
	bytes []byte
	ends  []uint32 // where each string ends in bytes, and the next begins
	slots []uint32 // number+1, 0 when free; the length is a power of two
}

// maxTexts bounds the bytes of all strings: names compress well, so a small pack can hold any number of them.
const maxTexts = 128 << 20

func newTexts() *texts {
	return &texts{seed: maphash.MakeSeed(), slots: make([]uint32, 1<<8)}
}

// at gives the string with a number. It must not be changed.
func (t *texts) at(n uint32) []byte {
	start := uint32(0)
	if n > 0 {
		start = t.ends[n-1]
	}
	return t.bytes[start:t.ends[n]]
}

// slot finds where the string is, or would be.
func (t *texts) slot(text []byte) int {
	mask := len(t.slots) - 1
	for i := int(maphash.Bytes(t.seed, text)) & mask; ; i = (i + 1) & mask {
		if n := t.slots[i]; n == 0 || bytes.Equal(t.at(n-1), text) {
			return i
		}
	}
}

// add gives the number of a string, a new one if it has none; none when there is no room for more.
func (t *texts) add(text []byte) (n uint32, isNew bool) {
	i := t.slot(text)
	if n := t.slots[i]; n != 0 {
		return n - 1, false
	}
	if len(t.bytes)+len(text) > maxTexts {
		return none, false
	}
	t.bytes = append(t.bytes, text...)
	t.ends = append(t.ends, uint32(len(t.bytes)))
	t.slots[i] = uint32(len(t.ends))
	if len(t.ends) > len(t.slots)/4*3 {
		t.slots = make([]uint32, 2*len(t.slots))
		for n := range uint32(len(t.ends)) {
			t.slots[t.slot(t.at(n))] = n + 1
		}
	}
	return uint32(len(t.ends)) - 1, true
}
