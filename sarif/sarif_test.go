// This file tests a SARIF file as a whole: what is in it, and what may not be.

package sarif

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
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
		Problem: "is the company_id of klaviyo.js, so every visitor can read it.",
		Help:    "Put the **public** key there:\n\n```html\n<script src=\"…?company_id=AbC123\">\n```",
	}
	leak = &rules.Rule{
		ID: "hardcoded-private-key", Title: "private key in the code", Kind: rules.Exposure, Level: rules.Error,
		Problem: "is written into the code.", Help: "Take it out.",
	}
	habit = &rules.Rule{
		ID: "doubtful-habit", Title: "doubtful habit", Kind: rules.Hygiene, Level: rules.Warning,
		Problem: "may be a habit.", Remedy: "Give it up.", Help: "Take **care**\nof it.\n\nMore.",
	}
	testRules = []*rules.Rule{loader, leak}
)

// keys returns a key of each form, made here so that no file holds one.
func keys() (site, hex, documented rules.Key) {
	digits := strings.Repeat("0123456789abcdef", 3)
	return rules.NewKey(rules.Site, "pk_AbC123_"+digits[1:35]),
		rules.NewKey(rules.Hex, "pk_"+digits[2:36]),
		rules.NewKey(rules.Documented, "pk_"+strings.ToUpper(digits[:10])+"QRSTUVWXYZ"+digits[:14])
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

// hostile returns a report with everything in it that a writer has to survive.
func hostile() *scanner.Report {
	site, hex, documented := keys()
	plainOne := found(loader, site, "layout/theme.liquid", 12,
		`<script async src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=`, `"></script>`)
	plainOne.Slot = "static.klaviyo.com/onsite/js/klaviyo.js?company_id"

	habitual := found(habit, documented, "docs/ä b#c%zz.md", 3, "\t😀 e\u0301 ", " \x1b[31m \u202e ##[error]x")
	habitual.Via = []string{"utf-16", "base64"}

	whole := found(leak, hex, "c:/windows\\file.env", 1, "", "")

	byte0 := found(leak, hex, "bad\xff\xfe/\x1b[2Jname\n::error file=a,line=1::x \u202e.js", 1, "k=", "\u2028")
	byte0.Line.Cut = true

	keyed := found(leak, site, "commit:c0ffee0ddba11c0ffee0ddba11c0ffee0ddba11f", 5, "see ", "")
	keyed.Slot = "x(" + site.Raw() + ")"
	keyed.Reach = "unreachable"
	keyed.Commit = &scanner.Commit{
		ID:      "c0ffee0ddba11c0ffee0ddba11c0ffee0ddba11f",
		Author:  "Mallory \x1b]0;x\a <" + hex.Raw() + "@example.com>",
		Date:    time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)),
		Subject: "add " + site.Raw() + "\n::error::forged \xff",
	}
	inPath := found(leak, hex, "/backup/"+hex.Raw()+".txt", 1, "", " x")
	inPath.Reach = "head"
	inPath.Commit = &scanner.Commit{ID: strings.Repeat("ab", 20), Date: time.Unix(1<<60, 0)}

	ignored := found(leak, hex, "ignored.js", 1, "", " ")
	ignored.Suppressed = "baseline " + hex.Raw()

	word := &scanner.Finding{
		Rule: habit, Level: rules.Note, Word: "NEXT_PUBLIC_KLAVIYO", Path: ".env", Detail: "It stands in 'a\u202eb' too.",
		End: scanner.Position{Chars: 19, UTF16: 19},
	}

	empty := &scanner.Finding{Rule: leak, Level: leak.Level, Key: hex}

	return &scanner.Report{
		Version:  "v1.2.3-rc.1+dirty",
		Findings: []*scanner.Finding{habitual, plainOne, whole, byte0, keyed, inPath, ignored, empty, word},
		Skipped: []scanner.Skipped{
			{Path: "big\x1b.bin", Reason: "permission denied"},
			{Path: site.Raw(), Reason: "read " + site.Raw() + ": unexpected EOF\n::error::x"},
			{Reason: "pack 12 is damaged."},
		},
		Stats:   scanner.Stats{Files: 3, Bytes: 4100, Seconds: 0.1},
		Stopped: "interrupted at " + documented.Raw(),
	}
}

