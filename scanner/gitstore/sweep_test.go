// This file compares sweeps with git's own enumeration.

package gitstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// grow adds commits to a repository: files that change a little, so that deltas come to be.
func grow(r *repo, rng *rand.Rand, commits int) {
	r.t.Helper()
	lines := func(n int) []string {
		var out []string
		for range n {
			out = append(out, fmt.Sprintf("%x %d", rng.Int63(), rng.Intn(100)))
		}
		return out
	}
	files := map[string][]string{}
	for i := range commits {
		for range 1 + rng.Intn(4) {
			name := fmt.Sprintf("d%d/e%d/f%d.txt", rng.Intn(3), rng.Intn(2), rng.Intn(4))
			text := files[name]
			if text == nil || rng.Intn(10) == 0 {
				text = lines(rng.Intn(300))
			}
			for range rng.Intn(4) {
				if at := rng.Intn(len(text) + 1); rng.Intn(2) == 0 || at == len(text) {
					text = append(text[:at:at], append(lines(1), text[at:]...)...)
				} else {
					text = append(text[:at:at], text[at+1:]...)
				}
			}
			files[name] = text
			r.write(name, strings.Join(text, "\n"))
		}
		r.git("add", "-A")
		r.commitStaged(fmt.Sprintf("commit %d", i))
		if rng.Intn(6) == 0 {
			r.git("tag", "-m", "a tag", fmt.Sprintf("t%d-%d", i, rng.Intn(1000)))
		}
	}
}

func TestSweepRandom(t *testing.T) {
	t.Parallel()
	for seed := range int64(32) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewSource(seed))
			var args []string
			if seed%4 == 3 {
				args = append(args, "--object-format=sha256")
			}
			r := newRepo(t, args...)
			for range 1 + rng.Intn(3) {
				grow(r, rng, 2+rng.Intn(8))
				repack := []string{
					"-c", fmt.Sprintf("repack.useDeltaBaseOffset=%v", rng.Intn(2) == 0),
					"-c", fmt.Sprintf("pack.indexVersion=%d", 1+rng.Intn(2)),
					"repack", "-q", fmt.Sprintf("--depth=%d", rng.Intn(60)), fmt.Sprintf("--window=%d", rng.Intn(20)),
				}
				switch rng.Intn(5) {
				case 0: // stays loose
				case 1:
					r.git(repack...)
				case 2:
					r.git(append(repack, "-d")...)
				case 3:
					r.git(append(repack, "-a", "-d", "-f")...)
				case 4:
					r.git("reset", "-q", "--hard", "HEAD~1")
					r.git("reflog", "expire", "--expire=all", "--all")
					r.git(append(repack, "-d", "--cruft")...)
				}
			}
			want := r.objects()
			requireSame(t, r.open(), want)
			s := r.open()
			for id, c := range want {
				typ, data, err := s.Read(id)
				require.NoError(t, err)
				require.Equal(t, c, content{typ, string(data)})
			}
			assert.Empty(t, problems(s))
			// Without any index the packs alone must do.
			indexes, err := filepath.Glob(r.path(".git/objects/pack/*.idx"))
			require.NoError(t, err)
			for _, name := range indexes {
				require.NoError(t, os.Remove(name))
			}
			s = r.open()
			requireSame(t, s, want)
			assert.Equal(t, len(indexes) > 0, strings.Contains(problems(s), "git index-pack"))
		})
	}
}

