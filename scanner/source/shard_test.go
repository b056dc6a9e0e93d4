package source

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore/gittest"
	"github.com/klaviyolint/klaviyolint/scanner/report"
)

// The shards of a history, joined from their JSON reports, are what a scan of all of it reports.
func TestRandomShardsAreTheWhole(t *testing.T) {
	gittest.Git(t, os.Getenv("CI") != "")
	for i := range *repos {
		at := *seed + int64(i)
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, at, gittest.Options{Keep: *keep})
			store, err := gitstore.Open(r.Dir, gitstore.Env{})
			require.NoError(t, err, r)
			defer store.Close()
			search := func(shard scanner.Shard) *scanner.Report {
				found := scanner.Scan(t.Context(), &History{Store: store, Shard: shard}, scanner.Options{LineHashes: true, Shard: shard})
				var text bytes.Buffer
				require.NoError(t, report.JSON(&text, found, report.Options{}))
				read, err := report.Read(&text)
				require.NoError(t, err)
				return read
			}
			whole := search(scanner.Shard{})
			rng := rand.New(rand.NewSource(at))
			n := 1 + rng.Intn(7)
			var parts []scanner.Part
			objects := 0
			for index := 1; index <= n; index++ {
				part := search(scanner.Shard{Index: index, Of: n})
				objects += part.Stats.Blobs + part.Stats.Commits
				if !whole.Complete() && len(whole.Skipped) == len(part.Skipped) {
					assert.Equal(t, whole.Skipped, part.Skipped, r)
				}
				parts = append(parts, scanner.Part{Report: part})
			}
			assert.Equal(t, whole.Stats.Blobs+whole.Stats.Commits, objects, "each object is in one shard")
			rng.Shuffle(n, func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			joined := scanner.Merge(parts)
			assert.Equal(t, told(whole), told(joined), r)
			assert.Equal(t, whole.Stats, joined.Stats, r)
			assert.Equal(t, whole.Skipped, joined.Skipped, r)
			assert.Equal(t, whole.Complete(), joined.Complete(), r)
		})
	}
}

// Every object and name is in one shard, and each shard has its part.
func TestShardsAreEven(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	for _, n := range []int{1, 2, 3, 8} {
		ids, names := make([]int, n), make([]int, n)
		for range 1000 * n {
			id, err := gitstore.ParseID(fmt.Sprintf("%016x%016x%08x", rng.Uint64(), rng.Uint64(), rng.Uint32()))
			require.NoError(t, err)
			for i := range n {
				s := scanner.Shard{Index: i + 1, Of: n}
				if objectIn(s, id) {
					ids[i]++
				}
				if nameIn(s, []byte(id.String()[:8])) {
					names[i]++
				}
				assert.True(t, objectIn(s, gitstore.ID{}))
			}
		}
		for _, counts := range [][]int{ids, names} {
			sum := 0
			for _, c := range counts {
				sum += c
			}
			assert.Equal(t, 1000*n, sum)
			assert.Greater(t, slices.Min(counts), 850)
		}
	}
}
