// This file says what to do when a hook has stopped something. People have little patience there: the report above it
// says what is wrong, so this is a few lines with the command to try next.

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/config"
	"github.com/klaviyolint/klaviyolint/scanner/source"
)

// stop is what the advice depends on, besides the report.
type stop struct {
	args    []string        // of the hook
	merging bool            // what the commit would conclude is a merge
	message *source.Message // with commit-msg: what was scanned
}

// guidance returns the lines for a scan that ended with an exit code; none if nothing was stopped.
func (h hook) guidance(exit int, r *scanner.Report, s stop) []string {
	skip := fmt.Sprintf("%s --no-verify does without this check, once, and leaves it to CI.", h.command)
	switch {
	case exit == exitIncomplete:
		lines := []string{
			fmt.Sprintf("klaviyolint stopped this %s, because it could not scan all of it. Mend what is named above, and try again.", h.act),
			skip + " klaviyolint hook install --fail-open makes such a thing a warning.",
		}
		if h.command == "" {
			return lines[:1]
		}
		return lines
	case exit != exitFindings || r == nil:
		return nil
	}
	lines := append(h.repair(r, s), h.exception(r))
	if h.command != "" {
		lines = append(lines, skip)
	}
	return lines
}

// repair says what to do first.
func (h hook) repair(r *scanner.Report, s stop) []string {
	switch {
	case h.name == commitMsg.name:
		return s.repairMessage(r)
	case h.act == prePush.act:
		return append(
			repairSent(firstFinding(r)),
			"A key that has left this machine before, by any way, counts as stolen: replace it in Klaviyo, too.",
		)
	}
	names := stagedNames(r)
	leave := "Or leave it out of the commit: git reset -- " + names
	if s.merging || h.name == preMergeCommit.name { // a merge without the file would undo for good what the other side did
		leave = "Or give the merge up: git merge --abort"
	}
	return []string{
		fmt.Sprintf("klaviyolint stopped this %s. Repair what is named above, and then:", h.act),
		"    git add " + names + " && git commit",
		leave,
	}
}

// repairMessage says how to repair a message.
func (s stop) repairMessage(r *scanner.Report) []string {
	at, comment, last, found := s.message.Scissors()
	where, again := "", "git commit -e"
	below := func(f *scanner.Finding) bool { return f.Suppressed == "" && f.Start.Offset > at }
	if found && slices.ContainsFunc(r.Findings, below) {
		where = ", below the line of scissors, where git keeps text unless it is given -v or --cleanup=scissors"
	}
	if filepath.Base(s.args[0]) == "COMMIT_EDITMSG" { // git commit finds that of a merge by itself
		const file = ` -F "$(git rev-parse --git-dir)/COMMIT_EDITMSG"`
		switch {
		case !last:
			again += file
		case plainComment.MatchString(comment):
			// The file has the diff that git commit -v wrote into it. Only with -v does git cut it off again, and only if the
			// prefix of comments is the same: with core.commentChar=auto it takes another than those that the file has.
			again = "git -c core.commentChar=" + quoted(comment) + " commit -v -e" + file
		}
	}
	return []string{
		"klaviyolint stopped this commit: what is named above is in its message" + where + ". Edit it:",
		"    " + again,
	}
}

// plainComment is a prefix of comments that can be shown in a command.
var plainComment = regexp.MustCompile(`^[!-&(-/:-@^|~]{1,4}$`)

// repairSent says how to repair what a push was about to send.
func repairSent(f *scanner.Finding) []string {
	const stopped = "klaviyolint stopped this push. "
	if name, ok := strings.CutPrefix(f.Path, "tag:"); ok {
		if !plainName.MatchString(name) || rules.Mask(name) != name {
			name = "NAME"
		}
		return []string{stopped + "Make the tag once more, with another text:", "    git tag -f -a " + name + " " + name + "^{}"}
	}
	if strings.HasPrefix(f.Path, "ref:") {
		return []string{stopped + "Push by another name:", "    git branch -m NAME"}
	}
	if f.Commit == nil { // a tag leads to it without one
		return []string{stopped + "Delete the tag that leads to what is named above, or make it anew:", "    git tag -d NAME"}
	}
	commit := f.Commit.ID[:min(len(f.Commit.ID), 12)]
	return []string{
		stopped + "A further commit does not help, for the older ones are sent, too. Repair the commit:",
		"    git rebase -i " + commit + "^     and write edit for it (the first commit: git rebase -i --root; the last: git commit --amend)",
		"If the other side has it already, git does not know that: git fetch, and try again.",
	}
}

// exception says how what is meant is recorded.
func (h hook) exception(r *scanner.Report) string {
	const ask = "If it may stay, say why: "
	f := firstFinding(r)
	comment := fmt.Sprintf("in a comment on its line, %s %s REASON", rules.IgnoreMark, f.Rule.ID)
	for _, text := range []string{"commit:", "tag:", "ref:"} {
		if h.name == commitMsg.name || strings.HasPrefix(f.Path, text) { // there are no comments in it
			return fmt.Sprintf(ask+"under ignore in %s, with a fingerprint that -v shows, and git add that.", config.Name)
		}
	}
	if h.name == preReceive.name { // no file of theirs is asked what may come in
		return ask + comment + "."
	}
	return ask + comment + ", or under ignore in " + config.Name + "."
}

// firstFinding returns the finding that the report begins with.
func firstFinding(r *scanner.Report) *scanner.Finding {
	i := slices.IndexFunc(r.Findings, func(f *scanner.Finding) bool { return f.Suppressed == "" })
	return r.Findings[max(i, 0)]
}

// plainName is a path that needs no quotes in any shell, and shows nothing that a terminal would not.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_.][A-Za-z0-9_./@+-]*$`)

// stagedNames names the files of the findings for a command, as the shell of whoever runs git takes them.
func stagedNames(r *scanner.Report) string {
	const most = 3
	var names []string
	for _, f := range r.Findings {
		name := f.Path
		if f.Suppressed != "" || slices.Contains(names, name) {
			continue
		}
		if !plainName.MatchString(name) || rules.Mask(name) != name || len(names) == most {
			return "FILE..."
		}
		names = append(names, name)
	}
	if os.Getenv("GIT_PREFIX") != "" { // whoever runs git is in a directory below the top, from where paths count
		for i := range names {
			names[i] = ":/" + names[i]
		}
	}
	return strings.Join(names, " ")
}
