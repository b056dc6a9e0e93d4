// This file holds the command that scans a repository's history, all of it or a range.

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/config"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
	"github.com/klaviyolint/klaviyolint/scanner/source"
)

func (a *app) historyCommand() *cobra.Command {
	flags := scanFlags{noun: "objects", history: true}
	var limits historyLimits
	cmd := &cobra.Command{
		Use:   "history [flags] [REPO] [REV...]",
		Short: "Scan everything that a repository ever held, or what a range of commits brings in",
		Long: `Scan every version of every file, every commit and every annotated tag that a repository holds, whether a branch
leads to it or nothing does. REPO is a directory in a repository, by default the current one. git is not needed.

With revisions, only what their commits bring in is scanned: each content that a commit has and none of its parents,
also if a later commit deletes it, and the texts of the commits. Revisions are written as for git rev-list: BASE..HEAD,
A...B, main ^release, v1.2^!, ID, HEAD~20, main@{1}. A commit ID of zeros, which CI systems give for what was before a
new branch, excludes nothing: 000…0..HEAD is all that leads to HEAD. --since and --until without revisions limit what all
refs, stashes and reflogs lead to, by the committer's date.

With --submodules also what the repositories of its submodules hold, and those of theirs: the ones in .git/modules, also of
submodules that are gone, and the ones that stand in the work tree. Paths begin with the submodule's, so that a commit's
text is at lib/vendored/commit:ID. A submodule that was not cloned makes the scan incomplete.

With --shard I/N only one of N parts is searched, which machines can do at the same time; klaviyolint merge joins their
JSON reports. An object's ID tells in which part it is, so every clone is split in the same way.

Ctrl-C ends the scan and reports what was found until then.

The first argument is REPO if it is a directory, else a revision. If it is both, write ./NAME for the directory and
refs/heads/NAME for the branch.`,
		Example: `  klaviyolint history                       all that is in the repository
  klaviyolint history origin/main..HEAD     what a branch brings in
  klaviyolint history ../shop v1.0..        of another repository
  klaviyolint history --since "2 weeks ago"
  klaviyolint history --shard 2/4 -f json -o shard-2.json
  klaviyolint history --tags ^main          what only tags lead to`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.scanHistory(cmd, args, &flags, &limits)
		},
	}
	flags.register(cmd)
	limits.register(cmd)
	return cmd
}

// scanHistory scans what args name of a repository's history.
func (a *app) scanHistory(cmd *cobra.Command, args []string, flags *scanFlags, limits *historyLimits) error {
	if os.Getenv("GOGC") == "" {
		// What is kept of a history is large and without pointers, and what comes and goes is used again: to collect
		// three times as often takes a third of the memory off, and no time that could be measured.
		debug.SetGCPercent(30)
	}
	dir, env, words, err := repoAndRevisions(cmd.Context(), args)
	if err != nil {
		return err
	}
	if err := limits.parse(time.Now(), words); err != nil {
		return err
	}
	flags.subject = historySubject(dir, limits)
	return a.scanStore(cmd, dir, env, flags, func(s *gitstore.Store) (scanner.Source, findConfig, error) {
		src, err := limits.source(cmd.Context(), s, flags.progress)
		switch src.(type) {
		case *source.Range:
			flags.noun, flags.ranged = "commits", true
		case *source.History, *source.Superproject:
			if limits.shard.Of == 0 {
				flags.whole = []string{"."}
			} else {
				flags.shard = limits.shard
				flags.shard.History = s.State()
			}
		}
		return src, func() (config.File, error) {
			if s.WorkTree == "" {
				return config.File{}, nil
			}
			return config.Find(s.WorkTree)
		}, err
	})
}

// historyLimits say which part of a history is scanned.
type historyLimits struct {
	all, branches, tags, remotes bool
	since, until                 string
	submodules                   bool
	shardText                    string

	words    []string // as for git rev-list
	from, to time.Time
	shard    scanner.Shard
}

func (l *historyLimits) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&l.all, "all", false, "only what refs lead to, and HEAD")
	flags.BoolVar(&l.branches, "branches", false, "only what branches lead to")
	flags.BoolVar(&l.tags, "tags", false, "only what tags lead to")
	flags.BoolVar(&l.remotes, "remotes", false, "only what branches of remotes lead to")
	flags.StringVar(&l.since, "since", "", "only commits of this `DATE` or later: 2026-01-31, 2026-01-31T18:00:00Z, @1769880000, 2.weeks.ago")
	flags.StringVar(&l.until, "until", "", "only commits of this `DATE` or earlier")
	flags.BoolVar(&l.submodules, "submodules", false, "scan the repositories of its submodules, too")
	flags.StringVar(&l.shardText, "shard", "", "search only part `I/N` of the whole history, such as 2/4")
	// As git calls them, too.
	flags.StringVar(&l.since, "after", "", "--since")
	flags.StringVar(&l.until, "before", "", "--until")
	_ = flags.MarkHidden("after")
	_ = flags.MarkHidden("before")
}

