// This file visits the objects of a pack.

package gitstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
)

// packSweep is the state of sweeping one pack.
type packSweep struct {
	*sweeping
	list     int // of the catalogue
	p        *pack
	f        *packFile
	forest   *deltaForest
	failed   bool // the pack cannot be read
	repeated bool // its index has an ID twice
	spare    atomic.Int64

	mu    sync.Mutex
	later []uint32 // entries of unknown type that turned out to be trees
}

// sweep visits the objects of the pack whose turn it is.
func (ps *packSweep) sweep() error {
	if ps.failed {
		return nil
	}
	f, release, err := ps.s.files.acquire(ps.p.path)
	if missing(err) {
		ps.fail()
		ps.s.relist()
		return nil
	}
	if err == nil {
		defer release()
		ps.f = f
		if ps.forest == nil {
			ps.repeated = repeats(ps.p.idx.ids, ps.p.idx.idLen)
			inOrder := f.reader(ps.p.idx.idLen, 0)
			inOrder.ahead = readAhead
			ps.forest, err = indexForest(ps.ctx, ps.p, inOrder)
			if err == nil && ps.forest.doubled() {
				ps.s.notef(ps.p.where, "its index gives one entry to two objects, so another may not be seen: run git index-pack")
			}
		}
	}
	if ps.ctx.Err() != nil {
		return context.Cause(ps.ctx)
	}
	if err != nil {
		ps.fail()
		ps.s.notef(ps.p.where, "read pack of %d objects: %w; run git fsck", ps.p.idx.n, err)
		return nil
	}
	if ps.turn.has(BlobObject) {
		for _, l := range ps.p.lost {
			where := fmt.Sprintf("%s, offset %d", ps.p.where, l.off)
			if err := ps.deliver(none, Object{Err: l.err, Where: where}); err != nil {
				return err
			}
		}
	}
	if err := ps.roots(); err != nil || !ps.turn.has(TreeObject) {
		return err
	}
	defer func() { ps.forest = nil }()
	if err := ps.rest(); err != nil {
		return err
	}
	if n := ps.spare.Load(); n > 0 {
		ps.s.notef(ps.p.where, "%d bytes of the pack belong to no object of its index: run git index-pack", n)
	}
	return nil
}

// fail gives the pack up. Its objects may be elsewhere.
func (ps *packSweep) fail() {
	ps.failed, ps.forest = true, nil
	ps.s.drop(ps.p)
	for rank := range ps.p.idx.n {
		if number, first := ps.g.objects.number(ps.list, rank); first {
			ps.isGone(number)
		}
	}
}

// roots walks the delta trees from the entries that are no deltas, then those whose base is not in the pack. An entry
// whose type is not known has its turn with the blobs.
func (ps *packSweep) roots() error {
	t := ps.forest
	roots := ps.later
	for pos, kind := range t.kind {
		if kind.valid() && ps.turn.has(kind) || kind == 0 && ps.turn.has(BlobObject) {
			roots = append(roots, uint32(pos))
		}
	}
	ps.later = nil
	var outside []ID
	for id := range t.outside {
		outside = append(outside, id)
	}
	slices.SortFunc(outside, ID.Compare)
	var taken atomic.Int64
	total := len(roots) + len(outside)
	if total == 0 {
		return nil
	}
	shared := newSharing(workers())
	return ps.parallel(shared.walkers, func(r *treeRecorder) error {
		w := ps.walker(r)
		w.offer = shared.offer
		defer func() { ps.spare.Add(w.r.spare) }()
		for {
			k := int(taken.Add(1)) - 1
			if k >= total {
				return shared.rest(ps.ctx, w)
			}
			var err error
			if k < len(roots) {
				err = ps.root(w, roots[k])
			} else {
				id := outside[k-len(roots)]
				err = ps.outside(w, id, t.outside[id])
			}
			if err != nil {
				return err
			}
		}
	})
}

func (ps *packSweep) walker(r *treeRecorder) *packWalker {
	w := &packWalker{
		ctx: ps.ctx, p: ps.p, forest: ps.forest, free: r.put,
		r: ps.f.reader(ps.p.idx.idLen, allowed(ps.p.size, maxObject)),
	}
	w.visit = func(o walked) (e *entries, err error) {
		number, ok := ps.number(o.pos)
		content := func() (io.Reader, error) { return bytes.NewReader(o.data), nil }
		if err := ps.proveName(o.pos, o.typ, uint64(len(o.data)), content); err != nil || !ok {
			return nil, err
		}
		if o.typ == TreeObject {
			e = r.record(number, o.data, o.base, o.ops)
		}
		return e, ps.deliver(number, Object{
			ID: ps.id(o.pos), Type: o.typ, Size: int64(len(o.data)), Data: o.data, Where: ps.p.where,
		})
	}
	w.fail = func(pos uint32, err error) error {
		number, ok := ps.number(pos)
		if !ok {
			return nil
		}
		typ := ps.forest.kind[pos] &^ visited
		if !typ.valid() {
			typ = 0
		}
		return ps.deliver(number, Object{ID: ps.id(pos), Type: typ, Err: err, Where: ps.p.where})
	}
	// A copy elsewhere is read, not the one here.
	w.rescue = func(pos uint32) (Type, []byte, bool) {
		typ, data, err := ps.s.read(ps.id(pos), ps.p, "")
		if err != nil {
			return 0, nil, false
		}
		ps.s.notef(ps.p.where, "object %s is damaged here; another copy of it was read: run git fsck", ps.id(pos))
		return typ, append([]byte(nil), data...), true
	}
	return w
}

