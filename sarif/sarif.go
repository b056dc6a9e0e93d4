// Package sarif writes a report as SARIF 2.1.0, the form that GitHub code scanning, GitLab, Azure DevOps, SonarQube and
// DefectDojo read.
//
// What its readers do with it, and why the file is as it is:
//   - GitHub refuses a file whole when one result has no location with a URI, when a column is 0, when a run has more
//     than 25,000 results; it shows 5,000 of them, so the worst come first. A second run of the same tool and category
//     in one file is refused as well. It does not heed suppressions: a suppressed result would be an open alert, so
//     suppressed findings are left out unless asked for. GitLab, Azure DevOps and SARIF viewers heed them.
//     https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
//   - GitHub computes primaryLocationLineHash itself when it is absent, and warns when it differs. It ignores the
//     upload's category when a run has automationDetails, so there are none unless asked for. What stands before the
//     last slash of their ID is the category.
//   - GitHub shows those related locations that the message links to, and no fixes; viewers and editors do.
//   - A location is relative to the repository's root. originalUriBaseIds without a URI says so and shows no path of
//     the machine. Only what is not below the root has its absolute one.
//   - GitLab drops a result whose texts are longer than 1,024 characters.
//   - DefectDojo copies the snippet into its description, so the snippet is the line, with the key masked.
package sarif

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/sarif/stream"
	"github.com/klaviyolint/klaviyolint/scanner"
)

const (
	schemaURI    = "https://json.schemastore.org/sarif-2.1.0.json"
	homeURI      = "https://github.com/klaviyolint/klaviyolint"
	root         = "%SRCROOT%"
	fingerprint  = "klaviyolint/v1"
	maxResults   = 25_000   // that GitHub takes in a run
	shownResults = 5_000    // of them, that it shows
	maxGzip      = 10 << 20 // bytes that GitHub takes, after gzip
	restGzip     = 1 << 20  // of them, left for what is not a result
	maxNotes     = 1_000    // of things that were not scanned: nobody shows more, and they count for maxGzip
	longestPath  = 4 << 10  // bytes of a path that a notification locates: no system opens a longer one
)

// Options says what is written. The zero value writes what GitHub wants.
type Options struct {
	Suppressed bool    // also the findings that are suppressed, with the reason
	Category   string  // for GitHub to keep apart from other uploads of the tool; "" leaves that to the upload
	Origin     *Origin // where the files came from; nil if that is not known
	Fixes      bool    // also how to mend a line: the files are there as they were scanned

	// Place gives of a path that from the root, or an absolute one of what is not below it, which begins with a slash; nil:
	// paths are so already.
	Place func(path string) string
}

// Origin is a repository and the version of it whose files have been scanned, at its root.
type Origin struct {
	URI      string // where people find it, without a password
	Revision string // the commit's ID
	Branch   string // "" if none is known
}

// Write writes the report as one SARIF run: every rule, the findings that are not suppressed with errors first, and a
// notification for each thing that was not scanned, a note if that was accepted. Findings beyond the 25,000th, things beyond
// the 1,000th, and what goes beyond 10 MB after gzip, is left out and a notification says so. Equal reports give equal bytes.
// Errors are those of w.
func Write(w io.Writer, r *scanner.Report, opts Options) error {
	return write(w, r, rules.All, limits{maxResults, maxGzip - restGzip}, opts)
}

// limits are how much a file may hold of results.
type limits struct {
	results int
	gzip    int64 // bytes
}

// write writes the run with its results one by one: go-sarif's own writer holds the whole file, 560 MB for 200,000
// results. The invocation comes last, when it is known what was left out.
func write(w io.Writer, r *scanner.Report, all []*rules.Rule, limit limits, opts Options) error {
	found := ordered(r.Findings, opts)
	catalogue, keys := newCatalogue(all, found), placesOfKeys(found)
	members, err := membersOf(newRun(r, catalogue, opts))
	if err != nil {
		return fmt.Errorf("write SARIF run: %w", err)
	}
	size := newGzipSize()
	out := stream.New(io.MultiWriter(w, size))
	written := 0
	out.Open("", '{')
	out.Put("$schema", schemaURI)
	out.Put("version", string(gosarif.Version210))
	out.Open("runs", '[')
	out.Open("", '{')
	for _, m := range members {
		if m.name != "results" {
			out.Put(m.name, m.value)
			continue
		}
		out.Open("results", '[')
		out.Compact = true
		for _, f := range found {
			if written == limit.results || size.bytes > limit.gzip {
				break
			}
			out.Put("", newResult(f, catalogue.index[f.Rule], keys.others(f), opts))
			written++
		}
		out.Compact = false
		out.Close()
	}
	out.Open("invocations", '[')
	out.Open("", '{')
	out.Put("executionSuccessful", r.Complete())
	n := notifier{out: out, opts: opts, full: func() bool { return size.bytes > limit.gzip+restGzip/2 }}
	n.all(r, written, len(found)-written)
	n.end()
	out.Close()
	out.Close()
	out.Close()
	out.Close()
	out.Close()
	return out.Flush()
}

