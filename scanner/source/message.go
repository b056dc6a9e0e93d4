// This file holds the source of the message of a commit that git is about to make.

package source

import (
	"context"
	"io"
	"path/filepath"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// Message yields a commit's message from the file that git gives to the hook commit-msg (githooks(5)), by the name of
// the file alone. All of it may be recorded: whether git drops lines of comment, and what stands below a line of
// scissors, is decided by options that a hook is not told. So all of it is searched, but for lines of the diff that git
// commit -v shows in the editor if the repository holds them anyway.
type Message struct {
	Name string // the file's
	// Edited tells that git opened an editor on the file. Only then can git have written a diff into it.
	Edited bool
	Staged *Staged // what the commit will hold

	diff verboseDiff
}

// Walk implements [scanner.Source].
func (m *Message) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	b := scanner.Blob{Kind: scanner.CommitObject, Path: filepath.Base(m.Name)}
	target, err := filepath.EvalSymlinks(m.Name)
	if err != nil {
		b.Err = cause(err)
		return visit(b)
	}
	f, info, err := openRegular(target)
	if err != nil {
		b.Err = cause(err)
		return visit(b)
	}
	defer f.Close()
	whole := func() io.Reader { return io.NewSectionReader(f, 0, info.Size()) }
	if m.Edited {
		m.diff.held = (&heldLines{ctx: ctx, staged: m.Staged}).has
	}
	if err := m.diff.read(whole()); err != nil {
		b.Err = cause(err)
		return visit(b)
	}
	b.Open = func() (io.ReadCloser, error) { return io.NopCloser(whole()), nil }
	var buf buffer
	return buf.Visit(whole(), info.Size(), b, func(b scanner.Blob) error {
		if m.diff.last() {
			b.Fresh = without(b, m.diff.known)
		}
		return visit(b)
	})
}

// Scissors tells after a walk where in the message the first line of scissors stands, in bytes, and with which prefix
// of comments; found is false if there is none. last tells that the message ends with what git commit -v writes.
func (m *Message) Scissors() (at int64, comment string, last, found bool) {
	return m.diff.cut, string(m.diff.comment), m.diff.last(), m.diff.comment != nil
}

// without returns what is to be searched of a window if spans of the whole, in order, are not.
func without(b scanner.Blob, spans []scanner.Span) []scanner.Span {
	if len(spans) == 0 {
		return b.Fresh
	}
	fresh := b.Fresh
	if fresh == nil {
		fresh = []scanner.Span{{End: len(b.Data)}}
	}
	kept := []scanner.Span{}
	for _, f := range fresh {
		from := f.Start
		for _, s := range spans {
			start, end := s.Start-int(b.Start.Offset), s.End-int(b.Start.Offset)
			if end <= from || start >= f.End {
				continue
			}
			if start > from {
				kept = append(kept, scanner.Span{Start: from, End: start})
			}
			from = end
		}
		if from < f.End {
			kept = append(kept, scanner.Span{Start: from, End: f.End})
		}
	}
	return kept
}
