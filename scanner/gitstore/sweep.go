// This file visits each object of a store once.

package gitstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Object is one object of a store, or what stands where one should be.
type Object struct {
	ID   ID    // zero when it cannot be known; Where then says more
	Type Type  // 0 when it cannot be known
	Size int64 // bytes; of a stream as declared

	// Data is the whole content, valid until visit returns; nil when Stream or Err is set.
	Data []byte
	// Stream is set for a blob larger than MaxInMemory: read it, before visit returns, instead of Data. It ends with
	// an error other than io.EOF when the content is damaged.
	Stream io.Reader
	// Err is why the content cannot be read. What git would say of it is in the words of the format: a wrong checksum,
	// a delta without its base.
	Err error
	// Where is the file that holds the object, relative to the common directory where possible.
	Where string
}

// Sweep visits each object of the store once: every pack of every object directory, in delta order, then every loose
// object. Of an object that several packs or files hold, one copy is visited, a good one if there is any. visit may
// be called from several goroutines at once. Only objects of the given types are delivered, and those whose type
// cannot be known.
//
// Objects that cannot be read are delivered with Err, and the sweep goes on; other faults are added to Problems.
// Sweep returns the first error of visit, or the context's.
func (s *Store) Sweep(ctx context.Context, types TypeSet, visit func(Object) error) error {
	if err := s.loadFor(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	sw := &sweep{s: s, ctx: ctx, types: types, visit: visit, stop: cancel}
	for i := 0; ; i++ {
		packs := s.allPacks()
		if len(packs) == i && len(sw.vanished) > 0 && s.relist() {
			packs = s.allPacks()
		}
		if len(packs) == i {
			sw.noteVanished()
			return sw.loose()
		}
		if err := sw.pack(i, packs); err != nil {
			return err
		}
	}
}

// sweep is the state of one Sweep.
type sweep struct {
	s        *Store
	ctx      context.Context
	types    TypeSet
	visit    func(Object) error
	stop     context.CancelCauseFunc
	vanished []*pack // packs that went away after they were listed

	delivered atomic.Int64
}

// workers is how many goroutines share a sweep. Above four, visit is what the time goes to.
func workers() int { return min(max(runtime.GOMAXPROCS(0), 1), 4) }

// deliver hands an object to visit. Whatever it returns ends the sweep.
func (sw *sweep) deliver(o Object) error {
	if err := sw.ctx.Err(); err != nil {
		return context.Cause(sw.ctx)
	}
	if o.Err == nil && !sw.types.Has(o.Type) {
		return nil
	}
	sw.delivered.Add(1)
	return sw.visit(o)
}

// parallel runs f on some goroutines and gives the first error.
func (sw *sweep) parallel(n int, f func() error) error {
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := f(); err != nil {
				sw.stop(err)
			}
		})
	}
	wg.Wait()
	if sw.ctx.Err() != nil {
		return context.Cause(sw.ctx)
	}
	return nil
}

// pack visits the objects of packs[i] that no earlier pack has.
func (sw *sweep) pack(i int, packs []*pack) error {
	p := packs[i]
	for _, l := range p.lost {
		where := fmt.Sprintf("%s, offset %d", p.where, l.off)
		if err := sw.deliver(Object{Err: l.err, Where: where}); err != nil {
			return err
		}
	}
	f, release, err := sw.s.files.acquire(p.path)
	if missing(err) {
		sw.vanished = append(sw.vanished, p)
		sw.s.drop(p)
		return nil
	}
	if err != nil {
		sw.s.drop(p)
		sw.s.notef(p.where, "read pack of %d objects: %w; run git fsck", p.idx.n, err)
		return nil
	}
	defer release()
	forest := indexForest(sw.ctx, p, &entryReader{f: f, idLen: p.idx.idLen})
	if sw.ctx.Err() != nil {
		return context.Cause(sw.ctx)
	}
	before, besides := sw.delivered.Load(), forest.besides(sw.types)
	sw.s.pass(besides)
	ps := &packSweep{sweep: sw, p: p, f: f, forest: forest}
	for _, other := range packs[:i] {
		if !sw.s.isGone(other) {
			ps.earlier = append(ps.earlier, other)
		}
	}
	if err := ps.roots(); err != nil {
		return err
	}
	if err := ps.rest(); err != nil {
		return err
	}
	sw.s.pass(p.idx.n - besides - int(sw.delivered.Load()-before))
	if n := ps.spare.Load(); n > 0 {
		sw.s.notef(p.where, "%d bytes of the pack belong to no object of its index: run git index-pack", n)
	}
	return nil
}

// noteVanished reports packs that went away and whose objects are not all in other packs now, or loose.
func (sw *sweep) noteVanished() {
	for _, p := range sw.vanished {
		lost := 0
		for rank := range p.idx.n {
			id := p.idx.id(rank)
			loose := func(dir string) bool { return exists(looseName(dir, id)) }
			if !sw.packed(id) && !slices.ContainsFunc(sw.s.dirs, loose) {
				lost++
			}
		}
		if lost > 0 {
			sw.s.notef(p.where, "pack was removed while the store was read, with %d objects that are in no other pack: "+
				"run again", lost)
		}
	}
}