func TestSweepStops(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	grow(r, rand.New(rand.NewSource(1)), 8)
	r.git("repack", "-q", "-a", "-d")
	grow(r, rand.New(rand.NewSource(2)), 3)
	stop := errors.New("stop")
	_, err := r.open().Sweep(context.Background(), func(Object) (bool, error) { return false, stop }, nil)
	assert.ErrorIs(t, err, stop)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = r.open().Sweep(ctx, func(Object) (bool, error) { return false, nil }, nil)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestAlternates(t *testing.T) {
	t.Parallel()
	base := newRepo(t)
	grow(base, rand.New(rand.NewSource(3)), 6)
	base.git("repack", "-q", "-a", "-d")
	grow(base, rand.New(rand.NewSource(4)), 2)
	for _, relative := range []bool{false, true} {
		r := newRepo(t)
		target := filepath.Join(base.dir, ".git", "objects")
		line := target
		if relative {
			var err error
			line, err = filepath.Rel(r.path(".git/objects"), target)
			require.NoError(t, err)
		}
		r.write(".git/objects/info/alternates", "# a comment\n\n"+line+"\n")
		r.write("own.txt", "own")
		r.git("add", "-A")
		r.commitStaged("own")
		want := r.objects()
		require.Greater(t, len(want), 20)
		s := r.open()
		requireSame(t, s, want)
		assert.Empty(t, problems(s))
	}
	r := newRepo(t)
	odd := filepath.Join(t.TempDir(), "odd\n\"ä")
	require.NoError(t, os.Rename(base.path(".git/objects"), odd))
	r.write(".git/objects/info/alternates", `"`+strings.NewReplacer("\n", `\n`, `"`, `\"`, "ä", `\303\244`).Replace(odd)+
		"\"\n/does/not/exist\n"+r.path(".git/objects")+"\n")
	s := r.open()
	assert.Greater(t, len(sweepAll(t, s).objects), 20)
	assert.Contains(t, problems(s), "/does/not/exist")
	// The environment names object directories, too.
	empty := newRepo(t)
	s = openStore(t, empty.dir, Env{Alternates: []string{odd}})
	assert.Greater(t, len(sweepAll(t, s).objects), 20)
	s = openStore(t, empty.dir, Env{ObjectDir: odd})
	assert.Greater(t, len(sweepAll(t, s).objects), 20)
}

// TestThinPack sweeps a pack whose deltas are built on objects outside of it.
func TestThinPack(t *testing.T) {
	t.Parallel()
	for _, indexed := range []bool{false, true} {
		r := newRepo(t)
		grow(r, rand.New(rand.NewSource(5)), 10)
		all := r.objects()
		old := r.id("HEAD~3")
		thin, err := r.try([]byte("HEAD\n^"+old.String()+"\n"), "pack-objects", "--thin", "--revs", "--stdout", "-q")
		require.NoError(t, err)
		base, err := r.try([]byte(old.String()+"\n"), "pack-objects", "--revs", "--stdout", "-q", "--include-tag")
		require.NoError(t, err)
		bare := newRepo(t, "--bare")
		require.NoError(t, os.WriteFile(bare.path("objects/pack/pack-a.pack"), base, 0o444))
		if indexed {
			bare.git("index-pack", "objects/pack/pack-a.pack")
		}
		require.NoError(t, os.WriteFile(bare.path("objects/pack/pack-b.pack"), thin, 0o444))
		s := openStore(t, bare.dir, Env{})
		got := sweepAll(t, s)
		assert.Empty(t, got.errs)
		assert.Empty(t, got.unnamed, "%v", got.unnamed)
		for id, c := range got.objects {
			assert.Equal(t, all[id], c)
		}
		for id, c := range all {
			if c.Type == BlobObject {
				assert.Contains(t, got.objects, id)
			}
		}
	}
}

// TestRepackMeanwhile repacks after the packs were listed.
func TestRepackMeanwhile(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	grow(r, rand.New(rand.NewSource(6)), 6)
	r.git("repack", "-q", "-d")
	grow(r, rand.New(rand.NewSource(7)), 3)
	r.git("repack", "-q", "-d")
	want := r.objects()
	s, reader := r.open(), r.open()
	for _, s := range []*Store{s, reader} {
		s.load()
		require.NoError(t, s.files.close())
	}
	r.git("repack", "-q", "-a", "-d", "-f", "--depth=3")
	requireSame(t, s, want)
	assert.Empty(t, problems(s))
	for id := range want {
		_, _, err := reader.Read(id)
		require.NoError(t, err)
	}
	packs, err := filepath.Glob(r.path(".git/objects/pack/*.pack"))
	require.NoError(t, err)
	s = r.open()
	s.load()
	require.NoError(t, s.files.close())
	require.NoError(t, os.Remove(packs[0]))
	assert.Empty(t, sweepAll(t, s).objects)
	assert.Contains(t, problems(s), fmt.Sprintf("%d objects that packs or files promised are not there", len(want)))
}

// TestManyPacks needs more packs than files are kept open.
func TestManyPacks(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	for i := range 3 * maxOpenFiles {
		r.commit("a.txt", strings.Repeat(fmt.Sprint(i), 50))
		r.git("repack", "-q", "-d")
	}
	s := r.open()
	want := r.objects()
	requireSame(t, s, want)
	for id := range want {
		_, _, err := s.Read(id)
		require.NoError(t, err)
	}
	assert.LessOrEqual(t, len(s.files.open), maxOpenFiles)
	_, _, err := s.Read(hashOf(BlobObject, "absent"))
	assert.ErrorIs(t, err, ErrMissing)
}
