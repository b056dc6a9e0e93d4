// This file holds the source of what the next commit would hold.

package source

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/go-git/go-git/v5/plumbing/filemode"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

// Staged yields what the next commit would hold: the content that the index has for every path that differs from HEAD,
// never the work tree's.
type Staged struct {
	Store *gitstore.Store
	All   bool // yield the whole index
}

// Walk implements [scanner.Source].
func (s *Staged) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	index, err := s.Store.Index()
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = errors.New("there is none: nothing has been staged here yet; run git add first")
		}
		return visit(scanner.Blob{Kind: scanner.OtherObject, Path: "index", Err: err})
	}
	head := map[string]gitstore.ID{}
	if id, ok := s.Store.Head(); ok && !s.All {
		err := s.Store.TreeFiles(ctx, id, func(e gitstore.TreeEntry) error {
			head[e.Name] = e.ID
			return nil
		})
		// What cannot be compared with HEAD is scanned.
		if err != nil && ctx.Err() == nil {
			err = visit(scanner.Blob{Kind: scanner.OtherObject, Path: "HEAD", Err: err})
		}
		if err != nil {
			return err
		}
	}
	for _, e := range index.Entries {
		if err := s.visitEntry(ctx, e, head, visit); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// visitEntry visits the content of an entry that differs from head.
func (s *Staged) visitEntry(ctx context.Context, e gitstore.IndexEntry, head map[string]gitstore.ID, visit func(scanner.Blob) error) error {
	switch kind := gitstore.Kind(e.Mode); {
	case kind == filemode.Submodule: // its content is not in this repository
		return nil
	case kind == filemode.Dir: // a sparse index names directories that are not checked out as a whole
		return s.Store.TreeFiles(ctx, e.ID, func(f gitstore.TreeEntry) error {
			f.Name = path.Join(e.Path, f.Name)
			return s.visitEntry(ctx, gitstore.IndexEntry{Path: f.Name, ID: f.ID, Mode: f.Mode}, head, visit)
		})
	case e.IntentToAdd, e.Stage == 0 && head[e.Path] == e.ID:
		return ctx.Err()
	}
	return visitAt(s.Store, e.ID, scanner.Blob{Kind: scanner.File, Path: e.Path, ID: e.ID.String()}, visit)
}
