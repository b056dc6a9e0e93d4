// This file makes of the findings what the page shows: keys, the most urgent first, and for each key its places by rule.

package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/sarif/stream"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// keyGroup is a key and its findings. What is suppressed or was known before is among them, for whoever replaces a key has to
// know all the places that use it.
type keyGroup struct {
	urgency           urgency            // by what is not suppressed
	standing          standing           // of what counts most at its places
	findings          []*scanner.Finding // first its places, of them what counts, then the most urgent
	places            int                // where it stands: some rules say more of a place that another has found
	earlier, excepted int                // how many of its places do not count
}

// groupByKey returns the keys of which not all findings are suppressed: the most urgent first, then those that are new, then
// those with the most places, then as they came. Keys differ though the four characters that are shown of them be the same.
func groupByKey(findings []*scanner.Finding) []keyGroup {
	var groups []keyGroup
	for _, same := range sameKey(findings) {
		if !same[0].HasKey() {
			continue
		}
		g := keyGroup{findings: same}
		for _, f := range same {
			if standingOf(f) != excepted {
				g.urgency = max(g.urgency, urgencyOf(f))
			}
		}
		if g.order(); g.standing != excepted {
			groups = append(groups, g)
		}
	}
	slices.SortStableFunc(groups, func(a, b keyGroup) int {
		return cmp.Or(cmp.Compare(b.urgency, a.urgency), cmp.Compare(a.standing, b.standing), cmp.Compare(b.places, a.places))
	})
	return groups
}

