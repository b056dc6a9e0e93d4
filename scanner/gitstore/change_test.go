// This file compares what is staged with git diff-index.

package gitstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// changes lists what Staged gives: mode, ID and, where there was a file, its ID before.
func changes(t *testing.T, s *Store) map[string]string {
	t.Helper()
	whole, err := s.Index()
	require.NoError(t, err)
	x, err := s.ChangedIndex()
	require.NoError(t, err)
	got := changesOf(t, s, x)
	require.Equal(t, changesOf(t, s, whole), got)
	return got
}

func changesOf(t *testing.T, s *Store, x *Index) map[string]string {
	t.Helper()
	got := map[string]string{}
	require.NoError(t, s.Staged(context.Background(), x, func(c Change) error {
		require.NoError(t, c.Err)
		assert.NotContains(t, got, c.Path)
		got[c.Path] = fmt.Sprintf("%06o %s %s", uint32(c.Mode), c.ID, c.Before)
		return nil
	}))
	return got
}

// cached asks git for the same. What is gone as a whole directory git lists file by file.
func (r *repo) cached() map[string]string {
	r.t.Helper()
	list := map[string]string{}
	fields := strings.Split(r.git("diff-index", "--cached", "--raw", "--no-renames", "--no-abbrev", "-z", "HEAD"), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		f := strings.Fields(strings.TrimPrefix(fields[i], ":"))
		mode, id, before := f[1], f[3], f[2]
		if f[4] == "D" {
			id = ""
		}
		if f[4] == "A" || f[0] == "160000" || f[4] == "D" {
			before = ""
		}
		list[fields[i+1]] = mode + " " + id + " " + before
	}
	return list
}

// What is staged is what git says, whether directories are made of entries, or of trees as in the middle of a commit.
func TestStaged(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	for i := range 60 {
		r.write(fmt.Sprintf("d%d/e%d/f%d", i%3, i%5, i), fmt.Sprint(i))
	}
	r.write("odd\n\xff", "odd")
	r.write("top", "top")
	r.write("file", "file")
	r.write("dir/a", "a")
	require.NoError(t, os.Symlink("top", r.path("link")))
	r.git("add", "-A")
	r.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("1", 40)+",module")
	r.commitStaged("first")
	assert.Empty(t, changes(t, r.open()))

	r.write("d1/e1/f1", "changed")
	r.write("d1/e1.x", "new beside a directory")
	r.write("new/deep/down", "new")
	r.git("rm", "-q", "--cached", "d2/e2/f2")
	require.NoError(t, os.Chmod(r.path("top"), 0o755))
	r.git("mv", "file", "moved")
	require.NoError(t, os.RemoveAll(r.path("dir")))
	r.write("dir", "a file now")
	require.NoError(t, os.Remove(r.path("link")))
	r.write("link", "top")
	r.git("add", "-A")
	r.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("2", 40)+",module")
	check := func() {
		t.Helper()
		want := r.cached()
		delete(want, "dir/a") // that a directory is a file now says it
		assert.Equal(t, want, changes(t, r.open()))
	}
	check()
	r.git("write-tree") // which writes the trees into the index, as git commit does before hooks run
	check()
	r.git("update-index", "--index-version=4")
	check()
	r.git("update-index", "--split-index")
	r.write("d0/e0/f0", "changed")
	r.git("add", "d0/e0/f0")
	check()
	r.git("gc", "-q")
	check()

	whole := map[string]string{}
	s := r.open()
	x, err := s.Index()
	require.NoError(t, err)
	require.NoError(t, s.Indexed(context.Background(), x, func(c Change) error {
		whole[c.Path] = c.ID.String()
		return nil
	}))
	assert.Equal(t, r.lsTree(r.git("write-tree")), whole)
}

