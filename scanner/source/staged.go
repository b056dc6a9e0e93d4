// This file holds the source of what the next commit would hold.

package source

import (
	"context"
	"fmt"

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
		return fmt.Errorf("read the index of %s: %w", s.Store.GitDir, err)
	}
	head := map[string]gitstore.TreeEntry{}
	if id, ok := s.Store.Head(); ok && !s.All {
		err := s.Store.TreeFiles(ctx, id, func(e gitstore.TreeEntry) error {
			head[e.Name] = e
			return nil
		})
		if err != nil {
			return fmt.Errorf("read the tree of HEAD %s: %w", id, err)
		}
	}
	for _, e := range index.Entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		const link = 0o160000 // a submodule: its content is not in this repository
		if e.Mode&0o170000 == link || e.IntentToAdd {
			continue
		}
		if was, ok := head[e.Path]; ok && was.ID == e.ID && e.Stage == 0 {
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
