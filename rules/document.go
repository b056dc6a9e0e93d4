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
	out.WriteString("## " + strings.TrimPrefix(strings.Replace(rotationSteps, "**\n", "\n", 1), "**"))
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
	return strings.TrimSpace(r.Help) + "\n\n" + rotationSteps
}

// rotationSteps are Klaviyo's own, in their order: help.klaviyo.com, "How to keep your account secure".
const rotationSteps = `**What to do with the exposed key**

1. Note which key it is: Klaviyo shows the last four characters of each private key, as this tool does.
2. Put the right value in its place, so that the code works as meant.
3. List every integration that uses the key: commercial ones and your own code.
4. For each, choose *Create Private API Key* in Klaviyo under **Settings > API keys**, with a label that names the
   integration and the narrowest scope that it needs, and move it over.
5. When all are moved, delete the exposed key there. Klaviyo does not ask twice: check the last four characters.

Taking the key out of the file is not enough: it stays in git's history, in caches and in what is already deployed.

Klaviyo on this: [How to keep your account secure](https://help.klaviyo.com/hc/en-us/articles/360052448451),
[Find your API keys](https://help.klaviyo.com/hc/en-us/articles/115005062267).
`
