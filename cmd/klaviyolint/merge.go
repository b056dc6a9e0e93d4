// This file holds the command that joins reports.

package main

import (
	"fmt"
	"hash/maphash"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/report"
)

func (a *app) mergeCommand() *cobra.Command {
	var flags scanFlags
	cmd := &cobra.Command{
		Use:   "merge [flags] REPORT...",
		Short: "Join JSON reports into one, in any format",
		Long: `Join reports that klaviyolint -f json wrote: of the parts of a scan that was split, of files and their history, of several
repositories. What several of them found counts once. The result is complete only if all of them are. "-" is standard input.

Reports of several repositories have paths that look the same. NAME=REPORT puts NAME/ before the paths of a report.

What shows only when findings are seen together, as that two projects share a key, is not looked for between reports.`,
		Example: `  klaviyolint merge shard-*.json
  klaviyolint merge -f sarif -o all.sarif files.json history.json
  klaviyolint merge shop=shop.json blog=../blog/report.json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := a.delivery(cmd.Context(), &flags)
			if err != nil {
				return err
			}
			parts, err := a.readReports(args)
			if err != nil {
				return &hinted{err, "name files that klaviyolint -f json -o FILE wrote"}
			}
			r := scanner.Merge(parts)
			r.Accept(d.gaps)
			a.report = r
			return a.deliver(r, d)
		},
	}
	flags.registerReport(cmd)
	return cmd
}

// input is a report that is to be joined.
type input struct {
	arg, prefix, name string
	report            *scanner.Report
	sum               uint64 // of its bytes
	size              int64
	err               error
}

// parseInput reads NAME=REPORT, or REPORT. A file whose own name has an equals sign is meant if it is there.
func parseInput(arg string) (*input, error) {
	in := &input{arg: arg, name: arg}
	prefix, name, ok := strings.Cut(arg, "=")
	if !ok || spelledAsPath(arg) || prefix == "" {
		return in, nil
	}
	if _, err := os.Stat(arg); err == nil {
		return in, nil
	}
	in.name = name
	in.prefix = path.Clean(filepath.ToSlash(prefix))
	if name == "" || in.prefix == "." || in.prefix == ".." || path.IsAbs(in.prefix) || strings.HasPrefix(in.prefix, "../") {
		return nil, fmt.Errorf("%q is not NAME=REPORT with a name as a directory may have it", arg)
	}
	return in, nil
}

// readReports reads the reports that args name, as many at once as there are processors. The same report twice is read
// as one.
func (a *app) readReports(args []string) ([]scanner.Part, error) {
	var inputs []*input
	for _, arg := range args {
		in, err := parseInput(arg)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, in)
	}
	seed := maphash.MakeSeed()
	work := make(chan *input)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(inputs)) {
		workers.Go(func() {
			for in := range work {
				in.err = a.readReport(in, seed)
			}
		})
	}
	for _, in := range inputs {
		work <- in
	}
	close(work)
	workers.Wait()

	var parts []scanner.Part
	versions := map[string]int{}
	type content struct {
		prefix string
		sum    uint64
		size   int64
	}
	seen := map[content]string{}
	for _, in := range inputs {
		if in.err != nil {
			return nil, in.err
		}
		c := content{in.prefix, in.sum, in.size}
		if first, again := seen[c]; again {
			fmt.Fprintf(a.stderr, "klaviyolint: warning: %s is the same report as %s and is read once\n", report.Show(in.arg), report.Show(first))
			continue
		}
		seen[c] = in.arg
		versions[in.report.Version]++
		parts = append(parts, scanner.Part{Prefix: in.prefix, Report: in.report})
	}
	if len(versions) > 1 {
		fmt.Fprintf(a.stderr, "klaviyolint: warning: the reports are of several versions, which may differ in what they find: %s\n",
			report.Show(strings.Join(slices.Sorted(maps.Keys(versions)), ", ")))
	}
	return parts, nil
}

func (a *app) readReport(in *input, seed maphash.Seed) error {
	reader := a.stdin
	if in.name != "-" {
		file, err := openReport(in.name)
		if err != nil {
			return fmt.Errorf("read the report: %w", err)
		}
		defer file.Close()
		reader = file
	}
	var sum maphash.Hash
	sum.SetSeed(seed)
	counted := &counter{Reader: reader}
	var err error
	if in.report, err = report.Read(io.TeeReader(counted, &sum)); err != nil {
		return fmt.Errorf("read the report: %q %w", in.name, err)
	}
	in.sum, in.size = sum.Sum64(), counted.n
	return nil
}

// counter counts the bytes that are read.
type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}
