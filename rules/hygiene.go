// This file holds the rules for misuse without a key to see: variables whose names give it away, calls of the private
// API from code that ships, and placeholders that teach it. They are asked about files, never about history.

package rules

import "strings"

var bundledPrivateName = &Rule{
	ID:      "bundled-private-name",
	Title:   "variable for a private key that is bundled for browsers",
	Problem: "is a variable that the bundler writes into what browsers and apps load, and it is used for a private key.",
	Remedy:  "Drop the prefix that makes it public, read it in server code only, and replace the key if it was ever deployed.",
	Kind:    Hygiene,
	Level:   Warning,
	Claims: func(c Candidate, s Slot) bool {
		return isBundled(c.Word) && (isPrivateName(fold(c.Word)) || s.Scheme)
	},
	Help: `
The prefix of the variable's name tells the bundler to write its value into the files that browsers and apps load. A
variable for a **private** API key must not have one: whatever is set there at build time is public.

Wrong:

` + "```js" + `
headers: { Authorization: ` + "`Klaviyo-API-Key ${process.env.NEXT_PUBLIC_KLAVIYO_PRIVATE_KEY}`" + ` }
` + "```" + `

Right, in a route handler or a function on the server:

` + "```js" + `
headers: { Authorization: ` + "`Klaviyo-API-Key ${process.env.KLAVIYO_PRIVATE_KEY}`" + ` }
` + "```",
	Examples: []Example{
		{Path: "a.ts", Text: `const key = process.env.NEXT_PUBLIC_KLAVIYO_PRIVATE_KEY`},
		{Path: ".env.example", Text: `VITE_KLAVIYO_PRIVATE_API_KEY=`},
		{Path: "a.js", Text: "headers: { Authorization: `Klaviyo-API-Key ${process.env.REACT_APP_KLAVIYO_API_KEY}` }"},
		{Path: "a.js", Text: `headers: { Authorization: 'Klaviyo-API-Key ' + import.meta.env.VITE_KLAVIYO_KEY }`},
		{Path: "a.ts", Text: `const key = process.env.KLAVIYO_PRIVATE_KEY`, Right: true},
		{Path: "a.ts", Text: `const id = process.env.NEXT_PUBLIC_KLAVIYO_API_KEY`, Right: true},
		{Path: ".env.example", Text: "NEXT_PUBLIC_KLAVIYO_COMPANY_ID=\nNEXT_PUBLIC_STRIPE_PRIVATE_KEY=", Right: true},
	},
}

