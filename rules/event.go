// This file holds the rules for the public HTTP APIs, which browsers and apps call with the public key.

package rules

import "strings"

var trackToken = &Rule{
	ID:      "track-token",
	Title:   "private key as token of a track or identify call",
	Problem: "is the token of a track or identify call, a public API that sends it in the clear to wherever the code runs.",
	Kind:    Misuse,
	Level:   Error,
	Claims: func(_ Candidate, s Slot) bool {
		if !s.isNamed("token") && fold(s.URL.Param) != "token" {
			return false
		}
		return s.Near.Has(NearTrack|NearEventBody) && s.Nearest != NearPrivate || isTrackCall(s.Call.Callee)
	},
	Help: `
Klaviyo's track and identify calls carry the account's **public** key as ` + "`token`" + `. Here it is a **private** API key.
These calls are made from pages and apps, and their addresses end up in logs. Klaviyo answers them with success whatever
the token is, so nobody notices.

Wrong:

` + "```json" + `
{ "token": "pk_…", "event": "Placed Order", "customer_properties": { "$email": "…" } }
` + "```" + `

Right:

` + "```json" + `
{ "token": "AbC123", "event": "Placed Order", "customer_properties": { "$email": "…" } }
` + "```",
	Examples: []Example{
		{Path: "a.json", Text: `{"token": "{hex}", "event": "Placed Order", "customer_properties": {"$email": "a@example.com"}}`},
		{Path: "a.php", Text: "$data = array('token' => '{site}', 'event' => 'X');\ncurl_setopt($ch, CURLOPT_URL, 'https://a.klaviyo.com/api/track');"},
		{Path: "a.js", Text: "fetch('https://a.klaviyo.com/api/identify', { body: JSON.stringify({ token: \"{alpha}\", properties: {} }) })"},
		{Path: "a.py", Text: "requests.post(\"https://a.klaviyo.com/api/track\", data={'token': '{doc}'})"},
		{Path: "log.txt", Text: "GET https://a.klaviyo.com/api/track?data=%7B%22token%22%3A%20%22{hex}%22%7D"},
		{Path: "log.txt", Text: "GET https://a.klaviyo.com/api/track?data=%7B%22token%22%3A+%22{hex}%22%2C+%22event%22%3A+%22X%22%7D"},
		{Path: "a.js", Text: "payload.token = '{hex}'; $.post('https://a.klaviyo.com/api/track', payload)"},
		{Path: "a.php", Text: "$o->token = '{hex}';\npost('https://a.klaviyo.com/api/identify', $o);"},
		{Path: "a.kt", Text: `val body = mapOf("token" to "{hex}", "customer_properties" to mapOf("\$email" to email))`},
		{Path: "a.rb", Text: `Klaviyo::Public.track('Placed Order', token: '{hex}', email: 'a@example.com')`},
		{Path: "a.ts", Text: "await TrackIdentify.trackPost({ token: '{site}', event: 'X' })"},
		{Path: "a.json", Text: `{"token": "{public}", "event": "Placed Order", "customer_properties": {"$email": "a@example.com"}}`, Right: true},
		{Path: "a.js", Text: `clickup({ token: "pk_12345678_A1B2C3D4E5F6G7H8J9K0A1B2C3D4E5F6" }) // klaviyo.com/api/track`, Right: true},
		{Path: "a.js", Text: `logo({ token: "pk_aB3dE6gH9jK2mN5pQ8sT1v", customer_properties: {} })`, Right: true},
	},
}

// isTrackCall tells whether the callee is an SDK's track or identify: Klaviyo::Public.track, klaviyo_sdk.TrackIdentify.
func isTrackCall(callee string) bool {
	parts := calleeParts(callee)
	if len(parts) < 2 || !strings.Contains(parts[0], "klaviyo") && !strings.Contains(parts[0], "trackidentify") {
		return false
	}
	last := parts[len(parts)-1]
	return strings.HasPrefix(last, "track") || strings.HasPrefix(last, "identify")
}

var clientCompanyID = &Rule{
	ID:      "client-company-id",
	Title:   "private key as company_id of the client API",
	Problem: "is the company_id of Klaviyo's client API, which pages and apps call, so everyone who uses them can read it.",
	Kind:    Misuse,
	Level:   Error,
	Claims: func(_ Candidate, s Slot) bool {
		return isCompanyID(s.URL.Param) && (strings.HasPrefix(s.URL.Path, "/client/") || s.Near.Has(NearClient)) ||
			s.isNamed("companyid") && s.Near.Has(NearClient)
	},
	Help: `
The endpoints under ` + "`https://a.klaviyo.com/client/`" + ` are made for pages and apps. Their ` + "`company_id`" + ` is the
account's **public** key. Here it is a **private** API key, which goes to every visitor.

Wrong:

` + "```js" + `
fetch('https://a.klaviyo.com/client/subscriptions/?company_id=pk_…', { method: 'POST' })
` + "```" + `

Right:

` + "```js" + `
fetch('https://a.klaviyo.com/client/subscriptions/?company_id=AbC123', { method: 'POST' })
` + "```",
	Examples: []Example{
		{Path: "a.js", Text: "fetch(`https://a.klaviyo.com/client/subscriptions/?company_id={hex}`, { method: 'POST' })"},
		{Path: "a.js", Text: "axios.post('https://a.klaviyo.com/client/events', body, { params: { company_id: '{site}' } })"},
		{Path: "a.swift", Text: "URL(string: \"https://a.klaviyo.com/client/profiles\")\nlet q = URLQueryItem(name: \"company_id\", value: \"{doc}\")"},
		{Path: "a.py", Text: "requests.post('https://a.klaviyo.com/client/push-tokens/', params={\"company_id\": \"{alpha}\"})"},
		{Path: "a.js", Text: "fetch('https://a.klaviyo.com/client/subscriptions/?company_id=' + '{hex}', { method: 'POST' })"},
		{Path: "Api.kt", Text: `@POST("client/events/?company_id={hex}")`},
		{Path: "a.js", Text: "fetch(`${base}/client/events?company_id={hex}`)"},
		{Path: "a.go", Text: "u := \"https://a.klaviyo.com/client/events\"\nq := url.Values{\"company_id\": {\"{hex}\"}}"},
		{Path: "a.dart", Text: "Uri.https('a.klaviyo.com', '/client/events', {'company_id': '{alpha}'})"},
		{Path: "a.swift", Text: "c.host = \"a.klaviyo.com\"\nc.path = \"/client/events\"\nc.queryItems = [URLQueryItem(name: \"company_id\", value: \"{site}\")]"},
		{Path: "a.postman_collection.json", Text: `"host": ["a", "klaviyo", "com"], "path": ["client", "events"], "query": [{ "key": "company_id", "value": "{hex}" }]`},
		{Path: "a.js", Text: "const BASE = 'https://a.klaviyo.com/client'\nfetch(`${BASE}/events/?${new URLSearchParams({ company_id: '{hex}' })}`)"},
		{Path: "a.js", Text: "fetch(`https://a.klaviyo.com/client/subscriptions/?company_id={public}`)", Right: true},
		{Path: "a.js", Text: "fetch(`https://a.klaviyo.com/client/events/?company_id=${companyId}`)", Right: true},
		{Path: "a.js", Text: "fetch('https://api.stripe.com/client/x?company_id=pk_live_aB3dE6gH9jK2mN5pQ8sT1vW4')", Right: true},
	},
}
