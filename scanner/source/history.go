// This file holds the source of all that a repository's object store holds.

package source

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"sync"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

// History yields every blob, commit and annotated tag of an object store, whether anything leads to it or not. It
// yields them first without paths, in the order in which they are read fastest; what a visit wants located
// ([scanner.ErrLocate]) it yields again for each path, with the commit that brought it there. If it is interrupted before
// it knows that, it yields it without, called blob:<id>.
type History struct {
	Store    *gitstore.Store
	Progress *scanner.Progress // counts the store's objects; nil: nobody wants to know

	expected bool // they have been counted in Progress.Total
}

// Walk implements [scanner.Source].
func (h *History) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	var mu sync.Mutex
	var wanted []gitstore.ID
	tally := h.tally()
	types := gitstore.Blobs | gitstore.Commits | gitstore.Tags
	err := h.Store.Sweep(ctx, types, func(o gitstore.Object) error {
		err := visitObject(h.Store, o, visit)
		tally.visit()
		if errors.Is(err, scanner.ErrLocate) {
			mu.Lock()
			wanted = append(wanted, o.ID)
			mu.Unlock()
			return nil
		}
		return err
	})
	if ctx.Err() == nil {
		if err != nil {
			return err
		}
		tally.finish()
	}
	places, err := located(ctx, h.Store, wanted)
	if err != nil {
		return err
	}
	return errors.Join(visitPlaces(ctx, h.Store, places, visit), visitProblems(h.Store, visit))
}

// tally begins to count what the walk goes through.
func (h *History) tally() *tally {
	t := &tally{progress: h.Progress}
	if h.Progress == nil {
		return t
	}
	if t.promised = h.Store.Objects(); !h.expected {
		h.Progress.Expect(t.promised)
	}
	h.Store.Passed = t.pass
	return t
}

// visitObject visits an object whose path is not known.
func visitObject(store *gitstore.Store, o gitstore.Object, visit func(scanner.Blob) error) error {
	b := scanner.Blob{Kind: kindOf(o.Type), ID: o.ID.String()}
	if o.Err != nil {
		b.Path, b.Err = objectPath(o), o.Err
		return visit(b)
	}
	return visitContent(store, o, b, visit)
}

// visitContent visits an object's content as b.
func visitContent(store *gitstore.Store, o gitstore.Object, b scanner.Blob, visit func(scanner.Blob) error) error {
	if o.Stream != nil {
		var buf buffer
		b.Open = func() (io.ReadCloser, error) { return openObject(store, o.ID), nil }
		return buf.Visit(o.Stream, o.Size, b, visit)
	}
	b.Data = o.Data
	return visit(b)
}

// openObject streams an object. What streams it ends when the reader is closed.
func openObject(store *gitstore.Store, id gitstore.ID) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		w.CloseWithError(store.Visit(id, func(o gitstore.Object) error {
			if o.Stream == nil {
				o.Stream = bytes.NewReader(o.Data)
			}
			_, err := io.Copy(w, o.Stream)
			return err
		}))
	}()
	return r
}

// visitAt visits the content of a git object as b; without a path it gets one from what the object is. An object that
// cannot be read is visited with the error.
func visitAt(store *gitstore.Store, id gitstore.ID, b scanner.Blob, visit func(scanner.Blob) error) error {
	visited := false
	err := store.Visit(id, func(o gitstore.Object) error {
		visited = true
		if b.Path == "" {
			b.Path = nameOf(o)
		}
		return visitContent(store, o, b, visit)
	})
	if err != nil && !visited {
		if b.Path == "" {
			b.Path = "object:" + id.String()
		}
		if b.Err = err; errors.Is(err, gitstore.ErrMissing) && store.Partial() {
			b.Gap = scanner.Promisor
		}
		return visit(b)
	}
	return err
}

// nameOf names an object that no tree holds.
func nameOf(o gitstore.Object) string {
	switch o.Type {
	case gitstore.CommitObject:
		return "commit:" + o.ID.String()
	case gitstore.TagObject:
		if tag, err := gitstore.ParseTag(o.ID, o.Data); err == nil && tag.Name != "" {
			return "tag:" + tag.Name
		}
		return "tag:" + o.ID.String()
	}
	return "blob:" + o.ID.String()
}

// objectPath names an object that cannot be read.
func objectPath(o gitstore.Object) string {
	if o.ID.IsZero() {
		return filepath.ToSlash(o.Where)
	}
	return "object:" + o.ID.String()
}

// visitProblems visits what the store knows to be missing or damaged.
func visitProblems(store *gitstore.Store, visit func(scanner.Blob) error) error {
	for _, p := range store.Problems() {
		b := scanner.Blob{Kind: scanner.OtherObject, Path: filepath.ToSlash(p.Path), Err: p.Err, Gap: scanner.Gap(p.Kind)}
		if err := visit(b); err != nil {
			return err
		}
	}
	return nil
}

func kindOf(t gitstore.Type) scanner.BlobKind {
	switch t {
	case gitstore.BlobObject:
		return scanner.BlobObject
	case gitstore.CommitObject:
		return scanner.CommitObject
	case gitstore.TagObject:
		return scanner.TagObject
	}
	return scanner.OtherObject
}

func reportCommit(c gitstore.Commit) *scanner.Commit {
	if c.ID.IsZero() {
		return nil
	}
	return &scanner.Commit{ID: c.ID.String(), Author: c.Author, Date: c.AuthorDate, Subject: c.Subject()}
}