// parse reads what can be read without the repository.
func (l *historyLimits) parse(now time.Time, words []string) error {
	for _, date := range []struct {
		flag, text string
		at         *time.Time
	}{{"--since", l.since, &l.from}, {"--until", l.until, &l.to}} {
		if date.text == "" {
			continue
		}
		t, err := gitstore.ParseDate(date.text, now)
		if err != nil {
			return &hinted{fmt.Errorf("%s: %w", date.flag, err), "quote a date that has spaces, or write dots: 2.weeks.ago"}
		}
		*date.at = t
	}
	for _, word := range []struct {
		given bool
		text  string
	}{{l.all, "--all"}, {l.branches, "--branches"}, {l.tags, "--tags"}, {l.remotes, "--remotes"}} {
		if word.given {
			l.words = append(l.words, word.text)
		}
	}
	l.words = append(l.words, words...)
	if l.shardText != "" {
		var err error
		if l.shard, err = scanner.ParseShard(l.shardText); err != nil {
			return &hinted{fmt.Errorf("--shard %w", err), "give each of N runs its own number, from 1/N to N/N"}
		}
		if len(l.words) > 0 || l.since != "" || l.until != "" {
			return &hinted{
				fmt.Errorf("--shard %s is for a whole history, not for a part of it by revisions or dates", l.shardText), "leave one of the two out",
			}
		}
	}
	leftOut := func(word string) bool { return strings.HasPrefix(word, "^") }
	if len(l.words) > 0 && !slices.ContainsFunc(l.words, func(word string) bool { return !leftOut(word) }) {
		return &hinted{
			fmt.Errorf("%s leaves out all that there is: nothing is named to be scanned", strings.Join(l.words, " ")),
			"name a revision without ^, such as HEAD, or --all",
		}
	}
	return nil
}

// source gives what is to be scanned. The error is that a revision has to be written in another way.
func (l *historyLimits) source(ctx context.Context, s *gitstore.Store, progress *scanner.Progress) (scanner.Source, error) {
	if len(l.words) == 0 && l.from.IsZero() && l.to.IsZero() {
		if l.submodules {
			return &source.Superproject{Store: s, Progress: progress, Shard: l.shard}, nil
		}
		return &source.History{Store: s, Progress: progress, Shard: l.shard}, nil
	}
	if l.submodules {
		return nil, &hinted{errors.New("--submodules is for a whole history: revisions name commits of one repository"), "leave one of the two out"}
	}
	revs := gitstore.Revisions{}
	if len(l.words) == 0 {
		revs = s.Everything()
	} else {
		var err error
		wrong := (*gitstore.RevisionError)(nil)
		if revs, err = s.Revisions(ctx, l.words); errors.As(err, &wrong) {
			return nil, &hinted{err, "name a directory in a repository, and revisions as for git rev-list: klaviyolint history --help"}
		} else if err != nil {
			return source.Broken{Path: strings.Join(l.words, " "), Err: err}, nil
		}
	}
	revs.Since, revs.Until = l.from, l.to
	return &source.Range{Store: s, Revisions: revs, Progress: progress}, nil
}

// repoAndRevisions tells a directory from revisions.
func repoAndRevisions(ctx context.Context, args []string) (dir string, env gitstore.Env, words []string, err error) {
	if len(args) == 0 {
		return ".", gitEnv(), nil, nil
	}
	name := args[0]
	if spelledAsPath(name) {
		return name, gitstore.Env{}, args[1:], nil
	}
	info, statErr := os.Stat(name)
	isDir := statErr == nil && info.IsDir()
	store, err := gitstore.Open(".", gitEnv())
	switch {
	case err != nil && isDir:
		return name, gitstore.Env{}, args[1:], nil
	case errors.Is(err, gitstore.ErrNotRepository):
		return "", gitstore.Env{}, nil, &hinted{
			fmt.Errorf("%q is no directory, and here is no repository in which it could be a revision", name),
			"name a directory in a repository",
		}
	case err != nil:
		return ".", gitEnv(), args, nil // the scan says what is wrong
	}
	defer store.Close()
	if !isDir {
		return ".", gitEnv(), args, nil
	}
	if _, err := store.Revisions(ctx, args[:1]); err == nil {
		return "", gitstore.Env{}, nil, &hinted{
			fmt.Errorf("%q is a directory and a revision", name),
			fmt.Sprintf("write ./%[1]s for the directory, refs/heads/%[1]s for the branch, refs/tags/%[1]s for the tag", name),
		}
	}
	return name, gitstore.Env{}, args[1:], nil
}

// spelledAsPath tells what can only be meant as a path: the names of refs begin and end otherwise.
func spelledAsPath(name string) bool {
	slashed := filepath.ToSlash(name)
	return filepath.IsAbs(name) || name == "." || name == ".." || filepath.Base(name) == ".git" ||
		strings.HasPrefix(slashed, "./") || strings.HasPrefix(slashed, "../") || strings.HasSuffix(slashed, "/")
}
