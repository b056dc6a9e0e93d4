// This file turns what was found into what is reported: findings are suppressed by comments and by configurations, get
// their levels, are compared with each other, and ignores that suppress nothing become findings themselves.

package scanner

import (
	"cmp"
	"maps"
	"slices"

	"github.com/klaviyolint/klaviyolint/rules"
)

// What [Finding.Suppressed] begins with; the reason follows.
const (
	ByComment       = "comment: "
	ByConfiguration = "configuration: "
)

// settling is the work on the findings of one scan when all of them are known.
type settling struct {
	policies []*Policy
	complete bool // nothing was left unread, so that what is not there is not there
	comments map[place]*ignored
	used     map[*Exception]bool
}

// place is where an ignore stands: windows overlap, so one comment may have been read twice.
type place struct {
	path   string
	offset int64
}

// ignored is an ignore and what became of it.
type ignored struct {
	*comment
	used    bool        // it suppresses a finding
	reached *rules.Rule // of a finding in its reach that it does not suppress, nil for none
}

// settle returns the findings as they are reported. comments are the ignores of files: of contents that stand now, not of
// a history, whose ignores cannot be mended.
func settle(found []*Finding, comments []*comment, policies []*Policy, complete bool) []*Finding {
	s := &settling{policies: policies, complete: complete, comments: map[place]*ignored{}, used: map[*Exception]bool{}}
	for _, c := range comments {
		s.comments[place{c.path, c.start.Offset}] = &ignored{comment: c}
	}
	for _, f := range found {
		s.byComment(f)
	}
	found = s.heed(oneEach(found))
	found = append(found, s.heed(crossCheck(found))...)
	found = append(found, s.heed(s.wrongComments())...)
	return append(found, s.heed(s.unusedExceptions())...)
}

// heed applies the configuration, and the comments, to findings. Those of rules that are turned off are left out.
func (s *settling) heed(found []*Finding) []*Finding {
	kept := found[:0]
	for _, f := range found {
		f.policy = policyOf(s.policies, f.Path)
		s.byComment(f)
		f.Level = f.Rule.Level
		if f.policy != nil {
			s.byPolicy(f)
		}
		if f.Level != 0 {
			kept = append(kept, f)
		}
	}
	return kept
}

// byComment suppresses the finding if an ignore in its reach is for its rule.
func (s *settling) byComment(f *Finding) {
	for _, c := range f.comments {
		known := s.comments[place{c.path, c.start.Offset}]
		switch {
		case c.names(f.Rule):
			f.Suppressed = ByComment + c.reason
			if known != nil {
				known.used = true
			}
		case known != nil:
			known.reached = f.Rule
		}
	}
}

// byPolicy suppresses the finding if an entry of its configuration is for it, and gives it the level and the public key
// of that configuration.
func (s *settling) byPolicy(f *Finding) {
	p := f.policy
	fingerprint, rel := "", ""
	if len(p.Exceptions) > 0 {
		fingerprint, rel = f.Fingerprint(), f.relative()
	}
	for _, e := range p.Exceptions {
		if !e.suppresses(f, fingerprint, rel) {
			continue
		}
		s.used[e] = true
		if f.Suppressed == "" {
			f.Suppressed = ByConfiguration + e.Reason
		}
	}
	if level, set := p.Levels[f.Rule]; set {
		f.Level = level
	}
	if f.HasKey() && f.Public == "" && len(p.PublicKeys) == 1 {
		f.Public = p.PublicKeys[0]
	}
}

// maxAdvice is how many unknown rules get the nearest one named: to find it takes longer than to write another.
const maxAdvice = 100

// wrongComments returns what is to be said of ignores.
func (s *settling) wrongComments() []*Finding {
	var found []*Finding
	advice := 0
	for _, c := range s.inOrder() {
		detail, unknown := "", c.unknown()
		switch {
		case unknown == "":
		case advice < maxAdvice:
			advice++
			detail = "There is no rule " + unknown + "; the nearest is " + rules.Nearest(unknown).ID + ", and klaviyolint rules lists all."
		default:
			detail = "There is no rule " + unknown + "; klaviyolint rules lists all."
		}
		switch {
		case c.used, c.prose && c.reached == nil:
		case c.prose:
			found = append(found, c.finding(rules.UnusedIgnore, "What follows the mark has to be a rule's ID, or several with commas, then the reason."))
		case c.reason == "":
			found = append(found, c.finding(rules.IgnoreWithoutReason, detail))
		case unknown != "" || s.decided(c):
			if unknown == "" && c.reached != nil {
				detail = "What is found there is " + c.reached.ID + "."
			}
			found = append(found, c.finding(rules.UnusedIgnore, detail))
		}
	}
	return found
}

// inOrder returns the ignores as they stand in their files.
func (s *settling) inOrder() []*ignored {
	return slices.SortedFunc(maps.Values(s.comments), func(a, b *ignored) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.start.Offset, b.start.Offset))
	})
}

// decided tells whether all that the ignore may be for has been looked for: what shows only on the whole report may be
// missing in a part of the tree.
func (s *settling) decided(c *ignored) bool {
	p := policyOf(s.policies, c.path)
	if s.complete && p != nil && p.Whole {
		return true
	}
	return !slices.ContainsFunc(c.ids, func(id string) bool { return rules.ByID(id).Claims == nil })
}

// unusedExceptions returns what is to be said of entries of configurations. An entry for the history is unused only if a
// scan of the history says so, which does not know whether the files are clean.
func (s *settling) unusedExceptions() []*Finding {
	var found []*Finding
	for _, p := range s.policies {
		if !p.Whole || !s.complete {
			continue
		}
		for _, e := range p.Exceptions {
			if e.History || s.used[e] {
				continue
			}
			found = append(found, &Finding{
				Rule: rules.UnusedIgnore, Word: e.Word, Path: p.File, Start: e.At, End: e.At, Line: e.Line,
				Detail: "An entry that is for findings of the history only says so with history: true.",
			})
		}
	}
	return found
}
