// This file holds the source of all that a repository's object store holds.

package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync/atomic"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

// History yields every blob, commit and annotated tag of an object store, whether anything leads to it or not, and the
// names of all files and refs. It yields blobs and names of files first without paths, in the order in which they are
// read fastest; what a visit wants located ([scanner.ErrLocate]) it yields again for each path, with the commit that
// brought it there. If it is interrupted before it knows that, it yields it without, called blob:<id>.
type History struct {
	Store    *gitstore.Store
	Progress *scanner.Progress // counts the store's objects; nil: nobody wants to know
	// Shard is the part of all that which is yielded. What is missing or damaged is told by the shard that would have it,
	// what belongs to none (a pack, a ref, that the history is cut) by every one.
	Shard scanner.Shard

	expected bool // they have been counted in Progress.Total
}

// Walk implements [scanner.Source].
func (h *History) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	promised := 0
	var passed atomic.Int64
	if h.Progress != nil {
		if promised = h.Store.Objects(); !h.expected {
			h.Progress.Expect(promised)
		}
	}
	graph, err := h.Store.Sweep(ctx, func(o gitstore.Object) (locate bool, err error) {
		if passed.Add(1) <= int64(promised) {
			h.Progress.Pass(1)
		}
		if o.Type == gitstore.TreeObject && o.Err == nil {
			return false, nil // its names come one by one
		}
		if !objectIn(h.Shard, o.ID) {
			return false, nil
		}
		err = visitObject(h.Store, o, visit)
		if errors.Is(err, scanner.ErrLocate) {
			return true, nil
		}
		return false, err
	}, func(name []byte) (locate bool) {
		return nameIn(h.Shard, name) && errors.Is(visit(scanner.Blob{Kind: scanner.Name, Data: name}), scanner.ErrLocate)
	})
	if ctx.Err() == nil {
		if err != nil {
			return err
		}
		// The second of two copies was promised too.
		h.Progress.Pass(max(0, promised-int(passed.Load())))
		h.Store.CheckRefs()
	}
	places, err := located(ctx, graph)
	if err != nil {
		return err
	}
	return errors.Join(visitPlaces(ctx, h.Store, places, visit), h.refNames(ctx, visit), visitProblems(h.Store, visit))
}

// refNames visits the names of refs.
func (h *History) refNames(ctx context.Context, visit func(scanner.Blob) error) error {
	for _, ref := range h.Store.Refs() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !nameIn(h.Shard, []byte(ref.Name)) {
			continue
		}
		b := scanner.Blob{Kind: scanner.Name, Path: "ref:" + ref.Name, Located: true, Data: []byte(ref.Name), Reach: "ref", Ref: ref.Name}
		if err := visit(b); err != nil {
			return err
		}
	}
	return nil
}

// visitObject visits an object whose path is not known.
func visitObject(store *gitstore.Store, o gitstore.Object, visit func(scanner.Blob) error) error {
	b := scanner.Blob{Kind: kindOf(o.Type), ID: o.ID.String()}
	if o.Err != nil {
		b.Path, b.Err = objectPath(o), unread(o.Err)
		return visit(b)
	}
	return visitContent(store, o, b, visit)
}

// visitContent visits an object's content as b.
func visitContent(store *gitstore.Store, o gitstore.Object, b scanner.Blob, visit func(scanner.Blob) error) error {
	if o.Stream != nil {
		var buf buffer
		b.Open = func() (io.ReadCloser, error) { return openObject(store, o.ID), nil }
		return buf.Visit(o.Stream, o.Size, b, func(b scanner.Blob) error {
			if b.Err != nil {
				b.Err = unread(b.Err)
			}
			return visit(b)
		})
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
			b.Kind, b.Path = kindOf(o.Type), nameOf(o)
		}
		return visitContent(store, o, b, visit)
	})
	if err != nil && !visited {
		if b.Path == "" {
			b.Path = "object:" + id.String()
		}
		b.Err, b.Gap = unread(err), gapOf(err)
		return visit(b)
	}
	return err
}

// unread adds to the reason why an object was not read what to do about it.
func unread(err error) error {
	switch {
	case errors.Is(err, gitstore.ErrTooLarge):
		return fmt.Errorf("%w: run git cat-file -p on it and give klaviyolint the output", err)
	case errors.Is(err, gitstore.ErrPromised):
		return fmt.Errorf("%w: run git fetch --refetch --no-filter", err)
	}
	return fmt.Errorf("%w: run git fsck", err)
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
	return &scanner.Commit{ID: c.ID.String(), Author: c.Author, Date: c.AuthorDate, Subject: c.Subject(), Generation: c.Generation}
}
