// This file makes repositories with git, for what git makes, and looks whether anything in them has changed.

package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// repo is a repository that a test makes.
type repo struct {
	t         testing.TB
	base      string   // an empty directory of the test's own, which holds
	dir       string   // the repository
	secret    bool     // whether content has the key or what belongs there instead
	began     string   // what was done by begin
	touched   bool     // whether anything else was done
	canary    string   // a file that a program writes which must not run
	forbidden []string // what a test of access takes away
	time      int
	commits   map[string]string // by subject
}

// needGit skips a test that cannot be run; where all tests must run it fails.
func needGit(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("git is not installed")
		}
		t.Skip("git is not installed")
	}
}

func newRepo(t testing.TB, secret bool, f *fault) *repo {
	t.Helper()
	needGit(t)
	r := &repo{t: t, base: t.TempDir(), secret: secret, time: 1_700_000_000, commits: map[string]string{}}
	r.dir = filepath.Join(r.base, "repo")
	require.NoError(t, os.Mkdir(r.dir, 0o755))
	if !f.raw {
		r.begin(fmt.Sprint("init", f.init), func() {
			r.git(append([]string{"init", "-q", "-b", "main", "--template="}, f.init...)...)
		})
	}
	return r
}

// beside makes another repository next to r.
func (r *repo) beside(name string, args ...string) *repo {
	r.t.Helper()
	r.touched = true
	other := *r
	other.dir = filepath.Join(r.base, filepath.FromSlash(name))
	require.NoError(r.t, os.MkdirAll(other.dir, 0o755))
	other.git(append([]string{"init", "-q", "-b", "main", "--template="}, args...)...)
	return &other
}

// text is a line of a file with the key, or, in the repository without one, with the public key.
func (r *repo) text() string {
	if r.secret {
		return "KLAVIYO_PUBLIC_KEY=" + keys["HEX"] + "\n"
	}
	return "KLAVIYO_PUBLIC_KEY=AbC123\n"
}

func (r *repo) try(stdin string, args ...string) (string, error) {
	r.touched = true
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	stamp := strconv.Itoa(r.time) + " +0100"
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.com", "GIT_COMMITTER_NAME=Cem", "LC_ALL=C",
		"GIT_COMMITTER_EMAIL=cem@example.com", "GIT_AUTHOR_DATE="+stamp, "GIT_COMMITTER_DATE="+stamp,
		"GIT_CONFIG_COUNT=3", "GIT_CONFIG_KEY_0=gc.auto", "GIT_CONFIG_VALUE_0=0",
		"GIT_CONFIG_KEY_1=protocol.file.allow", "GIT_CONFIG_VALUE_1=always",
		"GIT_CONFIG_KEY_2=core.fsync", "GIT_CONFIG_VALUE_2=none")
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return strings.TrimSuffix(string(out), "\n"), err
}

func (r *repo) git(args ...string) string {
	r.t.Helper()
	return r.gitIn("", args...)
}

func (r *repo) gitIn(stdin string, args ...string) string {
	r.t.Helper()
	out, err := r.try(stdin, args...)
	require.NoError(r.t, err)
	return out
}

func (r *repo) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(r.dir, filepath.FromSlash(name))
}

// file writes a file, whatever stood there.
func (r *repo) file(name, content string) {
	r.t.Helper()
	r.touched = true
	require.NoError(r.t, os.MkdirAll(filepath.Dir(r.path(name)), 0o755))
	if info, err := os.Lstat(r.path(name)); err == nil && !info.Mode().IsRegular() {
		r.remove(name)
	}
	_ = os.Chmod(r.path(name), 0o644) // git's objects are read-only
	require.NoError(r.t, os.WriteFile(r.path(name), []byte(content), 0o644))
}

func (r *repo) read(name string) string {
	r.t.Helper()
	data, err := os.ReadFile(r.path(name))
	require.NoError(r.t, err)
	return string(data)
}

// change writes what f makes of a file.
func (r *repo) change(name string, f func([]byte) []byte) {
	r.t.Helper()
	r.file(name, string(f([]byte(r.read(name)))))
}

func (r *repo) remove(name string) {
	r.t.Helper()
	r.touched = true
	require.NoError(r.t, os.RemoveAll(r.path(name)))
}

func (r *repo) link(target, name string) {
	r.t.Helper()
	r.touched = true
	require.NoError(r.t, os.MkdirAll(filepath.Dir(r.path(name)), 0o755))
	if err := os.Symlink(target, r.path(name)); err != nil {
		r.t.Skip("no symbolic links here")
	}
}

func (r *repo) move(from, to string) {
	r.t.Helper()
	r.touched = true
	require.NoError(r.t, os.MkdirAll(filepath.Dir(r.path(to)), 0o755))
	require.NoError(r.t, os.Rename(r.path(from), r.path(to)))
}

// only gives the one file that matches a pattern.
func (r *repo) only(pattern string) string {
	r.t.Helper()
	names, err := filepath.Glob(r.path(pattern))
	require.NoError(r.t, err)
	require.Len(r.t, names, 1, pattern)
	return names[0]
}

// commit writes a file, unless its name is "", and commits everything. Each commit is a minute after the one before.
func (r *repo) commit(subject, name, content string) string {
	r.t.Helper()
	if name != "" {
		r.file(name, content)
	}
	r.git("add", "-A")
	return r.commitStaged(subject)
}

func (r *repo) commitStaged(subject string, args ...string) string {
	r.t.Helper()
	r.time += 60
	r.git(append([]string{"commit", "-q", "--allow-empty", "-m", subject}, args...)...)
	id := r.id("HEAD")
	r.commits[subject] = id
	return id
}

// plant commits a.env with the key, below other.txt in an own commit.
func (r *repo) plant() {
	r.t.Helper()
	r.begin("plant", func() {
		r.commit("first", "other.txt", "nothing\n")
		r.commit("plant", "a.env", r.text())
	})
}

func (r *repo) id(rev string) string {
	r.t.Helper()
	return r.git("rev-parse", "--verify", rev)
}

// loose is the name of an object's loose file.
func loose(id string) string { return ".git/objects/" + id[:2] + "/" + id[2:] }

// snapshot lists all that is below dir: mode, size, time of change and content.
func snapshot(t testing.TB, dir string) string {
	t.Helper()
	var list strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if len(name) > 4000 {
			return nil // longer than a path may be
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		content := ""
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			content, _ = os.Readlink(name)
		case info.Mode().IsRegular() && info.Size() < 64<<20:
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			content = fmt.Sprintf("%x", sha256.Sum256(data))
		}
		fmt.Fprintf(&list, "%s %s %d %s %s\n", info.Mode(), name, info.Size(), info.ModTime(), content)
		return nil
	})
	require.NoError(t, err)
	return list.String()
}
