// This file writes a report as GitLab's CI takes it as artifacts:reports:secret_detection, for versions before 19.2, which
// reads SARIF.
//
// https://docs.gitlab.com/user/application_security/secret_detection/, and the schema in
// https://gitlab.com/gitlab-org/security-products/security-report-schemas: GitLab refuses a file whole that it does not
// fit. Texts are Markdown to GitLab.

package report

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/sarif/stream"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// gitlabSchema is the version of the schema that the file says it fits: the last of 15.0, for what 15.1 and 15.2 add is not
// written, and older versions of GitLab do not know them.
const gitlabSchema = "15.0.7"

const (
	home          = "https://github.com/klaviyolint/klaviyolint"
	noCommit      = "0000000" // as GitLab's own analyzer says that it knows of no commit
	maxGitLabName = 255       // characters
)

type gitlabScan struct {
	Analyzer  gitlabTool      `json:"analyzer"`
	Scanner   gitlabTool      `json:"scanner"`
	StartTime string          `json:"start_time"`
	EndTime   string          `json:"end_time"`
	Status    string          `json:"status"` // success, failure
	Type      string          `json:"type"`
	Messages  []gitlabMessage `json:"messages"`
}

type gitlabTool struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	URL     string       `json:"url"`
	Vendor  gitlabVendor `json:"vendor"`
	Version string       `json:"version"`
}

type gitlabVendor struct {
	Name string `json:"name"`
}

type gitlabMessage struct {
	Level string `json:"level"` // info, warn, fatal
	Value string `json:"value"`
}

type gitlabFinding struct {
	ID          string             `json:"id"`
	Name        string             `json:"name"`
	Description string             `json:"description"`
	Severity    string             `json:"severity"` // Critical, High, Medium, Low, Info, Unknown
	Solution    string             `json:"solution,omitempty"`
	Identifiers []gitlabIdentifier `json:"identifiers"`
	Location    gitlabLocation     `json:"location"`
}

type gitlabIdentifier struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Value string `json:"value"`
	URL   string `json:"url"`
}

type gitlabLocation struct {
	File      string       `json:"file"`
	StartLine int          `json:"start_line"`
	EndLine   int          `json:"end_line"`
	Commit    gitlabCommit `json:"commit"`
}

type gitlabCommit struct {
	SHA     string `json:"sha"`
	Author  string `json:"author,omitempty"`
	Date    string `json:"date,omitempty"`
	Message string `json:"message,omitempty"`
}

// GitLab writes the report in GitLab's form. Suppressed findings are left out; the line, which GitLab would show as it is,
// as well.
func GitLab(w io.Writer, r *scanner.Report, opts Options) error {
	tool := gitlabTool{
		ID: "klaviyolint", Name: "klaviyolint", URL: home, Vendor: gitlabVendor{"klaviyolint"},
		Version: cmp.Or(r.Version, "unknown"),
	}
	scan := gitlabScan{
		Analyzer: tool, Scanner: tool, StartTime: gitlabTime(opts.Began), EndTime: gitlabTime(opts.Ended),
		Status: "success", Type: "secret_detection", Messages: gitlabMessages(r),
	}
	if !r.Complete() {
		scan.Status = "failure"
	}
	sha := noCommit
	if opts.Origin != nil {
		sha = cmp.Or(opts.Origin.Revision, sha)
	}
	out := stream.New(w)
	out.Compact = true
	out.Open("", '{')
	out.Put("version", gitlabSchema)
	out.Put("scan", scan)
	out.Open("vulnerabilities", '[')
	for _, f := range worstFirst(r) {
		out.Put("", newGitLabFinding(f, sha, opts))
	}
	out.Close()
	out.Close()
	return out.Flush()
}

func gitlabTime(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("2006-01-02T15:04:05")
}

