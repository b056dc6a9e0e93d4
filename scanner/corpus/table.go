// This file writes a score: tables by rule and by encoding, and every sample that came out wrong.

package corpus

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// row counts findings of one rule or one encoding.
type row struct{ expected, found, wrong, extra int }

// WriteTo writes the score for people and implements [io.WriterTo].
func (s *Score) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	s.tables(&b)
	s.failures(&b)
	placements := 0
	for i := range s.Outcomes {
		if len(s.Outcomes[i].Label.Rules) > 0 {
			placements++
		}
	}
	fmt.Fprintf(&b, "samples: %d placements, %d look-alikes\n", placements, len(s.Outcomes)-placements)
	fmt.Fprintf(&b, "recall: %.2f %%\nfalse positives: %d\n", 100*s.Recall(), s.FalsePositives())
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

func (s *Score) tables(w io.Writer) {
	byRule, byEncoding := map[string]*row{}, map[string]*row{}
	at := func(rows map[string]*row, name string) *row {
		if rows[name] == nil {
			rows[name] = &row{}
		}
		return rows[name]
	}
	for i := range s.Outcomes {
		o := &s.Outcomes[i]
		encoding := at(byEncoding, o.Label.Encoding)
		encoding.expected += len(o.Label.Rules)
		encoding.found += len(o.Label.Rules) - len(o.Missed)
		encoding.wrong += len(o.Wrong)
		encoding.extra += len(o.Extra)
		for _, id := range o.Label.Rules {
			at(byRule, id).expected++
			at(byRule, id).found++
		}
		for _, id := range o.Missed {
			at(byRule, id).found--
		}
		for _, id := range o.Wrong {
			at(byRule, id).wrong++
		}
		for _, id := range o.Extra {
			at(byRule, id).extra++
		}
	}
	table(w, "rule", byRule)
	table(w, "encoding", byEncoding)
}

func table(w io.Writer, title string, rows map[string]*row) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "expected\tfound\trecall\tin place of another\ttoo many\t  %s\n", title)
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		r := rows[name]
		recall := "-"
		if r.expected > 0 {
			recall = fmt.Sprintf("%.1f %%", 100*float64(r.found)/float64(r.expected))
		}
		fmt.Fprintf(t, "%d\t%d\t%s\t%d\t%d\t  %s\n", r.expected, r.found, recall, r.wrong, r.extra, name)
	}
	_ = t.Flush() // a strings.Builder takes everything
	fmt.Fprintln(w)
}

func (s *Score) failures(w io.Writer) {
	for i := range s.Outcomes {
		o := &s.Outcomes[i]
		if o.Right() {
			continue
		}
		verdict := "missed"
		switch {
		case len(o.Extra) > 0:
			verdict = "false positive"
		case len(o.Missed) == 0:
			verdict = "not scanned"
		case len(o.Wrong) > 0:
			verdict = "wrong rule"
		}
		fmt.Fprintf(w, "%s: %s\n  file %s/%s\n  expected %s, got %s\n", verdict, o.Label.Name, o.Label.Sample, o.Label.Path, list(o.Label.Rules), list(o.Got))
		for _, skipped := range o.Skipped {
			fmt.Fprintf(w, "  not scanned: %s: %s\n", skipped.Path, skipped.Reason)
		}
	}
}

func list(ids []string) string {
	if len(ids) == 0 {
		return "nothing"
	}
	return strings.Join(ids, ", ")
}
