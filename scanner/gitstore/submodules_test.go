package gitstore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// submodules lists the submodules of s as "path: directory" and "path: error", directories below r's.
func submodules(t *testing.T, r *repo, s *Store) []string {
	t.Helper()
	found, err := s.Submodules(t.Context())
	require.NoError(t, err)
	list := []string{}
	for _, m := range found {
		if m.Err != nil {
			assert.Nil(t, m.Store)
			list = append(list, fmt.Sprintf("%s: %v", m.Path, m.Err))
			continue
		}
		rel, err := filepath.Rel(r.dir, m.Store.CommonDir)
		require.NoError(t, err)
		list = append(list, m.Path+": "+filepath.ToSlash(rel))
		require.NoError(t, m.Store.Close())
	}
	return list
}

// module puts a bare repository where git puts that of a submodule.
func (r *repo) module(name, worktree string) string {
	r.t.Helper()
	dir := r.path(".git/modules/" + name)
	require.NoError(r.t, os.MkdirAll(filepath.Dir(dir), 0o755))
	r.git("init", "-q", "--bare", dir)
	r.git("--git-dir", dir, "config", "core.bare", "false")
	if worktree != "" {
		r.git("--git-dir", dir, "config", "core.worktree", worktree)
	}
	return dir
}

func TestSubmodules(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit("a.txt", "a")
	assert.Empty(t, submodules(t, r, r.open()))

	r.module("plain", "")
	r.module("moved", "../../../lib/new")
	r.module("libs/objects", "../../../../libs/objects")
	r.module("libs/objects/more", "") // in the directory of another
	r.module("absolute", r.path("abs"))
	r.module("outside", "../../../../../elsewhere")
	r.module("root", "../../..")
	r.module("moved/modules/inner", "../../../../../lib/new/inner")
	require.NoError(t, os.MkdirAll(r.path(".git/modules/empty/below"), 0o755))
	damaged := r.module("damaged", "")
	require.NoError(t, os.RemoveAll(filepath.Join(damaged, "objects")))
	headless := r.module("headless", "")
	require.NoError(t, os.Remove(filepath.Join(headless, "HEAD")))
	assert.Equal(t, []string{
		"absolute: .git/modules/absolute",
		"damaged: open submodule's repository: " + damaged + ": not in a git repository",
		"headless: .git/modules/headless",
		"lib/new: .git/modules/moved",
		"lib/new/inner: .git/modules/moved/modules/inner",
		"libs/objects: .git/modules/libs/objects",
		"libs/objects/more: .git/modules/libs/objects/more",
		"outside: .git/modules/outside",
		"plain: .git/modules/plain",
		"root: .git/modules/root",
	}, submodules(t, r, r.open()))

	// In a linked worktree and without a work tree they are the same.
	tree := filepath.Join(t.TempDir(), "tree")
	r.git("worktree", "add", "-q", "--detach", tree)
	assert.Len(t, submodules(t, r, openStore(t, tree, Env{})), 10)
	r.git("config", "core.bare", "true")
	assert.Contains(t, submodules(t, r, r.open()), "moved: .git/modules/moved")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := r.open().Submodules(ctx)
	assert.ErrorIs(t, err, context.Canceled)
}

// A linked worktree has submodules of its own; where the current one has the same, they are at one path.
func TestSubmodulesOfWorktrees(t *testing.T) {
	t.Parallel()
	sub := newRepo(t)
	sub.commit("s.txt", "s")
	r := newRepo(t)
	r.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", sub.dir, "mod")
	r.commitStaged("add submodule")
	tree := filepath.Join(t.TempDir(), "tree")
	r.git("worktree", "add", "-q", "--detach", tree)
	r.git("-C", tree, "-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init")
	want := []string{"mod: .git/modules/mod", "mod: .git/worktrees/tree/modules/mod"}
	assert.ElementsMatch(t, want, submodules(t, r, r.open()))
	assert.ElementsMatch(t, want, submodules(t, r, openStore(t, tree, Env{})))
}

func TestSubmodulesInTheWorkTree(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	const id = "1234567890123456789012345678901234567890"
	link := func(of *repo, name string) { of.git("update-index", "--add", "--cacheinfo", "160000,"+id+","+name) }
	inner := func(dir string) *repo {
		require.NoError(t, os.MkdirAll(dir, 0o755))
		in := &repo{t: t, dir: dir, time: r.time}
		in.git("init", "-q", "-b", "main")
		return in
	}
	old := inner(r.path("vendor/old"))
	link(r, "vendor/old")
	link(r, "absent")
	inner(r.path("vendor/old/deep"))
	link(old, "deep")
	link(old, "gone")
	inner(r.path("unlinked")) // no submodule: nothing in the index says so
	outside := inner(filepath.Join(t.TempDir(), "outside"))
	if os.Symlink(outside.dir, r.path("linked")) == nil {
		link(r, "linked")
	}
	require.NoError(t, os.Mkdir(r.path("named"), 0o755))
	require.NoError(t, os.WriteFile(r.path("named/.git"), []byte("gitdir: "+outside.path(".git")+"\n"), 0o644))
	link(r, "named")
	require.NoError(t, os.Mkdir(r.path("broken"), 0o755))
	require.NoError(t, os.WriteFile(r.path("broken/.git"), []byte("gitdir: ../.git/modules/none\n"), 0o644))
	link(r, "broken")
	assert.Equal(t, []string{
		"absent: " + ErrNotCloned.Error(),
		"broken: " + ErrNotCloned.Error(),
		"linked: its .git leads out of this repository, which is not followed: scan it by itself",
		"named: its .git file names a repository outside of this one, which is not followed: scan it by itself",
		"vendor/old: vendor/old/.git",
		"vendor/old/deep: vendor/old/deep/.git",
		"vendor/old/gone: " + ErrNotCloned.Error(),
	}, submodules(t, r, r.open()))
	require.NoError(t, os.WriteFile(r.path(".git/index"), []byte("DIRC"), 0o644))
	assert.Equal(t, []string{
		"index: look for submodules: read index index: index is damaged: not an index, or too short: remove it and run git reset to make it anew",
	}, submodules(t, r, r.open()))
}

// Nothing that a repository says leads out of it.
func TestSubmodulesStayInside(t *testing.T) {
	t.Parallel()
	r, outside := newRepo(t), newRepo(t)
	outside.commit("a.txt", "a")
	common := r.module("common", "")
	require.NoError(t, os.WriteFile(filepath.Join(common, "commondir"), []byte(outside.path(".git")), 0o644))
	if os.Symlink(outside.path(".git"), r.path(".git/modules/link")) != nil {
		t.Skip("no symbolic links here")
	}
	assert.Equal(t, []string{
		"common: open submodule's repository: it names a repository outside of this one, which is not followed: scan that by itself",
		"link: list submodules: a symbolic link in place of submodules' repositories is not followed",
	}, submodules(t, r, r.open()))
	require.NoError(t, os.RemoveAll(r.path(".git/modules")))
	require.NoError(t, os.Symlink(outside.dir, r.path(".git/modules")))
	assert.Equal(t, []string{
		"modules: list submodules: a symbolic link in place of submodules' repositories is not followed",
	}, submodules(t, r, r.open()))
}
