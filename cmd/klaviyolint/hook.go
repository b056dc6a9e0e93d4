// This file holds the commands that put klaviyolint into git's hooks, take it out, and tell what would run.

package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/klaviyolint/klaviyolint/scanner/report"
)

// hook is one of git's hooks that klaviyolint is installed as.
type hook struct {
	name    string
	act     string // what it stops
	command string // the command that does without it when it is given --no-verify; "" for none
	first   bool   // it runs before a hook that was there, not after it
}

// A hook that was there runs first, because it may change what is recorded: formatters stage what they rewrote, and others
// edit the message. Before a push it is the other way round: what is sent stands fast, and a hook such as that of git lfs
// sends by itself.
var (
	preCommit      = hook{name: "pre-commit", act: "commit", command: "git commit"}
	preMergeCommit = hook{name: "pre-merge-commit", act: "merge", command: "git merge"}
	commitMsg      = hook{name: "commit-msg", act: "commit", command: "git commit"}
	prePush        = hook{name: "pre-push", act: "push", command: "git push", first: true}
)

// preReceive is for servers, which install hooks as they do.
var preReceive = hook{name: "pre-receive", act: "push"}

// hooks are what install writes.
var hooks = []hook{preCommit, preMergeCommit, commitMsg, prePush}

func hookNames() []string {
	names := make([]string, len(hooks))
	for i, h := range hooks {
		names[i] = h.name
	}
	return names
}

func (a *app) hookCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hook",
		Short: "Install klaviyolint as git's hooks, so that no key gets into a commit or a push",
		Args:  cobra.ArbitraryArgs,
		RunE:  needsSubcommand,
	}
	cmd.AddCommand(a.hookInstallCommand(), a.hookUninstallCommand(), a.hookStatusCommand(), a.hookRunCommand())
	return cmd
}

// needsSubcommand is what a command does that is nothing without one. cobra would print its help and call that success,
// and a hook with a typing error would let everything pass.
func needsSubcommand(cmd *cobra.Command, args []string) error {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	err := fmt.Errorf("%s needs one of %s", cmd.CommandPath(), strings.Join(names, ", "))
	if len(args) > 0 {
		err = fmt.Errorf("%s %q is not one of %s", cmd.CommandPath(), args[0], strings.Join(names, ", "))
	}
	return &hinted{err, "run " + cmd.CommandPath() + " --help"}
}

func (a *app) hookInstallCommand() *cobra.Command {
	var global, failOpen bool
	var only []string
	cmd := &cobra.Command{
		Use:   "install [flags]",
		Short: "Write the hooks of this repository",
		Long: `Write the hooks of this repository: pre-commit and pre-merge-commit scan what is staged, commit-msg the message, and
pre-push what is sent. They stand where git looks for them: in core.hooksPath, else in the repository's own directory, which
linked worktrees share. A hook that was there is kept in another directory and runs, too, before klaviyolint, which scans what
it leaves; before a push after it. Where pre-commit or prek own a hook, klaviyolint is what they run first. In a repository
of lefthook or husky, which write their hooks anew again and again, nothing is written, and what to add to their
configuration is shown.

With --global the hooks go into the directory that core.hooksPath names in git's global configuration; if it names none, into
the template that git copies into new repositories and clones (init.templateDir, which is set if it is not). For repositories
that are there already, run klaviyolint hook install in each, or git init, which adds hooks where there are none.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			chosen, err := chooseHooks(only)
			if err != nil {
				return err
			}
			binary, err := ownPath()
			if err != nil {
				return err
			}
			return a.hookInstall(&hookPlace{global: global}, chosen, script{binary: binary, failOpen: failOpen})
		},
	}
	cmd.Flags().BoolVar(&global, "global", false, "for all new repositories and clones of this user")
	cmd.Flags().BoolVar(&failOpen, "fail-open", false, "let pass, with a warning, what could not be scanned, also when klaviyolint is gone")
	cmd.Flags().StringSliceVar(&only, "hooks", nil, "write only these `HOOKS`: "+strings.Join(hookNames(), ","))
	return cmd
}

func (a *app) hookUninstallCommand() *cobra.Command {
	var global bool
	cmd := &cobra.Command{
		Use:   "uninstall [flags]",
		Short: "Take klaviyolint's hooks away, and put back those that were there before",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return a.hookUninstall(&hookPlace{global: global}) },
	}
	cmd.Flags().BoolVar(&global, "global", false, "undo hook install --global; copies in repositories that were made since then stay")
	return cmd
}

func (a *app) hookStatusCommand() *cobra.Command {
	var global bool
	cmd := &cobra.Command{
		Use:   "status [flags]",
		Short: "Tell of each hook what git would run",
		Long: `Tell of each hook what git would run, where it stands, and which configuration says so. The exit code is 0 if klaviyolint
would run in all of them, else 1. What others wrote is taken to call klaviyolint only where nothing can keep it from it: a
line of its own, or an entry without conditions; else it may call it, and you have to look.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.hookStatus(&hookPlace{global: global}) },
	}
	cmd.Flags().BoolVar(&global, "global", false, "what hook install --global is about")
	return cmd
}

