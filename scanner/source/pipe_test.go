//go:build unix

package source

import (
	"os"
	"os/exec"
	"path/filepath"
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
	git(t, "repo", "init", "-q")
	require.NoError(t, os.Remove("repo/.git/info/exclude"))
	require.NoError(t, syscall.Mkfifo("repo/.git/info/exclude", 0o600))
	r = scan(t, &Dir{Root: "repo"})
	require.Len(t, r.Skipped, 2)
	assert.Equal(t, "repo/.gitignore", r.Skipped[0].Path)
	assert.Equal(t, "repo/exclude", r.Skipped[1].Path)
}

// The superuser reads everything, so this runs as nobody then.
func TestUnreadableIsListed(t *testing.T) {
	if os.Getuid() == 0 {
		asNobody(t)
		return
	}
	t.Chdir(t.TempDir())
	put(t, ".", "a", "1", "b/c", "2", "d", "3")
	require.NoError(t, os.Chmod("a", 0))
	require.NoError(t, os.Chmod("b", 0))
	defer func() { assert.NoError(t, os.Chmod("b", 0o700)) }()
	read, failed := paths(t, &Dir{Root: "."})
	assert.Equal(t, []string{"d"}, read)
	require.Len(t, failed, 2)
	assert.Contains(t, failed[0], "a: open: permission denied")
	assert.Contains(t, failed[1], "b: open: permission denied")
	_, failed = paths(t, &Filtered{Source: Files{"b/c"}, Globs: Globs{Include: []string{"x"}}})
	assert.Len(t, failed, 1)
}

// asNobody runs the calling test in a process of a user without rights.
func asNobody(t *testing.T) {
	t.Helper()
	dir, err := os.MkdirTemp("", "")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	require.NoError(t, os.Chmod(dir, 0o777))
	test, err := os.ReadFile(os.Args[0])
	require.NoError(t, err)
	name := filepath.Join(dir, "test")
	require.NoError(t, os.WriteFile(name, test, 0o755))
	cmd := exec.Command(name, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "--- PASS: "+t.Name())
}
