package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
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

// actionTools is where make setup puts act, actionlint and action-validator.
const actionTools = "../../bin/actiontools"

// workflow is a repository on GitHub with a workflow of docs/actions.md, which act runs on this machine.
type workflow struct {
	*hooked
	act, file, uploads string
	action             string // a copy of this repository's action
	job                string // the one that runs; "" for all
	log                string // of the last run
}

// actionTool returns a tool of make setup's. One that is missing fails the test in CI, and skips it elsewhere.
func actionTool(t *testing.T, name string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("act runs the action on Linux and macOS")
	}
	path, err := filepath.Abs(filepath.Join(actionTools, name))
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed; make setup installs it", name)
		}
		t.Skipf("%s is not installed; make setup installs it", name)
	}
	return path
}

// copyTree copies files and directories of this repository.
func copyTree(t *testing.T, to string, names ...string) {
	t.Helper()
	for _, name := range names {
		from := filepath.Join("../..", name)
		info, err := os.Stat(from)
		require.NoError(t, err)
		if info.IsDir() {
			require.NoError(t, os.CopyFS(filepath.Join(to, name), os.DirFS(from)))
			continue
		}
		data, err := os.ReadFile(from)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(to, name), data, info.Mode()))
	}
}

// documented returns a workflow of docs/actions.md, or of the README, and the name of its file.
func documented(t *testing.T, name string) (text, file string) {
	t.Helper()
	document := "docs/actions.md"
	if rest, ok := strings.CutPrefix(name, "README "); ok {
		document, name = "README.md", rest
	}
	data, err := os.ReadFile("../../" + document)
	require.NoError(t, err)
	first := "# .github/workflows/" + name + "\n"
	_, rest, found := strings.Cut(string(data), "\n"+first)
	require.True(t, found, name)
	text, _, _ = strings.Cut(rest, "```")
	return text, ".github/workflows/" + name
}

// newWorkflow makes a repository with a documented workflow, which runs the klaviyolint in PATH.
func newWorkflow(t *testing.T, name string) *workflow {
	w := &workflow{hooked: newHooked(t, "git", "jq"), act: actionTool(t, "act"), uploads: t.TempDir(), action: t.TempDir()}
	copyTree(t, w.action, "action.yml", ".github/action", "go.mod")
	text, file := documented(t, name)
	w.file = file
	installed := strings.Replace(text, "        id: klaviyolint\n        with:\n", "        id: klaviyolint\n        with:\n          version: installed\n", 1)
	if installed == text {
		installed = strings.Replace(text, "        id: klaviyolint\n", "        id: klaviyolint\n        with:\n          version: installed\n", 1)
	}
	if installed == text {
		installed = strings.TrimRight(text, "\n") + "\n        with:\n          version: installed\n"
	}
	// act 0.2.89 goes on when a step ends, whether or not it has copied all of its log, and drops the rest when the job ends.
	w.write(w.file, strings.TrimRight(installed, "\n")+"\n      - if: always()\n        run: sleep 2\n")
	w.commit("workflow")
	return w
}

// inWorkflow changes the workflow.
func (w *workflow) inWorkflow(old, text string) {
	w.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, w.file))
	require.NoError(w, err)
	require.Contains(w, string(data), old)
	w.write(w.file, strings.Replace(string(data), old, text, 1))
	w.commit("change the workflow")
}

// commit records all that there is and returns its ID.
func (w *workflow) commit(message string) string {
	w.Helper()
	w.must("git", "add", "-A")
	w.must("git", "commit", "-q", "--allow-empty", "-m", message)
	return w.head()
}

func (w *workflow) head() string { return strings.TrimSpace(w.must("git", "rev-parse", "HEAD")) }

