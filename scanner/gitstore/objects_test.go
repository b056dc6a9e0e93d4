package gitstore

import (
	"context"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fuse is a context that ends when it has been asked some times.
type fuse struct {
	context.Context
	left atomic.Int64
}

func newFuse(n int) *fuse {
	f := &fuse{Context: context.Background()}
	f.left.Store(int64(n))
	return f
}

func (f *fuse) Err() error {
	if f.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// What a sweep visits and what it goes past come to what the store promises.
func TestObjects(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	assert.Zero(t, r.open().Objects())
	grow(r, rand.New(rand.NewSource(1)), 5)
	r.git("repack", "-q", "-d")
	grow(r, rand.New(rand.NewSource(2)), 5)
	r.git("repack", "-q", "-a") // what it replaces stays: some objects are in two packs
	grow(r, rand.New(rand.NewSource(3)), 2)
	shared := filepath.Join(t.TempDir(), "shared")
	r.git("clone", "-q", "-s", r.dir, shared)

	s := openStore(t, shared, Env{})
	want := 0
	for _, dir := range []string{r.dir, shared} {
		for _, line := range strings.Split(r.git("-C", dir, "count-objects", "-v"), "\n") {
			if name, n, _ := strings.Cut(line, ": "); name == "count" || name == "in-pack" {
				count := 0
				for _, c := range n {
					count = count*10 + int(c-'0')
				}
				want += count
			}
		}
	}
	assert.Equal(t, want, s.Objects())
}

// A load that is interrupted is taken up by the next call, and loses nothing.
func TestLoadIsTakenUp(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	for i := range 4 {
		grow(r, rand.New(rand.NewSource(int64(i))), 3)
		r.git("repack", "-q", "-d")
	}
	names, err := filepath.Glob(r.path(".git/objects/pack/*.idx"))
	require.NoError(t, err)
	require.Len(t, names, 4)
	for _, name := range names[:2] {
		require.NoError(t, os.Remove(name))
	}
	want := len(r.objects())
	for n := range 200 {
		s := r.open()
		err := s.loadFor(newFuse(n))
		if err == nil {
			assert.Greater(t, n, 8)
			break
		}
		require.ErrorIs(t, err, context.Canceled)
		if n%7 != 0 {
			continue
		}
		got := sweepAll(t, s)
		assert.Empty(t, got.errs)
		assert.Empty(t, got.unnamed, "what was not read is not lost")
		assert.GreaterOrEqual(t, len(got.objects), want, n)
		assert.NotContains(t, problems(s), "not seen")
	}
}

// Whatever the moment at which it is interrupted, a sweep and a search for places end with the context's error.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	grow(r, rand.New(rand.NewSource(4)), 8)
	r.git("repack", "-q", "-a", "-d")
	id := r.commit("a.txt", "a")
	blob := r.id("HEAD:a.txt")
	for n := 0; ; n += 3 {
		s := r.open()
		_, err := s.Sweep(newFuse(n), func(Object) (bool, error) { return false, nil }, nil)
		if err == nil {
			break
		}
		require.ErrorIs(t, err, context.Canceled)
	}
	for n := 0; ; n += 3 {
		s := r.open()
		g, err := s.Sweep(t.Context(), func(o Object) (bool, error) { return o.ID == id || o.ID == blob, nil }, nil)
		require.NoError(t, err)
		_, err = g.Locate(newFuse(n))
		if err == nil {
			break
		}
		require.ErrorIs(t, err, context.Canceled)
		assert.Empty(t, problems(s))
	}
}

func TestProblemKinds(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit("a.txt", "a")
	r.commit("a.txt", "b")
	r.git("config", "uploadpack.allowFilter", "true")
	kinds := func(args ...string) []ProblemKind {
		dir := filepath.Join(t.TempDir(), "clone")
		r.git(append(append([]string{"clone", "-q", "--bare"}, args...), "file://"+r.dir, dir)...)
		s := openStore(t, dir, Env{})
		sweepAll(t, s)
		var kinds []ProblemKind
		for _, p := range s.Problems() {
			kinds = append(kinds, p.Kind)
		}
		assert.Equal(t, s.Partial(), strings.HasPrefix(strings.Join(args, " "), "--filter"))
		return kinds
	}
	assert.Empty(t, kinds())
	assert.Equal(t, []ProblemKind{ShallowClone}, kinds("--depth=1"))
	assert.Equal(t, []ProblemKind{PartialClone}, kinds("--filter=blob:none"))
	assert.Equal(t, []ProblemKind{PartialClone}, kinds("--filter=tree:0"))

	// A clone that is neither, and lacks an object, is damaged.
	require.NoError(t, os.Remove(looseName(r.path(".git/objects"), r.id("HEAD^{tree}"))))
	s := r.open()
	sweepAll(t, s)
	require.Len(t, s.Problems(), 1)
	assert.Empty(t, s.Problems()[0].Kind)
}
