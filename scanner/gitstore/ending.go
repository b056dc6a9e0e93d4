// This file ends what takes long when a context does.

package gitstore

import (
	"context"
	"io"
)

// endingFile reads from a file until a context ends.
type endingFile struct {
	ctx context.Context
	io.ReaderAt
}

// ReadAt reads, or returns the context's error.
func (f endingFile) ReadAt(p []byte, off int64) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.ReaderAt.ReadAt(p, off)
}

// ending reads until a context ends.
type ending struct {
	ctx context.Context
	io.Reader
}

// Read reads, or returns the context's error.
func (r ending) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
