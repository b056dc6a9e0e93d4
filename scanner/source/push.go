// This file holds the source of what a push sends.

package source

import (
	"context"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

// Update is a ref that a push changes, as git tells its hooks pre-push and pre-receive (githooks(5)).
type Update struct {
	Name string      // of the ref on the other side; any bytes
	Old  gitstore.ID // what it leads to there now; no ID, or zeros, if it is new
	New  gitstore.ID // what it is to lead to; no ID, or zeros, if it is to be deleted
}

// Push yields the names of the refs of a push, and what a [Range] yields for the commits that the other side does not have:
// those that the updates lead to, without those that Has and the old ends of the updates lead to. What stands at a path
// of a file there already is known ([scanner.Before]).
type Push struct {
	Store    *gitstore.Store
	Updates  []Update
	Has      []gitstore.ID     // what the other side is known to have
	Progress *scanner.Progress // counts commits; nil: nobody wants to know
}

// Walk implements [scanner.Source].
func (p *Push) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	r := Range{Store: p.Store, Progress: p.Progress, Known: "on the other side already"}
	r.Revisions.Exclude = append(r.Revisions.Exclude, p.Has...)
	for _, u := range p.Updates {
		// What others have pushed meanwhile is not here, and is not needed.
		if !u.Old.IsZero() && p.Store.Has(u.Old) {
			r.Revisions.Exclude = append(r.Revisions.Exclude, u.Old)
		}
		if u.New.IsZero() {
			continue
		}
		r.Revisions.Include = append(r.Revisions.Include, u.New)
		r.Revisions.Named = append(r.Revisions.Named, gitstore.Ref{Name: u.Name, Target: u.New})
		b := scanner.Blob{Kind: scanner.Name, Path: "ref:" + u.Name, Located: true, Data: []byte(u.Name), Reach: "ref", Ref: u.Name}
		if err := visit(b); err != nil {
			return err
		}
	}
	return r.Walk(ctx, visit)
}
