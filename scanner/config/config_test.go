package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/rules"
)

func write(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, Name), []byte(text), 0o600))
	return filepath.ToSlash(dir)
}

func TestFind(t *testing.T) {
	f, err := Find(filepath.ToSlash(t.TempDir()))
	require.NoError(t, err)
	assert.Equal(t, File{}, f)

	for _, nothing := range []string{"", "# nothing\n", "---\n", "exclude:\nignore:\n"} {
		f, err = Find(write(t, nothing))
		require.NoError(t, err)
		assert.Equal(t, File{}, f, nothing)
	}
}

func TestFields(t *testing.T) {
	f, err := Find(write(t, `public-key: AbC123
exclude:
  - testdata/demo
  - "**/*.min.js"
rules:
  loader-path: off
  track-token: note
ignore:
  - path: docs/**
    rule: hardcoded-private-key
    reason: samples
  - {fingerprint: 0123456789abcdef0123456789abcdef, history: true, reason: deleted in Klaviyo}
`))
	require.NoError(t, err)
	assert.Equal(t, File{
		PublicKeys: []string{"AbC123"},
		Exclude:    []string{"testdata/demo", "**/*.min.js"},
		Levels:     map[*rules.Rule]rules.Level{rules.ByID("loader-path"): 0, rules.ByID("track-token"): rules.Note},
		Ignore: []Ignore{
			{
				Path: "docs/**", Rule: rules.ByID("hardcoded-private-key"), Reason: "samples",
				Line: 9, Column: 5, Text: "  - path: docs/**",
			},
			{
				Fingerprint: "0123456789abcdef0123456789abcdef", History: true, Reason: "deleted in Klaviyo",
				Line: 12, Column: 5, Text: "  - {fingerprint: 0123456789abcdef0123456789abcdef, history: true, reason: deleted in Klaviyo}",
			},
		},
	}, f)
	assert.Equal(t, "path: docs/**, rule: hardcoded-private-key", f.Ignore[0].String())

	f, err = Parse(Name, []byte("public-key: [AbC123, 012345]"))
	require.NoError(t, err)
	assert.Equal(t, []string{"AbC123", "012345"}, f.PublicKeys)
}

func TestErrorsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"exclude: []\nexlude: [a]\n":                           `line 2: unknown field "exlude" (known fields: public-key, exclude, rules, ignore)`,
		"exclude: {a: b}\n":                                    "line 1: exclude has to be a list",
		"exclude: a\n":                                         "line 1: exclude has to be a list",
		"exclude:\n- [a]\n":                                    "line 2: a pattern of exclude has to be a text",
		"exclude:\n- ''\n":                                     "line 2: a pattern of exclude has to be a text",
		"\texclude":                                            "read configuration",
		"- a\n":                                                "line 1: the configuration has to be fields",
		"exclude: []\nexclude: []\n":                           "line 2",
		"exclude: []\n---\nexclude: []\n":                      "one YAML document",
		"a: &a [x]\n":                                          `unknown field "a"`,
		"exclude: &a [x]\n":                                    "line 1: anchors and aliases",
		"exclude: [&a x, *a]\n":                                "line 1: anchors and aliases",
		"exclude: [*.js]\n":                                    "read configuration",
		"exclude: !x [a]\n":                                    "line 1: tags",
		"<<: {a: b}\n":                                         `unknown field "<<"`,
		"public-key: AbC12\n":                                  "line 1: public-key has to be the account's public key",
		"public-key: {a: b}\n":                                 "line 1: public-key has to be a text",
		"public-key:\n":                                        "line 1: public-key has to be a text",
		"rules: [a]\n":                                         "line 1: rules has to be fields",
		"rules:\n  track_token: off\n":                         `line 2: unknown rule "track_token": the nearest is track-token; run klaviyolint rules`,
		"rules:\n  track-token: none\n":                        `line 2: level "none" of track-token is not one of error, warning, note, off`,
		"rules:\n  track-token: [off]\n":                       "line 2: the level of track-token has to be a text",
		"ignore:\n- path: a\n":                                 "line 2: an entry of ignore needs a reason",
		"ignore:\n- path: a\n  reason: ' '\n":                  "line 3: reason has to be a text",
		"ignore:\n- reason: a\n":                               "line 2: an entry of ignore needs a fingerprint or a path",
		"ignore:\n- path: a\n  reson: b\n":                     `line 3: unknown field "reson" (known fields: fingerprint, path, rule, history, reason)`,
		"ignore:\n- fingerprint: abc\n  reason: b\n":           "line 2: fingerprint has to be the 32 hex digits",
		"ignore:\n- path: a\n  rule: x\n  reason: b\n":         "line 3: unknown rule",
		"ignore:\n- path: a\n  history: maybe\n  reason: b\n":  "line 3: history has to be true or false",
		"ignore:\n- a\n":                                       "line 2: an entry of ignore has to be fields",
		"exclude: [" + strings.Repeat("a,", maxEntries) + "b]": "more than 1000 entries",
		"exclude: [" + strings.Repeat("a", maxPattern+1) + "]": "longer than 4096 bytes",
	} {
		_, err := Find(write(t, text))
		assert.ErrorContains(t, err, want, text)
	}
	dir := t.TempDir()
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, Name)))
	_, err := Find(dir)
	assert.ErrorContains(t, err, "is a symbolic link")
	_, err = Read(filepath.Join(t.TempDir(), "none"))
	assert.ErrorContains(t, err, "read configuration")
	require.NoError(t, os.Mkdir(filepath.Join(t.TempDir(), "d"), 0o700))
	_, err = Read(t.TempDir())
	assert.ErrorContains(t, err, "not a file")
	_, err = Parse(Name, make([]byte, maxSize+1))
	assert.ErrorContains(t, err, "larger than")
}

// No error shows a private key that stands where something else belongs.
func TestErrorsShowNoKey(t *testing.T) {
	key := "pk_" + strings.Repeat("0123456789abcdef", 3)[:34]
	for _, text := range []string{
		"public-key: " + key, "public-key: [" + key + "]", key + ": a", "rules: {" + key + ": off}", "rules: {track-token: " + key + "}",
		"ignore: [{path: " + key + "}]", "ignore: [{fingerprint: " + key + ", reason: a}]", "public-key: " + key[3:],
		"rules: {" + strings.Repeat("x", 80) + key + ": off}",
	} {
		_, err := Parse(Name, []byte(text))
		require.Error(t, err)
		assert.NotContains(t, err.Error(), key[3:20])
	}
	_, err := Parse(Name, []byte("exclude: []\npublic-key: "+key))
	assert.ErrorContains(t, err, "line 2: public-key holds a private API key")
}

// What an enemy wrote is refused or read in the time that its size deserves.
func FuzzParse(f *testing.F) {
	f.Add([]byte("public-key: AbC123\nexclude: [a]\nrules: {track-token: off}\nignore: [{path: a, rule: loader-path, history: true, reason: b}]"))
	f.Add([]byte("a: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]"))
	f.Add([]byte("? [a]\n: b"))
	f.Add([]byte("%YAML 1.1\n---\n- !!binary x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(Name, data)
		if err != nil {
			assert.Equal(t, File{}, file)
			return
		}
		for _, i := range file.Ignore {
			assert.NotEmpty(t, i.Reason)
			assert.NotEmpty(t, i.String())
		}
	})
}
