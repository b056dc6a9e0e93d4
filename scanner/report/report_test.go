// This file tests the formats together: each writes the golden file, none shows a key or lets text from outside act.

package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/sarif/stream"
	"github.com/klaviyolint/klaviyolint/scanner"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	loader = &rules.Rule{
		ID: "loader-company-id", Title: "private key as company_id of klaviyo.js", Kind: rules.Misuse, Level: rules.Error,
		Problem: "is the company_id of klaviyo.js, so every visitor can read it.", Help: "Put the public key there.",
	}
	leak = &rules.Rule{
		ID: "hardcoded-private-key", Title: "private key in the code", Kind: rules.Exposure, Level: rules.Warning,
		Problem: "is written into the code.", Help: "Take it out.",
	}
	habit = &rules.Rule{
		ID: "doubtful-habit", Title: "doubtful habit", Kind: rules.Hygiene, Level: rules.Warning,
		Problem: "may be a habit.", Remedy: "Give it up.", Help: "Take care.",
	}
)

// keys returns a key of each form, made here so that no file holds one.
func keys() (site, hex, documented rules.Key) {
	digits := strings.Repeat("0123456789abcdef", 3)
	return rules.NewKey(rules.Site, "pk_AbC123_"+digits[1:35]),
		rules.NewKey(rules.Hex, "pk_"+digits[2:36]),
		rules.NewKey(rules.Documented, "pk_"+strings.ToUpper(digits[:10])+"QRSTUVWXYZ"+digits[:14])
}

// wordy returns a finding without a key, whose word comes from outside.
func wordy() *scanner.Finding {
	return &scanner.Finding{
		Rule: habit, Level: rules.Note, Word: "NEXT_PUBLIC_\x1b[31m_KLAVIYO", Path: ".env", Detail: "It stands in 'a\u202eb' too.",
		End:  scanner.Position{Offset: 12, Chars: 12, UTF16: 12},
		Line: scanner.Line{Text: "NEXT_PUBLIC_\x1b[31m_KLAVIYO=", Start: 0, End: 25},
	}
}

// found returns a finding whose line is before, the key and after.
func found(rule *rules.Rule, key rules.Key, path string, line int, before, after string) *scanner.Finding {
	start := scanner.Position{Lines: line - 1}.After([]byte(before))
	return &scanner.Finding{
		Rule: rule, Level: rule.Level, Key: key, Public: key.PublicKey(), Path: path, Start: start, End: start.After([]byte(key.Raw())),
		Line: scanner.Line{
			Text:  before + key.String() + after,
			Start: len(before), End: len(before) + len(key.String()),
		},
	}
}

// theme returns a report of one plain finding.
func theme() *scanner.Report {
	site, _, _ := keys()
	f := found(loader, site, "layout/theme.liquid", 12,
		`<script async src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=`, `"></script>`)
	f.Slot = "static.klaviyo.com/onsite/js/klaviyo.js?company_id"
	return &scanner.Report{
		Version:  "v1.2.3",
		Findings: []*scanner.Finding{f},
		Stats:    scanner.Stats{Files: 12, Bytes: 4100, Seconds: 0.123},
	}
}