// chooseHooks returns the hooks that names name; all for none.
func chooseHooks(names []string) ([]hook, error) {
	if len(names) == 0 {
		return hooks, nil
	}
	for _, name := range names {
		if !slices.Contains(hookNames(), name) {
			return nil, &hinted{fmt.Errorf("--hooks %q is not one of %s", name, strings.Join(hookNames(), ", ")), "separate names by commas"}
		}
	}
	return slices.DeleteFunc(slices.Clone(hooks), func(h hook) bool { return !slices.Contains(names, h.name) }), nil
}

// hookInstall writes all the hooks that are chosen, or none.
func (a *app) hookInstall(p *hookPlace, chosen []hook, s script) error {
	if err := p.find(); err != nil {
		return err
	}
	var slots []*slot
	var obstacles []string
	var boss *manager
	for _, h := range chosen {
		at, err := slotIn(p.dir, h)
		if err == nil {
			err = at.obstacle(p)
		}
		if err != nil {
			obstacles = append(obstacles, err.Error())
		}
		if at.by != nil && !at.by.legacy {
			boss = at.by
		}
		slots = append(slots, at)
	}
	if boss != nil {
		return a.advise(p, boss, chosen)
	}
	if len(obstacles) > 0 {
		return &hinted{errors.New(strings.Join(obstacles, "; ")), "see to what is named, or choose other hooks with --hooks; nothing was written"}
	}
	if err := p.make(); err != nil {
		return &hinted{err, "make that directory one that you can write, or choose another one with git config core.hooksPath"}
	}
	for _, at := range slots {
		did, err := at.install(s)
		if err != nil {
			return &hinted{fmt.Errorf("install the hook %s: %w", at.hook.name, err), "see that you can write in " + at.dir + ", and run it again"}
		}
		fmt.Fprintf(a.stdout, "%s: %s\n", at.hook.name, did)
	}
	for _, note := range p.notes() {
		fmt.Fprintf(a.stdout, "\n%s\n", report.Show(note))
	}
	return nil
}

// advise shows what to add to the configuration of a manager that would write over klaviyolint's hooks.
func (a *app) advise(p *hookPlace, m *manager, chosen []hook) error {
	fmt.Fprintf(a.stderr, "%s manages the hooks here. Add to %s:\n\n", m.name, m.where)
	for _, h := range chosen {
		fmt.Fprintln(a.stderr, m.snippet(h.name))
	}
	return &hinted{
		fmt.Errorf("hooks in %s are %s's, which would write over klaviyolint's: nothing was written", p.dir, m.name),
		"add what is shown above, and see klaviyolint hook status",
	}
}

// hookUninstall takes away what install wrote, as far as nobody has changed it.
func (a *app) hookUninstall(p *hookPlace) error {
	if err := p.find(); err != nil {
		return err
	}
	found := 0
	var changed []string
	for _, dir := range p.dirs() {
		for _, h := range hooks {
			at, err := slotIn(dir, h)
			if err != nil {
				return &hinted{err, "see what stands there"}
			}
			if !at.now.ours {
				continue
			}
			found++
			if at.now.changed {
				changed = append(changed, at.file)
				continue
			}
			did, err := at.uninstall()
			if err != nil {
				return &hinted{fmt.Errorf("uninstall the hook %s: %w", h.name, err), "see that you can write in " + dir + ", and run it again"}
			}
			fmt.Fprintf(a.stdout, "%s: %s\n", h.name, did)
		}
	}
	if len(changed) > 0 {
		return &hinted{
			fmt.Errorf("%s: changed since klaviyolint wrote it, so it stays", strings.Join(changed, ", ")),
			"look at it and delete it yourself; what was there before stands beside it in " + earlierDir,
		}
	}
	if found == 0 {
		fmt.Fprintf(a.stdout, "klaviyolint has no hooks in %s.\n", report.Show(p.dir))
	}
	if err := p.unmake(); err != nil {
		return &hinted{err, "run git config --global --unset init.templateDir"}
	}
	return nil
}

// hookStatus tells what would run.
func (a *app) hookStatus(p *hookPlace) error {
	if err := p.find(); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "Hooks in %s (%s)\n", report.Show(p.dir), report.Show(p.reason))
	for _, h := range hooks {
		at, err := slotIn(p.dir, h)
		text, runs := "", false
		if err != nil {
			text = err.Error()
		} else {
			text, runs = at.status(p)
		}
		if !runs {
			a.exit = exitFindings
		}
		fmt.Fprintf(a.stdout, "  %-16s  %s\n", h.name, report.Show(text))
	}
	if shadowed := p.shadowed(); len(shadowed) > 0 {
		fmt.Fprintf(a.stdout, "\nklaviyolint's %s in %s do not run, because %s. To go back to them, run git config --unset core.hooksPath "+
			"where it is set; or run klaviyolint hook install again.\n", strings.Join(shadowed, ", "), report.Show(p.own), report.Show(p.reason))
	}
	if a.exit != exitClean {
		fmt.Fprintln(a.stderr, "klaviyolint: hint: klaviyolint hook install writes what is missing, or says what to do")
	}
	return nil
}