var privateNameInPublicSlot = &Rule{
	ID:      "private-name-in-public-slot",
	Title:   "variable for a private key where the public key belongs",
	Problem: "is, by its name, a private key, and stands where Klaviyo wants the public key, which everyone may read.",
	Remedy:  "Put the variable for the public key there: the 6-character site ID.",
	Kind:    Hygiene,
	Level:   Warning,
	Claims: func(c Candidate, s Slot) bool {
		return !s.Defines && !strings.HasPrefix(c.Word, prefix) && isPrivateName(fold(c.Word)) &&
			(isPublicSlot(s) || isBundled(lastPart(s.Name)))
	},
	Help: `
A variable whose name says that it holds a **private** API key is used where Klaviyo wants the **public** key. If the name
is right, the key goes to every visitor; if the value is the public key after all, the name misleads whoever sets it.

Wrong:

` + "```php" + `
$data = ['token' => KLAVIYO_PRIVATE_API_KEY, 'event' => 'Placed Order']; // to /api/track
` + "```" + `

Right:

` + "```php" + `
$data = ['token' => KLAVIYO_PUBLIC_API_KEY, 'event' => 'Placed Order'];
` + "```",
	Examples: []Example{
		{Path: "a.php", Text: `post('https://a.klaviyo.com/api/track', ['token' => KLAVIYO_PRIVATE_API_KEY, 'event' => 'X']);`},
		{Path: "a.js", Text: "s.src = `https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=${process.env.KLAVIYO_PRIVATE_KEY}`"},
		{Path: "a.liquid", Text: `<script src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id={{ settings.klaviyo_private_key }}"></script>`},
		{Path: "a.kt", Text: `Klaviyo.initialize(BuildConfig.KLAVIYO_PRIVATE_KEY, applicationContext)`},
		{Path: "a.py", Text: `klaviyo_company_id = os.environ["KLAVIYO_PRIVATE_KEY"]`},
		{Path: "ci.yml", Text: "env:\n  KLAVIYO_PUBLIC_KEY: ${{ secrets.KLAVIYO_PRIVATE_KEY }}"},
		{Path: "ci.yml", Text: "env:\n  NEXT_PUBLIC_KLAVIYO_API_KEY: ${{ secrets.KLAVIYO_PRIVATE_KEY }}"},
		{Path: "a.rb", Text: `_learnq.push(['account', ENV['KLAVIYO_SECRET_KEY']]);`},
		{Path: "a.php", Text: `post('https://a.klaviyo.com/api/track', ['token' => KLAVIYO_PUBLIC_API_KEY, 'event' => 'X']);`, Right: true},
		{Path: "a.js", Text: "fetch(url, { headers: { Authorization: `Klaviyo-API-Key ${process.env.KLAVIYO_PRIVATE_KEY}` } })", Right: true},
		{Path: "a.rb", Text: `client = Klaviyo::Client.new(ENV['KLAVIYO_PUBLIC_KEY'], ENV['KLAVIYO_PRIVATE_KEY'])`, Right: true},
		{Path: "a.py", Text: `private_key = os.environ["KLAVIYO_PRIVATE_KEY"]`, Right: true},
		{Path: ".env.example", Text: "KLAVIYO_PUBLIC_API_KEY=\n\n# server\nKLAVIYO_PRIVATE_API_KEY=", Right: true},
		{Path: "values.yaml", Text: "KLAVIYO_PUBLIC_KEY:\n  KLAVIYO_PRIVATE_KEY:", Right: true},
		{Path: "README.md", Text: "| KLAVIYO_PUBLIC_KEY | KLAVIYO_PRIVATE_KEY |", Right: true},
		{Path: "Dockerfile", Text: "ENV KLAVIYO_PUBLIC_KEY=$KLAVIYO_PUBLIC_KEY KLAVIYO_PRIVATE_KEY=$KLAVIYO_PRIVATE_KEY", Right: true},
	},
}

// publicSlotRules claim the places for the public key.
var publicSlotRules = []*Rule{
	loaderCompanyID, loaderPath, onsiteAccount, clientCompanyID, trackToken, subscribeAccount, mobileInitialize,
	sdkPublicArgument, publicSetting,
}

// isPublicSlot tells whether a key in the slot would stand where the public key belongs.
func isPublicSlot(s Slot) bool {
	key := Candidate{Key: Key{form: Hex}}
	for _, r := range publicSlotRules {
		if r.Claims(key, s) {
			return true
		}
	}
	return false
}

