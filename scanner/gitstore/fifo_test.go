//go:build unix

// This file puts FIFOs where files should be: opening one hangs.

package gitstore

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFIFO(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"HEAD", "config", "packed-refs", "shallow", "refs/heads/main", "index", "logs/HEAD", "FETCH_HEAD", "commondir",
		"objects/info/alternates", "loose", "pack", "idx",
	} {
		r := newRepo(t)
		id := r.commit("a.txt", "a")
		r.git("repack", "-q", "-a", "-d")
		loose := r.commit("b.txt", "b")
		file := r.path(".git/" + name)
		switch name {
		case "loose":
			file = looseName(r.path(".git/objects"), loose)
		case "pack", "idx":
			names, err := filepath.Glob(r.path(".git/objects/pack/*." + name))
			require.NoError(t, err)
			file = names[0]
		}
		os.Remove(file)
		require.NoError(t, syscall.Mkfifo(file, 0o644), name)
		s := r.open()
		got := sweepAll(t, s)
		s.Refs()
		s.Reflog()
		_, err := s.Index()
		locate(t, s, []ID{id})
		switch name {
		case "index":
			assert.ErrorIs(t, err, errNotRegular)
		case "loose":
			assert.ErrorIs(t, got.errs[loose], errNotRegular)
		case "commondir":
		default:
			assert.Contains(t, problems(s), "not a regular file", name)
		}
		if name != "pack" && name != "loose" {
			assert.Len(t, got.objects, 6, name)
		}
	}
	dir := t.TempDir()
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, ".git"), 0o644))
	_, err := Open(dir, Env{})
	assert.ErrorIs(t, err, errNotRegular)
	assert.True(t, strings.Contains(err.Error(), ".git"))
}
