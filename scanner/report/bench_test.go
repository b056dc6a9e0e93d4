// This file times the formats on far more findings than a report ought to have.

package report

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// manyFindings returns a report of 200,000 findings of so many keys, with all that a finding may have.
func manyFindings(keys int) *scanner.Report {
	r := &scanner.Report{Version: "v1.2.3", Stats: scanner.Stats{Files: 200_000}}
	line := scanner.Line{Text: strings.Repeat("x", 60) + "pk_****ef01" + strings.Repeat("y", 30), Start: 60, End: 71}
	for i := range 200_000 {
		rule := rules.All[i%len(rules.All)]
		key := rules.NewKey(rules.Site, fmt.Sprintf("pk_AbC123_%034x", i%keys+1<<40))
		f := &scanner.Finding{
			Rule: rule, Level: rule.Level, Key: key, Public: key.PublicKey(), Line: line,
			Path: fmt.Sprintf("src/components/%d/file%d.js", i%100, i), Slot: "static.klaviyo.com/onsite/js/klaviyo.js?company_id",
			Start: scanner.Position{Lines: i % 1000, Chars: 60, UTF16: 60}, End: scanner.Position{Lines: i % 1000, Chars: 104, UTF16: 104},
		}
		if i%2 == 0 {
			f.Commit = &scanner.Commit{ID: fmt.Sprintf("%040x", i), Author: "Ann <a@example.com>", Date: time.Unix(1e9, 0), Subject: "x"}
			f.Reach = "head"
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}

// Each format takes less than 3 s and 100 MB for 200,000 findings.
func BenchmarkManyFindings(b *testing.B) {
	for _, keys := range []int{200, 1} {
		r := manyFindings(keys)
		for _, format := range append(Formats(), "step summary") {
			write, err := For(format)
			if err != nil {
				write = summary
			}
			b.Run(fmt.Sprintf("%s of %d", format, keys), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := write(io.Discard, r, Options{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
