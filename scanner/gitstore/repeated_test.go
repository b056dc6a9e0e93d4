// This file gives packs indexes that call two objects by one name.

package gitstore

import (
	"crypto/sha1"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An index that gives an object the name of another cannot hide it, be it small, or so large that it is streamed.
func TestSweepRepeatedName(t *testing.T) {
	t.Parallel()
	for _, size := range []int{100, MaxInMemory + 1} {
		for hidden := range 2 {
			r := newRepo(t)
			for _, text := range []string{"a", "b"} {
				r.gitIn(strings.Repeat(text, size), "hash-object", "-w", "--stdin")
			}
			var ids []string
			for id := range r.objects() {
				ids = append(ids, id.String())
			}
			r.gitIn(strings.Join(ids, "\n"), "pack-objects", "-q", r.path(".git/objects/pack/pack"))
			r.git("prune-packed")
			names, err := filepath.Glob(r.path(".git/objects/pack/*.idx"))
			require.NoError(t, err)
			require.Len(t, names, 1)
			idx, err := os.ReadFile(names[0])
			require.NoError(t, err)
			const fanout, table = 8, 8 + 256*4
			one, other := idx[table:][:20], idx[table+20:][:20]
			if hidden == 0 {
				one, other = other, one
			}
			copy(other, one)
			for first := range 256 {
				count := uint32(0)
				if first >= int(one[0]) {
					count = 2
				}
				binary.BigEndian.PutUint32(idx[fanout+4*first:], count)
			}
			sum := sha1.Sum(idx[:len(idx)-20])
			require.NoError(t, os.Chmod(names[0], 0o600))
			require.NoError(t, os.WriteFile(names[0], append(idx[:len(idx)-20], sum[:]...), 0o600))

			s := r.open()
			visited := 0
			_, err = s.Sweep(t.Context(), func(o Object) (bool, error) { visited++; return false, o.Err }, nil)
			require.NoError(t, err)
			assert.Equal(t, 1, visited)
			told := false
			for _, p := range s.Problems() {
				told = told || strings.Contains(p.Err.Error(), "calls two objects")
			}
			assert.True(t, told, "%d bytes, object %d: %v", size, hidden, s.Problems())
		}
	}
}
