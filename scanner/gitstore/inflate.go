// This file inflates zlib streams that are too long to have in memory compressed, and keeps buffers for use again.

package gitstore

import (
	"bufio"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"
)

// inflateFrom inflates a stream into dst, whose length is cut to 0 and which grows by what is read, and proves its
// checksum and that it holds size bytes.
func inflateFrom(dst []byte, src io.Reader, size uint64) ([]byte, error) {
	r, err := newZlibReader(src)
	if err != nil {
		return dst[:0], err
	}
	return fill(dst[:0], r, size)
}

// fill reads size bytes into dst and proves that there are no more.
func fill(dst []byte, src io.Reader, size uint64) ([]byte, error) {
	for uint64(len(dst)) < size {
		if len(dst) == cap(dst) {
			more := max(4096, cap(dst))
			if left := size - uint64(len(dst)); uint64(more) > left {
				more = int(left)
			}
			dst = append(make([]byte, 0, cap(dst)+more), dst...)
		}
		room := dst[len(dst):cap(dst)]
		if left := size - uint64(len(dst)); uint64(len(room)) > left {
			room = room[:left]
		}
		n, err := src.Read(room)
		dst = dst[:len(dst)+n]
		if err == io.EOF && uint64(len(dst)) < size {
			return dst, fmt.Errorf("%d bytes, declared are %d", len(dst), size)
		}
		if err != nil && err != io.EOF {
			return dst, err
		}
	}
	var one [1]byte
	for {
		n, err := src.Read(one[:])
		switch {
		case n > 0:
			return dst, fmt.Errorf("more than the %d bytes declared", size)
		case err == io.EOF:
			return dst, nil
		case err != nil:
			return dst, err
		}
	}
}

// sizedReader proves at the end that there were as many bytes as declared.
type sizedReader struct {
	r    io.Reader
	left int64 // bytes still to come
	err  error
}

func (r *sizedReader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.r.Read(p)
	r.left -= int64(n)
	if err == io.EOF && r.left != 0 {
		err = fmt.Errorf("size is wrong by %d bytes", r.left)
	}
	r.err = err
	return n, err
}

// buffers keeps byte slices for use again. It is for one goroutine.
type buffers struct {
	free [][]byte
	size int // of all that are free
}

// The bounds on what is kept for use again.
const (
	maxFree     = 24
	maxFreeSize = 8 << 20
)

// get gives a slice of length 0 with room for n bytes, or for less when n is large and only declared.
func (b *buffers) get(n int) []byte {
	for i := len(b.free) - 1; i >= 0; i-- {
		if buf := b.free[i]; cap(buf) >= n {
			b.free[i] = b.free[len(b.free)-1]
			b.free = b.free[:len(b.free)-1]
			b.size -= cap(buf)
			return buf[:0]
		}
	}
	return make([]byte, 0, max(n+n/8, 4096))
}

// put takes back a slice that nobody uses any more. Very large ones are left to the garbage collector.
func (b *buffers) put(buf []byte) {
	if cap(buf) == 0 || cap(buf) > maxFreeSize/4 {
		return
	}
	if len(b.free) == maxFree || b.size+cap(buf) > maxFreeSize {
		small := 0
		for i := range b.free {
			if cap(b.free[i]) < cap(b.free[small]) {
				small = i
			}
		}
		if cap(b.free[small]) >= cap(buf) || b.size-cap(b.free[small])+cap(buf) > maxFreeSize {
			return
		}
		b.size -= cap(b.free[small])
		b.free[small] = buf
	} else {
		b.free = append(b.free, buf)
	}
	b.size += cap(buf)
}

func newZlibReader(src io.Reader) (io.Reader, error) {
	return zlib.NewReader(bufio.NewReaderSize(src, 1<<16))
}