// gzipSize tells about how many bytes what is written to it takes after gzip. It compresses less well than whoever
// uploads, and so errs on the safe side; the last megabyte or so is not counted yet.
type gzipSize struct {
	*gzip.Writer
	bytes int64
}

func newGzipSize() *gzipSize {
	s := &gzipSize{}
	s.Writer, _ = gzip.NewWriterLevel(writerFunc(func(p []byte) (int, error) {
		s.bytes += int64(len(p))
		return len(p), nil
	}), gzip.BestSpeed)
	return s
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// ordered returns the findings to write, those that stand before those that are suppressed, errors first and of these
// those that everybody can read, else as they came.
func ordered(findings []*scanner.Finding, opts Options) []*scanner.Finding {
	var found []*scanner.Finding
	for _, f := range findings {
		if f.Suppressed == "" || opts.Suppressed {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b *scanner.Finding) int {
		return cmp.Or(cmp.Compare(stands(b), stands(a)), cmp.Compare(b.Level, a.Level),
			cmp.Compare(securitySeverity(b.Rule), securitySeverity(a.Rule))) // of one length, so that they compare as text
	})
	return found
}

// stands is 1 for a finding that counts, 0 for one that is suppressed.
func stands(f *scanner.Finding) int {
	if f.Suppressed == "" {
		return 1
	}
	return 0
}

// newRun builds everything of a run but its results and its invocation.
func newRun(r *scanner.Report, c catalogue, opts Options) *gosarif.Run {
	driver := gosarif.NewDriver("klaviyolint").WithInformationURI(homeURI)
	switch v := semanticVersion(r.Version); {
	case v != "":
		driver.WithVersion(v).SemanticVersion = &v
	case r.Version != "":
		driver.WithVersion(r.Version)
	default:
		driver.WithVersion("unknown")
	}
	driver.Rules = c.descriptors

	run := gosarif.NewRun(*gosarif.NewTool(driver))
	run.ColumnKind = "utf16CodeUnits"
	run.OriginalUriBaseIDs = map[string]*gosarif.ArtifactLocation{
		root: gosarif.NewArtifactLocation().WithDescription(gosarif.NewTextMessage("The root of what was scanned.")),
	}
	if opts.Category != "" {
		run.AutomationDetails = gosarif.NewRunAutomationDetails().WithID(plain(strings.TrimRight(opts.Category, "/")) + "/")
	}
	if opts.Origin != nil && opts.Origin.URI != "" {
		run.VersionControlProvenance = []*gosarif.VersionControlDetails{provenance(opts.Origin)}
	}
	return run
}

// provenance says that the root of what was scanned is that of a repository at a commit.
func provenance(o *Origin) *gosarif.VersionControlDetails {
	details := gosarif.NewVersionControlDetails().WithRepositoryURI(o.URI).
		WithMappedTo(gosarif.NewArtifactLocation().WithUriBaseId(root))
	if o.Revision != "" {
		details.WithRevisionID(o.Revision)
	}
	if o.Branch != "" {
		details.WithBranch(plain(o.Branch))
	}
	return details
}

// member is a member of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// membersOf returns the members of v as JSON, in order, without those that are null: go-sarif writes null where the
// schema wants the member absent.
func membersOf(v any) ([]member, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(&text)
	if _, err := dec.Token(); err != nil { // the opening brace
		return nil, err
	}
	var members []member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: fmt.Sprint(name)}
		if err := dec.Decode(&m.value); err != nil {
			return nil, err
		}
		if string(m.value) != "null" {
			members = append(members, m)
		}
	}
	return members, nil
}
