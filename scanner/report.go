// This file holds the pipeline's output: findings, what was skipped, and what was scanned.

package scanner

import (
	"cmp"
	"slices"

	"github.com/klaviyolint/klaviyolint/rules"
)

// Finding is a rule's claim on one key at one place.
type Finding struct {
	Rule       *rules.Rule
	Level      rules.Level // the rule's, or the one that the configuration gives it
	Key        rules.Key   // the zero Key if there is none to see
	Word       string      // what the finding is about where there is no key: a variable's name, a placeholder, a comment
	Public     string      // the public key that belongs in place of the key; "" if it is not known
	Path       string      // as it came: any bytes, may itself hold a key; writers show it by way of Show
	Start, End Position
	Slot       string   // what the key is plugged into, "" if nothing is known: static.klaviyo.com/onsite/js/klaviyo.js?company_id
	Via        []string // the layers between the file and the key, outermost first: ["utf-16le"]
	Line       Line
	Suppressed string  // why the finding does not count: [ByComment], [ByConfiguration] or [AsKnown], and more; "" if it does
	Commit     *Commit // the commit that brought it in; nil outside history
	Ref        string  // with Reach "ref", one ref that leads to it
	Reach      string  // head, ref, stash, reflog, unreachable; "" outside history, and where it was not looked up in time

	// Detail is a sentence that only this finding of its rule has to say, "" for none: other places, accounts. It may
	// name paths: writers show it as they show them.
	Detail string
	// LineHash is what GitHub calls the primaryLocationLineHash of the finding's line; "" unless it was asked for, and for
	// contents that are larger than a window. 64 bits of what stands there do not give a key of 136 away.
	LineHash string
	// PublicNear lists the public keys that stand beside a key which tells its account.
	PublicNear []string
	// Recorded is the fingerprint of a finding that was read from a report, which has neither the key nor, exactly, the
	// word that it is made of; "" for one that was found.
	Recorded string
	// History tells that it stands in an object of a history, or in a name, not in a file.
	History bool

	comments []*comment // the ignores whose reach the finding stands in
	policy   *Policy    // what the configuration says about its path, nil for nothing
}

// HasKey tells that the finding is about a key, not about a word.
func (f *Finding) HasKey() bool { return f.Key.Form() != 0 }

// Exposes tells that the finding is about a key that counts as stolen.
func (f *Finding) Exposes() bool { return f.HasKey() && f.Rule.Kind != rules.Hygiene }

// InFile tells that the finding's lines and columns are those of a file as it is now: not of a version in a history, and
// not of a name.
func (f *Finding) InFile() bool { return !f.History && f.Commit == nil }

// Message says in full what is wrong and what to do.
func (f *Finding) Message() string {
	text := f.Rule.Message(f.Key, f.Word, f.Public)
	if f.Detail != "" {
		text += " " + f.Detail
	}
	return text
}

// Fingerprint identifies the rule and the key, wherever they stand: a file that is renamed or a line that moves
// does not change it. It reveals nothing of the key. Without a key it identifies the rule, the word and the path.
func (f *Finding) Fingerprint() string {
	if f.Recorded != "" {
		return f.Recorded
	}
	if f.Word != "" {
		return f.Key.Fingerprint(f.Rule.ID + "\x00" + f.Word + "\x00" + f.Path)
	}
	return f.Key.Fingerprint(f.Rule.ID)
}

// Line is the line of a finding as it may be shown: keys masked, cut to what is near when it is long.
type Line struct {
	Text       string // valid UTF-8 without the line end; control characters as they came, writers escape them
	Start, End int    // the finding's span in Text, in bytes
	Cut        bool   // Text is not the whole line: an ellipsis stands for the rest
}

// Skipped is something that was not scanned.
type Skipped struct {
	Path     string // as it came: any bytes
	Reason   string
	Gap      Gap  // its kind, if it is one that can be accepted; else ""
	Accepted bool // whoever asked for the scan has accepted it: it does not make the report incomplete
}

// Stats counts what was scanned.
type Stats struct {
	Files, Blobs, Commits int   // files, git blobs, git commits and tags
	Bytes                 int64 // content searched
	Excluded, Ignored     int   // left out on purpose: files and whole directories, by patterns and as git ignores them
	Seconds               float64
}

// Report is the result of a scan, in its final order.
type Report struct {
	Version  string // of klaviyolint
	Findings []*Finding
	Skipped  []Skipped
	Stats    Stats
	Stopped  string // why the scan ended before its time; "" if it did not
	Shard    Shard  // the part of a history that was searched; the zero value for all of it

	Baselines []Compared // what the findings were compared with: one baseline, or those of the reports that were merged
}

// Complete tells that all that was asked for has been scanned, but for gaps that were accepted.
func (r *Report) Complete() bool { return r.Stopped == "" && r.Accepted() == len(r.Skipped) }

