// This file tells, beside a result, where else its key stands.

package sarif

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// Of the other places of a key, maxRelated are written and maxLinked are in the message: a key may stand in every file.
const (
	maxRelated = 10
	maxLinked  = 3
)

// keyPlaces holds the first finding in each of the lines that have a key, the worst first, and how many there are.
type keyPlaces map[string]*places

func placesOfKeys(found []*scanner.Finding) keyPlaces {
	k := keyPlaces{}
	type place struct {
		key, path string
		line      int
	}
	met := map[place]bool{} // several rules, or versions in a history, may stand in one line
	for _, f := range found {
		if !f.HasKey() {
			continue
		}
		key := f.Key.Fingerprint("")
		at := place{key, f.Path, f.Start.Line()}
		if met[at] {
			continue
		}
		met[at] = true
		if k[key] == nil {
			k[key] = &places{}
		}
		if p := k[key]; len(p.first) <= maxRelated {
			p.first = append(p.first, f)
		} else {
			p.more++
		}
	}
	return k
}

// places are places of a key.
type places struct {
	first []*scanner.Finding
	more  int // that are not in first
}

// others returns where else the key of f stands, the worst first.
func (k keyPlaces) others(f *scanner.Finding) places {
	if !f.HasKey() {
		return places{}
	}
	all := k[f.Key.Fingerprint("")]
	var first []*scanner.Finding
	for _, other := range all.first {
		here := other.Path == f.Path && other.Start.Line() == f.Start.Line()
		if !here && len(first) < maxRelated {
			first = append(first, other)
		}
	}
	return places{first, len(all.first) + all.more - 1 - len(first)}
}

// related returns the places as locations, numbered from 1.
func (p places) related(opts Options) []*gosarif.Location {
	var all []*gosarif.Location
	for i, f := range p.first {
		id := uint(i + 1)
		l := gosarif.NewLocationWithPhysicalLocation(gosarif.NewPhysicalLocation().
			WithArtifactLocation(opts.artifact(f.Path)).WithRegion(regionOf(f)))
		l.Id, l.Message = &id, gosarif.NewTextMessage("The same key.")
		all = append(all, l)
	}
	return all
}

// sentence names the places, with links to the locations that related gives. GitHub shows only what is linked.
func (p places) sentence(opts Options) string {
	if len(p.first) == 0 {
		return ""
	}
	var links []string
	for i, f := range p.first[:min(len(p.first), maxLinked)] {
		links = append(links, fmt.Sprintf("[%s](%d)", linkText(f, opts), i+1))
	}
	text := " The same key stands in " + strings.Join(links, ", ")
	if more := len(p.first) - len(links) + p.more; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text + "."
}

// linkText names a place in the text of a link, in which brackets and backslashes are escaped (SARIF 3.11.6).
func linkText(f *scanner.Finding, opts Options) string {
	const most = 80 // characters of a path
	path := cmp.Or(plain(rules.Mask(opts.place(f.Path))), "unknown")
	if n := utf8.RuneCountInString(path); n > most {
		path = "…" + string([]rune(path)[n-most:])
	}
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(path) + fmt.Sprintf(":%d", f.Start.Line())
}
