// This file visits each object of a store once.

package gitstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
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

// Sweep visits each object of the store once: blobs, commits and tags first, trees last, from every pack of every object
// directory in delta order, then from loose files. Of an object that several packs or files hold, one copy is visited, a
// good one if there is any. visit may be called from several goroutines at once. What the store held when
// Sweep was first called counts.
//
// visit tells of each object whether it is to be located, and name the same of each name that an entry of a tree has,
// which it is given once; then the graph locates them. name may be nil.
//
// Objects that cannot be read are delivered with Err, and the sweep goes on. Other faults are added to Problems:
// objects that are named and not there above all. Sweep returns the first error of visit, or the context's, and with it
// a graph that has no more than what is to be located.
func (s *Store) Sweep(ctx context.Context, visit func(Object) (locate bool, err error), name func([]byte) (locate bool)) (*Graph, error) {
	sw, err := newSweeping(ctx, s, visit, name)
	if err != nil {
		return &Graph{s: s}, err
	}
	defer sw.stop(nil)
	// Trees come last: when they are recorded, it is known what is to be located.
	err = sw.run(typesOf(BlobObject, CommitObject, TagObject), typesOf(TreeObject))
	if err == nil {
		err = sw.leftovers()
	}
	if err == nil {
		sw.g.reportMissing()
	}
	return sw.g, err
}

// sweepCommits visits the commits of the store only. What is odd is not looked into.
func (s *Store) sweepCommits(ctx context.Context, visit func(Object) (bool, error)) error {
	sw, err := newSweeping(ctx, s, visit, nil)
	if err != nil {
		return err
	}
	defer sw.stop(nil)
	return sw.run(typesOf(CommitObject))
}

// sweeping is the state of one Sweep.
type sweeping struct {
	s     *Store
	g     *Graph
	ctx   context.Context
	visit func(Object) (bool, error)
	stop  context.CancelCauseFunc
	turn  typeSet  // what is visited now
	done  []uint32 // a bit for each object of the catalogue that was delivered

	mu   sync.Mutex
	gone []uint32 // objects that are no longer where they were listed
}

// typeSet is a set of types of objects.
type typeSet uint8

func typesOf(types ...Type) (set typeSet) {
	for _, t := range types {
		set |= 1 << t
	}
	return set
}

func (s typeSet) has(t Type) bool { return s>>t&1 == 1 }

func newSweeping(ctx context.Context, s *Store, visit func(Object) (bool, error), name func([]byte) bool) (*sweeping, error) {
	if err := s.loadFor(ctx); err != nil {
		return nil, err
	}
	g := newGraph(s, name)
	sw := &sweeping{s: s, g: g, visit: visit, done: make([]uint32, (g.objects.n+31)/32)}
	sw.ctx, sw.stop = context.WithCancelCause(ctx)
	return sw, nil
}

// run visits objects of some types after the other.
func (sw *sweeping) run(turns ...typeSet) error {
	var sources []interface{ sweep() error }
	for i := range sw.g.objects.lists {
		if list := &sw.g.objects.lists[i]; list.pack != nil {
			sources = append(sources, &packSweep{sweeping: sw, list: i, p: list.pack})
		} else {
			sources = append(sources, &looseSweep{sweeping: sw, no: i, list: list})
		}
	}
	for _, sw.turn = range turns {
		for _, source := range sources {
			if err := source.sweep(); err != nil {
				return err
			}
		}
		// A gc in the meantime puts objects into other packs. Blobs have to be known before trees are recorded.
		r := sw.g.recorder()
		for _, number := range sw.gone {
			if hasBit(sw.done, number) {
				continue
			}
			if err := sw.late(r, number, sw.g.objects.id(number)); err != nil && !errors.Is(err, ErrMissing) {
				return err
			}
		}
		r.close()
	}
	return nil
}

// isGone takes note that an object is not where it was listed.
func (sw *sweeping) isGone(number uint32) {
	sw.mu.Lock()
	defer sw.mu.Unlock()
	sw.gone = append(sw.gone, number)
}

// workers is how many goroutines share a sweep. Above four, visit is what the time goes to.
func workers() int { return min(max(runtime.GOMAXPROCS(0), 1), 4) }

// deliver hands an object to visit, number none if the catalogue does not have it. Whatever it returns ends the sweep.
func (sw *sweeping) deliver(number uint32, o Object) error {
	if sw.ctx.Err() != nil {
		return context.Cause(sw.ctx)
	}
	locate, err := sw.visit(o)
	if err != nil {
		return err
	}
	if number == none {
		if locate {
			sw.g.mu.Lock()
			sw.g.late = append(sw.g.late, o.ID)
			sw.g.mu.Unlock()
		}
		return nil
	}
	setBit(sw.done, number)
	if locate {
		setBit(sw.g.wanted, number)
	}
	switch {
	case o.Data == nil:
	case o.Type == CommitObject:
		sw.g.addCommit(number, o.Data)
	case o.Type == TagObject:
		sw.g.addTag(o.ID, o.Data)
	}
	return nil
}

