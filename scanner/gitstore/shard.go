// This file splits what a store holds into parts that can be searched apart.

package gitstore

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// maxShards bounds N of I/N. Each shard reads the whole store, so more than a few hundred save nothing.
const maxShards = 10_000

// Shard is one of the parts into which a history is split, which machines search at the same time. An object is in one
// shard, by its ID alone, so every copy of a repository is split in the same way, however it is packed. The zero value is
// everything.
type Shard struct {
	Index int // from 1
	Of    int // how many there are; 0 for no split
}

// ParseShard reads I/N.
func ParseShard(text string) (Shard, error) {
	index, of, _ := strings.Cut(text, "/")
	i, errIndex := strconv.ParseUint(index, 10, 31)
	n, errOf := strconv.ParseUint(of, 10, 31)
	if errIndex != nil || errOf != nil || i < 1 || i > n || n > maxShards {
		return Shard{}, fmt.Errorf("%.80q is not I/N with 1 <= I <= N <= %d, such as 2/4", text, maxShards)
	}
	return Shard{Index: int(i), Of: int(n)}, nil
}

// Has tells whether an object is in the shard. What has no ID is in every one.
func (s Shard) Has(id ID) bool {
	return s.Of == 0 || id.IsZero() || s.is(binary.BigEndian.Uint64(id.b[:8]))
}

// HasName tells whether the name of a file or a ref is in the shard.
func (s Shard) HasName(name []byte) bool {
	if s.Of == 0 {
		return true
	}
	h := fnv.New64a()
	h.Write(name)
	return s.is(h.Sum64())
}

func (s Shard) is(n uint64) bool { return n%uint64(s.Of) == uint64(s.Index-1) }
