// This file compares what was found with a baseline: what an earlier scan found is known, so that a project that has
// keys in its files can be kept from getting more of them before it is rid of those.

package scanner

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/klaviyolint/klaviyolint/rules"
)

// Entry is a finding of an earlier scan: a rule, and a key or a word, at a path.
type Entry struct {
	Path        string // as reports have it
	Rule        *rules.Rule
	Key         string // the masked key; "" if the finding is about a word
	Word        string // the word, as in a sentence; "" if the finding is about a key
	Fingerprint string // the fingerprint of rule and key, or of rule and word, wherever they stand
}

// EntryOf returns the entry of a finding of a finished report. What does not matter for finding it again is left out: a
// commit's text has another ID after each rebase.
func EntryOf(f *Finding) Entry {
	e := Entry{Path: placeOf(f.Path, f.History), Rule: f.Rule}
	if f.Word != "" {
		// Its own fingerprint depends on the path.
		e.Word = spoken(f.Word)
		e.Fingerprint = rules.Key{}.Fingerprint(f.Rule.ID + "\x00" + AsJSON(rules.Mask(f.Word)))
		return e
	}
	e.Key, e.Fingerprint = f.Key.String(), f.Fingerprint()
	return e
}

// spoken returns a word without what makes it a name in code, or an ignore: NEXT PUBLIC KEY. A baseline is scanned like any
// file, and must not be found for what it is about.
func spoken(word string) string {
	parts := strings.FieldsFunc(rules.Mask(word), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return cmp.Or(strings.Join(parts, " "), "word")
}

// Counts tells whether a finding belongs into a baseline: one that stands, or was known before. An exception by a comment
// or a configuration is for its own place, and holds there without a baseline.
func (f *Finding) Counts() bool {
	return f.Suppressed == "" || strings.HasPrefix(f.Suppressed, AsKnown)
}

// identity is by what an entry is found again.
type identity struct{ path, what string }

// AsJSON returns s as a report in JSON has it: each byte that is no UTF-8 is U+FFFD, and cannot be told from another.
func AsJSON(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.Map(func(r rune) rune { return r }, s)
}

// placeOf returns a path as it is compared: without keys, with slashes on Windows, and in a history for the text of a commit
// without the ID, which a rebase changes.
func placeOf(name string, history bool) string {
	name = rules.Mask(filepath.ToSlash(name))
	const text = "commit:"
	if !history {
		return name
	}
	if i := strings.LastIndexByte(name, '/') + 1; strings.HasPrefix(name[i:], text) && isHex(name[i+len(text):]) {
		return name[:i] + text + "*"
	}
	return name
}

// slashed returns the path of placeOf with slashes: a baseline that was written on Windows, or by hand, is of the same files.
func slashed(name string) string { return strings.ReplaceAll(name, `\`, "/") }

func isHex(s string) bool { return s != "" && strings.Trim(s, "0123456789abcdef") == "" }

// Baseline is what an earlier scan found.
type Baseline struct {
	Name    string // what a report calls it: a file
	History bool   // it is of a history, not of files
	Entries []Entry
	Full    bool // it is a report in full, which has more than a baseline

	// Whole lists the directories of which the scan covers all that there is, "." for everything. What is elsewhere may
	// be there or gone: nobody looked.
	Whole []string
}

// Compared says what came of comparing a report with a baseline.
type Compared struct {
	Name    string // of the baseline
	Entries int    // that the baseline has
	Moved   int    // of them, what was found at another path, because its own is gone
	Stale   int    // of them, what was looked for and is not there any more

	// What matched no finding: Gone is what is stale, Unjudged what the scan says nothing about. Only the scan has them, not
	// a report that was read.
	Gone, Unjudged []Entry
}

// inBaseline says where a finding that a baseline knows was before.
const inBaseline = "in the baseline "

// Baselined returns the name of the baseline in which a finding stood, by what follows [AsKnown] in its Suppressed.
func Baselined(where string) (name string, ok bool) { return strings.CutPrefix(where, inBaseline) }

// met notes which of a baseline's paths a scan is given. Its maps are filled before the scan.
type met struct {
	history bool                    // the baseline's
	paths   map[string]*seen        // of its entries, with slashes
	above   map[string]*atomic.Bool // the directories that they are in: they were left out or could not be read
	dark    atomic.Bool             // something could not be read that may hold any path
}

// seen is what became of a path.
type seen struct {
	flags atomic.Uint32
	name  atomic.Pointer[string] // how it was given first: with slashes or with backslashes
}

const (
	wasThere = 1 << iota
	notRead  // all of it, or a part
	several  // it was given with slashes and with backslashes: two files
)

func newMet(b *Baseline) *met {
	if b == nil {
		return nil
	}
	m := &met{history: b.History, paths: map[string]*seen{}, above: map[string]*atomic.Bool{}}
	for i := range b.Entries {
		p := slashed(placeOf(b.Entries[i].Path, b.History))
		if m.paths[p] != nil {
			continue
		}
		m.paths[p] = new(seen)
		for dir := path.Dir(p); m.above[dir] == nil; dir = path.Dir(dir) {
			m.above[dir] = new(atomic.Bool)
		}
	}
	return m
}

// note notes a blob that the scan is given, whatever becomes of it.
func (m *met) note(b Blob) {
	if m == nil {
		return
	}
	unread := b.Err != nil || b.LeftOut != 0
	if unread && (b.Path == "" || b.Err != nil && b.Kind == OtherObject) {
		m.dark.Store(true)
	}
	name := placeOf(b.Path, m.history && b.Kind != File)
	p := slashed(name)
	if state := m.paths[p]; state != nil {
		state.flags.Or(wasThere)
		if unread {
			state.flags.Or(notRead)
		}
		if state.name.Load() == nil {
			state.name.CompareAndSwap(nil, &name)
		}
		if *state.name.Load() != name {
			state.flags.Or(several)
		}
	}
	if dir := m.above[p]; dir != nil && unread {
		dir.Store(true)
	}
}

// same returns a path of placeOf so that equal ones are the same file: with slashes, unless the scan was given a file of that
// path and another one that has backslashes in its name.
func (m *met) same(name string) string {
	p := slashed(name)
	if state := m.paths[p]; p != name && state != nil && state.flags.Load()&several != 0 {
		return name
	}
	return p
}

// hidden tells that nobody can say what is at p: it, or a directory above it, was left out or could not be read. Of paths
// that hold a key it is not known either, for they are compared masked.
func (m *met) hidden(p string) bool {
	p = slashed(p)
	if m.dark.Load() || m.paths[p].flags.Load()&notRead != 0 || strings.Contains(p, "****") {
		return true
	}
	for dir := path.Dir(p); ; dir = path.Dir(dir) {
		if m.above[dir].Load() {
			return true
		}
		if dir == path.Dir(dir) {
			return false
		}
	}
}

// covers tells that the scan looks at all that is around p.
func (b *Baseline) covers(p string) bool {
	return slices.ContainsFunc(b.Whole, func(dir string) bool {
		if dir = slashed(placeOf(dir, false)); dir == "." {
			return !path.IsAbs(p) && p != ".." && !strings.HasPrefix(p, "../")
		}
		return p == dir || strings.HasPrefix(p, strings.TrimSuffix(dir, "/")+"/")
	})
}

// held is an entry of a baseline and what became of it.
type held struct {
	entry *Entry
	id    identity
	used  bool
}

// compare suppresses the findings of a finished report that the baseline knows: of the same rule and key at the same path;
// and at another path, if the old one is gone. What the baseline has once covers the same key as often as it stands in
// that file, but only one new path.
func (b *Baseline) compare(r *Report, m *met) Compared {
	all := map[identity]*held{}
	var order []*held
	for i := range b.Entries {
		e := &b.Entries[i]
		h := &held{entry: e, id: identity{m.same(placeOf(e.Path, b.History)), e.Fingerprint}}
		if all[h.id] == nil {
			all[h.id] = h
			order = append(order, h)
		}
	}
	found := Compared{Name: b.Name, Entries: len(order)}
	fresh := map[identity][]*Finding{}
	var places []identity // of fresh, in order
	for _, f := range r.Findings {
		if !f.Counts() {
			continue
		}
		e := EntryOf(f)
		id := identity{m.same(placeOf(f.Path, b.History && f.History)), e.Fingerprint}
		if h := all[id]; h != nil {
			h.used = true
			b.know(f)
			continue
		}
		if f.Suppressed == "" {
			if fresh[id] == nil {
				places = append(places, id)
			}
			fresh[id] = append(fresh[id], f)
		}
	}
	gone := b.gone(order, r, m)
	for _, sameName := range []bool{true, false} {
		for _, id := range places {
			if fresh[id] == nil {
				continue
			}
			if h := gone.take(id, sameName); h != nil {
				found.Moved++
				for _, f := range fresh[id] {
					b.know(f)
				}
				delete(fresh, id)
			}
		}
	}
	for _, h := range order {
		switch {
		case h.used:
		case r.whole() && b.covers(slashed(h.id.path)) && !m.hidden(h.id.path):
			found.Gone = append(found.Gone, *h.entry)
		default:
			found.Unjudged = append(found.Unjudged, *h.entry)
		}
	}
	found.Stale = len(found.Gone)
	return found
}

// know suppresses a finding that is in the baseline.
func (b *Baseline) know(f *Finding) {
	if f.Suppressed == "" {
		f.Suppressed = AsKnown + inBaseline + b.Name
	}
}

// vacant holds entries whose path is gone: by what they are about, and, with the last name of the path, by both.
type vacant map[identity][]*held

// gone returns the entries whose path is gone. In a history nothing is: what ever stood there stands there still, and only
// what has a trace of a key gets a path.
func (b *Baseline) gone(all []*held, r *Report, m *met) vacant {
	list := vacant{}
	if r.Stopped != "" || b.History {
		return list
	}
	for _, h := range all {
		p := h.id.path
		if !h.used && m.paths[slashed(p)].flags.Load()&wasThere == 0 && b.covers(slashed(p)) && !m.hidden(p) {
			for _, name := range []string{path.Base(p), ""} {
				at := identity{name, h.id.what}
				list[at] = append(list[at], h)
			}
		}
	}
	return list
}

// take uses up an entry for what is found at id, of the same last name or of any; nil if there is none left.
func (v vacant) take(id identity, sameName bool) *held {
	at := identity{"", id.what}
	if sameName {
		at.path = path.Base(id.path)
	}
	for len(v[at]) > 0 {
		h := v[at][0]
		v[at] = v[at][1:]
		if !h.used {
			h.used = true
			return h
		}
	}
	return nil
}
