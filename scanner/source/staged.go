// This file holds the source of what the next commit would hold.

package source

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"sort"
	"sync"

	"github.com/go-git/go-git/v5/plumbing/filemode"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

// Staged yields what the next commit would hold: the content that the index has for every path that differs from HEAD,
// never the work tree's.
type Staged struct {
	Store *gitstore.Store
	All   bool // yield the whole index
	// AllIfNone yields the whole index when nothing differs from HEAD: what `pre-commit run --all-files` means in CI,
	// where nothing is staged, and a hook that scanned nothing would pass.
	AllIfNone bool
	Progress  *scanner.Progress // counts the index's entries; nil: nobody wants to know

	once     sync.Once
	index    *gitstore.Index // nil with indexErr
	indexErr error
}

// load reads the index, once.
func (s *Staged) load() {
	s.once.Do(func() {
		s.index, s.indexErr = s.Store.Index()
		if errors.Is(s.indexErr, fs.ErrNotExist) {
			s.indexErr = errors.New("there is none: nothing has been staged here yet; run git add first")
		}
	})
}

// Content returns what the index has for path; nil if it has nothing.
func (s *Staged) Content(path string) ([]byte, error) {
	if s.load(); s.index == nil {
		return nil, nil // Walk says why
	}
	entries := s.index.Entries
	i := sort.Search(len(entries), func(i int) bool { return entries[i].Path >= path })
	if i == len(entries) || entries[i].Path != path || gitstore.Kind(entries[i].Mode) != gitstore.Kind(filemode.Regular) {
		return nil, nil
	}
	_, data, err := s.Store.Read(entries[i].ID)
	return data, err
}

// Walk implements [scanner.Source].
func (s *Staged) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	if s.load(); s.index == nil {
		return visit(scanner.Blob{Kind: scanner.OtherObject, Path: "index", Err: s.indexErr})
	}
	var head map[string]gitstore.ID
	if !s.All {
		var err error
		if head, err = s.head(ctx, visit); err != nil {
			return err
		}
	}
	w := stagedWalk{Staged: s, head: head, visit: visit}
	if err := w.walk(ctx); err != nil || w.visited > 0 || !s.AllIfNone {
		return err
	}
	w.head = nil
	return w.walk(ctx)
}

// head lists the files of HEAD. What of it cannot be read counts as staged.
func (s *Staged) head(ctx context.Context, visit func(scanner.Blob) error) (map[string]gitstore.ID, error) {
	files := map[string]gitstore.ID{}
	id, ok := s.Store.Head()
	if !ok {
		return files, nil
	}
	err := s.Store.TreeFiles(ctx, id, func(e gitstore.TreeEntry) error {
		files[e.Name] = e.ID
		return nil
	})
	if err != nil && ctx.Err() == nil {
		err = visit(scanner.Blob{Kind: scanner.OtherObject, Path: "HEAD", Err: unread(err)})
	}
	return files, err
}

// stagedWalk is one walk over the index.
type stagedWalk struct {
	*Staged
	head    map[string]gitstore.ID
	visit   func(scanner.Blob) error
	visited int
}

func (w *stagedWalk) walk(ctx context.Context) error {
	w.Progress.Expect(len(w.index.Entries))
	for _, e := range w.index.Entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.entry(ctx, e); err != nil {
			return err
		}
		w.Progress.Pass(1)
	}
	return ctx.Err()
}

// entry visits the content of an entry that differs from HEAD.
func (w *stagedWalk) entry(ctx context.Context, e gitstore.IndexEntry) error {
	switch kind := gitstore.Kind(e.Mode); {
	case kind == filemode.Submodule: // its content is not in this repository
		return nil
	case kind == filemode.Dir: // a sparse index names directories that are not checked out as a whole
		err := w.Store.TreeFiles(ctx, e.ID, func(f gitstore.TreeEntry) error {
			return w.entry(ctx, gitstore.IndexEntry{Path: path.Join(e.Path, f.Name), ID: f.ID, Mode: f.Mode})
		})
		if err != nil && ctx.Err() == nil {
			return w.visit(scanner.Blob{Kind: scanner.OtherObject, Path: e.Path, Err: unread(err)})
		}
		return err
	case e.IntentToAdd, e.Stage == 0 && w.head[e.Path] == e.ID:
		return ctx.Err()
	}
	w.visited++
	return visitAt(w.Store, e.ID, scanner.Blob{Kind: scanner.File, Path: e.Path, ID: e.ID.String()}, w.visit)
}
