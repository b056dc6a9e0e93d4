package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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

	f, err = Find(write(t, ""))
	require.NoError(t, err)
	assert.Equal(t, File{}, f)

	dir := write(t, "exclude:\n  - testdata/demo\n")
	f, err = Find(dir)
	require.NoError(t, err)
	assert.Equal(t, []string{"testdata/demo"}, f.Exclude)
}

func TestErrorsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"exclude: []\nexlude: [a]\n": "line 2",
		"exclude: {a: b}\n":          "line 1",
		"\texclude":                  "read configuration",
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
}
