// This file holds the package's description, its one entry point, and what surrounds the blocks of a zlib stream.

// Package inflate inflates zlib streams (RFC 1950, RFC 1951) that are whole in memory into memory, which is what a pack
// of git is made of: hundreds of thousands of streams of a few hundred bytes. There, what readers of streams cost
// (a byte at a time in, a window out, large tables for small blocks) is more than half of the time.
//
// It accepts what zlib's inflate accepts and rejects what that rejects. Input may be hostile: nothing is allocated
// because a size was declared, only because output came.
package inflate

import (
	"encoding/binary"
	"errors"
	"math"
)

// What may be wrong with a stream. Zlib gives these as they are.
var (
	ErrHeader    = errors.New("not a zlib stream")
	ErrDict      = errors.New("zlib stream needs a dictionary")
	ErrTruncated = errors.New("zlib stream ends early")
	ErrCorrupt   = errors.New("zlib stream is damaged")
	ErrSize      = errors.New("zlib stream does not hold as many bytes as declared")
	ErrChecksum  = errors.New("zlib checksum does not match")
)

const (
	// Slack is by how many bytes a buffer should have more capacity than its content takes: with room to copy in steps, the
	// fast loop goes on to the end.
	Slack = 32

	// firstRoom bounds the first allocation; more is allocated when this much output has come.
	firstRoom = 1 << 20
)

// Decoder inflates one stream after the other. It is for one goroutine; the zero value is ready. It takes 18 KB.
type Decoder struct {
	src source

	out  []byte // with the room there is at present
	w    int    // bytes of out that are written
	size int    // bytes that are declared

	// A match that the fast loop leaves to copyMatch.
	length, dist int

	dynamic tables
	lengths lengthTable
	symbols symbols
}

// Zlib inflates the zlib stream at the start of comp into dst[:0], which grows as output comes, and proves its checksum
// and that it holds exactly size bytes. used is how many bytes of comp the stream takes, the checksum included; what
// follows it is not looked at.
//
// Up to 32 bytes behind the result are written to as well if dst has the capacity, which is a little faster. When there
// is too little, out is a new slice. It shares no memory with comp or the Decoder. With an error, one of this package's,
// out is empty and has the capacity that was reached, for use again.
func (d *Decoder) Zlib(dst, comp []byte, size int) (out []byte, used int, err error) {
	if err := checkHeader(comp); err != nil {
		return dst[:0], 0, err
	}
	if size < 0 {
		return dst[:0], 0, ErrSize
	}
	d.src.reset(comp, 2)
	d.size, d.w = size, 0
	d.out = dst[:min(cap(dst), withSlack(size))]
	if want := min(size, firstRoom, 4*min(len(comp), firstRoom)); len(d.out) < want {
		d.out = make([]byte, withSlack(want))
	}
	err = d.blocks()
	out, d.out = d.out, nil
	at := d.src.position()
	d.src.reset(nil, 0)
	switch {
	case err != nil && at > len(comp), err == nil && len(comp)-at < 4:
		return out[:0], 0, ErrTruncated // before all else: what was decoded past the end is made up
	case err != nil:
		return out[:0], 0, err
	case d.w != size:
		return out[:0], 0, ErrSize
	case binary.BigEndian.Uint32(comp[at:]) != adler32(out[:size]):
		return out[:0], 0, ErrChecksum
	}
	return out[:size], at + 4, nil
}

// checkHeader is as strict as zlib: a window of more than 32 KB is an error, one that is declared too small is not, even
// if distances are larger.
func checkHeader(comp []byte) error {
	switch {
	case len(comp) < 2:
		return ErrTruncated
	case comp[0]&0x0f != 8 || comp[0]>>4 > 7 || binary.BigEndian.Uint16(comp)%31 != 0:
		return ErrHeader
	case comp[1]&0x20 != 0:
		return ErrDict
	}
	return nil
}

func withSlack(n int) int { return min(n, math.MaxInt-Slack) + Slack }
