// This file puts the commits of a range into the order in which they are visited.

package gitstore

import (
	"bytes"
	"container/heap"
)

// inOrder visits commits, parents first; of those whose parents were visited the one that is reached from nearest, then
// the earliest, then that with the smallest ID. Commits that lead to themselves, which can be made where IDs are not
// checked, come last.
func (r *revisionRange) inOrder(list []uint32, visit func(n uint32) error) error {
	waits := make([]uint32, len(r.a.nodes)) // for how many parents
	children := map[uint32][]uint32{}
	ready := &commitQueue{a: r.a}
	for _, n := range list {
		for _, p := range r.a.parentsOf(n) {
			if r.a.nodes[p].listed {
				waits[n]++
				children[p] = append(children[p], n)
			}
		}
		if waits[n] == 0 {
			ready.numbers = append(ready.numbers, n)
		}
	}
	heap.Init(ready)
	visitReady := func() error {
		for len(ready.numbers) > 0 {
			n := heap.Pop(ready).(uint32)
			if err := visit(n); err != nil {
				return err
			}
			for _, child := range children[n] {
				if waits[child] == 0 {
					continue // in the queue, or visited
				}
				if waits[child]--; waits[child] == 0 {
					heap.Push(ready, child)
				}
			}
		}
		return nil
	}
	if err := visitReady(); err != nil {
		return err
	}
	for _, n := range list {
		if waits[n] > 0 {
			waits[n] = 0
			heap.Push(ready, n)
		}
	}
	return visitReady()
}

// commitQueue is a heap of commits that may be visited.
type commitQueue struct {
	a       *ancestry
	numbers []uint32
}

func (q *commitQueue) Len() int { return len(q.numbers) }
func (q *commitQueue) Less(i, j int) bool {
	x, y := &q.a.nodes[q.numbers[i]], &q.a.nodes[q.numbers[j]]
	switch {
	case x.near != y.near:
		return x.near < y.near
	case x.date != y.date:
		return x.date < y.date
	}
	return bytes.Compare(q.a.ids.at(q.numbers[i]), q.a.ids.at(q.numbers[j])) < 0
}
func (q *commitQueue) Swap(i, j int) { q.numbers[i], q.numbers[j] = q.numbers[j], q.numbers[i] }
func (q *commitQueue) Push(x any)    { q.numbers = append(q.numbers, x.(uint32)) }
func (q *commitQueue) Pop() any {
	last := len(q.numbers) - 1
	n := q.numbers[last]
	q.numbers = q.numbers[:last]
	return n
}
