// This file holds the source of what a range of commits brings into a repository.

package source

import (
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

// Range yields what the commits of a range bring in: the texts of the commits, annotated tags by which they are named,
// and each blob at each path where a commit has it and no parent of the commit does, with the first such commit: what is
// added and deleted within the range, and what only a merge has, too. Unlike [History] it knows every path at once, so
// nothing is visited twice.
type Range struct {
	Store     *gitstore.Store
	Revisions gitstore.Revisions
	Progress  *scanner.Progress // counts the range's commits; nil: nobody wants to know
	Known     string            // what a file has where the range begins is known ([scanner.Before]), and where that is; "": it counts
}

const (
	maxRangeWorkers = 8
	maxUnread       = 10_000 // objects that cannot be read and are listed one by one; a tree can name any number
)

// Walk implements [scanner.Source].
func (r *Range) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	var unread atomic.Int64
	counted := func(b scanner.Blob) error {
		if b.Err != nil && unread.Add(1) > maxUnread {
			return nil
		}
		return visit(b)
	}
	if err := r.blobs(ctx, counted); err != nil {
		return err
	}
	if n := unread.Load() - maxUnread; n > 0 {
		b := scanner.Blob{Kind: scanner.OtherObject, Path: ".", Err: fmt.Errorf("%d further objects could not be read", n)}
		if err := visit(b); err != nil {
			return err
		}
	}
	return r.problems(visit)
}

// blobs visits what the range brings in, from several goroutines.
func (r *Range) blobs(ctx context.Context, visit func(scanner.Blob) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	brought := make(chan gitstore.Brought, 4*maxRangeWorkers)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), maxRangeWorkers) {
		workers.Go(func() {
			for b := range brought {
				if ctx.Err() != nil {
					continue
				}
				if err := r.visit(b, visit); err != nil {
					stop(err)
				}
			}
		})
	}
	known := false
	err := r.Store.Range(ctx, r.Revisions, func(b gitstore.Brought) error {
		if b.Of > 0 {
			if !known {
				known = true
				r.Progress.Expect(b.Of)
			}
			r.Progress.Pass(1)
		}
		select {
		case brought <- b:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	close(brought)
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func (r *Range) visit(brought gitstore.Brought, visit func(scanner.Blob) error) error {
	b := scanner.Blob{
		Kind: kindOf(brought.Type), Path: brought.Path, ID: brought.Object.String(), Again: brought.Again,
		Reach: brought.Reach, Ref: brought.Ref, Commit: reportCommit(brought.Commit),
	}
	if brought.More && brought.Path == "" {
		return r.visitMore(brought.Object, visit)
	}
	if brought.Path != "" && (brought.Type == gitstore.CommitObject || brought.More) {
		b.Kind, b.Data = scanner.Name, []byte(path.Base(brought.Path))
		return visit(b)
	}
	if r.Known != "" && brought.Path != "" && len(brought.Boundary) > 0 {
		b.Before = &scanner.Before{Where: r.Known, Visit: func(visit func(scanner.Blob) error) error {
			return r.visitBefore(brought, visit)
		}}
	}
	if brought.Data == nil {
		return visitAt(r.Store, brought.Object, b, visit)
	}
	o := gitstore.Object{ID: brought.Object, Type: brought.Type, Size: int64(len(brought.Data)), Data: brought.Data}
	b.Path = nameOf(o)
	return visitContent(r.Store, o, b, visit)
}

// visitMore tells of a blob that is at more paths than were visited, if there is a trace of a key in it. If there is none,
// the paths tell no more than their names, which were visited.
func (r *Range) visitMore(id gitstore.ID, visit func(scanner.Blob) error) error {
	err := r.Store.Visit(id, func(o gitstore.Object) error {
		return visitContent(r.Store, o, scanner.Blob{Kind: scanner.BlobObject, ID: id.String(), Again: true}, visit)
	})
	if errors.Is(err, scanner.ErrLocate) {
		return visit(scanner.Blob{
			Kind: scanner.OtherObject, Path: "blob:" + id.String(),
			Err: errors.New("has a trace of a key, and comes to more than 1,000 paths; the others are not listed"),
		})
	}
	return nil //nolint:nilerr // that it cannot be read was said at its first path
}

// visitBefore visits what stands at the path of a blob where the range begins. What cannot be read there is nothing known.
func (r *Range) visitBefore(brought gitstore.Brought, visit func(scanner.Blob) error) error {
	seen := map[gitstore.ID]bool{}
	for _, commit := range brought.Boundary {
		id, err := r.Store.FileAt(commit, brought.Path)
		if err != nil || id.IsZero() || seen[id] {
			continue
		}
		seen[id] = true
		b := scanner.Blob{Kind: scanner.BlobObject, Path: brought.Path, ID: id.String()}
		if err := visitAt(r.Store, id, b, visit); err != nil {
			return err
		}
	}
	return nil
}

// problems visits what the store knows to be missing or damaged. That the clone is shallow is no matter if the range has
// all that it needs; what it needs and has not got is a problem of its own.
func (r *Range) problems(visit func(scanner.Blob) error) error {
	return visitProblems(r.Store, func(b scanner.Blob) error {
		if b.Path == "shallow" && b.Gap == scanner.Shallow {
			return nil
		}
		return visit(b)
	})
}
