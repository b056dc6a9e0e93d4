// This file holds the source of all that a repository's object store holds.

package source

import (
	"context"
	"errors"
	"path/filepath"
	"sync"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

// History yields every blob, commit and annotated tag of an object store, whether anything leads to it or not. It
// yields them first without paths, in the order in which they are read fastest; what a visit wants located
// ([scanner.ErrLocate]) it yields again for each path, with the commit that brought it there.
type History struct {
	Store *gitstore.Store
}

// Walk implements [scanner.Source].
func (h *History) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	var mu sync.Mutex
	var wanted []gitstore.ID
	types := gitstore.Blobs | gitstore.Commits | gitstore.Tags
	err := h.Store.Sweep(ctx, types, func(o gitstore.Object) error {
		err := visitObject(o, visit)
		if errors.Is(err, scanner.ErrLocate) {
			mu.Lock()
			wanted = append(wanted, o.ID)
			mu.Unlock()
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	places, err := h.Store.Locate(ctx, wanted)
	if err != nil {
		return err
	}
	for _, p := range places {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := h.visitPlace(p, visit); err != nil {
			return err
		}
	}
	return visitProblems(h.Store, visit)
}

// visitObject visits an object whose path is not known.
func visitObject(o gitstore.Object, visit func(scanner.Blob) error) error {
	b := scanner.Blob{Kind: kindOf(o.Type), ID: o.ID.String(), Data: o.Data}
	switch {
	case o.Err != nil:
		b.Path, b.Err, b.Data = objectPath(o), o.Err, nil
	case o.Stream != nil:
		var buf buffer
		return buf.visitReader(o.Stream, o.Size, b, visit)
	}
	return visit(b)
}

// objectPath names an object that cannot be read.
func objectPath(o gitstore.Object) string {
	if o.ID.IsZero() {
		return filepath.ToSlash(o.Where)
	}
	return "object:" + o.ID.String()
}

// visitPlace visits a located object again, with where it stands.
func (h *History) visitPlace(p gitstore.Place, visit func(scanner.Blob) error) error {
	kind, data, err := h.Store.Read(p.Object)
	b := scanner.Blob{
		Kind: kindOf(kind), Path: p.Path, ID: p.Object.String(), Data: data,
		Again: true, Reach: p.Reach, Commit: reportCommit(p.Commit),
	}
	if b.Path == "" {
		b.Path = "blob:" + b.ID
	}
	switch {
	case err != nil:
		b.Path, b.Err = "object:"+b.ID, err
	case kind == gitstore.CommitObject:
		b.Path = "commit:" + b.ID
		if commit, err := gitstore.ParseCommit(p.Object, data); err == nil {
			b.Commit = reportCommit(commit)
		}
	case kind == gitstore.TagObject:
		b.Path = "tag:" + b.ID
		if tag, err := gitstore.ParseTag(p.Object, data); err == nil && tag.Name != "" {
			b.Path = "tag:" + tag.Name
		}
	}
	return visit(b)
}

// visitProblems visits what the store knows to be missing or damaged.
func visitProblems(store *gitstore.Store, visit func(scanner.Blob) error) error {
	for _, p := range store.Problems() {
		if err := visit(scanner.Blob{Kind: scanner.OtherObject, Path: filepath.ToSlash(p.Path), Err: p.Err}); err != nil {
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