// packSweep is the state of sweeping one pack.
type packSweep struct {
	*sweep
	p       *pack
	f       io.ReaderAt
	forest  *deltaForest
	earlier []*pack
	spare   atomic.Int64
}

// roots walks the delta trees from the entries that are no deltas, then those whose base is not in the pack.
func (ps *packSweep) roots() error {
	t := ps.forest
	var roots []uint32
	for pos, kind := range t.kind {
		if kind == 0 || kind.valid() && ps.types.Has(kind) {
			roots = append(roots, uint32(pos))
		}
	}
	var outside []ID
	for id := range t.outside {
		outside = append(outside, id)
	}
	slices.SortFunc(outside, ID.Compare)
	var taken atomic.Int64
	total := len(roots) + len(outside)
	return ps.parallel(min(workers(), total), func() error {
		w := ps.walker()
		defer func() { ps.spare.Add(w.r.spare) }()
		for {
			k := int(taken.Add(1)) - 1
			if k >= total {
				return nil
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

func (ps *packSweep) walker() *packWalker {
	w := &packWalker{
		ctx: ps.ctx, p: ps.p, forest: ps.forest,
		r: &entryReader{f: ps.f, idLen: ps.p.idx.idLen},
	}
	w.visit = func(pos uint32, typ Type, data []byte) error {
		if !ps.types.Has(typ) || !ps.owns(pos) {
			return nil
		}
		return ps.deliver(Object{ID: ps.id(pos), Type: typ, Size: int64(len(data)), Data: data, Where: ps.p.where})
	}
	w.fail = func(pos uint32, err error) error {
		if !ps.owns(pos) {
			return nil
		}
		typ := ps.forest.kind[pos] &^ visited
		if !typ.valid() {
			typ = 0
		}
		return ps.deliver(Object{ID: ps.id(pos), Type: typ, Err: err, Where: ps.p.where})
	}
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

func (ps *packSweep) id(pos uint32) ID { return ps.p.idx.id(int(ps.forest.rank[pos])) }

// owns tells whether the object at pos is visited in this pack: no earlier pack has it, and it is the first of its
// name in this one.
func (ps *packSweep) owns(pos uint32) bool {
	rank := int(ps.forest.rank[pos])
	id := ps.p.idx.idBytes(rank)
	if first, _ := ps.p.idx.find(id); first != rank {
		return false
	}
	for _, other := range ps.earlier {
		if _, ok := other.idx.find(id); ok {
			return false
		}
	}
	return true
}

func (ps *packSweep) root(w *packWalker, pos uint32) error {
	t := ps.forest
	alone := t.first[pos] == none
	if alone && t.kind[pos].valid() && !ps.owns(pos) {
		t.kind[pos] |= visited
		return nil
	}
	if !t.kind[pos].valid() {
		return w.root(pos)
	}
	off, end := t.offs[pos], t.entryEnd(pos)
	var head [maxEntryHeader]byte
	n, _ := ps.f.ReadAt(head[:min(uint64(len(head)), end-off)], int64(off))
	h, err := parseEntryHeader(head[:n], w.r.idLen)
	if err != nil || h.size <= MaxInMemory || h.typ != BlobObject && h.size <= maxStructure {
		return w.root(pos)
	}
	if h.typ != BlobObject {
		return w.failTree(pos, errStructure)
	}
	if !alone && h.size <= maxObject {
		return w.root(pos)
	}
	t.kind[pos] |= visited
	if ps.owns(pos) {
		r, err := streamEntry(ps.f, off, end, h)
		if err != nil {
			return w.failTree(pos, err)
		}
		o := Object{ID: ps.id(pos), Type: h.typ, Size: int64(min(h.size, 1<<62)), Stream: r, Where: ps.p.where}
		if err := ps.deliver(o); err != nil {
			return err
		}
	}
	return w.failBelow(pos)
}

// outside walks the deltas of a thin pack on a base that the pack does not have.
func (ps *packSweep) outside(w *packWalker, base ID, deltas []uint32) error {
	typ, data, err := ps.s.read(base, ps.p, "")
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
	t := ps.forest
	w := ps.walker()
	reached := make([]bool, len(t.offs)) // also below roots of other types
	stack := make([]uint32, 0, 64)
	mark := func(pos uint32) {
		reached[pos] = true
		stack = append(stack, pos)
	}
	for pos, kind := range t.kind {
		if kind&visited != 0 || kind.valid() {
			mark(uint32(pos))
		}
	}
	for _, deltas := range t.outside {
		for _, pos := range deltas {
			mark(pos)
		}
	}
	for len(stack) > 0 {
		pos := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for d := t.first[pos]; d != none; d = t.next[d] {
			if !reached[d] {
				mark(d)
			}
		}
	}
	circle := errors.New("its delta is built on itself, or on nothing in the pack")
	for pos := range t.kind {
		if reached[pos] {
			continue
		}
		if typ, data, ok := w.rescue(uint32(pos)); ok {
			if err := w.visit(uint32(pos), typ, data); err != nil {
				return err
			}
		} else if err := w.fail(uint32(pos), circle); err != nil {
			return err
		}
	}
	return nil
}
