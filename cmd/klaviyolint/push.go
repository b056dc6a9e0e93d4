// This file reads what git and other tools tell a hook of a push.

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/config"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
	"github.com/klaviyolint/klaviyolint/scanner/source"
)

// pushCommand scans what a push is about to send.
func (a *app) pushCommand() *cobra.Command {
	return a.updatesCommand("[REMOTE [URL]]", "Scan what a push is about to send", func(ctx context.Context, s *gitstore.Store, args []string) (scanner.Source, error) {
		remote := ""
		if len(args) > 0 {
			remote = args[0]
		}
		if os.Getenv("PRE_COMMIT") == "1" {
			return preCommitPush(ctx, s)
		}
		updates, err := a.readUpdates("LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID", func(f []string) (name, old, new string) {
			return f[2], f[3], f[1]
		})
		if address := len(args) == 2 && args[0] == args[1]; err == nil && len(updates) == 0 && !address {
			// All is there already; or a tool that runs hooks does not pass standard input on, and then this is a guess. For
			// an address in the place of a remote it would be all of history.
			if head, ok := s.Head(); ok {
				updates = []source.Update{{Name: "HEAD", New: head}}
			}
		}
		return &source.Push{Store: s, Updates: updates, Has: tracked(s, remote)}, err
	})
}

// receiveCommand scans what a push has sent to this repository, before it is let in.
func (a *app) receiveCommand() *cobra.Command {
	return a.updatesCommand("", "Scan what a push has sent", func(_ context.Context, s *gitstore.Store, _ []string) (scanner.Source, error) {
		updates, err := a.readUpdates("OLD-ID NEW-ID REF", func(f []string) (name, old, new string) { return f[2], f[0], f[1] })
		return &source.Push{Store: s, Updates: updates, Has: refsBelow(s, "refs/")}, err
	})
}

// updatesCommand makes a command that scans the commits of updates.
func (a *app) updatesCommand(args, short string, open func(context.Context, *gitstore.Store, []string) (scanner.Source, error)) *cobra.Command {
	flags := scanFlags{noun: "commits"}
	cmd := &cobra.Command{
		Use:   strings.TrimSpace("updates [flags] " + args),
		Short: short,
		Args:  cobra.MaximumNArgs(len(strings.Fields(args))),
		RunE: func(cmd *cobra.Command, args []string) error {
			flags.subject = "the commits of a push, in " + nameOf(".")
			return a.scanStore(cmd, ".", gitEnv(), &flags, func(s *gitstore.Store) (scanner.Source, findConfig, error) {
				src, err := open(cmd.Context(), s, args)
				if push, ok := src.(*source.Push); ok {
					push.Progress = flags.progress
				}
				return src, func() (config.File, error) {
					if s.WorkTree == "" {
						return config.File{}, nil
					}
					return config.Find(s.WorkTree)
				}, err
			})
		},
	}
	flags.register(cmd)
	return a.withFailOpen(cmd)
}

// maxUpdates bounds how many lines are read: a push of more refs than that is none.
const maxUpdates = 1_000_000

// readUpdates reads lines of form from standard input. of picks a line's fields. Names of refs have no spaces
// (git-check-ref-format(1)).
func (a *app) readUpdates(form string, of func(fields []string) (name, old, new string)) ([]source.Update, error) {
	wrong := func(line int, reason string) error {
		return &hinted{
			fmt.Errorf("standard input, line %d: %s; nothing was scanned", line, reason),
			"git gives the hook lines of " + form + ": let whatever runs the hook pass its standard input on",
		}
	}
	if f, ok := a.stdin.(*os.File); ok && isTerminal(f) {
		return nil, wrong(1, "a terminal is not git")
	}
	var updates []source.Update
	lines := bufio.NewScanner(a.stdin)
	for n := 1; lines.Scan(); n++ {
		fields := strings.Split(lines.Text(), " ")
		if len(fields) != len(strings.Fields(form)) || n > maxUpdates {
			return nil, wrong(n, "not what git writes there")
		}
		name, before, after := of(fields)
		u := source.Update{Name: name}
		var oldErr, newErr error
		u.Old, oldErr = gitstore.ParseID(before)
		if u.New, newErr = gitstore.ParseID(after); oldErr != nil || newErr != nil {
			return nil, wrong(n, "no object ID where one should be")
		}
		updates = append(updates, u)
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, wrong(len(updates)+1, "longer than a line of git")
	} else if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	return updates, nil
}

// tracked gives what a remote is known to have: the ends of its branches, as they were seen last. Of a remote that is
// named by its address, as one can be when it is pushed to, or not at all, nothing is known.
func tracked(s *gitstore.Store, remote string) []gitstore.ID {
	if remote == "" {
		return nil
	}
	return refsBelow(s, "refs/remotes/"+remote+"/")
}

func refsBelow(s *gitstore.Store, prefix string) []gitstore.ID {
	var ids []gitstore.ID
	for _, ref := range s.Refs() {
		if strings.HasPrefix(ref.Name, prefix) {
			ids = append(ids, ref.Target)
		}
	}
	return ids
}

// preCommitPush gives what https://pre-commit.com and its kin say of a push, by their environment. They keep standard input
// to themselves, and tell of the first ref only. For a first push to an empty remote they name no commits, but the branch.
// When nothing is pushed they name nothing: the hook runs before a commit, too, if it is bound to no stage, or by hand.
// Then it scans what the hook of a commit does.
func preCommitPush(ctx context.Context, s *gitstore.Store) (scanner.Source, error) {
	from, to := os.Getenv("PRE_COMMIT_FROM_REF"), os.Getenv("PRE_COMMIT_TO_REF")
	u := source.Update{Name: os.Getenv("PRE_COMMIT_REMOTE_BRANCH")}
	if to == "" {
		from, to = "", os.Getenv("PRE_COMMIT_LOCAL_BRANCH")
	}
	if to == "" {
		return &source.Staged{Store: s, AllIfNone: true}, nil
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
			return source.Broken{Path: end.name, Err: err}, nil
		}
		*end.id = id
	}
	return &source.Push{
		Store: s, Updates: []source.Update{u}, Has: tracked(s, os.Getenv("PRE_COMMIT_REMOTE_NAME")),
	}, nil
}
