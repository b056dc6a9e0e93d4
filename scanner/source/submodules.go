// This file holds the source of a repository with its submodules', and the one that puts a directory before paths.

package source

import (
	"context"
	"errors"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

// Superproject yields the history of a repository, as [History] does, and then those of its submodules' repositories, with
// the path of the submodule before each path: lib/vendored/a.js, lib/vendored/commit:<id>. A submodule whose repository
// cannot be opened is visited with the error.
type Superproject struct {
	Store    *gitstore.Store
	Progress *scanner.Progress // counts the objects of all stores; nil: nobody wants to know
	Shard    scanner.Shard     // of each of them
}

// Walk implements [scanner.Source].
func (s *Superproject) Walk(ctx context.Context, visit func(scanner.Blob) error) (err error) {
	submodules, err := s.Store.Submodules(ctx)
	if err != nil {
		return err
	}
	defer func() {
		for _, m := range submodules {
			if m.Store != nil {
				err = errors.Join(err, m.Store.Close())
			}
		}
	}()
	if s.Progress != nil {
		s.Progress.Expect(s.Store.Objects())
		for _, m := range submodules {
			if m.Store != nil {
				s.Progress.Expect(m.Store.Objects())
			}
		}
	}
	if err := (&History{Store: s.Store, Progress: s.Progress, Shard: s.Shard, expected: true}).Walk(ctx, visit); err != nil {
		return err
	}
	for i, m := range submodules {
		var src scanner.Source = Broken{Path: m.Path, Err: m.Err, Gap: gapOf(m.Err)}
		if m.Store != nil {
			src = &Prefixed{Dir: m.Path, Source: &History{Store: m.Store, Progress: s.Progress, Shard: s.Shard, expected: true}}
		}
		if err := src.Walk(ctx, visit); err != nil {
			return err
		}
		if m.Store == nil {
			continue
		}
		// What it keeps in memory of its packs is let go of before the next.
		submodules[i].Store = nil
		if err := m.Store.Close(); err != nil {
			return err
		}
	}
	return nil
}

// gapOf tells of what kind a gap is that an error speaks of, if it is of one.
func gapOf(err error) scanner.Gap {
	switch {
	case errors.Is(err, gitstore.ErrNotCloned):
		return scanner.Submodule
	case errors.Is(err, gitstore.ErrPromised):
		return scanner.Promisor
	}
	return ""
}

// Prefixed yields what a source yields with a directory before each path that is known.
type Prefixed struct {
	Source scanner.Source
	Dir    string // with slashes; any bytes
}

// Walk implements [scanner.Source].
func (p *Prefixed) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	return p.Source.Walk(ctx, func(b scanner.Blob) error {
		if b.Path != "" {
			b.Path = p.Dir + "/" + b.Path // not joined: a tree may have the name ".."
		}
		return visit(b)
	})
}
