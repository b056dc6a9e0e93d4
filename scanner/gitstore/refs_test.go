// This file compares refs with git for-each-ref, and reads damaged ones.

package gitstore

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (r *repo) forEachRef() []Ref {
	r.t.Helper()
	var refs []Ref
	for line := range strings.Lines(r.git("for-each-ref", "--format=%(objectname) %(refname)")) {
		hexID, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		id, err := ParseID(hexID)
		require.NoError(r.t, err)
		refs = append(refs, Ref{name, id})
	}
	return refs
}

func proper(refs []Ref) []Ref {
	var out []Ref
	for _, ref := range refs {
		if strings.HasPrefix(ref.Name, "refs/") {
			out = append(out, ref)
		}
	}
	return out
}

func TestRefs(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"sha1", "sha256"} {
		r := newRepo(t, "--object-format="+format)
		first := r.commit("a.txt", "a")
		r.git("tag", "light")
		r.git("tag", "-m", "annotated", "v1")
		r.git("branch", "feature/x")
		r.git("notes", "add", "-m", "note")
		r.git("pack-refs", "--all")
		r.commit("a.txt", "b")
		r.git("branch", "new")
		r.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/feature/x")
		r.git("symbolic-ref", "refs/heads/dangling", "refs/heads/absent")
		r.git("update-ref", "refs/x\xff/y", first.String())
		r.write("a.txt", "stashed")
		r.git("stash", "-q")
		r.write(".git/refs/heads/x.lock", "")
		r.git("reset", "-q", "--hard", "HEAD~1")
		s := r.open()
		assert.Equal(t, r.forEachRef(), proper(s.Refs()))
		assert.Contains(t, s.Refs(), Ref{"HEAD", first})
		assert.Contains(t, s.Refs(), Ref{"ORIG_HEAD", r.id("ORIG_HEAD")})
		assert.Empty(t, problems(s))
		log := s.Reflog()
		assert.Contains(t, log, ReflogEntry{"refs/stash", ID{n: first.n}, r.id("stash")})
		assert.Contains(t, log, ReflogEntry{"HEAD", r.id("ORIG_HEAD"), first})
	}
}

func TestRefsDamaged(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	id := r.commit("a.txt", "a")
	r.git("branch", "good")
	r.git("branch", "packed")
	r.git("pack-refs", "--all")
	r.git("branch", "loose")
	packed, err := os.ReadFile(r.path(".git/packed-refs"))
	require.NoError(t, err)
	r.write(".git/packed-refs", string(packed)+"garbage\n"+id.String()+"\n")
	r.write(".git/refs/heads/empty", "")
	r.write(".git/refs/heads/odd", "what\n")
	r.write(".git/refs/heads/loop", "ref: refs/heads/pool\n")
	r.write(".git/refs/heads/pool", "ref: refs/heads/loop\n")
	r.write(".git/FETCH_HEAD", id.String()+"\tnot-for-merge\tbranch 'x' of y\n"+id.String()+"\t\tz\n")
	require.NoError(t, os.Symlink("/etc/passwd", r.path(".git/refs/heads/out")))
	require.NoError(t, os.Symlink("good", r.path(".git/refs/heads/in")))
	require.NoError(t, os.Remove(r.path(".git/HEAD")))
	require.NoError(t, os.Symlink("refs/heads/main", r.path(".git/HEAD")))
	s := r.open()
	head, ok := s.Head()
	assert.True(t, ok)
	assert.Equal(t, id, head)
	var names []string
	for _, ref := range s.Refs() {
		names = append(names, strings.TrimPrefix(ref.Name, "refs/heads/"))
	}
	assert.Equal(t, []string{"FETCH_HEAD", "HEAD", "good", "in", "loose", "main", "packed"}, names)
	for _, want := range []string{
		"packed-refs: read refs: 2 lines are damaged", "refs/heads/empty: read ref: file is empty", "refs/heads/odd",
		"refs/heads/loop", "refs/heads/out: read ref: a symbolic link",
	} {
		assert.Contains(t, problems(s), want)
	}
}

func TestHeadUnborn(t *testing.T) {
	t.Parallel()
	s := newRepo(t).open()
	_, ok := s.Head()
	assert.False(t, ok)
	assert.Empty(t, problems(s))
	assert.Empty(t, sweepAll(t, s).objects)
}