// Steps with stand-ins: of setup-go nothing is wanted, and of an upload what would be sent.
const (
	standInGo     = "name: go\nruns: {using: composite, steps: [{shell: bash, run: echo a Go would be set up}]}\n"
	standInUpload = `name: upload
inputs: {sarif_file: {required: true}, category: {required: true}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {FILE: "${{ inputs.sarif_file }}", CATEGORY: "${{ inputs.category }}"}
      run: cp "$FILE" "$UPLOADS/$CATEGORY.sarif"
`
	standInArtifact = `name: artifact
inputs: {name: {required: true}, path: {required: true}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {FILE: "${{ inputs.path }}", NAME: "${{ inputs.name }}"}
      run: mkdir "$UPLOADS/$NAME" && cp "$FILE" "$UPLOADS/$NAME"
`
)

// usesRemote finds the actions of other repositories that a workflow uses: their repository, and the commit, branch or tag.
var usesRemote = regexp.MustCompile(`(?m)^[ -]+uses: ([\w-]+/[\w-]+)[\w/.-]*@(\S+)(?: +#.*)?$`)

// run has act run the workflow for an event, and returns its log and whether the job succeeded.
func (w *workflow) run(event string, payload any) (string, bool) {
	w.Helper()
	stands, home := w.TempDir(), w.TempDir()
	for name, text := range map[string]string{
		"go/action.yml": standInGo, "codeql/upload-sarif/action.yml": standInUpload, "artifact/action.yml": standInArtifact,
		"actrc": "", "event.json": toJSON(w.T, payload),
	} {
		name = filepath.Join(stands, name)
		require.NoError(w, os.MkdirAll(filepath.Dir(name), 0o700))
		require.NoError(w, os.WriteFile(name, []byte(text), 0o600))
	}
	require.NoError(w, os.MkdirAll(filepath.Join(home, ".config/act"), 0o700))
	require.NoError(w, os.WriteFile(filepath.Join(home, ".config/act/actrc"), nil, 0o600))
	args := []string{
		event, "-P", "ubuntu-latest=-self-hosted", "-W", w.file, "-e", filepath.Join(stands, "event.json"), "--no-cache-server", "--pull=false",
	}
	standIn := map[string]string{
		"klaviyolint/klaviyolint": w.action, "actions/setup-go": filepath.Join(stands, "go"),
		"github/codeql-action": filepath.Join(stands, "codeql"), "actions/upload-artifact": filepath.Join(stands, "artifact"),
	}
	for _, file := range []string{filepath.Join(w.dir, w.file), filepath.Join(w.action, "action.yml")} {
		text, err := os.ReadFile(file)
		require.NoError(w, err)
		for _, uses := range usesRemote.FindAllStringSubmatch(string(text), -1) {
			if dir := standIn[uses[1]]; dir != "" {
				args = append(args, "--local-repository", uses[1]+"@"+uses[2]+"="+dir)
			}
		}
	}
	for _, variable := range []string{
		"RUNNER_TEMP=" + w.TempDir(), "UPLOADS=" + w.uploads, "PATH=" + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GOCACHE=" + goEnv(w.T, "GOCACHE"), "GOMODCACHE=" + goEnv(w.T, "GOMODCACHE"), "GOPROXY=" + goEnv(w.T, "GOPROXY"), "GOFLAGS=-mod=mod",
	} {
		args = append(args, "--env", variable)
	}
	if w.job != "" {
		args = append(args, "-j", w.job)
	}
	cmd := exec.Command(w.act, args...)
	cmd.Dir = w.dir
	cmd.Env = append(w.env, "HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, "cache"), "XDG_CONFIG_HOME="+filepath.Join(home, ".config"))
	out, err := cmd.CombinedOutput()
	for _, key := range keys {
		assert.NotContains(w, string(out), key)
	}
	w.log = string(out)
	return w.log, err == nil
}

func goEnv(t *testing.T, name string) string {
	out, err := exec.Command("go", "env", name).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

func toJSON(t *testing.T, v any) string {
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

// uploaded returns the paths of the results that were uploaded under a category, after it had the file checked.
func (w *workflow) uploaded(category string) []string {
	w.Helper()
	name := filepath.Join(w.uploads, category+".sarif")
	data, err := os.ReadFile(name)
	require.NoError(w, err, w.log)
	m := newMultitool(w.T)
	m.clean(name)
	paths := []string{}
	for _, r := range m.parse(data) {
		paths = append(paths, r.Locations[0].PhysicalLocation.ArtifactLocation.URI)
	}
	return paths
}

func (w *workflow) noUpload() {
	w.Helper()
	require.NoError(w, fs.WalkDir(os.DirFS(w.uploads), ".", func(path string, d fs.DirEntry, err error) error {
		assert.True(w, err == nil && d.IsDir(), "%s was uploaded", path)
		return err
	}))
}

// pullRequest is what GitHub says of one.
func pullRequest(base, head, from string, commits int) map[string]any {
	return map[string]any{"action": "synchronize", "number": 1, "pull_request": map[string]any{
		"number": 1, "commits": commits,
		"base": map[string]any{"sha": base, "ref": "main", "repo": map[string]any{"full_name": "nektos/act"}},
		"head": map[string]any{"sha": head, "ref": "topic", "repo": map[string]any{"full_name": from}},
	}, "repository": map[string]any{"full_name": "nektos/act", "default_branch": "main"}}
}

// propose makes a branch of three commits, of which the second may have a key that the third takes away.
func (w *workflow) propose(wrong bool) (base, head string) {
	w.Helper()
	base = w.head()
	w.must("git", "checkout", "-qb", "topic")
	w.write("theme/a.js", "var a = 1\n")
	w.commit("one")
	if wrong {
		w.write("theme/settings.env", "KLAVIYO_PUBLIC_KEY="+keys["SITE"]+"\n")
	}
	w.commit("two")
	w.must("git", "rm", "-q", "-r", "--ignore-unmatch", "theme/settings.env")
	return base, w.commit("three")
}

func TestActionOnPullRequest(t *testing.T) {
	w := newWorkflow(t, "klaviyolint.yml")
	w.must("git", "remote", "add", "origin", "https://github.com/nektos/act")
	w.write("old.env", "KLAVIYO_PUBLIC_KEY="+keys["HEX"]+"\n") // what was there before is not the pull request's
	w.commit("old")
	base, head := w.propose(true)
	out, ok := w.run("pull_request", pullRequest(base, head, "nektos/act", 3))
	assert.False(t, ok, out)
	assert.Contains(t, out, "Scanning what "+base+".."+head+" brings in.")
	assert.Contains(t, out, "::error title=private key in a setting for the public key [public-setting]::theme/settings.env:1:20: ")
	assert.NotContains(t, out, "old.env:1")
	assert.Contains(t, out, "::set-output:: findings=1")
	assert.Contains(t, out, "::set-output:: complete=true")
	assert.Equal(t, []string{"theme/settings.env"}, w.uploaded("klaviyolint"))
}

// What the README has to copy does the same.
func TestActionOfREADME(t *testing.T) {
	w := newWorkflow(t, "README klaviyolint.yml")
	w.must("git", "remote", "add", "origin", "https://github.com/nektos/act")
	base, head := w.propose(true)
	out, ok := w.run("pull_request", pullRequest(base, head, "nektos/act", 3))
	assert.False(t, ok, out)
	assert.Contains(t, out, "::error title=private key in a setting for the public key [public-setting]::theme/settings.env:1:20: ")
	assert.Equal(t, []string{"theme/settings.env"}, w.uploaded("klaviyolint"))
}

func TestActionOnCleanPullRequest(t *testing.T) {
	w := newWorkflow(t, "klaviyolint.yml")
	w.must("git", "remote", "add", "origin", "https://github.com/nektos/act")
	base, head := w.propose(false)
	out, ok := w.run("pull_request", pullRequest(base, head, "nektos/act", 3))
	assert.True(t, ok, out)
	assert.Contains(t, out, "::set-output:: findings=0")
	assert.Empty(t, w.uploaded("klaviyolint"))
}

// From a fork nothing can be uploaded, and it is annotated all the same.
func TestActionOnFork(t *testing.T) {
	w := newWorkflow(t, "klaviyolint.yml")
	w.must("git", "remote", "add", "origin", "https://github.com/nektos/act")
	base, head := w.propose(true)
	out, ok := w.run("pull_request", pullRequest(base, head, "somebody/act", 3))
	assert.False(t, ok, out)
	assert.Contains(t, out, "::error title=private key in a setting for the public key [public-setting]::theme/settings.env:1:20: ")
	w.noUpload()
}

// The checkout of a pull request is GitHub's merge of it, into a base that has moved on.
func TestActionOnMergeOfPullRequest(t *testing.T) {
	w := newWorkflow(t, "klaviyolint.yml")
	w.must("git", "remote", "add", "origin", "https://github.com/nektos/act")
	branch := strings.TrimSpace(w.must("git", "branch", "--show-current"))
	base, head := w.propose(true)
	w.must("git", "checkout", "-q", branch)
	w.write("moved.env", "KLAVIYO_PUBLIC_KEY="+keys["HEX"]+"\n")
	moved := w.commit("the base moves on")
	w.must("git", "checkout", "-q", "--detach")
	w.must("git", "merge", "-q", "--no-ff", "-m", "merge", head)
	out, ok := w.run("pull_request", pullRequest(base, head, "nektos/act", 3))
	assert.False(t, ok, out)
	assert.Contains(t, out, "Scanning what "+moved+".."+w.head()+" brings in.")
	assert.Contains(t, out, "::error title=private key in a setting for the public key [public-setting]::theme/settings.env:1:20: ")
	assert.NotContains(t, out, "moved.env:1")
}

func TestActionOnPush(t *testing.T) {
	w := newWorkflow(t, "klaviyolint.yml")
	w.write("gone.env", "KLAVIYO_PUBLIC_KEY="+keys["HEX"]+"\n")
	w.commit("a key")
	w.must("git", "rm", "-q", "gone.env")
	w.write("here.env", "KLAVIYO_PUBLIC_KEY="+keys["SITE"]+"\n")
	w.commit("another")
	out, ok := w.run("push", map[string]any{"ref": "refs/heads/main"})
	assert.False(t, ok, out)
	assert.Equal(t, []string{"here.env"}, w.uploaded("klaviyolint"))
	// In range it is what the push brings.
	w.inWorkflow("version: installed\n", "version: installed\n          mode: range\n          fail-on: never\n")
	before := w.head()
	w.write("new.env", "KLAVIYO_PUBLIC_KEY="+keys["SITE"]+"\n")
	after := w.commit("new")
	out, ok = w.run("push", map[string]any{"ref": "refs/heads/main", "before": before, "after": after})
	assert.True(t, ok, out)
	assert.Equal(t, []string{"new.env"}, w.uploaded("klaviyolint"))
	// A new branch is all that leads to it, and so is one whose old commits are gone.
	for _, before := range []string{strings.Repeat("0", 40), strings.Repeat("12", 20)} {
		out, ok = w.run("push", map[string]any{"ref": "refs/heads/main", "before": before, "after": after})
		assert.True(t, ok, out)
		assert.Equal(t, []string{"gone.env", "here.env", "new.env"}, w.uploaded("klaviyolint"), out)
	}
}

func TestActionOnSchedule(t *testing.T) {
	w := newWorkflow(t, "klaviyolint-history.yml")
	w.write("gone.env", "KLAVIYO_PUBLIC_KEY="+keys["HEX"]+"\n")
	w.commit("a key")
	w.must("git", "rm", "-q", "gone.env")
	w.commit("without it")
	out, ok := w.run("schedule", map[string]any{"schedule": "17 3 * * 1"})
	assert.False(t, ok, out)
	assert.Equal(t, []string{"gone.env"}, w.uploaded("klaviyolint-history"))
}

func TestActionInMergeQueue(t *testing.T) {
	w := newWorkflow(t, "klaviyolint-queue.yml")
	w.must("git", "remote", "add", "origin", "https://github.com/nektos/act")
	base, head := w.propose(true)
	out, ok := w.run("merge_group", map[string]any{"action": "checks_requested", "merge_group": map[string]any{"base_sha": base, "head_sha": head}})
	assert.False(t, ok, out)
	assert.Contains(t, out, "::error title=private key in a setting for the public key [public-setting]::theme/settings.env:1:20: ")
}

// shallow puts in the workflow's place a clone of depth 1, as actions/checkout makes it.
func (w *workflow) shallow() {
	w.Helper()
	clone := filepath.Join(w.TempDir(), "shallow")
	w.must("git", "clone", "-q", "--depth", "1", "--no-tags", "file://"+w.dir, clone)
	w.dir = clone
}

// A shallow checkout gets what the range lacks: of a branch that left the base long ago, too.
func TestActionOnShallowCheckout(t *testing.T) {
	for _, far := range []int{1, 300} {
		t.Run(fmt.Sprint(far), func(t *testing.T) {
			w := newWorkflow(t, "klaviyolint.yml")
			w.write("old.env", "KLAVIYO_PUBLIC_KEY="+keys["HEX"]+"\n")
			w.commit("old")
			branch := strings.TrimSpace(w.must("git", "branch", "--show-current"))
			_, head := w.propose(true)
			w.must("git", "checkout", "-q", branch)
			for range far {
				w.must("git", "commit", "-q", "--allow-empty", "-m", "the base moves on")
			}
			base := w.head()
			w.must("git", "checkout", "-q", "topic")
			w.shallow()
			out, ok := w.run("pull_request", pullRequest(base, head, "nektos/act", 3))
			assert.False(t, ok, out)
			assert.Contains(t, out, "fetching more")
			assert.Contains(t, out, "::set-output:: findings=1")
			assert.Contains(t, out, "::set-output:: complete=true")
			assert.Contains(t, out, "::theme/settings.env:1:20: ")
		})
	}
}

func TestActionOnShallowCheckoutThatCannotFetch(t *testing.T) {
	w := newWorkflow(t, "klaviyolint.yml")
	base, head := w.propose(true)
	w.shallow()
	w.must("git", "remote", "set-url", "origin", "file://"+filepath.Join(w.TempDir(), "gone"))
	out, ok := w.run("pull_request", pullRequest(base, head, "nektos/act", 3))
	assert.False(t, ok, out)
	assert.Contains(t, out, "set fetch-depth: 0 for actions/checkout")
	assert.Contains(t, out, "::set-output:: complete=false")
	w.noUpload()
}

// Names of branches and files are data, and no line of the log is a command that they made.
func TestActionOnHostileNames(t *testing.T) {
	w := newWorkflow(t, "klaviyolint.yml")
	w.must("git", "remote", "add", "origin", "https://github.com/nektos/act")
	base := w.head()
	w.must("git", "checkout", "-qb", `$(touch${IFS}pwned);"&&touch${IFS}pwned`)
	var names []string
	for _, name := range []string{
		"$(touch pwned).env", "`touch pwned`.env", "a;touch pwned;.env", "\"'; touch pwned #.env", "\n::error::pwned.env", "::add-mask::a.env", "-o.env", "%0Apwned.env",
	} {
		w.write(name, "KLAVIYO_PUBLIC_KEY="+keys["SITE"]+"\n")
		names = append(names, name)
	}
	head := w.commit("$(touch pwned)\n\n::error::pwned")
	event := pullRequest(base, head, "nektos/act", 1)
	event["pull_request"].(map[string]any)["title"] = "$(touch pwned)"
	event["pull_request"].(map[string]any)["head"].(map[string]any)["ref"] = `$(touch${IFS}pwned);"&&touch${IFS}pwned`
	out, ok := w.run("pull_request", event)
	assert.False(t, ok, out)
	assert.Contains(t, out, fmt.Sprintf("::set-output:: findings=%d", len(names)))
	assert.Len(t, w.uploaded("klaviyolint"), len(names))
	assert.Contains(t, out, "::error file=$(touch pwned).env,line=1,endLine=1,col=20,")
	assert.NotRegexp(t, `(?m)^(\[[^]]*\]\s*\|?)?\s*::(error|add-mask)::`, out)
	w.inWorkflow("version: installed\n", "version: installed\n          args: $(touch pwned) `touch pwned` ; touch pwned\n")
	out, ok = w.run("pull_request", event) // an argument that is none is no command either
	assert.False(t, ok, out)
	assert.Contains(t, out, "::set-output:: complete=false")
	found, err := exec.Command("find", w.dir, w.action, ".", "-name", "pwned").Output()
	require.NoError(t, err)
	assert.Empty(t, string(found))
}

// The shards of the documented workflow leave reports that join into the whole, by its own last step.
func TestActionOnShards(t *testing.T) {
	w := newWorkflow(t, "klaviyolint-shards.yml")
	const n = 12
	for i := range n {
		w.write(fmt.Sprintf("%d.env", i), fmt.Sprintf("KLAVIYO_PUBLIC_KEY=%s\n# %d\n", keys["SITE"], i))
	}
	w.commit("keys")
	w.job = "scan"
	out, ok := w.run("workflow_dispatch", map[string]any{})
	require.True(t, ok, out)
	text, _ := documented(t, "klaviyolint-shards.yml")
	_, step, found := strings.Cut(text, "      - run: |\n          set --")
	require.True(t, found)
	require.NoError(t, os.Rename(w.uploads, filepath.Join(w.dir, "reports")))
	out, err := w.command("bash", "-c", "set -- "+step)
	require.Error(t, err)
	assert.Contains(t, out, fmt.Sprintf("%d findings", n), out)
	assert.Equal(t, 10, strings.Count(out, "::error file="), out)
}

// Without a release the action builds its own source, and its tree has no key.
func TestActionBuildsItsSource(t *testing.T) {
	w := newWorkflow(t, "klaviyolint.yml")
	copyTree(t, w.action, "go.sum", "cmd", "rules", "sarif", "scanner")
	w.inWorkflow("version: installed", "version: ''")
	w.write("here.env", "KLAVIYO_PUBLIC_KEY="+keys["SITE"]+"\n")
	w.commit("a key")
	out, ok := w.run("push", map[string]any{})
	assert.False(t, ok, out)
	assert.Equal(t, []string{"here.env"}, w.uploaded("klaviyolint"), out)
}

// What is written about the action is true of it, and linters of workflows have nothing to say.
func TestWorkflowsAreSound(t *testing.T) {
	validator, lint := actionTool(t, "node_modules/.bin/action-validator"), actionTool(t, "actionlint")
	dir := t.TempDir()
	copyTree(t, dir, "action.yml", ".github")
	for _, document := range []string{"README.md", "docs/actions.md"} {
		data, err := os.ReadFile("../../" + document)
		require.NoError(t, err)
		for _, block := range strings.Split(string(data), "\n# .github/workflows/")[1:] {
			name, rest, _ := strings.Cut(block, "\n")
			text, _, _ := strings.Cut(rest, "```")
			name = filepath.Base(document) + "-" + name
			require.NoError(t, os.WriteFile(filepath.Join(dir, ".github/workflows", name), []byte(text), 0o600))
		}
	}
	for _, args := range [][]string{{"git", "init", "-q"}, {lint}} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	files, err := filepath.Glob(filepath.Join(dir, ".github/workflows/*.yml"))
	require.NoError(t, err)
	require.Greater(t, len(files), 6)
	for _, file := range append(files, filepath.Join(dir, "action.yml")) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, uses := range usesRemote.FindAllStringSubmatch(string(text), -1) {
			if uses[1] != "klaviyolint/klaviyolint" {
				assert.Regexp(t, `^[ -]+uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`, uses[0], "%s: pinned by commit, with its version behind it", file)
			}
		}
		out, err := exec.Command(validator, file).CombinedOutput()
		require.NoError(t, err, "%s: %s", file, out)
	}
}

// release serves a release from a directory, with a klaviyolint in it that is a script.
func release(t *testing.T) (dir, archive string) {
	t.Helper()
	dir = t.TempDir()
	arch := map[string]string{"amd64": "amd64", "arm64": "arm64"}[runtime.GOARCH]
	archive = fmt.Sprintf("klaviyolint_1.2.3_%s_%s.tar.gz", runtime.GOOS, arch)
	for _, script := range []string{
		"mkdir v1.2.3 && printf '#!/bin/sh\\necho a release\\n' > klaviyolint && chmod +x klaviyolint",
		"tar -czf v1.2.3/" + archive + " klaviyolint",
		"cd v1.2.3 && (sha256sum " + archive + " || shasum -a 256 " + archive + ") > checksums.txt",
	} {
		cmd := exec.Command("bash", "-c", script)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	return dir, archive
}

// install runs .github/action/install.sh find and returns what it says and the outputs that it sets.
func install(t *testing.T, env ...string) (said string, outputs map[string]string, err error) {
	t.Helper()
	root, abs := filepath.Abs("../..")
	require.NoError(t, abs)
	file := filepath.Join(t.TempDir(), "output")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	cmd := exec.Command("bash", filepath.Join(root, ".github/action/install.sh"), "find")
	cmd.Env = append(os.Environ(), "RUNNER_TEMP="+t.TempDir(), "RUNNER_ARCH=", "GITHUB_OUTPUT="+file, "KLAVIYOLINT_ACTION="+root)
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	text, readErr := os.ReadFile(file)
	require.NoError(t, readErr)
	outputs = map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		outputs[name] = value
	}
	return string(out), outputs, err
}

// Nothing of a release is run whose checksum or signature is wrong, and a release that has nothing is no error.
func TestActionInstallsRelease(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a script stands in for the program")
	}
	dir, archive := release(t)
	at := "KLAVIYOLINT_RELEASES=file://" + dir
	sums := filepath.Join(dir, "v1.2.3/checksums.txt")
	// Where the runner puts an action that is used at a ref.
	usedAt := func(ref string) []string {
		root, err := filepath.Abs("../..")
		require.NoError(t, err)
		link := filepath.Join(t.TempDir(), ref)
		require.NoError(t, os.Symlink(root, link))
		return []string{at, "KLAVIYOLINT_REF=" + ref, "KLAVIYOLINT_ACTION=" + link}
	}
	for _, env := range [][]string{{at, "KLAVIYOLINT_VERSION=v1.2.3"}, usedAt("v1.2.3")} {
		said, outputs, err := install(t, env...)
		require.NoError(t, err, said)
		out, err := exec.Command(outputs["program"]).Output()
		require.NoError(t, err)
		assert.Equal(t, "a release\n", string(out))
	}

	// A stand-in for cosign: it is given the bundle, and what it says of it counts.
	bin := t.TempDir()
	path := "PATH=" + bin + ":" + os.Getenv("PATH")
	cosign := func(script string) {
		require.NoError(t, os.WriteFile(filepath.Join(bin, "cosign"), []byte("#!/bin/sh\n"+script), 0o700))
	}
	// As cosign 3, then as one that wants to be told, then as an old one, which cannot read what cosign 3 wrote.
	told := `[ "$1 $2" = "verify-blob --help" ] && { echo "  --new-bundle-format"; exit; }; [ "$1 $2" = "verify-blob --new-bundle-format" ] && grep -q good "$4"`
	cosign(`[ "$1" = version ] && { echo "GitVersion:    v2.2.4"; exit; }; exit 1`)
	said, outputs, err := install(t, at, path, "KLAVIYOLINT_VERSION=v1.2.3")
	require.NoError(t, err, said)
	assert.NotEmpty(t, outputs["program"])
	assert.Contains(t, said, "cosign is older than 2.4: the signature of checksums.txt is not verified")
	cosign(told)
	_, _, err = install(t, at, path, "KLAVIYOLINT_VERSION=v1.2.3")
	require.Error(t, err)
	cosign(`[ "$1" = verify-blob ] && [ "$2" = --bundle ] && grep -q good "$3"`)
	said, outputs, err = install(t, at, path, "KLAVIYOLINT_VERSION=v1.2.3")
	require.Error(t, err)
	assert.Contains(t, said, "has no signature")
	assert.Empty(t, outputs)
	for text, good := range map[string]bool{"good": true, "bad": false} {
		require.NoError(t, os.WriteFile(sums+".sigstore.json", []byte(text), 0o600))
		said, outputs, err = install(t, at, path, "KLAVIYOLINT_VERSION=v1.2.3")
		assert.Equal(t, good, err == nil, said)
		assert.Equal(t, good, outputs["program"] != "")
	}
	cosign(told)
	require.NoError(t, os.WriteFile(sums+".sigstore.json", []byte("good"), 0o600))
	said, _, err = install(t, at, path, "KLAVIYOLINT_VERSION=v1.2.3")
	require.NoError(t, err, said)

	good, err := os.ReadFile(sums)
	require.NoError(t, err)
	for name, text := range map[string]string{
		"and checksums.txt says":       strings.Repeat("0", 64) + "  " + archive + "\n",
		"does not have one SHA-256":    string(good) + string(good),
		"does not have one SHA-256 fo": "abc  " + archive + "\n",
	} {
		require.NoError(t, os.WriteFile(sums, []byte(text), 0o600))
		said, outputs, err := install(t, at, "KLAVIYOLINT_VERSION=v1.2.3")
		require.Error(t, err)
		assert.Contains(t, said, name)
		assert.Contains(t, said, "nothing of it was run")
		assert.Empty(t, outputs)
	}

	// Where there is nothing, the source is built: with the Go that is here.
	require.NoError(t, os.WriteFile(sums, []byte("0  other.tar.gz\n"), 0o600))
	for _, env := range [][]string{
		{"KLAVIYOLINT_VERSION=v1.2.3"}, usedAt("v9.9.9"), {"KLAVIYOLINT_VERSION=source"}, usedAt("v1"), usedAt("main"),
		{"KLAVIYOLINT_REF=v1.2.3"}, // of an action that uses this one
	} {
		said, outputs, err := install(t, append(env, at)...)
		require.NoError(t, err, said)
		assert.Empty(t, outputs)
	}
	require.NoError(t, os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\necho go1.9.7\n"), 0o700))
	_, outputs, err = install(t, path, "KLAVIYOLINT_VERSION=source")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"needs": "go"}, outputs)
	said, outputs, err = install(t, at, "KLAVIYOLINT_VERSION=v9.9.9")
	require.Error(t, err)
	assert.Contains(t, said, "there is no release v9.9.9")
	assert.Empty(t, outputs)
	for _, version := range []string{"latest", "v1", "../v1.2.3", "v1.2.3\nprogram=/bin/sh"} {
		said, outputs, err = install(t, at, "KLAVIYOLINT_VERSION="+version)
		require.Error(t, err)
		assert.Contains(t, said, "version is none of v1.2.3, source, installed")
		assert.Empty(t, outputs)
	}
}
