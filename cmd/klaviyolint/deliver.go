// This file delivers a report: in one form or in several, each to where it goes, and with the exit code.

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/report"
)

// delivery is how a report is written and what it means, by the flags.
type delivery struct {
	*scanFlags
	level rules.Level
	gaps  []scanner.Gap
	forms []form // the first is that of -f and -o
	tty   bool   // it goes to a terminal
	page  string // the file that GitHub wants the step's summary in; "" if it wants none
	began time.Time
}

// form is one of the forms in which a report is written.
type form struct {
	format, name string // name is of a file; "" for standard output
	write        report.Writer
	to           output
}

// wanted lists the forms that the flags ask for.
func (f *scanFlags) wanted() (forms []form, err error) {
	forms = []form{{format: f.format, name: f.output}}
	for _, also := range f.also {
		format, name, ok := strings.Cut(also, "=")
		if !ok || name == "" {
			return nil, &hinted{fmt.Errorf("--report %q is not FORMAT=FILE", also), "name a format and a file: --report sarif=out.sarif"}
		}
		if slices.ContainsFunc(forms, func(o form) bool { return sink(o.name) == sink(name) }) {
			return nil, &hinted{fmt.Errorf("--report %q: another report goes to that file", also), "give each report a file of its own"}
		}
		forms = append(forms, form{format: format, name: name})
	}
	for i := range forms {
		if forms[i].write, err = report.For(forms[i].format); err != nil {
			return nil, err
		}
	}
	return forms, nil
}

// sink names what is written to in one way: "" is standard output, also by its names.
func sink(name string) string {
	if name == "" {
		return ""
	}
	target, err := followLinks(name)
	if err != nil {
		return name
	}
	if target != "" {
		return realPath(target)
	}
	at, err := os.Stat(name)
	if is, statErr := os.Stdout.Stat(); err == nil && statErr == nil && os.SameFile(at, is) {
		return ""
	}
	return name
}

// writes tells that the report is written in one of the formats.
func (f *scanFlags) writes(formats ...string) bool {
	return slices.Contains(formats, f.format) || slices.ContainsFunc(f.also, func(also string) bool {
		format, _, _ := strings.Cut(also, "=")
		return slices.Contains(formats, format)
	})
}

// tellsOrigin tells that a format says where the files came from.
func (f *scanFlags) tellsOrigin() bool { return f.writes("sarif", "gitlab") }

// delivery reads the flags. Whether there can be an output is known before the scan, so that a wrong name costs no time.
func (a *app) delivery(ctx context.Context, f *scanFlags) (d delivery, err error) {
	d = delivery{scanFlags: f, tty: f.output == "" && isTerminal(a.stdout), page: f.stepSummary(), began: time.Now()}
	if d.level, err = f.failLevel(); err != nil {
		return d, err
	}
	if d.gaps, err = f.gaps(); err != nil {
		return d, err
	}
	if d.forms, err = f.wanted(); err != nil {
		return d, err
	}
	if f.sarifCategory != "" && !f.writes("sarif") {
		return d, &hinted{fmt.Errorf("--sarif-category %q is for -f sarif, not for -f %s", f.sarifCategory, f.format), "leave one of the two out"}
	}
	if f.suppressed && !f.writes("sarif", "html", "json") {
		return d, &hinted{fmt.Errorf("--include-suppressed is for -f sarif and -f html, not for -f %s", f.format), "leave it out; -f json lists what is suppressed"}
	}
	for i := range d.forms {
		if d.forms[i].to, err = openOutput(ctx, d.forms[i].name, a.stdout); err != nil {
			return d, &hinted{err, hintOutput}
		}
	}
	if err := tryStepSummary(d.page); err != nil {
		return d, &hinted{err, "name a file that can be written, or unset the variable"}
	}
	return d, nil
}

// deliver writes a report and sets the exit code.
func (a *app) deliver(r *scanner.Report, d delivery) error {
	if a.hook && len(d.forms) == 1 && d.output == "" && d.format == "text" && r.Counted(d.level) == 0 && r.Complete() {
		for _, line := range report.Known(r) {
			fmt.Fprintln(a.stderr, "klaviyolint: "+line)
		}
		return nil
	}
	opts := report.Options{
		Quiet: d.quiet, Verbose: d.verbose, Suppressed: d.suppressed,
		Scanned: scanner.Conceal(d.subject), Unrecorded: d.unrecorded != nil && d.unrecorded(),
		Category: scanner.Conceal(d.sarifCategory), Origin: concealedOrigin(d.origin), Fixes: d.fixes, Began: d.began, Ended: time.Now(),
	}
	var err error
	for i, form := range d.forms {
		opts := opts
		opts.Place = concealedPlace(d.places.of(form.format))
		if i == 0 && d.tty {
			opts.Color, opts.Width = !d.noColor && colorWanted() && showsColor(os.Stdout), terminalWidth()
		}
		err = errors.Join(err, form.to.write(func(w io.Writer) error { return form.write(w, r, opts) }))
	}
	if err == nil {
		err = addStepSummary(d.page, r)
	}
	if err != nil {
		return &hinted{fmt.Errorf("write the report: %w", err), "see that there is room and that the output can be written"}
	}
	switch {
	case r.Counted(d.level) > 0:
		a.exit = exitFindings
	case !r.Complete():
		a.exit = exitIncomplete
	}
	return nil
}

// terminalWidth gives the columns of the terminal; 0 if it does not tell.
func terminalWidth() int {
	columns, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colorWanted heeds https://no-color.org and terminals that have none.
func colorWanted() bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
