package source

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGlobs(t *testing.T) {
	for _, c := range []struct {
		globs Globs
		path  string
		want  bool
	}{
		{Globs{}, "a/b.js", false},
		{Globs{Exclude: []string{"testdata/demo"}}, "testdata/demo/a/b.js", true},
		{Globs{Exclude: []string{"testdata/demo/"}}, "testdata/demo/a/b.js", true},
		{Globs{Exclude: []string{"testdata/demo/**"}}, "testdata/demo/a/b.js", true},
		{Globs{Exclude: []string{"demo"}}, "testdata/demo/a/b.js", false},
		{Globs{Exclude: []string{"**/demo"}}, "testdata/demo/a/b.js", true},
		{Globs{Exclude: []string{"**/*.min.js"}}, "a/b.min.js", true},
		{Globs{Include: []string{"**/*.liquid"}}, "a/b.js", true},
		{Globs{Include: []string{"**/*.liquid"}}, "a/b.liquid", false},
		{Globs{Include: []string{"a"}, Exclude: []string{"a/c"}}, "a/b", false},
		{Globs{Include: []string{"a"}, Exclude: []string{"a/c"}}, "a/c", true},
	} {
		assert.Equal(t, c.want, c.globs.Excludes(c.path), "%+v %s", c.globs, c.path)
	}
	for _, pattern := range []string{"a[b", strings.Repeat("{,a}", 28), "{" + strings.Repeat("a,", 2000) + "}", strings.Repeat("a", 5000)} {
		assert.ErrorContains(t, Globs{Exclude: []string{pattern}}.Validate(), "pattern ")
		assert.ErrorContains(t, Globs{Include: []string{pattern}}.Validate(), "pattern ")
	}
	assert.NoError(t, Globs{Include: []string{"**/*.{js,ts,jsx}", "a,b,c"}}.Validate())
}

// A pattern never hides that something could not be read, unless the thing itself is excluded.
func TestFilteredKeepsErrors(t *testing.T) {
	broken := All{Broken{Path: "pack", Err: errors.New("x")}, Files{"none.env"}, Files{"out/none.env"}}
	f := &Filtered{Source: broken, Globs: Globs{Include: []string{"*.liquid"}, Exclude: []string{"out", "pack"}}}
	r := scan(t, f)
	require.Len(t, r.Skipped, 2)
	assert.Equal(t, "none.env", r.Skipped[0].Path)
	assert.Equal(t, "pack", r.Skipped[1].Path)
	assert.Equal(t, 1, r.Stats.Excluded)
}

func TestFilteredMatchesAbsolutePaths(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a/x", hexKey, "b/x", hexKey)
	files := Files{filepath.Join(dir, "a", "x"), filepath.Join(dir, "b", "x")}
	r := scan(t, &Filtered{Source: files, Globs: Globs{Exclude: []string{"a"}}, Root: dir})
	assert.Len(t, r.Findings, 1)
	assert.Equal(t, 1, r.Stats.Excluded)
}
