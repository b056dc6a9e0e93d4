// This file holds the rule for subscribe links and forms, which name the account in one letter.

package rules

import "strings"

var subscribeAccount = &Rule{
	ID:      "subscribe-account",
	Title:   "private key as account of a subscribe form",
	Problem: "is the account in the address or form of a subscribe or back-in-stock request, which every visitor sends and can read.",
	Kind:    Misuse,
	Level:   Error,
	Claims: func(_ Candidate, s Slot) bool {
		switch s.URL.Param {
		case "a":
			return strings.HasSuffix(s.URL.Host, "kmail-lists.com") || strings.Contains(s.URL.Path, "back-in-stock") ||
				strings.HasSuffix(s.URL.Path, "/ajax/subscriptions/subscribe") || s.URL.Host == "" && s.Near.Has(NearSubscribe)
		case "c":
			return strings.Contains(s.URL.Path, "/integration-oauth")
		}
		return s.isNamed("a") && s.Near.Has(NearSubscribe)
	},
	Help: `
Links and forms to ` + "`manage.kmail-lists.com`" + ` and to Klaviyo's back-in-stock endpoint name the account in the field
` + "`a`" + `: its **public** key. Here it is a **private** API key, which goes to every visitor, into mails and into logs.

Wrong:

` + "```html" + `
<a href="https://manage.kmail-lists.com/subscriptions/subscribe?a=pk_…&g=XyZ987">Subscribe</a>
` + "```" + `

Right:

` + "```html" + `
<a href="https://manage.kmail-lists.com/subscriptions/subscribe?a=AbC123&g=XyZ987">Subscribe</a>
` + "```",
	Examples: []Example{
		{Path: "a.html", Text: `<a href="https://manage.kmail-lists.com/subscriptions/subscribe?a={hex}&g=XyZ987">`},
		{Path: "a.html", Text: `<form action="//manage.kmail-lists.com/subscriptions/subscribe" method="POST"><input type="hidden" name="g" value="XyZ987"><input type="hidden" name="a" value="{site}">`},
		{Path: "a.js", Text: "data.append('a', '{hex}'); fetch('https://a.klaviyo.com/onsite/components/back-in-stock/subscribe', { method: 'POST', body: data })"},
		{Path: "a.js", Text: "$.post('https://a.klaviyo.com/onsite/components/back-in-stock/subscribe', { a: '{site}', email: email, variant: id })"},
		{Path: "a.sh", Text: "curl -d 'g=XyZ987&a={hex}&email=x' https://manage.kmail-lists.com/ajax/subscriptions/subscribe"},
		{Path: "a.js", Text: "body: 'a={hex}&email=' + email, // to https://a.klaviyo.com/onsite/components/back-in-stock/subscribe"},
		{Path: "a.html", Text: `<a href="https://manage.kmail-lists.com/subscriptions/subscribe?a={public}&g=XyZ987">`, Right: true},
		{Path: "a.html", Text: `<a href="https://manage.kmail-lists.com/subscriptions/subscribe?a=pk_****ef01&g=XyZ987">`, Right: true},
		{Path: "a.js", Text: `pay({ a: 'pk_live_aB3dE6gH9jK2mN5pQ8sT1vW4' }) // see manage.kmail-lists.com`, Right: true},
	},
}
