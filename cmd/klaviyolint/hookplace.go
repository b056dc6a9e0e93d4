// This file finds out in which directory git looks for hooks, and why there. It asks git for its configuration, which
// includes files by conditions; whoever installs hooks is in his own repository. What runs in a hook does not ask git.

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

// hookPlace is a directory of hooks.
type hookPlace struct {
	global bool // that of the user's configuration, not the repository's

	dir      string // absolute
	reason   string // why it is that one
	own      string // the repository's own, which counts if core.hooksPath is not set; "" with global
	top      string // the top of the work tree; "" with global, or if there is none
	inTree   bool   // it is in a work tree, so git may track it
	tracked  []string
	shared   bool   // all repositories without a core.hooksPath of their own use it
	template string // with global: the template that init.templateDir is to name, or names since klaviyolint set it
}

// find fills the place in.
func (p *hookPlace) find() error {
	find := p.findLocal
	if p.global {
		find = p.findGlobal
	}
	if err := find(); err != nil {
		return err
	}
	if info, err := os.Stat(p.dir); err == nil && !info.IsDir() {
		return &hinted{
			fmt.Errorf("git runs no hooks here, because %s is no directory: %s", p.dir, p.reason),
			"make it a directory, or name another one with git config core.hooksPath",
		}
	}
	return p.findTracked()
}

// findLocal finds the directory of the repository that holds the current directory.
func (p *hookPlace) findLocal() error {
	store, err := gitstore.Open(".", gitEnv())
	if err != nil {
		return &hinted{err, "go to a repository, or install for all new ones with --global"}
	}
	defer store.Close()
	p.own, p.top = filepath.Join(store.CommonDir, "hooks"), store.WorkTree
	p.dir, p.reason = p.own, "core.hooksPath is not set"
	set, err := gitConfig("--show-scope", "--show-origin", "core.hooksPath")
	if err != nil {
		return err
	}
	if len(set) == 3 {
		p.reason = fmt.Sprintf("core.hooksPath is %s in git's %s configuration, %s", set[2], set[0], strings.TrimPrefix(set[1], "file:"))
		p.shared = set[0] == "global" || set[0] == "system"
		if set[2] == "" {
			return &hinted{errors.New("git runs no hooks here, because core.hooksPath is empty"), "run git config --unset core.hooksPath"}
		}
		base := p.top
		if base == "" {
			base = store.GitDir
		}
		if p.dir = set[2]; !filepath.IsAbs(p.dir) {
			p.dir = filepath.Join(base, p.dir)
		}
	}
	return nil
}

// findTracked finds out whether the place is in a work tree, of whatever repository, and what of it is tracked there. A
// link may lead anywhere.
func (p *hookPlace) findTracked() error {
	actual := resolved(p.dir)
	holder := actual
	for info, err := os.Stat(holder); err != nil || !info.IsDir(); info, err = os.Stat(holder) {
		up := filepath.Dir(holder)
		if up == holder {
			return nil
		}
		holder = up
	}
	store, err := gitstore.Open(holder, gitstore.Env{})
	if errors.Is(err, gitstore.ErrNotRepository) {
		return nil
	}
	if err == nil {
		defer store.Close()
		below := func(dir string) bool { return strings.HasPrefix(actual, resolved(dir)+string(filepath.Separator)) }
		if p.inTree = store.WorkTree != "" && !below(store.GitDir) && !below(store.CommonDir); !p.inTree {
			return nil
		}
		err = p.readTracked(store, actual)
	}
	if err != nil {
		return &hinted{fmt.Errorf("see what git tracks in %s: %w", p.dir, err), "run git status there"}
	}
	return nil
}

// readTracked lists what git tracks in the directory actual.
func (p *hookPlace) readTracked(store *gitstore.Store, actual string) error {
	index, err := store.Index()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	top := resolved(store.WorkTree)
	for _, e := range index.Entries {
		name := filepath.Join(top, filepath.FromSlash(e.Path))
		if filepath.Dir(name) == actual {
			p.tracked = append(p.tracked, filepath.Base(name))
		}
	}
	return nil
}

// resolved follows the links in a path as far as it exists.
func resolved(path string) string {
	if actual, err := filepath.EvalSymlinks(path); err == nil {
		return actual
	}
	if up := filepath.Dir(path); up != path {
		return filepath.Join(resolved(up), filepath.Base(path))
	}
	return path
}

