// This file joins reports: of the shards of one scan, of several repositories, of files and their history.

package scanner

import (
	"cmp"
	"slices"
	"strings"

	"github.com/klaviyolint/klaviyolint/rules"
)

// Part is a report that is joined with others.
type Part struct {
	Prefix string // what its paths get before them, and a slash: the name of its repository; "" for nothing
	Report *Report
}

// same is what makes two findings one, in whichever reports they stand.
type same struct {
	rule              *rules.Rule
	path, fingerprint string
	offset            int64
	line, column      int
	commit, via       string
}

// Merge joins reports into one, in its final order, which does not depend on that of the parts. A finding that several have
// counts once, with the highest level and the nearest reach that it has in any; if it is suppressed in some of them only,
// it stands. What stands in a file as it is now and in the head of a history is one, too. Of the versions of a path that a
// history has, the first of a rule and key counts, as it does in one scan. Stats are added, what was not scanned is listed,
// and the whole is complete if all parts are, and all shards of a history are among them. What shows only on several
// findings together is not looked for anew: a key that two parts share is no finding of shared-key. The reports are used up.
func Merge(parts []Part) *Report {
	r := &Report{}
	versions := []string{}
	stopped := []string{}
	n := 0
	for _, p := range parts {
		n += len(p.Report.Findings)
	}
	all := make([]*Finding, 0, n)
	ofHistory := oneOfParts{}
	commits := map[*Commit]*Commit{} // those of several parts are different values
	commitOf := map[Commit]*Commit{}
	for no, p := range parts {
		p.Prefix = Conceal(p.Prefix)
		paths := map[string]string{}
		for _, f := range p.Report.Findings {
			f.Path = p.path(f.Path, paths)
			if c := f.Commit; c != nil {
				if commits[c] == nil {
					if commitOf[*c] == nil {
						commitOf[*c] = c
					}
					commits[c] = commitOf[*c]
				}
				f.Commit = commits[c]
			}
			if !f.History || ofHistory.first(f, no) {
				all = append(all, f)
			}
		}
		for _, s := range p.Report.Skipped {
			s.Path = p.path(s.Path, paths)
			r.Skipped = append(r.Skipped, s)
		}
		r.Stats.add(p.Report.Stats)
		versions = append(versions, p.Report.Version)
		if why := p.Report.Stopped; why != "" {
			if p.Prefix != "" {
				why = p.Prefix + ": " + why
			}
			stopped = append(stopped, why)
		}
		r.Baselines = append(r.Baselines, p.Report.Baselines...)
		p.Report.Findings = nil
	}
	slices.Sort(versions)
	r.Version = strings.Join(slices.Compact(versions), ", ")
	slices.Sort(stopped)
	r.Stopped = strings.Join(slices.Compact(stopped), "; ")
	if len(parts) == 1 {
		r.Shard = parts[0].Report.Shard
	} else {
		r.Skipped = append(r.Skipped, missingShards(parts)...)
	}
	slices.SortStableFunc(r.Baselines, func(a, b Compared) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Entries, b.Entries), cmp.Compare(a.Moved, b.Moved), cmp.Compare(a.Stale, b.Stale))
	})
	slices.SortFunc(all, inOrder)
	r.Findings = withHead(once(all))
	r.sort()
	return r
}

// path returns a path of the part as the whole has it. The prefix and the path may hold a key only together; known has the
// paths that were looked at.
func (p *Part) path(name string, known map[string]string) string {
	if p.Prefix == "" || name == "" {
		return name
	}
	whole, again := known[name]
	if !again {
		whole = Conceal(p.Prefix + "/" + name)
		known[name] = whole
	}
	return whole
}

func (s *Stats) add(o Stats) {
	s.Files += o.Files
	s.Blobs += o.Blobs
	s.Commits += o.Commits
	s.Bytes += o.Bytes
	s.Excluded += o.Excluded
	s.Ignored += o.Ignored
	s.Seconds += o.Seconds
}

