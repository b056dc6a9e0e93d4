// This file finds in a message the diff that git commit -v shows in the editor, and which of its lines tell nothing
// that the repository, or the commit to come, does not hold anyway.
//
// git cuts the message off at the first line of scissors, if it was given -v or --cleanup=scissors. Neither is told to
// a hook, and a message that was left by a commit with -v may be used by one without, which records the diff. Nothing
// is taken for cut off, therefore; but a line of the diff is known if the file that it is about has it.

package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

const (
	// cutLine follows the prefix of comments in the line below which git drops everything (wt-status.c, cut_line).
	cutLine = " ------------------------ >8 ------------------------"
	// nextDiff follows it before the second diff of git commit -vv (wt-status.c, wt_longstatus_print_verbose).
	nextDiff = " --------------------------------------------------"
	// longestComment is more than anybody gives to core.commentString.
	longestComment = 16
	// longestLine is how much is looked at of a line, in bytes: of a longer one no more can be known, and the rest is searched.
	longestLine = 1 << 20
	// longestContext is how much git shows of a line in the header of a hunk (xdiff, struct func_line).
	longestContext = 80
)

// verboseDiff is what git commit -v writes below a message.
type verboseDiff struct {
	// held tells whether a file has a line, or with part one that begins so; nil for never.
	held func(paths []string, line string, part bool) bool

	cut     int64          // where the first line of scissors stands
	comment []byte         // the prefix of its comment; nil if there is none
	known   []scanner.Span // lines of the diff that are held

	at    int
	part  diffPart
	paths []string // of the file whose diff is read, as they may be meant
}

// diffPart is where in the message a line stands.
type diffPart uint8

const (
	aboveCut   diffPart = iota
	belowCut            // comments of git's
	fileHeader          // of a file's diff
	inHunk
	notOfDiff // what somebody else wrote, or git's status
)

// last tells after read that the message ends with a diff, or with the comments before it. If git wrote more below it,
// as it does where an old message is used once more, then this is not the diff of git commit -v.
func (d *verboseDiff) last() bool {
	return d.part == belowCut || d.part == fileHeader || d.part == inHunk
}

// read reads a message.
func (d *verboseDiff) read(r io.Reader) error {
	in := bufio.NewReaderSize(r, longestLine)
	rest := false // of a line that was too long
	for {
		line, err := in.ReadSlice('\n')
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if !rest {
			text, ends := bytes.CutSuffix(line, []byte("\n"))
			d.line(text, ends)
		}
		d.at += len(line)
		rest = errors.Is(err, bufio.ErrBufferFull)
		if errors.Is(err, io.EOF) {
			return nil
		}
	}
}

// line reads a line without its end.
func (d *verboseDiff) line(text []byte, ends bool) {
	prefix, found := bytes.CutSuffix(text, []byte(cutLine))
	if found && ends && len(prefix) > 0 && len(prefix) <= longestComment {
		if d.comment == nil {
			d.cut, d.comment = int64(d.at), bytes.Clone(prefix)
		}
		if bytes.Equal(prefix, d.comment) {
			d.part = belowCut
			return
		}
	}
	comment := d.comment != nil && bytes.HasPrefix(text, d.comment)
	diff := bytes.HasPrefix(text, []byte("diff --git "))
	switch d.part {
	case aboveCut, notOfDiff:
		return
	case belowCut:
		switch {
		case diff:
			d.part, d.paths = fileHeader, nil
		case len(text) > 0 && !comment:
			d.part = notOfDiff
		}
		return
	}
	switch {
	case diff:
		d.part, d.paths = fileHeader, nil
	case comment && string(text[len(d.comment):]) == nextDiff:
		d.part = belowCut
	case comment:
		d.part = notOfDiff
	case bytes.HasPrefix(text, []byte("@@ ")):
		d.part = inHunk
		if _, context, found := bytes.Cut(text[3:], []byte(" @@ ")); found {
			d.look(context, text, true)
		}
	case d.part == fileHeader && len(text) > 4 && (string(text[:4]) == "--- " || string(text[:4]) == "+++ "):
		d.paths = append(d.paths, pathsInDiff(string(text[4:]))...)
	case d.part == inHunk && len(text) > 0 && bytes.IndexByte([]byte(" +-"), text[0]) >= 0:
		d.look(text[1:], text, false)
	}
}

// look notes a line if what it shows of a file is held.
func (d *verboseDiff) look(shown, text []byte, part bool) {
	if d.held == nil || len(d.paths) == 0 || !d.held(d.paths, string(shown), part) {
		return
	}
	d.known = append(d.known, scanner.Span{Start: d.at, End: d.at + len(text)})
}

// pathsInDiff returns which paths a line of a diff's header may name: git writes a directory of its own before them,
// but not with diff.noPrefix.
func pathsInDiff(name string) []string {
	name = strings.TrimSuffix(name, "\t") // which git writes if there is a space in the name
	if unquoted, err := strconv.Unquote(name); err == nil && strings.HasPrefix(name, `"`) {
		name = unquoted
	}
	if name == "/dev/null" {
		return nil
	}
	if _, below, found := strings.Cut(name, "/"); found {
		return []string{below, name}
	}
	return []string{name}
}

// heldLines knows the lines that files have in the index, in HEAD, and in what HEAD was made from: git commit --amend
// shows how the commit differs from that.
type heldLines struct {
	ctx     context.Context
	staged  *Staged
	commits []gitstore.ID // nil: not looked up
	paths   string        // of the file whose lines are at hand
	whole   map[string]bool
	begin   map[string]bool // as a hunk's header shows them
}

// has tells whether a file at one of the paths has a line, or with part one of which a hunk's header shows that much.
func (h *heldLines) has(paths []string, line string, part bool) bool {
	if name := strings.Join(paths, "\x00"); h.whole == nil || name != h.paths {
		h.paths, h.whole, h.begin = name, map[string]bool{}, map[string]bool{}
		for _, path := range paths {
			h.load(path)
		}
	}
	if part {
		return h.begin[trimmed(line)]
	}
	return h.whole[trimmed(line)]
}

// trimmed returns a line without what an editor may take away at its end.
func trimmed(line string) string { return strings.TrimRight(line, " \t\r") }

// load adds the lines that the file at path has. Of what cannot be read nothing is held.
func (h *heldLines) load(path string) {
	if data, err := h.staged.Content(path); err == nil {
		h.add(data)
	}
	store := h.staged.Store
	if h.commits == nil {
		h.commits = []gitstore.ID{}
		if head, ok := store.Head(); ok {
			h.commits = append(h.commits, head)
			if before, err := store.Resolve(h.ctx, head.String()+"^"); err == nil {
				h.commits = append(h.commits, before)
			}
		}
	}
	for _, commit := range h.commits {
		id, err := store.FileAt(commit, path)
		if err != nil || id.IsZero() {
			continue
		}
		if _, data, err := store.Read(id); err == nil {
			h.add(data)
		}
	}
}

func (h *heldLines) add(data []byte) {
	for line := range strings.Lines(string(data)) {
		line = trimmed(strings.TrimSuffix(line, "\n"))
		h.whole[line] = true
		h.begin[trimmed(line[:min(len(line), longestContext)])] = true
	}
}
