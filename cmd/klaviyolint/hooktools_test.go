package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hookTools is where make setup puts what it gets from npm.
const hookTools = "../../bin/hooktools/node_modules"

// A hooked repository has a tool that manages its hooks.
type hooked struct {
	*testing.T
	dir string
	env []string
}

// newHooked makes a repository, in which klaviyolint is in PATH, for tests with real tools. One that is missing fails the
// test in CI, and skips it elsewhere.
func newHooked(t *testing.T, tools ...string) *hooked {
	if runtime.GOOS == "windows" {
		t.Skip("the tools are shell scripts")
	}
	modules, err := filepath.Abs(hookTools)
	require.NoError(t, err)
	bin, home := t.TempDir(), t.TempDir()
	path := strings.Join([]string{bin, filepath.Join(modules, ".bin"), os.Getenv("PATH")}, string(filepath.ListSeparator))
	t.Setenv("PATH", path)
	for _, tool := range append(tools, "git") {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is not installed; make setup installs it", tool)
			}
			t.Skipf("%s is not installed; make setup installs it", tool)
		}
	}
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(self, filepath.Join(bin, "klaviyolint"))) // see TestMain
	r := &hooked{T: t, dir: t.TempDir(), env: append(os.Environ(),
		"HOME="+home, "XDG_CONFIG_HOME=", "PRE_COMMIT_HOME="+home, "PREK_HOME="+home, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "CI=",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")}
	r.must("git", "init", "-q")
	r.write(".gitignore", "node_modules\n")
	r.write("clean.env", "KLAVIYO_PUBLIC_KEY=AbC123\n")
	r.must("git", "add", ".")
	r.must("git", "commit", "-qm", "first")
	return r
}

func (r *hooked) command(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = r.dir, r.env
	out, err := cmd.CombinedOutput()
	for _, key := range keys {
		assert.NotContains(r, string(out), key)
	}
	return string(out), err
}

func (r *hooked) must(name string, args ...string) string {
	r.Helper()
	out, err := r.command(name, args...)
	require.NoError(r, err, out)
	return out
}

func (r *hooked) write(name, text string) {
	name = filepath.Join(r.dir, name)
	require.NoError(r, os.MkdirAll(filepath.Dir(name), 0o700))
	require.NoError(r, os.WriteFile(name, []byte(text), 0o600))
}

// stops checks that what klaviyolint must stop is stopped, and nothing else; inMerges and inMessages say which of the
// hooks are there.
func (r *hooked) stops(inMerges, inMessages bool) {
	r.Helper()
	change := func() {
		r.must("sh", "-c", "echo x >> a.txt")
		r.must("git", "add", "a.txt")
	}
	change()
	r.must("git", "commit", "-m", "clean")

	wrong := "KLAVIYO_PUBLIC_KEY=" + keys["SITE"] + "\n"
	r.write("wrong.env", wrong)
	r.must("git", "add", ".")
	r.write("wrong.env", "KLAVIYO_PUBLIC_KEY=AbC123\n") // mended in the work tree only
	out, err := r.command("git", "commit", "-m", "wrong")
	require.Error(r, err, out)
	assert.Contains(r, out, "wrong.env:1:20: error: private key in a setting for the public key [public-setting]")
	assert.Contains(r, out, "klaviyolint stopped this commit")

	r.must("git", "reset", "-q", "--hard")
	if inMerges {
		r.must("git", "checkout", "-qb", "side")
		r.write("side.env", wrong)
		r.must("git", "add", ".")
		r.must("git", "commit", "-qnm", "side")
		r.must("git", "checkout", "-q", "-")
		r.must("git", "commit", "-q", "--allow-empty", "-m", "main")
		out, err = r.command("git", "merge", "side")
		require.Error(r, err, out)
		assert.Contains(r, out, "side.env:1:20: error:")
		r.must("git", "merge", "--abort")
	}
	if inMessages {
		change()
		out, err = r.command("git", "commit", "-m", "the key is "+keys["HEX"])
		require.Error(r, err, out)
		assert.Contains(r, out, "COMMIT_EDITMSG:1:12: error:")
		r.must("git", "commit", "-m", "no key")
	}
	assert.Empty(r, r.must("git", "status", "--porcelain", "-uno"))
}

// snippet returns the block of docs/hooks.md that begins with a line.
func snippet(t *testing.T, first string) string {
	t.Helper()
	data, err := os.ReadFile("../../docs/hooks.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(data), "\n"+first+"\n")
	require.True(t, found, first)
	text, _, _ := strings.Cut(rest, "```")
	return text
}

// preCommitConfig is the documented one for a version of pre-commit or of prek, with the installed klaviyolint.
func (r *hooked) preCommitConfig(old bool) string {
	hooks := filepath.Join(r.TempDir(), "hooks")
	require.NoError(r, os.MkdirAll(hooks, 0o700))
	data, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	require.NoError(r, err)
	require.NoError(r, os.WriteFile(filepath.Join(hooks, ".pre-commit-hooks.yaml"), data, 0o600))
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-qm", "hooks"}, {"tag", "v0"}} {
		r.must("git", append([]string{"-C", hooks}, args...)...)
	}
	var lines []string
	for line := range strings.SplitSeq(snippet(r.T, "# .pre-commit-config.yaml"), "\n") {
		line = strings.Replace(line, "https://github.com/klaviyolint/klaviyolint", hooks, 1)
		switch {
		case strings.HasPrefix(line, "    rev: "):
			line = "    rev: v0"
		case strings.Contains(line, "- id: "):
			line += "-system"
		case old && strings.Contains(line, "stages: "):
			line = strings.ReplaceAll(line, "pre-", "")
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestHooksOfPreCommit(t *testing.T) {
	r := newHooked(t, "pre-commit")
	version := strings.Fields(r.must("pre-commit", "--version"))
	old := strings.HasPrefix(version[1], "2.") || strings.HasPrefix(version[1], "3.0.") || strings.HasPrefix(version[1], "3.1.")
	r.write(".pre-commit-config.yaml", r.preCommitConfig(old))
	r.must("git", "add", ".")
	r.must("git", "commit", "-qm", "configuration")
	r.must("pre-commit", "install")
	out := r.must("klaviyolint", "hook", "status")
	assert.Equal(t, len(hooks), strings.Count(out, "pre-commit, and .pre-commit-config.yaml calls klaviyolint\n"), out)
	r.stops(true, true)

	// It runs in no hook but those for which it is in the configuration.
	config := r.preCommitConfig(old)
	one, _, found := strings.Cut(config, "      - id: klaviyolint-commit-msg")
	require.True(t, found)
	r.write(".pre-commit-config.yaml", one)
	out, err := r.command("klaviyolint", "hook", "status")
	require.Error(t, err)
	assert.Regexp(t, `pre-commit +pre-commit, and .* calls klaviyolint\n`, out)
	assert.Regexp(t, `pre-merge-commit +pre-commit, and .* calls klaviyolint\n`, out)
	assert.Regexp(t, `commit-msg +pre-commit, and .* may call klaviyolint`, out)
	assert.Regexp(t, `pre-push +pre-commit, and .* may call klaviyolint`, out)
}

func TestHooksOfPrek(t *testing.T) {
	r := newHooked(t, "prek")
	r.write(".pre-commit-config.yaml", r.preCommitConfig(false))
	r.must("git", "add", ".")
	r.must("git", "commit", "-qm", "configuration")
	r.must("prek", "install")
	r.must("klaviyolint", "hook", "status")
	r.stops(true, true)
}

// Under pre-commit and prek, klaviyolint hook install takes the place that they leave to others, whoever comes first; and
// what is left when either goes still works.
func TestInstallBesidePreCommit(t *testing.T) {
	for _, tool := range []string{"pre-commit", "prek"} {
		t.Run(tool, func(t *testing.T) {
			for _, first := range []bool{true, false} {
				r := newHooked(t, tool)
				r.write(".pre-commit-config.yaml", "repos:\n- repo: local\n  hooks:\n"+
					"  - {id: x, name: its own hook, entry: sh -c 'date >> own', language: system, always_run: true, pass_filenames: false}\n")
				r.write(".gitignore", "own\n")
				r.must("git", "add", ".")
				r.must("git", "commit", "-qm", "configuration")
				install := []func(){
					func() { r.must("klaviyolint", "hook", "install", "--hooks", "pre-commit,pre-merge-commit,commit-msg") },
					func() { r.must(tool, "install", "-t", "pre-commit", "-t", "commit-msg", "-t", "pre-merge-commit") },
				}
				if first {
					install[0], install[1] = install[1], install[0]
				}
				install[0]()
				install[1]()
				r.stops(true, true)
				_, err := os.Stat(filepath.Join(r.dir, "own"))
				require.NoError(t, err)
				r.must("klaviyolint", "hook", "install", "--hooks", "pre-commit,pre-merge-commit,commit-msg")
				out, _ := r.command("klaviyolint", "hook", "status")
				assert.Contains(t, out, "klaviyolint), then "+tool+"\n")

				if first {
					r.must(tool, "uninstall", "-t", "pre-commit", "-t", "commit-msg", "-t", "pre-merge-commit")
					out, _ = r.command("klaviyolint", "hook", "status")
					assert.Regexp(t, `pre-commit +klaviyolint \(.*\)\n`, out)
					r.stops(false, true)
				}
				r.must("klaviyolint", "hook", "uninstall")
				left, err := filepath.Glob(filepath.Join(r.dir, ".git/hooks/*klaviyolint*"))
				require.NoError(t, err)
				assert.Empty(t, left)
			}
		})
	}
}

func TestHooksOfLefthook(t *testing.T) {
	r := newHooked(t, "lefthook")
	r.write("lefthook.yml", snippet(t, "# lefthook.yml"))
	r.must("lefthook", "install")
	r.must("git", "add", ".")
	r.must("git", "commit", "-qm", "configuration")
	r.must("klaviyolint", "hook", "status")
	r.stops(true, true)
	// Beside it nothing is written, and what is shown is what is documented.
	out, err := r.command("klaviyolint", "hook", "install")
	require.Error(t, err)
	assert.Contains(t, strings.ReplaceAll(out, "\n\n", "\n"), snippet(t, "# lefthook.yml"))
}

func TestHooksOfHusky(t *testing.T) {
	r := newHooked(t, "husky", "lint-staged", "npx")
	modules, err := filepath.Abs(hookTools)
	require.NoError(t, err)
	require.NoError(t, os.Symlink(modules, filepath.Join(r.dir, "node_modules")))
	r.write(".gitignore", "node_modules\n/node_modules\n")
	r.write("package.json", `{"lint-staged": {"*.js": "cp .git/formatted"}}`)
	r.write(".git/formatted", "var k = '"+keys["SITE"]+"'\n")
	r.must("git", "add", ".gitignore", "package.json")
	r.must("git", "commit", "-qnm", "configuration")
	r.must("klaviyolint", "hook", "install", "--hooks", "pre-commit")
	r.must("husky")
	out, err := r.command("klaviyolint", "hook", "status")
	require.Error(t, err)
	assert.Contains(t, out, "do not run, because core.hooksPath is .husky/_")

	r.write(".husky/pre-commit", snippet(t, "# .husky/pre-commit"))
	r.write(".husky/commit-msg", "klaviyolint hook run commit-msg \"$@\"\n")
	r.must("git", "add", ".")
	r.must("git", "commit", "-m", "hooks")
	r.stops(false, true)

	// What lint-staged makes of a file is scanned.
	r.write("theme.js", "var k = 'x'\n")
	r.must("git", "add", ".")
	out, err = r.command("git", "commit", "-m", "formatted")
	require.Error(t, err, out)
	assert.Contains(t, out, "theme.js:1:10: error:")
}
