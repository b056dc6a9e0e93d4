// This file reads gzip (RFC 1952).

package archive

import (
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

const gzipHeader = 10 // bytes, at least

// detectGzip tells whether head begins a gzip file whose first member can be inflated.
func detectGzip(head []byte) bool {
	if len(head) < gzipHeader || head[0] != 0x1f || head[1] != 0x8b || head[2] != 8 || head[3]&0xe0 != 0 {
		return false
	}
	if head[3] != 0 { // a name, a comment or more: the first block is not at hand
		return true
	}
	return inflates(head[gzipHeader:])
}

type gzipFormat struct {
	stream *gzip.Reader
}

func (f *gzipFormat) next(r *Reader) (Member, io.Reader, error) {
	if head, _ := r.in.Peek(3); f.stream != nil && string(head) != "\x1f\x8b\x08" {
		return Member{}, nil, io.EOF
	}
	m := Member{Layer: "gzip", Start: r.Offset()}
	var err error
	if f.stream == nil {
		f.stream, err = gzip.NewReader(r.in)
	} else {
		err = f.stream.Reset(r.in)
	}
	if err != nil {
		return m, nil, damaged("gzip", unexpected(err))
	}
	f.stream.Multistream(false)
	m.Name, m.Notes = f.stream.Name, f.stream.Comment+"\n"+string(f.stream.Extra)
	return m, gzipContent{f.stream}, nil
}

// gzipContent is a stream whose errors say what they are about.
type gzipContent struct{ *gzip.Reader }

func (c gzipContent) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged("gzip", unexpected(err))
	}
	return n, err
}

// unexpected is an end where there must be none.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
