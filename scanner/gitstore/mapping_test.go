// This file takes packs away under the hands of their reader.

package gitstore

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A pack that somebody cuts off while it is read costs what was in it, loudly, and not the process.
func TestSweepCutOffMeanwhile(t *testing.T) {
	t.Parallel()
	for _, unmapped := range []bool{false, true} {
		r := newRepo(t)
		noise := make([]byte, 64<<10) // more than a page each, compressed
		random := rand.NewChaCha8([32]byte{1})
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			random.Read(noise)
			r.commit(name, string(noise))
		}
		r.git("repack", "-q", "-a", "-d")
		packs, err := filepath.Glob(r.path(".git/objects/pack/*.pack"))
		require.NoError(t, err)
		require.Len(t, packs, 1)
		require.NoError(t, os.Chmod(packs[0], 0o600))
		s := r.open()
		s.files.unmapped = unmapped
		read, damaged, cut := 0, 0, false
		_, err = s.Sweep(t.Context(), func(o Object) (bool, error) {
			s.loadMu.Lock() // visits can come at once
			defer s.loadMu.Unlock()
			if o.Err != nil {
				damaged++
			} else if read++; !cut {
				cut = true
				return false, os.Truncate(packs[0], 100)
			}
			return false, nil
		}, nil)
		require.NoError(t, err)
		assert.Less(t, read, 24, unmapped)
		assert.NotZero(t, damaged+len(problems(s)), unmapped)
	}
}

func TestReadCutOff(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "pack")
	require.NoError(t, os.WriteFile(name, make([]byte, 1<<20), 0o600))
	var files packFiles
	f, release, err := files.acquire(name)
	require.NoError(t, err)
	defer files.close()
	defer release()
	if f.mapped == nil {
		t.Skip("files are not mapped here")
	}
	require.NoError(t, os.Truncate(name, 0))
	r := f.reader(20, 1<<20)
	_, err = r.header(1<<19, 1<<20)
	assert.ErrorIs(t, err, errFault)
	_, _, err = r.read(1<<19, 1<<20, 0, false)
	assert.ErrorIs(t, err, errFault)
}

func TestCatchFaultPassesOn(t *testing.T) {
	t.Parallel()
	assert.PanicsWithValue(t, "other", func() {
		var err error
		defer catchFault(false, &err)
		panic("other")
	})
}
