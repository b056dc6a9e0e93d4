// This file scans each sample and compares what is found with what is right.

package corpus

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/source"
)

// Pass is the recall that a corpus must reach, with no false positive.
const Pass = 0.99

// Outcome is what came of one sample.
type Outcome struct {
	Label   Label
	Got     []string          // the rules of the findings, sorted
	Missed  []string          // expected rules that no finding carries
	Wrong   []string          // rules of findings that stand in for missed ones: found, under another rule
	Extra   []string          // rules of findings beyond what is expected: false positives
	Skipped []scanner.Skipped // what could not be scanned
}

// Right tells whether the sample came out as its label says.
func (o *Outcome) Right() bool {
	return len(o.Missed)+len(o.Extra)+len(o.Skipped) == 0
}

// Score is what came of a corpus, in the order of its labels.
type Score struct{ Outcomes []Outcome }

// Run scans every sample of the corpus in dir, each by itself and with paths that begin at the sample, so that a
// sample is a whole project and the place of the corpus tells nothing.
func Run(ctx context.Context, dir string) (*Score, error) {
	labels, err := ReadLabels(dir)
	if err != nil {
		return nil, err
	}
	s := &Score{}
	for _, l := range labels {
		root := filepath.Join(dir, l.Sample)
		if info, err := os.Stat(root); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("score sample %s: no directory %q", l.Sample, root)
		}
		report := scanner.Scan(ctx, &project{root: root}, scanner.Options{})
		if report.Stopped != "" {
			return nil, fmt.Errorf("score sample %s: scan stopped: %s", l.Sample, report.Stopped)
		}
		s.Outcomes = append(s.Outcomes, compare(l, report))
	}
	return s, nil
}

// project is a directory whose blobs have paths that begin below it.
type project struct{ root string }

// Walk implements [scanner.Source].
func (p *project) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	dir := &source.Dir{Root: p.root, NoIgnore: true}
	prefix := filepath.ToSlash(filepath.Clean(p.root)) + "/"
	return dir.Walk(ctx, func(b scanner.Blob) error {
		b.Path = strings.TrimPrefix(b.Path, prefix)
		return visit(b)
	})
}

// compare takes expected and found rules as multisets. A finding too many is a false positive; a finding under
// another rule in place of the right one is a miss, but no false alarm.
func compare(l Label, report *scanner.Report) Outcome {
	o := Outcome{Label: l, Skipped: report.Skipped}
	for i := range report.Findings {
		if report.Findings[i].Suppressed == "" {
			o.Got = append(o.Got, report.Findings[i].Rule.ID)
		}
	}
	slices.Sort(o.Got)
	extra := slices.Clone(o.Got)
	for _, want := range l.Rules {
		if i := slices.Index(extra, want); i >= 0 {
			extra = slices.Delete(extra, i, i+1)
		} else {
			o.Missed = append(o.Missed, want)
		}
	}
	n := min(len(extra), len(o.Missed))
	o.Wrong, o.Extra = extra[:n], extra[n:]
	return o
}

// Recall is the part of the expected findings that were made under the right rule; 1 when none are expected.
func (s *Score) Recall() float64 {
	expected, found := 0, 0
	for i := range s.Outcomes {
		o := &s.Outcomes[i]
		expected += len(o.Label.Rules)
		found += len(o.Label.Rules) - len(o.Missed)
	}
	if expected == 0 {
		return 1
	}
	return float64(found) / float64(expected)
}

// FalsePositives is how many findings there are beyond what is expected, in placements and look-alikes.
func (s *Score) FalsePositives() int {
	n := 0
	for i := range s.Outcomes {
		n += len(s.Outcomes[i].Extra)
	}
	return n
}

// Passed tells whether the recall is at least [Pass], nothing was found that is not there, and everything was scanned.
func (s *Score) Passed() bool {
	unread := slices.ContainsFunc(s.Outcomes, func(o Outcome) bool { return len(o.Skipped) > 0 })
	return s.Recall() >= Pass && s.FalsePositives() == 0 && !unread
}
