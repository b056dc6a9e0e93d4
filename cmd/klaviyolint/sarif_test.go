// This file has SARIF files checked by Microsoft's validator with GitHub's rules, and columns and hashes computed by it.

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// multitool is the validator, as make setup installs it.
type multitool struct {
	*testing.T
	path, schema string // absolute
}

// newMultitool fails the test in CI if the validator is missing, and skips it elsewhere.
func newMultitool(t *testing.T) multitool {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("make setup installs the validator on Linux")
	}
	path, err := filepath.Abs("../../bin/sariftool/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool")
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("Sarif.Multitool is not installed; make setup installs it")
		}
		t.Skip("Sarif.Multitool is not installed; make setup installs it")
	}
	schema, err := filepath.Abs("../../sarif/testdata/sarif-schema-2.1.0.json")
	require.NoError(t, err)
	return multitool{t, path, schema}
}

// run runs the tool and returns what it wrote to the file that -o names.
func (m multitool) run(args ...string) []byte {
	m.Helper()
	out := filepath.Join(m.TempDir(), "out.sarif")
	cmd := exec.Command(m.path, append(args, "--log", "ForceOverwrite", "-o", out)...)
	cmd.Env = append(os.Environ(), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1")
	text, err := cmd.CombinedOutput()
	require.NoError(m, err, "%s", text)
	data, err := os.ReadFile(out)
	require.NoError(m, err, "%s", text)
	return bytes.TrimPrefix(data, []byte("\ufeff"))
}

// sarifFile is what the tests look at.
type sarifFile struct {
	Runs []struct {
		Results []sarifResult
	}
}

type sarifResult struct {
	RuleID    string
	Level     string
	Message   struct{ ID string }
	Locations []struct {
		PhysicalLocation struct {
			ArtifactLocation struct{ URI string }
			Region           struct {
				StartLine, StartColumn, EndLine, EndColumn int
				Snippet                                    struct{ Text string }
			}
		}
	}
	PartialFingerprints map[string]string
	Fixes               []any
}

func (m multitool) parse(data []byte) []sarifResult {
	m.Helper()
	var f sarifFile
	require.NoError(m, json.Unmarshal(data, &f))
	require.Len(m, f.Runs, 1)
	return f.Runs[0].Results
}

// clean fails unless the validator has neither an error nor a warning to tell of the file, and gives the rules of its
// notes. The validator ends with 0 in any case, and is silent about files that it cannot read: a file with results must
// get its note SARIF2002, that messages have texts instead of IDs, and every file is held against the schema.
func (m multitool) clean(name string) []string {
	m.Helper()
	schema, err := jsonschema.NewCompiler().Compile(m.schema)
	require.NoError(m, err)
	data, err := os.ReadFile(name)
	require.NoError(m, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(m, err)
	require.NoError(m, schema.Validate(value))

	var notes []string
	for _, r := range m.parse(m.run("validate", name, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note")) {
		if r.Level == "note" {
			notes = append(notes, r.RuleID)
			continue
		}
		m.Errorf("%s: %s: %s (%s): %+v", name, r.Level, r.RuleID, r.Message.ID, r.Locations)
	}
	slices.Sort(notes)
	notes = slices.Compact(notes)
	if len(m.parse(data)) > 0 {
		assert.Contains(m, notes, "SARIF2002", "the sign that the validator has read %s", name)
	}
	return notes
}

func TestMultitoolOnGoldenFiles(t *testing.T) {
	m := newMultitool(t)
	names, err := filepath.Glob("../../sarif/testdata/*.sarif")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		t.Logf("%s: notes %v", name, m.clean(name))
	}
}

// odd are files in which lines and columns are not what bytes are. @KEY@ stands for a key, of which each line has one.
var odd = map[string]string{
	"plain.env":                 "A=1\nKLAVIYO_PUBLIC_KEY=@KEY@\n",
	"crlf.env":                  "A=1\r\nB=2\r\nKLAVIYO_PUBLIC_KEY=@KEY@\r\nC=3\r\n",
	"bom.env":                   "\ufeffKLAVIYO_PUBLIC_KEY=@KEY@\n",
	"tabs.js":                   "\t\tif (x) {\n\t \tKlaviyo.initialize('@KEY@')\t\n",
	"emoji.js":                  "/* 😀👩‍👩‍👧 */ Klaviyo.initialize('@KEY@')\n",
	"marks.js":                  "/* e\u0301a\u0300\u0323 */ Klaviyo.initialize('@KEY@')\n",
	"right-to-left.js":          "/* שלום \u202eمرحبا\u202c */ Klaviyo.initialize('@KEY@')\n",
	"lone-cr.js":                "a\rb\nc\rKlaviyo.initialize('@KEY@')\n\rx\n",
	"invalid.js":                "/* \xff\xe2\x82 \xf0\x9f\x98 \xc3( \xed\xa0\x80 */ Klaviyo.initialize('@KEY@')\n",
	"long.js":                   strings.Repeat("abcdefg ", 1<<17) + "Klaviyo.initialize('@KEY@')" + strings.Repeat("z", 1<<10),
	"same.env":                  "KLAVIYO_PUBLIC_KEY=@KEY@" + strings.Repeat("\n"+strings.Repeat("=", 120)+"\nKLAVIYO_PUBLIC_KEY=@KEY@", 3),
	"no end of line/ä#?%zz.env": "\n\n  \nKLAVIYO_PUBLIC_KEY=@KEY@",
	"separators.js":             "a\u2028b\u2029c\u0085d\vKlaviyo.initialize('@KEY@')\n",
}

func TestMultitoolOnRepository(t *testing.T) {
	m := newMultitool(t)
	dir := t.TempDir()
	key := keys["SITE"]
	for name, text := range odd {
		name = filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
		require.NoError(t, os.WriteFile(name, []byte(strings.ReplaceAll(text, "@KEY@", key)), 0o600))
	}
	report := filepath.Join(t.TempDir(), "report.sarif")
	scan := func(args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		code := run(t.Context(), append(args, "-f", "sarif", "-o", report), strings.NewReader(""), &out, &errs)
		require.Equal(t, exitFindings, code, errs.String())
	}
	t.Chdir(dir)
	git := func(args ...string) {
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false"}, args...)...)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	git("init", "-q")
	git("add", ".")
	git("commit", "-qm", "all of it")
	head, err := exec.Command("git", "rev-parse", "HEAD").Output()
	require.NoError(t, err)
	t.Setenv("GITHUB_SHA", strings.TrimSpace(string(head)))
	t.Setenv("GITHUB_SERVER_URL", "https://github.com")
	t.Setenv("GITHUB_REPOSITORY", "example/shop")
	t.Setenv("GITHUB_REF", "refs/heads/main")
	for _, args := range [][]string{{"history"}, {"--sarif-category", "keys", "."}} {
		scan(args...)
		t.Logf("%v: notes %v", args, m.clean(report))
	}

	data, err := os.ReadFile(report)
	require.NoError(t, err)
	assert.NotContains(t, string(data), key)
	ours := m.parse(data)
	want := 0
	for _, text := range odd {
		want += strings.Count(text, "@KEY@")
	}
	require.Len(t, ours, want)

	// The same file without what is to be computed, and with the place of the files.
	bare := filepath.Join(t.TempDir(), "bare.sarif")
	var whole any
	require.NoError(t, json.Unmarshal(data, &whole))
	text, err := json.Marshal(without(whole, "snippet", "contextRegion", "primaryLocationLineHash"))
	require.NoError(t, err)
	text = bytes.Replace(text, []byte(`"%SRCROOT%":{`), []byte(`"%SRCROOT%":{"uri":"file://`+dir+`/",`), 1)
	require.NoError(t, os.WriteFile(bare, text, 0o600))

	computed := m.parse(m.run("rewrite", bare, "--insert", "RegionSnippets;RollingHashPartialFingerprints"))
	require.Len(t, computed, len(ours))
	for i, r := range computed {
		place := r.Locations[0].PhysicalLocation
		// By default, lines of SARIF end with CRLF or LF (newlineSequences in the schema); the tool takes a CR alone for an end, too.
		if uri := place.ArtifactLocation.URI; uri != "lone-cr.js" {
			assert.Equal(t, key, place.Region.Snippet.Text, "%s:%d: what the region spans", uri, place.Region.StartLine)
		}
		// GitHub's action hashes a byte-order mark, the tool does not.
		if place.ArtifactLocation.URI == "bom.env" {
			continue
		}
		assert.Equal(t, r.PartialFingerprints["primaryLocationLineHash"], ours[i].PartialFingerprints["primaryLocationLineHash"],
			"%s:%d", place.ArtifactLocation.URI, place.Region.StartLine)
		assert.NotEmpty(t, ours[i].PartialFingerprints["primaryLocationLineHash"])
	}
}

// without returns a JSON value without the members of these names, at any depth.
func without(v any, names ...string) any {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range names {
			delete(v, name)
		}
		for name := range v {
			v[name] = without(v[name], names...)
		}
	case []any:
		for i := range v {
			v[i] = without(v[i], names...)
		}
	}
	return v
}
