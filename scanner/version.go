// This file tells which version of a finding speaks for all: a history has a key in many versions of a file.

package scanner

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/klaviyolint/klaviyolint/rules"
)

// where tells findings apart of which one is left.
type where struct {
	path, key, via string
	rule           *rules.Rule
	offset         int64
}

// whereIs says where a finding is: in a history, of each key in each path there is one for each rule, so that none speaks
// for another that may be switched off or known; elsewhere, of each key at each place.
func whereIs(f *Finding) where {
	at := where{path: f.Path, key: f.Key.Fingerprint(f.Word)}
	if f.History {
		at.rule = f.Rule
	} else {
		at.offset, at.via = f.Start.Offset, strings.Join(f.Via, " ") // the same key twice in a member of an archive
	}
	return at
}

// oneEach leaves one finding of what was seen more than once: in a history the version of the first commit, with the best
// reach of all.
func oneEach(all []*Finding) []*Finding {
	index := make(map[where]int, len(all))
	kept := all[:0]
	for _, f := range all {
		at := whereIs(f)
		i, seen := index[at]
		if !seen {
			index[at] = len(kept)
			kept = append(kept, f)
			continue
		}
		kept[i] = earliest(kept[i], f)
	}
	clear(all[len(kept):])
	return kept
}

// earliest returns the one of two versions of a finding that stands for both, with the best reach of the two. What a
// configuration or a baseline says of it does not matter: a scan asks them afterwards.
func earliest(a, b *Finding) *Finding {
	kept := a
	switch inA, inB := byComment(a), byComment(b); {
	case inA != inB: // an ignore in one version does not speak for others
		if inA {
			kept = b
		}
	case earlier(b, a), !earlier(a, b) && inFullOrder(b, a) < 0:
		kept = b
	}
	kept.Reach, kept.Ref = bestWay(a, b)
	return kept
}

// bestWay returns the best reach that two findings have, and one ref of it.
func bestWay(a, b *Finding) (reach, ref string) {
	reach = bestReach(a.Reach, b.Reach)
	return reach, strings.TrimSuffix(min(refOf(a, reach), refOf(b, reach)), noRef)
}

func byComment(f *Finding) bool { return strings.HasPrefix(f.Suppressed, ByComment) }

// noRef comes after every name of a ref.
const noRef = "\xff"

// refOf returns the ref that leads to a finding, if that is how it can be reached.
func refOf(f *Finding, reach string) string {
	if f.Reach != reach || f.Ref == "" {
		return noRef
	}
	return f.Ref
}

// earlier orders the versions of one finding: by date, then by what does not depend on the order of the walk. In one
// version of a file the worse use of the key comes first.
func earlier(a, b *Finding) bool {
	if (a.Commit == nil) != (b.Commit == nil) {
		return b.Commit == nil
	}
	if a.Commit != nil {
		if c := a.Commit.Compare(b.Commit); c != 0 {
			return c < 0
		}
	}
	if a.Rule != b.Rule && (a.Rule.Kind == rules.Misuse) != (b.Rule.Kind == rules.Misuse) {
		return a.Rule.Kind == rules.Misuse
	}
	return cmp.Or(
		cmp.Compare(a.Start.Offset, b.Start.Offset),
		cmp.Compare(a.Slot, b.Slot), // a file that is called by the key that it holds
		cmp.Compare(a.End.Offset, b.End.Offset),
		cmp.Compare(strings.Join(a.Via, " "), strings.Join(b.Via, " ")),
	) < 0
}

// Compare orders commits by time: by date, then by what leads to what, then by their IDs.
func (c *Commit) Compare(o *Commit) int {
	return cmp.Or(c.Date.Compare(o.Date), cmp.Compare(generationRank(c), generationRank(o)), cmp.Compare(c.ID, o.ID))
}

// generationRank orders commits by their generation; those of which it is not known come last.
func generationRank(c *Commit) int {
	if c.Generation == 0 {
		return math.MaxInt
	}
	return c.Generation
}

// reaches are the values of [Finding.Reach] from the easiest to reach to the hardest.
var reaches = []string{"head", "ref", "stash", "reflog", "unreachable"}

// IsReach tells that text is a value of [Finding.Reach] in a history.
func IsReach(text string) bool { return slices.Contains(reaches, text) }

func bestReach(a, b string) string {
	for _, r := range reaches {
		if a == r || b == r {
			return r
		}
	}
	return ""
}
