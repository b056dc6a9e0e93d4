package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestFaultFlips flips a bit or a byte of a random file below .git, several hundred times. Whatever that does, there is
// no silent all-clear: all keys are found, or the report is not complete; and the exit code is never 0.
//
// KLAVIYOLINT_FLIPS says how often, KLAVIYOLINT_SEED goes on where a failure was.
func TestFaultFlips(t *testing.T) {
	t.Parallel()
	flips, seed := 400, time.Now().UnixNano()
	if n, err := strconv.Atoi(os.Getenv("KLAVIYOLINT_FLIPS")); err == nil {
		flips = n
	}
	if n, err := strconv.ParseInt(os.Getenv("KLAVIYOLINT_SEED"), 10, 64); err == nil {
		seed = n
	}
	for i, build := range []func(*repo){flipLoose, flipPacked, flipNoIndex} {
		f := &fault{}
		r := newRepo(t, true, f)
		build(r)
		m := &mutants{repo: r, rng: rand.New(rand.NewSource(seed + int64(i)))}
		m.list()
		m.truth = m.seen(m.scan())
		require.GreaterOrEqual(t, len(m.truth), 3)
		failed := 0
		for range flips / 3 {
			if what := m.flip(); what != "" {
				if failed++; failed <= 20 {
					t.Errorf("seed %d, repository %d: %s", seed, i, what)
				}
			}
		}
		t.Logf("seed %d, repository %d: %d of %d flips pass in silence", seed, i, failed, flips/3)
	}
}

// flipLoose has keys in loose objects only.
func flipLoose(r *repo) {
	r.plant()
	r.commit("second", "dir/b.env", "x\n"+r.text())
	r.git("tag", "-m", r.text(), "v1")
	r.git("rm", "-q", "a.env")
	r.commitStaged("removed")
}

// flipPacked has them in packs, some as deltas, some loose, and all kinds of files besides.
func flipPacked(r *repo) {
	flipLoose(r)
	lines := strings.Repeat("a line that stays as it is\n", 50)
	r.commit("long", "long.env", lines)
	r.commit("longer", "long.env", lines+r.text())
	r.git("checkout", "-q", "-b", "side", "HEAD~2")
	r.commit("side", "c.env", r.text())
	r.git("checkout", "-q", "main")
	r.git("repack", "-q", "-a", "-d", "--depth=10", "--window=10")
	r.git("pack-refs", "--all")
	r.commit("last", "d.env", "y\n"+r.text())
	r.file("a.env", "z\n"+r.text())
	r.git("stash", "-q", "-u")
}

// flipNoIndex has a pack without an index.
func flipNoIndex(r *repo) {
	flipPacked(r)
	r.remove(r.only(".git/objects/pack/*.idx"))
}

// mutants are copies of a repository with one byte changed.
type mutants struct {
	*repo
	rng   *rand.Rand
	files []string
	sizes []int
	total int
	truth []string
}

// list lists the files that are not empty. Files are chosen evenly half of the time, bytes the other half.
func (m *mutants) list() {
	m.t.Helper()
	err := filepath.WalkDir(m.path(".git"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Size() > 0 {
			require.NoError(m.t, os.Chmod(name, 0o644))
			m.files, m.sizes = append(m.files, name), append(m.sizes, int(info.Size()))
			m.total += int(info.Size())
		}
		return err
	})
	require.NoError(m.t, err)
}

func (m *mutants) scan() *outcome {
	return runHere(m.t, []string{"history", "-f", "json", m.dir})
}

// seen lists which keys are found where, and who brought them there; how they are reached may change with a ref.
func (m *mutants) seen(out *outcome) []string {
	m.t.Helper()
	require.NoError(m.t, json.Unmarshal([]byte(out.stdout), &out.report), out.stdout+out.stderr)
	var all []string
	for _, f := range out.report.Findings {
		all = append(all, fmt.Sprint(f.Rule, f.Path, f.Key, f.Commit.ID))
	}
	slices.Sort(all)
	return all
}

// flip changes a byte, scans, changes it back, and says what is wrong.
func (m *mutants) flip() string {
	k := m.rng.Intn(len(m.files))
	at := m.rng.Intn(m.sizes[k])
	if m.rng.Intn(2) == 0 {
		at = m.rng.Intn(m.total)
		for k = 0; at >= m.sizes[k]; k++ {
			at -= m.sizes[k]
		}
	}
	good, err := os.ReadFile(m.files[k])
	require.NoError(m.t, err)
	bad := slices.Clone(good)
	if m.rng.Intn(2) == 0 {
		bad[at] ^= 1 << m.rng.Intn(8)
	} else {
		bad[at] ^= byte(1 + m.rng.Intn(255))
	}
	require.NoError(m.t, os.WriteFile(m.files[k], bad, 0o644))
	out := m.scan()
	require.NoError(m.t, os.WriteFile(m.files[k], good, 0o644))
	rel, err := filepath.Rel(m.dir, m.files[k])
	require.NoError(m.t, err)
	what := fmt.Sprintf("%s, byte %d: %#x for %#x", rel, at, bad[at], good[at])
	switch out.code {
	case exitClean:
		return what + ": exit code 0"
	case exitFindings, exitIncomplete:
	default:
		return fmt.Sprintf("%s: exit code %d: %s", what, out.code, out.stderr)
	}
	if out.took > deadline {
		return fmt.Sprintf("%s: takes %s", what, out.took)
	}
	for name, key := range keys {
		if strings.Contains(out.stdout+out.stderr, key[len(key)-20:]) {
			return fmt.Sprintf("%s: shows the key $%s", what, name)
		}
	}
	if got := m.seen(out); out.report.Complete && !slices.Equal(got, m.truth) {
		return fmt.Sprintf("%s: complete, but not the same keys:\n\t%q\n\t%q", what, got, m.truth)
	}
	return ""
}
