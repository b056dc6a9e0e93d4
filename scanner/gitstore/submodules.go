// This file finds the repositories of submodules.

package gitstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// Submodule is the repository of a submodule, or what stands where one should be.
type Submodule struct {
	// Path is where the submodule stands in the work tree of the outermost repository, with slashes. Where its
	// configuration does not say that, or says something else, it is the name of its repository. Any bytes.
	Path  string
	Store *Store // to be closed; nil with Err
	Err   error  // why it cannot be opened
}

// ErrNotCloned says that the index has a submodule whose repository is not here.
var ErrNotCloned = errors.New("submodule has not been cloned: run git submodule update --init --recursive")

// Submodules opens the repositories of all submodules, and of theirs: those in the directory modules of the repository
// (gitsubmodules(7)), also of submodules that the index no longer has, and those that stand in the work tree, as old
// versions of git put them. Each is listed once, sorted by path.
//
// What .gitmodules says is not read, and what the configuration of a submodule says is only read for its path. A
// repository outside of this one's directories is not opened, whatever leads there; the submodule has Err then. The error
// is that ctx ended, and nothing is open then.
func (s *Store) Submodules(ctx context.Context) ([]Submodule, error) {
	m := &moduleSearch{seen: map[string]bool{}, known: map[string]bool{}, tree: canonical(s.WorkTree)}
	m.inside = []string{canonical(s.CommonDir), canonical(s.GitDir)}
	if m.tree != "" {
		m.inside = append(m.inside, m.tree)
	}
	m.seen[canonical(s.CommonDir)] = true
	queue := []module{{store: s}}
	for len(queue) > 0 {
		if err := ctx.Err(); err != nil {
			for _, f := range m.found {
				if f.Store != nil {
					_ = f.Store.Close()
				}
			}
			return nil, err
		}
		of := queue[0]
		queue = queue[1:]
		m.below(of)
		m.linked(of)
		queue, m.opened = append(queue, m.opened...), nil
	}
	slices.SortStableFunc(m.found, func(a, b Submodule) int { return strings.Compare(a.Path, b.Path) })
	return m.found, nil
}

// canonical resolves the links in a directory's name; "" is none.
func canonical(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil && dir != "" {
		return real
	}
	return dir
}

// module is a repository whose submodules are looked for.
type module struct {
	store *Store
	path  string // of the submodule; "" for the outermost repository
}

// at gives the path of what stands in it. Names come from outside: ".." is not resolved.
func (of module) at(name string) string {
	if of.path == "" {
		return name
	}
	return of.path + "/" + name
}

type moduleSearch struct {
	tree   string          // the work tree of the outermost repository; "" for none
	inside []string        // the directories in which a repository may stand
	seen   map[string]bool // repositories by their directory
	known  map[string]bool // paths and names of submodules that are here
	found  []Submodule
	opened []module // found since the queue was last looked at
}

// below looks for repositories in the directories called modules.
func (m *moduleSearch) below(of module) {
	dirs := []string{of.store.CommonDir}
	if of.store.GitDir != of.store.CommonDir {
		dirs = append(dirs, of.store.GitDir)
	}
	// Each linked worktree has clones of its own.
	worktrees, _ := os.ReadDir(filepath.Join(of.store.CommonDir, "worktrees"))
	for _, w := range worktrees {
		dirs = append(dirs, filepath.Join(of.store.CommonDir, "worktrees", w.Name()))
	}
	for _, dir := range dirs {
		dir = filepath.Join(dir, "modules")
		if exists(dir) {
			m.walk(of, dir)
		}
	}
}

// own are the directories that a repository has itself. In others there may be the repository of a submodule whose name
// begins with that of this one: a/b in a.
var own = []string{"objects", "refs", "logs", "hooks", "info", "branches", "worktrees", "modules", "lfs", "annex"}

// walk goes through a directory called modules, whose directories are named after submodules; a name may have slashes.
func (m *moduleSearch) walk(of module, modules string) {
	stack := []string{""}
	for len(stack) > 0 {
		name := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		dir := filepath.Join(modules, filepath.FromSlash(name))
		at := of.at(name)
		fi, err := os.Lstat(dir)
		if err == nil && fi.Mode()&fs.ModeSymlink != 0 {
			err = errors.New("a symbolic link in place of submodules' repositories is not followed")
		}
		var entries []os.DirEntry
		if err == nil {
			entries, err = os.ReadDir(dir)
		}
		if err != nil {
			m.fail(of.at(cmp.Or(name, "modules")), fmt.Errorf("list submodules: %w", pathless(err)))
			continue
		}
		isRepository := name != "" && looksLikeModule(dir)
		if isRepository {
			m.open(dir, at)
		}
		for _, e := range entries {
			if isRepository && slices.Contains(own, e.Name()) {
				continue
			}
			if e.IsDir() || e.Type()&fs.ModeSymlink != 0 && !isRepository {
				stack = append(stack, path.Join(name, e.Name()))
			}
		}
	}
}

