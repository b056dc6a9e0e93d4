// This file reads tar, of which every format since 1988 has the mark ustar in its headers.

package archive

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

const (
	tarBlock  = 512
	tarMark   = "ustar"
	tarMarkAt = 257
	tarSumAt  = 148
)

// detectTar tells whether head begins a tar file: with a header whose checksum is right.
func detectTar(head []byte) bool {
	if len(head) < tarBlock || string(head[tarMarkAt:tarMarkAt+len(tarMark)]) != tarMark {
		return false
	}
	sum := 8 * int(' ') // the checksum's own field counts as spaces
	for i, c := range head[:tarBlock] {
		if i < tarSumAt || i >= tarSumAt+8 {
			sum += int(c)
		}
	}
	var want int
	_, err := fmt.Sscanf(string(head[tarSumAt:tarSumAt+8]), "%o", &want)
	return err == nil && sum == want
}

type tarFormat struct{ stream *tar.Reader }

func (f *tarFormat) next(r *Reader) (Member, io.Reader, error) {
	if f.stream == nil {
		f.stream = tar.NewReader(r.in)
	}
	m := Member{Layer: "tar", Start: r.Offset()}
	header, err := f.stream.Next()
	switch {
	case errors.Is(err, io.EOF):
		return m, nil, io.EOF
	case err != nil:
		return m, nil, damaged("tar", err)
	}
	m.Name, m.Notes = header.Name, notes(header)
	return m, tarContent{f.stream}, nil
}

// tarContent is a member whose errors say what they are about.
type tarContent struct{ io.Reader }

func (c tarContent) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, ErrTooLarge) { // of an archive around it
		err = damaged("tar", err)
	}
	return n, err
}

// notes puts the texts of a header in lines.
func notes(h *tar.Header) string {
	lines := []string{h.Linkname, h.Uname, h.Gname}
	for _, name := range slices.Sorted(maps.Keys(h.PAXRecords)) {
		lines = append(lines, name+"="+h.PAXRecords[name])
	}
	return strings.Join(lines, "\n")
}