// gitlabMessages says what was not scanned: what was not accepted first, and no more than anybody reads.
func gitlabMessages(r *scanner.Report) []gitlabMessage {
	const most = 1000
	all := []gitlabMessage{}
	if r.Stopped != "" {
		all = append(all, gitlabMessage{"fatal", "Stopped before the end, so the result is incomplete: " + Show(r.Stopped)})
	}
	listed := 0
	for _, g := range gapsOf(r) {
		for _, s := range g.all[:min(len(g.all), most-listed)] {
			level, was := "warn", "was not scanned"
			if s.Accepted {
				level, was = "info", "was not scanned, which was accepted"
			}
			all = append(all, gitlabMessage{level, fmt.Sprintf("%s %s: %s", showPath(s.Path), was, Show(s.Reason))})
			listed++
		}
	}
	if more := len(r.Skipped) - listed; more > 0 {
		all = append(all, gitlabMessage{"warn", fmt.Sprintf("%d more %s not scanned. The JSON report lists all of them.", more, wasWere(more))})
	}
	return all
}

func newGitLabFinding(f *scanner.Finding, sha string, opts Options) gitlabFinding {
	wire := gitlabFinding{
		ID:          gitlabID(f),
		Name:        cut(f.Rule.Title, maxGitLabName),
		Description: inMarkdown(message(f)),
		Severity:    gitlabSeverity(f),
		Identifiers: []gitlabIdentifier{{
			Type: "klaviyolint_rule_id", Name: "klaviyolint rule " + f.Rule.ID, Value: f.Rule.ID,
			URL: home + "/blob/main/docs/rules.md#" + f.Rule.ID,
		}},
		Location: gitlabLocation{
			File: opts.placed(f.Path), StartLine: f.Start.Line(), EndLine: max(f.Start.Line(), f.End.Line()),
			Commit: gitlabCommit{SHA: sha},
		},
	}
	if f.Exposes() {
		wire.Solution = rules.Rotation
		wire.Identifiers = append(wire.Identifiers, gitlabIdentifier{
			Type: "cwe", Name: "CWE-798", Value: "798", URL: "https://cwe.mitre.org/data/definitions/798.html",
		})
	}
	if c := f.Commit; c != nil {
		wire.Location.Commit = gitlabCommit{
			SHA: cmp.Or(c.ID, noCommit), Author: c.Author, Date: stream.Stamp(c.Date, time.RFC3339), Message: c.Subject,
		}
	}
	return wire
}

// gitlabID identifies the finding among all of the report, and is the same in the next one if nothing has changed: a UUID
// of version 8 (RFC 9562, 5.8), made of a hash.
func gitlabID(f *scanner.Finding) string {
	commit := ""
	if f.Commit != nil {
		commit = f.Commit.ID
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{
		f.Fingerprint(), rules.Mask(f.Path), strconv.FormatInt(f.Start.Offset, 10), strconv.Itoa(f.Start.Lines),
		strconv.Itoa(f.Start.Chars), commit, rules.Mask(strings.Join(f.Via, "\x00")), rules.Mask(f.Slot),
	}, "\x00")))
	id := sum[:16]
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

func gitlabSeverity(f *scanner.Finding) string {
	switch {
	case f.Level == rules.Error && f.Rule.Kind == rules.Misuse:
		return "Critical"
	case f.Level == rules.Error:
		return "High"
	case f.Level == rules.Warning:
		return "Medium"
	}
	return "Low"
}

// inMarkdown returns plain text as Markdown for it: a backslash before each character that could mean anything.
func inMarkdown(s string) string {
	shown := Show(s)
	out := make([]byte, 0, len(shown)+len(shown)/8)
	for i := range len(shown) {
		if strings.IndexByte("\\`*_{}[]()<>#+-!|~@$&:^=%\"", shown[i]) >= 0 {
			out = append(out, '\\')
		}
		out = append(out, shown[i])
	}
	return string(out)
}

// cut returns at most so many characters of s.
func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
