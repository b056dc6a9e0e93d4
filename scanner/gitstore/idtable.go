// This file numbers IDs: millions of them, at some 30 bytes each.

package gitstore

import (
	"bytes"
	"hash/maphash"
)

// idTable gives each ID a number, from 0 on. It is an open hash table of numbers beside the plain bytes of the IDs;
// a Go map of IDs would take twice the memory. The seed keeps IDs that were made to collide from doing so.
type idTable struct {
	idLen int
	seed  maphash.Seed
	ids   []byte
	slots []uint32 // number+1, 0 when free; the length is a power of two
}

func newIDTable(idLen int) *idTable {
	return &idTable{idLen: idLen, seed: maphash.MakeSeed(), slots: make([]uint32, 1<<10)}
}

func (t *idTable) len() int { return len(t.ids) / t.idLen }

func (t *idTable) raw(n uint32) []byte { return t.ids[int(n)*t.idLen : (int(n)+1)*t.idLen] }

func (t *idTable) id(n uint32) ID { return makeID(t.raw(n)) }

// slot finds where the ID is, or would be.
func (t *idTable) slot(id []byte) int {
	mask := len(t.slots) - 1
	for i := int(maphash.Bytes(t.seed, id)) & mask; ; i = (i + 1) & mask {
		if n := t.slots[i]; n == 0 || bytes.Equal(t.raw(n-1), id) {
			return i
		}
	}
}

func (t *idTable) find(id []byte) (uint32, bool) {
	n := t.slots[t.slot(id)]
	return n - 1, n != 0
}

// add gives the number of an ID, a new one if it has none.
func (t *idTable) add(id []byte) uint32 {
	i := t.slot(id)
	if n := t.slots[i]; n != 0 {
		return n - 1
	}
	t.ids = append(t.ids, id...)
	n := uint32(t.len())
	t.slots[i] = n
	if t.len() > len(t.slots)/4*3 {
		t.slots = make([]uint32, 2*len(t.slots))
		for n := range uint32(t.len()) {
			t.slots[t.slot(t.raw(n))] = n + 1
		}
	}
	return n - 1
}
