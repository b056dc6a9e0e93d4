// This file walks from commits to their ancestors, reading no more of them than it must.

package gitstore

import (
	"container/heap"
	"context"
	"fmt"
	"math"
	"sync"
)

// ancestry holds what is known of commits. They are read one by one, newest first, as they are needed, at some 25 µs
// each; when that becomes more than a sweep of the store would cost, all are read in one.
//
// A walk that has to know what does not lead to a commit would have to go to the roots. Dates spare that, as they do
// in git: what is older than all that is asked for does not lead to it. Where clocks were wrong that is not true, so the
// walk goes on for a day's worth of commits and datesSlack more, and to the roots once it has met a commit that is
// more than a day older than its parent: of 203,352 commits of git's own repository 11 are. What may escape it is a
// wrong clock below what was walked, and there the answer errs on the side of too much: a commit is taken for one that
// is not excluded.
type ancestry struct {
	s       *Store
	ctx     context.Context
	ids     *texts // the raw IDs of commits
	nodes   []ancestor
	trees   []byte   // by commit: the raw ID of its tree
	parents []uint32 // of all commits, one after the other
	refs    []string // by which starts were named
	reads   int
	slack   int  // datesSlack, but in tests
	limit   int  // reads, from which on a sweep is cheaper
	swept   bool // all commits of the store are known
	skewed  bool // a clock was wrong
	through bool // what is wanted is behind excluded commits, too

	queue dateQueue
	must  int // commits in the queue that the walk has to go through whatever their date is
}

// ancestor is what is known of a commit.
type ancestor struct {
	date     int64 // the committer's; noDate if it is none
	from, to uint32
	state    nodeState
	queued   bool
	listed   bool // it is in the range
	wanted   bool // from where it can be reached is of interest
	flags    ancestorFlags
	near     reach
	ref      uint32 // one of refs that leads to it so; nothing unless near says that something does
}

// start is a commit from which approach begins.
type start struct {
	n   uint32
	ref uint32 // what leads to it
}

type nodeState uint8

const (
	unread  nodeState = iota
	present           // read
	absent            // not in the store, or damaged
)

// ancestorFlags say what leads to a commit.
type ancestorFlags uint8

const (
	included ancestorFlags = 1 << iota
	excluded
	leftSide
	rightSide
	common // of both sides
)

const (
	datesMargin = 24 * 3600 // seconds
	datesSlack  = 1_000     // commits
	minReads    = 2_000     // commits that are read one by one in any case

	// In the time in which one commit is read by itself, a sweep for commits passes this many objects of any type: 20 µs
	// and 2 µs, on git's own repository.
	sweepPerRead = 10
)

func newAncestry(ctx context.Context, s *Store) *ancestry {
	s.load()
	objects := 0
	for _, p := range s.allPacks() {
		objects += p.idx.n
	}
	return &ancestry{
		s: s, ctx: ctx, ids: newTexts(), slack: datesSlack, limit: max(minReads, objects/sweepPerRead),
	}
}

// number gives a commit's number.
func (a *ancestry) number(id ID) uint32 {
	n, _ := a.ids.add(id.bytes())
	if n == none {
		a.s.notef(".", "commits name more parents than are kept; the range is not seen to its end")
		return 0
	}
	if int(n) == len(a.nodes) {
		a.nodes = append(a.nodes, ancestor{near: unreachable})
		a.trees = append(a.trees, make([]byte, a.s.idLen)...)
	}
	return n
}

func (a *ancestry) id(n uint32) ID { return makeID(a.ids.at(n)) }

// tree gives the ID of a commit's tree.
func (a *ancestry) tree(n uint32) ID { return makeID(a.trees[int(n)*a.s.idLen : (int(n)+1)*a.s.idLen]) }

