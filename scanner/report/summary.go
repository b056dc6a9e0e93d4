// This file writes the end of a text report: what to do about exposed keys, what was found, what was scanned, and what
// was not. It never says that nothing was found about what was not read.

package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// fewSkipped is how many skipped things are listed unless Verbose.
const fewSkipped = 20

func (w textWriter) summary(r *scanner.Report) {
	found := countFindings(r)
	switch {
	case found.all > 0:
		switch {
		case found.exposed && w.Unrecorded:
			w.paragraph("None of this is committed yet: if it is taken out now, a key that stands nowhere else remains secret.")
			w.line("")
		case found.exposed:
			w.line("%s", w.paint(bold, "What to do with an exposed key"))
			w.paragraph(rules.Rotation)
			w.line("")
		}
		w.line("%s", w.paint(bold, found.String()))
	case !scannedAny(r.Stats): // then nothing can be said
	case r.Complete():
		w.line("%s", w.paint(green, verdict(r)))
	default:
		w.line("%s", w.paint(yellow, verdict(r)))
	}
	for _, line := range found.besides(r) {
		w.line("%s", line)
	}
	if scannedAny(r.Stats) {
		w.line("%s", scannedLine(r))
	}
}

// besides says what there is besides the findings that count: what is suppressed, what was known, and what is no more.
func (c counts) besides(r *scanner.Report) (lines []string) {
	if c.all > 0 && c.suppressed > 0 {
		lines = append(lines, fmt.Sprintf("%d more %s suppressed.", c.suppressed, isAre(c.suppressed)))
	}
	return append(append(lines, c.knownLines()...), staleLines(r)...)
}

// staleLines says of which baselines something can be taken out.
func staleLines(r *scanner.Report) (lines []string) {
	for _, c := range r.Baselines {
		if c.Stale > 0 {
			entries, match := fmt.Sprintf("%d entries", c.Stale), "match"
			if c.Stale == 1 {
				entries, match = "1 entry", "matches"
			}
			lines = append(lines, fmt.Sprintf("%s of the baseline %s %s nothing any more: klaviyolint baseline update --prune takes %s out.",
				entries, Show(c.Name), match, itThem(c.Stale)))
		}
	}
	return lines
}

// verdict says that nothing was found, and how far that goes.
func verdict(r *scanner.Report) string {
	if !scannedAny(r.Stats) {
		return "Scanned nothing: " + whyNothing(r)
	}
	return "No Klaviyo private key found" + partly(r) + tally(r).but() + "."
}

// partly says, after "nothing found", where, if it was not looked for everywhere: " in what was scanned of this shard (2/4)
// of the history".
func partly(r *scanner.Report) string {
	var in []string
	if !r.Complete() || len(r.Skipped) > 0 {
		in = append(in, "what was scanned")
	}
	if r.Shard.Of > 0 {
		in = append(in, fmt.Sprintf("this shard (%s) of the history", r.Shard))
	}
	if len(in) == 0 {
		return ""
	}
	return " in " + strings.Join(in, " of ")
}

// NotScanned writes what a scan could not read, as the text report does; nothing if there is nothing.
func NotScanned(w io.Writer, r *scanner.Report, opts Options) error {
	out := textWriter{Writer: bufio.NewWriter(w), Options: opts}
	out.nothing(r)
	out.notScanned(r)
	return out.Flush()
}

func scannedAny(s scanner.Stats) bool { return s.Files > 0 || s.Blobs > 0 || s.Commits > 0 }

// nothing says that nothing was scanned, and why.
func (w textWriter) nothing(r *scanner.Report) {
	if !scannedAny(r.Stats) {
		w.line("%s", w.paint(yellow, "Scanned nothing: "+whyNothing(r)))
	}
}

func whyNothing(r *scanner.Report) string {
	switch {
	case leftOut(r.Stats) != "":
		why := "all that was there was left out, " + leftOut(r.Stats) + "."
		if r.Stats.Ignored > 0 {
			why += " --no-ignore scans what git ignores."
		}
		return why
	case r.Complete() && len(r.Skipped) == 0:
		return "no file and no git object was there to read."
	}
	return "what was there could not be read."
}

// leftOut says: 12 ignored by git, 3 excluded.
func leftOut(s scanner.Stats) string {
	var parts []string
	if s.Ignored > 0 {
		parts = append(parts, fmt.Sprintf("%d ignored by git", s.Ignored))
	}
	if s.Excluded > 0 {
		parts = append(parts, fmt.Sprintf("%d excluded", s.Excluded))
	}
	return strings.Join(parts, ", ")
}

// counts is what a summary says of the findings.
type counts struct {
	all, suppressed int
	known           map[string]int // those that were there before, by where
	levels          map[rules.Level]int
	keys, paths     map[string]bool  // nil in a tally
	again           map[string]again // of those that were there before, by where; nil in a tally
	exposed         bool             // there is a key that counts as stolen
	words           bool             // there are findings without a key
	history         bool
}