// looksLikeModule tells a repository, damaged as it may be, from a directory that is a part of a submodule's name.
func looksLikeModule(dir string) bool {
	file := func(name string) bool {
		fi, err := os.Lstat(filepath.Join(dir, name))
		return err == nil && !fi.IsDir()
	}
	return file("HEAD") || isDir(filepath.Join(dir, "objects")) &&
		(isDir(filepath.Join(dir, "refs")) || file("config") || file("packed-refs"))
}

// open opens the repository in dir, which is called name unless it says where it stands.
func (m *moduleSearch) open(dir, name string) {
	s := &Store{}
	err := s.use(dir)
	if err == nil && !m.isInside(canonical(s.CommonDir)) {
		err = errors.New("it names a repository outside of this one, which is not followed: scan that by itself")
	}
	if err != nil {
		m.fail(name, fmt.Errorf("open submodule's repository: %w", err))
		return
	}
	real := canonical(s.CommonDir)
	if m.seen[real] {
		return
	}
	m.seen[real] = true
	s.heed(dir, Env{})
	m.known[name] = true
	if tree, ok := m.workTree(s); ok {
		name = tree
		s.WorkTree = filepath.Join(m.tree, filepath.FromSlash(tree))
	}
	m.known[name] = true
	m.found = append(m.found, Submodule{Path: name, Store: s})
	m.opened = append(m.opened, module{s, name})
}

// workTree gives the path that a submodule's repository says that it stands at, if that is in the outermost work tree:
// core.worktree, as git submodule sets it, or the directory that holds it.
func (m *moduleSearch) workTree(s *Store) (string, bool) {
	if m.tree == "" {
		return "", false
	}
	at := s.WorkTree
	if filepath.Base(s.GitDir) != ".git" {
		data, err := readRegular(filepath.Join(s.CommonDir, "config"), maxText)
		if err != nil {
			return "", false
		}
		at = filepath.FromSlash(parseConfig(data)["core.worktree"])
		if at == "" || filepath.IsAbs(at) || filepath.VolumeName(at) != "" {
			return "", false
		}
		at = filepath.Join(canonical(s.GitDir), at)
	}
	rel, err := filepath.Rel(m.tree, canonical(at))
	if err != nil || rel == "." || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// linked looks at the submodules that the index has: in old repositories they have their own in the work tree.
func (m *moduleSearch) linked(of module) {
	x, err := of.store.Index()
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		m.fail(of.at("index"), fmt.Errorf("look for submodules: %w", err))
		return
	}
	last := ""
	for _, e := range x.Entries {
		if Kind(e.Mode) == filemode.Submodule && e.Path != last {
			last = e.Path
			m.link(of, e.Path)
		}
	}
}

// link looks at the submodule that stands at a path of the work tree.
func (m *moduleSearch) link(of module, name string) {
	at := of.at(name)
	tree, local := of.store.WorkTree, filepath.FromSlash(name)
	var gitDir string
	err := fs.ErrNotExist
	if tree != "" && filepath.IsLocal(local) {
		gitDir = filepath.Join(tree, local, ".git")
		_, err = os.Lstat(gitDir)
	}
	switch {
	case missing(err) && m.known[at]:
		return // not checked out, but here
	case missing(err):
		err = ErrNotCloned
	case err != nil:
		err = fmt.Errorf("look for submodule's repository: %w", pathless(err))
	case isDir(gitDir):
		if m.isInside(canonical(gitDir)) {
			m.open(gitDir, at)
			return
		}
		err = errors.New("its .git leads out of this repository, which is not followed: scan it by itself")
	default:
		var target string
		if target, err = readGitFile(gitDir); err == nil && !isDir(target) {
			err = ErrNotCloned
		} else if err == nil && !m.isInside(canonical(target)) {
			err = errors.New("its .git file names a repository outside of this one, which is not followed: scan it by itself")
		}
	}
	if err != nil {
		m.fail(at, err)
	}
}

// isInside tells whether a directory is in those of the outermost repository.
func (m *moduleSearch) isInside(dir string) bool {
	return slices.ContainsFunc(m.inside, func(outer string) bool {
		rel, err := filepath.Rel(outer, dir)
		return err == nil && filepath.IsLocal(rel)
	})
}

func (m *moduleSearch) fail(name string, err error) {
	m.found = append(m.found, Submodule{Path: name, Err: err})
}