// hostile returns a report with everything in it that a writer has to survive.
func hostile() *scanner.Report {
	site, hex, documented := keys()
	plain := theme().Findings[0]

	marks := found(leak, documented, "docs/ä.md", 3, "\t😀 e\u0301 ", " \x1b[31m \u202e ##[error]x")
	marks.Via = []string{"utf-16le", "base64"}

	command := found(leak, hex, "::error file=a,line=1::forged", 1, "", "")
	bytes := found(leak, hex, "bad\xff\xfe/\x1b[2Jname\n::error::x \u202e.js", 1, "k=", "\u2028")
	bytes.Line.Cut = true

	commit := found(leak, site, "commit:c0ffee0ddba11c0ffee0ddba11c0ffee0ddba11f", 5, "see ", "")
	commit.Slot = "x(" + site.Raw() + ")"
	commit.Reach = "unreachable"
	commit.Commit = &scanner.Commit{
		ID:      "c0ffee0ddba11c0ffee0ddba11c0ffee0ddba11f",
		Author:  "Mallory \x1b]0;x\a <" + hex.Raw() + "@example.com>",
		Date:    time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)),
		Subject: "add " + site.Raw() + "\n::error::forged \xff",
	}
	inPath := found(leak, hex, "\xffbackup/"+hex.Raw()+".txt", 1, "", " x")
	inPath.Reach = "head"
	inPath.Commit = &scanner.Commit{ID: "ab", Date: time.Unix(1<<60, 0)}

	unmasked := found(leak, hex, "a.js", 1, "", "")
	unmasked.Line.Text = "a = '" + hex.Raw() + "'"

	ignored := found(leak, hex, "ignored.js", 1, "", " ")
	ignored.Suppressed = "baseline " + hex.Raw()

	return &scanner.Report{
		Version: "v1.2.3",
		Findings: []*scanner.Finding{
			plain, marks, command, bytes, commit, inPath, unmasked, ignored, {Rule: leak, Level: leak.Level, Key: hex}, wordy(),
		},
		Skipped: []scanner.Skipped{
			{Path: "big\x1b.bin", Reason: "permission denied"},
			{Path: site.Raw(), Reason: "read " + site.Raw() + ": unexpected EOF\n::error::x"},
			{Path: " ::warning::x", Reason: "too large"},
			{Reason: "pack 12 is damaged"},
		},
		Stats:   scanner.Stats{Files: 1, Blobs: 2, Commits: 1, Bytes: 999_960},
		Stopped: "interrupted at " + documented.Raw(),
	}
}

// known returns a report of two keys that were there before, of which one is new somewhere, and of one that is known elsewhere.
func known() *scanner.Report {
	site, hex, documented := keys()
	r := &scanner.Report{Stats: scanner.Stats{Files: 6}, Findings: []*scanner.Finding{found(leak, site, "new/z.env", 1, "", "")}}
	for _, f := range []struct {
		key         rules.Key
		path, where string
	}{
		{site, "old/x.env", "in the baseline bl.json"}, {hex, "old/y.env", "in the baseline bl.json"},
		{documented, "old/z.env", "in HEAD already"}, {site, "old/a.env", "on the other side already"},
	} {
		earlier := found(leak, f.key, f.path, 1, "", "")
		earlier.Suppressed = scanner.AsKnown + f.where
		r.Findings = append(r.Findings, earlier)
	}
	return r
}

func render(t testing.TB, write Writer, r *scanner.Report, opts Options) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, write(&out, r, opts))
	return out.String()
}

