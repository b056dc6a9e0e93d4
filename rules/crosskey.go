// This file holds the rules that compare a key with other places: the scanner decides them on the finished report.

package rules

// SharedKey is found where a key is used that another project of the same tree uses too.
var SharedKey = &Rule{
	ID:      "shared-key",
	Title:   "private key shared by several projects",
	Problem: "is used by another project of this tree as well, so neither can be given less access, nor lose it, without the other.",
	Remedy:  "Create a key for each application in Klaviyo under Settings > API keys, with a label that names it and no more scopes than it needs.",
	Kind:    Hygiene,
	Level:   Note,
	Help: `
Two projects of the tree use the same **private** API key. Klaviyo asks for one key for each application, with a label that
names it and a narrow scope: then one that leaks can be deleted at once, without a look at what else might stop, and the
list of keys tells who called. A shared key has the scopes of the greediest, and nobody dares to delete it.

Wrong:

` + "```sh" + `
# apps/web/.env
KLAVIYO_PRIVATE_KEY=pk_…ef01
# apps/worker/.env
KLAVIYO_PRIVATE_KEY=pk_…ef01
` + "```" + `

Right, each read from its own secret store:

` + "```sh" + `
# apps/web: the key "web, profiles:read"
# apps/worker: the key "worker, events:write"
` + "```",
	Examples: []Example{
		{Path: "txtar", Text: "-- apps/web/.env --\nKLAVIYO_PRIVATE_KEY={hex}\n-- apps/worker/.env --\nKLAVIYO_PRIVATE_KEY={hex}\n"},
		{Path: "txtar", Text: "-- server/src/klaviyo.js --\nconst session = new ApiKeySession('{site}')\n-- worker/app/klaviyo.py --\nkey = '{site}'\n"},
		{Path: "txtar", Text: "-- packages/mail/lib/a.rb --\nkey = '{hex}'\n-- packages/shop/config/klaviyo.yml --\nprivate_key: {hex}\n"},
		{Path: "txtar", Text: "-- apps/web/.env --\nKLAVIYO_PRIVATE_KEY={hex}\n-- apps/worker/.env --\nKLAVIYO_PRIVATE_KEY={site}\n", Right: true},
		{Path: "txtar", Text: "-- apps/web/.env --\nKLAVIYO_PRIVATE_KEY={hex}\n-- apps/web/src/a.py --\nkey = '{hex}'\n-- .env --\nKLAVIYO_PRIVATE_KEY={hex}\n", Right: true},
		{Path: "txtar", Text: "-- web/src/a.html --\n<script>_learnq.push(['account', '{hex}'])</script>\n-- backend/a.py --\nkey = '{hex}'\n", Right: true},
		{Path: "txtar", Text: "-- apps/users/models.py --\nkey = '{hex}'\n-- apps/orders/models.py --\nkey = '{hex}'\n", Right: true},
		{Path: "txtar", Text: "-- apps/web/.env --\nKLAVIYO_PRIVATE_KEY={hex}\n-- apps/worker/test/a.py --\nkey = '{hex}'\n-- apps/mail/.env.example --\nKLAVIYO_PRIVATE_KEY={hex}\n", Right: true},
		{Path: "txtar", Text: "-- apps/web/a.js --\nconst site = '{public}'\n-- apps/worker/a.js --\nconst site = '{public}'\n", Right: true},
		{Path: "txtar", Text: "-- frontend/a.ts --\nnew ApiKeySession(process.env.KLAVIYO_KEY)\n-- backend/a.py --\nkey = os.environ['KLAVIYO_KEY']\n", Right: true},
	},
}

// AccountMismatch is found where a key belongs to another account than the public key that goes with it.
var AccountMismatch = &Rule{
	ID:      "account-mismatch",
	Title:   "private key of another account",
	Problem: "belongs to another Klaviyo account than the public key that goes with it.",
	Remedy:  "Find out which account is meant and take both keys from it: else events go to one account and profiles to another.",
	Kind:    Hygiene,
	Level:   Warning,
	Help: `
Newer **private** API keys contain the public key of their account. Here it is not the **public** key that stands beside
it, or that ` + "`.klaviyolint.yaml`" + ` names as ` + "`public-key`" + `. Who works for several shops mixes up accounts easily; the
data of one shop's customers then goes to another, and Klaviyo reports no error.

Wrong:

` + "```sh" + `
KLAVIYO_COMPANY_ID=XyZ987
KLAVIYO_PRIVATE_KEY=pk_AbC123_…
` + "```" + `

Right, and the private key of the same account, not in a file:

` + "```sh" + `
KLAVIYO_COMPANY_ID=AbC123
` + "```",
	Examples: []Example{
		{Path: ".env", Text: "KLAVIYO_COMPANY_ID=XyZ987\nKLAVIYO_PRIVATE_KEY={site}\n"},
		{Path: "a.js", Text: "klaviyo.init({ account: 'XyZ987' });\nconst session = new ApiKeySession('{site}');\n"},
		{Path: "settings.json", Text: `{"klaviyo": {"private_key": "{site}", "company_id": "XyZ987"}}`},
		{Path: ".env", Text: "KLAVIYO_COMPANY_ID={public}\nKLAVIYO_PRIVATE_KEY={site}\n", Right: true},
		{Path: "config.php", Text: "'klaviyo' => ['private_key' => '{site}', 'list_id' => 'XyZ987'],\n", Right: true},
		{Path: "a.sql", Text: "INSERT INTO shops (klaviyo_company_id, klaviyo_private_key) VALUES ('{public}', '{site}'), ('XyZ987', '{hex}')", Right: true},
		{Path: "a.js", Text: "klaviyo.init({ account: '{public}' }); _learnq.push(['account', 'XyZ987']);\n", Right: true},
		{Path: "settings.json", Text: `{"shops": [{"company_id": "{public}"}, {"company_id": "XyZ987"}]}`, Right: true},
	},
}
