// This file holds what every scanning command shares: flags, the scan, the report, the exit code.

package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/config"
	"github.com/klaviyolint/klaviyolint/scanner/report"
)

// scanFlags are the flags of every command that scans.
type scanFlags struct {
	format, output, config, failOn string
	also, include, exclude, accept []string
	noColor, quiet, verbose        bool
	suppressed, noProgress         bool
	sarifCategory, baseline        string

	whole    []string                    // the directories of which the scan covers all that there is, "." for everything
	history  bool                        // it is one of git objects, not of files
	deliver  func(*scanner.Report) error // what becomes of the report, if it is not written
	policies []*scanner.Policy           // what the configurations of the scan say
	progress *scanner.Progress           // what the scan's source counts into; nil: nobody is there to see it
	noun     string                      // what it counts
	shard    scanner.Shard               // what is searched of a history
	ranged   bool                        // it is a range of commits
	fromHere bool                        // paths of the report are from the current directory
	subject  string                      // what is scanned, in the words of a report for somebody who was not there

	unrecorded func() bool    // tells after the scan that nothing of what it saw is committed; nil: that cannot be said
	origin     *report.Origin // of what is scanned; nil if it is not known, or if no format tells
	places     placing        // where in it paths are
	fixes      bool           // the files that are scanned are there
}

// register gives a command the flags of scans that write a report.
func (f *scanFlags) register(cmd *cobra.Command) {
	f.registerReport(cmd)
	f.registerScope(cmd)
	cmd.Flags().StringVar(&f.baseline, "baseline", "", "what is in `FILE`, an earlier JSON report or what klaviyolint baseline update wrote, is known and does not count")
}

// registerReport gives a command the flags that say how a report is written and what it means.
func (f *scanFlags) registerReport(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.format, "format", "f", "text", "how to report: "+strings.Join(report.Formats(), ", "))
	flags.StringVarP(&f.output, "output", "o", "", "write the report to `FILE`, whole or not at all")
	flags.StringArrayVar(&f.also, "report", nil, "write the report in another form, too: `FORMAT=FILE`; may be repeated")
	flags.StringVar(&f.failOn, "fail-on", "warning", "the least `LEVEL` of a finding that makes the exit code 1: error, warning, note, never")
	flags.BoolVar(&f.suppressed, "include-suppressed", false, "write suppressed findings to SARIF (GitHub shows them as open alerts) and HTML too; JSON has them always, the other formats never")
	flags.StringVar(&f.sarifCategory, "sarif-category", "", "in SARIF, the `NAME` by which GitHub keeps uploads apart; it then ignores that of the upload")
	flags.BoolVar(&f.noColor, "no-color", false, "no colour on a terminal (NO_COLOR does the same)")
	flags.StringSliceVar(&f.accept, "allow-incomplete", nil, "list these gaps of `KIND`, but do not take the scan for incomplete because of them: "+gapNames())
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "one line a finding")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "more about each finding, what was not scanned, and the time")
	for name, values := range map[string][]string{
		"format": report.Formats(), "fail-on": {"error", "warning", "note", "never"},
		"allow-incomplete": strings.Split(gapNames(), ", "),
	} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

// registerScope gives a command the flags that say what is scanned.
func (f *scanFlags) registerScope(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "", "read the configuration from `FILE` instead of "+config.Name+" in what is scanned")
	flags.StringArrayVar(&f.include, "include", nil, "scan only what matches this `GLOB` (** crosses directories); may be repeated")
	flags.StringArrayVar(&f.exclude, "exclude", nil, "do not scan what matches this `GLOB`; may be repeated")
	flags.BoolVar(&f.noProgress, "no-progress", false, "do not show on a terminal how far a scan of git objects is")
}

// gapNames lists what --allow-incomplete takes.
func gapNames() string {
	var names []string
	for _, g := range scanner.Gaps() {
		names = append(names, string(g))
	}
	return strings.Join(names, ", ")
}

// gaps reads --allow-incomplete.
func (f *scanFlags) gaps() ([]scanner.Gap, error) {
	var gaps []scanner.Gap
	for _, name := range f.accept {
		g, err := scanner.ParseGap(strings.TrimSpace(name))
		if err != nil {
			return nil, fmt.Errorf("--allow-incomplete %w", err)
		}
		gaps = append(gaps, g)
	}
	return gaps, nil
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

// scan scans src, writes the report and sets the exit code.
func (a *app) scan(ctx context.Context, src scanner.Source, f *scanFlags) error {
	d, err := a.delivery(ctx, f)
	if err != nil {
		return err
	}
	baseline, err := a.readBaseline(f)
	if err != nil {
		return err
	}
	a.report = a.watched(f, func() *scanner.Report {
		return scanner.Scan(ctx, src, scanner.Options{
			Version: version(), Timing: f.verbose || d.tty && f.format == "text", Policies: f.policies, Accept: d.gaps,
			Progress: f.progress, Baseline: baseline, Shard: f.shard, Range: f.ranged, LineHashes: f.writes("sarif", "json"),
		})
	})
	if f.deliver != nil {
		return f.deliver(a.report)
	}
	return a.deliver(a.report, d)
}

// watched does a scan while a meter shows how far it is, if anybody is there to see it.
func (a *app) watched(f *scanFlags, scan func() *scanner.Report) *scanner.Report {
	if f.progress != nil {
		m := newMeter(f.progress, f.noun, a.stderr)
		m.start()
		defer m.stop()
	}
	return scan()
}
