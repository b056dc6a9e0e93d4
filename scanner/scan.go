// Package scanner is the pipeline: a source yields blobs, candidates are found in them and in their layers, the rules
// claim candidates by the slot they stand in, and what they claim goes into a report.
//
//	source → blob → (layers) → candidate → slot → rule → finding → report → writer
//
// The package promises that a report is complete or says that it is not: content that could not be read is listed,
// never passed over. It prints nothing and holds no global state.
package scanner

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options says how to scan. The zero value measures no time and has no configuration.
type Options struct {
	Version    string    // of klaviyolint, for the report
	Policies   []*Policy // what configurations say; of a finding's path, the one with the nearest root is heeded
	Timing     bool      // measure how long the scan takes; off, the same input gives the same report to the byte
	Accept     []Gap     // gaps that do not make the report incomplete; they are listed all the same
	LineHashes bool      // compute each finding's LineHash: GitHub wants it in SARIF, and it takes a pass over the file
	Progress   *Progress // counted up while the scan runs; nil for nobody who wants to know
	Baseline   *Baseline // what an earlier scan found, which is known; nil for none
	Shard      Shard     // the part of a history that src is, for the report
	Range      bool      // src is a range of commits, whose generations mean nothing outside of it
}

// Scan walks src and reports what the rules claim in it. What cannot be read is in the report; when ctx ends, or the
// source cannot go on, the report holds what was found until then and says why it stopped. What is known by then to have
// a trace of a key is still looked at, for [Grace].
func Scan(ctx context.Context, src Source, opts Options) *Report {
	late, release := outliving(ctx)
	defer release()
	s := &scan{
		ctx: ctx, late: late, policies: opts.Policies, accept: opts.Accept,
		lineHashes: opts.LineHashes,
		progress:   progressOf{Progress: opts.Progress}, met: newMet(opts.Baseline),
	}
	s.buffers.New = func() any { return new(Buffer) }
	began := time.Now()
	err := src.Walk(ctx, s.visit)
	r := &Report{
		Version: opts.Version, Shard: opts.Shard,
		Skipped: s.skipped,
		Stats: Stats{
			Files:    int(s.files.Load()),
			Blobs:    int(s.blobs.Load()),
			Commits:  int(s.commits.Load()),
			Bytes:    s.bytes.Load(),
			Excluded: int(s.excluded.Load()),
			Ignored:  int(s.ignored.Load()),
		},
	}
	switch {
	case ctx.Err() != nil:
		r.Stopped = "interrupted"
	case err != nil:
		r.Stopped = err.Error()
	}
	r.Findings = settle(s.findings, s.comments, opts.Policies, r.whole())
	s.known(r.Findings)
	if opts.Range {
		for _, f := range r.Findings {
			if f.Commit != nil {
				f.Commit.Generation = 0
			}
		}
	}
	if opts.Timing {
		r.Stats.Seconds = time.Since(began).Seconds()
	}
	r.conceal()
	r.sort()
	if opts.Baseline != nil {
		r.Baselines = []Compared{opts.Baseline.compare(r, s.met)}
	}
	return r
}

// scan is one run of [Scan]. Its visit is called from several goroutines.
type scan struct {
	ctx                   context.Context
	late                  context.Context // outlives ctx, for what must not be lost
	policies              []*Policy
	accept                []Gap
	lineHashes            bool
	files, blobs, commits atomic.Int64
	bytes                 atomic.Int64
	excluded, ignored     atomic.Int64

	buffers sync.Pool // of *Buffer, for members of archives

	mu       sync.Mutex
	findings []*Finding
	comments []*comment // of files
	skipped  []Skipped
	before   map[string]*Before // of blobs in which there is something to tell, by path
	progress progressOf

	met *met // which paths of a baseline the scan was given; nil for none
}

func (s *scan) visit(b Blob) error {
	s.met.note(b)
	if b.Err != nil { // also when ctx has ended: nothing that is known to be missing is kept back
		s.skip(b, b.Err.Error())
		return nil
	}
	ctx := s.ctx
	if b.Again {
		ctx = s.late
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.count(b); b.LeftOut != 0 {
		return nil
	}
	for _, name := range names(b) {
		if err := s.inspect(ctx, name); err != nil {
			return err
		}
	}
	return s.inspect(ctx, b)
}

// inspect searches a blob.
func (s *scan) inspect(ctx context.Context, b Blob) (err error) {
	in := inspection{scan: s, ctx: ctx, blob: b}
	defer func() {
		// A bug of ours on one hostile file must not hide the other findings. The text of a runtime error may quote
		// content, so only its type is shown.
		if p := recover(); p != nil {
			s.skip(b, fmt.Sprintf("internal error: %T", p))
			err = nil
		}
		if !b.Again && errors.Is(err, ErrLocate) {
			s.progress.suspect()
		}
		s.mu.Lock()
		s.progress.found(in.found)
		s.findings = append(s.findings, in.found...)
		s.comments = append(s.comments, in.comments...)
		if b.Before != nil && len(in.found)+len(in.comments) > 0 {
			s.keepBefore(b)
		}
		s.mu.Unlock()
	}()
	return in.run()
}

// count counts what has not been counted: a content by its first window, its bytes as they come.
func (s *scan) count(b Blob) {
	switch {
	case b.Again, b.Kind == Name:
		return
	case b.LeftOut == Excluded:
		s.excluded.Add(1)
		return
	case b.LeftOut == Ignored:
		s.ignored.Add(1)
		return
	}
	s.bytes.Add(int64(freshLen(b)))
	if b.Start.Offset > 0 {
		return
	}
	switch b.Kind {
	case File:
		s.files.Add(1)
	case BlobObject:
		s.blobs.Add(1)
	case CommitObject, TagObject:
		s.commits.Add(1)
	}
}

func (s *scan) skip(b Blob, reason string) {
	path := b.Path
	if path == "" {
		path = "object:" + b.ID
	}
	s.mu.Lock()
	s.skipped = append(s.skipped, Skipped{
		Path: path, Reason: reason, Gap: b.Gap, Accepted: b.Gap != "" && slices.Contains(s.accept, b.Gap),
	})
	s.mu.Unlock()
}

func freshLen(b Blob) int {
	if b.Fresh == nil {
		return len(b.Data)
	}
	n := 0
	for _, f := range b.Fresh {
		n += f.End - f.Start
	}
	return n
}

// inProject returns a path without what leads to the directory that was asked for: that a checkout lies below /home/test
// tells nothing of its files. The directory's own name stays.
func (s *scan) inProject(name string) string {
	if !path.IsAbs(name) && !strings.HasPrefix(name, "../") && !filepath.IsAbs(name) {
		return name
	}
	if p := policyOf(s.policies, name); p != nil {
		if rel, ok := p.rel(name); ok && rel != name {
			return path.Join(path.Base(filepath.ToSlash(p.Root)), rel)
		}
	}
	return path.Base(name)
}