func (ps *packSweep) id(pos uint32) ID { return ps.p.idx.id(ps.forest.rank(pos)) }

// number gives the number of the object at pos, and whether it is visited here: no list before has it, and it is the
// first of its name in this one.
func (ps *packSweep) number(pos uint32) (uint32, bool) {
	return ps.g.objects.number(ps.list, ps.forest.rank(pos))
}

// proveName looks at the objects that the index calls by one name. One of them is visited; if each of them bears its name
// rightly, they are the same, and else an index that was made to mislead has put it over another's. The error is the context's.
func (ps *packSweep) proveName(pos uint32, typ Type, size uint64, content func() (io.Reader, error)) error {
	if !ps.repeated {
		return nil
	}
	x, rank := ps.p.idx, ps.forest.rank(pos)
	same := func(other int) bool {
		return other >= 0 && other < x.n && bytes.Equal(x.idBytes(other), x.idBytes(rank))
	}
	if !same(rank-1) && !same(rank+1) {
		return nil
	}
	h := newHash(x.idLen)
	h.Write(objectHeader(typ, size))
	r, err := content()
	if err == nil {
		_, err = io.Copy(h, ending{ps.ctx, r})
	}
	if ps.ctx.Err() != nil {
		return context.Cause(ps.ctx)
	}
	if err != nil || !bytes.Equal(h.Sum(nil), x.idBytes(rank)) {
		ps.s.notef(ps.p.where, "its index calls two objects %s; one was not searched: run git index-pack", ps.id(pos))
	}
	return nil
}

func (ps *packSweep) root(w *packWalker, pos uint32) error {
	t := ps.forest
	number, here := ps.number(pos)
	alone := t.first[pos] == none
	if alone && t.kind[pos].valid() && !here && !ps.repeated {
		t.kind[pos] |= visited
		return nil
	}
	if kind := t.kind[pos]; !kind.valid() {
		if typ, _, ok := w.rescue(pos); ok && typ == TreeObject && !ps.turn.has(typ) {
			ps.mu.Lock()
			defer ps.mu.Unlock()
			ps.later = append(ps.later, pos)
			return nil
		}
		return w.root(pos)
	}
	off, end := t.off(pos), t.entryEnd(pos)
	h, err := w.r.header(off, end)
	if err != nil || h.size <= MaxInMemory || h.typ != BlobObject && h.size <= allowed(int64(end-off), maxStructure) {
		return w.root(pos)
	}
	if h.typ != BlobObject {
		if typ, data, ok := w.rescue(pos); ok {
			return w.tree(pos, typ, data)
		}
		return w.failTree(pos, errStructure)
	}
	if !alone && h.size <= w.r.limit {
		return w.root(pos)
	}
	t.kind[pos] |= visited
	content := func() (io.Reader, error) { return streamEntry(ps.f, off, end, h) }
	if err := ps.proveName(pos, h.typ, h.size, content); err != nil {
		return err
	}
	if here {
		r, err := content()
		if err != nil {
			return w.failTree(pos, err)
		}
		o := Object{ID: ps.id(pos), Type: h.typ, Size: int64(min(h.size, 1<<62)), Stream: r, Where: ps.p.where}
		if err := ps.deliver(number, o); err != nil {
			return err
		}
	}
	return w.failBelow(pos)
}

// outside walks the deltas of a thin pack on a base that the pack does not have.
func (ps *packSweep) outside(w *packWalker, base ID, deltas []uint32) error {
	typ, data, err := ps.s.read(base, ps.p, "")
	if err == nil && !ps.turn.has(typ) {
		return nil // its turn is before, or later
	}
	if err != nil && !ps.turn.has(TreeObject) {
		return nil // copies of what is built on it may be trees
	}
	if err == nil {
		return w.onto(deltas, typ, data)
	}
	for _, pos := range deltas {
		if typ, data, ok := w.rescue(pos); ok {
			err = w.tree(pos, typ, data)
		} else {
			err = w.failTree(pos, fmt.Errorf("base %s of its delta: %w", base, err))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rest reports the entries that no root leads to: deltas that are built on each other in a circle, or on nothing.
func (ps *packSweep) rest() error {
	r := ps.g.recorder()
	defer r.close()
	w := ps.walker(r)
	circle := errors.New("its delta is built on itself, or on nothing in the pack")
	for pos, kind := range ps.forest.kind {
		if kind&visited != 0 {
			continue
		}
		if typ, data, ok := w.rescue(uint32(pos)); ok {
			e, err := w.visit(walked{pos: uint32(pos), typ: typ, data: data})
			if err != nil {
				return err
			}
			w.letGo(data, e)
		} else if err := w.fail(uint32(pos), circle); err != nil {
			return err
		}
	}
	return nil
}
