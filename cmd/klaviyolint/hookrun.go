// This file holds what a hook does when git runs it. It does not run git, nor anything else.

package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
	"github.com/klaviyolint/klaviyolint/scanner/source"
)

func (a *app) hookRunCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run NAME [flags] [-- ARG...]",
		Short: "Do what a hook does; the installed hooks call it",
		Long: `Do what a hook does, with the arguments and the standard input that git gives it. Scripts of your own, and other tools
that manage hooks, can call it as well. Nothing is printed if there is nothing to tell; what is found and stands in HEAD
already, or is suppressed by an exception, does not stop anything, and of the first a line says how much it is.`,
		Args: cobra.ArbitraryArgs,
		RunE: needsSubcommand,
	}
	cmd.AddCommand(
		a.asHook(preCommit, a.stagedCommand()),
		a.asHook(preMergeCommit, a.stagedCommand()),
		a.asHook(commitMsg, a.messageCommand()),
		a.asHook(prePush, a.pushCommand()),
		a.asHook(preReceive, a.receiveCommand()),
	)
	return cmd
}

// asHook makes a command that scans what a hook does: it says little when nothing is wrong, and else what to do.
func (a *app) asHook(h hook, cmd *cobra.Command) *cobra.Command {
	cmd.Use = h.name + cmd.Use[len(cmd.Name()):]
	scan := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		a.hook = true
		if err := scan(cmd, args); err != nil {
			return err
		}
		a.stop.args = args
		for _, line := range h.guidance(a.exit, a.report, a.stop) {
			fmt.Fprintln(a.stderr, line)
		}
		return nil
	}
	return cmd
}

// messageCommand scans the message of a commit that git is about to make.
func (a *app) messageCommand() *cobra.Command {
	flags := scanFlags{unrecorded: func() bool { return true }}
	cmd := &cobra.Command{
		Use:   "message [flags] FILE",
		Short: "Scan the message that the next commit would have",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			flags.subject = "the message of the next commit of " + nameOf(".")
			return a.scanStore(cmd, ".", gitEnv(), &flags, func(s *gitstore.Store) (scanner.Source, findConfig, error) {
				staged := &source.Staged{Store: s}
				// git sets GIT_EDITOR=: for hooks when it opened no editor (githooks(5)).
				a.stop.message = &source.Message{Name: args[0], Edited: os.Getenv("GIT_EDITOR") != ":", Staged: staged}
				return a.stop.message, stagedConfig(staged), nil
			})
		},
	}
	flags.register(cmd)
	return a.withFailOpen(cmd)
}
