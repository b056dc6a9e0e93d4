// This file holds the rules for named values: settings that must hold the public key, and variables that a bundler
// writes into what browsers and apps load.

package rules

import "strings"

var publicSetting = &Rule{
	ID:      "public-setting",
	Title:   "private key in a setting for the public key",
	Problem: "stands in a setting that is meant for the public key, and whatever reads that setting makes it public.",
	Kind:    Misuse,
	Level:   Error,
	Claims: func(c Candidate, s Slot) bool {
		name := fold(s.Name)
		if strings.Contains(name, "private") || strings.Contains(name, "secret") {
			return false
		}
		if strings.Contains(name, "klaviyo") {
			return endsInPublicName(name) || strings.HasSuffix(name, "klaviyoaccount") || strings.HasSuffix(name, "klaviyoid")
		}
		// A name that does not say Klaviyo: the key does, if its form is exact, else the text around must.
		return endsInPublicName(name) && (c.Key.Form() != Documented || s.Near.Has(NearKlaviyo))
	},
	Help: `
The name says that the value is the account's **public** key (site ID, company ID), and code that reads it will treat
it so: write it into pages, apps and addresses. Here it is a **private** API key.

Wrong:

` + "```sh" + `
KLAVIYO_PUBLIC_API_KEY=pk_…
` + "```" + `

Right:

` + "```sh" + `
KLAVIYO_PUBLIC_API_KEY=AbC123
` + "```" + `

Klaviyo's public keys never begin with ` + "`pk_`" + `; that is Stripe's custom.`,
	Examples: []Example{
		{Path: ".env", Text: `KLAVIYO_PUBLIC_API_KEY={hex}`},
		{Path: ".env", Text: `export KLAVIYO_COMPANY_ID="{site}"`},
		{Path: "config/settings_data.json", Text: `{"current": {"klaviyo_public_api_key": "{doc}"}}`},
		{Path: "config.yaml", Text: "klaviyo:\n  public_key: {alpha}\n"},
		{Path: "strings.xml", Text: `<string name="klaviyo_public_key">{hex}</string>`},
		{Path: "Info.plist", Text: "<key>KlaviyoPublicKey</key>\n\t<string>{site}</string>"},
		{Path: "build.gradle", Text: `buildConfigField("String", "KLAVIYO_PUBLIC_KEY", "\"{hex}\"")`},
		{Path: "a.rb", Text: `Klaviyo.public_api_key = '{hex}'`},
		{Path: "a.php", Text: `'klaviyo' => ['public_api_key' => '{site}'],`},
		{Path: "k8s.yaml", Text: `- {"name": "KLAVIYO_SITE_ID", "value": "{hex}"}`},
		{Path: ".env", Text: `KLAVIYO_PUBLIC_API_KEY={public}`, Right: true},
		{Path: ".env", Text: `STRIPE_PUBLIC_KEY=pk_live_aB3dE6gH9jK2mN5pQ8sT1vW4`, Right: true},
		{Path: ".env.example", Text: `KLAVIYO_PUBLIC_KEY=pk_xxxxxxxxxxxx`, Right: true},
	},
}

// endsInPublicName tells whether a folded name ends in what the public key is called.
func endsInPublicName(name string) bool {
	for _, suffix := range []string{"publickey", "publicapikey", "publictoken", "siteid", "companyid", "apikeypublic", "keypublic"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return strings.Contains(name, "klaviyo") && (strings.HasSuffix(name, "accountid") || strings.HasSuffix(name, "company"))
}

var bundledVariable = &Rule{
	ID:      "bundled-variable",
	Title:   "private key in a variable that is bundled for browsers",
	Problem: "is in a variable that the bundler writes into what browsers and apps load, where everyone can read it.",
	Kind:    Misuse,
	Level:   Error,
	Claims: func(c Candidate, s Slot) bool {
		name := strings.TrimPrefix(s.Name, "process.env.")
		name = strings.TrimPrefix(name, "import.meta.env.")
		for _, prefix := range bundledPrefixes {
			if strings.HasPrefix(name, prefix) {
				return strings.Contains(name, "KLAVIYO") || c.Key.Form() != Documented
			}
		}
		return false
	},
	Help: `
The prefix of the variable's name tells the bundler (Next.js, Vite, Create React App, Gatsby, Expo, Nuxt, Astro,
SvelteKit, …) to write its value into the files that browsers and apps load. A **private** API key in such a variable is
public, whatever the rest of its name says.

Wrong:

` + "```sh" + `
NEXT_PUBLIC_KLAVIYO_API_KEY=pk_…
` + "```" + `

Right, where the code needs to name the account:

` + "```sh" + `
NEXT_PUBLIC_KLAVIYO_COMPANY_ID=AbC123
` + "```" + `

Right, where server code calls Klaviyo's private API: a variable without the prefix, set in the host's secret settings
and read in a route handler or function only.`,
	Examples: []Example{
		{Path: ".env.local", Text: `NEXT_PUBLIC_KLAVIYO_API_KEY={hex}`},
		{Path: ".env", Text: `VITE_KLAVIYO_PUBLIC_KEY='{site}'`},
		{Path: "next.config.js", Text: `env: { NEXT_PUBLIC_KLAVIYO_PRIVATE_KEY: "{doc}" }`},
		{Path: "vercel.json", Text: `{"key": "REACT_APP_KLAVIYO_KEY", "value": "{alpha}"}`},
		{Path: "a.ts", Text: `process.env.EXPO_PUBLIC_KLAVIYO_KEY = "{hex}"`},
		{Path: "Dockerfile", Text: "FROM node\nENV GATSBY_KLAVIYO_API_KEY {hex}\n"},
		{Path: ".env.local", Text: `NEXT_PUBLIC_KLAVIYO_COMPANY_ID={public}`, Right: true},
		{Path: ".env.local", Text: `NEXT_PUBLIC_STRIPE_KEY=pk_test_aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0aB3d`, Right: true},
		{Path: ".env.local", Text: `NEXT_PUBLIC_MEDUSA_KEY=pk_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef`, Right: true},
	},
}

// bundledPrefixes mark the variables that bundlers ship: Next.js, Vite, Create React App, Gatsby, Expo, Nuxt, Astro
// and SvelteKit and Hydrogen (PUBLIC_), Vue CLI, Storybook, Angular, Snowpack, Rspress, Parcel.
var bundledPrefixes = []string{
	"NEXT_PUBLIC_", "VITE_", "REACT_APP_", "GATSBY_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "PUBLIC_", "VUE_APP_",
	"STORYBOOK_", "NG_APP_", "SNOWPACK_PUBLIC_", "RSPRESS_", "PARCEL_",
}