func TestGolden(t *testing.T) {
	many := &scanner.Report{Stats: scanner.Stats{Files: 3}}
	for range 23 {
		many.Skipped = append(many.Skipped, scanner.Skipped{Path: "dir/file", Reason: "permission denied"})
	}
	accepted := &scanner.Report{Stats: scanner.Stats{Blobs: 3}, Skipped: []scanner.Skipped{
		{Path: "pack", Reason: "damaged"},
		{Path: "shallow\x1b", Reason: "history is cut", Gap: scanner.Shallow, Accepted: true},
	}}
	acceptedOnly := &scanner.Report{Stats: accepted.Stats, Skipped: accepted.Skipped[1:]}
	shard := &scanner.Report{Stats: accepted.Stats, Shard: scanner.Shard{Index: 2, Of: 4}}
	_, hex, documented := keys()
	first, last := wordy(), wordy()
	last.Path = "z.env"
	words := &scanner.Report{Stats: scanner.Stats{Files: 4}, Findings: []*scanner.Finding{
		first, found(leak, hex, "a.js", 1, "", ""), found(leak, documented, "b.js", 1, "", ""), found(leak, hex, "c.js", 1, "", ""), last,
	}}
	suppressed := theme()
	suppressed.Findings[0].Suppressed = scanner.ByComment + "a sample"
	for _, test := range []struct {
		name   string
		write  Writer
		report *scanner.Report
		opts   Options
	}{
		{"theme.txt", Text, theme(), Options{}},
		{"theme.json", JSON, theme(), Options{}},
		{"theme.github", GitHub, theme(), Options{}},
		{"theme.gitlab.json", GitLab, theme(), Options{Origin: &Origin{Revision: "5eed"}, Began: time.Unix(0, 0), Ended: time.Unix(61, 0)}},
		{"theme.md", summary, theme(), Options{}},
		{"hostile.txt", Text, hostile(), Options{}},
		{"hostile-quiet.txt", Text, hostile(), Options{Quiet: true}},
		{"hostile-color.txt", Text, hostile(), Options{Color: true, Verbose: true}},
		{"hostile.json", JSON, hostile(), Options{}},
		{"hostile.github", GitHub, hostile(), Options{}},
		{"hostile.gitlab.json", GitLab, hostile(), Options{}},
		{"hostile.md", summary, hostile(), Options{}},
		{"clean.github", GitHub, &scanner.Report{Stats: scanner.Stats{Files: 1, Bytes: 12}}, Options{}},
		{"clean.md", summary, &scanner.Report{Stats: scanner.Stats{Files: 1, Bytes: 12}}, Options{}},
		{"clean.txt", Text, &scanner.Report{Stats: scanner.Stats{Files: 1, Bytes: 12}}, Options{}},
		{"clean-quiet.txt", Text, &scanner.Report{Stats: scanner.Stats{Files: 1, Bytes: 12}}, Options{Quiet: true}},
		{"word.txt", Text, &scanner.Report{Findings: []*scanner.Finding{wordy()}, Stats: scanner.Stats{Files: 1}}, Options{}},
		{"nothing.txt", Text, &scanner.Report{}, Options{}},
		{"nothing.json", JSON, &scanner.Report{}, Options{}},
		{"nothing.github", GitHub, &scanner.Report{}, Options{}},
		{"nothing.gitlab.json", GitLab, &scanner.Report{}, Options{}},
		{"nothing.md", summary, &scanner.Report{}, Options{}},
		{"nothing-read.txt", Text, &scanner.Report{Skipped: []scanner.Skipped{{Path: "a", Reason: "too large"}}}, Options{}},
		{"suppressed.txt", Text, suppressed, Options{}},
		{"known.txt", Text, known(), Options{}},
		{"known.md", summary, known(), Options{}},
		{"shard.txt", Text, shard, Options{}},
		{"shard.md", summary, shard, Options{}},
		{"words.txt", Text, words, Options{}},
		{"words.md", summary, words, Options{}},
		{"skipped.txt", Text, many, Options{}},
		{"skipped-verbose.txt", Text, many, Options{Verbose: true}},
		{"accepted.txt", Text, accepted, Options{}},
		{"accepted.json", JSON, accepted, Options{}},
		{"accepted.github", GitHub, accepted, Options{}},
		{"accepted.gitlab.json", GitLab, accepted, Options{}},
		{"accepted.md", summary, accepted, Options{}},
		{"accepted-only.txt", Text, acceptedOnly, Options{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := render(t, test.write, test.report, test.opts)
			assert.Equal(t, got, render(t, test.write, test.report, test.opts), "two writes differ")
			golden := filepath.Join("testdata", test.name)
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}

func TestNothingActs(t *testing.T) {
	for _, format := range Formats() {
		t.Run(format, func(t *testing.T) {
			write, err := For(format)
			require.NoError(t, err)
			for _, opts := range []Options{{}, {Quiet: true}, {Verbose: true}} {
				text := render(t, write, hostile(), opts)
				if format == "github" {
					text = onlyMeant(t, text, hostile())
				}
				harmless(t, text)
			}
		})
	}
}

// harmless fails when text holds a key, or what a terminal or the runner of GitHub Actions acts upon.
func harmless(t testing.TB, text string) {
	t.Helper()
	site, hex, documented := keys()
	for _, key := range []rules.Key{site, hex, documented} {
		assert.False(t, strings.Contains(text, key.Raw()[len(key.Raw())-30:]), "%s is in it unmasked", key)
	}
	assert.True(t, utf8.ValidString(text))
	at := strings.IndexFunc(text, func(r rune) bool { return stream.Hostile(r) && r != '\n' })
	assert.Equal(t, -1, at, "a hostile character is in it")
	assert.False(t, strings.Contains(text, "##["))
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("%q is a command", line)
		}
	}
}

// harmlessAll is harmless for each format of a report.
func harmlessAll(t testing.TB, r *scanner.Report, opts Options) {
	t.Helper()
	for _, format := range Formats() {
		write, err := For(format)
		require.NoError(t, err)
		text := render(t, write, r, opts)
		if format == "github" {
			text = onlyMeant(t, text, r)
		}
		harmless(t, text)
	}
}

func TestFor(t *testing.T) {
	_, err := For("x\x1bml")
	assert.EqualError(t, err, `format "x\x1bml" is not one of text, json, sarif, html, github, gitlab`)
}

func TestColorIsPlainSGR(t *testing.T) {
	text := render(t, Text, theme(), Options{Color: true})
	assert.Contains(t, text, "\x1b[")
	for rest := range strings.SplitSeq(text[strings.Index(text, "\x1b"):], "\x1b") {
		if rest != "" {
			assert.Regexp(t, `^\[[0-9;]*m`, rest)
		}
	}
}

func TestJSONContract(t *testing.T) {
	var got struct {
		Schema   int
		Complete bool
		Findings []struct {
			Line, Column, EndLine, EndColumn int
			Path, PathBytes, PublicKey       string
			Key, Form, Level                 string
			Via                              []string
			Commit                           *struct{ Date string }
		}
		Skipped []any
	}
	require.NoError(t, json.Unmarshal([]byte(render(t, JSON, hostile(), Options{})), &got))
	assert.Equal(t, 1, got.Schema)
	assert.False(t, got.Complete)
	assert.Len(t, got.Findings, 10, "suppressed findings are in it")
	assert.Equal(t, "", got.Findings[9].Key+got.Findings[9].Form, "there is none")
	assert.Equal(t, "note", got.Findings[9].Level, "not the rule's own")
	assert.Equal(t, "AbC123", got.Findings[0].PublicKey)
	assert.NotNil(t, got.Findings[0].Via)
	assert.Equal(t, got.Findings[0].Column+44, got.Findings[0].EndColumn)
	assert.Equal(t, 7, got.Findings[1].Column, "an emoji is one character")
	assert.NotEmpty(t, got.Findings[3].PathBytes)
	assert.Equal(t, "2026-01-02T02:04:05Z", got.Findings[4].Commit.Date)
	exact, err := base64.StdEncoding.DecodeString(got.Findings[5].PathBytes)
	require.NoError(t, err)
	assert.Equal(t, "\xffbackup/pk_****0123.txt", string(exact), "a key is in it")
	assert.Empty(t, got.Findings[5].Commit.Date)
	assert.Len(t, got.Skipped, 4)
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrors(t *testing.T) {
	for _, format := range Formats() {
		write, err := For(format)
		require.NoError(t, err)
		assert.ErrorContains(t, write(full{}, hostile(), Options{}), "disk full", format)
	}
}

// FuzzWriters proves that no text from outside breaks a format, whatever it is.
func FuzzWriters(f *testing.F) {
	_, hex, _ := keys()
	f.Add("a/b.js", "x = ", "'; \x1b[2J", "utf-16", "\n::error::x", 3, 1)
	f.Add("::error::\xff", "\xff", hex.Raw(), "\u202e", "##[add-mask]"+hex.Raw(), -1, 1<<40)
	f.Add(":", "", "", "", "", 0, 0)
	f.Fuzz(func(t *testing.T, path, before, after, layer, outside string, start, end int) {
		_, hex, _ := keys()
		for _, s := range []string{path, before, after, layer, outside} {
			if strings.Contains(rules.Mask(s), hex.Raw()[7:]) {
				t.Skip("the digits of the key, but not a key")
			}
		}
		finding := found(leak, hex, path, 1, before, after)
		finding.Via = []string{layer}
		finding.Slot = outside
		finding.Reach = layer
		finding.Commit = &scanner.Commit{ID: outside, Author: outside, Subject: outside, Date: time.Unix(int64(end), 0)}
		other := *finding
		moved := &other
		moved.Commit = nil
		moved.Line.Start, moved.Line.End = start, end
		r := &scanner.Report{
			Version: outside, Findings: []*scanner.Finding{finding, moved}, Stopped: outside,
			Skipped: []scanner.Skipped{{Path: path, Reason: outside}},
		}
		for _, format := range Formats() {
			write, err := For(format)
			require.NoError(t, err)
			text := render(t, write, r, Options{})
			switch format {
			case "text", "html":
			case "gitlab":
				fitsGitLab(t, text)
			case "github":
				text = onlyMeant(t, text, r)
			default:
				assert.True(t, json.Valid([]byte(text)), format)
			}
			harmless(t, text)
		}
		inert(t, stepSummary(t, r, MaxStepSummary))
	})
}