func render(t testing.TB, r *scanner.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, write(&out, r, testRules, limits{maxResults, maxGzip}, Options{Fixes: true}))
	return out.Bytes()
}

func TestGolden(t *testing.T) {
	origin := &Origin{URI: "https://github.com/example/shop", Revision: strings.Repeat("ab", 20), Branch: "main"}
	below := func(path string) string { return strings.TrimPrefix(path, "/") } // all that is of an origin is below its root
	for name, test := range map[string]struct {
		report *scanner.Report
		opts   Options
	}{
		"hostile.sarif":    {hostile(), Options{Fixes: true}},
		"suppressed.sarif": {hostile(), Options{Suppressed: true, Category: "keys", Origin: origin, Fixes: true, Place: below}},
		"clean.sarif":      {&scanner.Report{Version: "v1.2.3"}, Options{Origin: origin}},
	} {
		t.Run(name, func(t *testing.T) {
			var out, again bytes.Buffer
			require.NoError(t, write(&out, test.report, testRules, limits{maxResults, maxGzip}, test.opts))
			require.NoError(t, write(&again, test.report, testRules, limits{maxResults, maxGzip}, test.opts))
			assert.Equal(t, out.String(), again.String(), "two writes differ")
			golden := filepath.Join("testdata", name)
			if *update {
				require.NoError(t, os.WriteFile(golden, out.Bytes(), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), out.String())
		})
	}
}

func TestNoRawKeyAndNothingHostile(t *testing.T) {
	got := string(render(t, hostile()))
	site, hex, documented := keys()
	for _, key := range []rules.Key{site, hex, documented} {
		assert.False(t, strings.Contains(got, key.Raw()[len(key.Raw())-30:]), "%s is in it unmasked", key)
	}
	assert.True(t, utf8.ValidString(got))
	at := strings.IndexFunc(got, func(r rune) bool { return stream.Hostile(r) && r != '\n' })
	assert.Equal(t, -1, at, "a hostile character is in it")
	assert.False(t, strings.Contains(got, "##["))
	for line := range strings.Lines(got) {
		assert.False(t, strings.HasPrefix(strings.TrimSpace(line), "::"), line)
	}
}

func TestSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("testdata/sarif-schema-2.1.0.json")
	require.NoError(t, err)
	var real bytes.Buffer
	require.NoError(t, Write(&real, hostile(), Options{}))
	for name, text := range map[string][]byte{
		"hostile":   render(t, hostile()),
		"all rules": real.Bytes(),
		"empty":     render(t, &scanner.Report{}),
		"suppressed": func() []byte {
			var out bytes.Buffer
			origin := &Origin{URI: "https://github.com/a/b", Revision: "c0ffee", Branch: "main\x1b"}
			require.NoError(t, Write(&out, hostile(), Options{Suppressed: true, Category: "x\x1b", Origin: origin}))
			return out.Bytes()
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
			require.NoError(t, err)
			assert.NoError(t, schema.Validate(value))
			noNull(t, "", value)
		})
	}
	broken, err := jsonschema.UnmarshalJSON(bytes.NewReader(bytes.ReplaceAll(real.Bytes(), []byte(`"error"`), []byte(`"fatal"`))))
	require.NoError(t, err)
	assert.Error(t, schema.Validate(broken), "the schema refuses what is wrong")
}

