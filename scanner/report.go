// This file holds the pipeline's output: findings, what was skipped, and what was scanned.

package scanner

import (
	"cmp"
	"slices"
	"time"

	"github.com/klaviyolint/klaviyolint/rules"
)

// Finding is a rule's claim on one key at one place.
type Finding struct {
	Rule       *rules.Rule
	Key        rules.Key
	Word       string // what the finding is about where there is no key: a variable's name, a placeholder, a comment
	Public     string // the public key that belongs in place of the key; "" if it is not known
	Path       string // as it came: any bytes, may itself hold a key; writers show it by way of Show
	Start, End Position
	Slot       string   // what the key is plugged into, "" if nothing is known: static.klaviyo.com/onsite/js/klaviyo.js?company_id
	Via        []string // the layers between the file and the key, outermost first: ["utf-16le"]
	Line       Line
	Suppressed string  // why the finding does not count; "" if it does
	Commit     *Commit // the commit that brought it in; nil outside history
	Reach      string  // head, ref, stash, reflog, unreachable; "" outside history
}

// Message says in full what is wrong and what to do.
func (f *Finding) Message() string { return f.Rule.Message(f.Key, f.Word, f.Public) }

// Fingerprint identifies the rule and the key, wherever they stand: a file that is renamed or a line that moves
// does not change it. It reveals nothing of the key. Without a key it identifies the rule, the word and the path.
func (f *Finding) Fingerprint() string {
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
	Path   string // as it came: any bytes
	Reason string
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
	Findings []Finding
	Skipped  []Skipped
	Stats    Stats
	Stopped  string // why the scan ended before its time; "" if it did not
}

// Complete tells that all that was asked for has been scanned.
func (r *Report) Complete() bool { return len(r.Skipped) == 0 && r.Stopped == "" }

// Counted returns how many findings at level or above stand unsuppressed.
func (r *Report) Counted(level rules.Level) int {
	n := 0
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Suppressed == "" && f.Rule.Level >= level {
			n++
		}
	}
	return n
}

// sort puts findings and skipped things into an order that depends on nothing but themselves.
func (r *Report) sort() {
	slices.SortFunc(r.Findings, func(a, b Finding) int {
		c := cmp.Or(
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Start.Offset, b.Start.Offset),
			cmp.Compare(a.Rule.ID, b.Rule.ID),
			cmp.Compare(commitID(a.Commit), commitID(b.Commit)),
		)
		if c == 0 { // a hash each, so only where nothing else tells them apart
			c = cmp.Compare(a.Key.Fingerprint(""), b.Key.Fingerprint(""))
		}
		return c
	})
	slices.SortFunc(r.Skipped, func(a, b Skipped) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Reason, b.Reason))
	})
	r.Skipped = slices.Compact(r.Skipped)
}

func commitDate(c *Commit) time.Time {
	if c == nil {
		return time.Time{}
	}
	return c.Date
}

func commitID(c *Commit) string {
	if c == nil {
		return ""
	}
	return c.ID
}
