// This file holds the rules for named values: settings that must hold the public key, and variables that a bundler
// writes into what browsers and apps load.

package rules

import (
	"slices"
	"strings"
)

var publicSetting = &Rule{
	ID:      "public-setting",
	Title:   "private key in a setting for the public key",
	Problem: "stands in a setting that is meant for the public key, and whatever reads that setting makes it public.",
	Kind:    Misuse,
	Level:   Error,
	Claims: func(c Candidate, s Slot) bool {
		return s.named(func(name string) bool {
			if isPrivateName(name) {
				return false
			}
			if name == "apikey" && isSegment(s) || name == "klaviyoapitoken" && s.Near.Has(NearSnippet) {
				return true
			}
			if strings.Contains(name, "klaviyo") {
				return endsInPublicName(name) || strings.HasSuffix(name, "klaviyoaccount") || strings.HasSuffix(name, "klaviyoid")
			}
			// A name that does not say Klaviyo: the key does, if its form is exact, else the text around must.
			return endsInPublicName(name) && (c.Key.Form() != Documented || s.Near.Has(Beside) || s.isKlaviyos())
		})
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
		{Path: "settings.py", Text: `KLAVIYO_PUBLIC_API_TOKEN = '{hex}'`},
		{Path: "config/settings_data.json", Text: `{"current": {"klaviyo_public_api_key": "{doc}"}}`},
		{Path: "config.yaml", Text: "klaviyo:\n  public_key: {alpha}\n"},
		{Path: "strings.xml", Text: `<string name="klaviyo_public_key">{hex}</string>`},
		{Path: "Info.plist", Text: "<key>KlaviyoPublicKey</key>\n\t<string>{site}</string>"},
		{Path: "build.gradle", Text: `buildConfigField("String", "KLAVIYO_PUBLIC_KEY", "\"{hex}\"")`},
		{Path: "a.rb", Text: `Klaviyo.public_api_key = '{hex}'`},
		{Path: "a.php", Text: `'klaviyo' => ['public_api_key' => '{site}'],`},
		{Path: "k8s.yaml", Text: `- {"name": "KLAVIYO_SITE_ID", "value": "{hex}"}`},
		{Path: "a.js", Text: `const key = process.env.KLAVIYO_PUBLIC_KEY || '{hex}'`},
		{Path: "a.ts", Text: `const key = env.KLAVIYO_PUBLIC_KEY ?? "{alpha}"`},
		{Path: "a.rb", Text: `key = ENV['KLAVIYO_PUBLIC_KEY'] || '{hex}'`},
		{Path: "a.py", Text: `key = os.environ.get("KLAVIYO_PUBLIC_KEY") or "{hex}"`},
		{Path: "a.py", Text: `key = os.getenv("KLAVIYO_COMPANY_ID", "{hex}")`},
		{Path: "a.py", Text: "klaviyo_company_id = os.getenv('SITE') or '{hex}'"},
		{Path: "a.php", Text: `$key = getenv('KLAVIYO_PUBLIC_KEY') ?: '{hex}';`},
		{Path: "a.sh", Text: `curl -d "id=${KLAVIYO_PUBLIC_KEY:-{hex}}" example.com`},
		{Path: "a.sh", Text: `key=${KLAVIYO_SITE_ID:-"{hex}"}`},
		{Path: "a.js", Text: `this.klaviyoCompanyId = '{hex}'`},
		{Path: "a.yaml", Text: "KLAVIYO_PUBLIC_KEY: >-\n  {hex}\n"},
		{Path: "k8s.yaml", Text: "env:\n  - name: KLAVIYO_PRIVATE_KEY\n    value: x\n  - name: KLAVIYO_PUBLIC_KEY\n    value: {hex}\n"},
		{Path: "render.yaml", Text: "envVars:\n- key: KLAVIYO_PUBLIC_KEY\n  sync: false\n  value: \"{hex}\"\n"},
		{Path: "k8s.yaml", Text: "env:\n  - value: {hex}\n    name: KLAVIYO_PUBLIC_KEY\n  - name: OTHER\n    value: x"},
		{Path: "action.yaml", Text: "inputs:\n  klaviyo-company-id:\n    description: the name\n    default: {hex}\n"},
		{Path: "main.tf", Text: "variable \"klaviyo_company_id\" {\n  type    = string\n  default = \"{hex}\"\n}"},
		{Path: "a.json", Text: `{"name": "x", "options": {"id": "7", "key": "KLAVIYO_SITE_ID", "type": {"name": "text"}, "value": "{hex}"}}`},
		{Path: "a.json", Text: `{"value": "{hex}", "key": "KLAVIYO_SITE_ID"}`},
		{Path: "a.swift", Text: `let klaviyoCompanyId: String? = "{hex}"`},
		{Path: "a.py", Text: `KLAVIYO_PUBLIC_KEY: Final[str] = "{hex}"`},
		{Path: "a.rs", Text: `pub const KLAVIYO_PUBLIC_KEY: &'static str = "{hex}";`},
		{Path: "a.ts", Text: `let klaviyoSiteId: string | null = "{hex}"`},
		{Path: "a.cs", Text: `public string KlaviyoCompanyId { get; set; } = @"{hex}";`},
		{Path: "a.tsx", Text: `<KlaviyoProvider companyId={'{hex}'}>`},
		{Path: "strings.xml", Text: `<string name="klaviyo_public_key"><![CDATA[{hex}]]></string>`},
		{Path: "a.xml", Text: `<property><name>KLAVIYO_PUBLIC_KEY</name><value>{hex}</value></property>`},
		{Path: "a.go", Text: `v := url.Values{"company_id": {"{hex}"}}`},
		{Path: "dump.sql", Text: `INSERT INTO core_config_data VALUES (1,'default',0,'klaviyo_reclaim_general/general/public_api_key','{hex}');`},
		{Path: "setup.sh", Text: `bin/magento config:set klaviyo_reclaim_general/general/public_api_key {hex}`},
		{Path: "app/etc/config.php", Text: "'klaviyo_reclaim_general' => array (\n  'general' => array (\n    'public_api_key' => '{hex}',\n  ),\n),"},
		{Path: "dump.sql", Text: `('klaviyo_settings','a:2:{s:14:\"public_api_key\";s:37:\"{hex}\";s:7:\"enabled\";b:1;}','yes')`},
		{Path: "config/settings_schema.json", Text: `{"type": "text", "id": "klaviyo_public_api_key", "label": "Key", "default": "{hex}"}`},
		{Path: "preferences.xml", Text: `<preference preference-id="klaviyo_account">{hex}</preference>`},
		{Path: "a.js", Text: "analytics.initialize({ 'Klaviyo': { apiKey: '{hex}', listId: 'x' } })"},
		{Path: "a.toml", Text: "[klaviyo]\n# the shop's\naccount = \"{hex}\""},
		{Path: "a.yaml", Text: "klaviyo:\n  list: x\n  account_id: {hex}\n"},
		{Path: "a.js", Text: "const klaviyoSiteId = process.env.NODE_ENV === 'production' ? '{public}' : '{hex}'"},
		{Path: "a.rs", Text: `let id = env::var("KLAVIYO_PUBLIC_KEY").unwrap_or("{hex}".to_string());`},
		{Path: "a.sh", Text: `gh variable set KLAVIYO_PUBLIC_KEY --body "{hex}"`},
		{Path: "README.md", Text: "| `KLAVIYO_PUBLIC_KEY` | `{hex}` | the key |"},
		{Path: "settings.py", Text: "MIDDLEWARE = [\n    \"klaviyo.middleware.KlaviyoSnippetMiddleware\",\n]\nKLAVIYO_API_TOKEN = \"{hex}\""},
		{Path: "dump.sql", Text: `UPDATE core_config_data SET value = '{hex}' WHERE path = 'klaviyo_reclaim/general/public_api_key';`},
		{Path: "dump.sql", Text: `(0x01, 'KlaviyoIntegrationPlugin.config.publicApiKey', '{"_value": "{hex}"}'),`},
		{Path: "README.md", Text: "- **Klaviyo public key:** {hex}"},
		{Path: "README.md", Text: "Klaviyo Public API Key: `{hex}`"},
		{Path: ".env", Text: `KLAVIYO_PUBLIC_API_KEY={public}`, Right: true},
		{Path: ".env", Text: `STRIPE_PUBLIC_KEY=pk_live_aB3dE6gH9jK2mN5pQ8sT1vW4`, Right: true},
		{Path: ".env.example", Text: `KLAVIYO_PUBLIC_KEY=pk_****ef01`, Right: true},
		{Path: "a.php", Text: `$table->unique('klaviyo_public_key', '{alpha}');`, Right: true},
	},
}

