// This file finds out from where the commits of a range can be reached, without a walk over all of history.

package gitstore

import (
	"math"
	"slices"
)

// nearness finds out from where the commits of the range, and those of tags, can be reached.
func (r *revisionRange) nearness(list []uint32) error {
	wanted := slices.Clone(list)
	for _, t := range r.tags {
		if t.commit != none {
			wanted = append(wanted, t.commit)
		}
	}
	oldest := int64(math.MaxInt64)
	for _, n := range wanted {
		node := &r.a.nodes[n]
		node.wanted = true
		oldest = min(oldest, node.date)
		r.a.through = r.a.through || node.flags&excluded != 0
	}
	var starts [unreachable][]start
	for near, refs := range r.s.startsByReach() {
		if reach(near) == fromRef && len(r.revs.Named) > 0 {
			refs = r.revs.Named
		}
		starts[near] = r.starts(refs, reach(near) > fromRef)
		if reach(near) > fromRef {
			continue
		}
		// Most ranges end at HEAD or at a branch, and then nothing further is looked at.
		left, err := r.a.approach(starts[near], reach(near), r.away(), oldest, false)
		if err != nil || left == 0 || reach(near) == fromRef && len(r.revs.Named) > 0 {
			return err
		}
	}
	// That nothing leads to a commit is only said when all has been looked at.
	if err := r.a.sweepOnce(); err != nil {
		return err
	}
	for i := range r.a.nodes {
		r.a.nodes[i].near = unreachable
	}
	for near, from := range starts {
		if _, err := r.a.approach(from, reach(near), r.away(), oldest, true); err != nil {
			return err
		}
	}
	return nil
}

// starts follows tags to commits. What is wrong with one is noted when it is asked for; here it leads nowhere. Logs may
// name what was deleted since.
func (r *revisionRange) starts(refs []Ref, logged bool) []start {
	var starts []start
	seen := map[ID]bool{}
	for _, ref := range refs {
		id := ref.Target
		if seen[id] || id.IsZero() || logged && !r.s.Has(id) {
			continue
		}
		seen[id] = true
		if at, _, err := r.s.peelTags(id, nil); err == nil {
			starts = append(starts, start{r.a.number(at), uint32(len(r.a.refs))})
			r.a.refs = append(r.a.refs, ref.Name)
		}
	}
	return starts
}

// away counts the wanted commits of which it is not known that anything leads to them.
func (r *revisionRange) away() int {
	left := 0
	for _, node := range r.a.nodes {
		if node.wanted && node.near == unreachable {
			left++
		}
	}
	return left
}
