package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/source"
)

// What is said is short, names the commit or the files, and quotes no name that a shell or a terminal would take amiss.
func TestGuidance(t *testing.T) {
	at := func(paths ...string) *scanner.Report {
		r := &scanner.Report{}
		for _, path := range paths {
			r.Findings = append(r.Findings, &scanner.Finding{Rule: rules.All[0], Path: path, Commit: &scanner.Commit{ID: strings.Repeat("1a", 20)}})
		}
		return r
	}
	t.Setenv("GIT_PREFIX", "")
	for _, c := range []struct {
		h       hook
		exit    int
		r       *scanner.Report
		want    string
		merging bool
	}{
		{preCommit, exitFindings, at("a.env", "a.env", "web/b.js"), "git add a.env web/b.js && git commit", false},
		{preCommit, exitFindings, at("a b.env"), "git add FILE... && git commit", false},
		{preCommit, exitFindings, at("-a.env"), "git add FILE...", false},
		{preCommit, exitFindings, at("$(x)"), "git add FILE...", false},
		{preCommit, exitFindings, at("a", "b", "c", "d"), "git add FILE...", false},
		{preCommit, exitFindings, at(keys["SITE"]), "git add FILE...", false},
		{preMergeCommit, exitFindings, at("a"), "stopped this merge", false},
		{preMergeCommit, exitFindings, at("a"), "git merge --abort", false},
		{preCommit, exitFindings, at("a"), "git merge --abort", true},
		{preCommit, exitFindings, at("a"), "git reset -- a", false},
		{commitMsg, exitFindings, at("COMMIT_EDITMSG"), `git commit -e -F "$(git rev-parse --git-dir)/COMMIT_EDITMSG"`, false},
		{prePush, exitFindings, at("a"), "git rebase -i 1a1a1a1a1a1a^", false},
		{prePush, exitFindings, at("a"), "git push --no-verify", false},
		{prePush, exitIncomplete, at(), "git push --no-verify", false},
		{hook{name: "pre-receive", act: "push"}, exitFindings, at("a"), "stopped this push", false},
	} {
		lines := c.h.guidance(c.exit, c.r, stop{
			args: []string{".git/COMMIT_EDITMSG"}, message: &source.Message{}, merging: c.merging,
		})
		text := strings.Join(lines, "\n")
		assert.Contains(t, text, c.want)
		assert.LessOrEqual(t, len(lines), 6)
		assert.NotContains(t, text, keys["SITE"])
		assert.Equal(t, c.h.command != "", strings.Contains(text, "--no-verify"))
	}
	assert.Empty(t, preCommit.guidance(exitClean, at(), stop{}))
}
