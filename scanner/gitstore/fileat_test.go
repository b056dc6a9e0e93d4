// This file holds the lookup of paths in commits against git.

package gitstore

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFileAt(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit("a/b/c.txt", "1")
	first := r.id("HEAD")
	r.commit("a/b.txt", "2")
	s := r.open()
	for _, path := range []string{"a/b/c.txt", "a/b.txt"} {
		got, err := s.FileAt(r.id("HEAD"), path)
		require.NoError(t, err)
		assert.Equal(t, r.id("HEAD:"+path), got)
	}
	for _, path := range []string{"", "a", "a/b", "a/b.txt", "a/b.txt/c", "a/b/c.txt/", "/a", "b", "a//b.txt"} {
		got, err := s.FileAt(first, path)
		require.NoError(t, err)
		assert.True(t, got.IsZero(), path)
	}
	_, err := s.FileAt(r.id("HEAD:a/b.txt"), "a")
	assert.Error(t, err)
}
