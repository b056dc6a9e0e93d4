// Package report writes a finished scan for people and for programs: as text, as JSON, as SARIF and
// as an HTML page. Its writers are interchangeable, and none shows a raw key, whatever came from outside.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// Options says how a report is written. The zero value: no colour, normal text. Only Text heeds Color, Quiet, Verbose
// and Unrecorded, only HTML heeds Scanned and Time.
type Options struct {
	Color      bool // with SGR sequences
	Quiet      bool // one line for each finding, and what was not scanned
	Verbose    bool // also each finding's slot and fingerprint, and all that was not scanned
	Suppressed bool // SARIF and HTML hold also what is suppressed, as JSON does always
	Unrecorded bool // what was scanned is in no commit yet, so that a key in it need not be replaced

	Scanned string    // what was scanned, in words: "the history of shop"; "" says nothing of it
	Time    time.Time // when it was scanned; zero says nothing of it
}

// A Writer writes a finished report in one form. Its errors are those of w.
type Writer func(w io.Writer, r *scanner.Report, opts Options) error

// Formats returns the names that For knows, in the order of the help.
func Formats() []string { return []string{"text", "json", "sarif", "html"} }

// For returns the writer of a format, or an error that quotes the value and lists the formats.
func For(format string) (Writer, error) {
	switch format {
	case "text":
		return Text, nil
	case "json":
		return JSON, nil
	case "sarif":
		return SARIF, nil
	case "html":
		return HTML, nil
	}
	return nil, fmt.Errorf(`format "%s" is not one of %s`, Show(format), strings.Join(Formats(), ", "))
}
