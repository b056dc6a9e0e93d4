// This file holds the rules for the address of klaviyo.js, the script that a shop's pages load.

package rules

import "strings"

var loaderCompanyID = &Rule{
	ID:      "loader-company-id",
	Title:   "private key as company_id of klaviyo.js",
	Problem: "is the company_id of klaviyo.js, so every visitor of the page can read it.",
	Kind:    Misuse,
	Level:   Error,
	Claims: func(_ Candidate, s Slot) bool {
		return isCompanyID(s.URL.Param) && isLoader(s.URL) ||
			isCompanyID(s.URL.Param) && s.URL.Host == "" && s.Near.Has(NearLoader) ||
			s.named(isCompanyID) && s.Near.Has(NearLoader) && s.Nearest != NearClient
	},
	Help: `
The page loads klaviyo.js with a **private** API key as ` + "`company_id`" + `. Anyone who looks at the page's source has
the key, and with it every customer of the account. The script wants the **public** key, also called site ID: the
6 characters that Klaviyo shows first under Settings > API keys. With a private key it does not even collect data.

Wrong:

` + "```html" + `
<script async src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=pk_…"></script>
` + "```" + `

Right:

` + "```html" + `
<script async src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=AbC123"></script>
` + "```",
	Examples: []Example{
		{Path: "layout/theme.liquid", Text: `<script async type="text/javascript" src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id={site}"></script>`},
		{Path: "index.html", Text: `<script src='//static.klaviyo.com/onsite/js/klaviyo.js?env=web&amp;company_id={hex}'></script>`},
		{Path: "app/layout.tsx", Text: `<Script src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id={doc}" strategy="afterInteractive" />`},
		{Path: "gtm.json", Text: `"html": "\u003cscript src=\"https:\/\/static.klaviyo.com\/onsite\/js\/klaviyo.js?company_id\u003d{hex}\"\u003e"`},
		{Path: "a.html", Text: `<a href="/r?to=https%3A%2F%2Fstatic.klaviyo.com%2Fonsite%2Fjs%2Fklaviyo.js%3Fcompany_id%3D{site}">`},
		{Path: "a.js", Text: "s.src = 'https://static.klaviyo.com/onsite/js/klaviyo.js?' + new URLSearchParams({ company_id: '{alpha}' })"},
		{Path: "a.js", Text: "s.src = 'https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=' + '{hex}'"},
		{Path: "a.js", Text: "s.src = 'https://static.klaviyo.com/onsite/js/klaviyo.js?company_id='; // don't\ns.src += '{site}'"},
		{Path: "a.js", Text: "s.src = `https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=${\"{doc}\"}`"},
		{Path: "a.js", Text: "s.src = `https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=${process.env.SITE || '{hex}'}`"},
		{Path: "a.js", Text: "s.src = \"https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=\" + encodeURIComponent(\"{hex}\")"},
		{Path: "a.php", Text: "$src = 'https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=' . '{site}';"},
		{Path: "a.php", Text: `<script src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=<?php echo '{hex}'; ?>"></script>`},
		{Path: "a.liquid", Text: "{% assign src = 'https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=' | append: '{hex}' %}"},
		{Path: "a.liquid", Text: `<script src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id={{ settings.site | default: '{hex}' }}"></script>`},
		{Path: "a.py", Text: `src = "https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=%s" % "{hex}"`},
		{Path: "a.py", Text: `src = f"https://static.klaviyo.com/onsite/js/klaviyo.js?company_id={"{hex}"}"`},
		{Path: "a.py", Text: "src = (\n    'https://static.klaviyo.com/onsite/js/klaviyo.js?company_id='\n    '{hex}'\n)"},
		{Path: "a.py", Text: "src = 'https://static.klaviyo.com/onsite/js/klaviyo.js?company_id={}'.format('{hex}')"},
		{Path: "a.go", Text: `src := fmt.Sprintf("https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=%s", "{hex}")`},
		{Path: "a.rb", Text: `src = "https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=#{'{hex}'}"`},
		{Path: "a.lua", Text: `src = "https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=" .. "{hex}"`},
		{Path: "a.vb", Text: `src = "https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=" & "{hex}"`},
		{Path: "a.twig", Text: `{% set src = "https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=" ~ "{hex}" %}`},
		{Path: "a.swift", Text: `let src = "https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=\("{hex}")"`},
		{Path: "a.js", Text: "const siteKey = '{hex}';\ns.src = `https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=${siteKey}`"},
		{Path: "a.php", Text: "<?php $account = '{site}'; ?>\n<script src=\"//static.klaviyo.com/onsite/js/klaviyo.js?company_id=<?php echo esc_attr( $account ); ?>\"></script>"},
		{Path: "a.kt", Text: `Uri.Builder().authority("static.klaviyo.com").path("onsite/js/klaviyo.js").appendQueryParameter("company_id", "{hex}")`},
		{Path: "index.html", Text: `<script async src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id={public}"></script>`, Right: true},
		{Path: "index.html", Text: `<script async src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=pk_****ef01"></script>`, Right: true},
		{Path: "index.html", Text: `<script async src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=YOUR_SITE_ID"></script>`, Right: true},
		{Path: "a.php", Text: "$table->primary('klaviyo_company_id', '{alpha}'); // klaviyo.com/onsite/js/klaviyo.js", Right: true},
	},
}

