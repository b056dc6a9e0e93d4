// This file reads what git and other tools tell a hook of a push.

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/config"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
	"github.com/klaviyolint/klaviyolint/scanner/report"
	"github.com/klaviyolint/klaviyolint/scanner/source"
)

// pushCommand scans what a push is about to send.
func (a *app) pushCommand() *cobra.Command {
	guess := false
	cmd := a.updatesCommand("[REMOTE [URL]]", "Scan what a push is about to send", func(ctx context.Context, s *gitstore.Store, args []string) (scanner.Source, findConfig, error) {
		if os.Getenv("PRE_COMMIT") == "1" && len(args) == 0 { // git gives arguments, pre-commit none
			return preCommitPush(ctx, s)
		}
		remote := ""
		if len(args) > 0 {
			remote = args[0]
		}
		address := len(args) == 2 && args[0] == args[1] // in the place of a remote's name
		updates, err := a.readUpdates("LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID", func(f []string) (name, old, new string) {
			return f[2], f[3], f[1]
		})
		has, stale := tracked(s, remote, updates)
		switch {
		case err != nil || len(updates) > 0:
		case address:
			a.say("git named no ref to push, and nothing was scanned")
		default:
			// All is there already; or whatever runs the hook does not pass standard input on, and then this is a guess.
			guess, updates = true, ownBranches(s)
		}
		if stale != "" {
			a.say("%s has no longer what %s says, so all is scanned as if %[1]s had nothing: git fetch --prune %[1]s mends that",
				report.Show(remote), report.Show(stale))
		}
		return &source.Push{Store: s, Updates: updates, Has: has}, pushedConfig(s, updates), err
	})
	scan := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		err := scan(cmd, args)
		if err == nil && guess && a.report.Stats.Commits > 0 {
			a.say("git named no ref to push, so what the branches here have, and the remote has not, was scanned")
		}
		return err
	}
	return cmd
}

// ownBranches gives a push of HEAD and all branches.
func ownBranches(s *gitstore.Store) (updates []source.Update) {
	for _, ref := range s.Refs() {
		if ref.Name == "HEAD" || strings.HasPrefix(ref.Name, "refs/heads/") {
			updates = append(updates, source.Update{Name: ref.Name, New: ref.Target})
		}
	}
	return updates
}

// receiveCommand scans what a push has sent to this repository, before it is let in.
func (a *app) receiveCommand() *cobra.Command {
	return a.updatesCommand("", "Scan what a push has sent", func(_ context.Context, s *gitstore.Store, _ []string) (scanner.Source, findConfig, error) {
		const form = "OLD-ID NEW-ID REF"
		updates, err := a.readUpdates(form, func(f []string) (name, old, new string) { return f[2], f[0], f[1] })
		if err == nil && len(updates) == 0 { // git does not run the hook for nothing
			err = wrongInput(form, "it is empty")
		}
		push := &source.Push{Store: s, Updates: updates}
		for _, ref := range s.Refs() {
			if strings.HasPrefix(ref.Name, "refs/") {
				push.Has = append(push.Has, ref.Target)
			}
		}
		// What may come in is not for those to say who send it.
		return push, func() (config.File, error) { return config.File{}, nil }, err
	})
}

// say prints a line on standard error.
func (a *app) say(format string, args ...any) {
	fmt.Fprintf(a.stderr, "klaviyolint: "+format+"\n", args...)
}

// updatesCommand makes a command that scans the commits of updates.
func (a *app) updatesCommand(args, short string, open func(context.Context, *gitstore.Store, []string) (scanner.Source, findConfig, error)) *cobra.Command {
	flags := scanFlags{noun: "commits", history: true, ranged: true}
	cmd := &cobra.Command{
		Use:   strings.TrimSpace("updates [flags] " + args),
		Short: short,
		Args:  cobra.MaximumNArgs(len(strings.Fields(args))),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.scanStore(cmd, ".", gitEnv(), &flags, func(s *gitstore.Store) (scanner.Source, findConfig, error) {
				src, find, err := open(cmd.Context(), s, args)
				if push, ok := src.(*source.Push); ok {
					push.Progress = flags.progress
				}
				return src, find, err
			})
		},
	}
	flags.register(cmd)
	return a.withFailOpen(cmd)
}

// pushedConfig finds the configuration in what is pushed: in HEAD if that is, else in the first commit.
func pushedConfig(s *gitstore.Store, updates []source.Update) findConfig {
	return func() (config.File, error) {
		tip := gitstore.ID{}
		head, _ := s.Head()
		for _, u := range updates {
			if tip.IsZero() || u.New == head {
				tip = u.New
			}
		}
		if tip.IsZero() {
			return config.File{}, nil
		}
		id, err := s.FileAt(tip, config.Name)
		if err != nil || id.IsZero() {
			return config.File{}, nil //nolint:nilerr // the scan says what cannot be read, and a tag can be one of a file
		}
		_, data, err := s.Read(id)
		if err != nil {
			return config.File{}, err
		}
		return config.Parse(config.Name, data)
	}
}