// noNull fails for each null: go-sarif writes some where the schema has no place for them.
func noNull(t *testing.T, at string, value any) {
	switch value := value.(type) {
	case nil:
		t.Errorf("%s is null", at)
	case map[string]any:
		for name, v := range value {
			noNull(t, at+"/"+name, v)
		}
	case []any:
		for i, v := range value {
			noNull(t, fmt.Sprint(at, "/", i), v)
		}
	}
}

// file is what the tests look at.
type file struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Version, SemanticVersion string
				Rules                    []descriptorJSON
			}
		}
		AutomationDetails        struct{ ID string }
		VersionControlProvenance []struct {
			RepositoryURI, RevisionID, Branch string
			MappedTo                          struct{ URIBaseID string }
		}
		Results     []resultJSON
		Invocations []struct {
			ExecutionSuccessful        bool
			ToolExecutionNotifications []struct {
				Level     string
				Message   struct{ Text string }
				Locations []struct{ PhysicalLocation place }
			}
		}
	}
}

type descriptorJSON struct {
	ID, Name                          string
	ShortDescription, FullDescription struct{ Text string }
	Help                              struct{ Text, Markdown string }
	Properties                        map[string]any
}

type resultJSON struct {
	RuleID              string
	RuleIndex           int
	Level               string
	Message             struct{ Text string }
	Locations           []struct{ PhysicalLocation place }
	PartialFingerprints map[string]string
	Properties          map[string]any
	Suppressions        *[]suppression
	RelatedLocations    []struct {
		ID               int
		PhysicalLocation place
	}
	Fixes []struct {
		ArtifactChanges []struct {
			ArtifactLocation struct{ URI string }
			Replacements     []struct {
				DeletedRegion   struct{ StartLine, StartColumn, EndLine, EndColumn int }
				InsertedContent struct{ Text string }
			}
		}
	}
}

type place struct {
	ArtifactLocation      struct{ URI, URIBaseID string }
	Region, ContextRegion *struct {
		StartLine, StartColumn, EndLine, EndColumn int
		Snippet                                    struct{ Text string }
	}
}

func parse(t testing.TB, text []byte) file {
	t.Helper()
	var f file
	require.NoError(t, json.Unmarshal(text, &f))
	require.Len(t, f.Runs, 1)
	return f
}

func TestResults(t *testing.T) {
	run := parse(t, render(t, hostile())).Runs[0]
	require.Len(t, run.Results, 8, "the suppressed one is left out")
	for _, result := range run.Results {
		assert.Equal(t, result.RuleID, run.Tool.Driver.Rules[result.RuleIndex].ID)
		require.Len(t, result.Locations, 1)
		place := result.Locations[0].PhysicalLocation
		assert.NotEmpty(t, place.ArtifactLocation.URI)
		assert.GreaterOrEqual(t, place.Region.StartLine, 1)
		assert.GreaterOrEqual(t, place.Region.StartColumn, 1)
	}
	assert.Equal(t, "warning", run.Results[6].Level, "errors come first")
	assert.Equal(t, "loader-company-id", run.Results[0].RuleID)

	site, _, _ := keys()
	first := run.Results[0]
	region := first.Locations[0].PhysicalLocation.Region
	assert.Equal(t, region.StartColumn+len(site.Raw()), region.EndColumn)
	assert.Contains(t, region.Snippet.Text, site.String())
	assert.Equal(t, "AbC123", first.Properties["publicKey"])
	assert.Equal(t, site.Fingerprint("loader-company-id"), first.PartialFingerprints["klaviyolint/v1"])

	emoji := run.Results[6].Locations[0].PhysicalLocation.Region
	assert.Equal(t, 8, emoji.StartColumn, "an emoji is two UTF-16 units")

	whole := run.Results[1].Locations[0].PhysicalLocation
	assert.Nil(t, whole.ContextRegion, "no context is larger than the whole line")
	assert.Equal(t, "c%3A/windows%5Cfile.env", whole.ArtifactLocation.URI)

	word := run.Results[7]
	assert.Equal(t, "note", word.Level, "not the rule's own")
	assert.Equal(t, map[string]any{"kind": "hygiene", "word": "NEXT_PUBLIC_KLAVIYO"}, word.Properties)
	assert.True(t, strings.HasPrefix(word.Message.Text, "NEXT_PUBLIC_KLAVIYO may be a habit."), word.Message.Text)
	described := run.Tool.Driver.Rules[word.RuleIndex]
	assert.Equal(t, "Take care of it.", described.FullDescription.Text)
	assert.NotContains(t, described.Properties["tags"], "CWE-798")

	history := run.Results[3]
	assert.Contains(t, history.Message.Text, "It came with commit 'c0ffee0ddba11c0ffee0ddba11c0ffee0ddba11f' of 2026-01-02")
	assert.Equal(t, "2026-01-02T02:04:05Z", history.Properties["date"])
}

