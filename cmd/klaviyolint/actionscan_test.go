// This file runs the action's script as the runner does, without act: the cases in which it must not say that all is well.

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// step is a run of .github/action/scan.sh.
type step struct {
	said    string
	code    int
	outputs map[string]string
}

// scanStep runs the script in a repository's work tree, with what a workflow sets.
func scanStep(r *hooked, env ...string) step {
	r.Helper()
	script, err := filepath.Abs("../../.github/action/scan.sh")
	require.NoError(r, err)
	program, err := exec.LookPath("klaviyolint") // see newHooked
	require.NoError(r, err)
	temp := r.TempDir()
	file := filepath.Join(temp, "output")
	require.NoError(r, os.WriteFile(file, nil, 0o600))
	cmd := exec.Command("bash", script)
	cmd.Dir = r.dir
	cmd.Env = append(append(r.env, "KLAVIYOLINT_PROGRAM="+program, "RUNNER_TEMP="+temp, "GITHUB_OUTPUT="+file,
		"GITHUB_STEP_SUMMARY="+filepath.Join(temp, "summary"), "GITHUB_WORKSPACE="+r.dir, "PWD="+r.dir), env...)
	out, err := cmd.CombinedOutput()
	s := step{said: string(out), code: cmd.ProcessState.ExitCode(), outputs: map[string]string{}}
	assert.NotEqual(r, -1, s.code, err)
	for _, key := range keys {
		assert.NotContains(r, s.said, key)
	}
	text, err := os.ReadFile(file)
	require.NoError(r, err)
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		s.outputs[name] = value
	}
	return s
}

// rangeOf makes a commit of files with a key and returns the environment of its pull request.
func (h *hooked) rangeOf(files ...string) []string {
	h.Helper()
	base := strings.TrimSpace(h.must("git", "rev-parse", "HEAD"))
	for _, name := range files {
		h.write(name, "KLAVIYO_PUBLIC_KEY="+keys["SITE"]+"\n")
	}
	h.must("git", "add", "-A")
	h.must("git", "commit", "-q", "-m", "keys")
	head := strings.TrimSpace(h.must("git", "rev-parse", "HEAD"))
	return []string{"KLAVIYOLINT_EVENT=pull_request", "KLAVIYOLINT_BASE=" + base, "KLAVIYOLINT_HEAD=" + head}
}

func TestActionWithoutCheckout(t *testing.T) {
	r := newHooked(t)
	for _, event := range []string{"push", "pull_request", "schedule"} {
		r.dir = t.TempDir()
		s := scanStep(r, "KLAVIYOLINT_EVENT="+event)
		assert.NotZero(t, s.code, "%s: %s", event, s.said)
		assert.Equal(t, map[string]string{"sarif-file": "", "json-file": "", "findings": "0", "complete": "false"}, s.outputs, event)
	}
}

