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

// Staged yields what the next commit would hold: the content that git commit would record at every path where that
// differs from HEAD, with what HEAD has there as [scanner.Before]; never the work tree's.
type Staged struct {
	Store *gitstore.Store
	All   bool // yield the whole index, and nothing of HEAD
	// AllIfNone yields the whole index when nothing differs from HEAD: what `pre-commit run --all-files` means in CI,
	// where nothing is staged, and a hook that scanned nothing would pass.
	AllIfNone bool
	Progress  *scanner.Progress // counts paths; nil: nobody wants to know

	once     sync.Once
	index    *gitstore.Index // nil with indexErr
	indexErr error
	walked   bool // the whole index
}

// load reads the index, once.
func (s *Staged) load() {
	s.once.Do(func() {
		if s.All {
			s.index, s.indexErr = s.Store.Index()
		} else {
			s.index, s.indexErr = s.Store.ChangedIndex()
		}
		if errors.Is(s.indexErr, fs.ErrNotExist) {
			s.indexErr = errors.New("there is none: nothing has been staged here yet; run git add first")
		}
	})
}

// Content returns what the index has for path, a file at the top; nil if it has nothing.
func (s *Staged) Content(path string) ([]byte, error) {
	if s.load(); s.index == nil {
		return nil, nil // Walk says why
	}
	entries := s.index.Entries
	i := sort.Search(len(entries), func(i int) bool { return entries[i].Path >= path })
	if i == len(entries) || entries[i].Path != path || entries[i].IntentToAdd ||
		gitstore.Kind(entries[i].Mode) != gitstore.Kind(filemode.Regular) {
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
	if s.All {
		return s.whole(ctx, s.index, visit)
	}
	if err := s.Store.HeadProblem(); err != nil {
		if err := visit(scanner.Blob{Kind: scanner.OtherObject, Path: "HEAD", Err: err}); err != nil {
			return err
		}
	}
	none := true
	err := s.Store.Staged(ctx, s.index, func(c gitstore.Change) error {
		none = false
		s.Progress.Expect(1)
		defer s.Progress.Pass(1)
		return s.change(c, visit)
	})
	if err != nil || !none || !s.AllIfNone {
		return err
	}
	index, err := s.Store.Index()
	if err != nil {
		return visit(scanner.Blob{Kind: scanner.OtherObject, Path: "index", Err: err})
	}
	return s.whole(ctx, index, visit)
}

// Whole tells after a walk that it went through the whole index.
func (s *Staged) Whole() bool { return s.walked }

// whole visits all that an index has.
func (s *Staged) whole(ctx context.Context, index *gitstore.Index, visit func(scanner.Blob) error) error {
	s.walked = true
	left := len(index.Entries) // a directory of a sparse index is one
	s.Progress.Expect(left)
	err := s.Store.Indexed(ctx, index, func(c gitstore.Change) error {
		if left > 0 {
			left--
			s.Progress.Pass(1)
		}
		return s.change(c, visit)
	})
	if err == nil {
		s.Progress.Pass(left)
	}
	return err
}

// inHead is where findings stand that do not count.
const inHead = "in HEAD already"

// change visits what is staged at a path if HEAD does not have the same content there.
func (s *Staged) change(c gitstore.Change, visit func(scanner.Blob) error) error {
	switch {
	case c.Err != nil:
		return visit(scanner.Blob{Kind: scanner.OtherObject, Path: c.Path, Err: unread(c.Err), Gap: gapOf(c.Err)})
	case c.ID.IsZero(), c.ID == c.Before:
		return nil
	case gitstore.Kind(c.Mode) == filemode.Submodule:
		return s.module(c, visit)
	}
	b := scanner.Blob{Kind: scanner.File, Path: c.Path, ID: c.ID.String()}
	if !c.Before.IsZero() {
		b.Before = &scanner.Before{Where: inHead, Visit: func(visit func(scanner.Blob) error) error {
			return visitAt(s.Store, c.Before, scanner.Blob{Kind: scanner.File, Path: c.Path, ID: c.Before.String()}, visit)
		}}
	}
	return visitAt(s.Store, c.ID, b, visit)
}

// module visits the name of a submodule: its content is in another repository.
func (s *Staged) module(c gitstore.Change, visit func(scanner.Blob) error) error {
	b := scanner.Blob{Kind: scanner.Name, Path: c.Path, ID: c.ID.String(), Data: []byte(path.Base(c.Path))}
	before := b
	b.Before = &scanner.Before{Where: inHead, Visit: func(visit func(scanner.Blob) error) error {
		head, ok := s.Store.Head()
		if !ok {
			return nil
		}
		if id, err := s.Store.FileAt(head, c.Path); err != nil || id.IsZero() {
			return nil //nolint:nilerr // what cannot be read is nothing known
		}
		return visit(before)
	}}
	return visit(b)
}
