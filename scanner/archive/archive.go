// Package archive reads gzip, zip and tar archives as streams, member by member, without trusting them: what an archive says
// of sizes is not believed, and what it inflates to is bounded by what has been read of it.
package archive

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
)

// The bounds on what is read of one content with all the archives in it.
const (
	MaxMembers  = 100_000
	MinInflated = 32 << 20 // bytes that may be inflated of anything
	MaxRatio    = 20       // bytes inflated of each byte read, beyond that
)

// Bounds counts what has been read of one content with all the archives in it.
type Bounds struct {
	outer    *Reader // of the content itself
	inflated int64
	members  int
	spent    bool // one of the errors below has been returned
}

// The errors that end the reading of a content.
var (
	ErrTooLarge = fmt.Errorf("inflates to more than %d MiB and %d times its size: not searched beyond, extract it and scan the files",
		MinInflated>>20, MaxRatio)
	ErrTooMany = fmt.Errorf("holds more than %d members: not searched beyond, extract it and scan the files", MaxMembers)
)

// Member is a content in an archive.
type Member struct {
	Layer string // "gzip", "zip" or "tar"
	Name  string // as the archive has it: any bytes; "" if it has none
	Notes string // what describes it besides: comments, links, extra fields; any bytes
	Start int64  // of its bytes in the archive, with what describes them
	// Err says why the content cannot be read; there is nothing to read then.
	Err error
	// Rest tells that this is no member but what stands behind the last one: a zip's directory, its comment, or anything
	// that was put behind an archive.
	Rest bool
}

// Reader reads an archive. Next goes to the next member, Read reads its content.
type Reader struct {
	in      *bufio.Reader
	counter *Counter
	bounds  *Bounds
	format  format
	content io.Reader
	done    bool // the rest has been yielded
	failed  bool
	err     error // of the content
}

// format is gzip, zip or tar.
type format interface {
	// next reads what describes a member, after the content of the last has been read; io.EOF if what follows is none.
	// An error that is not in the member ends the reading.
	next(r *Reader) (Member, io.Reader, error)
}

// Counter counts what is read.
type Counter struct {
	io.Reader
	N int64 // bytes
}

// Read reads and counts.
func (c *Counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.N += int64(n)
	return n, err
}

// HeadLen is how many bytes [Detect] wants to see, if there are as many.
const HeadLen = 4 << 10

// Detect tells whether a content that begins with head is an archive: not only its first bytes are, but what they
// describe can be read.
func Detect(head []byte) bool { return detectGzip(head) || detectZip(head) || detectTar(head) }

// NewReader reads what [Detect] took for an archive. bounds is nil for a content that is in no other archive.
func NewReader(source io.Reader, bounds *Bounds) (*Reader, *Bounds) {
	r := &Reader{counter: &Counter{Reader: source}, bounds: bounds}
	r.in = bufio.NewReaderSize(r.counter, 64<<10)
	if bounds == nil {
		r.bounds = &Bounds{outer: r}
	}
	switch head, _ := r.in.Peek(tarBlock); {
	case len(head) > 1 && head[0] == 0x1f:
		r.format = &gzipFormat{}
	case detectTar(head):
		r.format = &tarFormat{}
	default:
		r.format = &zipFormat{}
	}
	return r, r.bounds
}

// Offset returns how much of the archive has been read.
func (r *Reader) Offset() int64 { return r.counter.N - int64(r.in.Buffered()) }

// Next goes to the next member. It returns io.EOF behind the last, or where Read has failed, and an error if the archive
// cannot be read on.
func (r *Reader) Next() (Member, error) {
	if r.content != nil {
		if _, err := io.Copy(io.Discard, r); err != nil {
			return Member{}, err
		}
	}
	if r.done || r.failed || r.bounds.spent {
		return Member{}, io.EOF
	}
	if r.bounds.members++; r.bounds.members > MaxMembers {
		r.bounds.spent = true
		return Member{}, ErrTooMany
	}
	m, content, err := r.format.next(r)
	if errors.Is(err, io.EOF) {
		r.done, r.content = true, r.in
		return Member{Start: r.Offset(), Rest: true}, nil
	}
	r.content, r.failed = content, err != nil
	return m, err
}

// Read reads the content of the member.
func (r *Reader) Read(p []byte) (int, error) {
	if r.content == nil {
		return 0, cmp.Or(r.err, io.EOF)
	}
	n, err := r.content.Read(p)
	if !r.done {
		r.bounds.inflated += int64(n)
		if r.bounds.inflated > max(MinInflated, MaxRatio*r.bounds.outer.Offset()) && !r.bounds.spent {
			r.bounds.spent = true
			err = ErrTooLarge
		}
	}
	if err != nil {
		r.content = nil
		if !errors.Is(err, io.EOF) {
			r.failed, r.err = true, err // repeated to whoever reads on
		}
	}
	return n, err
}

// Remains reads what stands in the source behind the last that was read as an archive.
func (r *Reader) Remains() io.Reader { return r.in }

// inflates tells whether data looks like the beginning of a deflated stream.
func inflates(data []byte) bool {
	var first [1]byte
	f := flate.NewReader(&sliceReader{data})
	n, err := f.Read(first[:])
	return n == 1 || err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// sliceReader is a reader that flate reads byte by byte.
type sliceReader struct{ data []byte }

func (s *sliceReader) ReadByte() (byte, error) {
	if len(s.data) == 0 {
		return 0, io.EOF
	}
	c := s.data[0]
	s.data = s.data[1:]
	return c, nil
}

func (s *sliceReader) Read(p []byte) (int, error) {
	if len(s.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.data)
	s.data = s.data[n:]
	return n, nil
}

// damaged says that what is compressed cannot be inflated.
func damaged(what string, err error) error {
	return fmt.Errorf("%s is damaged or cut off: %w; what comes behind was not searched", what, err)
}
