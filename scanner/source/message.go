// This file holds the source of the message of a commit that git is about to make.

package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// Message yields a commit's message from the file that git gives to the hook commit-msg (githooks(5)), as it will stand
// in the commit, so by the name of the file alone. Lines of comment are a part of it: whether git drops them is decided
// by options that a hook is not told.
type Message struct {
	Name string // the file's
	// Edited tells that git opened an editor on the file. Only then can git have written a diff below a line of scissors,
	// which it drops: it may hold a key that the commit takes away.
	Edited bool
}

// Walk implements [scanner.Source].
func (m Message) Walk(_ context.Context, visit func(scanner.Blob) error) error {
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
	size := info.Size()
	if m.Edited {
		cut, err := scissors(io.NewSectionReader(f, 0, size))
		if err != nil {
			b.Err = cause(err)
			return visit(b)
		}
		if cut >= 0 {
			size = cut
		}
	}
	kept := func() io.Reader { return io.NewSectionReader(f, 0, size) }
	b.Open = func() (io.ReadCloser, error) { return io.NopCloser(kept()), nil }
	var buf buffer
	return buf.Visit(kept(), size, b, visit)
}

const (
	// cutLine follows the prefix of comments in the line below which git drops everything (wt-status.c, cut_line).
	cutLine = " ------------------------ >8 ------------------------"
	// longestComment is more than anybody gives to core.commentString.
	longestComment = 16
)

// scissors returns where in a message git wrote a line of scissors; -1 for nowhere. Below it git writes comments, and then
// nothing or a diff. Where other text follows somebody else wrote the line, and git may keep what is below it.
func scissors(r io.Reader) (int64, error) {
	lines := bufio.NewReader(r)
	cut, at, begins := int64(-1), int64(0), true
	var comment []byte
	for {
		line, err := lines.ReadSlice('\n')
		text, ends := bytes.CutSuffix(line, []byte("\n"))
		if begins && cut < 0 {
			prefix, found := bytes.CutSuffix(text, []byte(cutLine))
			if found && ends && len(prefix) > 0 && len(prefix) <= longestComment {
				cut, comment = at, bytes.Clone(prefix)
			}
		} else if begins && len(text) > 0 && !bytes.HasPrefix(text, comment) {
			if bytes.HasPrefix(text, []byte("diff --")) {
				return cut, nil
			}
			return -1, nil
		}
		at += int64(len(line))
		begins = ends
		switch {
		case errors.Is(err, io.EOF):
			return cut, nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return -1, err
		}
	}
}
