package corpus

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// write makes a corpus of one file for each sample.
func write(t *testing.T, samples map[string]string, labels ...Label) string {
	t.Helper()
	dir := t.TempDir()
	var lines strings.Builder
	require.NoError(t, WriteLabels(&lines, labels))
	require.NoError(t, os.WriteFile(filepath.Join(dir, LabelFile), []byte(lines.String()), 0o600))
	for name, text := range samples {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	return dir
}

// A sample is right, missed, found under another rule, or found where nothing is; the last alone is a false positive.
func TestScoreTellsMissesFromFalsePositives(t *testing.T) {
	key := "pk_" + strings.Repeat("0123456789abcdef", 3)[:34]
	label := func(sample string, rules ...string) Label {
		return Label{Sample: sample, Name: sample, Path: ".env", Rules: rules, Encoding: "plain"}
	}
	dir := write(t,
		map[string]string{
			"right/.env": "KLAVIYO_API_KEY=" + key, "none/.env": "KLAVIYO_API_KEY=", "missed/.env": "KLAVIYO_API_KEY=",
			"wrong/.env": "KLAVIYO_API_KEY=" + key, "extra/.env": "KLAVIYO_API_KEY=" + key,
		},
		label("right", "hardcoded-private-key"), label("none"), label("missed", "hardcoded-private-key"),
		label("wrong", "track-token"), label("extra"),
	)
	score, err := Run(context.Background(), dir)
	require.NoError(t, err)
	require.Len(t, score.Outcomes, 5)
	for i, right := range []bool{true, true, false, false, false} {
		assert.Equal(t, right, score.Outcomes[i].Right(), score.Outcomes[i].Label.Name)
	}
	assert.Equal(t, []string{"hardcoded-private-key"}, score.Outcomes[3].Wrong)
	assert.Equal(t, []string{"hardcoded-private-key"}, score.Outcomes[4].Extra)
	assert.InDelta(t, 1./3, score.Recall(), 1e-9)
	assert.Equal(t, 1, score.FalsePositives())
	assert.False(t, score.Passed())

	var table strings.Builder
	_, err = score.WriteTo(&table)
	require.NoError(t, err)
	assert.Contains(t, table.String(), "false positive: extra\n  file extra/.env\n  expected nothing, got hardcoded-private-key")
	assert.Contains(t, table.String(), "wrong rule: wrong\n")
	assert.Contains(t, table.String(), "missed: missed\n")
}

// The place of the corpus tells nothing about its samples: not even that it lies below a directory of tests.
func TestPathsBeginAtTheSample(t *testing.T) {
	key := "pk_" + strings.Repeat("0123456789abcdef", 3)[:34]
	dir := write(t, map[string]string{"1/lib/a.rb": "Klaviyo.private_api_key = '" + key + "'"}, Label{Sample: "1", Rules: []string{"hardcoded-private-key"}})
	score, err := Run(context.Background(), filepath.Join(dir, ".", "x", ".."))
	require.NoError(t, err)
	assert.True(t, score.Passed())
}

func TestLabelsThatAreWrong(t *testing.T) {
	for _, line := range []string{"{", `{"sample":""}`, `{"sample":"../x"}`, "{\"sample\":\"1\"}\n{\"sample\":\"1\"}"} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, LabelFile), []byte(line+"\n"), 0o600))
		_, err := ReadLabels(dir)
		assert.ErrorContains(t, err, "read labels: line", line)
	}
	_, err := Run(context.Background(), write(t, nil, Label{Sample: "gone"}))
	assert.ErrorContains(t, err, `score sample gone: no directory`)
}
