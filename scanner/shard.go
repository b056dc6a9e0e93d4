// This file splits a history into parts that are searched apart, and tells whether all of them came together again.

package scanner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// maxShards bounds N of I/N. Each shard reads the whole store, so more than a few hundred save nothing.
const maxShards = 10_000

// Shard is one of the parts into which a history is split, which machines search at the same time. The zero value is
// everything.
type Shard struct {
	Index   int    // from 1
	Of      int    // how many there are; 0 for no split
	History string // a hash of the state of the repository that was split; "" if that is not known
}

// ParseShard reads I/N. 1/1 is everything.
func ParseShard(text string) (Shard, error) {
	index, of, _ := strings.Cut(text, "/")
	i, errIndex := strconv.ParseUint(index, 10, 31)
	n, errOf := strconv.ParseUint(of, 10, 31)
	if errIndex != nil || errOf != nil || i < 1 || i > n || n > maxShards {
		return Shard{}, fmt.Errorf("%.80q is not I/N with 1 <= I <= N <= %d, such as 2/4", text, maxShards)
	}
	if n == 1 {
		return Shard{}, nil
	}
	return Shard{Index: int(i), Of: int(n)}, nil
}

// Has tells whether what has this hash is in the shard. Each hash is in one.
func (s Shard) Has(hash uint64) bool { return s.Of == 0 || hash%uint64(s.Of) == uint64(s.Index-1) }

// String writes I/N; "" for everything.
func (s Shard) String() string {
	if s.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Of)
}

// cutUp is a history that was searched in so many parts: the repository's prefix and state, and how many.
type cutUp struct {
	prefix, history string
	of              int
}

// missingShards returns what was not scanned because the parts of a history are not all among the reports. Those of another
// repository, or of another state of it, are parts of another history, and each has to have all its parts.
func missingShards(parts []Part) []Skipped {
	found := map[cutUp]map[int]int{} // how many reports there are, by index
	for _, p := range parts {
		if s := p.Report.Shard; s.Of > 0 {
			at := cutUp{p.Prefix, s.History, s.Of}
			if found[at] == nil {
				found[at] = map[int]int{}
			}
			found[at][s.Index]++
		}
	}
	states := map[string]int{} // how many histories there are, by prefix
	for at := range found {
		states[at.prefix]++
	}
	var missing []Skipped
	for _, at := range slices.SortedFunc(maps.Keys(found), func(a, b cutUp) int {
		return cmp.Or(cmp.Compare(a.prefix, b.prefix), cmp.Compare(a.of, b.of), cmp.Compare(a.history, b.history))
	}) {
		most := slices.Max(slices.Collect(maps.Values(found[at])))
		var lacks []string
		for i := 1; i <= at.of; i++ {
			if found[at][i] < most {
				lacks = append(lacks, Shard{Index: i, Of: at.of}.String())
			}
		}
		if len(lacks) == 0 {
			continue
		}
		const few = 10
		list := strings.Join(lacks[:min(few, len(lacks))], ", ")
		if len(lacks) > few {
			list += fmt.Sprintf(" and %d more", len(lacks)-few)
		}
		reason := fmt.Sprintf("of the %d shards of a history the reports lack %s: merge all shards at once", at.of, list)
		if states[at.prefix] > 1 {
			reason += fmt.Sprintf("; the reports have shards of %d histories, of several repositories or of several states of one: "+
				"scan all shards of one state, and give each repository a name", states[at.prefix])
		}
		missing = append(missing, Skipped{Path: cmp.Or(at.prefix, "."), Reason: reason})
	}
	return missing
}
