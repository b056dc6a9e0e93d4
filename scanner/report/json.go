// This file writes a report as JSON, schema 1. Fields are added, never renamed; the order is the documentation's.

package report

import (
	"encoding/base64"
	"fmt"
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
	Detail      string      `json:"detail,omitempty"`
	Slot        string      `json:"slot"`
	Via         []string    `json:"via"`
	Fingerprint string      `json:"fingerprint"`
	Suppressed  string      `json:"suppressed"`
	Commit      *jsonCommit `json:"commit,omitempty"`
	Reach       string      `json:"reach,omitempty"`
	Ref         string      `json:"ref,omitempty"`

	// What a report needs to be written in another form.
	Account        string            `json:"account,omitempty"`        // the public key that the key contains
	KeyFingerprint string            `json:"keyFingerprint,omitempty"` // of the key, whatever the rule
	History        bool              `json:"history,omitempty"`        // not in a file, where commit and reach do not tell it
	Offset         int64             `json:"offset"`
	EndOffset      int64             `json:"endOffset"`
	UTF16          int               `json:"utf16Column,omitempty"` // if it is not the column
	EndUTF16       int               `json:"endUtf16Column,omitempty"`
	LineHash       string            `json:"lineHash,omitempty"`
	Snippet        *jsonSnippet      `json:"snippet,omitempty"`
	Bytes          map[string]string `json:"bytes,omitempty"` // base64 of the texts that are not UTF-8, by member
}

// jsonSnippet is the line of a finding, masked and cut as it is shown.
type jsonSnippet struct {
	Text  string `json:"text"`
	Start int    `json:"start"` // of what was found in text, in bytes of UTF-8
	End   int    `json:"end"`
	Cut   bool   `json:"cut,omitempty"`
}

type jsonCommit struct {
	ID      string `json:"id"`
	Author  string `json:"author"`
	Date    string `json:"date"`
	Subject string `json:"subject"`

	Generation int `json:"generation,omitempty"` // how many commits lead to it on the longest way
}

type jsonSkipped struct {
	Path      string `json:"path"`
	PathBytes string `json:"pathBytes,omitempty"`
	Reason    string `json:"reason"`
	Reasons   string `json:"reasonBytes,omitempty"`
	Kind      string `json:"kind,omitempty"`     // shallow, promisor, submodule: a gap that can be accepted
	Accepted  bool   `json:"accepted,omitempty"` // it was, so that it does not make the report incomplete
}

// jsonCompared is a baseline and what came of it.
type jsonCompared struct {
	Name    string `json:"name"`
	Entries int    `json:"entries"`
	Moved   int    `json:"moved"`
	Stale   int    `json:"stale"`
}

// JSON writes the report as one JSON object, finding by finding. All findings are in it, suppressed ones too. [Read] reads
// it back.
func JSON(w io.Writer, r *scanner.Report, _ Options) error {
	out := stream.New(w)
	out.Open("", '{')
	out.Put("schema", jsonSchema)
	out.Put("tool", jsonTool{Name: "klaviyolint", Version: r.Version})
	out.Put("complete", r.Complete())
	if r.Stopped != "" {
		out.Put("stopped", r.Stopped)
		if b := inexact(r.Stopped); b != "" {
			out.Put("stoppedBytes", b)
		}
	}
	if r.Shard.Of > 0 {
		out.Put("shard", r.Shard.String())
		out.Put("shardOf", r.Shard.History)
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
	if len(r.Baselines) > 0 {
		out.Open("baselines", '[')
		for _, c := range r.Baselines {
			out.Put("", jsonCompared{Name: c.Name, Entries: c.Entries, Moved: c.Moved, Stale: c.Stale})
		}
		out.Close()
	}
	out.Open("findings", '[')
	out.PutEach(len(r.Findings), func(i int) any { return newJSONFinding(r.Findings[i]) })
	out.Close()
	out.Open("skipped", '[')
	for _, s := range r.Skipped {
		out.Put("", jsonSkipped{
			Path: s.Path, PathBytes: inexact(s.Path), Reason: s.Reason, Reasons: inexact(s.Reason), Kind: string(s.Gap),
			Accepted: s.Accepted,
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
		PathBytes:   inexact(f.Path),
		Line:        f.Start.Line(),
		Column:      f.Start.Column(),
		EndLine:     f.End.Line(),
		EndColumn:   f.End.Column(),
		Word:        f.Word,
		Detail:      f.Detail,
		History:     f.History && f.Commit == nil && f.Reach == "",
		Offset:      f.Start.Offset,
		EndOffset:   f.End.Offset,
		LineHash:    f.LineHash,
		Snippet:     newSnippet(f.Line),
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
		wire.Account, wire.KeyFingerprint = f.Key.PublicKey(), f.Key.Fingerprint("")
	}
	if f.Start.UTF16 != f.Start.Chars {
		wire.UTF16 = f.Start.ColumnUTF16()
	}
	if f.End.UTF16 != f.End.Chars {
		wire.EndUTF16 = f.End.ColumnUTF16()
	}
	wire.keepBytes("word", f.Word)
	wire.keepBytes("detail", f.Detail)
	wire.keepBytes("slot", f.Slot)
	wire.keepBytes("suppressed", f.Suppressed)
	wire.keepBytes("ref", f.Ref)
	for i, via := range f.Via {
		wire.keepBytes(fmt.Sprintf("via/%d", i), via)
	}
	if c := f.Commit; c != nil {
		wire.Commit = &jsonCommit{
			ID:      c.ID,
			Author:  c.Author,
			Date:    stream.Stamp(c.Date, time.RFC3339),
			Subject: c.Subject,

			Generation: c.Generation,
		}
		wire.keepBytes("author", c.Author)
		wire.keepBytes("subject", c.Subject)
	}
	return wire
}

// keepBytes keeps a text that JSON cannot hold as it is.
func (f *jsonFinding) keepBytes(name, text string) {
	if b := inexact(text); b != "" {
		if f.Bytes == nil {
			f.Bytes = map[string]string{}
		}
		f.Bytes[name] = b
	}
}

// newSnippet returns the line, nil if there is none. Where the span does not fit the text, because that was masked only
// here or has other bytes in JSON, it begins behind its end.
func newSnippet(l scanner.Line) *jsonSnippet {
	if l.Text == "" {
		return nil
	}
	s := &jsonSnippet{Text: scanner.AsJSON(rules.Mask(l.Text)), Start: l.Start, End: l.End, Cut: l.Cut}
	if s.Text != l.Text || l.Start < 0 || l.End < l.Start || l.End > len(l.Text) {
		s.Start, s.End = 1, 0
	}
	return s
}

// inexact returns text, masked, in base64 when JSON cannot hold it as it is, so that two names never become one.
func inexact(text string) string {
	if utf8.ValidString(text) {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(rules.Mask(text)))
}