// Of a directory in which all that is left is the same as in HEAD, what is gone is told.
func TestStagedGone(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.write("d/a.txt", "a")
	r.write("d/e/b.txt", "b")
	r.write("f/c.txt", "c")
	r.git("add", "-A")
	r.commitStaged("first")
	r.git("rm", "-q", "d/a.txt")
	none := map[string]string{"d/a.txt": "000000  "}
	assert.Equal(t, none, changes(t, r.open()))
	r.git("write-tree")
	assert.Equal(t, none, changes(t, r.open()))
	x, err := r.open().ChangedIndex()
	require.NoError(t, err)
	assert.Empty(t, x.Entries, "all that is left is the same")
}

// A valid cached tree is what git commit records, whatever the entries say.
func TestStagedCachedTree(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit("d/a.txt", "a")
	r.write("d/a.txt", "b")
	r.git("add", "-A")
	r.git("write-tree")
	s := r.open()
	x, err := s.Index()
	require.NoError(t, err)
	require.NotEmpty(t, x.trees)
	old, other := r.id("HEAD:d/a.txt"), r.id(":d/a.txt")
	staged := func() (paths []string, problem error) {
		require.NoError(t, s.Staged(context.Background(), x, func(c Change) error {
			paths, problem = append(paths, c.Path+" "+c.ID.String()), errors.Join(problem, c.Err)
			return nil
		}))
		return paths, problem
	}
	x.Entries[0].ID = old
	paths, problem := staged()
	require.NoError(t, problem)
	assert.Equal(t, []string{"d/a.txt " + other.String()}, paths)

	// What the store does not have git makes from the entries.
	x.trees[0].entries = -1
	x.trees[1].tree.b[0] ^= 1
	x.Entries[0].ID = other
	paths, problem = staged()
	require.NoError(t, problem)
	assert.Equal(t, []string{"d/a.txt " + other.String()}, paths)
}

// Twelve trees of ten entries have 10^12 paths.
func TestStagedBomb(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	kind, id := "100644 blob", r.gitIn("bomb", "hash-object", "-w", "--stdin")
	for range 12 {
		text := ""
		for i := range 10 {
			text += fmt.Sprintf("%s %s\tn%d\n", kind, id, i)
		}
		kind, id = "040000 tree", r.gitIn(text, "mktree")
	}
	root, err := ParseID(id)
	require.NoError(t, err)
	x := &Index{Entries: []IndexEntry{{Path: "sparse/", Mode: filemode.Dir, ID: root}}}
	n, told := 0, []string{}
	require.NoError(t, r.open().Indexed(context.Background(), x, func(c Change) error {
		if n++; c.Err != nil {
			told = append(told, c.Err.Error())
		}
		return nil
	}))
	assert.Greater(t, n, 1000)
	require.Len(t, told, 1)
	assert.Contains(t, told[0], "further files are not seen")
}

// What is missing of the trees is told, and what is in the place of what HEAD's cannot tell is a change.
func TestStagedMissing(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit("d/e/a.txt", "a")
	r.commit("b.txt", "b")
	tree := r.id("HEAD:d/e").String()
	r.git("read-tree", "--reset", "HEAD")
	r.write("d/e/c.txt", "c")
	r.git("add", "d/e/c.txt")
	require.NoError(t, os.Remove(r.path(".git/objects/"+tree[:2]+"/"+tree[2:])))
	s := r.open()
	x, err := s.Index()
	require.NoError(t, err)
	var got []string
	require.NoError(t, s.Staged(context.Background(), x, func(c Change) error {
		got = append(got, c.Path)
		if c.Path == "HEAD:d/e" {
			assert.ErrorIs(t, c.Err, ErrMissing)
		}
		return nil
	}))
	slices.Sort(got)
	assert.Equal(t, []string{"HEAD:d/e", "d/e/a.txt", "d/e/c.txt"}, got)

	x = &Index{Entries: []IndexEntry{{Path: "d/", Mode: filemode.Dir, ID: r.id("HEAD:d")}}}
	var problem error
	require.NoError(t, s.Indexed(context.Background(), x, func(c Change) error {
		problem = errors.Join(problem, c.Err)
		return nil
	}))
	assert.ErrorIs(t, problem, ErrMissing)
}
