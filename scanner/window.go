// This file reads contents of any size in windows of a fixed one.

package scanner

import (
	"errors"
	"io"

	"github.com/klaviyolint/klaviyolint/rules"
)

const (
	// WindowSize is how much of a content is in memory at a time, in bytes.
	WindowSize = 4 << 20
	// WindowOverlap is how much of a window's edge is only context for keys in the window beside: what a key, and all
	// that bears on its slot, takes in UTF-16.
	WindowOverlap = 2 * (rules.Context + rules.MaxKeyLen)
)

// ErrWhole is what visit answers to the first window of a content that it has read as a whole by [Blob.Open]: no further
// window is wanted.
var ErrWhole = errors.New("the content has been read as a whole")

// Buffer holds one window; it grows to the size of the largest content read so far, at most a window's.
type Buffer []byte

// Visit visits what r yields as windows of the blob b. size is what r is expected to yield, 0 if unknown. An error of r
// is visited as b's, after what could be read before it.
func (buf *Buffer) Visit(r io.Reader, size int64, b Blob, visit func(Blob) error) error {
	err := buf.visit(r, size, b, visit)
	if errors.Is(err, ErrWhole) {
		return nil
	}
	return err
}

func (buf *Buffer) visit(r io.Reader, size int64, b Blob, visit func(Blob) error) error {
	// One byte more than expected, so that the end is seen without growing.
	if want := int(min(size+1, WindowSize)); len(*buf) < want {
		*buf = make([]byte, max(want, 64<<10, min(2*len(*buf), WindowSize)))
	}
	held, lead := 0, 0 // bytes in the buffer; of these, bytes at its start that are only context
	for {
		n, err := buf.fill(r, held)
		held += n
		if err != nil && err != io.EOF {
			if held > lead {
				if visitErr := visitWindow(b, (*buf)[:held], lead, held, visit); visitErr != nil {
					return visitErr
				}
			}
			b.Data, b.Fresh, b.Err = nil, nil, err
			return visit(b)
		}
		if err == io.EOF {
			return visitWindow(b, (*buf)[:held], lead, held, visit)
		}
		end := held - WindowOverlap
		if err := visitWindow(b, (*buf)[:held], lead, end, visit); err != nil {
			return err
		}
		keep := end - WindowOverlap
		b.Start = b.Start.After((*buf)[:keep])
		held = copy(*buf, (*buf)[keep:held])
		lead = WindowOverlap
	}
}

// visitWindow visits data[from:to] as the fresh part of data.
func visitWindow(b Blob, data []byte, from, to int, visit func(Blob) error) error {
	b.Data = data
	if from > 0 || to < len(data) {
		b.Fresh = []Span{{Start: from, End: to}}
	}
	return visit(b)
}

// fill fills the buffer from held on, and grows it up to a window's size while r has more. It returns io.EOF when
// r ended, nil when the window is full.
func (buf *Buffer) fill(r io.Reader, held int) (n int, err error) {
	for {
		if held+n == len(*buf) {
			if len(*buf) >= WindowSize {
				return n, nil
			}
			grown := make([]byte, min(2*len(*buf), WindowSize))
			copy(grown, *buf)
			*buf = grown
		}
		m, err := r.Read((*buf)[held+n:])
		n += m
		if err != nil {
			return n, err
		}
	}
}
