// This file holds the rule for private keys in addresses.

package rules

var apiKeyInURL = &Rule{
	ID:      "api-key-in-url",
	Title:   "private key in a URL",
	Problem: "is the api_key of a URL, and URLs end up in logs, histories and analytics besides the repository.",
	Remedy:  "Send it in the header Authorization: Klaviyo-API-Key …, read from a secret store or the environment at run time.",
	Kind:    Exposure,
	Level:   Error,
	Claims: func(c Candidate, s Slot) bool {
		return fold(s.URL.Param) == "apikey" && c.isKlaviyos(s)
	},
	Help: `
The first versions of Klaviyo's API took the **private** API key as ` + "`api_key`" + ` in the address. Addresses are written
to access logs, proxies, error trackers and browser histories. These versions have been retired: the present API takes
the key in a header.

Wrong:

` + "```sh" + `
curl "https://a.klaviyo.com/api/v2/lists?api_key=pk_…"
` + "```" + `

Right:

` + "```sh" + `
curl https://a.klaviyo.com/api/lists -H "Authorization: Klaviyo-API-Key $KLAVIYO_PRIVATE_KEY" -H "revision: 2026-07-15"
` + "```",
	Examples: []Example{
		{Path: "a.sh", Text: `curl "https://a.klaviyo.com/api/v2/list/AbC123/subscribe?api_key={hex}"`},
		{Path: "a.rb", Text: `url = "https://a.klaviyo.com/api/v1/person/#{id}?api_key={site}"`},
		{Path: "a.py", Text: `requests.get('https://a.klaviyo.com/api/v2/people/search?email=' + email + '&api_key={hex}')`},
		{Path: "a.sh", Text: "KEY={hex}\ncurl \"https://a.klaviyo.com/api/v2/lists?api_key=$KEY\""},
		{Path: "a.yml", Text: `uri: klaviyo://?api_key={hex}`},
		{Path: "a.php", Text: `$url = 'https://a.klaviyo.com/api/v1/lists?api_key=' . '{doc}';`},
		{Path: "a.sh", Text: `curl "https://a.klaviyo.com/api/v2/lists?api_key=$KLAVIYO_PRIVATE_KEY"`, Right: true},
		{Path: "a.sh", Text: `curl "https://api.example.com/v1?api_key=pk_live_aB3dE6gH9jK2mN5pQ8sT1vW4"`, Right: true},
		{Path: "a.sh", Text: `curl "https://a.klaviyo.com/api/v2/lists?api_key=pk_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"`, Right: true},
	},
}