// Paths are files and directories in every mode, whatever their names would be as patterns.
func TestActionOnPaths(t *testing.T) {
	r := newHooked(t)
	require.NoError(t, os.Symlink("lib", filepath.Join(r.dir, "link")))
	env := r.rangeOf("app/[shop]/x.env", "app/s/y.env", "lib/{a,b}.env", `odd/a\*.env`)
	require.NoError(t, os.Mkdir(filepath.Join(r.dir, "empty"), 0o700))
	for paths, want := range map[string]string{
		"": "4", ".": "4", "./": "4", "lib\n.": "4", r.dir: "4", "app": "2", "app/": "2", "./app/.": "2", "app/[shop]": "1", "app/[shop]/x.env": "1",
		r.dir + "/app": "2", "lib/{a,b}.env": "1", "lib\r\nodd": "2", `odd/a\*.env`: "1", " app ": "2", r.dir + "/": "4", "app//s": "1", "app/./s/.": "1",
	} {
		for _, mode := range []string{"range", "tree", "history"} {
			s := scanStep(r, append(env, "KLAVIYOLINT_MODE="+mode, "KLAVIYOLINT_PATHS="+paths)...)
			assert.Equal(t, 1, s.code, "%s %q: %s", mode, paths, s.said)
			assert.Equal(t, want, s.outputs["findings"], "%s %q: %s", mode, paths, s.said)
			assert.Equal(t, "true", s.outputs["complete"])
		}
	}
	for _, paths := range []string{"../x", "/etc", "app/../../x", "ap", `"app"`, "*", `app\s`, "App", ".git", "empty", "link", "app\nlib/none"} {
		for _, mode := range []string{"range", "tree", "history"} {
			s := scanStep(r, append(env, "KLAVIYOLINT_MODE="+mode, "KLAVIYOLINT_PATHS="+paths)...)
			if mode == "tree" && slices.Contains([]string{"link", ".git", "App"}, paths) { // what is named is scanned, as the system takes it
				continue
			}
			assert.Contains(t, []int{2, 3}, s.code, "%s %q: %s", mode, paths, s.said)
			assert.Empty(t, s.outputs["sarif-file"])
		}
	}
	// A shard, or a time, in which there is nothing is no mistake.
	for _, args := range []string{"--shard 1/50", "--since=2099-01-01"} {
		s := scanStep(r, append(env, "KLAVIYOLINT_MODE=history", "KLAVIYOLINT_ARGS="+args, "KLAVIYOLINT_FAIL_ON=never")...)
		assert.Zero(t, s.code, s.said)
		assert.NotEmpty(t, s.outputs["json-file"])
	}
	// What came and went on a branch that was merged.
	branch := strings.TrimSpace(r.must("git", "branch", "--show-current"))
	r.must("git", "checkout", "-qb", "side")
	r.rangeOf("sec/x.env")
	r.must("git", "rm", "-q", "sec/x.env")
	r.must("git", "commit", "-qm", "gone")
	r.must("git", "checkout", "-q", branch)
	r.must("git", "commit", "-q", "--allow-empty", "-m", "on")
	r.must("git", "merge", "-q", "--no-ff", "-m", "merge", "side")
	side := scanStep(r, append(env, "KLAVIYOLINT_MODE=history", "KLAVIYOLINT_PATHS=sec")...)
	assert.Equal(t, "1", side.outputs["findings"], side.said)
	r.must("git", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", r.dir, "module")
	r.must("git", "commit", "-qm", "module")
	for args, code := range map[string]int{"": 2, "--submodules": 1} {
		s := scanStep(r, "KLAVIYOLINT_MODE=history", "KLAVIYOLINT_PATHS=module", "KLAVIYOLINT_ARGS="+args)
		assert.Equal(t, code, s.code, s.said)
	}
	r.must("git", "rm", "-qr", "lib")
	s := scanStep(r, append(r.rangeOf("z.env"), "KLAVIYOLINT_PATHS=lib", "KLAVIYOLINT_MODE=history")...)
	assert.Equal(t, "1", s.outputs["findings"], "what is gone: %s", s.said)
	for _, args := range []string{"--config=x.yaml", "--baseline x.json"} {
		s = scanStep(r, append(env, "KLAVIYOLINT_ARGS="+args)...)
		assert.Equal(t, 2, s.code, s.said)
	}
	s = scanStep(r, append(env, "KLAVIYOLINT_MODE=tree", "KLAVIYOLINT_ARGS=-")...)
	assert.Equal(t, 2, s.code, s.said)
}

// Who reviews a pull request that changes what counts is told so.
func TestActionTellsOfSettings(t *testing.T) {
	r := newHooked(t)
	r.write(".klaviyolint.yaml", "exclude: ['**/*.env']\n")
	env := r.rangeOf("x.env")
	s := scanStep(r, env...)
	assert.Zero(t, s.code, s.said)
	assert.Contains(t, s.said, "::warning title=klaviyolint::this changes .klaviyolint.yaml, which decides what counts as a finding\n")
	r.write("y.txt", "")
	s = scanStep(r, r.rangeOf("y.env")...)
	assert.NotContains(t, s.said, "this changes")
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "../k.yaml"), nil, 0o600))
	r.write(".klaviyolint.yaml", "exclude: ['**']\n")
	s = scanStep(r, append(r.rangeOf("w.env"), "KLAVIYOLINT_CONFIG=../k.yaml")...)
	assert.NotContains(t, s.said, "this changes", "it is not read")
	assert.Equal(t, "1", s.outputs["findings"], s.said)
	// What only the base changed is not the range's.
	branch := strings.TrimSpace(r.must("git", "branch", "--show-current"))
	r.must("git", "checkout", "-qb", "topic", "HEAD~1")
	env = r.rangeOf("v.env")
	env[1] = "KLAVIYOLINT_BASE=" + strings.TrimSpace(r.must("git", "rev-parse", branch))
	s = scanStep(r, env...)
	assert.NotContains(t, s.said, "this changes", s.said)
	r.must("git", "rm", "-q", ".klaviyolint.yaml")
	s = scanStep(r, r.rangeOf("z.env")...)
	assert.Contains(t, s.said, "this changes .klaviyolint.yaml")
	assert.Equal(t, "1", s.outputs["findings"], s.said)
}

