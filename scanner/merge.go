// This file joins reports: of the shards of one scan, of several repositories, of files and their history.

package scanner

import (
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

// Merge joins reports into one, in its final order. A finding that several have counts once; if it is suppressed in some
// of them only, it stands. Of the versions of a path that a history has, the first with the key counts, as it does in one
// scan. Stats are added, what was not scanned is listed, and the whole is complete if all parts are. What shows only on
// several findings together is not looked for anew: a key that two parts share is no finding of shared-key. The reports
// are used up.
func Merge(parts []Part) *Report {
	r := &Report{}
	versions := []string{}
	stopped := []string{}
	n := 0
	for _, p := range parts {
		n += len(p.Report.Findings)
	}
	places := make([]*Finding, 0, n)
	ofHistory := oneOfParts{}
	commits := map[*Commit]*Commit{} // those of several parts are different values
	commitOf := map[Commit]*Commit{}
	for no, p := range parts {
		for i := range p.Report.Findings {
			f := &p.Report.Findings[i]
			f.Path = p.path(f.Path)
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
				places = append(places, f)
			}
		}
		for _, s := range p.Report.Skipped {
			s.Path = p.path(s.Path)
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
	r.Findings = once(listed(places))
	r.sort()
	return r
}

// path returns a path of the part as the whole has it.
func (p *Part) path(name string) string {
	if p.Prefix == "" || name == "" {
		return name
	}
	return p.Prefix + "/" + name
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
func once(all []Finding) []Finding {
	kept := all[:0]
	here := map[same]int{} // of one path and place, with where it is kept
	for i := range all {
		f := &all[i]
		if len(kept) == 0 || kept[len(kept)-1].Path != f.Path || kept[len(kept)-1].Start.Offset != f.Start.Offset {
			if len(here) > 16 { // to clear a large one takes as long each time
				here = map[same]int{}
			}
			clear(here)
		}
		id := same{
			f.Rule, f.Path, f.Fingerprint(), f.Start.Offset, f.Start.Lines, f.Start.Chars, commitID(f.Commit), strings.Join(f.Via, " "),
		}
		if at, again := here[id]; !again {
			here[id] = len(kept)
			kept = append(kept, *f)
		} else if f.Suppressed == "" {
			kept[at] = *f
		}
	}
	return kept
}

// oneOfParts holds the findings of histories that were kept, by what leaves one finding of many versions: the shards of a
// history have one each.
type oneOfParts map[where][]*versionOf

// versionOf is a finding that stands for the versions that parts have.
type versionOf struct {
	*Finding
	part int // the last that had one
}

// first tells whether f, of a part, is the first of its key and path; if not, what was kept before speaks for both. Two
// findings of one part stay two: their paths differ, and look the same because they are shown without keys.
func (o oneOfParts) first(f *Finding, part int) bool {
	at := whereIs(f)
	for _, kept := range o[at] {
		if kept.part != part {
			*kept.Finding = earliest(kept.Finding, f)
			kept.part = part
			return false
		}
	}
	o[at] = append(o[at], &versionOf{f, part})
	return true
}
