// This file opens repositories of all shapes, and broken ones.

package gitstore

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit("sub/a.txt", "a")
	head := r.id("HEAD")
	gitDir := r.path(".git")

	for _, at := range []string{r.dir, r.path("sub"), r.path("sub/a.txt"), gitDir, r.path(".git/objects/info")} {
		s := openStore(t, at, Env{})
		assert.Equal(t, gitDir, s.GitDir, at)
		assert.Equal(t, gitDir, s.CommonDir)
		assert.Equal(t, r.dir, s.WorkTree, at)
		got, ok := s.Head()
		assert.True(t, ok)
		assert.Equal(t, head, got)
		assert.Empty(t, problems(s))
	}

	bare := filepath.Join(t.TempDir(), "bare.git")
	r.git("clone", "-q", "--bare", r.dir, bare)
	s := openStore(t, bare, Env{})
	assert.Equal(t, bare, s.GitDir)
	assert.Empty(t, s.WorkTree)
	got, _ := s.Head()
	assert.Equal(t, head, got)

	_, err := Open(t.TempDir(), Env{})
	assert.ErrorIs(t, err, ErrNotRepository)
	for _, name := range []string{"objects", "refs"} {
		r.write("sub/"+name+"/x", "not a repository's")
	}
	assert.Equal(t, gitDir, openStore(t, r.path("sub"), Env{}).GitDir)
	_, err = Open(filepath.Join(t.TempDir(), "absent"), Env{})
	assert.ErrorIs(t, err, os.ErrNotExist)

	link := filepath.Join(t.TempDir(), "linked")
	require.NoError(t, os.Mkdir(link, 0o755))
	if os.Symlink(gitDir, filepath.Join(link, ".git")) == nil {
		s := openStore(t, link, Env{})
		assert.Equal(t, link, s.WorkTree)
		assert.NotEmpty(t, sweepAll(t, s).objects)
	}

	s = openStore(t, r.path("sub"), Env{GitDir: "../.git", WorkTree: "..", IndexFile: "../.git/index"})
	assert.Equal(t, gitDir, s.GitDir)
	assert.Equal(t, r.dir, s.WorkTree)
	x, err := s.Index()
	require.NoError(t, err)
	assert.True(t, x.Has("sub/a.txt"))
}

func TestOpenWorktree(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit("a.txt", "a")
	tree := filepath.Join(t.TempDir(), "other")
	r.git("worktree", "add", "-q", "--detach", tree)
	other := &repo{t: t, dir: tree, time: r.time}
	only := other.commit("b.txt", "b")

	s := openStore(t, tree, Env{})
	assert.Equal(t, r.path(".git"), s.CommonDir)
	assert.Equal(t, r.path(".git/worktrees/other"), s.GitDir)
	assert.Equal(t, tree, s.WorkTree)
	head, _ := s.Head()
	assert.Equal(t, only, head)
	assert.Contains(t, s.Refs(), Ref{"main-worktree/HEAD", r.id("HEAD")})
	x, err := s.Index()
	require.NoError(t, err)
	assert.True(t, x.Has("b.txt"))
	requireSame(t, s, r.objects())
	assert.Equal(t, tree, openStore(t, s.GitDir, Env{}).WorkTree)

	// The commit has no ref but the HEAD of the other worktree.
	s = r.open()
	assert.Contains(t, s.Refs(), Ref{"worktrees/other/HEAD", only})
	places := locate(t, s, []ID{only})
	assert.Equal(t, "ref", places[0].Reach)
	assert.Equal(t, "worktrees/other/HEAD", places[0].Ref)
}

func TestOpenSubmodule(t *testing.T) {
	t.Parallel()
	sub := newRepo(t)
	sub.commit("s.txt", "s")
	r := newRepo(t)
	r.commit("a.txt", "a")
	r.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", sub.dir, "mod")
	r.commitStaged("add submodule")
	s := openStore(t, r.path("mod"), Env{})
	assert.Equal(t, r.path(".git/modules/mod"), s.GitDir)
	assert.Equal(t, r.path("mod"), s.WorkTree)
	requireSame(t, s, sub.objects())
	// The commit of the submodule is not looked for in the outer repository.
	s = r.open()
	locate(t, s, []ID{r.id("HEAD:a.txt")})
	assert.Empty(t, problems(s))
}

func TestOpenFormats(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, value, problem string }{
		{"extensions.worktreeConfig", "true", ""},
		{"extensions.preciousObjects", "true", ""},
		{"extensions.relativeWorktrees", "true", ""},
		{"extensions.noop", "true", ""},
		{"extensions.partialClone", "origin", ""},
		{"extensions.refStorage", "reftable", "git refs migrate"},
		{"extensions.fancy", "true", `extension "fancy" is not known`},
		{"extensions.objectFormat", "md5", `object format "md5" is not known`},
		{"remote.origin.promisor", "true", ""},
	} {
		r := newRepo(t)
		r.commit("a.txt", "a")
		r.git("config", c.key, c.value)
		s := r.open()
		assert.Len(t, sweepAll(t, s).objects, 3, c.key)
		if c.problem == "" {
			assert.Empty(t, problems(s), c.key)
		} else {
			assert.Contains(t, problems(s), c.problem)
		}
	}
	r := newRepo(t)
	r.commit("a.txt", "a")
	require.NoError(t, os.Truncate(r.path(".git/config"), 2<<20))
	s := r.open()
	assert.Contains(t, problems(s), "config")
	assert.Len(t, sweepAll(t, s).objects, 3)

	r = newRepo(t)
	r.commit("a.txt", "a")
	r.commit("a.txt", "b")
	clone := filepath.Join(t.TempDir(), "clone")
	r.git("clone", "-q", "--depth=1", "file://"+r.dir, clone)
	s = openStore(t, clone, Env{})
	assert.Contains(t, problems(s), "history is cut at 1 commit: run git fetch --unshallow")
	locate(t, s, []ID{r.id("HEAD:a.txt")})
	assert.NotContains(t, problems(s), "parents")
}

func TestConfig(t *testing.T) {
	t.Parallel()
	c := parseConfig([]byte("\ufeff[Core]\n\tbare = false # no\n[extensions] ObjectFormat = \"sha256\"\nflag\n" +
		"[remote \"Or \\\"i]gin\"]\nurl = a\\\nb;c\n[branch.Main]\nx=\"a # b\" \n[broken\nnokey\n"))
	assert.Equal(t, config{
		"core.bare": "false", "extensions.objectformat": "sha256", "extensions.flag": "true",
		`remote.Or "i]gin.url`: "ab", "branch.main.x": "a # b", "branch.main.nokey": "true",
	}, c)
}
