package source

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

func openRange(t *testing.T, dir string, words ...string) *Range {
	t.Helper()
	store, err := gitstore.Open(dir, gitstore.Env{})
	require.NoError(t, err)
	t.Cleanup(func() { store.Close() })
	revs, err := store.Revisions(t.Context(), words)
	require.NoError(t, err)
	return &Range{Store: store, Revisions: revs}
}

// A range from the first commit on finds what a scan of the whole history finds, with the same commits and reach.
func TestRangeAgreesWithHistory(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	git(t, dir, "init", "-q", "-b", "main")
	big := strings.Repeat(strings.Repeat("x", 1023)+"\n", gitstore.MaxInMemory>>10+1000)
	for i, files := range [][]string{
		{"a.env", "key=" + hexKey, "big.js", big + "Klaviyo.initialize('" + siteKey + "')\n"},
		{"a.env", "", "b/utf16.ps1", "\xff\xfek\x00e\x00y\x00=\x00" + wide(hexKey)},
		{"a.env", "key=" + siteKey, "copy.env", "key=" + hexKey},
	} {
		put(t, ".", files...)
		if i == 1 {
			require.NoError(t, os.Symlink(hexKey, "link"))
		}
		git(t, dir, "add", ".")
		git(t, dir, "commit", "-qm", fmt.Sprint("change ", i, " ", []string{"", hexKey, ""}[i]))
	}
	git(t, dir, "tag", "-a", "-m", siteKey, "v1")
	git(t, dir, "rm", "-q", "copy.env")
	git(t, dir, "commit", "-qm", "remove")
	for _, packed := range []bool{false, true} {
		if packed {
			git(t, dir, "repack", "-qad")
		}
		r := openRange(t, dir, "--all")
		got := scan(t, r)
		want := scan(t, &History{Store: r.Store})
		assert.Equal(t, places(want), places(got))
		assert.Equal(t, want.Stats, got.Stats)
		assert.True(t, got.Complete(), "%v", got.Skipped)
		require.Len(t, got.Findings, 8)
		for i, f := range got.Findings {
			assert.Equal(t, want.Findings[i].Commit, f.Commit, f.Path)
			assert.Equal(t, want.Findings[i].Reach, f.Reach, f.Path)
		}
	}
	assert.Empty(t, scan(t, openRange(t, dir, "HEAD~1..HEAD")).Findings)
	middle := scan(t, openRange(t, dir, "HEAD~3..HEAD~2"))
	assert.Equal(t, 3, middle.Stats.Blobs, "the empty file, the UTF-16 file and the link")
	assert.Equal(t, 1, middle.Stats.Commits)
	assert.Len(t, middle.Findings, 3, "in the file, the link and the message")
}

// What cannot be read is listed; the walk goes on, and ends when it is told to.
func TestRangeGoesOn(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	git(t, dir, "init", "-q", "-b", "main")
	for i := range 30 {
		put(t, ".", fmt.Sprintf("f%d", i), fmt.Sprint("content ", i), "same", hexKey)
		git(t, dir, "add", ".")
		git(t, dir, "commit", "-qm", fmt.Sprint(i))
	}
	id := strings.TrimSpace(git(t, dir, "rev-parse", "HEAD:f20"))
	require.NoError(t, os.Remove(".git/objects/"+id[:2]+"/"+id[2:]))
	r := scan(t, openRange(t, dir, "HEAD~15.."))
	require.Len(t, r.Skipped, 1)
	assert.Equal(t, "f20", r.Skipped[0].Path)
	assert.Contains(t, r.Skipped[0].Reason, id)
	assert.Equal(t, 14, r.Stats.Blobs)
	assert.Equal(t, 15, r.Stats.Commits)

	enough := errors.New("enough")
	var mu sync.Mutex
	visited := 0
	err := openRange(t, dir, "HEAD").Walk(t.Context(), func(scanner.Blob) error {
		mu.Lock()
		defer mu.Unlock()
		if visited++; visited == 5 {
			return enough
		}
		return nil
	})
	assert.ErrorIs(t, err, enough)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = openRange(t, dir, "HEAD").Walk(ctx, func(scanner.Blob) error { return nil })
	assert.ErrorIs(t, err, context.Canceled)
}

// That a clone is partial is said when something is missing.
func TestRangeOfPartialClone(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	git(t, dir, "init", "-q", "-b", "main")
	put(t, ".", "a", "1")
	git(t, dir, "add", ".")
	git(t, dir, "commit", "-qm", "1")
	git(t, dir, "commit", "-qm", "2", "--allow-empty")
	git(t, dir, "config", "uploadpack.allowFilter", "true")
	git(t, dir, "clone", "-q", "--bare", "--filter=blob:none", "file://"+dir, "partial.git")
	assert.True(t, scan(t, openRange(t, "partial.git", "HEAD~1..HEAD")).Complete())
	r := scan(t, openRange(t, "partial.git", "HEAD"))
	require.Len(t, r.Skipped, 1)
	assert.Equal(t, "a", r.Skipped[0].Path)
	assert.Contains(t, r.Skipped[0].Reason, "git fetch --refetch --no-filter")
}
