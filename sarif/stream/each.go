// This file writes many elements at once: each is encoded, indented, masked and escaped by itself, which takes longer than
// all else that a report needs.

package stream

import (
	"bytes"
	"fmt"
	"runtime"
)

// atOnce is how many elements are made into a piece of text at a time.
const atOnce = 128

// chunk is the text of elements, when it is done.
type chunk struct {
	first, end int
	done       chan struct{}
	text       bytes.Buffer
	err        error
}

// make makes the text of the chunk, in brackets that are open. What a panic says may quote content, so only its type is
// kept.
func (c *chunk) make(open []byte, empty bool, element func(i int) any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %T", p)
		}
	}()
	part := New(&c.text)
	part.open, part.empty = open, empty && c.first == 0
	for i := c.first; i < c.end; i++ {
		part.Put("", element(i))
	}
	if part.err != nil {
		return part.err
	}
	return part.out.Flush()
}

// PutEach writes n elements of the array that is open, as Put does one after the other, but on all processors. element is
// called from several goroutines at once. No more than a few hundred elements are held.
func (w *Writer) PutEach(n int, element func(i int) any) {
	if w.err != nil || n == 0 {
		return
	}
	workers := runtime.GOMAXPROCS(0)
	todo, order := make(chan *chunk), make(chan *chunk, 2*workers)
	stopped := make(chan struct{})
	defer close(stopped)
	go func() {
		defer close(todo)
		defer close(order)
		for first := 0; first < n; first += atOnce {
			c := &chunk{first: first, end: min(n, first+atOnce), done: make(chan struct{})}
			select {
			case order <- c:
			case <-stopped:
				return
			}
			todo <- c // each worker takes what there is until there is no more
		}
	}()
	empty, open := w.empty, w.open
	for range workers {
		go func() {
			for c := range todo {
				c.err = c.make(open, empty, element)
				close(c.done)
			}
		}()
	}
	for c := range order {
		<-c.done
		if w.err == nil {
			w.err = c.err
		}
		if w.err == nil {
			_, w.err = w.out.Write(c.text.Bytes())
		}
		if w.err != nil {
			return
		}
	}
	w.empty = false
}
