// This file holds the rule for server SDKs that take the public key as an argument.

package rules

import (
	"slices"
	"strings"
)

var sdkPublicArgument = &Rule{
	ID:      "sdk-public-argument",
	Title:   "private key as the public argument of an SDK",
	Problem: "is the argument of a Klaviyo SDK that takes the public key, and the SDK sends it where public keys go: into pages, addresses and logs.",
	Kind:    Misuse,
	Level:   Error,
	Claims: func(_ Candidate, s Slot) bool {
		paired := len(s.Call.Before) > 0 && s.Call.Before[len(s.Call.Before)-1] == s.Name // an argument, no name
		if !paired && s.named(isPrivateName) {
			return false
		}
		parts := calleeParts(s.Call.Callee)
		last := len(parts) - 1
		if last < 0 {
			return strings.HasSuffix(s.Name, "Rack::Klaviyo") || strings.HasSuffix(s.Name, "Klaviyo::Client::Middleware")
		}
		labelled := s.Call.Label != "" || s.Name != "" && len(s.Call.Before) == 0
		first := s.Call.Position == 0
		switch {
		case labelled && s.named(endsInPublicName):
			// klaviyo.Klaviyo(public_token="…"), new Klaviyo({publicToken: '…'})
			return strings.HasSuffix(parts[last], "klaviyo") || isClientCall(parts, s)
		case labelled && !s.named(isCompanyID) && s.Name != "":
			return false
		case parts[last] == "klaviyoclientapi":
			return first
		case isClientCall(parts, s):
			// klaviyo.Client.create_client_event("…", body); Node's order is (body, companyId)
			return first && s.Call.More || !first
		case parts[last] == "new" && last > 1 && parts[last-1] == "client" && parts[last-2] == "klaviyo":
			return first // Klaviyo::Client.new(public, private)
		case parts[last] != "klaviyo":
			return false
		case last > 0: // klaviyo.Klaviyo(public, private)
			return first
		}
		return first != (s.Call.Position == 1) && (!first || !s.Call.More) // PHP: new Klaviyo(private, public), once new Klaviyo(public)
	},
	Help: `
Klaviyo's older SDKs take both keys, and their orders differ: Python's and Ruby's want the **public** key first, PHP's
wants it second. The calls to the client API take the public key only. Here a **private** API key stands in the public
key's place, and the SDK uses it as what everyone may see.

Wrong:

` + "```php" + `
$klaviyo = new Klaviyo(getenv('KLAVIYO_PRIVATE_KEY'), 'pk_…');
` + "```" + `

Right:

` + "```php" + `
$klaviyo = new Klaviyo(getenv('KLAVIYO_PRIVATE_KEY'), 'AbC123');
` + "```",
	Examples: []Example{
		{Path: "a.py", Text: "client = klaviyo.Klaviyo('{hex}')"},
		{Path: "a.py", Text: "client = klaviyo.Klaviyo(\n    public_token='{site}',\n    private_token=os.environ['KLAVIYO_PRIVATE_KEY'],\n)"},
		{Path: "a.rb", Text: `client = Klaviyo::Client.new('{hex}', ENV['KLAVIYO_PRIVATE_KEY'])`},
		{Path: "config.ru", Text: `use Rack::Klaviyo, '{hex}'`},
		{Path: "a.rb", Text: `config.middleware.use "Klaviyo::Client::Middleware", "{site}"`},
		{Path: "a.php", Text: `$client = new Klaviyo($privateKey, '{hex}');`},
		{Path: "a.php", Text: `$client = new Klaviyo('pk_your_private', '{hex}');`},
		{Path: "a.php", Text: `$client = new Klaviyo("{hex}");`},
		{Path: "a.php", Text: `$klaviyo->Client->createClientEvent('{hex}', $body);`},
		{Path: "a.js", Text: `const klaviyo = new Klaviyo({ publicToken: '{site}', privateToken: process.env.KEY })`},
		{Path: "a.py", Text: `klaviyo.Client.create_client_event("{hex}", body)`},
		{Path: "a.rb", Text: `KlaviyoAPI::Client.create_client_subscription('{hex}', body)`},
		{Path: "a.ex", Text: `Klaviyo.Client.create_event("{hex}", params)`},
		{Path: "a.mjs", Text: "import { Client } from 'klaviyo-api'\nexport const send = (body) => Client.createClientEvent(body, '{hex}')"},
		{Path: "a.cs", Text: `var api = new KlaviyoClientApi("{site}");`},
		{Path: "a.py", Text: `client = klaviyo.Klaviyo('{public}')`, Right: true},
		{Path: "a.php", Text: `$client = new Klaviyo($privateKey, '{public}');`, Right: true},
		{Path: "a.cs", Text: `var api = new StripeClient("pk_live_aB3dE6gH9jK2mN5pQ8sT1vW4");`, Right: true},
	},
}

// calleeParts splits a callee at what joins its names, in lower case: klaviyo, client, new of Klaviyo::Client.new.
func calleeParts(callee string) []string {
	return strings.FieldsFunc(strings.ToLower(callee), func(r rune) bool { return strings.ContainsRune(".:>-$?()", r) })
}

// isClientCall tells whether the call is of the SDKs' methods for the client API, which begin with the public key.
func isClientCall(parts []string, s Slot) bool {
	i := slices.Index(parts, "client")
	if i < 0 || i+2 != len(parts) {
		return false
	}
	if own := strings.Contains(parts[max(i-1, 0)], "klaviyo"); !own && (!strings.Contains(parts[i+1], "client") || !s.Near.Has(NearKlaviyo)) {
		return false
	}
	for _, verb := range []string{"create", "unregister", "bulk", "get", "subscribe"} {
		if strings.HasPrefix(parts[i+1], verb) {
			return true
		}
	}
	return false
}
