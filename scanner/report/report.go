// Package report writes a finished scan for people and for programs: as text, JSON, SARIF, as GitHub Actions and GitLab
// read it, and as an HTML page. Its writers are interchangeable, and none shows a raw key, whatever came from outside.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klaviyolint/klaviyolint/sarif"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// Options says how a report is written. The zero value: no colour, normal text. Only Text heeds Color; Text and GitHub heed Width,
// Quiet, Verbose and Unrecorded.
type Options struct {
	Color      bool // with SGR sequences
	Width      int  // the terminal's columns; 0: no terminal, lines are shown whole
	Quiet      bool // one line for each finding, and what was not scanned
	Verbose    bool // also each finding's slot and fingerprint, and all that was not scanned
	Suppressed bool // SARIF and HTML hold also what is suppressed, as JSON does always; HTML in any case that of keys it shows
	Unrecorded bool // what was scanned is in no commit yet, so that a key in it need not be replaced

	// Place is for SARIF, GitHub and GitLab: it gives of a path that from the top of the repository, or an absolute one of
	// what is not in it, which begins with a slash; nil: paths are from there already.
	Place func(path string) string
	Fixes bool // for SARIF: the files are there as they were scanned, so that it can say how to mend them

	Scanned      string    // for HTML: what was scanned, in words: "the history of shop"; "" says nothing of it
	Category     string    // for SARIF: what GitHub keeps apart from other uploads of the tool; "" says nothing of it
	Origin       *Origin   // for SARIF and GitLab: the repository whose files were scanned; nil if that is not known
	Began, Ended time.Time // for GitLab and HTML: when the scan was; zero says nothing of it
}

// placed returns a path as a forge names the file: from the top of the repository, or as it is given if it is not in it.
func (o Options) placed(path string) string {
	if o.Place == nil || path == "" {
		return path
	}
	if at := o.Place(path); !strings.HasPrefix(at, "/") {
		return at
	}
	return path
}

// Origin is a repository and the commit of it that was scanned.
type Origin = sarif.Origin

// A Writer writes a finished report in one form. Its errors are those of w.
type Writer func(w io.Writer, r *scanner.Report, opts Options) error

// Formats returns the names that For knows, in the order of the help.
func Formats() []string { return []string{"text", "json", "sarif", "html", "github", "gitlab"} }

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
	case "github":
		return GitHub, nil
	case "gitlab":
		return GitLab, nil
	}
	return nil, fmt.Errorf(`format "%s" is not one of %s`, Show(format), strings.Join(Formats(), ", "))
}