func setBit(set []uint32, n uint32) { atomic.OrUint32(&set[n/32], 1<<(n%32)) }

func hasBit(set []uint32, n uint32) bool { return atomic.LoadUint32(&set[n/32])>>(n%32)&1 == 1 }

// parallel runs f on some goroutines, each with a recorder, and gives the first error.
func (sw *sweeping) parallel(n int, f func(*treeRecorder) error) error {
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			r := sw.g.recorder()
			defer r.close()
			debug.SetPanicOnFault(true) // where an index is mapped, and cut off
			defer func() {
				// The text of a runtime error may quote content, so only its type is shown.
				if p := recover(); p != nil {
					sw.stop(fmt.Errorf("internal error: %T", p))
				}
			}()
			if err := f(r); err != nil {
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

// leftovers counts what was promised and is not there; and it visits what came in while the store was listed, which shows
// by what names it.
func (sw *sweeping) leftovers() error {
	r := sw.g.recorder()
	defer r.close()
	// What was not there in its turn may be there now, of whatever type it is.
	sw.turn = typesOf(BlobObject, CommitObject, TagObject, TreeObject)
	lost := 0
	var example ID
	for number := range uint32(sw.g.objects.n) {
		if hasBit(sw.done, number) {
			continue
		}
		example = sw.g.objects.id(number)
		err := sw.late(r, number, example)
		if errors.Is(err, ErrMissing) {
			lost++
		} else if err != nil {
			return err
		}
	}
	if lost > 0 {
		sw.s.notef("object:"+example.String(), "%d objects that packs or files promised are not there, or cannot be read, this one first: run again", lost)
	}
	if sw.s.Partial() {
		return nil // what is missing is so on purpose
	}
	tried := map[ID]bool{}
	for {
		ids := slices.SortedFunc(sw.g.unfound(tried), ID.Compare)
		if len(ids) == 0 {
			return nil
		}
		for _, id := range ids {
			tried[id] = true
			switch err := sw.late(r, none, id); {
			case errors.Is(err, ErrMissing):
			case err != nil:
				return err
			default:
				delete(sw.g.missing, id)
			}
		}
	}
}

// late visits one object by its ID, unless it is a tree and trees come later.
func (sw *sweeping) late(r *treeRecorder, number uint32, id ID) error {
	var visitErr error
	err := sw.s.Visit(id, func(o Object) error {
		switch {
		case number != none && !sw.turn.has(o.Type):
			return nil
		case o.Type != TreeObject:
		case number != none:
			r.put(r.record(number, o.Data, nil, nil))
		default:
			// It has no number, so nothing can be located by it; what it names is searched all the same.
			err := ParseTree(o.Data, sw.s.idLen, func(e TreeEntry) bool {
				r.add(none, e.Mode, []byte(e.Name), e.ID.bytes())
				return true
			})
			if err != nil {
				sw.s.notef("tree "+id.String(), "%w; names behind that place are not searched: run git fsck", err)
			}
		}
		visitErr = sw.deliver(number, o)
		return visitErr
	})
	if err == nil || visitErr != nil || errors.Is(err, ErrMissing) {
		return err
	}
	return sw.deliver(number, Object{ID: id, Err: err})
}

// unfound gives the IDs of missing objects that were not tried.
func (g *Graph) unfound(tried map[ID]bool) func(yield func(ID) bool) {
	return func(yield func(ID) bool) {
		for id := range g.missing {
			if !tried[id] && !yield(id) {
				return
			}
		}
	}
}

// maxListed bounds how many missing objects of a type are reported one by one.
const maxListed = 100

// reportMissing reports what is named and not there. In a partial clone that is to be expected, so it is counted.
func (g *Graph) reportMissing() {
	byType := map[Type][]ID{}
	for id, l := range g.missing {
		byType[l.typ] = append(byType[l.typ], id)
	}
	for typ, ids := range byType {
		slices.SortFunc(ids, ID.Compare)
		name := typ.String()
		if g.s.Partial() {
			g.s.choicef(PartialClone, "config", "partial clone: %d %ss were not fetched and are not searched, %s first: "+
				"run git fetch --refetch --no-filter", len(ids), name, ids[0])
			continue
		}
		for i, id := range ids {
			if i == maxListed {
				g.s.notef("objects", "%d more %ss are missing: run git fsck", len(ids)-i, name)
				break
			}
			g.s.notef("object:"+id.String(), "%s is missing, named by %s: run git fsck", name, g.namer(g.missing[id]))
		}
	}
}