var browserPrivateAPI = &Rule{
	ID:      "browser-private-api",
	Title:   "private API called from code that ships to browsers or apps",
	Problem: "belongs to Klaviyo's private API, and this code ships to browsers or apps: the private key that the call needs ships with it.",
	Remedy:  "Move the call to a server or a function, or use Klaviyo's client API with the public key.",
	Kind:    Hygiene,
	Level:   Warning,
	Claims: func(c Candidate, s Slot) bool {
		return s.File.Ships() && (c.Word == schemeName || strings.Contains(c.Word, "klaviyo.com/api/"))
	},
	Help: `
Klaviyo's private API (` + "`a.klaviyo.com/api/…`" + `, except track and identify) wants a **private** API key in its header.
Code that calls it from a page or an app has to have the key there, even if it comes from a variable: everyone who uses
the page can read it in the request.

Wrong:

` + "```js" + `
'use client'
fetch('https://a.klaviyo.com/api/profiles/', { headers: { Authorization: ` + "`Klaviyo-API-Key ${key}`" + ` } })
` + "```" + `

Right, in the page:

` + "```js" + `
fetch('https://a.klaviyo.com/client/profiles/?company_id=AbC123', { method: 'POST', body })
` + "```",
	Examples: []Example{
		{Path: "components/Form.tsx", Text: "'use client'\nfetch(url, { headers: { Authorization: `Klaviyo-API-Key ${key}` } })"},
		{Path: "assets/theme.js", Text: "headers.Authorization = 'Klaviyo-API-Key ' + window.key;"},
		{Path: "src/Form.vue", Text: "<script>axios.post('https://a.klaviyo.com/api/profile-subscription-bulk-create-jobs/', body)</script>"},
		{Path: "app/api/subscribe/route.ts", Text: "fetch(url, { headers: { Authorization: `Klaviyo-API-Key ${key}` } })", Right: true},
		{Path: "assets/theme.js", Text: "fetch('https://a.klaviyo.com/client/profiles/?company_id={public}')", Right: true},
		{Path: "assets/theme.js", Text: "$.post('https://a.klaviyo.com/api/track', data)", Right: true},
		{Path: "index.html", Text: `<meta http-equiv="Content-Security-Policy" content="connect-src https://a.klaviyo.com/api/ https://b.example">`, Right: true},
		{Path: "sw.js", Text: "if (url.href.startsWith('https://a.klaviyo.com/api/')) cache(url)", Right: true},
		{Path: "public/docs.html", Text: `<pre>curl https://a.klaviyo.com/api/lists -H "Authorization: Klaviyo-API-Key your-key"</pre>`, Right: true},
		{Path: "README.md", Text: "Send `Authorization: Klaviyo-API-Key your-key`.", Right: true},
	},
}

var misleadingPlaceholder = &Rule{
	ID:      "misleading-placeholder",
	Title:   "placeholder that asks for a private key in a public setting",
	Problem: "is a placeholder for a private key, but the setting wants the public key, so whoever fills it in puts a private key there.",
	Remedy:  "Write a placeholder of the right shape: AbC123. Klaviyo's public keys never begin with pk_; that is Stripe's custom.",
	Kind:    Hygiene,
	Level:   Note,
	Claims: func(c Candidate, s Slot) bool {
		return strings.HasPrefix(c.Word, prefix) && (isPublicSlot(s) && s.Near.Has(NearKlaviyo) && s.isKlaviyos() || isBundled(s.Name) && !s.named(isPrivateName))
	},
	Help: `
A template or a document shows a value that begins with ` + "`pk_`" + ` for Klaviyo's **public** key. Public keys are 6
characters and never begin so; **private** keys do. Who follows the template looks for a key that begins with
` + "`pk_`" + `, finds the private one, and publishes it.

Wrong:

` + "```sh" + `
NEXT_PUBLIC_KLAVIYO_PUBLIC_KEY=pk_your_public_key
` + "```" + `

Right:

` + "```sh" + `
NEXT_PUBLIC_KLAVIYO_PUBLIC_KEY=AbC123
` + "```",
	Examples: []Example{
		{Path: ".env.example", Text: `KLAVIYO_PUBLIC_KEY=pk_xxxxxxxxxxxx`},
		{Path: "README.md", Text: "```\nNEXT_PUBLIC_KLAVIYO_PUBLIC_KEY=pk_your_public_key_here\n```"},
		{Path: "config.yaml", Text: "klaviyo:\n  site_id: \"pk_xxxxxxxx\"\n"},
		{Path: ".env.example", Text: `KLAVIYO_PUBLIC_KEY=AbC123`, Right: true},
		{Path: ".env.example", Text: `KLAVIYO_PRIVATE_KEY=pk_your_private_key_here`, Right: true},
		{Path: ".env.example", Text: `STRIPE_PUBLIC_KEY=pk_live_xxxxxxxxxxxx`, Right: true},
		{Path: "index.html", Text: "<script src=\"https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=YOUR_KEY\"></script>", Right: true},
	},
}

// isKlaviyos tells whether the slot itself is Klaviyo's, not only its surroundings.
func (s Slot) isKlaviyos() bool {
	return s.named(saysKlaviyo) || s.isWithin(saysKlaviyo) || strings.Contains(s.URL.Host, "klaviyo") || saysKlaviyo(strings.ToLower(s.Call.Callee))
}

func saysKlaviyo(name string) bool { return strings.Contains(name, "klaviyo") }