// Where suppressed findings are written, all results say whether they are (SARIF 3.27.23).
func TestSuppressions(t *testing.T) {
	r := hostile()
	r.Findings[0].Suppressed = scanner.ByComment + "a sample"
	r.Findings[2].Suppressed = scanner.ByConfiguration + "an old key"
	var out bytes.Buffer
	require.NoError(t, Write(&out, r, Options{Suppressed: true}))
	results := parse(t, out.Bytes()).Runs[0].Results
	require.Len(t, results, len(r.Findings))
	var got []suppression
	for i, result := range results {
		require.NotNil(t, result.Suppressions)
		assert.Equal(t, i < len(r.Findings)-3, len(*result.Suppressions) == 0, "those that stand come first")
		got = append(got, *result.Suppressions...)
	}
	assert.ElementsMatch(t, []suppression{{"inSource", "a sample"}, {"external", "an old key"}, {"external", "baseline pk_****0123"}}, got)

	assert.NotContains(t, string(render(t, r)), "suppressions")
}

func TestInvocation(t *testing.T) {
	run := parse(t, render(t, hostile())).Runs[0]
	assert.Equal(t, "1.2.3-rc.1+dirty", run.Tool.Driver.SemanticVersion)
	require.Len(t, run.Invocations, 1)
	assert.False(t, run.Invocations[0].ExecutionSuccessful)
	notes := run.Invocations[0].ToolExecutionNotifications
	require.Len(t, notes, 4)
	for _, note := range notes {
		assert.Equal(t, "error", note.Level)
		assert.True(t, strings.HasSuffix(note.Message.Text, "."))
	}
	assert.Equal(t, "big%1B.bin", notes[1].Locations[0].PhysicalLocation.ArtifactLocation.URI)

	accepted := parse(t, render(t, &scanner.Report{Skipped: []scanner.Skipped{
		{Path: "shallow", Reason: "history is cut", Gap: scanner.Shallow, Accepted: true},
	}})).Runs[0]
	assert.True(t, accepted.Invocations[0].ExecutionSuccessful)
	notes = accepted.Invocations[0].ToolExecutionNotifications
	require.Len(t, notes, 1)
	assert.Equal(t, "note", notes[0].Level)
	assert.Equal(t, "'shallow' was not scanned, which was accepted: history is cut.", notes[0].Message.Text)

	clean := parse(t, render(t, &scanner.Report{})).Runs[0]
	assert.True(t, clean.Invocations[0].ExecutionSuccessful)
	assert.Empty(t, clean.Invocations[0].ToolExecutionNotifications)
	assert.NotNil(t, clean.Results)
	assert.Equal(t, "unknown", clean.Tool.Driver.Version)
}

