// This file turns a finding into a SARIF result.

package sarif

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/sarif/stream"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// result is go-sarif's with suppressions as the schema wants them: go-sarif's write null for what is not set, and cannot
// write the empty array.
type result struct {
	*gosarif.Result
	Suppressions *[]suppression `json:"suppressions,omitempty"` // nil: no result of the run has the member
}

// suppression is SARIF 3.35. Without a status it is accepted.
type suppression struct {
	Kind          string `json:"kind"` // inSource or external
	Justification string `json:"justification"`
}

// suppressions returns the array of f: empty means, in a run whose results have the member, that the finding counts
// (3.27.23).
func suppressions(f *scanner.Finding) *[]suppression {
	all := []suppression{}
	if f.Suppressed == "" {
		return &all
	}
	one := suppression{Kind: "external", Justification: f.Suppressed}
	if reason, ok := strings.CutPrefix(f.Suppressed, scanner.ByComment); ok {
		one = suppression{Kind: "inSource", Justification: reason}
	} else if reason, ok := strings.CutPrefix(f.Suppressed, scanner.ByConfiguration); ok {
		one.Justification = reason
	}
	one.Justification = plain(one.Justification)
	all = append(all, one)
	return &all
}

// newResult builds the result of f, whose rule stands at index in the driver's rules. Maps are given whole: go-sarif's
// setters write into maps that nobody made.
func newResult(f *scanner.Finding, index int, others places, opts Options) result {
	r := gosarif.NewRuleResult(f.Rule.ID).
		WithRuleIndex(index).
		WithLevel(f.Level.String()).
		WithKind("fail").
		WithMessage(gosarif.NewTextMessage(message(f, others, opts))).
		WithPartialFingerPrints(fingerprints(f))
	r.RelatedLocations = others.related(opts)
	if opts.Fixes {
		r.Fixes = fixes(f, opts)
	}
	r.AddLocation(gosarif.NewLocationWithPhysicalLocation(location(f, opts)))
	r.Properties = properties(f)
	if opts.Suppressed {
		return result{Result: r, Suppressions: suppressions(f)}
	}
	return result{Result: r}
}

// fingerprints tell what is the same result in another file. GitHub takes only its own, and computes it if it is absent and
// the file is there.
func fingerprints(f *scanner.Finding) map[string]any {
	all := map[string]any{fingerprint: f.Fingerprint()}
	if f.LineHash != "" {
		all["primaryLocationLineHash"] = f.LineHash
	}
	return all
}

// message is the finding's own, and then what only some findings have to say: GitHub shows no more than the message
// and the line.
func message(f *scanner.Finding, others places, opts Options) string {
	text := f.Message()
	if len(f.Via) > 0 {
		text += fmt.Sprintf(" The file holds it encoded: '%s'.", strings.Join(f.Via, "', then '"))
	}
	if f.Commit != nil {
		text += fmt.Sprintf(" It came with commit '%s'", f.Commit.ID)
		if date := stream.Stamp(f.Commit.Date, time.DateOnly); date != "" {
			text += " of " + date
		}
		text += reached(f.Reach) + "."
	}
	also := others.sentence(opts)
	return clip(unlinked(plain(text)), maxText-utf8.RuneCountInString(also)) + also
}

// unlinked takes apart what a reader would take for a link, [text](target): only ours are (SARIF 3.11.6).
func unlinked(text string) string { return strings.ReplaceAll(text, "](", "] (") }

// maxText is how many characters GitLab takes in a text.
const maxText = 1024

// clip cuts a text to as many characters; words and paths from outside may be long. What is cut
// through may be a key, so keys are masked before.
func clip(text string, most int) string {
	if text = rules.Mask(text); utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// reached continues the sentence that names a finding's commit.
func reached(reach string) string {
	switch reach {
	case "head":
		return ", and HEAD has it still"
	case "ref":
		return ", which a branch, a tag or another ref leads to"
	case "stash":
		return ", which a stash leads to"
	case "reflog":
		return ", which only a reflog leads to"
	case "unreachable":
		return ", which no ref leads to but the repository still holds"
	}
	return ""
}

func location(f *scanner.Finding, opts Options) *gosarif.PhysicalLocation {
	place := gosarif.NewPhysicalLocation().WithArtifactLocation(opts.artifact(f.Path))
	region := regionOf(f)
	sound := region.EndLine != nil
	line := f.Line.Text
	if line != "" {
		region.WithSnippet(gosarif.NewArtifactContent().WithText(line))
	}
	place.WithRegion(region)

	// The context is the whole line: a region without columns. It has to be larger than the region.
	whole := f.Line.Start <= 0 && f.Line.End >= len(f.Line.Text) && !f.Line.Cut
	if sound && line != "" && !whole && f.Start.Line() == f.End.Line() {
		place.WithContextRegion(gosarif.NewRegion().
			WithStartLine(f.Start.Line()).
			WithEndLine(f.End.Line()).
			WithSnippet(gosarif.NewArtifactContent().WithText(line)))
	}
	return place
}

// regionOf returns where f stands, without an end if that is not behind the start.
func regionOf(f *scanner.Finding) *gosarif.Region {
	region := gosarif.NewRegion().WithStartLine(f.Start.Line()).WithStartColumn(f.Start.ColumnUTF16())
	if f.End.Line() > f.Start.Line() || f.End.Line() == f.Start.Line() && f.End.UTF16 > f.Start.UTF16 {
		region.WithEndLine(f.End.Line()).WithEndColumn(f.End.ColumnUTF16())
	}
	return region
}

// artifact returns the location of a path: from the root; absolute, or from who knows where, if it is not below that.
func (o Options) artifact(path string) *gosarif.ArtifactLocation {
	path = o.place(path)
	if strings.HasPrefix(path, "/") {
		return gosarif.NewSimpleArtifactLocation("file:///" + uri(path))
	}
	if strings.HasPrefix(path, "../") {
		return gosarif.NewSimpleArtifactLocation(uri(path))
	}
	return gosarif.NewSimpleArtifactLocation(uri(path)).WithUriBaseId(root)
}

func (o Options) place(path string) string {
	if o.Place == nil || path == "" {
		return path
	}
	return o.Place(path)
}

// properties is what SARIF has no field of its own for. Members that say nothing are absent.
func properties(f *scanner.Finding) gosarif.Properties {
	all := gosarif.Properties{
		"kind": string(f.Rule.Kind),
		"word": f.Word,
		"slot": f.Slot,
	}
	if f.HasKey() {
		all["key"], all["form"] = f.Key.String(), f.Key.Form().String()
	}
	if public := f.Public; public != "" {
		all["publicKey"] = public
	}
	if len(f.Via) > 0 {
		all["via"] = f.Via
	}
	if f.Commit != nil {
		all["commit"] = f.Commit.ID
		all["author"] = f.Commit.Author
		all["subject"] = f.Commit.Subject
		all["date"] = stream.Stamp(f.Commit.Date, time.RFC3339)
	}
	if f.Reach != "" {
		all["reach"] = f.Reach
	}
	for name, value := range all {
		if value == "" {
			delete(all, name)
		}
	}
	return all
}