// A link in what is checked out is not written through.
func TestActionWritesThroughNoLink(t *testing.T) {
	r := newHooked(t)
	outside := filepath.Join(t.TempDir(), "precious")
	require.NoError(t, os.WriteFile(outside, []byte("precious"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(r.dir, "out.sarif")))
	require.NoError(t, os.Symlink(filepath.Dir(outside), filepath.Join(r.dir, "out")))
	env := r.rangeOf()
	for _, file := range []string{"out.sarif", "out/precious", "nowhere/x.sarif", r.dir + "/out/precious", "../x.sarif"} {
		s := scanStep(r, append(env, "KLAVIYOLINT_SARIF_FILE="+file)...)
		assert.Equal(t, 2, s.code, s.said)
	}
	data, err := os.ReadFile(outside)
	require.NoError(t, err)
	assert.Equal(t, "precious", string(data))
	s := scanStep(r, append(env, "KLAVIYOLINT_SARIF_FILE=here.sarif")...)
	assert.Zero(t, s.code, s.said)
	assert.FileExists(t, filepath.Join(r.dir, "here.sarif"))
}

// What is not as it should be between scan and report never ends well, and a message of any length is only a message.
func TestActionWithOddPrograms(t *testing.T) {
	r := newHooked(t)
	env := r.rangeOf("x.env")
	self, err := exec.LookPath("klaviyolint")
	require.NoError(t, err)
	for name, script := range map[string]string{
		"no report": `exit 0`,
		"no SARIF":  `for o; do shift; case $o in --report=sarif=*|--sarif*) ;; *) set -- "$@" "$o";; esac; done; exec "` + self + `" "$@"`,
		"no JSON":   `for o; do shift; case $o in --report=json=*) ;; *) set -- "$@" "$o";; esac; done; exec "` + self + `" "$@"`,
		"an end":    `kill -9 $$`,
	} {
		program := filepath.Join(t.TempDir(), "program")
		require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\n"+script+"\n"), 0o700))
		s := scanStep(r, append(env, "KLAVIYOLINT_PROGRAM="+program)...)
		assert.NotZero(t, s.code, "%s: %s", name, s.said)
		assert.NotEqual(t, "true", s.outputs["complete"], name)
	}
	// The token is for git alone.
	program := filepath.Join(t.TempDir(), "program")
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\nenv\n"), 0o700))
	s := scanStep(r, append(env, "KLAVIYOLINT_PROGRAM="+program, "KLAVIYOLINT_TOKEN=token-of-the-job")...)
	assert.NotContains(t, s.said, "token-of-the-job")

	r.write("message", "long\n\n"+strings.Repeat("a word and another\n", 30_000))
	r.must("git", "add", "-A")
	r.must("git", "commit", "-q", "-F", "message")
	s = scanStep(r, r.rangeOf("z.env")...)
	assert.Equal(t, "1", s.outputs["findings"], s.said)
	head := strings.TrimSpace(r.must("git", "rev-parse", "HEAD~1"))
	r.must("git", "checkout", "-q", head)
	s = scanStep(r, "KLAVIYOLINT_EVENT=pull_request", "KLAVIYOLINT_BASE="+strings.TrimSpace(r.must("git", "rev-parse", "HEAD~1")), "KLAVIYOLINT_HEAD="+head)
	assert.Zero(t, s.code, s.said)
}
