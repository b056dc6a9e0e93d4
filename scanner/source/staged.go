// This file holds the source of what the next commit would hold.

package source

import (
	"context"
	"errors"
	"io/fs"

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
		if err := ctx.Err(); err != nil {
			return err
		}
		const submodule = 0o160000 // its content is not in this repository
		if e.Mode&0o170000 == submodule || e.IntentToAdd || e.Stage == 0 && head[e.Path] == e.ID {
			continue
		}
		if err := s.visitEntry(e, visit); err != nil {
			return err
		}
	}
	return visitProblems(s.Store, visit)
}

func (s *Staged) visitEntry(e gitstore.IndexEntry, visit func(scanner.Blob) error) error {
	b := scanner.Blob{Kind: scanner.File, Path: e.Path, ID: e.ID.String()}
	_, b.Data, b.Err = s.Store.Read(e.ID)
	return visit(b)
}
