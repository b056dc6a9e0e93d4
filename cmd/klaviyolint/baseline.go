// This file holds baselines: the flag that names one, and the command that writes it.

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/report"
)

// The files that klaviyolint baseline update writes unless --baseline names another one. No scan looks for them: a file that
// comes with what is scanned must not decide by itself what counts.
const (
	baselineName        = ".klaviyolint-baseline.json"
	historyBaselineName = ".klaviyolint-baseline-history.json"
)

// readBaseline reads what --baseline names; nil if it names nothing. What the scan covers must be known.
func (a *app) readBaseline(f *scanFlags) (*scanner.Baseline, error) {
	if f.baseline == "" {
		return nil, nil
	}
	b, err := openBaseline(f.baseline)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &hinted{err, "klaviyolint baseline update writes one"}
	}
	if err != nil {
		return nil, &hinted{err, "name a JSON report or a baseline; klaviyolint baseline update writes one"}
	}
	switch {
	case b.History != f.history: // the one has paths that the other cannot have
	case f.fromHere && ofAbove(b, filepath.Dir(f.baseline)): // what it names is not gone, only not here
		fmt.Fprintf(a.stderr, "klaviyolint: warning: the baseline %s seems to name files from the directory that it is in, not from here: "+
			"what is known there counts as new; run klaviyolint there, and name what is to be scanned\n", report.Show(f.baseline))
	default:
		b.Whole = f.whole
	}
	return b, nil
}

// ofAbove tells that the paths of a baseline seem to be from the directory that it is in, not from the current one, which is
// below: there is a file that it names there, and none here.
func ofAbove(b *scanner.Baseline, dir string) bool {
	rel, err := filepath.Rel(realPath(dir), realPath("."))
	if err != nil || rel == "." || !filepath.IsLocal(rel) {
		return false
	}
	isThere := func(dir string) func(e scanner.Entry) bool {
		return func(e scanner.Entry) bool {
			_, err := os.Lstat(filepath.Join(dir, e.Path))
			return filepath.IsLocal(e.Path) && err == nil
		}
	}
	return !slices.ContainsFunc(b.Entries, isThere(".")) && slices.ContainsFunc(b.Entries, isThere(dir))
}

func openBaseline(name string) (*scanner.Baseline, error) {
	file, err := openReport(name)
	if err != nil {
		return nil, fmt.Errorf("read the baseline: %w", err)
	}
	defer file.Close()
	b, err := report.ReadBaseline(file)
	if err != nil {
		return nil, fmt.Errorf("read the baseline: %q %w", name, err)
	}
	b.Name = strings.ToValidUTF8(scanner.Conceal(filepath.ToSlash(name)), "\ufffd")
	return b, nil
}

// openReport opens a file that is to be read. What is no regular file is not read: a named pipe may stay silent for ever.
func openReport(name string) (*os.File, error) {
	if info, err := os.Stat(name); err != nil {
		return nil, err
	} else if err := regular(name, info); err != nil { // before it is opened, which does something to some devices
		return nil, err
	}
	file, err := os.OpenFile(name, openFlags, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil {
		err = regular(name, info)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func regular(name string, info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return fmt.Errorf("%q is a directory", name)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%q is not a regular file", name)
	}
	return nil
}

func (a *app) baselineCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "baseline",
		Short: "Write down what is known, so that only what is new counts",
		Args:  cobra.ArbitraryArgs,
		RunE:  needsSubcommand,
	}
	cmd.AddCommand(a.baselineUpdateCommand())
	return cmd
}

