// This file writes what was there before a scan and so does not count: how much, where it was, and what keys of it count in
// other places.

package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// Known says what was there before, as the text report does, one line for each place: 3 findings stand in HEAD already and
// were not counted: run klaviyolint to see them.
func Known(r *scanner.Report) []string { return countFindings(r).knownLines() }

func (c counts) knownLines() (lines []string) {
	for _, where := range slices.Sorted(maps.Keys(c.known)) {
		n, stand, them, without := c.known[where], "stand", "them", ""
		if n == 1 {
			stand, them = "stands", "it"
		}
		if _, ok := scanner.Baselined(where); ok {
			without = " without --baseline"
		}
		lines = append(lines, fmt.Sprintf("%s %s %s and %s not counted: run klaviyolint%s to see %s.%s",
			plural(n, "finding"), stand, Show(where), wasWere(n), without, them, c.again[where].among(n)))
	}
	return lines
}

// again is what was there before of keys of which other findings count: how many findings, and the keys. Whoever replaces such
// a key has to know of all of its places.
type again struct {
	findings int
	keys     []rules.Key
}

// among says it after another sentence of n findings; "" if there is none.
func (a again) among(n int) string {
	const few = 3
	if a.findings == 0 {
		return ""
	}
	var names []string
	for _, key := range a.keys[:min(few, len(a.keys))] {
		names = append(names, key.String())
	}
	list := strings.Join(names, ", ")
	if more := len(a.keys) - few; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	if len(a.keys) == 1 {
		return fmt.Sprintf(" %s of the key %s, of which other findings count: replace it there, too.", ofThem(a.findings, n), list)
	}
	return fmt.Sprintf(" %s of keys of which other findings count (%s): replace them there, too.", ofThem(a.findings, n), list)
}

// countAgain counts what was there before of the keys that are counted.
func (c *counts) countAgain(r *scanner.Report) {
	type place struct{ where, fingerprint string }
	c.again = map[string]again{}
	met := map[place]bool{}
	for _, f := range r.Findings {
		where, known := strings.CutPrefix(f.Suppressed, scanner.AsKnown)
		if !known || !f.HasKey() || !c.keys[f.Key.Fingerprint("")] {
			continue
		}
		a := c.again[where]
		a.findings++
		if at := (place{where, f.Key.Fingerprint("")}); !met[at] {
			met[at] = true
			a.keys = append(a.keys, f.Key)
		}
		c.again[where] = a
	}
}
