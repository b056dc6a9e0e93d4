package source

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

// places lists findings without what only git knows.
func places(r *scanner.Report) []string {
	list := []string{}
	for _, f := range r.Findings {
		list = append(list, fmt.Sprint(f.Path, " ", f.Start, f.End, f.Rule.ID, f.Key, f.Slot, f.Via, f.Line))
	}
	return list
}

// The same tree gives the same findings through every source.
func TestSourcesAgree(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	put(t, ".",
		"theme/a.liquid", `<script src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=`+siteKey+"\">\r\n",
		".env", "é KLAVIYO_PUBLIC_KEY="+hexKey,
		"utf16.ps1", "\xff\xfek\x00e\x00y\x00=\x00"+wide(hexKey),
		"bin", "\x00\x01\xff"+hexKey+"\x00",
		"empty", "", "clean", "KLAVIYO_PUBLIC_KEY=AbC123",
	)
	require.NoError(t, os.Symlink(hexKey, "link"))
	want := scan(t, &Dir{Root: "."})
	require.Len(t, want.Findings, 5)
	assert.Equal(t, 7, want.Stats.Files)

	git(t, dir, "init", "-q")
	git(t, dir, "add", ".")
	store, err := gitstore.Open(".", gitstore.Env{})
	require.NoError(t, err)
	defer store.Close()
	staged := scan(t, &Staged{Store: store})
	assert.Equal(t, places(want), places(staged))
	assert.Equal(t, want.Stats, staged.Stats)

	git(t, dir, "commit", "-qm", "all")
	git(t, dir, "gc", "-q")
	store, err = gitstore.Open(".", gitstore.Env{})
	require.NoError(t, err)
	defer store.Close()
	assert.Empty(t, scan(t, &Staged{Store: store}).Findings)
	assert.Equal(t, places(want), places(scan(t, &Staged{Store: store, All: true})))
	history := scan(t, &History{Store: store})
	assert.True(t, history.Complete())
	assert.Equal(t, places(want), places(history))
	for _, f := range history.Findings {
		assert.Equal(t, "head", f.Reach)
		assert.Equal(t, "all", f.Commit.Subject)
	}

	for _, f := range want.Findings {
		if f.Path == "link" {
			continue
		}
		in, err := os.Open(f.Path)
		require.NoError(t, err)
		one := scan(t, &Stdin{Reader: in, Path: f.Path})
		require.NoError(t, in.Close())
		assert.Equal(t, places(&scanner.Report{Findings: []*scanner.Finding{f}}), places(one))
		assert.Equal(t, places(one), places(scan(t, Files{f.Path})))
	}
}

func wide(s string) string {
	out := ""
	for i := range len(s) {
		out += s[i:i+1] + "\x00"
	}
	return out
}

func TestStagedInSparseAndShallowRepositories(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	git(t, dir, "init", "-q", "full")
	put(t, "full", "a/x", "1", "b/y", "2", "b/c/z", "3", "top", "4")
	git(t, dir+"/full", "add", ".")
	git(t, dir+"/full", "commit", "-qm", "all")
	git(t, dir, "clone", "-q", "--depth", "1", "file://"+dir+"/full", "clone")
	t.Chdir(dir + "/clone")
	git(t, ".", "sparse-checkout", "set", "--cone", "--sparse-index", "a")
	put(t, ".", "a/new", hexKey)
	git(t, ".", "add", "a/new")
	store, err := gitstore.Open(".", gitstore.Env{})
	require.NoError(t, err)
	defer store.Close()
	r := scan(t, &Staged{Store: store})
	assert.True(t, r.Complete(), "%v", r.Skipped)
	require.Len(t, r.Findings, 1)
	assert.Equal(t, 1, r.Stats.Files)
	assert.Equal(t, 5, scan(t, &Staged{Store: store, All: true}).Stats.Files)
}

// A blob that is too large to be held is read as a stream, loose and packed, staged and in the history.
func TestLargeBlobs(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	git(t, dir, "init", "-q")
	line := strings.Repeat("x", 1023) + "\n"
	put(t, ".", "big.js", strings.Repeat(line, gitstore.MaxInMemory>>10+1000)+"Klaviyo.initialize('"+siteKey+"')\n")
	want := scan(t, &Dir{Root: "."})
	require.Len(t, want.Findings, 1)
	git(t, dir, "add", ".")
	for _, packed := range []bool{false, true} {
		store, err := gitstore.Open(".", gitstore.Env{})
		require.NoError(t, err)
		assert.Equal(t, places(want), places(scan(t, &Staged{Store: store, All: true})))
		if packed {
			history := scan(t, &History{Store: store})
			assert.Equal(t, places(want), places(history))
			assert.Equal(t, 1, history.Stats.Blobs)
			assert.Equal(t, 1, history.Stats.Commits)
		}
		require.NoError(t, store.Close())
		if !packed {
			git(t, dir, "commit", "-qm", "big")
			git(t, dir, "repack", "-qad")
		}
	}
}