// Of two results of one level, that which everybody can read comes first: what is cut is the least.
func TestWorstFirst(t *testing.T) {
	site, hex, _ := keys()
	r := &scanner.Report{Findings: []*scanner.Finding{
		found(habit, hex, "a", 1, "", ""), found(leak, hex, "b", 1, "", ""), found(loader, site, "c", 1, "", ""), found(leak, site, "d", 1, "", ""),
	}}
	var got []string
	for _, result := range parse(t, render(t, r)).Runs[0].Results {
		got = append(got, result.Locations[0].PhysicalLocation.ArtifactLocation.URI)
	}
	assert.Equal(t, []string{"c", "b", "d", "a"}, got)
}

func TestRelatedLocations(t *testing.T) {
	site, hex, _ := keys()
	r := &scanner.Report{Findings: []*scanner.Finding{found(leak, site, "alone.js", 1, "", "")}}
	for i := range 14 {
		r.Findings = append(r.Findings, found(leak, hex, fmt.Sprintf("%d[x](y)\\.js", i), i+1, "", ""))
	}
	results := parse(t, render(t, r)).Runs[0].Results
	assert.Empty(t, results[0].RelatedLocations)
	assert.NotContains(t, results[0].Message.Text, "same key")

	second := results[2]
	require.Len(t, second.RelatedLocations, maxRelated)
	for i, l := range second.RelatedLocations {
		assert.Equal(t, i+1, l.ID)
		assert.NotEqual(t, second.Locations[0].PhysicalLocation.ArtifactLocation, l.PhysicalLocation.ArtifactLocation)
		assert.NotNil(t, l.PhysicalLocation.Region)
	}
	assert.True(t, strings.HasSuffix(second.Message.Text,
		` The same key stands in [0\[x\](y)\\.js:1](1), [2\[x\](y)\\.js:3](2), [3\[x\](y)\\.js:4](3) and 10 more.`), second.Message.Text)
}

// Only what is linked by us is a link.
func TestNoLinkFromOutside(t *testing.T) {
	f := &scanner.Finding{Rule: habit, Level: rules.Note, Word: "[x](https://evil.example)", Path: "a"}
	assert.NotContains(t, message(f, places{}, Options{}), "](")
	long := &scanner.Finding{Rule: habit, Level: rules.Note, Word: strings.Repeat("ä", 2000), Path: "a"}
	text := message(long, places{first: []*scanner.Finding{{Path: strings.Repeat("[", 500)}}, more: 3}, Options{})
	assert.LessOrEqual(t, utf8.RuneCountInString(text), 1024)
	assert.True(t, strings.HasSuffix(text, `\[:1](1) and 3 more.`), text)
}

func TestFixes(t *testing.T) {
	site, hex, _ := keys()
	certain := found(loader, site, "ä.js", 2, "😀 ", "'")
	text := render(t, &scanner.Report{Findings: []*scanner.Finding{certain}})
	fixed := parse(t, text).Runs[0].Results[0].Fixes
	require.Len(t, fixed, 1)
	change := fixed[0].ArtifactChanges[0]
	assert.Equal(t, "%C3%A4.js", change.ArtifactLocation.URI)
	region := change.Replacements[0].DeletedRegion
	assert.Equal(t, []int{2, 4, 2, 4 + len(site.Raw())}, []int{region.StartLine, region.StartColumn, region.EndLine, region.EndColumn})
	assert.Equal(t, "AbC123", change.Replacements[0].InsertedContent.Text)

	for name, mend := range map[string]func(*scanner.Finding){
		"a key that holds no public key": func(f *scanner.Finding) { *f = *found(loader, hex, "a", 1, "", "") },
		"another account's public key":   func(f *scanner.Finding) { f.Public = "XyZ789" },
		"no place for the public key":    func(f *scanner.Finding) { f.Rule = leak },
		"another remedy":                 func(f *scanner.Finding) { f.Rule = &rules.Rule{ID: "x", Kind: rules.Misuse, Remedy: "Move it."} },
		"encoded":                        func(f *scanner.Finding) { f.Via = []string{"base64"} },
		"in a history":                   func(f *scanner.Finding) { f.Commit = &scanner.Commit{ID: "ab"} },
		"in a place called private": func(f *scanner.Finding) {
			f.Slot = strings.Join([]string{"NEXT_PUBLIC", "KLAVIYO", "PRIVATE", "KEY"}, "_")
		},
		"in two lines": func(f *scanner.Finding) { f.End.Lines++ },
	} {
		f := *certain
		mend(&f)
		assert.Nil(t, fixes(&f, Options{}), name)
	}
	var out bytes.Buffer
	require.NoError(t, Write(&out, &scanner.Report{Findings: []*scanner.Finding{certain}}, Options{}))
	assert.NotContains(t, out.String(), `"fixes"`, "the files may be other ones")
}

