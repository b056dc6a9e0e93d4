// This file holds the commands that scan what git stores.

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/config"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
	"github.com/klaviyolint/klaviyolint/scanner/source"
)

func (a *app) stagedCommand() *cobra.Command {
	flags := scanFlags{noun: "files"}
	var all bool
	cmd := &cobra.Command{
		Use:   "staged [flags]",
		Short: "Scan what the next commit would hold",
		Long: `Scan what the next commit would hold: the content that the index has for every path that differs from HEAD.
The work tree is not read, so what is not staged does not matter; the configuration, too, is the staged one.

A finding that HEAD has at the same path, of the same rule and key, is counted in one line and does not fail: what is
new does.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			flags.subject = "what the next commit of " + nameOf(".") + " would hold"
			return a.scanStore(cmd, ".", gitEnv(), &flags, func(s *gitstore.Store) (scanner.Source, findConfig, error) {
				staged := &source.Staged{
					Store: s, All: all, AllIfNone: os.Getenv("PRE_COMMIT") == "1", Progress: flags.progress,
				}
				flags.unrecorded = func() bool { return !staged.Whole() }
				if all {
					flags.whole = []string{"."}
				}
				_, err := os.Lstat(filepath.Join(s.GitDir, "MERGE_HEAD"))
				a.stop.merging = err == nil
				return staged, stagedConfig(staged), nil
			})
		},
	}
	flags.register(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "scan the whole index, not only what differs from HEAD; what HEAD has counts too")
	return a.withFailOpen(cmd)
}

// withFailOpen gives a command that scans the flag by which what could not be scanned makes it fail no more.
func (a *app) withFailOpen(cmd *cobra.Command) *cobra.Command {
	var open bool
	cmd.Flags().BoolVar(&open, "fail-open", false, "exit with 0 if there is no finding but not everything could be scanned; the report says what and why")
	scan := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		err := scan(cmd, args)
		// Who interrupts a scan has not chosen to do without it.
		if open && a.exit == exitIncomplete && cmd.Context().Err() == nil {
			a.exit = exitClean
			fmt.Fprintln(a.stderr, "klaviyolint: warning: not everything was scanned, and --fail-open lets it pass")
		}
		return err
	}
	return cmd
}

// stagedConfig finds the configuration that is staged.
func stagedConfig(staged *source.Staged) findConfig {
	return func() (config.File, error) {
		data, err := staged.Content(config.Name)
		if err != nil || data == nil {
			return config.File{}, err
		}
		return config.Parse(config.Name, data)
	}
}

// findConfig reads the configuration that belongs to a source.
type findConfig func() (config.File, error)

// scanStore scans what open makes of the repository that holds dir. An error of open is one of use.
func (a *app) scanStore(cmd *cobra.Command, dir string, env gitstore.Env, flags *scanFlags, open func(*gitstore.Store) (scanner.Source, findConfig, error)) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return &hinted{err, "name a directory in a repository"}
	}
	store, err := gitstore.Open(dir, env)
	if err != nil {
		// Nothing was scanned, which is not the same as wrong use: a hook must not take it for a clean commit.
		err = fmt.Errorf("%w: run git status there, or name another directory", err)
		return a.scan(cmd.Context(), source.Broken{Path: filepath.ToSlash(dir), Err: err}, flags)
	}
	defer store.Close()
	flags.placeOf(store)
	flags.progress = a.progress(flags)
	src, find, err := open(store)
	if err != nil {
		return err
	}
	globs, err := flags.globs(scope{find: find, file: config.Name, root: "."})
	if err != nil {
		return err
	}
	return a.scan(cmd.Context(), &source.Filtered{Source: src, Globs: globs}, flags)
}

// gitEnv returns what git's environment overrides; git sets it for hooks (githooks(5)).
func gitEnv() gitstore.Env {
	return gitstore.Env{
		GitDir:     os.Getenv("GIT_DIR"),
		WorkTree:   os.Getenv("GIT_WORK_TREE"),
		IndexFile:  os.Getenv("GIT_INDEX_FILE"),
		ObjectDir:  os.Getenv("GIT_OBJECT_DIRECTORY"),
		Alternates: gitstore.SplitAlternates(os.Getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES")),
	}
}
