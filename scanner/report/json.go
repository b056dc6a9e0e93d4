// This file writes a report as JSON, schema 1. Fields are added, never renamed; the order is the documentation's.

package report

import (
	"encoding/base64"
	"io"
	"time"
	"unicode/utf8"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/sarif/stream"
	"github.com/klaviyolint/klaviyolint/scanner"
)

const jsonSchema = 1

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonStats struct {
	Files   int     `json:"files"`
	Blobs   int     `json:"blobs"`
	Commits int     `json:"commits"`
	Bytes   int64   `json:"bytes"`
	Skipped int     `json:"skipped"`
	Seconds float64 `json:"seconds"`

	Excluded int `json:"excluded"`
	Ignored  int `json:"ignored"`
}

type jsonFinding struct {
	Rule        string      `json:"rule"`
	Kind        string      `json:"kind"`
	Level       string      `json:"level"`
	Title       string      `json:"title"`
	Message     string      `json:"message"`
	Path        string      `json:"path"`
	PathBytes   string      `json:"pathBytes,omitempty"`
	Line        int         `json:"line"`
	Column      int         `json:"column"`
	EndLine     int         `json:"endLine"`
	EndColumn   int         `json:"endColumn"`
	Key         string      `json:"key"`
	Form        string      `json:"form"`
	PublicKey   string      `json:"publicKey"`
	Word        string      `json:"word,omitempty"`
	Slot        string      `json:"slot"`
	Via         []string    `json:"via"`
	Fingerprint string      `json:"fingerprint"`
	Suppressed  string      `json:"suppressed"`
	Commit      *jsonCommit `json:"commit,omitempty"`
	Reach       string      `json:"reach,omitempty"`
	Ref         string      `json:"ref,omitempty"`
}

type jsonCommit struct {
	ID      string `json:"id"`
	Author  string `json:"author"`
	Date    string `json:"date"`
	Subject string `json:"subject"`
}

type jsonSkipped struct {
	Path      string `json:"path"`
	PathBytes string `json:"pathBytes,omitempty"`
	Reason    string `json:"reason"`
	Kind      string `json:"kind,omitempty"`     // shallow, promisor, submodule: a gap that can be accepted
	Accepted  bool   `json:"accepted,omitempty"` // it was, so that it does not make the report incomplete
}

// JSON writes the report as one JSON object, finding by finding. All findings are in it, suppressed ones too.
func JSON(w io.Writer, r *scanner.Report, _ Options) error {
	out := stream.New(w)
	out.Open("", '{')
	out.Put("schema", jsonSchema)
	out.Put("tool", jsonTool{Name: "klaviyolint", Version: r.Version})
	out.Put("complete", r.Complete())
	if r.Stopped != "" {
		out.Put("stopped", r.Stopped)
	}
	out.Put("stats", jsonStats{
		Files:   r.Stats.Files,
		Blobs:   r.Stats.Blobs,
		Commits: r.Stats.Commits,
		Bytes:   r.Stats.Bytes,
		Skipped: len(r.Skipped),
		Seconds: r.Stats.Seconds,

		Excluded: r.Stats.Excluded,
		Ignored:  r.Stats.Ignored,
	})
	out.Open("findings", '[')
	for i := range r.Findings {
		out.Put("", newJSONFinding(&r.Findings[i]))
	}
	out.Close()
	out.Open("skipped", '[')
	for _, s := range r.Skipped {
		out.Put("", jsonSkipped{
			Path: s.Path, PathBytes: pathBytes(s.Path), Reason: s.Reason, Kind: string(s.Gap), Accepted: s.Accepted,
		})
	}
	out.Close()
	out.Close()
	return out.Flush()
}

func newJSONFinding(f *scanner.Finding) jsonFinding {
	wire := jsonFinding{
		Rule:        f.Rule.ID,
		Kind:        string(f.Rule.Kind),
		Level:       f.Level.String(),
		Title:       f.Rule.Title,
		Message:     f.Message(),
		Path:        f.Path,
		PathBytes:   pathBytes(f.Path),
		Line:        f.Start.Line(),
		Column:      f.Start.Column(),
		EndLine:     f.End.Line(),
		EndColumn:   f.End.Column(),
		Word:        f.Word,
		PublicKey:   f.Public,
		Slot:        f.Slot,
		Via:         append([]string{}, f.Via...), // never null
		Fingerprint: f.Fingerprint(),
		Suppressed:  f.Suppressed,
		Reach:       f.Reach,
		Ref:         f.Ref,
	}
	if f.HasKey() {
		wire.Key, wire.Form = f.Key.String(), f.Key.Form().String()
	}
	if c := f.Commit; c != nil {
		wire.Commit = &jsonCommit{
			ID:      c.ID,
			Author:  c.Author,
			Date:    stream.Stamp(c.Date, time.RFC3339),
			Subject: c.Subject,
		}
	}
	return wire
}

// pathBytes returns path in base64 when JSON cannot hold it as it is, so that two names never become one; but not when
// the path holds a key.
func pathBytes(path string) string {
	if utf8.ValidString(path) || rules.Mask(path) != path {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(path))
}