func TestCategoryAndOrigin(t *testing.T) {
	var out bytes.Buffer
	origin := &Origin{URI: "https://github.com/a/b", Revision: "c0ffee", Branch: "main"}
	require.NoError(t, Write(&out, &scanner.Report{}, Options{Category: "keys/", Origin: origin}))
	run := parse(t, out.Bytes()).Runs[0]
	assert.Equal(t, "keys/", run.AutomationDetails.ID)
	require.Len(t, run.VersionControlProvenance, 1)
	v := run.VersionControlProvenance[0]
	assert.Equal(t, []string{"https://github.com/a/b", "c0ffee", "main", root}, []string{v.RepositoryURI, v.RevisionID, v.Branch, v.MappedTo.URIBaseID})

	text := render(t, hostile())
	assert.NotContains(t, string(text), "automationDetails")
	assert.NotContains(t, string(text), "versionControlProvenance")
}

func TestLineHash(t *testing.T) {
	r := hostile()
	r.Findings[1].LineHash = "1f:1"
	results := parse(t, render(t, r)).Runs[0].Results
	assert.Equal(t, "1f:1", results[0].PartialFingerprints["primaryLocationLineHash"])
	assert.NotContains(t, results[1].PartialFingerprints, "primaryLocationLineHash")
}

func TestShownLimit(t *testing.T) {
	_, hex, _ := keys()
	r := &scanner.Report{}
	for i := range 5001 {
		r.Findings = append(r.Findings, found(leak, hex, "a", i+1, "", ""))
	}
	notes := parse(t, render(t, r)).Runs[0].Invocations[0].ToolExecutionNotifications
	require.Len(t, notes, 1)
	assert.Equal(t, "GitHub shows 5000 of these 5001 results; the worst come first.", notes[0].Message.Text)
}

// What is too large for GitHub after gzip is cut, and said.
func TestGzipLimit(t *testing.T) {
	_, hex, _ := keys()
	r := &scanner.Report{}
	noise := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		name := make([]byte, 1000)
		for i := range name {
			name[i] = byte('a' + noise.IntN(26))
		}
		r.Findings = append(r.Findings, found(leak, hex, string(name), 1, "", ""))
	}
	const most = 1 << 20
	var out bytes.Buffer
	require.NoError(t, write(&out, r, testRules, limits{maxResults, most}, Options{}))
	run := parse(t, out.Bytes()).Runs[0]
	n := len(run.Results)
	assert.Greater(t, n, 100)
	assert.Less(t, n, 2000)
	assert.Contains(t, run.Invocations[0].ToolExecutionNotifications[0].Message.Text, fmt.Sprintf("%d more were found", 2000-n))
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write(out.Bytes())
	require.NoError(t, err)
	require.NoError(t, z.Close())
	assert.Less(t, packed.Len(), most+restGzip)
}