// Accepted returns how many of the skipped things have been accepted.
func (r *Report) Accepted() int {
	n := 0
	for _, s := range r.Skipped {
		if s.Accepted {
			n++
		}
	}
	return n
}

// Accept accepts what was not scanned because of one of the gaps.
func (r *Report) Accept(gaps []Gap) {
	for i := range r.Skipped {
		s := &r.Skipped[i]
		s.Accepted = s.Accepted || s.Gap != "" && slices.Contains(gaps, s.Gap)
	}
}

// whole tells that there is nothing that was not scanned, accepted or not.
func (r *Report) whole() bool { return r.Stopped == "" && len(r.Skipped) == 0 }

// Counted returns how many findings at level or above stand unsuppressed.
func (r *Report) Counted(level rules.Level) int {
	n := 0
	for _, f := range r.Findings {
		if f.Suppressed == "" && f.Level >= level {
			n++
		}
	}
	return n
}

// sort puts findings and skipped things into an order that depends on nothing but themselves.
func (r *Report) sort() {
	slices.SortFunc(r.Findings, inOrder)
	slices.SortFunc(r.Skipped, func(a, b Skipped) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Gap, b.Gap), falseFirst(a.Accepted, b.Accepted))
	})
	// What was accepted in one report only is not accepted.
	r.Skipped = slices.CompactFunc(r.Skipped, func(a, b Skipped) bool {
		return a.Path == b.Path && a.Reason == b.Reason && a.Gap == b.Gap
	})
}

// inOrder compares findings by what does not depend on the order of the walk.
func inOrder(a, b *Finding) int {
	c := cmp.Or(
		cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.Start.Offset, b.Start.Offset),
		cmp.Compare(a.Start.Lines, b.Start.Lines),
		cmp.Compare(a.Rule.ID, b.Rule.ID),
		cmp.Compare(commitID(a.Commit), commitID(b.Commit)),
		cmp.Compare(a.Word, b.Word),
	)
	if c == 0 { // a hash each, so only where nothing else tells them apart
		c = cmp.Compare(a.Key.Fingerprint(""), b.Key.Fingerprint(""))
	}
	if c == 0 {
		c = inFullOrder(a, b)
	}
	return c
}

// inFullOrder compares what is the same finding, as several reports have it: first what counts more, then all that a writer
// may show, so that no order is left to chance.
func inFullOrder(a, b *Finding) int {
	c := cmp.Or(
		falseFirst(a.Suppressed != "", b.Suppressed != ""),
		cmp.Compare(b.Level, a.Level),
		cmp.Compare(reachRank(a.Reach), reachRank(b.Reach)),
		cmp.Compare(a.Suppressed, b.Suppressed),
		cmp.Compare(a.Slot, b.Slot),
		cmp.Compare(a.End.Offset, b.End.Offset),
		cmp.Compare(a.End.Lines, b.End.Lines),
		cmp.Compare(a.End.Chars, b.End.Chars),
		cmp.Compare(a.End.UTF16, b.End.UTF16),
		cmp.Compare(a.Start.Chars, b.Start.Chars),
		cmp.Compare(a.Start.UTF16, b.Start.UTF16),
		slices.Compare(a.Via, b.Via),
		cmp.Compare(a.Ref, b.Ref),
		cmp.Compare(a.Detail, b.Detail),
		cmp.Compare(a.Public, b.Public),
		cmp.Compare(a.LineHash, b.LineHash),
		cmp.Compare(a.Line.Text, b.Line.Text),
		cmp.Compare(a.Line.Start, b.Line.Start),
		cmp.Compare(a.Line.End, b.Line.End),
		falseFirst(a.Line.Cut, b.Line.Cut),
		falseFirst(a.History, b.History),
		cmp.Compare(a.Recorded, b.Recorded),
	)
	if c == 0 {
		c = cmp.Or(
			cmp.Compare(a.Key.String(), b.Key.String()),
			cmp.Compare(a.Key.PublicKey(), b.Key.PublicKey()),
			cmp.Compare(a.Key.Form(), b.Key.Form()),
		)
	}
	if c == 0 && a.Commit != b.Commit && a.Commit != nil && b.Commit != nil {
		c = cmp.Or(
			a.Commit.Date.Compare(b.Commit.Date),
			cmp.Compare(a.Commit.Author, b.Commit.Author),
			cmp.Compare(a.Commit.Subject, b.Commit.Subject),
			cmp.Compare(generationRank(a.Commit), generationRank(b.Commit)),
		)
	}
	return c
}

// reachRank orders reaches from the nearest to none.
func reachRank(reach string) int {
	if i := slices.Index(reaches, reach); i >= 0 {
		return i
	}
	return len(reaches)
}

func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func commitID(c *Commit) string {
	if c == nil {
		return ""
	}
	return c.ID
}
