// This file writes a report as text for people: each finding with its line, then what to do, what was scanned and what
// was not.

package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/sarif/stream"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// mostWidth is the columns that paragraphs are wrapped at where there is room, and leastWidth those that are always used.
const (
	mostWidth  = 100
	leastWidth = 40
)

// Text writes the report for people. Suppressed findings are counted, not shown.
func Text(w io.Writer, r *scanner.Report, opts Options) error {
	out := textWriter{Writer: bufio.NewWriter(w), Options: opts}
	out.findings(r)
	out.end(r)
	return out.Flush()
}

// findings writes the findings that count in the order of the paths, but those of one key together, where its first stands,
// for they have to be mended together. Quiet, it is the order of the paths alone.
func (w textWriter) findings(r *scanner.Report) {
	var counted []*scanner.Finding
	for _, f := range r.Findings {
		if f.Suppressed == "" {
			counted = append(counted, f)
		}
	}
	if w.Quiet {
		for _, f := range counted {
			w.finding(f, "")
		}
		return
	}
	for _, group := range sameKey(counted) {
		w.places(group)
		said := ""
		for _, f := range group {
			text := message(f)
			if text == said {
				w.finding(f, "") // the same is wrong as at the place before
				continue
			}
			w.finding(f, text)
			said = text
		}
	}
}

// message is the finding's message without what is said once for all exposed keys.
func message(f *scanner.Finding) string {
	text := strings.TrimSpace(strings.TrimSuffix(f.Rule.Message(f.Key, f.Word, f.Public), rules.Rotation))
	if f.Detail != "" {
		text += " " + f.Detail
	}
	return text
}

// places says at how many places a key stands, if they are several.
func (w textWriter) places(group []*scanner.Finding) {
	n := 0
	for _, f := range group {
		if f.Exposes() {
			n++
		}
	}
	if n < 2 {
		return
	}
	text := "Private key " + group[0].Key.String()
	if account := group[0].Key.PublicKey(); account != "" {
		text += " of the account " + account
	}
	w.line("%s", w.paint(bold, fmt.Sprintf("%s stands at %d places:", text, n)))
	w.line("")
}

// end writes what stands behind the findings.
func (w textWriter) end(r *scanner.Report) {
	if !w.Quiet {
		w.summary(r)
	}
	w.nothing(r)
	w.notScanned(r)
}

// textWriter holds what the parts of a text share. The first error of the bufio.Writer stays until Flush.
type textWriter struct {
	*bufio.Writer
	Options
}

// SGR codes: the terminal's own eight colours, which its owner has chosen.
const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	yellow = "1;33"
	cyan   = "1;36"
	green  = "1;32"
)

// paint returns text in a colour, if there is to be any.
func (o Options) paint(code, text string) string {
	if !o.Color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func levelColor(level rules.Level) string {
	switch level {
	case rules.Error:
		return red
	case rules.Warning:
		return yellow
	}
	return cyan
}

func (w textWriter) line(format string, args ...any) {
	_, _ = fmt.Fprintf(w, format+"\n", args...)
}

// finding writes one finding, with text about it unless that is "".
func (w textWriter) finding(f *scanner.Finding, text string) {
	color := levelColor(f.Level)
	w.line("%s %s %s [%s]",
		w.paint(bold, fmt.Sprintf("%s:%d:%d:", showPath(f.Path), f.Start.Line(), f.Start.Column())),
		w.paint(color, f.Level.String()+":"), f.Rule.Title, f.Rule.ID)
	if w.Quiet {
		return
	}
	gutter := fmt.Sprintf("%5d | ", f.Start.Line())
	if text, carets := snippet(f.Line, w.Width-len(gutter)); text != "" {
		w.line("%s%s", w.paint(dim, gutter), text)
		if carets != "" {
			w.line("%s%s", strings.Repeat(" ", len(gutter)), w.paint(color, carets))
		}
	}
	w.paragraph(Show(text))
	if len(f.Via) > 0 {
		w.line("  decoded from %s", Show(strings.Join(f.Via, ", then ")))
	}
	if f.Commit != nil {
		w.line("  %s", broughtInBy(f))
	}
	if w.Verbose {
		if f.Slot != "" {
			w.line("  slot: %s", Show(f.Slot))
		}
		w.line("  fingerprint: %s", f.Fingerprint())
	}
	w.line("")
}

// broughtInBy names the finding's commit, without the parts that are not known.
func broughtInBy(f *scanner.Finding) string {
	words := []string{"brought in by", Show(f.Commit.ID[:min(len(f.Commit.ID), 12)])}
	if date := stream.Stamp(f.Commit.Date, time.DateOnly); date != "" {
		words = append(words, date)
	}
	text := strings.Join(words, " ")
	if f.Commit.Author != "" {
		text += " " + Show(f.Commit.Author)
	}
	if f.Commit.Subject != "" {
		text += ": " + Show(f.Commit.Subject)
	}
	if f.Reach != "" {
		text += " (" + Show(f.Reach) + ")"
	}
	return text
}

// noCommand returns a word that begins a line such that the line is no command of GitHub Actions, which begins with :: after
// any blanks (actions/runner, ActionCommand.TryParseV2), and may pass over what has no width.
func noCommand(word string) string {
	first := strings.IndexFunc(word, func(r rune) bool { return r < 0x80 && r != ':' })
	if first < 0 {
		first = len(word)
	}
	if strings.Count(word[:first], ":") < 2 {
		return word
	}
	return strings.Replace(word, ":", `\x3a`, 1)
}

// paragraph writes text wrapped and indented by two spaces.
func (w textWriter) paragraph(text string) {
	const indent = " " // and the blank before each word
	width := mostWidth
	if w.Width > 0 {
		width = max(leastWidth, min(width, w.Width))
	}
	taken := 0
	for word := range strings.FieldsSeq(text) {
		n := 1 + columns(word)
		if taken > 0 && taken+n > width {
			_ = w.WriteByte('\n')
			taken = 0
		}
		if taken == 0 {
			word = noCommand(word)
			_, _ = w.WriteString(indent)
			taken = len(indent)
		}
		_ = w.WriteByte(' ')
		_, _ = w.WriteString(word)
		taken += n
	}
	if taken > 0 {
		_ = w.WriteByte('\n')
	}
}
