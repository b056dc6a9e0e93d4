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

// width is the columns that paragraphs are wrapped at.
const width = 100

// Text writes the report for people. Suppressed findings are counted, not shown.
func Text(w io.Writer, r *scanner.Report, opts Options) error {
	out := textWriter{Writer: bufio.NewWriter(w), Options: opts}
	out.findings(r)
	out.end(r)
	return out.Flush()
}

func (w textWriter) findings(r *scanner.Report) {
	for i := range r.Findings {
		if r.Findings[i].Suppressed == "" {
			w.finding(&r.Findings[i])
		}
	}
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

func (w textWriter) finding(f *scanner.Finding) {
	color := levelColor(f.Level)
	w.line("%s %s %s [%s]",
		w.paint(bold, fmt.Sprintf("%s:%d:%d:", showPath(f.Path), f.Start.Line(), f.Start.Column())),
		w.paint(color, f.Level.String()+":"), f.Rule.Title, f.Rule.ID)
	if w.Quiet {
		return
	}
	if text, carets := snippet(f.Line); text != "" {
		gutter := fmt.Sprintf("%5d | ", f.Start.Line())
		w.line("%s%s", w.paint(dim, gutter), text)
		if carets != "" {
			w.line("%s%s", strings.Repeat(" ", len(gutter)), w.paint(color, carets))
		}
	}
	w.paragraph(Show(strings.TrimSpace(strings.TrimSuffix(f.Message(), rules.Rotation))))
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

// paragraph writes text wrapped and indented by two spaces.
func (w textWriter) paragraph(text string) {
	const indent = " " // and the blank before each word
	taken := 0
	for word := range strings.FieldsSeq(text) {
		n := 1 + columns(word)
		if taken > 0 && taken+n > width {
			_ = w.WriteByte('\n')
			taken = 0
		}
		if taken == 0 {
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
