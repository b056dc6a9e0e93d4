package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/rules"
)

// outputOf returns what the program, which must find something, prints for args in the repository's root.
func outputOf(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	t.Chdir("../..")
	defer t.Chdir("cmd/klaviyolint")
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(stdin), &stdout, &stderr)
	require.Equal(t, exitFindings, code, stderr.String())
	return stdout.String()
}

// section replaces what stands between <!-- name --> and <!-- /name --> in text.
func section(t *testing.T, text, name, content string) string {
	t.Helper()
	before, rest, ok := strings.Cut(text, "<!-- "+name+" -->\n")
	require.True(t, ok, name)
	_, after, ok := strings.Cut(rest, "<!-- /"+name+" -->")
	require.True(t, ok, name)
	return before + "<!-- " + name + " -->\n" + content + "<!-- /" + name + " -->" + after
}

// The documents hold what the program prints; -update renders them.
func TestDocumentsAreFresh(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	readme := string(data)
	page, err := os.ReadFile("../../testdata/demo/theme/layout/theme.liquid")
	require.NoError(t, err)
	guide, err := os.ReadFile("../../docs/guide.md")
	require.NoError(t, err)
	example := section(t, string(guide), "example", "```\n"+outputOf(t, string(page), "-", "--stdin-path", "layout/theme.liquid")+"```\n")
	readme = section(t, readme, "demo", "```\n"+outputOf(t, "", "testdata/demo")+"```\n")
	readme = section(t, readme, "rules", rules.Table("docs/rules.md"))
	for name, text := range map[string]string{"../../README.md": readme, "../../docs/guide.md": example, "../../docs/rules.md": rules.Document()} {
		if *update {
			require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
		}
		got, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Equal(t, text, string(got), "%s is stale: run make golden", name)
	}
}
