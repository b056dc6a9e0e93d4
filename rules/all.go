// This file lists the rules and renders their help.

package rules

import "strings"

// All holds the rules in the order in which they are asked: from the most specific slot to none at all. The first
// that claims a candidate names the finding.
var All = []*Rule{
	loaderCompanyID,
	loaderPath,
	onsiteAccount,
	clientCompanyID,
	trackToken,
	mobileInitialize,
	bundledVariable,
	publicSetting,
	hardcodedPrivateKey,
}

// ByID returns the rule with the ID, or nil.
func ByID(id string) *Rule {
	for _, r := range All {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Claim asks the rules in order who claims the candidate in the slot; nil if no one does.
func Claim(c Candidate, s Slot) *Rule {
	for _, r := range All {
		if r.Claims(c, s) {
			return r
		}
	}
	return nil
}

// Markdown renders all that a user should know about the rule: the same text in `klaviyolint explain`, docs/rules.md
// and SARIF's help.
func (r *Rule) Markdown() string {
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