// isSegment tells whether the slot is in the settings of Klaviyo in analytics.js, where apiKey is the public key.
func isSegment(s Slot) bool {
	klaviyo := func(name string) bool { return name == "klaviyo" }
	integrations := func(name string) bool { return name == "integrations" }
	return s.isWithin(klaviyo) && (s.isWithin(integrations) || strings.HasPrefix(strings.ToLower(s.Call.Callee), "analytics."))
}

// isPrivateName tells whether a folded name says that its value is not the public key.
func isPrivateName(name string) bool {
	for _, word := range []string{"private", "secret", "nonpublic", "notpublic", "unpublic"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// endsInPublicName tells whether a folded name ends in what the public key is called.
func endsInPublicName(name string) bool {
	for _, suffix := range []string{"publickey", "publicapikey", "publictoken", "publicapitoken", "siteid", "companyid", "apikeypublic", "keypublic"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return strings.Contains(name, "klaviyo") && (strings.HasSuffix(name, "accountid") || strings.HasSuffix(name, "company") || strings.HasSuffix(name, "scriptid"))
}

var bundledVariable = &Rule{
	ID:      "bundled-variable",
	Title:   "private key in a variable that is bundled for browsers",
	Problem: "is in a variable that the bundler writes into what browsers and apps load, where everyone can read it.",
	Kind:    Misuse,
	Level:   Error,
	Claims: func(c Candidate, s Slot) bool {
		for _, name := range []string{lastPart(s.Name), lastPart(s.Another)} { // also process.env.NAME
			if hasBundledPrefix(name) {
				return strings.Contains(name, "KLAVIYO") || c.Key.Form() != Documented
			}
		}
		return isPublicConfig(s) && (c.Key.Form() != Documented || s.Near.Has(Beside) || s.isKlaviyos())
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
		{Path: "a.ts", Text: `const id = import.meta.env.VITE_KLAVIYO_KEY ?? '{hex}'`},
		{Path: "nuxt.config.ts", Text: "export default defineNuxtConfig({\n  runtimeConfig: {\n    secret: 'x',\n    public: { klaviyoKey: '{hex}' },\n  },\n})"},
		{Path: "next.config.js", Text: "module.exports = { publicRuntimeConfig: { klaviyo: '{site}' } }"},
		{Path: "webpack.config.js", Text: `new DefinePlugin({ 'process.env.REACT_APP_KLAVIYO_KEY': JSON.stringify('{alpha}') })`},
		{Path: "a.sh", Text: `NEXT_PUBLIC_KLAVIYO_KEY="${NEXT_PUBLIC_KLAVIYO_KEY:-{hex}}" next build`},
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

// isPublicConfig tells whether the value is in the part of Nuxt's or Next's configuration that goes to browsers.
func isPublicConfig(s Slot) bool {
	return s.isWithin(func(name string) bool { return name == "publicruntimeconfig" }) ||
		s.isWithin(func(name string) bool { return name == "public" }) && s.isWithin(func(name string) bool { return name == "runtimeconfig" })
}

func hasBundledPrefix(name string) bool {
	return slices.ContainsFunc(bundledPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// isBundled tells whether a bundler ships the variable, and it is Klaviyo's.
func isBundled(name string) bool {
	return hasBundledPrefix(name) && strings.Contains(name, "KLAVIYO")
}