func (a *app) baselineUpdateCommand() *cobra.Command {
	var flags scanFlags
	var noIgnore, ofHistory, prune bool
	cmd := &cobra.Command{
		Use:   "update [flags] [PATH...]",
		Short: "Write a baseline of what is found now",
		Long: `Scan as klaviyolint PATH... does, or with --history as klaviyolint history REPO, and write what is found to a baseline.
A scan with --baseline FILE counts only what is not in it. What an ignore suppresses is not written.

Entries that match nothing any more are kept, unless --prune drops them; what could not be scanned, or is not below PATH,
is always kept. The file holds a line for each entry, in a fixed order, with the rule, the path, the masked key and a
fingerprint, and changes only if they do.`,
		Example: `  klaviyolint baseline update                 write ` + baselineName + `
  klaviyolint --baseline ` + baselineName + `
  klaviyolint baseline update --prune         also take out what is gone
  klaviyolint baseline update --history       write ` + historyBaselineName,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			flags.failOn, flags.format, flags.history = "never", "text", ofHistory
			name := flags.baseline
			if name == "" {
				name = baselineName
				if ofHistory {
					name = historyBaselineName
				}
			}
			if err := flags.oldBaseline(name); err != nil { // first: to open a pipe for writing would wait for a reader
				return err
			}
			to, err := openOutput(cmd.Context(), name, a.stdout)
			if err != nil {
				return &hinted{err, hintOutput}
			}
			flags.deliver = func(r *scanner.Report) error { return a.writeBaseline(to, r, &flags, prune) }
			if ofHistory {
				if len(args) > 1 {
					return &hinted{errors.New("baseline update --history takes one repository, and no revisions"), "name the repository, or nothing"}
				}
				flags.noun = "objects"
				return a.scanHistory(cmd, args, &flags, &historyLimits{})
			}
			src, err := a.paths(cmd, args, "stdin", noIgnore, &flags)
			if err != nil {
				return err
			}
			return a.scan(cmd.Context(), src, &flags)
		},
	}
	flags.registerScope(cmd)
	cmd.Flags().StringVar(&flags.baseline, "baseline", "", "write to `FILE` (default "+baselineName+", of a history "+historyBaselineName+")")
	cmd.Flags().BoolVar(&ofHistory, "history", false, "scan everything that a repository ever held")
	cmd.Flags().BoolVar(&prune, "prune", false, "drop entries that match nothing any more")
	cmd.Flags().BoolVar(&noIgnore, "no-ignore", false, "scan also what git ignores")
	cmd.Flags().BoolVarP(&flags.quiet, "quiet", "q", false, "say only what could not be scanned")
	cmd.Flags().BoolVarP(&flags.verbose, "verbose", "v", false, "list all that could not be scanned")
	return cmd
}

// oldBaseline sets the baseline that is there, if there is one, for the scan.
func (f *scanFlags) oldBaseline(name string) error {
	f.baseline = ""
	b, err := openBaseline(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return &hinted{err, "repair the file, move it away, or name another one with --baseline"}
	case b.Full:
		return &hinted{
			fmt.Errorf("%q is a report, not a baseline: it has more than a baseline would leave of it", name),
			"name another file with --baseline",
		}
	case b.History != f.history:
		return &hinted{
			fmt.Errorf("%q is a baseline of %s: files and a history are told apart, for what is gone from one is not gone from the other", name, ofWhat(b.History)),
			"name another file with --baseline",
		}
	}
	f.baseline = name
	return nil
}

func ofWhat(history bool) string {
	if history {
		return "a history"
	}
	return "files"
}

// writeBaseline writes what the report found to a baseline, with what the one before has besides.
func (a *app) writeBaseline(to output, r *scanner.Report, f *scanFlags, prune bool) error {
	if !r.Complete() {
		a.exit = exitIncomplete
	}
	if r.Stopped != "" {
		fmt.Fprintln(a.stderr, "klaviyolint: warning: the scan did not come to its end, so no baseline was written")
		return report.NotScanned(a.stdout, r, report.Options{})
	}
	b := &scanner.Baseline{History: f.history}
	fresh := map[scanner.Entry]bool{}
	for _, finding := range r.Findings {
		if finding.Counts() {
			e := scanner.EntryOf(finding)
			b.Entries = append(b.Entries, e)
			if finding.Suppressed == "" {
				fresh[e] = true
			}
		}
	}
	said := []string{fmt.Sprintf("%d new", len(fresh))}
	for _, c := range r.Baselines {
		b.Entries = append(b.Entries, c.Unjudged...)
		if c.Moved > 0 {
			said = append(said, fmt.Sprintf("%d moved", c.Moved))
		}
		switch {
		case c.Stale == 0:
		case prune:
			said = append(said, fmt.Sprintf("%d taken out", c.Stale))
		case c.Stale == 1:
			b.Entries = append(b.Entries, c.Gone...)
			said = append(said, "1 that matches nothing any more (--prune takes it out)")
		default:
			b.Entries = append(b.Entries, c.Gone...)
			said = append(said, fmt.Sprintf("%d that match nothing any more (--prune takes them out)", c.Stale))
		}
	}
	entries := 0
	err := to.write(func(w io.Writer) (err error) {
		entries, err = report.WriteBaseline(w, b)
		return err
	})
	if err != nil {
		return &hinted{fmt.Errorf("write the baseline: %w", err), "see that there is room and that the file can be written"}
	}
	if !f.quiet {
		_, err := fmt.Fprintf(a.stdout, "Wrote %s: %d in all, %s.\n", report.Show(to.name), entries, strings.Join(said, ", "))
		if err != nil {
			return fmt.Errorf("say what was written: %w", err)
		}
	}
	return report.NotScanned(a.stdout, r, report.Options{Verbose: f.verbose})
}
