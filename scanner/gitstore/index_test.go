// This file compares indexes with git ls-files.

package gitstore

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// staged asks git for the entries of the index.
func (r *repo) staged() []IndexEntry {
	r.t.Helper()
	var entries []IndexEntry
	for _, line := range strings.Split(strings.TrimSuffix(r.git("ls-files", "--stage", "--sparse", "-z"), "\x00"), "\x00") {
		if line == "" {
			continue
		}
		info, path, _ := strings.Cut(line, "\t")
		fields := strings.Fields(info)
		mode, err := strconv.ParseUint(fields[0], 8, 32)
		require.NoError(r.t, err)
		id, err := ParseID(fields[1])
		require.NoError(r.t, err)
		entries = append(entries, IndexEntry{Path: path, ID: id, Mode: filemode.FileMode(mode), Stage: fields[2][0] - '0'})
	}
	return entries
}

func requireIndex(t *testing.T, r *repo, version int) *Index {
	t.Helper()
	x, err := r.open().Index()
	require.NoError(t, err)
	if version != 0 {
		assert.Equal(t, version, x.Version)
	}
	plain := make([]IndexEntry, len(x.Entries))
	for i, e := range x.Entries {
		e.IntentToAdd, e.SkipWorktree = false, false
		plain[i] = e
	}
	require.Equal(t, r.staged(), plain)
	return x
}

func TestIndex(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"sha1", "sha256"} {
		for _, version := range []int{2, 3, 4} {
			t.Run(fmt.Sprint(format, version), func(t *testing.T) {
				t.Parallel()
				r := newRepo(t, "--object-format="+format)
				_, err := r.open().Index()
				require.ErrorIs(t, err, fs.ErrNotExist)
				for i := range 40 {
					r.write(fmt.Sprintf("d%d/%s-%d", i%5, strings.Repeat("n", i), i), fmt.Sprint(i))
				}
				r.write("odd\n\xff", "odd")
				r.git("add", "-A")
				r.git("update-index", fmt.Sprintf("--index-version=%d", version))
				if version == 3 {
					r.write("later", "later")
					r.git("add", "-N", "later")
				}
				x := requireIndex(t, r, version)
				if version == 3 {
					i := x.search("later")
					assert.True(t, x.Entries[i].IntentToAdd)
				}
				assert.True(t, x.Has("odd\n\xff"))
				assert.False(t, x.Has("odd"))
				assert.True(t, x.HasUnder("d1"))
				assert.False(t, x.HasUnder("d"))
				assert.False(t, x.HasUnder("odd\n\xff"))
				r.commitStaged("all")
				r.git("-c", "index.skipHash=true", "add", "-A")
				requireIndex(t, r, 0)
			})
		}
	}
}

func TestIndexConflict(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit("a.txt", "a")
	r.git("branch", "other")
	r.commit("a.txt", "b")
	r.git("checkout", "-q", "other")
	r.commit("a.txt", "c")
	_, err := r.try(nil, "merge", "-q", "main")
	require.Error(t, err)
	x := requireIndex(t, r, 0)
	assert.Len(t, x.Entries, 3)
	assert.True(t, x.Has("a.txt"))
}

func TestSplitIndex(t *testing.T) {
	t.Parallel()
	for _, version := range []int{2, 4} {
		r := newRepo(t)
		for i := range 200 {
			r.write(fmt.Sprintf("d%d/f%d", i%7, i), fmt.Sprint(i))
		}
		r.git("add", "-A")
		r.commitStaged("all")
		r.git("update-index", fmt.Sprintf("--index-version=%d", version))
		r.git("-c", "splitIndex.maxPercentChange=100", "update-index", "--split-index")
		r.git("config", "splitIndex.maxPercentChange", "100")
		requireIndex(t, r, 0)
		for i := range 5 {
			r.write(fmt.Sprintf("d%d/f%d", i*8%7, i*8), "changed")
			r.git("rm", "-q", "--cached", fmt.Sprintf("d%d/f%d", (i+100)%7, i+100))
			r.write(fmt.Sprintf("d1/new%d", i), "new")
			r.git("add", fmt.Sprintf("d1/new%d", i), fmt.Sprintf("d%d/f%d", i*8%7, i*8))
			data, err := os.ReadFile(r.path(".git/index"))
			require.NoError(t, err)
			require.Contains(t, string(data), "link")
			requireIndex(t, r, 0)
		}
		matches, err := fs.Glob(os.DirFS(r.path(".git")), "sharedindex.*")
		require.NoError(t, err)
		for _, name := range matches {
			require.NoError(t, os.Remove(r.path(".git/"+name)))
		}
		_, err = r.open().Index()
		require.Error(t, err)
		require.NotErrorIs(t, err, fs.ErrNotExist)
	}
}

func TestSparseIndex(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	for i := range 30 {
		r.write(fmt.Sprintf("d%d/e%d/f%d", i%3, i%2, i), fmt.Sprint(i))
	}
	r.git("add", "-A")
	r.commitStaged("all")
	r.git("sparse-checkout", "init", "--cone", "--sparse-index")
	r.git("sparse-checkout", "set", "d1")
	x := requireIndex(t, r, 0)
	i := x.search("d0/")
	require.Equal(t, "d0/", x.Entries[i].Path)
	assert.Equal(t, filemode.Dir, x.Entries[i].Mode)
	assert.True(t, x.HasUnder("d0"))
}

func TestIndexDamaged(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	for i := range 20 {
		r.write(fmt.Sprint("f", i), "x")
	}
	r.git("add", "-A")
	good, err := os.ReadFile(r.path(".git/index"))
	require.NoError(t, err)
	for _, n := range []int{0, 5, 12, 100, len(good) / 2, len(good) - 1} {
		_, err := decodeIndex(good[:n], 20, nil)
		require.ErrorIs(t, err, errIndex, n)
	}
	long := append([]byte(nil), good...)
	long[12+40+20+1]-- // the first path's length
	clear(long[len(long)-20:])
	_, err = decodeIndex(long, 20, nil)
	require.ErrorIs(t, err, errPathLength)
	many := append([]byte(nil), good...)
	binary.BigEndian.PutUint32(many[8:], 1<<31)
	clear(many[len(many)-20:])
	_, err = decodeIndex(many, 20, nil)
	require.ErrorIs(t, err, errIndex)
}