// load reads a commit if it has not been read; false if it cannot be. That is noted by whoever needs it.
func (a *ancestry) load(n uint32) (bool, error) {
	if a.nodes[n].state != unread {
		return a.nodes[n].state == present, nil
	}
	if err := a.ctx.Err(); err != nil {
		return false, context.Cause(a.ctx)
	}
	if a.reads++; a.reads > a.limit {
		if err := a.sweepOnce(); err != nil {
			return false, err
		}
		if a.nodes[n].state != unread {
			return a.nodes[n].state == present, nil
		}
	}
	id := a.id(n)
	typ, data, err := a.s.Read(id)
	if err != nil || typ != CommitObject {
		a.nodes[n].state = absent
		return false, nil
	}
	a.add(n, data)
	return true, nil
}

// sweepOnce reads all commits of the store, if that was not done.
func (a *ancestry) sweepOnce() error {
	if a.swept {
		return nil
	}
	a.swept = true
	var mu sync.Mutex
	return a.s.sweepCommits(a.ctx, func(o Object) (bool, error) {
		if o.Err != nil {
			return false, nil // if it is needed, it is read by itself, and that fails
		}
		mu.Lock()
		defer mu.Unlock()
		if n := a.number(o.ID); a.nodes[n].state == unread {
			a.add(n, o.Data)
		}
		return false, nil
	})
}

// add takes what a commit says of its tree, its parents and its date.
func (a *ancestry) add(n uint32, data []byte) {
	tree, parents, date := commitLinks(data, a.s.idLen, func(key string, value []byte) {
		if key == "parent" {
			a.s.notef("commit "+a.id(n).String(), "parent %.80q is no object ID; what it leads to is not seen: run git fsck", value)
		}
	})
	from := uint32(len(a.parents))
	for _, id := range parents {
		a.parents = append(a.parents, a.number(id))
	}
	copy(a.trees[int(n)*a.s.idLen:], tree.bytes())
	node := &a.nodes[n]
	node.state, node.date, node.from, node.to = present, date, from, uint32(len(a.parents))
}

func (a *ancestry) parentsOf(n uint32) []uint32 { return a.parents[a.nodes[n].from:a.nodes[n].to] }

// mark puts flags on a commit and the commit into the queue, if it did not have them.
func (a *ancestry) mark(n uint32, flags ancestorFlags, must func(ancestorFlags) bool) error {
	if _, err := a.load(n); err != nil {
		return err
	}
	node := &a.nodes[n]
	if node.flags&flags == flags {
		return nil
	}
	if node.queued && must(node.flags) {
		a.must--
	}
	node.flags |= flags
	if must(node.flags) {
		a.must++
	}
	if !node.queued {
		node.queued = true
		a.push(n)
	}
	return nil
}

func (a *ancestry) push(n uint32) { heap.Push(&a.queue, dated{a.nodes[n].date, n}) }

// pop takes the newest commit from the queue and sees whether clocks were right.
func (a *ancestry) pop(must func(ancestorFlags) bool) uint32 {
	n := heap.Pop(&a.queue).(dated).n
	a.nodes[n].queued = false
	if must(a.nodes[n].flags) {
		a.must--
	}
	return n
}

// check notes whether a commit's date shows that a clock was wrong.
func (a *ancestry) check(n uint32) {
	for _, p := range a.parentsOf(n) {
		node, parent := a.nodes[n], a.nodes[p]
		if parent.state == present && (node.date == noDate || parent.date == noDate || parent.date-node.date > datesMargin) {
			a.skewed = true
		}
	}
}

// beyond tells that dates let a walk for commits not older than oldest end, at the newest commit that is left; past
// counts the commits for which that was so.
func (a *ancestry) beyond(oldest int64, past *int) bool {
	if oldest == noDate || a.queue[0].date >= oldest-datesMargin {
		*past = 0
		return false
	}
	*past++
	return *past > a.slack && !a.skewed
}

