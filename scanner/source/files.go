// This file holds the sources of what a user names by hand: files, standard input, and several sources together.

package source

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// Files yields files by their names, which also are their paths. A link is followed: the user named it.
type Files []string

// Walk implements [scanner.Source].
func (names Files) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	var buf buffer
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		path := filepath.ToSlash(filepath.Clean(name))
		target, err := filepath.EvalSymlinks(name)
		if err != nil {
			err = visit(scanner.Blob{Path: path, Err: cause(err)})
		} else {
			err = buf.visitFile(target, path, visit)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Stdin yields what a reader holds as one file.
type Stdin struct {
	Reader io.Reader
	Path   string // what the content is called in the report
}

// Walk implements [scanner.Source]. A read that hangs is left to itself when ctx ends.
func (s *Stdin) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	r, w := io.Pipe()
	go func() {
		_, err := io.Copy(w, s.Reader)
		w.CloseWithError(err)
	}()
	stop := context.AfterFunc(ctx, func() { r.CloseWithError(ctx.Err()) })
	defer stop()
	defer r.Close()
	var buf buffer
	return buf.Visit(r, 0, scanner.Blob{Path: s.Path, Open: onlyOnce}, visit)
}

// onlyOnce says why standard input is not read again.
func onlyOnce() (io.ReadCloser, error) {
	return nil, errors.New("standard input cannot be read twice: write it to a file and scan that")
}

// All yields the blobs of several sources, one source after the other.
type All []scanner.Source

// Walk implements [scanner.Source].
func (all All) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	for _, s := range all {
		if err := s.Walk(ctx, visit); err != nil {
			return err
		}
	}
	return nil
}

// Broken yields the error of a source that could not be had.
type Broken struct {
	Path string
	Err  error
	Gap  scanner.Gap // the kind of gap that it is, "" for none that can be accepted
}

// Walk implements [scanner.Source].
func (b Broken) Walk(_ context.Context, visit func(scanner.Blob) error) error {
	return visit(scanner.Blob{Kind: scanner.OtherObject, Path: b.Path, Err: b.Err, Gap: b.Gap})
}
