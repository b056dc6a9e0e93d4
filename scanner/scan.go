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
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klaviyolint/klaviyolint/rules"
)

// Options says how to scan. The zero value measures no time and has no configuration.
type Options struct {
	Version  string    // of klaviyolint, for the report
	Policies []*Policy // what configurations say; of a finding's path, the one with the nearest root is heeded
	Timing   bool      // measure how long the scan takes; off, the same input gives the same report to the byte
}

// Scan walks src and reports what the rules claim in it. What cannot be read is in the report; when ctx ends, or the
// source cannot go on, the report holds what was found until then and says why it stopped.
func Scan(ctx context.Context, src Source, opts Options) *Report {
	s := &scan{ctx: ctx, policies: opts.Policies}
	s.buffers.New = func() any { return new(Buffer) }
	began := time.Now()
	err := src.Walk(ctx, s.visit)
	r := &Report{
		Version: opts.Version,
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
	r.Findings = settle(s.findings, s.comments, opts.Policies, r.Complete())
	if opts.Timing {
		r.Stats.Seconds = time.Since(began).Seconds()
	}
	r.conceal()
	r.sort()
	return r
}

// scan is one run of [Scan]. Its visit is called from several goroutines.
type scan struct {
	ctx                   context.Context
	policies              []*Policy
	files, blobs, commits atomic.Int64
	bytes                 atomic.Int64
	excluded, ignored     atomic.Int64

	buffers sync.Pool // of *Buffer, for members of archives

	mu       sync.Mutex
	findings []Finding
	comments []*comment // of files
	skipped  []Skipped
}

func (s *scan) visit(b Blob) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	if b.Err != nil {
		s.skip(b, b.Err.Error())
		return nil
	}
	if s.count(b); b.LeftOut != 0 {
		return nil
	}
	for _, name := range names(b) {
		if err := s.inspect(name); err != nil {
			return err
		}
	}
	return s.inspect(b)
}

// inspect searches a blob.
func (s *scan) inspect(b Blob) (err error) {
	in := inspection{scan: s, blob: b}
	defer func() {
		// A bug of ours on one hostile file must not hide the other findings. The text of a runtime error may quote
		// content, so only its type is shown.
		if p := recover(); p != nil {
			s.skip(b, fmt.Sprintf("internal error: %T", p))
			err = nil
		}
		s.mu.Lock()
		s.findings = append(s.findings, in.found...)
		s.comments = append(s.comments, in.comments...)
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
	s.skipped = append(s.skipped, Skipped{Path: path, Reason: reason})
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

// oneEach leaves one finding of what was seen more than once: in a history, of each key in each path, the version of
// the first commit, with the best reach of all; elsewhere, of each key at each place.
func oneEach(all []Finding) []Finding {
	type where struct {
		path, key, via string
		offset         int64
	}
	index := map[where]int{}
	kept := []Finding{}
	for _, f := range all {
		at := where{path: f.Path, key: f.Key.Fingerprint(f.Word)}
		if f.Reach == "" {
			at.offset, at.via = f.Start.Offset, strings.Join(f.Via, " ") // the same key twice in a member of an archive
		}
		i, seen := index[at]
		if !seen {
			index[at] = len(kept)
			kept = append(kept, f)
			continue
		}
		reach := bestReach(kept[i].Reach, f.Reach)
		switch {
		case (f.Suppressed == "") != (kept[i].Suppressed == ""): // an ignore in one version does not speak for others
			if f.Suppressed == "" {
				kept[i] = f
			}
		case earlier(&f, &kept[i]):
			kept[i] = f
		}
		kept[i].Reach = reach
	}
	return kept
}

// earlier orders the versions of one finding: by date, then by what does not depend on the order of the walk. In one
// version of a file the worse use of the key comes first.
func earlier(a, b *Finding) bool {
	if (a.Commit == nil) != (b.Commit == nil) {
		return b.Commit == nil
	}
	if ad, bd := commitDate(a.Commit), commitDate(b.Commit); !ad.Equal(bd) {
		return ad.Before(bd)
	}
	if ai, bi := commitID(a.Commit), commitID(b.Commit); ai != bi {
		return ai < bi
	}
	if a.Rule != b.Rule && (a.Rule.Kind == rules.Misuse) != (b.Rule.Kind == rules.Misuse) {
		return a.Rule.Kind == rules.Misuse
	}
	return a.Start.Offset < b.Start.Offset
}

// reaches are the values of [Finding.Reach] from the easiest to reach to the hardest.
var reaches = []string{"head", "ref", "stash", "reflog", "unreachable"}

func bestReach(a, b string) string {
	for _, r := range reaches {
		if a == r || b == r {
			return r
		}
	}
	return ""
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
