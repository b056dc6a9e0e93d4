// This file renders the rules as Markdown: for docs/rules.md, for the README, for `klaviyolint explain` and SARIF.

package rules

import (
	"fmt"
	"strings"
)

// Document renders docs/rules.md.
func Document() string {
	var out strings.Builder
	out.WriteString("# Rules\n\nRendered from the rules by `klaviyolint rules --markdown`; do not edit.\n\n" + Table("") + "\n")
	for _, r := range All {
		fmt.Fprintf(&out, "## %s\n\n%s (%s, %s)\n\n%s\n\n", r.ID, upperFirst(r.Title), r.Level, r.Kind, strings.TrimSpace(r.Help))
	}
	out.WriteString("## " + strings.TrimPrefix(strings.Replace(rotation(), "**\n", "\n", 1), "**"))
	return out.String()
}

// Table renders the list of rules; links go to document, a path, and the rule's heading in it.
func Table(document string) string {
	var out strings.Builder
	out.WriteString("| rule | level | kind | finds |\n|---|---|---|---|\n")
	for _, r := range All {
		fmt.Fprintf(&out, "| [`%s`](%s#%s) | %s | %s | %s |\n", r.ID, document, r.ID, r.Level, r.Kind, r.Title)
	}
	return out.String()
}

func upperFirst(s string) string {
	return strings.ToUpper(s[:1]) + s[1:]
}

// Markdown renders all that a user should know about the rule: the same text in `klaviyolint explain`, docs/rules.md
// and SARIF's help.
func (r *Rule) Markdown() string {
	if r.Kind == Hygiene {
		return strings.TrimSpace(r.Help)
	}
	return strings.TrimSpace(r.Help) + "\n\n" + rotation()
}

// RotationSteps returns what to do with an exposed key, step by step, as Markdown: Klaviyo's own steps in their order,
// help.klaviyo.com, "How to keep your account secure".
func RotationSteps() []string {
	return []string{
		`Note which key it is: Klaviyo shows the last four characters of each private key, as this tool does.`,
		`Put the right value in its place, so that the code works as meant.`,
		`List every integration that uses the key: commercial ones and your own code.`,
		`For each, choose *Create Private API Key* in Klaviyo under **Settings > API keys**, with a label that names the
integration and the narrowest scope that it needs, and move it over.`,
		`When all are moved, delete the exposed key there. Klaviyo does not ask twice: check the last four characters.`,
	}
}

// RotationText returns the same as plain text, each step on one line.
func RotationText() []string {
	steps := RotationSteps()
	for i, step := range steps {
		steps[i] = strings.NewReplacer("*", "", "\n", " ").Replace(step)
	}
	return steps
}

// NotEnough says why an exposed key must be deleted, and not only its text.
const NotEnough = "Taking the key out of the file is not enough: it stays in git's history, in caches and in what is " +
	"already deployed."

// Page is a page of Klaviyo's help.
type Page struct{ Title, URL string }

// RotationPages returns what Klaviyo says about exposed keys.
func RotationPages() []Page {
	return []Page{
		{"How to keep your account secure", "https://help.klaviyo.com/hc/en-us/articles/360052448451"},
		{"Find your API keys", "https://help.klaviyo.com/hc/en-us/articles/115005062267"},
	}
}

// rotation renders the steps, with the pages.
func rotation() string {
	var out strings.Builder
	out.WriteString("**What to do with the exposed key**\n\n")
	for i, step := range RotationSteps() {
		fmt.Fprintf(&out, "%d. %s\n", i+1, strings.ReplaceAll(step, "\n", "\n   "))
	}
	var links []string
	for _, page := range RotationPages() {
		links = append(links, fmt.Sprintf("[%s](%s)", page.Title, page.URL))
	}
	fmt.Fprintf(&out, "\n%s\n\nKlaviyo on this: %s.\n", NotEnough, strings.Join(links, ",\n"))
	return out.String()
}
