// This file holds the last rule, which claims every key that no other rule did.

package rules

var hardcodedPrivateKey = &Rule{
	ID:      "hardcoded-private-key",
	Title:   "private key in the code",
	Problem: "is written into the code, so everyone who can read the repository, now or later, can read and change the account's data.",
	Kind:    Exposure,
	Level:   Error,
	Claims: func(c Candidate, s Slot) bool {
		return c.isKlaviyos(s)
	},
	Help: `
A Klaviyo **private** API key stands in a file. Whoever can read the repository, its history, a fork, a backup or a build
log can use it to read and change what the key's scope allows: often every customer's data.

Wrong:

` + "```js" + `
const session = new ApiKeySession("pk_…")
` + "```" + `

Right:

` + "```js" + `
const session = new ApiKeySession(process.env.KLAVIYO_PRIVATE_KEY)
` + "```" + `

The variable is set in the host's secret settings, or in a file that git ignores.`,
	Examples: []Example{
		{Path: "a.js", Text: `const session = new ApiKeySession("{hex}")`},
		{Path: "curl.sh", Text: `curl -H "Authorization: Klaviyo-API-Key {site}" https://a.klaviyo.com/api/profiles/`},
		{Path: ".env", Text: `KLAVIYO_API_KEY={doc}`},
		{Path: "notes.txt", Text: `the key is KLAVIYO_{hex}, keep it`},
		{Path: "a.py", Text: `body = "first line\n{hex}\n"`},
		{Path: "a.sql", Text: `UPDATE shops SET klaviyo_private_key = '{hex}', klaviyo_site_id = '{public}'`},
		{Path: "k8s.yaml", Text: "env:\n  - name: KLAVIYO_PUBLIC_KEY\n    value: {public}\n  - name: KLAVIYO_PRIVATE_KEY\n    value: {hex}\n"},
		{Path: "k8s.yaml", Text: "env:\n- name: KLAVIYO_PUBLIC_KEY\n  value: {public}\n- value: {hex}\n  name: KLAVIYO_PRIVATE_KEY\n"},
		{Path: "k8s.yaml", Text: "env:\n- name: KLAVIYO_PUBLIC_KEY\n- value: {hex}\n- name: KLAVIYO_SITE_ID"},
		{Path: ".env", Text: `KLAVIYO_NON_PUBLIC_KEY={hex}`},
		{Path: "a.js", Text: "klaviyoService.initialize({ privateKey: '{hex}' })"},
		{Path: "a.rb", Text: "Klaviyo.initialize(private_api_key: '{hex}')"},
		{Path: "a.js", Text: "const token='{hex}'; get('https://a.klaviyo.com/api/lists', { Authorization: `Klaviyo-API-Key ${token}` });\npost('https://a.klaviyo.com/api/track')"},
		{Path: "a.js", Text: `headers: { Authorization: "Klaviyo-API-Key " + "{hex}" }`},
		{Path: "a.txt", Text: "\x1b[32m{hex}\x1b[0m"},
		{Path: "notes.md", Text: `the key is _{hex}_, keep it`},
		{Path: "a.js", Text: `const session = new ApiKeySession(process.env.KLAVIYO_PRIVATE_KEY)`, Right: true},
		{Path: "wallet.js", Text: `const label = "{doc}"`, Right: true},
		{Path: "schema.sql", Text: `CONSTRAINT {alpha} PRIMARY KEY (id)`, Right: true},
		{Path: "a.txt", Text: `users_{hex} live_{hex} {hex}_idx x{hex}`, Right: true},
		{Path: "a.txt", Text: `sk_0123456789abcdef0123456789abcdef01 Tpk_0123456789abcdef0123456789abcdef`, Right: true},
	},
}
