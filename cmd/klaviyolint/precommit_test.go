package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The hooks of .pre-commit-hooks.yaml install and run under the real pre-commit.
func TestPreCommit(t *testing.T) {
	if _, err := exec.LookPath("pre-commit"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("pre-commit is not installed; make setup installs it")
		}
		t.Skip("pre-commit is not installed")
	}
	modules, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY", "GOCACHE").Output()
	require.NoError(t, err)
	env := strings.Split(strings.TrimSpace(string(modules)), "\n")
	home, repo, hooks := t.TempDir(), t.TempDir(), t.TempDir()
	command := func(dir, name string, args ...string) (string, error) {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+home, "PRE_COMMIT_HOME="+home, "GIT_CONFIG_GLOBAL=/dev/null",
			"GOMODCACHE="+env[0], "GOPROXY="+env[1], "GOCACHE="+env[2], "GOFLAGS=-modcacherw",
			"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
		out, err := cmd.CombinedOutput()
		for _, key := range keys {
			assert.NotContains(t, string(out), key)
		}
		return string(out), err
	}
	must := func(dir, name string, args ...string) string {
		t.Helper()
		out, err := command(dir, name, args...)
		require.NoError(t, err, out)
		return out
	}
	// The hooks as they stand in this work tree, committed or not, in a repository of their own.
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	files := must(root, "git", "ls-files", "-z", "-co", "--exclude-standard")
	for name := range strings.SplitSeq(strings.TrimRight(files, "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted, and not yet committed
		}
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(hooks, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(hooks, name), data, 0o600))
	}
	for _, dir := range []string{hooks, repo} {
		must(dir, "git", "init", "-q")
	}
	must(hooks, "git", "add", ".")
	must(hooks, "git", "commit", "-qm", "hooks")
	must(hooks, "git", "tag", "v0")

	config := "repos:\n- repo: " + hooks + "\n  rev: v0\n  hooks:\n  - id: klaviyolint\n  - id: klaviyolint-files\n  - id: klaviyolint-commit-msg\n"
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(repo, name), []byte(text), 0o600))
	}
	write(".pre-commit-config.yaml", config)
	write("clean.env", "KLAVIYO_PUBLIC_KEY=AbC123\n")
	must(repo, "git", "add", ".")
	must(repo, "pre-commit", "install", "-t", "pre-commit", "-t", "commit-msg")
	out := must(repo, "git", "commit", "-m", "clean")
	assert.Regexp(t, `klaviyolint \(staged content\)\.+Passed`, out)
	assert.Regexp(t, `klaviyolint \(files\)\.+Passed`, out)
	assert.Regexp(t, `klaviyolint \(commit message\)\.+Passed`, out)

	write("wrong.env", "KLAVIYO_PUBLIC_KEY="+keys["SITE"]+"\n")
	must(repo, "git", "add", ".")
	write("wrong.env", "KLAVIYO_PUBLIC_KEY=AbC123\n") // mended in the work tree only
	out, err = command(repo, "git", "commit", "-m", "wrong")
	require.Error(t, err, out)
	assert.Regexp(t, `klaviyolint \(staged content\)\.+Failed`, out)
	assert.Contains(t, out, "wrong.env:1:20: error: private key in a setting for the public key [public-setting]")
	assert.Contains(t, out, "klaviyolint stopped this commit")

	must(repo, "git", "add", ".")
	must(repo, "git", "commit", "-m", "mended")
	write("wrong.env", "KLAVIYO_PUBLIC_KEY="+keys["HEX"]+"\n")
	out, err = command(repo, "pre-commit", "run", "--all-files", "klaviyolint-files")
	require.Error(t, err, out)
	assert.Contains(t, out, "wrong.env:1:20: error:")

	// A file named like a flag cannot turn the hook off.
	write("--exclude=**", "x\n")
	must(repo, "git", "add", ".")
	out, err = command(repo, "git", "commit", "-m", "hostile")
	require.Error(t, err, out)
	assert.Regexp(t, `klaviyolint \(files\)\.+Failed`, out)

	// In CI nothing is staged, and the hook for staged content must not pass for that.
	must(repo, "git", "commit", "--no-verify", "-m", "committed all the same")
	out, err = command(repo, "pre-commit", "run", "--all-files", "klaviyolint")
	require.Error(t, err, out)
	assert.Contains(t, out, "wrong.env:1:20: error:")

	// With anything staged it scans that and no more, so CI is for the hook that takes files: docs/hooks.md.
	write("clean2.env", "KLAVIYO_PUBLIC_KEY=AbC123\n")
	must(repo, "git", "add", "clean2.env")
	must(repo, "pre-commit", "run", "--all-files", "klaviyolint")
	out, err = command(repo, "pre-commit", "run", "--all-files", "klaviyolint-files")
	require.Error(t, err, out)
}