// Of very many things that were not scanned those that were not accepted come first, and the rest is counted: all of them
// would take the file beyond what GitHub takes, and it would refuse the findings with them.
func TestNotificationLimit(t *testing.T) {
	noise := rand.New(rand.NewPCG(3, 4))
	many := func(n int, accepted bool) (all []scanner.Skipped) {
		for range n {
			s := scanner.Skipped{Path: fmt.Sprintf("object:%016x%016x", noise.Uint64(), noise.Uint64()), Reason: "promised", Gap: scanner.Promisor, Accepted: accepted}
			all = append(all, s)
		}
		return all
	}
	for _, test := range []struct {
		accepted, not int
		level, text   string
	}{
		{50_000, 10, "warning", "49010 more were not scanned. The JSON report lists all of them."},
		{50_000, 1001, "error", "50001 more were not scanned. The JSON report lists all of them."},
		{990, 10, "note", ""},
	} {
		r := &scanner.Report{Skipped: append(many(test.accepted, true), many(test.not, false)...)}
		text := render(t, r)
		assert.Less(t, len(text), 1<<20)
		notes := parse(t, text).Runs[0].Invocations[0].ToolExecutionNotifications
		if test.text != "" {
			require.Len(t, notes, maxNotes+1)
			assert.Equal(t, test.text, notes[maxNotes].Message.Text)
		} else {
			require.Len(t, notes, maxNotes)
		}
		assert.Equal(t, test.level, notes[len(notes)-1].Level)
		for i, note := range notes[:maxNotes] {
			assert.Equal(t, i < test.not, note.Level == "error")
		}
	}
}

// Nor do long names take it there.
func TestLongNotifications(t *testing.T) {
	noise := rand.New(rand.NewPCG(5, 6))
	r := &scanner.Report{}
	for i := range 2000 {
		name := make([]byte, longestPath-1+i%3)
		for j := range name {
			name[j] = byte('a' + noise.IntN(26))
		}
		r.Skipped = append(r.Skipped, scanner.Skipped{Path: string(name), Reason: string(name)})
	}
	const most = 1 << 20
	var out, packed bytes.Buffer
	require.NoError(t, write(&out, r, testRules, limits{maxResults, most}, Options{}))
	z := gzip.NewWriter(&packed)
	_, err := z.Write(out.Bytes())
	require.NoError(t, err)
	require.NoError(t, z.Close())
	assert.Less(t, packed.Len(), most+restGzip)
	notes := parse(t, out.Bytes()).Runs[0].Invocations[0].ToolExecutionNotifications
	assert.Contains(t, notes[len(notes)-1].Message.Text, fmt.Sprintf("%d more were not scanned", 2000-len(notes)+1))
	for i, note := range notes[:len(notes)-1] {
		assert.Equal(t, 1024, utf8.RuneCountInString(note.Message.Text))
		assert.Equal(t, i%3 < 2, len(note.Locations) == 1)
	}
}

func TestResultLimit(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, write(&out, hostile(), testRules, limits{5, maxGzip}, Options{}))
	run := parse(t, out.Bytes()).Runs[0]
	assert.Len(t, run.Results, 5)
	notes := run.Invocations[0].ToolExecutionNotifications
	assert.Contains(t, notes[len(notes)-1].Message.Text, "the worst 5 results, as many as GitHub takes; 3 more were found")
}

// The limits are GitHub's and GitLab's: a text that is longer drops the result.
func TestRulesFitReaders(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, Write(&out, &scanner.Report{}, Options{}))
	descriptors := parse(t, out.Bytes()).Runs[0].Tool.Driver.Rules
	require.Len(t, descriptors, len(rules.All))
	site, hex, _ := keys()
	for i, d := range descriptors {
		t.Run(d.ID, func(t *testing.T) {
			assert.NotEqual(t, d.ID, d.Name)
			assert.LessOrEqual(t, len(d.Name), 255)
			for _, text := range []string{d.ShortDescription.Text, d.FullDescription.Text} {
				assert.True(t, strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ".."), text)
				assert.LessOrEqual(t, utf8.RuneCountInString(text), 1024)
			}
			assert.NotEmpty(t, d.Help.Text)
			assert.LessOrEqual(t, len(d.Properties["tags"].([]any)), 10)
			for _, key := range []rules.Key{site, hex} {
				text := message(&scanner.Finding{
					Rule: rules.All[i], Key: key, Via: []string{"utf-16", "base64"}, Reach: "unreachable",
					Commit: &scanner.Commit{ID: strings.Repeat("ab", 20), Date: time.Now()},
				}, places{first: []*scanner.Finding{{}, {}, {}, {}}, more: 1}, Options{})
				assert.LessOrEqual(t, utf8.RuneCountInString(text), 1024)
				assert.NotContains(t, text, "..")
			}
		})
	}
}

