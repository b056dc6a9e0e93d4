// This file runs what docs/actions.md has to copy besides workflows that act runs: the scripts of other systems, of the
// organisation scan and of the shared workflow, as a shell gets them.

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

// pipelineBlock reads the YAML block of docs/actions.md that begins with a comment of this name.
func pipelineBlock(t *testing.T, name string, to any) {
	t.Helper()
	data, err := os.ReadFile("../../docs/actions.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(data), "\n```yaml\n# "+name+"\n")
	require.True(t, found, name)
	text, _, _ := strings.Cut(rest, "\n```")
	require.NoError(t, yaml.Unmarshal([]byte(text), to))
}

// script runs a script in the work tree of a repository, where go install has installed klaviyolint. It returns the exit code.
func (h *hooked) script(script string, env ...string) (out string, code int) {
	h.Helper()
	program, err := exec.LookPath("klaviyolint") // see newHooked
	require.NoError(h, err)
	path := h.TempDir()
	require.NoError(h, os.MkdirAll(filepath.Join(path, "bin"), 0o700))
	require.NoError(h, os.Symlink(program, filepath.Join(path, "bin/klaviyolint")))
	require.NoError(h, os.WriteFile(filepath.Join(path, "go"), []byte("#!/bin/sh\ncase $1 in install) ;; env) echo "+path+";; *) exit 9;; esac\n"), 0o700))
	cmd := exec.Command("bash", "-e", "-o", "pipefail", "-c", script)
	cmd.Dir, cmd.Env = h.dir, append(append(h.env, "PATH="+path+":"+os.Getenv("PATH"), "GITHUB_STEP_SUMMARY=", "GITHUB_WORKSPACE="), env...)
	said, err := cmd.CombinedOutput()
	assert.NotEqual(h, -1, cmd.ProcessState.ExitCode(), err)
	for _, key := range keys {
		assert.NotContains(h, string(said), key)
	}
	return string(said), cmd.ProcessState.ExitCode()
}

// threeCommits has a key in the second that the third takes away, and returns the commit before them.
func (h *hooked) threeCommits() (base string) {
	h.Helper()
	base = strings.TrimSpace(h.must("git", "rev-parse", "HEAD"))
	h.rangeOf("gone.env")
	h.must("git", "rm", "-q", "gone.env")
	h.must("git", "commit", "-qm", "without it")
	return base
}

func TestPipelineOfGitLab(t *testing.T) {
	var file struct {
		Klaviyolint struct{ Script []string }
	}
	pipelineBlock(t, ".gitlab-ci.yml", &file)
	r := newHooked(t)
	base := r.threeCommits()
	zeros := strings.Repeat("0", 40)
	for name, c := range map[string]struct {
		bounds string
		found  int
	}{"merge request": {base + "..HEAD", 1}, "push": {"HEAD~1..HEAD", 0}, "first push": {zeros + "..HEAD", 1}, "schedule": {"", 1}} {
		out, code := r.script(strings.Join(file.Klaviyolint.Script, "\n"), "RANGE="+c.bounds)
		assert.Equal(t, c.found, code, "%s: %s", name, out)
		data, err := os.ReadFile(filepath.Join(r.dir, "gl-secret-detection-report.json"))
		require.NoError(t, err, out)
		var report struct{ Vulnerabilities []any }
		require.NoError(t, json.Unmarshal(data, &report))
		assert.Len(t, report.Vulnerabilities, c.found, name)
	}
}

func TestPipelineOfAzure(t *testing.T) {
	var file struct{ Steps []struct{ Script string } }
	pipelineBlock(t, "azure-pipelines.yml", &file)
	script := ""
	for _, step := range file.Steps {
		script += step.Script
	}
	r := newHooked(t)
	base := r.threeCommits()
	r.must("git", "update-ref", "refs/remotes/origin/main", base)
	staging := t.TempDir()
	sarif := filepath.Join(staging, "klaviyolint.sarif")
	for target, found := range map[string]int{"": 0, "refs/heads/main": 1, "main": 1} {
		_ = os.Remove(sarif)
		out, code := r.script(script, "STAGING="+staging, "SYSTEM_PULLREQUEST_TARGETBRANCH="+target)
		assert.Equal(t, found, code, "%q: %s", target, out)
		data, err := os.ReadFile(sarif)
		require.NoError(t, err, out)
		assert.Equal(t, found, strings.Count(string(data), `"ruleId":`), target)
	}
}

// The last step of the organisation scan joins the repositories' reports under their names, and misses none.
func TestPipelineOfOrganisation(t *testing.T) {
	var file struct {
		Jobs struct {
			Scan struct {
				Strategy struct{ Matrix struct{ Repository []string } }
			}
			Join struct{ Steps []struct{ Run string } }
		}
	}
	pipelineBlock(t, ".github/workflows/klaviyolint-organisation.yml", &file)
	steps, names := file.Jobs.Join.Steps, file.Jobs.Scan.Strategy.Matrix.Repository
	r := newHooked(t)
	r.threeCommits()
	for _, name := range names {
		dir := filepath.Join(r.dir, "reports/klaviyolint-"+name)
		require.NoError(t, os.MkdirAll(dir, 0o700))
		r.must("klaviyolint", "history", "--fail-on", "never", "-f", "json", "-o", filepath.Join(dir, "klaviyolint.json"))
	}
	last := steps[len(steps)-1].Run
	out, code := r.script(last)
	assert.Equal(t, 1, code, out)
	for _, name := range names {
		assert.Contains(t, out, name+"/gone.env")
	}
	require.NoError(t, os.RemoveAll(filepath.Join(r.dir, "reports/klaviyolint-"+names[0])))
	out, code = r.script(last)
	assert.Equal(t, 3, code, out)
	assert.Contains(t, out, fmt.Sprintf("::error::%d of %d repositories have a report", len(names)-1, len(names)))
}

// The shared workflow puts the action where git ignores it, and where the repository has nothing that would not be scanned.
func TestPipelineOfSharedWorkflow(t *testing.T) {
	data, err := os.ReadFile("../../.github/workflows/scan.yml")
	require.NoError(t, err)
	var file struct {
		Jobs struct {
			Scan struct {
				Steps []struct {
					ID, Run string
					With    map[string]string
				}
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(data, &file))
	prepare, action := "", ""
	for _, step := range file.Jobs.Scan.Steps {
		switch {
		case step.ID == "prepare":
			prepare = step.Run
		case step.With["path"] != "":
			action = step.With["path"]
		}
	}
	require.NotEmpty(t, prepare)
	require.NotEmpty(t, action)
	file2 := filepath.Join(t.TempDir(), "output")
	run := func(r *hooked, env ...string) (string, int) {
		require.NoError(t, os.WriteFile(file2, nil, 0o600))
		return r.script(prepare, append([]string{"GITHUB_OUTPUT=" + file2, "VERSION=", "REPOSITORY=a/b", "WORKFLOW=a/b/.github/workflows/scan.yml@refs/heads/main"}, env...)...)
	}

	r := newHooked(t)
	out, code := run(r)
	require.Zero(t, code, out)
	// What is then checked out there is no part of the scan, and neither a change.
	r.write(action+"/demo.env", "KLAVIYO_PUBLIC_KEY="+keys["SITE"]+"\n")
	assert.Empty(t, r.must("git", "status", "--porcelain"))
	s := scanStep(r, "KLAVIYOLINT_EVENT=push")
	assert.Equal(t, "0", s.outputs["findings"], s.said)
	// What the repository itself has there is not passed over.
	_, code = run(r)
	assert.Equal(t, 2, code)
	r.must("git", "add", "-f", action)
	r.must("git", "commit", "-qm", "hidden")
	require.NoError(t, os.RemoveAll(filepath.Join(r.dir, action)))
	_, code = run(r)
	assert.Equal(t, 2, code)

	for workflow, version := range map[string]string{"refs/tags/v1.2.3": "v1.2.3", "refs/heads/v1.2.3": "", "refs/tags/v1": "", "0123456789abcdef0123456789abcdef01234567": ""} {
		out, code := run(newHooked(t), "WORKFLOW=a/b/.github/workflows/scan.yml@"+workflow)
		require.Zero(t, code, out)
		text, err := os.ReadFile(file2)
		require.NoError(t, err)
		assert.Equal(t, "version="+version+"\n", string(text), workflow)
	}
	_, code = run(newHooked(t), "REPOSITORY=")
	assert.Equal(t, 2, code, "GitHub Enterprise Server of an earlier version")
}

// The step that takes the configuration of the base does, also where there is none.
func TestPipelineOfBaseConfiguration(t *testing.T) {
	data, err := os.ReadFile("../../docs/actions.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(data), "    run: git show ")
	require.True(t, found)
	line, _, _ := strings.Cut(rest, "\n")
	r := newHooked(t)
	temp := t.TempDir()
	read := func(base string) string {
		out, code := r.script("git show "+line, "RUNNER_TEMP="+temp, "BASE="+base)
		require.Zero(t, code, out)
		text, err := os.ReadFile(filepath.Join(temp, "base.yaml"))
		require.NoError(t, err)
		return string(text)
	}
	assert.Empty(t, read("HEAD"))
	r.write(".klaviyolint.yaml", "exclude: [a]\n")
	r.must("git", "add", ".")
	r.must("git", "commit", "-qm", "configuration")
	r.write(".klaviyolint.yaml", "exclude: ['**']\n")
	assert.Equal(t, "exclude: [a]\n", read("HEAD"))
}
