// This file holds lists of millions that several goroutines append to.

package gitstore

import (
	"slices"
	"sync"
)

const (
	chunkBits = 13
	chunkLen  = 1 << chunkBits
)

// chunked is a list in pieces: to grow one slice of 10^7 takes its memory twice. Each goroutine appends by way of a
// chunk of its own.
type chunked[T any] struct {
	mu     sync.Mutex
	chunks [][]T
}

// chunk is a piece of a list that is being filled. Close hands over what is in it.
type chunk[T any] struct {
	list  *chunked[T]
	no    int
	items []T
}

// add appends an item and gives its number.
func (c *chunk[T]) add(item T) uint32 {
	if len(c.items) == cap(c.items) {
		c.close()
		c.list.mu.Lock()
		c.no, c.items = len(c.list.chunks), make([]T, 0, chunkLen)
		c.list.chunks = append(c.list.chunks, nil)
		c.list.mu.Unlock()
	}
	c.items = append(c.items, item)
	return uint32(c.no<<chunkBits | len(c.items) - 1)
}

func (c *chunk[T]) close() {
	if c.items == nil {
		return
	}
	c.list.mu.Lock()
	c.list.chunks[c.no] = slices.Clone(c.items) // most chunks of small packs are nearly empty
	c.list.mu.Unlock()
	c.items = nil
}

// at gives the item with a number.
func (l *chunked[T]) at(n uint32) *T { return &l.chunks[n>>chunkBits][n&(chunkLen-1)] }

// all gives all items with their numbers, once nobody appends any more.
func (l *chunked[T]) all(yield func(n uint32, item T) bool) {
	for no, items := range l.chunks {
		for i, item := range items {
			if !yield(uint32(no<<chunkBits|i), item) {
				return
			}
		}
	}
}
