// This file walks a pack in delta order.

package gitstore

import (
	"context"
	"errors"
)

// maxHeld bounds the bases that one walker keeps at a time.
const maxHeld = 2 * maxObject

var (
	errBase = errors.New("the base of its delta cannot be read")
	errHeld = errors.New("its delta tree needs more than 2 GiB of memory")
)

// packWalker goes down the delta trees of a pack, depth first, so that each entry is inflated once and each delta is
// applied once to a base that is in memory.
//
// Of the deltas on an entry the heaviest comes last, and an entry's content is let go of when its last delta is
// applied. So a kept content always belongs to an entry that has more below it than what is being walked, and at
// most log2(entries) contents are kept, however long the chains are.
type packWalker struct {
	ctx    context.Context
	p      *pack
	r      *entryReader
	forest *deltaForest

	// visit takes each object's content; it is valid until it returns.
	visit func(pos uint32, typ Type, data []byte) error
	// fail takes each entry whose content cannot be had.
	fail func(pos uint32, err error) error
	// rescue looks for a copy of the object elsewhere.
	rescue func(pos uint32) (Type, []byte, bool)

	stack []walkFrame
	held  int
}

// walkFrame is an entry whose deltas are being applied.
type walkFrame struct {
	pos  uint32
	data []byte
	next uint32 // the delta to apply next, in the list; none when only the heavy one is left
	last bool   // the heavy one is taken as well
}

// take gives the next delta to apply, the heavy one last.
func (w *packWalker) take(f *walkFrame) uint32 {
	heavy := w.forest.heavy[f.pos]
	if f.next == heavy && heavy != none {
		f.next = w.forest.next[heavy]
	}
	if pos := f.next; pos != none {
		f.next = w.forest.next[pos]
		if f.next == heavy && heavy != none {
			f.next = w.forest.next[heavy]
		}
		f.last = f.next == none && heavy == none
		return pos
	}
	if f.last {
		return none
	}
	f.last = true
	return heavy
}

// root inflates the entry at pos, which is not a delta, and walks what is built on it.
func (w *packWalker) root(pos uint32) error {
	h, data, err := w.read(pos)
	typ := h.typ
	if err == nil && !typ.valid() {
		err = errBase
	}
	if err != nil {
		var ok bool
		if typ, data, ok = w.rescue(pos); !ok {
			return w.failTree(pos, err)
		}
	}
	return w.tree(pos, typ, data)
}

// read inflates the entry at pos, delta or not.
func (w *packWalker) read(pos uint32) (entryHeader, []byte, error) {
	var crc uint32
	known := false
	if w.forest.rank != nil {
		crc, known = w.p.idx.crc(int(w.forest.rank[pos]))
	}
	return w.r.read(w.forest.offs[pos], w.forest.entryEnd(pos), crc, known)
}

// tree visits the object at pos, whose content is data, and all that is built on it.
func (w *packWalker) tree(pos uint32, typ Type, data []byte) error {
	w.stack, w.held = w.stack[:0], 0
	if err := w.enter(pos, typ, data); err != nil {
		return err
	}
	return w.walk(typ)
}

// onto walks deltas whose common base is not in the pack.
func (w *packWalker) onto(deltas []uint32, typ Type, base []byte) error {
	w.stack, w.held = w.stack[:0], 0
	for _, pos := range deltas {
		if err := w.apply(pos, typ, base); err != nil {
			return err
		}
		if err := w.walk(typ); err != nil {
			return err
		}
	}
	return nil
}

func (w *packWalker) walk(typ Type) error {
	for len(w.stack) > 0 {
		f := &w.stack[len(w.stack)-1]
		pos := w.take(f)
		base := f.data
		done := pos == none || f.last
		if done {
			w.stack = w.stack[:len(w.stack)-1]
			w.held -= len(base)
		}
		if pos != none {
			if err := w.apply(pos, typ, base); err != nil {
				return err
			}
		}
		if done {
			w.r.bufs.put(base)
		}
	}
	return nil
}

// apply makes the object at pos from its base, visits it, and puts it on the stack.
func (w *packWalker) apply(pos uint32, typ Type, base []byte) error {
	h, delta, err := w.read(pos)
	var data []byte
	if err == nil && h.typ != ofsDelta && h.typ != refDelta {
		err = errDelta
	}
	if err == nil {
		var size int
		var ops []byte
		if size, ops, err = checkDelta(len(base), delta); err == nil && w.held+len(base)+size > maxHeld {
			err = errHeld
		}
		if err == nil {
			data = applyDelta(w.r.bufs.get(size), base, ops)
		}
	}
	w.r.bufs.put(delta)
	if err != nil {
		var ok bool
		if typ, data, ok = w.rescue(pos); !ok {
			return w.failTree(pos, err)
		}
	}
	return w.enter(pos, typ, data)
}

func (w *packWalker) enter(pos uint32, typ Type, data []byte) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	w.forest.kind[pos] |= visited
	if err := w.visit(pos, typ, data); err != nil {
		return err
	}
	first := w.forest.first[pos]
	if first == none {
		w.r.bufs.put(data)
		return nil
	}
	w.stack = append(w.stack, walkFrame{pos: pos, data: data, next: first})
	w.held += len(data)
	return nil
}

// failTree reports the entry at pos, and what is built on it unless copies of that are elsewhere.
func (w *packWalker) failTree(pos uint32, err error) error {
	w.forest.kind[pos] |= visited
	if err := w.fail(pos, err); err != nil {
		return err
	}
	return w.failBelow(pos)
}

func (w *packWalker) failBelow(pos uint32) error {
	lost := []uint32{pos}
	for len(lost) > 0 {
		at := lost[len(lost)-1]
		lost = lost[:len(lost)-1]
		for pos := w.forest.first[at]; pos != none; pos = w.forest.next[pos] {
			if w.forest.kind[pos]&visited != 0 {
				continue
			}
			if err := w.ctx.Err(); err != nil {
				return err
			}
			w.forest.kind[pos] |= visited
			lost = append(lost, pos)
			if typ, data, ok := w.rescue(pos); ok {
				if err := w.visit(pos, typ, data); err != nil {
					return err
				}
			} else if err := w.fail(pos, errBase); err != nil {
				return err
			}
		}
	}
	return nil
}