func TestURI(t *testing.T) {
	_, hex, _ := keys()
	for path, want := range map[string]string{
		"a/b.js":                     "a/b.js",
		"a b.js":                     "a%20b.js",
		"a:b.js":                     "a%3Ab.js",
		"/abs/file":                  "abs/file",
		"//host/file":                "host/file",
		`a\b`:                        "a%5Cb",
		"ä#?%zz":                     "%C3%A4%23%3F%25zz",
		"app/(group)/[id]/@m/p.tsx":  "app/(group)/%5Bid%5D/@m/p.tsx",
		"\xff\n":                     "%FF%0A",
		"":                           "unknown",
		"/":                          "unknown",
		"ref:refs/heads/x":           "ref%3Arefs/heads/x",
		"keys/" + hex.Raw() + ".txt": "keys/" + hex.String() + ".txt",
	} {
		assert.Equal(t, want, uri(path), "%q", path)
	}
}

func TestPlaces(t *testing.T) {
	_, hex, _ := keys()
	r := &scanner.Report{
		Findings: []*scanner.Finding{found(leak, hex, "../a b.js", 1, "", ""), found(leak, hex, "c.js", 1, "", "")},
		Skipped:  []scanner.Skipped{{Path: "../d.js", Reason: "damaged"}},
	}
	var out bytes.Buffer
	require.NoError(t, Write(&out, r, Options{Place: func(path string) string {
		if inside, ok := strings.CutPrefix(path, "../"); ok {
			return "/top/" + inside
		}
		return "sub/" + path
	}}))
	text := out.String()
	for _, want := range []string{
		`{"uri":"file:///top/a%20b.js"}`, `{"uri":"sub/c.js","uriBaseId":"%SRCROOT%"}`, "[sub/c.js:1](1)", "[/top/a b.js:1](1)",
		"file:///top/d.js",
	} {
		assert.Contains(t, text, want)
	}
}

// FuzzURI proves that every path becomes a relative URI that means the path and nothing else.
func FuzzURI(f *testing.F) {
	f.Add("a b:c/%zz#?\\\xff")
	f.Add("//host/..")
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.Parse(uri(path))
		require.NoError(t, err)
		assert.Empty(t, u.Scheme+u.Host+u.RawQuery+u.Fragment)
		assert.False(t, strings.HasPrefix(u.Path, "/"))
		if want := strings.TrimLeft(rules.Mask(path), "/"); want != "" {
			assert.Equal(t, want, u.Path)
		}
	})
}

func TestSemanticVersion(t *testing.T) {
	for version, want := range map[string]string{
		"v1.2.3": "1.2.3", "1.2.3": "1.2.3", "v0.0.0-20260102030405-abcdef012345+dirty": "0.0.0-20260102030405-abcdef012345+dirty",
		"(devel)": "", "1.2": "", "": "", "v01.2.3": "",
	} {
		assert.Equal(t, want, semanticVersion(version), version)
	}
}

func BenchmarkWrite(b *testing.B) {
	site, _, _ := keys()
	r := &scanner.Report{Version: "v1.2.3"}
	for i := range 25_000 {
		r.Findings = append(r.Findings, found(loader, site, fmt.Sprintf("src/%d.js", i), i+1, "key = '", "'"))
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := Write(io.Discard, r, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