// maxUpdates bounds how many lines are read: a push of more refs than that is none.
const maxUpdates = 1_000_000

// wrongInput is the error that standard input is not what git writes there.
func wrongInput(form, reason string) error {
	return &hinted{
		fmt.Errorf("standard input: %s; nothing was scanned", reason),
		"git gives the hook lines of " + form + ": let whatever runs the hook pass its standard input on",
	}
}

// readUpdates reads lines of form from standard input. of picks a line's fields. Names of refs have no spaces
// (git-check-ref-format(1)), but what is pushed can be named by any expression, and comes first.
func (a *app) readUpdates(form string, of func(fields []string) (name, old, new string)) ([]source.Update, error) {
	if f, ok := a.stdin.(*os.File); ok && isTerminal(f) {
		return nil, wrongInput(form, "it is a terminal")
	}
	want := len(strings.Fields(form))
	var updates []source.Update
	lines := bufio.NewScanner(a.stdin)
	for n := 1; lines.Scan(); n++ {
		fields := strings.Split(lines.Text(), " ")
		if len(fields) < want || n > maxUpdates {
			return nil, wrongInput(form, fmt.Sprintf("line %d is not what git writes", n))
		}
		first := len(fields) - want
		fields[first] = strings.Join(fields[:first+1], " ")
		name, before, after := of(fields[first:])
		u := source.Update{Name: name}
		var oldErr, newErr error
		u.Old, oldErr = gitstore.ParseID(before)
		if u.New, newErr = gitstore.ParseID(after); oldErr != nil || newErr != nil {
			return nil, wrongInput(form, fmt.Sprintf("line %d has no object ID where one should be", n))
		}
		updates = append(updates, u)
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, wrongInput(form, fmt.Sprintf("line %d is longer than one of git's", len(updates)+1))
	} else if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	return updates, nil
}

// tracked gives what a remote is known to have: the ends of its branches, as they were seen last. Of a remote that is
// named by its address, as one can be when it is pushed to, or not at all, nothing is known. stale names one of these refs
// that git contradicts, because the branch is new there: then the others are as doubtful, for the remote may be another
// one by now, such as the public copy of a private repository, and nothing is known of it.
func tracked(s *gitstore.Store, remote string, updates []source.Update) (has []gitstore.ID, stale string) {
	if remote == "" {
		return nil, ""
	}
	prefix := "refs/remotes/" + remote + "/"
	isNew := map[string]bool{}
	for _, u := range updates {
		if branch, ok := strings.CutPrefix(u.Name, "refs/heads/"); ok && u.Old.IsZero() && !u.New.IsZero() {
			isNew[prefix+branch] = true
		}
	}
	others := slices.DeleteFunc(s.Remotes(), func(other string) bool { return !strings.HasPrefix(other, remote+"/") })
	for _, ref := range s.Refs() {
		// up/stream/main may be the branch main of a remote up/stream.
		ofOther := func(other string) bool { return strings.HasPrefix(ref.Name, "refs/remotes/"+other+"/") }
		if !strings.HasPrefix(ref.Name, prefix) || slices.ContainsFunc(others, ofOther) {
			continue
		}
		if isNew[ref.Name] {
			return nil, ref.Name
		}
		has = append(has, ref.Target)
	}
	return has, ""
}

// preCommitPush gives what https://pre-commit.com and its kin say of a push, by their environment. They keep standard input
// to themselves, and tell of the first ref only. For a first push to an empty remote they name no commits, but the branch.
// When nothing is pushed they name nothing: the hook runs before a commit, too, if it is bound to no stage, or by hand.
// Then it scans what the hook of a commit does.
func preCommitPush(ctx context.Context, s *gitstore.Store) (scanner.Source, findConfig, error) {
	from, to := os.Getenv("PRE_COMMIT_FROM_REF"), os.Getenv("PRE_COMMIT_TO_REF")
	u := source.Update{Name: os.Getenv("PRE_COMMIT_REMOTE_BRANCH")}
	if to == "" {
		from, to = "", os.Getenv("PRE_COMMIT_LOCAL_BRANCH")
	}
	if to == "" {
		staged := &source.Staged{Store: s, AllIfNone: true}
		return staged, stagedConfig(staged), nil
	}
	for _, end := range []struct {
		name string
		id   *gitstore.ID
	}{{from, &u.Old}, {to, &u.New}} {
		if end.name == "" || strings.Trim(end.name, "0") == "" {
			continue
		}
		id, err := s.Resolve(ctx, end.name)
		if err != nil {
			return source.Broken{Path: end.name, Err: err}, pushedConfig(s, nil), nil
		}
		*end.id = id
	}
	updates := []source.Update{u}
	has, _ := tracked(s, os.Getenv("PRE_COMMIT_REMOTE_NAME"), nil) // where the other end is pre-commit has found out
	return &source.Push{Store: s, Updates: updates, Has: has}, pushedConfig(s, updates), nil
}
