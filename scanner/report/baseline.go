// This file writes baselines: reports of schema 1 that hold only what findings are known again by, so that a baseline
// changes only if the findings do, and git can merge two.

package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/klaviyolint/klaviyolint/sarif/stream"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// What a baseline is of, in its member "baseline".
const (
	ofFiles     = "files"
	ofHistories = "history"
)

// jsonEntry is an entry of a baseline, in a line of its own.
type jsonEntry struct {
	Path        string `json:"path"`
	PathBytes   string `json:"pathBytes,omitempty"`
	Rule        string `json:"rule"`
	Key         string `json:"key,omitempty"`
	Word        string `json:"word,omitempty"`
	Fingerprint string `json:"fingerprint"`
}

// WriteBaseline writes a baseline: each entry once, in a line, ordered by path, rule and fingerprint. What else a report
// has would change with every commit. It returns how many entries there are; its errors are those of w.
func WriteBaseline(w io.Writer, b *scanner.Baseline) (int, error) {
	entries := slices.Clone(b.Entries)
	slices.SortFunc(entries, func(a, b scanner.Entry) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(a.Word, b.Word),
			cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	of := ofFiles
	if b.History {
		of = ofHistories
	}
	entries = slices.Compact(entries)
	out := bufio.NewWriter(w) // whose first error stays until Flush
	_, _ = fmt.Fprintf(out, `{"schema": %d, "tool": {"name": "klaviyolint"}, "baseline": %q, "findings": [`+"\n", jsonSchema, of)
	for i, e := range entries {
		wire := jsonEntry{
			Path: e.Path, PathBytes: inexact(e.Path), Rule: e.Rule.ID, Key: e.Key, Word: e.Word, Fingerprint: e.Fingerprint,
		}
		line, err := stream.Line(wire)
		if err != nil {
			return 0, err
		}
		if i < len(entries)-1 {
			line = append(line, ',')
		}
		_, _ = out.Write(append(line, '\n'))
	}
	_, _ = out.WriteString("]}\n")
	return len(entries), out.Flush()
}