// once keeps each finding once. They are in order, so those that may be one stand together.
func once(all []*Finding) []*Finding {
	kept := all[:0]
	here := map[same]*Finding{} // of one path and place
	for _, f := range all {
		if len(kept) == 0 || kept[len(kept)-1].Path != f.Path || kept[len(kept)-1].Start.Offset != f.Start.Offset {
			if len(here) > 16 { // to clear a large one takes as long each time
				here = map[same]*Finding{}
			}
			clear(here)
		}
		id := same{
			f.Rule, f.Path, f.Fingerprint(), f.Start.Offset, f.Start.Lines, f.Start.Chars, commitID(f.Commit), strings.Join(f.Via, " "),
		}
		if first := here[id]; first == nil {
			here[id] = f
			kept = append(kept, f)
		} else {
			first.join(f)
		}
	}
	clear(all[len(kept):])
	return kept
}

// join takes from the same finding in another report what counts more.
func (f *Finding) join(o *Finding) {
	f.Level = max(f.Level, o.Level)
	if f.Suppressed == "" || o.Suppressed == "" {
		f.Suppressed = ""
	} else {
		f.Suppressed = min(f.Suppressed, o.Suppressed)
	}
	f.Reach, f.Ref = bestWay(f, o)
}

// inHead is what makes a finding in a file and one in the head of a history one, as far as the two are compared.
type inHead struct {
	rule              *rules.Rule
	path, fingerprint string
	via               string
	line, column      int
	suppressed        bool
}

// withHead keeps once what a scan of the files and one of the history found both: the finding of the history, which has the
// commit, at its place in the file, where it is now. Each of them stands for one in a file: for the one at the same place if
// there is one, else for one in the same line, else for one anywhere in the file, since later commits may have moved it; and
// for one that is as much suppressed before one that is not.
func withHead(all []*Finding) []*Finding {
	inFile := func(f *Finding) bool { return f.Commit == nil && f.Reach == "" }
	var files, heads []*Finding
	for _, f := range all {
		switch {
		case inFile(f):
			files = append(files, f)
		case f.Reach == reaches[0]:
			heads = append(heads, f)
		}
	}
	gone := map[*Finding]bool{}
	for _, idOf := range []func(f *Finding) inHead{
		func(f *Finding) inHead { return headID(f, f.Start.Lines, f.Start.Chars, false) },
		func(f *Finding) inHead { return headID(f, f.Start.Lines, -1, f.Suppressed != "") },
		func(f *Finding) inHead { return headID(f, -1, -1, f.Suppressed != "") },
		func(f *Finding) inHead { return headID(f, f.Start.Lines, -1, false) },
		func(f *Finding) inHead { return headID(f, -1, -1, false) },
	} {
		if len(files) == 0 || len(heads) == 0 {
			break
		}
		free := map[inHead][]*Finding{}
		for _, h := range heads {
			free[idOf(h)] = append(free[idOf(h)], h)
		}
		spoken := map[*Finding]bool{} // heads that stand for one
		left := files[:0]
		for _, f := range files {
			id := idOf(f)
			if len(free[id]) == 0 {
				left = append(left, f)
				continue
			}
			h := free[id][0]
			free[id] = free[id][1:]
			h.join(f)
			h.Start, h.End, h.Line, h.LineHash, h.Slot = f.Start, f.End, f.Line, f.LineHash, f.Slot
			gone[f], spoken[h] = true, true
		}
		files = left
		heads = slices.DeleteFunc(heads, func(h *Finding) bool { return spoken[h] })
	}
	return slices.DeleteFunc(all, func(f *Finding) bool { return gone[f] })
}

func headID(f *Finding, line, column int, suppressed bool) inHead {
	return inHead{f.Rule, f.Path, f.Fingerprint(), strings.Join(f.Via, " "), line, column, suppressed}
}

// oneOfParts holds the findings of histories that were kept, by what leaves one finding of many versions: the shards of a
// history have one each.
type oneOfParts map[where][]*versionOf

// versionOf is a finding that stands for the versions that parts have.
type versionOf struct {
	*Finding
	part int // the last that had one
}

// first tells whether f, of a part, is the first of its rule, key and path; if not, what was kept before speaks for both. Two
// findings of one part stay two: their paths differ, and look the same because they are shown without keys.
func (o oneOfParts) first(f *Finding, part int) bool {
	at := whereIs(f)
	for _, kept := range o[at] {
		if kept.part != part {
			joined := *earliest(kept.Finding, f)
			joined.join(kept.Finding)
			joined.join(f)
			*kept.Finding = joined
			kept.part = part
			return false
		}
	}
	o[at] = append(o[at], &versionOf{f, part})
	return true
}
