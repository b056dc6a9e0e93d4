//go:build unix

package source

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPipesAreNotOpened(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, ".", "a", hexKey)
	require.NoError(t, syscall.Mkfifo("pipe", 0o600))
	r := scan(t, &Dir{Root: "."})
	assert.Len(t, r.Findings, 1)
	require.Len(t, r.Skipped, 1)
	assert.Equal(t, "pipe", r.Skipped[0].Path)
	assert.Contains(t, r.Skipped[0].Reason, "named pipe")

	r = scan(t, Files{"pipe"})
	require.Len(t, r.Skipped, 1, "a pipe that appears after the listing does not hang either")

	require.NoError(t, os.Mkdir("repo", 0o700))
	require.NoError(t, syscall.Mkfifo("repo/.gitignore", 0o600))
	require.NoError(t, os.Mkdir("repo/.git", 0o700))
	r = scan(t, &Dir{Root: "repo"})
	assert.Len(t, r.Skipped, 1)
}

func TestUnreadableIsListed(t *testing.T) {
	if os.Getuid() == 0 {
		// The superuser reads everything; a file that vanishes is unreadable to all.
		_, failed := paths(t, Files{filepath.Join(t.TempDir(), "gone")})
		require.Len(t, failed, 1)
		return
	}
	t.Chdir(t.TempDir())
	put(t, ".", "a", "1", "b/c", "2", "d", "3")
	require.NoError(t, os.Chmod("a", 0))
	require.NoError(t, os.Chmod("b", 0))
	read, failed := paths(t, &Dir{Root: "."})
	assert.Equal(t, []string{"d"}, read)
	require.Len(t, failed, 2)
	assert.True(t, strings.Contains(failed[0], "permission denied"))
	require.NoError(t, os.Chmod("b", 0o700))
}
