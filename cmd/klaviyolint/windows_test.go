// This file compares the program for Windows with this one.

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The program for Windows, where wine can run it and WINEPREFIX is set, reports what this one does, to the byte: of files, whose names have
// slashes and may be long, with lines that end in CR LF, and of a history, whose packs it cannot map. (Go's programs want
// ProcessPrng of bcryptprimitives.dll, which came to wine with version 9.)
func TestReportsOfWindows(t *testing.T) {
	t.Parallel()
	wine, err := exec.LookPath("wine")
	if err != nil || runtime.GOOS == "windows" || os.Getenv("WINEPREFIX") == "" {
		t.Skip("wine is not here, or WINEPREFIX does not say where it may write")
	}
	dir := t.TempDir()
	theirs, ours := filepath.Join(dir, "klaviyolint.exe"), filepath.Join(dir, "klaviyolint")
	for name, env := range map[string][]string{theirs: {"GOOS=windows", "GOARCH=amd64"}, ours: nil} {
		build := exec.Command("go", "build", "-o", name, ".")
		build.Env = append(append(os.Environ(), "CGO_ENABLED=0"), env...)
		out, err := build.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	env := append(os.Environ(), "WINEDEBUG=-all", "NO_COLOR=1", "GITHUB_STEP_SUMMARY=", "GITHUB_WORKSPACE=",
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.com", "GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=ann@example.com")
	probe := exec.Command(wine, theirs, "version")
	probe.Env = env
	if out, err := probe.Output(); err != nil || !strings.Contains(string(out), "windows/amd64") {
		t.Skipf("wine cannot run programs of this Go: %v", err)
	}

	shop := filepath.Join(dir, "shop")
	require.NoError(t, os.CopyFS(shop, os.DirFS("../../testdata/demo")))
	text := []byte("a key\r\nkey: \"" + keys["HEX"] + "\"\r\n")
	long := strings.Repeat("long/", 60) + "a.txt"
	for _, name := range []string{"lines.txt", "sub dir/ünï/a b#%.txt", "ignored.log", long} {
		require.NoError(t, os.MkdirAll(filepath.Join(shop, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(shop, name), text, 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(shop, ".gitignore"), []byte("*.log\r\n"), 0o600))
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"}, {"add", "-A"}, {"commit", "-q", "-m", "one"}, {"rm", "-q", "lines.txt"},
		{"commit", "-q", "-m", "two"}, {"gc", "-q"}, {"mv", "sub dir", "other"},
	} {
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Env = shop, env
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}

	try := func(command ...string) (out []byte, code int) {
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Dir, cmd.Env = shop, env
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			return append(out, stderr.Bytes()...), exit.ExitCode()
		}
		require.NoError(t, err)
		return append(out, stderr.Bytes()...), 0
	}
	clock := regexp.MustCompile(`<time [^\n]*</time>`) // when the scan was
	for _, args := range []string{
		"-f text .", "-f json .", "-f sarif .", "-f html .", "-f github .", "--exclude other/** -f json", "other -f json", "staged -f json",
		"history -f text", "history -f json", "history -f sarif", "history HEAD~1..HEAD -f json", "rules", "history --help",
	} {
		fields := strings.Fields(args)
		want, wantCode := try(append([]string{ours}, fields...)...)
		got, code := try(append([]string{wine, theirs}, fields...)...)
		assert.Equal(t, wantCode, code, args)
		assert.Equal(t, clock.ReplaceAllString(string(want), ""), clock.ReplaceAllString(string(got), ""), args)
	}
}
