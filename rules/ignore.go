// This file holds the rules about ignores: the comments and the entries of a configuration that suppress findings. The
// scanner knows on the finished report which of them did.

package rules

import "strings"

// IgnoreMark begins an ignore in a comment: the mark, the IDs of rules, a reason. It is put together here so that no
// source file that shows one holds one.
const IgnoreMark = "klaviyolint" + ":ignore"

// UnusedIgnore is found where an ignore suppresses nothing.
var UnusedIgnore = &Rule{
	ID:      "unused-ignore",
	Title:   "ignore that suppresses nothing",
	Problem: "suppresses nothing, but would hide what comes to stand there.",
	Remedy:  "Take it out; or name the rule by its ID, on the finding's line or alone on the line directly above.",
	Kind:    Hygiene,
	Level:   Warning,
	Help: `
An ignore, in a comment or in ` + "`.klaviyolint.yaml`" + `, suppresses no finding: what it was for is gone, has moved, or is
reported under another rule. It stays behind as a hole through which the next private key slips unseen.

Wrong:

` + "```js" + `
// klaviyolint:ignore RULE the sample of Klaviyo's documentation
const publicKey = 'AbC123'
` + "```" + `

Right:

` + "```js" + `
const publicKey = 'AbC123'
` + "```" + `

An entry of the configuration that is for findings of the history only says so with
` + "`history: true`" + `.`,
	Examples: []Example{
		{Path: "a.js", Text: "// " + IgnoreMark + " track-token a sample\nconst publicKey = '{public}'"},
		{Path: ".env", Text: "# " + IgnoreMark + " hardcoded-private-key a sample\n\nKLAVIYO_PUBLIC_KEY={public}"},
		{Path: "index.html", Text: "<!-- " + IgnoreMark + " no-such-rule a sample -->"},
		{Path: "a.liquid", Text: "{% comment %} " + IgnoreMark + " loader-company-id a sample {% endcomment %}\n<p>\n"},
		{Path: "a.json", Text: `{"comment": "` + IgnoreMark + ` track-token,client-company-id a sample"}`},
		{Path: "a.py", Text: "# " + IgnoreMark + " hardcoded-private-key a sample\nkey = '{hex}'\n", Right: true},
		{Path: "a.php", Text: "$key = '{hex}'; // " + IgnoreMark + " hardcoded-private-key, track-token: a sample\n", Right: true},
		{Path: "README.md", Text: "Write `" + IgnoreMark + " RULE reason` on the line.", Right: true},
		{Path: "a.py", Text: "# " + IgnoreMark + " RULE reason", Right: true},
		{Path: "a.go", Text: `const mark = "` + IgnoreMark + `"`, Right: true},
		{Path: "docs.md", Text: "Comments with " + IgnoreMark + " are described below.", Right: true},
		{Path: "a.sql", Text: "-- my" + IgnoreMark + " track-token a sample", Right: true},
	},
}

// IgnoreWithoutReason is found where an ignore does not say why. It does not suppress.
var IgnoreWithoutReason = &Rule{
	ID:      "ignore-without-reason",
	Title:   "ignore without a reason",
	Problem: "does not say why, so it suppresses nothing.",
	Remedy:  "Write the rule's ID and the reason behind it: " + IgnoreMark + " RULE reason.",
	Kind:    Hygiene,
	Level:   Warning,
	Help: `
A comment that suppresses a finding has to say why, or nobody can tell later whether the reason still holds: whether the
key was a sample, or was real and has been deleted. Without a reason it suppresses nothing.

Wrong:

` + "```js" + `
// klaviyolint:ignore RULE
` + "```" + `

Right:

` + "```js" + `
// klaviyolint:ignore RULE the sample of Klaviyo's documentation
` + "```",
	Examples: []Example{
		{Path: "a.js", Text: "// " + IgnoreMark + " track-token\nconst publicKey = '{public}'"},
		{Path: "a.py", Text: "# " + IgnoreMark},
		{Path: "index.html", Text: "<!-- " + IgnoreMark + " loader-company-id,loader-path -->"},
		{Path: "a.css", Text: "/* " + IgnoreMark + " hardcoded-private-key */"},
		{Path: "a.liquid", Text: "{%- comment -%}" + IgnoreMark + " loader-path{%- endcomment -%}"},
		{Path: "a.py", Text: "key = '{hex}' # " + IgnoreMark + " hardcoded-private-key a sample\n", Right: true},
		{Path: "a.twig", Text: "{# " + IgnoreMark + " RULE #}", Right: true},
		{Path: "a.md", Text: "    // " + IgnoreMark + " RULE", Right: true},
		{Path: "a.ini", Text: "; the mark is `" + IgnoreMark + "`", Right: true},
	},
}

// Nearest returns the rule whose ID is most like id: that has it as a part, or that is turned into it by the fewest
// changes.
func Nearest(id string) *Rule {
	const enough = 64 // characters of id that are looked at: it comes from outside
	id = strings.ToLower(id[:min(len(id), enough)])
	nearest, least := All[0], len(id)+enough
	for _, r := range All {
		d := distance(id, r.ID)
		if id != "" && strings.Contains(r.ID, id) {
			d = 0
		}
		if d < least {
			nearest, least = r, d
		}
	}
	return nearest
}

// distance is how many bytes have to be put in, taken out or replaced to turn a into b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
