// This file holds the rule for private keys in code that ships to the public, in no public slot.

package rules

var shippedPrivateKey = &Rule{
	ID:      "shipped-private-key",
	Title:   "private key in code that ships to browsers or apps",
	Problem: "stands in code that browsers or apps load, so everyone who uses them can read it.",
	Remedy:  "Move the call to a server or a function that reads the key from its secret settings; in the page, use Klaviyo's client API with the public key.",
	Kind:    Misuse,
	Level:   Error,
	Claims: func(c Candidate, s Slot) bool {
		return s.File.Ships() && c.isKlaviyos(s)
	},
	Help: `
This file is sent to browsers or built into an app: a page, a theme's asset, a client component, a bundle or its source
map. A **private** API key in it is public, whatever it is used for. Klaviyo's private API is for servers only.

Wrong:

` + "```js" + `
// assets/theme.js
fetch('https://a.klaviyo.com/api/profiles/', { headers: { Authorization: 'Klaviyo-API-Key pk_…' } })
` + "```" + `

Right, in the page (the client API wants the public key):

` + "```js" + `
fetch('https://a.klaviyo.com/client/subscriptions/?company_id=AbC123', { method: 'POST', body })
` + "```" + `

Right, on the server (a route handler, a function), which the page calls:

` + "```js" + `
fetch('https://a.klaviyo.com/api/profiles/', {
  headers: { Authorization: ` + "`Klaviyo-API-Key ${process.env.KLAVIYO_PRIVATE_KEY}`" + ` },
})
` + "```" + `

What is deployed already keeps the key, and so do caches: only deleting the key in Klaviyo helps.`,
	Examples: []Example{
		{Path: "assets/theme.js", Text: `fetch("https://a.klaviyo.com/api/forms", { headers: { Authorization: "Klaviyo-API-Key {hex}" } })`},
		{Path: "snippets/form.liquid", Text: `<script>const key = '{site}';</script>`},
		{Path: "components/Signup.tsx", Text: "'use client'\nexport const post = () => axios.post(url, body, { headers: { Authorization: 'Klaviyo-API-Key {hex}' } })"},
		{Path: "src/Signup.vue", Text: "<script>export default { data: () => ({ apiKey: '{hex}' }) }</script>"},
		{Path: "public/app.js", Text: `$.ajax({ url: 'https://a.klaviyo.com/api/v2/list/AbC123/subscribe?api_key={hex}' })`},
		{Path: "dist/main.js.map", Text: `{"sourcesContent":["const klaviyo = \"{hex}\""]}`},
		{Path: "ios/App/Api.swift", Text: `request.setValue("Klaviyo-API-Key {site}", forHTTPHeaderField: "Authorization")`},
		{Path: "lib/api.dart", Text: `headers: {'Authorization': 'Klaviyo-API-Key {hex}'}`},
		{Path: "views/page.phtml", Text: "<script>\nvar k = '{hex}';\n</script>"},
		{Path: "assets/theme.js", Text: "fetch('https://a.klaviyo.com/client/subscriptions/?company_id={public}')", Right: true},
		{Path: "assets/theme.js", Text: `const stripe = Stripe('pk_live_aB3dE6gH9jK2mN5pQ8sT1vW4')`, Right: true},
		{Path: "src/Signup.vue", Text: "<script>const row = '{alpha}'</script>", Right: true},
	},
}
