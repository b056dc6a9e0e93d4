// This file reads one file of a file system that may be hostile.

package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// buffer is a window with what fills it from files.
type buffer struct{ scanner.Buffer }

// visitFile visits the regular file at name as path. What cannot be read is visited with its error.
func (buf *buffer) visitFile(name, path string, visit func(scanner.Blob) error) error {
	b := scanner.Blob{Path: path}
	f, info, err := openRegular(name)
	if err != nil {
		b.Err = cause(err)
		return visit(b)
	}
	defer f.Close()
	b.Open = func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(f, 0, math.MaxInt64)), nil }
	return buf.Visit(&fileReader{f: f, left: info.Size(), sized: info.Size() > 0}, info.Size(), b, visit)
}

// openRegular opens the regular file at name, and nothing else.
func openRegular(name string) (*os.File, fs.FileInfo, error) {
	f, err := os.OpenFile(name, openFlags, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notRegular(info.Mode())
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}

// visitLink visits the symbolic link at name as path: its content is its target, as it is for git, with slashes. It is not
// followed.
func visitLink(name, path string, visit func(scanner.Blob) error) error {
	target, err := os.Readlink(name)
	if err != nil {
		return visit(scanner.Blob{Path: path, Err: cause(err)})
	}
	return visit(scanner.Blob{Path: path, Data: []byte(filepath.ToSlash(target))})
}

// fileReader reads a file up to the size that it had when it was opened, which spares a look for its end; one without a
// size, as those of /proc, to its end. Its errors do not repeat the path.
type fileReader struct {
	f     *os.File
	left  int64
	sized bool
}

func (r *fileReader) Read(p []byte) (int, error) {
	n, err := r.f.Read(p)
	if r.left -= int64(n); err == nil && r.sized && r.left <= 0 {
		return n, io.EOF
	}
	return n, cause(err)
}

// cause strips the path from a file system error, for a report names it already, and says what to do.
func cause(err error) error {
	var p *fs.PathError
	if !errors.As(err, &p) {
		return err
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%s: %w: run as a user who may read it, or exclude it", p.Op, p.Err)
	}
	return fmt.Errorf("%s: %w: run again, or exclude it", p.Op, p.Err)
}

// notRegular says why a thing in a directory is not read.
func notRegular(mode fs.FileMode) error {
	kind := "not a regular file"
	switch {
	case mode&fs.ModeNamedPipe != 0:
		kind = "a named pipe"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	case mode&fs.ModeDevice != 0:
		kind = "a device"
	}
	return fmt.Errorf("%s is not read: exclude it if that is meant", kind)
}
