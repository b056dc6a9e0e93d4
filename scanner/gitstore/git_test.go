// This file runs the real git, which the tests compare with.

package gitstore

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// repo is a repository that a test makes with git.
type repo struct {
	t    testing.TB
	dir  string
	time int
}

func newRepo(t testing.TB, args ...string) *repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		require.NotEqual(t, "true", os.Getenv("CI"), "git is not installed, and nothing may be skipped in CI")
		t.Skip("git is not installed: nothing was compared with it")
	}
	r := &repo{t: t, dir: filepath.Join(t.TempDir(), "repo"), time: 1_700_000_000}
	require.NoError(t, os.Mkdir(r.dir, 0o755))
	r.git(append([]string{"init", "-q", "-b", "main"}, args...)...)
	r.git("config", "gc.auto", "0")
	return r
}

func (r *repo) try(stdin []byte, args ...string) ([]byte, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	stamp := strconv.Itoa(r.time) + " +0100"
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.com", "GIT_COMMITTER_NAME=Cem",
		"GIT_COMMITTER_EMAIL=cem@example.com", "GIT_AUTHOR_DATE="+stamp, "GIT_COMMITTER_DATE="+stamp, "LC_ALL=C")
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return out, err
}

func (r *repo) git(args ...string) string {
	r.t.Helper()
	out, err := r.try(nil, args...)
	require.NoError(r.t, err)
	return strings.TrimSuffix(string(out), "\n")
}

func (r *repo) gitIn(stdin string, args ...string) string {
	r.t.Helper()
	out, err := r.try([]byte(stdin), args...)
	require.NoError(r.t, err)
	return strings.TrimSuffix(string(out), "\n")
}

func (r *repo) path(name string) string { return filepath.Join(r.dir, filepath.FromSlash(name)) }

func (r *repo) write(name, content string) {
	r.t.Helper()
	require.NoError(r.t, os.MkdirAll(filepath.Dir(r.path(name)), 0o755))
	require.NoError(r.t, os.WriteFile(r.path(name), []byte(content), 0o644))
}

// commit writes a file and commits it; each commit is a minute after the one before.
func (r *repo) commit(name, content string) ID {
	r.t.Helper()
	r.write(name, content)
	r.git("add", "-A")
	return r.commitStaged("change " + name)
}

func (r *repo) commitStaged(message string) ID {
	r.t.Helper()
	r.time += 60
	r.git("commit", "-q", "--allow-empty", "-m", message)
	return r.id("HEAD")
}

func (r *repo) id(rev string) ID {
	r.t.Helper()
	id, err := ParseID(r.git("rev-parse", "--verify", rev))
	require.NoError(r.t, err)
	return id
}

func (r *repo) open() *Store {
	r.t.Helper()
	return openStore(r.t, r.dir, Env{})
}

func openStore(t testing.TB, dir string, env Env) *Store {
	t.Helper()
	s, err := Open(dir, env)
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// content is an object as tests compare it.
type content struct {
	Type Type
	Data string
}

// objects asks git for all objects of the store.
func (r *repo) objects() map[ID]content {
	r.t.Helper()
	out, err := r.try(nil, "cat-file", "--batch-all-objects", "--batch", "--unordered")
	require.NoError(r.t, err)
	br := bufio.NewReader(bytes.NewReader(out))
	all := map[ID]content{}
	for {
		line, err := br.ReadString('\n')
		if err == io.EOF {
			return all
		}
		fields := strings.Fields(line)
		require.Len(r.t, fields, 3, line)
		id, err := ParseID(fields[0])
		require.NoError(r.t, err)
		typ, ok := parseType(fields[1])
		require.True(r.t, ok)
		n, err := strconv.Atoi(fields[2])
		require.NoError(r.t, err)
		data := make([]byte, n+1)
		_, err = io.ReadFull(br, data)
		require.NoError(r.t, err)
		all[id] = content{typ, string(data[:n])}
	}
}

// swept is what a sweep delivers.
type swept struct {
	objects map[ID]content
	errs    map[ID]error
	unnamed []Object
	twice   []ID
}

// sweep sweeps s.
func sweep(t testing.TB, s *Store, visit func(Object) error) *Graph {
	t.Helper()
	g, err := s.Sweep(context.Background(), func(o Object) (bool, error) { return false, visit(o) }, nil)
	require.NoError(t, err)
	return g
}

// locate sweeps s and locates objects.
func locate(t testing.TB, s *Store, ids []ID) []Place {
	t.Helper()
	g, err := s.Sweep(context.Background(), func(o Object) (bool, error) { return slices.Contains(ids, o.ID), nil }, nil)
	require.NoError(t, err)
	places, err := g.Locate(context.Background())
	require.NoError(t, err)
	return places
}

func sweepAll(t testing.TB, s *Store) swept {
	t.Helper()
	var mu sync.Mutex
	got := swept{objects: map[ID]content{}, errs: map[ID]error{}}
	sweep(t, s, func(o Object) error {
		data := o.Data
		if o.Stream != nil {
			var err error
			if data, err = io.ReadAll(o.Stream); err != nil {
				o.Err = err
			}
		}
		mu.Lock()
		defer mu.Unlock()
		_, had := got.objects[o.ID]
		_, failed := got.errs[o.ID]
		switch {
		case o.ID.IsZero():
			got.unnamed = append(got.unnamed, o)
		case had || failed:
			got.twice = append(got.twice, o.ID)
		case o.Err != nil:
			got.errs[o.ID] = o.Err
		default:
			got.objects[o.ID] = content{o.Type, string(data)}
		}
		return nil
	})
	return got
}

// requireSame proves that a sweep of s gives exactly the objects that git gives.
func requireSame(t testing.TB, s *Store, want map[ID]content) {
	t.Helper()
	got := sweepAll(t, s)
	require.Empty(t, got.errs)
	require.Empty(t, got.unnamed)
	require.Empty(t, got.twice)
	require.Len(t, got.objects, len(want))
	for id, c := range want {
		require.Equal(t, c, got.objects[id], "object %s", id)
	}
}

// problems gives the text of all problems of s.
func problems(s *Store) string {
	var lines []string
	for _, p := range s.Problems() {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}
