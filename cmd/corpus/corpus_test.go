package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner/corpus"
	"github.com/klaviyolint/klaviyolint/scanner/corpus/generator"
)

const templates = "../../testdata/corpus"

// The corpus is large enough, and the scanner finds what is in it and nothing else.
func TestCorpus(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "corpus")
	labels, err := generator.Generate(templates, 1, dir)
	require.NoError(t, err)
	placements, lookAlikes := 0, 0
	for _, l := range labels {
		if len(l.Rules) > 0 {
			placements++
		} else {
			lookAlikes++
		}
	}
	assert.GreaterOrEqual(t, placements, 400)
	assert.GreaterOrEqual(t, lookAlikes, 400)

	score, err := corpus.Run(context.Background(), dir)
	require.NoError(t, err)
	if !score.Passed() {
		var table strings.Builder
		_, err := score.WriteTo(&table)
		require.NoError(t, err)
		t.Errorf("the corpus does not pass:\n%s", table.String())
	}
}

// Another seed's corpus has other keys, so that nothing is fitted to those of the first.
func TestSameSeedSameCorpus(t *testing.T) {
	one, again, other := generated(t, 1), generated(t, 1), generated(t, 2)
	assert.Equal(t, one, again)
	assert.Equal(t, len(one), len(other))
	assert.NotEqual(t, one, other)
}

// generated makes the corpus of seed and returns what is in its files, by path.
func generated(t *testing.T, seed uint64) map[string]string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "corpus")
	_, err := generator.Generate(templates, seed, dir)
	require.NoError(t, err)
	files := map[string]string{}
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(data)
		return err
	})
	require.NoError(t, err)
	return files
}
