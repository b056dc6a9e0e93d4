// This file inflates zlib streams: small ones whole, by way of buffers that are used again, large ones piece by piece.

package gitstore

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zlib"
)

var (
	errZlibHeader   = errors.New("not a zlib stream")
	errZlibChecksum = errors.New("zlib checksum does not match")
)

// inflater inflates one stream after the other. The zero value is ready; it is for one goroutine.
type inflater struct {
	src   bytes.Reader
	flate io.ReadCloser
	one   [1]byte
}

// inflate inflates the stream at the start of comp into dst, whose length is cut to 0 and which grows by what is read,
// and proves its checksum and that it holds size bytes. used is how many bytes of comp the stream takes.
func (in *inflater) inflate(dst, comp []byte, size uint64) (out []byte, used int, err error) {
	dst = dst[:0]
	if err := checkZlibHeader(comp); err != nil {
		return dst, 0, err
	}
	in.src.Reset(comp[2:])
	if err := in.reset(&in.src); err != nil {
		return dst, 0, err
	}
	dst, err = in.fill(dst, size)
	if err != nil {
		return dst, 0, err
	}
	used = len(comp) - in.src.Len()
	if len(comp)-used < 4 {
		return dst, 0, io.ErrUnexpectedEOF
	}
	if binary.BigEndian.Uint32(comp[used:]) != adler32.Checksum(dst) {
		return dst, 0, errZlibChecksum
	}
	return dst, used + 4, nil
}

func checkZlibHeader(comp []byte) error {
	if len(comp) < 2 {
		return io.ErrUnexpectedEOF
	}
	if comp[0]&0x0f != 8 || binary.BigEndian.Uint16(comp)%31 != 0 || comp[1]&0x20 != 0 {
		return errZlibHeader
	}
	return nil
}

func (in *inflater) reset(src io.Reader) error {
	if in.flate == nil {
		in.flate = flate.NewReader(src)
		return nil
	}
	return in.flate.(flate.Resetter).Reset(src, nil)
}

// fill reads size bytes into dst and proves that there are no more.
func (in *inflater) fill(dst []byte, size uint64) ([]byte, error) {
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
		n, err := in.flate.Read(room)
		dst = dst[:len(dst)+n]
		if err == io.EOF && uint64(len(dst)) < size {
			return dst, fmt.Errorf("%d bytes, declared are %d", len(dst), size)
		}
		if err != nil && err != io.EOF {
			return dst, err
		}
	}
	for {
		n, err := in.flate.Read(in.one[:])
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

// inflateFrom is inflate for a stream that is too long to have in memory compressed.
func (in *inflater) inflateFrom(dst []byte, src io.Reader, size uint64) ([]byte, error) {
	r, err := zlib.NewReader(bufio.NewReaderSize(src, 1<<16))
	if err != nil {
		return dst[:0], err
	}
	keep := in.flate
	in.flate = r
	dst, err = in.fill(dst[:0], size)
	in.flate = keep
	return dst, err
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