// order sorts the findings of a group and counts its places.
func (g *keyGroup) order() {
	isPlace := func(f *scanner.Finding) bool { return g.urgency == noted || f.Exposes() }
	g.standing = excepted
	for _, f := range g.findings {
		if !isPlace(f) {
			continue
		}
		g.places++
		g.standing = min(g.standing, standingOf(f))
		switch standingOf(f) {
		case earlier:
			g.earlier++
		case excepted:
			g.excepted++
		}
	}
	slices.SortStableFunc(g.findings, func(a, b *scanner.Finding) int {
		if isPlace(a) != isPlace(b) {
			if isPlace(a) {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(standingOf(a), standingOf(b)), cmp.Compare(urgencyOf(b), urgencyOf(a)))
	})
}

// htmlKey is a key's part of the page.
type htmlKey struct {
	Number             int
	Key, Last, Account string
	Urgency            urgency
	Standing           standing
	Places, Current    int
	Mixed              bool   // not all places count
	Marked             string // which places do not, behind their number
	History            bool   // it is known when places came in
	First              *htmlCommit
	Timeline           *timeline
	Rules              []htmlRule
	More               int // findings that are not shown
	Steps              []htmlStep
	NotEnough          string
}

// htmlStep is a step of the checklist: what Klaviyo says, and what it means for this key.
type htmlStep struct{ Text, Here string }

// htmlRule is what is wrong at some places, and how to mend it.
type htmlRule struct {
	ID, Title, Level string
	Problem          string
	Places           []htmlPlace
}

// htmlPlace is a finding.
type htmlPlace struct {
	Path                 string
	Line                 int
	What                 string // of an object that is no file
	Slot                 string
	Before, Found, After string
	Word                 string
	Via, Detail          string
	Commit               *htmlCommit
	Reach                string
	Known                string      // where it was before
	Suppressed           *htmlReason // why it does not count
}

// htmlCommit is the commit that brought something in.
type htmlCommit struct{ ID, Date, Day, Author, Subject string }

// key returns the number-th key's part.
func (w *htmlWriter) key(g *keyGroup, number int) htmlKey {
	key := g.findings[0].Key
	name := key.String()
	k := htmlKey{
		Number: number, Key: name, Last: name[len(name)-4:], Account: Show(key.PublicKey()),
		Urgency: g.urgency, Standing: g.standing, Places: g.places, Mixed: g.earlier != g.places && g.earlier+g.excepted > 0, Marked: g.marked(),
	}
	public := 0
	var first *scanner.Commit
	for _, f := range g.findings[:g.places] {
		if current(f) {
			k.Current++
		}
		if f.Rule.Kind == rules.Misuse {
			public++
		}
		if c := f.Commit; c != nil {
			k.History = true
			if stream.Stamp(c.Date, time.DateOnly) != "" && (first == nil || c.Compare(first) < 0) {
				first = c
			}
		}
	}
	if first != nil {
		k.First = newHTMLCommit(first)
		k.Timeline = newTimeline(number, g.findings[:g.places], w.Began)
	}
	shown := g.findings[:min(len(g.findings), maxKeyPlaces, max(w.places, fewPlaces))]
	w.places -= len(shown)
	k.More = len(g.findings) - len(shown)
	k.Rules = w.byRule(shown)
	if g.urgency > noted {
		k.Steps, k.NotEnough = steps(&k, public), rules.NotEnough
	}
	return k
}

// marked says, behind the number of places, which of them do not count; "" if all do.
func (g *keyGroup) marked() string {
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{{g.earlier, "known before"}, {g.excepted, "suppressed"}} {
		switch {
		case part.n == g.places && part.n == 1:
			return ", " + part.what
		case part.n == g.places:
			return ", all " + part.what
		case part.n > 0:
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ", of which " + strings.Join(parts, " and ")
}

// steps returns the checklist of a key, of whose places so many want the public key.
func steps(k *htmlKey, public int) []htmlStep {
	var all []htmlStep
	for _, text := range rules.RotationSteps() {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "*", ""), "\n", " ")
		all = append(all, htmlStep{Text: text})
	}
	here := []string{
		fmt.Sprintf("This one ends in %s.", k.Last),
		"",
		fmt.Sprintf("%s found here%s, listed above. Others may be in places that this scan does not see: apps, settings of a "+
			"host, automations.", plural(k.Places, "place"), k.Marked),
	}
	if k.Account != "" {
		here[0] = fmt.Sprintf("This one ends in %s, in the account whose public key is %s.", k.Last, k.Account)
	}
	value := "the public key"
	if k.Account != "" {
		value += " " + k.Account
	}
	switch rest := k.Places - public; {
	case public == 0:
		here[1] = "No place of this key wants a key in the file: read it from a secret store or the environment."
	case rest == 0:
		here[1] = fmt.Sprintf("In pages and apps that is %s, or a call to a server of your own.", value)
	default:
		here[1] = fmt.Sprintf("In pages and apps (%s) that is %s, or a call to a server of your own; elsewhere (%s) the code "+
			"reads the key from a secret store or the environment.", plural(public, "place"), value, plural(rest, "place"))
	}
	for i := range min(len(here), len(all)) {
		all[i].Here = here[i]
	}
	return all
}

// byRule sorts places by their rules: the rules in the order of their first place.
func (w *htmlWriter) byRule(places []*scanner.Finding) []htmlRule {
	type group struct {
		rule    *rules.Rule
		level   rules.Level
		problem string
	}
	var all []htmlRule
	index := map[group]int{}
	for _, f := range places {
		g := group{f.Rule, f.Level, problem(f)}
		at, known := index[g]
		if !known {
			at = len(all)
			index[g] = at
			all = append(all, htmlRule{
				ID: f.Rule.ID, Title: upperFirst(f.Rule.Title), Level: f.Level.String(), Problem: Show(g.problem),
			})
		}
		all[at].Places = append(all[at].Places, newHTMLPlace(f))
	}
	return all
}

// problem says what is wrong and how to mend it, without the rotation, which the checklist tells, and without what is
// different from place to place.
func problem(f *scanner.Finding) string {
	if f.Word != "" {
		return upperFirst(strings.TrimSpace("it " + f.Rule.Problem + " " + f.Rule.Remedy))
	}
	text := strings.TrimSuffix(f.Rule.Message(f.Key, "", f.Public), rules.Rotation)
	return strings.TrimSpace(strings.Replace(text, "Private key "+f.Key.String(), "The key", 1))
}

func newHTMLPlace(f *scanner.Finding) htmlPlace {
	p := htmlPlace{
		Path: showPath(f.Path), Line: f.Start.Line(), What: objectWords(f), Slot: slotWords(f.Slot),
		Via: Show(strings.Join(f.Via, ", then ")), Detail: Show(f.Detail), Reach: reachWords(f),
		Word: Show(f.Word),
	}
	switch standingOf(f) {
	case earlier:
		p.Known = Show(strings.TrimPrefix(f.Suppressed, scanner.AsKnown))
	case excepted:
		p.Suppressed = newHTMLReason(f.Suppressed)
	}
	p.Before, p.Found, p.After, _ = snippetParts(f.Line)
	p.Before = strings.TrimLeft(p.Before, " ")
	if f.Commit != nil {
		p.Commit = newHTMLCommit(f.Commit)
	}
	return p
}

func newHTMLCommit(c *scanner.Commit) *htmlCommit {
	author, _, named := strings.Cut(c.Author, " <")
	if !named || author == "" {
		author = c.Author
	}
	return &htmlCommit{
		ID: Show(c.ID[:min(len(c.ID), 12)]), Date: stream.Stamp(c.Date, time.DateOnly), Day: day(c.Date),
		Author: Show(author), Subject: Show(c.Subject),
	}
}

// day returns a date as people write it; "" if it is not known.
func day(t time.Time) string { return stream.Stamp(t, "2 January 2006") }