// countFindings counts the findings, their keys and their paths.
func countFindings(r *scanner.Report) counts {
	c := tally(r)
	c.keys, c.paths = map[string]bool{}, map[string]bool{}
	for _, f := range r.Findings {
		if f.Suppressed != "" {
			continue
		}
		if f.HasKey() {
			c.keys[f.Key.Fingerprint("")] = true
		}
		c.paths[f.Path] = true
	}
	if len(c.known) > 0 {
		c.countAgain(r)
	}
	return c
}

// tally counts the findings.
func tally(r *scanner.Report) counts {
	c := counts{known: map[string]int{}, levels: map[rules.Level]int{}}
	for _, f := range r.Findings {
		if where, known := strings.CutPrefix(f.Suppressed, scanner.AsKnown); known {
			c.known[where]++
			continue
		}
		if f.Suppressed != "" {
			c.suppressed++
			continue
		}
		c.all++
		c.levels[f.Level]++
		c.words = c.words || !f.HasKey()
		c.exposed = c.exposed || f.Exposes()
		c.history = c.history || f.Commit != nil
	}
	return c
}

// String says: 3 findings (2 errors, 1 warning) of 2 keys in 3 files. Words are not counted as keys.
func (c counts) String() string {
	var levels []string
	for _, level := range []rules.Level{rules.Error, rules.Warning, rules.Note} {
		if n := c.levels[level]; n > 0 {
			levels = append(levels, plural(n, level.String()))
		}
	}
	place := "file"
	if c.history { // commit messages and tags count among them
		place = "path"
	}
	of := ""
	if len(c.keys) > 0 {
		of = " of " + plural(len(c.keys), "key")
	}
	return fmt.Sprintf("%s (%s)%s in %s.", plural(c.all, "finding"), strings.Join(levels, ", "), of,
		plural(len(c.paths), place))
}

// but says, after "nothing found", that this is so because of suppressions, or of what was there before.
func (c counts) but() string {
	var parts []string
	if c.suppressed > 0 {
		parts = append(parts, fmt.Sprintf("%s that %s suppressed", plural(c.suppressed, "finding"), isAre(c.suppressed)))
	}
	if len(c.known) > 0 {
		parts = append(parts, "what was there before")
	}
	if len(parts) == 0 {
		return ""
	}
	return ", except " + strings.Join(parts, " and ")
}

// scannedLine says: Scanned 12 files, 4.1 KB, in 0.12 s. Left out: 3 excluded.
func scannedLine(r *scanner.Report) string {
	s := r.Stats
	var what []string
	for _, part := range []struct {
		n    int
		noun string
	}{{s.Files, "file"}, {s.Blobs, "blob"}, {s.Commits, "commit"}} {
		if part.n > 0 {
			what = append(what, plural(part.n, part.noun))
		}
	}
	text := "Scanned " + strings.Join(what, ", ") + ", " + size(s.Bytes)
	if s.Seconds > 0 {
		text += fmt.Sprintf(", in %.2f s", s.Seconds)
	}
	text += "."
	if left := leftOut(s); left != "" {
		text += " Left out: " + left + "."
	}
	if r.Shard.Of > 0 {
		text += fmt.Sprintf(" This is shard %s of the history: klaviyolint merge joins it with the others.", r.Shard)
	}
	return text
}

// notScanned lists what the report leaves open.
func (w textWriter) notScanned(r *scanner.Report) {
	if r.Stopped != "" {
		w.line("%s %s", w.paint(yellow, "Stopped before the end, so the result is incomplete:"), Show(r.Stopped))
	}
	for _, g := range gapsOf(r) {
		w.line("%s", w.paint(yellow, g.said))
		w.skipped(g.all)
	}
}

// gaps are things that were not scanned, and what is said of them.
type gaps struct {
	said string
	all  []scanner.Skipped
}

// gapsOf returns what was not scanned: first what makes the report incomplete, then what was accepted; neither is empty.
func gapsOf(r *scanner.Report) (list []gaps) {
	var open, accepted []scanner.Skipped
	for _, s := range r.Skipped {
		if s.Accepted {
			accepted = append(accepted, s)
		} else {
			open = append(open, s)
		}
	}
	if len(open) > 0 {
		list = append(list, gaps{fmt.Sprintf("Not scanned: %d. The result is incomplete.", len(open)), open})
	}
	if len(accepted) > 0 {
		list = append(list, gaps{fmt.Sprintf("Accepted gaps: %d. What they hold was not scanned.", len(accepted)), accepted})
	}
	return list
}

// skipped lists things that were not scanned.
func (w textWriter) skipped(all []scanner.Skipped) {
	listed := all
	if !w.Verbose && len(listed) > fewSkipped {
		listed = listed[:fewSkipped]
	}
	for _, s := range listed {
		w.line("  %s: %s", showPath(s.Path), Show(s.Reason))
	}
	if more := len(all) - len(listed); more > 0 {
		w.line("  … and %d more (-v lists them)", more)
	}
}

// size writes a number of bytes in the unit that suits it; a KB is 1000 bytes.
func size(n int64) string {
	if n < 1000 {
		return plural(int(n), "byte")
	}
	value, unit := float64(n)/1000, "KB"
	for _, next := range []string{"MB", "GB", "TB"} {
		if value < 999.95 {
			break
		}
		value, unit = value/1000, next
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}
