// Package gittest makes random repositories for tests, and says by way of the real git and of the plainest search what
// is in them. Only tests import it. It shares no code with what they test: a repository is made of objects that this
// package encodes, hashes, deflates and packs by itself, or has git pack.
package gittest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Object is an object as git gives it. Its ID, 40 or 64 hexadecimal digits, is the key that it stands under.
type Object struct{ Type, Data string }

// Repo is a random repository.
type Repo struct {
	Dir   string   // what to open: a work tree, a bare repository, a linked worktree
	Steps []string // how it was made and stored, for the message of a test that fails

	t       testing.TB
	root    string // of all that belongs to it, its alternates and worktrees too
	gitDir  string // of the worktree that is opened
	common  string // of the repository
	sha256  bool
	shadow  string // an object directory that holds all objects; only the oracle reads it
	hidden  bool   // some packs are such that git needs the shadow to know all objects
	pruned  bool   // git or the maker took unreachable objects away
	broken  bool   // what unreachable objects name may be missing
	strange bool   // objects are stored so that the store has something to say about it
	objects map[string]Object

	head    string            // of the worktree that is opened: "ref: <name>" or an ID
	heads   map[string]string // those of other worktrees, by name
	refs    map[string]string // by full name; symbolic ones are "ref: <name>"
	pseudo  map[string][]string
	reflogs map[string][]string // the IDs in each
}

// Git skips the test when git is not installed; ci says that it has to be.
func Git(t testing.TB, ci bool) {
	t.Helper()
	if _, err := exec.LookPath("git"); err == nil {
		return
	}
	if ci {
		t.Fatal("git is not installed")
	}
	t.Skip("git is not installed, which is compared with")
}

// Options say what else is wanted of a repository.
type Options struct {
	Keep    string // a directory to make it in, where it stays; "": it lives as long as the test
	Tangled bool   // thin packs may be built on each other, and on packs without an index, in circles of packs
}

// New makes the repository that belongs to seed.
func New(t testing.TB, seed int64, opts Options) *Repo {
	t.Helper()
	root := filepath.Join(opts.Keep, fmt.Sprint("seed", seed))
	if opts.Keep == "" {
		var err error
		if root, err = os.MkdirTemp("", "gittest"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := os.RemoveAll(root); err != nil {
				t.Error(err)
			}
		})
	}
	r := &Repo{
		t: t, root: root, objects: map[string]Object{}, heads: map[string]string{}, refs: map[string]string{},
		pseudo: map[string][]string{}, reflogs: map[string][]string{},
	}
	m := &maker{Repo: r, Rand: rand.New(rand.NewSource(seed)), from: map[string]string{}, place: map[string]int{}, tangled: opts.Tangled}
	m.layout()
	m.history()
	m.leave()
	m.writeRefs()
	m.store()
	return r
}

// Said tells whether the repository is stored so that a store may have something to say about it: a pack has no index,
// what unreachable objects name is missing.
func (r *Repo) Said() bool { return r.strange || r.broken }

// String says how the repository was made.
func (r *Repo) String() string { return strings.Join(r.Steps, "\n") }

func (r *Repo) step(format string, args ...any) {
	r.Steps = append(r.Steps, fmt.Sprintf(format, args...))
}

// git runs git on the repository. Of objects it sees what is in the repository's own stores; with the shadow, all.
func (r *Repo) git(stdin string, env []string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // git gc has been seen to loop
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", append([]string{"--git-dir", r.gitDir}, args...)...)
	cmd.Dir = r.root
	cmd.Env = append(cmd.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_NO_REPLACE_OBJECTS=1",
		"GIT_TERMINAL_PROMPT=0", "LC_ALL=C", "GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@example.com")
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return string(out), err
}

func (r *Repo) mustGit(stdin string, env []string, args ...string) string {
	r.t.Helper()
	out, err := r.git(stdin, env, args...)
	if err != nil {
		r.t.Fatalf("%v\n%s", err, r)
	}
	return out
}

func (r *Repo) write(name, content string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// maker is the state of making a repository.
type maker struct {
	*Repo
	*rand.Rand

	order []string          // all objects as they were made: what a delta may be built on comes before it
	place map[string]int    // where in order
	from  map[string]string // by blob or tree: the version that it was made from

	keys    []string
	commits []*commit
	blobs   []string
	trees   []string
	tags    []string
	branch  string // that is checked out
	now     int64
	logs    bool // reflogs are written
	names   []string
	loosen  looseWriter
	tangled bool
	firm    map[string]bool // stored so that a thin pack may be built on it
}

// chance tells, in p of 100 cases, true.
func (m *maker) chance(p int) bool { return m.Intn(100) < p }

// pick gives one of the elements.
func pick[T any](m *maker, from []T) T { return from[m.Intn(len(from))] }

// layout makes the directories and the configuration.
func (m *maker) layout() {
	m.sha256 = m.chance(25)
	m.Dir = filepath.Join(m.root, "repo")
	m.common = filepath.Join(m.Dir, ".git")
	bare := m.chance(20)
	if bare {
		m.Dir += ".git"
		m.common = m.Dir
	}
	m.gitDir = m.common
	config := fmt.Sprintf("[core]\n\tbare = %v\n\trepositoryformatversion = 0\n", bare)
	if m.sha256 {
		config = fmt.Sprintf("[core]\n\tbare = %v\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n", bare)
	}
	m.write(filepath.Join(m.common, "config"), config)
	m.write(filepath.Join(m.common, "HEAD"), "ref: refs/heads/main\n")
	for _, dir := range []string{"refs", "objects/pack", "objects/info"} {
		if err := os.MkdirAll(filepath.Join(m.common, dir), 0o755); err != nil {
			m.t.Fatal(err)
		}
	}
	m.step("sha256 %v, bare %v", m.sha256, bare)
}
