// This file holds what every scanning command shares: flags, the scan, the report, the exit code.

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/config"
	"github.com/klaviyolint/klaviyolint/scanner/report"
)

// scanFlags are the flags of every command that scans.
type scanFlags struct {
	format, output, config, failOn string
	include, exclude               []string
	noColor, quiet, verbose        bool
}

func (f *scanFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.format, "format", "f", "text", "how to report: "+strings.Join(report.Formats(), ", "))
	flags.StringVarP(&f.output, "output", "o", "", "write the report to `FILE`, whole or not at all")
	flags.StringVar(&f.config, "config", "", "read the configuration from `FILE` instead of "+config.Name+" in what is scanned")
	flags.StringVar(&f.failOn, "fail-on", "warning", "the least `LEVEL` of a finding that makes the exit code 1: error, warning, note, never")
	flags.StringArrayVar(&f.include, "include", nil, "scan only what matches this `GLOB` (** crosses directories); may be repeated")
	flags.StringArrayVar(&f.exclude, "exclude", nil, "do not scan what matches this `GLOB`; may be repeated")
	flags.BoolVar(&f.noColor, "no-color", false, "no colour on a terminal (NO_COLOR does the same)")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "one line a finding")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "more about each finding, what was not scanned, and the time")
	for name, values := range map[string][]string{"format": report.Formats(), "fail-on": {"error", "warning", "note", "never"}} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

// failLevel reads --fail-on; never is above every level.
func (f *scanFlags) failLevel() (rules.Level, error) {
	if f.failOn == "never" {
		return rules.Error + 1, nil
	}
	level, err := rules.ParseLevel(f.failOn)
	if err != nil {
		return 0, fmt.Errorf(`--fail-on %q is not one of error, warning, note, never`, f.failOn)
	}
	return level, nil
}

// globs returns which paths to scan, by the flags and by the configuration of root, the directory that is scanned.
func (f *scanFlags) globs(root, base string) (scanner.Globs, error) {
	read, name := config.Find, root
	if f.config != "" {
		read, name = config.Read, f.config
	}
	file, err := read(name)
	if err != nil {
		return scanner.Globs{}, &hinted{err, "mend the configuration, or name another with --config"}
	}
	return file.Globs(base, f.include, f.exclude), nil
}

// scan scans src, writes the report and sets the exit code.
func (a *app) scan(ctx context.Context, src scanner.Source, globs scanner.Globs, f *scanFlags) error {
	level, err := f.failLevel()
	if err != nil {
		return err
	}
	write, err := report.For(f.format)
	if err != nil {
		return err
	}
	// The output is opened before the scan, so that a wrong name costs no time.
	out, err := a.openOutput(f.output)
	if err != nil {
		return &hinted{err, "name a file in a directory that exists and can be written"}
	}
	defer out.discard()
	tty := f.output == "" && isTerminal(a.stdout)
	r, err := scanner.Scan(ctx, src, scanner.Options{
		Version: version(), Globs: globs, Timing: f.verbose || tty && f.format == "text",
	})
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(out)
	err = write(buffered, r, report.Options{Color: tty && !f.noColor && colorWanted(), Quiet: f.quiet, Verbose: f.verbose})
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = out.commit()
	}
	if err != nil {
		return &hinted{fmt.Errorf("write the report: %w", err), "see that there is room and that the output can be written"}
	}
	switch {
	case r.Counted(level) > 0:
		a.exit = exitFindings
	case !r.Complete():
		a.exit = exitIncomplete
	}
	return nil
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colorWanted heeds https://no-color.org and terminals that have none.
func colorWanted() bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// output is where a report goes: standard output, or a file that appears under its name when it is whole.
type output struct {
	io.Writer
	file *os.File // nil for standard output
	name string   // what file is renamed to; "" if it is written in place
}

func (a *app) openOutput(name string) (*output, error) {
	if name == "" {
		return &output{Writer: a.stdout}, nil
	}
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		return nil, fmt.Errorf("write the report to %q: is a directory", name)
	}
	if err == nil && !info.Mode().IsRegular() { // /dev/stderr, a pipe
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("write the report: %w", err)
		}
		return &output{Writer: f, file: f}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return nil, fmt.Errorf("write the report to %q: %w", name, err)
	}
	return &output{Writer: f, file: f, name: name}, nil
}

// commit puts what was written under its name.
func (o *output) commit() error {
	if o.file == nil {
		return nil
	}
	err := o.file.Close()
	if err == nil && o.name != "" {
		err = os.Rename(o.file.Name(), o.name)
	}
	if err == nil {
		o.file = nil
	}
	return err
}

// discard removes what was not committed.
func (o *output) discard() {
	if o.file == nil {
		return
	}
	_ = o.file.Close()
	if o.name != "" {
		_ = os.Remove(o.file.Name())
	}
}
