// This file reads contents of any size in windows of a fixed one.

package source

import (
	"io"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

const (
	// windowSize is how much of a content is in memory at a time, in bytes.
	windowSize = 4 << 20
	// overlap is how much of a window's edge is only context for keys in the window beside: what a key, and all
	// that bears on its slot, takes in UTF-16.
	overlap = 2 * (rules.Context + rules.MaxKeyLen)
)

// buffer holds one window; it grows to the size of the largest content read so far, at most a window's.
type buffer []byte

// visitReader visits what r yields as windows of the blob b. size is what r is expected to yield, 0 if unknown. An
// error of r is visited as b's, after what could be read before it.
func (buf *buffer) visitReader(r io.Reader, size int64, b scanner.Blob, visit func(scanner.Blob) error) error {
	// One byte more than expected, so that the end is seen without growing.
	if want := int(min(size+1, windowSize)); len(*buf) < want {
		*buf = make([]byte, max(want, 64<<10, min(2*len(*buf), windowSize)))
	}
	held, lead := 0, 0 // bytes in the buffer; of these, bytes at its start that are only context
	for {
		n, err := readFull(r, buf, held)
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
		end := held - overlap
		if err := visitWindow(b, (*buf)[:held], lead, end, visit); err != nil {
			return err
		}
		keep := end - overlap
		b.Start = b.Start.After((*buf)[:keep])
		held = copy(*buf, (*buf)[keep:held])
		lead = overlap
	}
}

// visitWindow visits data[from:to] as the fresh part of data.
func visitWindow(b scanner.Blob, data []byte, from, to int, visit func(scanner.Blob) error) error {
	b.Data = data
	if from > 0 || to < len(data) {
		b.Fresh = []scanner.Span{{Start: from, End: to}}
	}
	return visit(b)
}

// readFull fills the buffer from held on, and grows it up to a window's size while r has more. It returns io.EOF when
// r ended, nil when the window is full.
func readFull(r io.Reader, buf *buffer, held int) (n int, err error) {
	for {
		if held+n == len(*buf) {
			if len(*buf) >= windowSize {
				return n, nil
			}
			grown := make([]byte, min(2*len(*buf), windowSize))
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
