// This file tells findings that were there before from new ones. What was there before does not count, so that a hook
// stops who brings a key in, not whoever touches the file next.

package scanner

import (
	"slices"
)

// AsKnown is what [Finding.Suppressed] begins with when the finding was there before; where it was follows: "in HEAD
// already".
const AsKnown = "known: "

// Before is an earlier version of a blob: what is found in it is known.
type Before struct {
	Where string                             // where it stands, as "in HEAD already": findings stand there
	Visit func(visit func(Blob) error) error // yields the version as a source does, with the blob's path
}

// former is a finding that stood at a path before. Another is known by it if rule and key, which the fingerprint tells,
// and path are the same.
type former struct {
	path, fingerprint string
	line              string // the text of the line as a report shows it; "" if it is not known
}

// formerOf returns what findings are compared with: what counts of found. What was suppressed was accepted for its own
// place only.
func formerOf(found []*Finding) []former {
	var list []former
	for _, f := range found {
		if f.Suppressed == "" {
			list = append(list, former{f.Path, f.Fingerprint(), f.Line.Text})
		}
	}
	return list
}

// markKnown suppresses the findings that were there before. What was there n times is known n times, on the same lines
// first, then from the top: a key that is written down once more is new.
func markKnown(found []*Finding, before []former, where string) {
	type place struct{ path, fingerprint string }
	left := map[place]int{}
	lines := map[former]int{}
	for _, e := range before {
		left[place{e.path, e.fingerprint}]++
		lines[e]++
	}
	var same []*Finding // that may be known, in order
	for _, f := range found {
		if f.Suppressed == "" && left[place{f.Path, f.Fingerprint()}] > 0 {
			same = append(same, f)
		}
	}
	slices.SortFunc(same, inOrder)
	for _, onLine := range []bool{true, false} {
		for _, f := range same {
			at, line := place{f.Path, f.Fingerprint()}, former{f.Path, f.Fingerprint(), f.Line.Text}
			if f.Suppressed == "" && left[at] > 0 && (!onLine || lines[line] > 0) {
				left[at]--
				lines[line]--
				f.Suppressed = AsKnown + where
			}
		}
	}
}

// keepBefore notes that what is found in a blob has to be compared with its earlier version.
func (s *scan) keepBefore(b Blob) {
	if s.before == nil {
		s.before = map[string]*Before{}
	}
	s.before[b.Path] = b.Before
}

// known finds out which findings were there before, and suppresses them. The earlier versions are judged by the same
// policies, and compared among each other in the same way, so that what is said of an ignore, or of several findings, is
// known too if it could have been said before.
func (s *scan) known(found []*Finding) {
	versions := map[string][]*Before{}
	for _, b := range s.before {
		versions[b.Where] = append(versions[b.Where], b)
	}
	for where, all := range versions {
		then := &scan{ctx: s.ctx, late: s.late, policies: s.policies}
		then.buffers.New = s.buffers.New
		for _, v := range all {
			// What cannot be read makes nothing known, and is no part of what was to be scanned.
			if err := v.Visit(then.visit); err != nil {
				break
			}
		}
		markKnown(found, formerOf(settle(then.findings, then.comments, s.policies, false)), where)
	}
}