var loaderPath = &Rule{
	ID:      "loader-path",
	Title:   "private key in the path of klaviyo.js",
	Problem: "is part of the address of klaviyo.js, so every visitor of the page can read it.",
	Kind:    Misuse,
	Level:   Error,
	Claims: func(_ Candidate, s Slot) bool {
		return s.URL.Param == "" && (strings.HasSuffix(s.URL.Path, "/onsite/js/") ||
			strings.HasSuffix(s.URL.Host, "klaviyo.com") && strings.HasPrefix(s.URL.Path, "/forms/api/"))
	},
	Help: `
The address of klaviyo.js names the account by its **public** key, the 6-character site ID. Here a **private** API key
stands in its place, where every visitor of the page can read it.

Wrong:

` + "```html" + `
<script async src="https://static.klaviyo.com/onsite/js/pk_…/klaviyo.js"></script>
` + "```" + `

Right:

` + "```html" + `
<script async src="https://static.klaviyo.com/onsite/js/AbC123/klaviyo.js"></script>
` + "```",
	Examples: []Example{
		{Path: "index.html", Text: `<script async src="https://static.klaviyo.com/onsite/js/{site}/klaviyo.js"></script>`},
		{Path: "a.php", Text: `wp_enqueue_script('klaviyo', '//static.klaviyo.com/onsite/js/{hex}/klaviyo.js?company_id={public}');`},
		{Path: "a.json", Text: `{"src": "https:\/\/static.klaviyo.com\/onsite\/js\/{alpha}\/klaviyo.js"}`},
		{Path: "a.js", Text: "s.src = 'https://static.klaviyo.com/onsite/js/' + '{hex}' + '/klaviyo.js'"},
		{Path: "a.js", Text: "s.src = `//static.klaviyo.com/onsite/js/${'{site}'}/klaviyo.js`"},
		{Path: "a.php", Text: "$src = '//static.klaviyo.com/onsite/js/' . '{hex}' . '/klaviyo.js';"},
		{Path: "a.js", Text: "get('https://static-forms.klaviyo.com/forms/api/v7/{hex}/full-forms')"},
		{Path: "index.html", Text: `<script async src="https://static.klaviyo.com/onsite/js/{public}/klaviyo.js"></script>`, Right: true},
		{Path: "index.html", Text: `<script async src="https://cdn.example.com/onsite/js/pk_live_0123456789abcdef/stripe.js"></script>`, Right: true},
		{Path: "index.html", Text: `<script src="https://static.klaviyo.com/onsite/js/pk_****ef01/klaviyo.js"></script>`, Right: true},
	},
}

// isLoader tells whether the URL is klaviyo.js's: its own host, or a path of its shape (proxies and relative URLs).
func isLoader(u URLPart) bool {
	return u.Host == "static.klaviyo.com" || strings.HasSuffix(u.Path, "/klaviyo.js")
}

func isCompanyID(name string) bool {
	return strings.HasSuffix(fold(name), "companyid")
}
