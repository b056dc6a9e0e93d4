// This file reads zip (PKWARE's APPNOTE.TXT 6.3.10) by its local headers, in the order in which they stand. What the
// directory at the end says is not needed, so that a zip can be read as it comes.

package archive

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/klauspost/compress/flate"
)

const (
	localHeader     = "PK\x03\x04"
	localLen        = 30
	dataDescriptor  = "PK\x07\x08"
	flagEncrypted   = 1 << 0
	flagDescriptor  = 1 << 3
	methodStored    = 0
	methodDeflated  = 8
	unknownSize32   = 1<<32 - 1
	zip64Extra      = 1
	maxVersion      = 63
	maxPlausibleLen = 4096 // of a first member's name
)

// local is a local file header.
type local struct {
	flags, method             uint16
	compressed, uncompressed  int64
	nameLen, extraLen, needed int
	zip64                     bool
}

func parseLocal(h []byte) local {
	le := binary.LittleEndian
	return local{
		needed: int(h[4]), flags: le.Uint16(h[6:]), method: le.Uint16(h[8:]),
		compressed: int64(le.Uint32(h[18:])), uncompressed: int64(le.Uint32(h[22:])),
		nameLen: int(le.Uint16(h[26:])), extraLen: int(le.Uint16(h[28:])),
	}
}

// detectZip tells whether head begins a zip: with a member whose header makes sense.
func detectZip(head []byte) bool {
	if len(head) < localLen || string(head[:4]) != localHeader {
		return false
	}
	l := parseLocal(head)
	if l.needed > maxVersion || l.nameLen == 0 || l.nameLen > maxPlausibleLen || l.method > 99 {
		return false
	}
	// Whether it inflates is not asked: what does not is damaged, and that is said.
	name := head[localLen:min(len(head), localLen+l.nameLen)]
	return bytes.IndexFunc(name, func(r rune) bool { return r < ' ' }) < 0
}

type zipFormat struct {
	members  int // read so far
	inflater io.ReadCloser
	// pending is the data descriptor that stands behind the content that was read.
	pending bool
	zip64   bool
}

// errNoDirectory says that neither a member nor the list of members stands where one must.
var errNoDirectory = errors.New("zip is damaged: behind a member stands neither another nor the list of all; what comes behind was searched only as it is")

func (f *zipFormat) next(r *Reader) (Member, io.Reader, error) {
	if f.pending {
		f.pending = false
		f.skipDescriptor(r.in)
	}
	start := r.Offset()
	head, _ := r.in.Peek(localLen)
	if len(head) < 4 || string(head[:4]) != localHeader {
		if f.members > 0 && len(head) >= 4 && string(head[:2]) != "PK" {
			return Member{Layer: "zip"}, nil, errNoDirectory
		}
		return Member{}, nil, io.EOF
	}
	f.members++
	if len(head) < localLen {
		return Member{Layer: "zip"}, nil, damaged("zip", io.ErrUnexpectedEOF)
	}
	l := parseLocal(head)
	rest := make([]byte, localLen+l.nameLen+l.extraLen)
	if _, err := io.ReadFull(r.in, rest); err != nil {
		return Member{Layer: "zip"}, nil, damaged("zip", unexpected(err))
	}
	m := Member{Layer: "zip", Name: string(rest[localLen : localLen+l.nameLen]), Notes: string(rest[localLen+l.nameLen:]), Start: start}
	l.readZip64(rest[localLen+l.nameLen:])
	content, err := f.content(r.in, l)
	if err != nil {
		return m, nil, fmt.Errorf("member %s %w", strconv.Quote(m.Name), err)
	}
	if c, ok := content.(*unreadable); ok {
		m.Err = fmt.Errorf("member %s %w: extract it and scan the result", strconv.Quote(m.Name), c.reason)
	}
	return m, memberContent{content, m.Name}, nil
}

// readZip64 takes the sizes from the extra field that has them when they do not fit into 32 bits.
func (l *local) readZip64(extra []byte) {
	for len(extra) >= 4 {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if size > len(extra) {
			return
		}
		field := extra[:size]
		extra = extra[size:]
		if id != zip64Extra {
			continue
		}
		l.zip64 = true
		for _, at := range []*int64{&l.uncompressed, &l.compressed} {
			if *at == unknownSize32 && len(field) >= 8 {
				*at = int64(binary.LittleEndian.Uint64(field) &^ (1 << 63))
				field = field[8:]
			}
		}
	}
}

