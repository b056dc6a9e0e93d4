// This file saves, when a walk is interrupted, what is known to have a trace of a key.

package source

import (
	"context"
	"errors"
	"fmt"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

var errNotLookedAt = errors.New("has a trace of a key; the scan was interrupted before it was looked at")

// maxListed bounds how many contents are listed one by one when there is no time to look at them.
const maxListed = 1000

// located finds out where what a sweep wanted stands. When ctx ends before that is known, each of it has one place,
// without a path, a commit or a reach.
func located(ctx context.Context, graph *gitstore.Graph) ([]gitstore.Place, error) {
	if ctx.Err() == nil {
		places, err := graph.Locate(ctx)
		if err == nil || ctx.Err() == nil {
			return places, err
		}
	}
	ids, names := graph.Wanted()
	var places []gitstore.Place
	for _, id := range ids {
		places = append(places, gitstore.Place{Object: id})
	}
	for _, name := range names {
		places = append(places, gitstore.Place{Path: name, Name: name})
	}
	return places, nil
}

// visitPlaces visits objects and names at their places. When ctx ends, whoever visits takes them for [scanner.Grace]
// still; those that are left then are listed as not looked at, and the error is ctx's.
func visitPlaces(ctx context.Context, store *gitstore.Store, places []gitstore.Place, visit func(scanner.Blob) error) error {
	for i, p := range places {
		b := scanner.Blob{Path: p.Path, Again: true, Located: true, Reach: p.Reach, Ref: p.Ref, Commit: reportCommit(p.Commit)}
		var err error
		if p.Object.IsZero() {
			b.Kind, b.Data = scanner.Name, []byte(p.Name)
			err = visit(b)
		} else {
			b.Kind, b.ID = scanner.BlobObject, p.Object.String()
			err = visitAt(store, p.Object, b, visit)
		}
		switch {
		case err == nil:
		case ctx.Err() == nil:
			return err
		default:
			if err := visitNotLookedAt(places[i:], visit); err != nil {
				return err
			}
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// visitNotLookedAt lists what there was no time to look at.
func visitNotLookedAt(places []gitstore.Place, visit func(scanner.Blob) error) error {
	for i, p := range places {
		b := scanner.Blob{Kind: scanner.OtherObject, Path: p.Path, ID: p.Object.String(), Err: errNotLookedAt}
		if b.Path == "" {
			b.Path = "object:" + b.ID
		}
		if i == maxListed {
			b.Path, b.Err = ".", fmt.Errorf("%d more contents have a trace of a key; the scan was interrupted before they were looked at",
				len(places)-i)
		}
		if err := visit(b); err != nil || i == maxListed {
			return err
		}
	}
	return nil
}