// partition finds which commits the included lead to and the excluded do not. It marks them, and tells the date of the
// oldest: math.MaxInt64 if there is none.
func (a *ancestry) partition(include, exclude []uint32) (oldest int64, err error) {
	must := func(f ancestorFlags) bool { return f&(included|excluded) == included }
	for _, n := range exclude {
		if err := a.mark(n, excluded, must); err != nil {
			return 0, err
		}
	}
	for _, n := range include {
		if err := a.mark(n, included, must); err != nil {
			return 0, err
		}
	}
	oldest = math.MaxInt64
	for past := 0; len(a.queue) > 0; {
		if a.must == 0 && (oldest == math.MaxInt64 || a.beyond(oldest, &past)) {
			break
		}
		n := a.pop(must)
		node := a.nodes[n]
		flags := node.flags & excluded
		if flags == 0 {
			flags = included
			if node.state == present {
				oldest = min(oldest, node.date)
			}
		}
		for _, p := range a.parentsOf(n) {
			if err := a.mark(p, flags, must); err != nil {
				return 0, err
			}
		}
		a.check(n)
	}
	a.drain()
	return oldest, nil
}

// drain empties the queue.
func (a *ancestry) drain() {
	for _, d := range a.queue {
		a.nodes[d.n].queued = false
	}
	a.queue, a.must = a.queue[:0], 0
}

// approach marks the commits that the starts lead to with near, where nothing nearer did, and gives how many of the
// wanted ones, of which left had no mark, are left without. It looks at no commit older than oldest, as far as dates can be trusted; with all
// set, at all.
func (a *ancestry) approach(starts []start, near reach, left int, oldest int64, all bool) (int, error) {
	take := func(n, ref uint32) error {
		if _, err := a.load(n); err != nil {
			return err
		}
		node := &a.nodes[n]
		if node.near <= near || node.flags&excluded != 0 && !all && !a.through {
			return nil
		}
		if node.wanted && node.near == unreachable {
			left--
		}
		node.near, node.ref = near, ref
		a.push(n)
		return nil
	}
	for _, from := range starts {
		if err := take(from.n, from.ref); err != nil {
			return 0, err
		}
	}
	for past := 0; len(a.queue) > 0 && left > 0; {
		if !all && a.beyond(oldest, &past) {
			break
		}
		n := heap.Pop(&a.queue).(dated).n
		for _, p := range a.parentsOf(n) {
			if err := take(p, a.nodes[n].ref); err != nil {
				return 0, err
			}
		}
		a.check(n)
	}
	a.queue = a.queue[:0]
	return left, nil
}

// mergeBases gives common ancestors of two commits from which all others can be reached.
func (s *Store) mergeBases(ctx context.Context, left, right ID) ([]ID, error) {
	a := newAncestry(ctx, s)
	must := func(f ancestorFlags) bool { return f&common == 0 }
	// Not even a wrong date can hide one: each commit that only one side is known to lead to is gone through.
	var bases []ID
	for side, id := range map[ancestorFlags]ID{leftSide: left, rightSide: right} {
		if err := a.mark(a.number(id), side, must); err != nil {
			return nil, err
		}
	}
	for a.must > 0 {
		n := a.pop(must)
		flags := a.nodes[n].flags & (leftSide | rightSide | common)
		if flags == leftSide|rightSide {
			bases = append(bases, a.id(n))
			flags |= common
			a.nodes[n].flags = flags
		}
		for _, p := range a.parentsOf(n) {
			if err := a.mark(p, flags, must); err != nil {
				return nil, fmt.Errorf("find merge bases of %s and %s: %w", left, right, err)
			}
		}
	}
	return bases, nil
}

// dateQueue is a heap of commits, the newest first.
type dateQueue []dated

type dated struct {
	date int64
	n    uint32
}

func (q dateQueue) Len() int           { return len(q) }
func (q dateQueue) Less(i, j int) bool { return q[i].date > q[j].date }
func (q dateQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *dateQueue) Push(x any)        { *q = append(*q, x.(dated)) }
func (q *dateQueue) Pop() any {
	last := len(*q) - 1
	x := (*q)[last]
	*q = (*q)[:last]
	return x
}
