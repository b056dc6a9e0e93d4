// This file holds the rule for the objects that klaviyo.js puts into a page.

package rules

import (
	"slices"
	"strings"
)

var onsiteAccount = &Rule{
	ID:      "onsite-account",
	Title:   "private key as account of the onsite object",
	Problem: "is the account that the page gives to Klaviyo's script, so every visitor can read it.",
	Kind:    Misuse,
	Level:   Error,
	Claims: func(_ Candidate, s Slot) bool {
		callee := strings.ToLower(strings.NewReplacer("?", "", "!", "").Replace(s.Call.Callee))
		switch {
		case strings.HasSuffix(callee, "_learnq.push"), strings.HasSuffix(callee, "_klonsite.push"), strings.HasSuffix(callee, "klaviyo.push"):
			return slices.Contains(s.Call.Before, "account")
		case strings.HasSuffix(callee, "_learnq"): // before the script has made an object of it
			return slices.Contains(s.Call.Before, "account")
		case strings.HasSuffix(callee, "klaviyo.init"):
			return s.isNamed("account") || s.named(isCompanyID)
		}
		return false
	},
	Help: `
The page tells Klaviyo's script which account it belongs to. That is the **public** key, the 6-character site ID. Here
it is a **private** API key, which every visitor of the page can read.

Wrong:

` + "```js" + `
_learnq.push(['account', 'pk_…']);
klaviyo.init({ account: 'pk_…' });
` + "```" + `

Right:

` + "```js" + `
_learnq.push(['account', 'AbC123']);
klaviyo.init({ account: 'AbC123' });
` + "```",
	Examples: []Example{
		{Path: "index.html", Text: `<script>var _learnq = _learnq || []; _learnq.push(['account', '{hex}']);</script>`},
		{Path: "a.js", Text: `window._learnq.push(["account","{site}"])`},
		{Path: "a.js", Text: "klaviyo.init({\n  list: \"XyZ987\",\n  account: \"{doc}\",\n  platform: \"shopify\" })"},
		{Path: "a.js", Text: `window.klaviyo?.init({company_id: '{alpha}'});`},
		{Path: "a.json", Text: `{"script": "_learnq.push([\"account\", \"{hex}\"])"}`},
		{Path: "a.js", Text: `window['_learnq'].push(['account', '{hex}'])`},
		{Path: "a.ts", Text: `window._learnq!.push(['account', '{hex}'])`},
		{Path: "a.js", Text: `var _learnq = [['account','{hex}']];`},
		{Path: "a.js", Text: `window._learnq = window._learnq || [["identify", {}], ["account", "{site}"]];`},
		{Path: "a.js", Text: `_learnq.push(['account', /* don't change; ever (please */ '{hex}'])`},
		{Path: "a.js", Text: "_learnq.push([\n  'account', // don't (change\n  '{hex}'\n])"},
		{Path: "a.js", Text: "_learnq.push(['account', process.env.SITE ?? '{alpha}'])"},
		{Path: "a.js", Text: "klaviyo.init({ account: window.site || '{hex}' })"},
		{Path: "Page.kt", Text: "object Keys { const val SHOP = \"{hex}\" }\nval js = \"_learnq.push(['account', '${Keys.SHOP}'])\""},
		{Path: "a.js", Text: `_learnq.push(['account', '{public}']); _learnq.push(['identify', {}]);`, Right: true},
		{Path: "a.js", Text: `stripe.init({account: 'pk_test_aB3dE6gH9jK2mN5pQ8sT1vW4'})`, Right: true},
		{Path: "a.js", Text: `klaviyo.init({account: "pk_****00ff"})`, Right: true},
	},
}
