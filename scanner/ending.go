// This file says how a scan ends before its time.

package scanner

import (
	"context"
	"io"
	"time"
)

// Grace is for how long after the end of its context a scan still takes blobs with Again set: what is known to have a
// trace of a key and was not looked at yet. With what is under way when the context ends, and with writing the report, it
// has to stay below the 200 ms in which a person who presses Ctrl-C wants to see an end.
const Grace = 100 * time.Millisecond

// outliving returns a context that ends Grace after ctx does. The function frees what it holds.
func outliving(ctx context.Context) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(Grace, cancel) })
	return late, func() {
		stop()
		cancel()
	}
}

// endingReader reads until a context ends: a small archive can take long to inflate.
type endingReader struct {
	ctx context.Context
	io.Reader
}

// Read reads, or returns the context's error.
func (r endingReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