// findGlobal finds the directory that git's global configuration names.
//
// A core.hooksPath that klaviyolint set would take the place of all hooks of all repositories, those of git lfs too;
// pre-commit and lefthook refuse to install beside it. A template harms nobody, but is only for repositories to come.
func (p *hookPlace) findGlobal() error {
	set, err := gitConfig("--global", "core.hooksPath")
	if err != nil {
		return err
	}
	if len(set) > 0 {
		p.dir, p.reason, p.shared = set[0], "core.hooksPath of git's global configuration", true
		if !filepath.IsAbs(p.dir) {
			return &hinted{fmt.Errorf("core.hooksPath of git's global configuration is %s, another directory in each repository", p.dir),
				"run klaviyolint hook install in each"}
		}
		return nil
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return &hinted{fmt.Errorf("find the directory for configurations: %w", err), "set HOME"}
	}
	ours := filepath.Join(config, "klaviyolint", "template")
	for _, scope := range []string{"--global", "--system"} {
		if set, err = gitConfig(scope, "init.templateDir"); err != nil && scope == "--global" {
			return err
		}
		if len(set) > 0 && filepath.IsAbs(set[0]) && filepath.Clean(set[0]) != ours {
			p.dir, p.reason = filepath.Join(set[0], "hooks"), "init.templateDir of git's "+scope[2:]+" configuration"
			return nil
		}
	}
	p.template, p.dir = ours, filepath.Join(ours, "hooks")
	p.reason = "klaviyolint's template for new repositories"
	return nil
}

// gitConfig returns what git config --get prints for args, in its parts; nothing if it is not set.
func gitConfig(args ...string) ([]string, error) {
	name := len(args) - 1
	words := slices.Concat([]string{"config", "-z", "--type=path"}, args[:name], []string{"--get", args[name]})
	cmd := exec.Command("git", words...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"), nil
	case errors.As(err, &exit) && exit.ExitCode() == 1 && stderr.Len() == 0:
		return nil, nil
	case errors.As(err, &exit):
		return nil, &hinted{
			fmt.Errorf("read git's configuration: %s", strings.TrimSpace(stderr.String())),
			"see to what git says; 2.26 or later is needed to install hooks",
		}
	}
	return nil, &hinted{fmt.Errorf("read git's configuration: %w", err), "install git, or put it into PATH"}
}

// tracks tells whether git tracks a file.
func (p *hookPlace) tracks(name string) bool { return slices.Contains(p.tracked, filepath.Base(name)) }

// dirs returns where hooks of klaviyolint's may stand, the one that counts first.
func (p *hookPlace) dirs() []string {
	if p.own == "" || resolved(p.own) == resolved(p.dir) {
		return []string{p.dir}
	}
	return []string{p.dir, p.own}
}

// shadowed lists klaviyolint's hooks that stand in the repository's own directory while git looks elsewhere.
func (p *hookPlace) shadowed() []string {
	var names []string
	for _, dir := range p.dirs()[1:] {
		for _, h := range hooks {
			if at, err := slotIn(dir, h); err == nil && at.now.ours {
				names = append(names, h.name)
			}
		}
	}
	return names
}

// make makes the directory, and has git's configuration name it.
func (p *hookPlace) make() error {
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return fmt.Errorf("make the directory of hooks: %w", err)
	}
	if p.template == "" {
		return nil
	}
	// git's own template, which this one stands for, has it too, and people write .git/info/exclude.
	if err := os.MkdirAll(filepath.Join(p.template, "info"), 0o755); err != nil {
		return fmt.Errorf("make the template: %w", err)
	}
	return runGit("config", "--global", "init.templateDir", p.template)
}

// unmake undoes make as far as nobody else uses what it made.
func (p *hookPlace) unmake() error {
	if p.template == "" {
		return nil
	}
	for _, dir := range []string{p.dir, filepath.Join(p.template, "info"), p.template} {
		if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil //nolint:nilerr // there is more in it
		}
	}
	_ = os.Remove(filepath.Dir(p.template)) // if nothing else is in it
	set, err := gitConfig("--global", "init.templateDir")
	if err != nil || len(set) == 0 {
		return err
	}
	return runGit("config", "--global", "--unset", "init.templateDir")
}

func runGit(args ...string) error {
	if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}

// notes returns what is to be known of the place after an install.
func (p *hookPlace) notes() []string {
	switch {
	case p.inTree:
		return []string{fmt.Sprintf("%s (%s) is in the work tree. The scripts hold this machine's path of klaviyolint: do not commit them. "+
			"For the whole team write klaviyolint hook run NAME \"$@\" into hooks of your own.", p.dir, p.reason)}
	case p.global && !p.shared:
		return []string{"git copies these into new repositories and clones (" + filepath.Dir(p.dir) + "). In those that are there already, " +
			"run klaviyolint hook install."}
	case p.shared:
		return []string{"git runs these in all repositories that do not set core.hooksPath themselves (" + p.dir + ")."}
	}
	return nil
}
