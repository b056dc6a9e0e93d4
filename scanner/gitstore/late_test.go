// This file changes a store between the moment when it is listed and the one when it is read.

package gitstore

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What gc moves into a pack after it was listed is visited there, and located.
func TestSweepAfterRepack(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit("d/a.txt", "a")
	r.commit("b.txt", "b")
	blob, want := r.id("HEAD:d/a.txt"), r.objects()
	s := r.open()
	s.promised()
	r.git("repack", "-q", "-a", "-d")
	r.git("prune-packed")
	seen := 0
	g, err := s.Sweep(t.Context(), func(o Object) (bool, error) { seen++; return o.ID == blob, o.Err }, nil)
	require.NoError(t, err)
	assert.Equal(t, len(want), seen)
	places, err := g.Locate(t.Context())
	require.NoError(t, err)
	require.Len(t, places, 1)
	assert.Equal(t, "d/a.txt", places[0].Path)
	assert.Equal(t, r.id("HEAD~1"), places[0].Commit.ID)
	assert.Empty(t, problems(s))
}

// What comes in while the store is listed shows by what names it; it is visited, and has a place without a path.
func TestSweepComesIn(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit("dir/a.txt", "a")
	for _, late := range []string{"HEAD:dir/a.txt", "HEAD:dir"} {
		blob, hidden := r.id("HEAD:dir/a.txt"), r.id(late)
		file := looseName(r.path(".git/objects"), hidden)
		require.NoError(t, os.Rename(file, file+".away"))
		s := r.open()
		s.promised()
		require.NoError(t, os.Rename(file+".away", file))
		names := 0
		g, err := s.Sweep(t.Context(), func(o Object) (bool, error) { return o.ID == blob, o.Err },
			func(name []byte) bool { names++; return string(name) == "a.txt" })
		require.NoError(t, err)
		assert.Equal(t, 2, names, late)
		places, err := g.Locate(t.Context())
		require.NoError(t, err)
		require.Len(t, places, 2, late)
		assert.Equal(t, "a.txt", places[0].Name+places[1].Name)
		assert.Contains(t, []ID{places[0].Object, places[1].Object}, blob, late)
	}
}
