// This file makes SARIF one of the formats.

package report

import (
	"io"

	"github.com/klaviyolint/klaviyolint/sarif"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// SARIF writes the report as SARIF 2.1.0; see package sarif.
func SARIF(w io.Writer, r *scanner.Report, opts Options) error {
	return sarif.Write(w, r, sarif.Options{
		Suppressed: opts.Suppressed, Category: opts.Category, Origin: opts.Origin, Place: opts.Place, Fixes: opts.Fixes,
	})
}