// content returns the content of a member. It ends where the member ends.
func (f *zipFormat) content(in *bufio.Reader, l local) (io.Reader, error) {
	described := l.flags&flagDescriptor != 0
	f.pending, f.zip64 = described, l.zip64
	// What the header says of sizes is 0 where a descriptor follows, but for writers that say both.
	sized := !described || l.compressed > 0
	data := &io.LimitedReader{R: in, N: l.compressed}
	switch {
	case l.flags&flagEncrypted != 0:
		if !sized {
			return nil, errors.New("is encrypted, and its end cannot be found: what comes behind was not searched")
		}
		return &unreadable{data, errors.New("is encrypted")}, nil
	case l.method == methodDeflated:
		if f.inflater == nil {
			f.inflater = flate.NewReader(in)
		} else if err := f.inflater.(flate.Resetter).Reset(in, nil); err != nil {
			return nil, err
		}
		return f.inflater, nil
	case l.method == methodStored && sized:
		return data, nil
	case l.method == methodStored:
		f.pending = false
		return &describedReader{in: in, zip64: l.zip64}, nil
	case sized:
		return &unreadable{data, fmt.Errorf("is compressed with method %d, which klaviyolint does not read", l.method)}, nil
	}
	return nil, fmt.Errorf("is compressed with method %d, and its end cannot be found: what comes behind was not searched", l.method)
}

// skipDescriptor reads over the data descriptor, whose signature is optional and whose sizes may have 4 or 8 bytes: the
// one behind which a header stands.
func (f *zipFormat) skipDescriptor(in *bufio.Reader) {
	for _, signature := range []int{4, 0} {
		for _, sizes := range []int{8, 16} {
			n := signature + 4 + sizes
			b, _ := in.Peek(n + 2)
			if len(b) < n+2 || string(b[n:n+2]) != "PK" || signature == 4 && string(b[:4]) != dataDescriptor {
				continue
			}
			_, _ = in.Discard(n)
			return
		}
	}
}

// unreadable is a content that cannot be read: Read passes over it.
type unreadable struct {
	data   *io.LimitedReader
	reason error
}

func (u *unreadable) Read([]byte) (int, error) {
	n := u.data.N
	if m, err := io.Copy(io.Discard, u.data); err != nil || m < n {
		return 0, unexpected(io.EOF)
	}
	return 0, io.EOF
}

// memberContent is a content whose errors say whose they are.
type memberContent struct {
	io.Reader
	name string
}

func (c memberContent) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if l, ok := c.Reader.(*io.LimitedReader); ok && errors.Is(err, io.EOF) && l.N > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged("member "+strconv.Quote(c.name), err)
	}
	return n, err
}

// describedReader reads a stored member whose size stands behind it: up to a descriptor that tells the right size.
type describedReader struct {
	in    *bufio.Reader
	n     int64
	zip64 bool
	ended bool
}

func (d *describedReader) Read(p []byte) (int, error) {
	if d.ended {
		return 0, io.EOF
	}
	b, err := d.in.Peek(d.in.Size() / 2)
	n, ends := d.contentIn(b, err != nil)
	switch {
	case n > 0:
		n = copy(p, b[:n])
		d.n += int64(n)
		_, _ = d.in.Discard(n)
		return n, nil
	case ends:
		d.ended = true
		_, _ = d.in.Discard(d.descriptorLen())
		return 0, io.EOF
	}
	return 0, io.ErrUnexpectedEOF
}

// contentIn returns how much of b is content for sure, and whether a descriptor follows it. all tells that nothing
// comes behind b.
func (d *describedReader) contentIn(b []byte, all bool) (n int, ends bool) {
	for i := 0; ; i++ {
		m := bytes.Index(b[i:], []byte(dataDescriptor))
		if m < 0 {
			break
		}
		i += m
		if i+d.descriptorLen() > len(b) {
			if !all {
				return i, false
			}
			break
		}
		if d.sizeAt(b[i:]) == d.n+int64(i) {
			return i, true
		}
	}
	if all {
		return len(b), false
	}
	return max(0, len(b)-len(dataDescriptor)+1), false
}

func (d *describedReader) descriptorLen() int {
	if d.zip64 {
		return 24
	}
	return 16
}

// sizeAt returns the size that the descriptor at b tells.
func (d *describedReader) sizeAt(b []byte) int64 {
	if d.zip64 {
		return int64(binary.LittleEndian.Uint64(b[8:]) &^ (1 << 63))
	}
	return int64(binary.LittleEndian.Uint32(b[8:]))
}
