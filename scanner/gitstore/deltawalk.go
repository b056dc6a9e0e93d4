// This file walks a pack in delta order.

package gitstore

import (
	"context"
	"errors"
)

var (
	errBase = errors.New("the base of its delta cannot be read")
	errHeld = errors.New("its delta tree needs more memory than 2 GiB, or than 64 MiB and 128 times the pack: run git repack -f")
)

// packWalker goes down the delta trees of a pack, depth first, so that each entry is inflated once and each delta is
// applied once to a base that is in memory.
//
// Of the deltas on an entry the one with the most below it comes last, and an entry's content is let go of when its
// last delta is applied. So a kept content always belongs to an entry that has more below it than what is being walked,
// and at most log2(entries) contents are kept, however long the chains are.
type packWalker struct {
	ctx    context.Context
	p      *pack
	r      *entryReader
	forest *deltaForest

	// visit takes each object. What it gives is handed to the visits of what is built on the object, and then to free.
	visit func(o walked) (*entries, error)
	free  func(*entries)
	// fail takes each entry whose content cannot be had.
	fail func(pos uint32, err error) error
	// rescue looks for a copy of the object elsewhere.
	rescue func(pos uint32) (Type, []byte, bool)
	// offer hands an entry, with all that is built on it, to a walker that has nothing to do, if there is one; nil if there
	// are no others.
	offer func(walkFrame) bool

	stack []walkFrame
	held  int
}

// walked is an object of a pack as it is visited. Its slices are valid until the visit returns.
type walked struct {
	pos  uint32
	typ  Type
	data []byte
	base *entries // what the visit of the object that it is built on gave; nil if it is built on none
	ops  []byte   // the delta's instructions
}

// walkFrame is an entry whose deltas are being applied.
type walkFrame struct {
	typ     Type
	data    []byte
	entries *entries
	next    uint32 // the delta to apply next, in the list
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
	if w.p.idx != nil {
		crc, known = w.p.idx.crc(w.forest.rank(pos))
	}
	return w.r.read(w.forest.off(pos), w.forest.entryEnd(pos), crc, known)
}

// tree visits the object at pos, whose content is data, and all that is built on it.
func (w *packWalker) tree(pos uint32, typ Type, data []byte) error {
	w.stack, w.held = w.stack[:0], 0
	if err := w.enter(walked{pos: pos, typ: typ, data: data}); err != nil {
		return err
	}
	return w.walk()
}

// adopt walks what is built on an entry that another walker offered.
func (w *packWalker) adopt(f walkFrame) error {
	w.stack, w.held = append(w.stack[:0], f), len(f.data)
	return w.walk()
}

// onto walks deltas whose common base is not in the pack.
func (w *packWalker) onto(deltas []uint32, typ Type, base []byte) error {
	w.stack, w.held = w.stack[:0], 0
	for _, pos := range deltas {
		if err := w.apply(pos, typ, base, nil); err != nil {
			return err
		}
		if err := w.walk(); err != nil {
			return err
		}
	}
	return nil
}

func (w *packWalker) walk() error {
	for len(w.stack) > 0 {
		f := &w.stack[len(w.stack)-1]
		pos, typ, base, entries := f.next, f.typ, f.data, f.entries
		f.next = w.forest.next[pos]
		last := f.next == none
		if last {
			w.stack = w.stack[:len(w.stack)-1]
			w.held -= len(base)
		}
		if err := w.apply(pos, typ, base, entries); err != nil {
			return err
		}
		if last {
			w.letGo(base, entries)
		}
	}
	return nil
}

func (w *packWalker) letGo(data []byte, e *entries) {
	w.r.bufs.put(data)
	if e != nil {
		w.free(e)
	}
}

// apply makes the object at pos from its base, visits it, and puts it on the stack.
func (w *packWalker) apply(pos uint32, typ Type, base []byte, entries *entries) error {
	h, delta, err := w.read(pos)
	o := walked{pos: pos, typ: typ, base: entries}
	if err == nil && h.typ != ofsDelta && h.typ != refDelta {
		err = errDelta
	}
	if err == nil {
		var size int
		limit := allowed(w.p.size, maxObject)
		if size, o.ops, err = checkDelta(len(base), delta, limit); err == nil && uint64(w.held+len(base)+size) > 2*limit {
			err = errHeld
		}
		if err == nil {
			o.data = applyDelta(w.r.bufs.get(size), base, o.ops)
		}
	}
	if err != nil {
		w.r.bufs.put(delta)
		rescued, data, ok := w.rescue(pos)
		if !ok {
			return w.failTree(pos, err)
		}
		return w.enter(walked{pos: pos, typ: rescued, data: data})
	}
	err = w.enter(o)
	w.r.bufs.put(delta)
	return err
}

func (w *packWalker) enter(o walked) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	w.forest.kind[o.pos] |= visited
	entries, err := w.visit(o)
	if err != nil {
		return err
	}
	first := w.forest.first[o.pos]
	if first == none {
		w.letGo(o.data, entries)
		return nil
	}
	f := walkFrame{typ: o.typ, data: o.data, entries: entries, next: first}
	if len(w.stack) > 0 && w.offer != nil && w.offer(f) {
		return nil
	}
	w.stack = append(w.stack, f)
	w.held += len(o.data)
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
				entries, err := w.visit(walked{pos: pos, typ: typ, data: data})
				if err != nil {
					return err
				}
				w.letGo(data, entries)
			} else if err := w.fail(pos, errBase); err != nil {
				return err
			}
		}
	}
	return nil
}
