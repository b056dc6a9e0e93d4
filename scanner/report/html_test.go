// This file tests the page: what it says, that nothing from outside acts on it, that it can be read, and what it costs.

package report

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

var noon = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)

// shared says more of a place that another rule has found.
var shared = &rules.Rule{
	ID: "shared-key", Title: "shared key", Kind: rules.Hygiene, Level: rules.Note, Problem: "is used elsewhere.", Remedy: "Create another.",
}

// since returns the finding as it came in on a day, counted from the first of 2024.
func since(f *scanner.Finding, days int, reach string) *scanner.Finding {
	f.Commit = &scanner.Commit{
		ID: fmt.Sprintf("%08x%032x", 0xabc00000+days, 0), Author: "Ada <ada@example.com>", Subject: fmt.Sprintf("Change %d", days),
		Date: time.Date(2024, 1, 1+days, 0, 0, 0, 0, time.UTC),
	}
	f.Reach = reach
	return f
}

// shop returns the report of a history: a key in few places, one in many, one with a note, words, suppressed findings.
func shop() *scanner.Report {
	site, hex, documented := keys()
	r := &scanner.Report{
		Version: "v1.2.3", Stats: scanner.Stats{Blobs: 120, Commits: 40, Bytes: 1_234_567, Excluded: 2},
		Findings: []*scanner.Finding{
			since(found(loader, site, "layout/theme.liquid", 12, `<script src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=`, `">`), 0, "head"),
			since(found(leak, site, "server/export.py", 3, `KEY = "`, `"`), 100, "ref"),
			since(found(leak, site, "commit:c0ffee0ddba11c0ffee0ddba11c0ffee0ddba11f", 5, "", ""), 400, "stash"),
			since(found(loader, documented, "old.html", 1, "", ""), 30, "reflog"),
			since(found(shared, site, "layout/theme.liquid", 12, "", ""), 0, "head"),
		},
	}
	r.Findings[0].Slot = "static.klaviyo.com/onsite/js/klaviyo.js?company_id"
	r.Findings[1].Slot, r.Findings[1].Ref = "KEY", "refs/heads/main"
	for i := range 30 {
		reach := "head"
		if i%3 == 0 {
			reach = "unreachable"
		}
		r.Findings = append(r.Findings, since(found(leak, hex, fmt.Sprintf("server/job%d.ts", i), 1, "key = '", "'"), i*i, reach))
	}
	undated := since(found(leak, hex, "undated.js", 1, "", ""), 0, "")
	undated.Commit.Date = time.Time{}
	comment := found(leak, hex, "sample.js", 1, "", "")
	comment.Suppressed = scanner.ByComment + "a sample"
	entry := found(leak, site, "test.js", 1, "", "")
	entry.Suppressed = scanner.ByConfiguration + "a revoked key"
	r.Findings = append(r.Findings, undated, comment, comment, entry, wordy())
	return r
}

func TestHTMLGolden(t *testing.T) {
	incomplete := shop()
	incomplete.Skipped = []scanner.Skipped{
		{Path: "big.bin", Reason: "permission denied"},
		{Path: "shallow", Reason: "history is cut", Gap: scanner.Shallow, Accepted: true},
	}
	for name, test := range map[string]struct {
		report *scanner.Report
		opts   Options
	}{
		"theme.html":      {theme(), Options{}},
		"hostile.html":    {hostile(), Options{Suppressed: true, Scanned: "the history of <b>\u202e"}},
		"shop.html":       {shop(), Options{Scanned: "the whole history of shop", Began: noon}},
		"incomplete.html": {incomplete, Options{Began: noon}},
		"clean.html":      {&scanner.Report{Version: "v1.2.3", Stats: scanner.Stats{Files: 1, Bytes: 12}}, Options{Began: noon}},
	} {
		t.Run(name, func(t *testing.T) {
			got := render(t, HTML, test.report, test.opts)
			assert.Equal(t, got, render(t, HTML, test.report, test.opts), "two writes differ")
			sound(t, got)
			harmless(t, got)
			golden := filepath.Join("testdata", name)
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}

// elements are those of the template, with their attributes.
var elements = map[string]string{
	"html": "lang", "head": "", "meta": "charset http-equiv content name", "title": "id", "style": "", "body": "", "header": "class",
	"main": "", "footer": "", "section": "class aria-labelledby", "nav": "class aria-labelledby", "article": "class id aria-labelledby",
	"h1": "", "h2": "id", "h3": "id", "h4": "", "p": "class", "dl": "class", "div": "class tabindex role aria-label", "dt": "", "dd": "",
	"ul": "class tabindex aria-label", "ol": "class", "li": "", "label": "", "input": "type", "span": "class", "strong": "", "em": "",
	"code": "class", "pre": "", "mark": "", "bdi": "", "q": "", "time": "datetime", "a": "href rel", "table": "", "thead": "", "tbody": "",
	"tr": "", "th": "scope class", "td": "class", "figure": "", "figcaption": "", "svg": "role aria-labelledby width height", "desc": "id",
	"g": "", "text": "x y class text-anchor", "rect": "class x y width height", "circle": "class cx cy r",
}

var (
	tagPattern       = regexp.MustCompile(`<(/?)([A-Za-z0-9!]*)([^<>]*)>`)
	attributePattern = regexp.MustCompile(`\s([a-z-]+)="([^"]*)"`)
)

// sound fails unless all elements and attributes of a page are the template's, each is closed, IDs are unique, links lead to
// the page itself or to Klaviyo's help, and the policy allows the style sheet and nothing else.
func sound(t testing.TB, page string) {
	t.Helper()
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(page)
	require.Len(t, style, 2)
	sum := sha256.Sum256([]byte(style[1]))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; "
	page = strings.Replace(page, style[1], "", 1)

	var open []string
	ids := map[string]bool{}
	var targets []string
	tags := tagPattern.FindAllStringSubmatch(page, -1)
	require.Equal(t, strings.Count(page, "<"), len(tags), "a bracket that is no tag's")
	require.Equal(t, strings.Count(page, ">"), len(tags), "a bracket that is no tag's")
	for _, tag := range tags {
		closes, name, rest := tag[1] != "", tag[2], tag[3]
		if name == "!DOCTYPE" {
			continue
		}
		allowed, known := elements[name]
		require.True(t, known, "element %s", tag[0])
		if closes {
			require.NotEmpty(t, open)
			require.Equal(t, open[len(open)-1], name, "what is closed")
			open = open[:len(open)-1]
			continue
		}
		for _, a := range attributePattern.FindAllStringSubmatch(rest, -1) {
			value := strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(a[2])
			require.Contains(t, strings.Fields(allowed), a[1], tag[0])
			switch a[1] {
			case "id":
				require.False(t, ids[value], "%s is there twice", value)
				ids[value] = true
			case "aria-labelledby":
				targets = append(targets, strings.Fields(value)...)
			case "href":
				if here, ok := strings.CutPrefix(value, "#"); ok {
					targets = append(targets, here)
				} else {
					require.True(t, strings.HasPrefix(value, "https://help.klaviyo.com/"), value)
					require.Contains(t, rest, `rel="noopener noreferrer"`)
				}
			case "content":
				if strings.Contains(rest, "Content-Security-Policy") {
					require.True(t, strings.HasPrefix(value, policy), value)
					policy = ""
				}
			}
		}
		require.Empty(t, strings.Trim(attributePattern.ReplaceAllString(rest, ""), " /"), tag[0])
		if !slices.Contains([]string{"meta", "input"}, name) && !strings.HasSuffix(rest, "/") {
			open = append(open, name)
		}
	}
	assert.Empty(t, open, "not closed")
	assert.Empty(t, policy, "not there")
	for _, id := range targets {
		assert.True(t, ids[id], "nothing has the ID %s", id)
	}
}

// What comes from outside is text on the page, wherever it stands.
func TestHTMLIsInert(t *testing.T) {
	_, hex, _ := keys()
	for _, text := range []string{
		"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "' onload='alert(1)", "javascript:alert(1)", "</style><style>*{}",
		"<!--", "-->", "]]>", "{{.}}", "&lt;b&gt;&#60;", "</title></svg>", "\u202egnp.exe\u202c\u2066\u2069", "\x00\x1b[2J\r\n\t\x7f", "\xff\xfe\xc3\x28",
		"\u2028\ufeff", strings.Repeat("x", 5000), "`${alert(1)}`", "url(javascript:1)",
	} {
		f := since(found(leak, hex, text, 1, text, text), 1, "ref")
		f.Slot, f.Ref, f.Via, f.Detail, f.Public = text+"/a?"+text, text, []string{text}, text, text
		f.Commit.Author, f.Commit.Subject, f.Commit.ID = text+" <"+text+">", text, text
		another := *f
		other := &another
		other.Reach, other.Suppressed = text, text
		word := wordy()
		word.Word, word.Path, word.Line.Text = text, text, text
		r := &scanner.Report{
			Version: text, Findings: []*scanner.Finding{f, f, other, word}, Stopped: text, Stats: scanner.Stats{Files: 1},
			Skipped: []scanner.Skipped{{Path: text, Reason: text}, {Path: text, Reason: text, Accepted: true}},
		}
		page := render(t, HTML, r, Options{Scanned: text, Suppressed: true})
		sound(t, page)
		harmless(t, page)
	}
	page := render(t, HTML, &scanner.Report{Skipped: []scanner.Skipped{{Path: "a\u202eb\xff", Reason: "x"}}}, Options{})
	assert.Contains(t, page, `a\u202eb\xff`, "what cannot be seen is shown")
}

func TestHTMLNeverGivesAFalseAllClear(t *testing.T) {
	clear := "No private key of Klaviyo was found"
	stats := scanner.Stats{Files: 3}
	suppressed := theme()
	suppressed.Findings[0].Suppressed = scanner.ByComment + "a sample"
	knowing := func(gaps ...scanner.Skipped) *scanner.Report {
		r := theme()
		r.Findings[0].Suppressed = scanner.AsKnown + "in the baseline base.json"
		r.Skipped = gaps
		return r
	}
	words := &scanner.Report{Stats: stats, Findings: []*scanner.Finding{wordy()}}
	words.Findings[0].Suppressed = scanner.AsKnown + "in HEAD already"
	half := scanner.Shard{Index: 1, Of: 2}
	shard := knowing()
	shard.Shard = half
	mixed := shop()
	mixed.Findings[1].Suppressed = scanner.AsKnown + "in HEAD already"
	for name, test := range map[string]struct {
		report *scanner.Report
		says   []string
	}{
		"shard": {&scanner.Report{Stats: stats, Shard: half}, []string{
			"No private key in this shard (1/2) of the history</h1>", `class="lead calm"`, "not an all-clear", "the other shards",
		}},
		"shard, gap": {
			&scanner.Report{Stats: stats, Shard: half, Skipped: []scanner.Skipped{{Path: "a", Reason: "damaged"}}},
			[]string{"No private key in what was scanned of this shard (1/2) of the history</h1>", `class="lead warning"`},
		},
		"shard, known": {shard, []string{"No new private key in this shard (1/2) of the history, but 1 known one", "the others may hold more"}},
		"complete":     {&scanner.Report{Stats: stats}, []string{clear, "earlier versions"}},
		"history":      {&scanner.Report{Stats: scanner.Stats{Commits: 1}}, []string{clear, "other repositories, what is online"}},
		"suppressed":   {suppressed, []string{clear, "except 1 finding that is suppressed", "a sample", "Suppressed: 1"}},
		"known": {knowing(), []string{
			"No new private key, but 1 known one is still there</h1>", `class="lead warning"`, "not an all-clear", "as exposed as any other",
			"No new findings, and 1 known before", "Known before:</strong> <bdi>in the baseline base.json</bdi>", "layout/theme.liquid:",
			`<span class="badge known">Known before</span>`, "only not counted as new", "<dd>1, known before</dd>",
			"1 place found here, known before, listed above", "What happened, and what to do today",
		}},
		"known, gap": {knowing(scanner.Skipped{Path: "a", Reason: "damaged"}), []string{
			"No new private key in what was scanned, but 1 known one is still there</h1>", "there may be more",
		}},
		"known and new": {mixed, []string{
			"are exposed</h1>", "<dd>4, of which 1 known before and 1 suppressed; 2 of them in the current version (HEAD)</dd>",
			"4 places found here, of which 1 known before and 1 suppressed, listed above",
		}},
		"known word": {words, []string{
			"No new private key</h1>", "1 thing known before is still there", "What leads to such keys", "Known before:</strong> <bdi>in HEAD already</bdi>",
		}},
		"gap": {
			&scanner.Report{Stats: stats, Skipped: []scanner.Skipped{{Path: "a", Reason: "too large"}, {Path: "b", Reason: "damaged"}}},
			[]string{"This report is incomplete: 2 things were not scanned", "not an all-clear", "damaged", "No private key in what was scanned"},
		},
		"stopped": {
			&scanner.Report{Stats: stats, Stopped: "interrupted"}, []string{"This report is incomplete</h2>", "not an all-clear", "interrupted"},
		},
		"accepted": {
			&scanner.Report{Stats: stats, Skipped: []scanner.Skipped{{Path: "a", Reason: "cut", Accepted: true}}},
			[]string{"No private key in what was scanned</h1>", `class="lead calm"`, "Left out on purpose: 1", "may hold keys"},
		},
		"nothing":     {&scanner.Report{}, []string{"Nothing was scanned", "not an all-clear"}},
		"all ignored": {&scanner.Report{Stats: scanner.Stats{Ignored: 2}}, []string{"Nothing was scanned", "2 ignored by git"}},
		"words": {
			&scanner.Report{Stats: stats, Findings: []*scanner.Finding{wordy()}, Stopped: "x"}, []string{"1 thing to put right", "In what could be scanned", "there may be more"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			page := render(t, HTML, test.report, Options{})
			sound(t, page)
			for _, says := range test.says {
				assert.Contains(t, page, says)
			}
			if test.says[0] != clear {
				assert.NotContains(t, page, clear)
				assert.NotContains(t, page, `class="lead good"`)
			}
			alarm, headline := strings.Index(page, "This report is incomplete"), strings.Index(page, "<h1>")
			assert.Equal(t, !test.report.Complete(), alarm >= 0)
			assert.Less(t, alarm, headline, "first what was not scanned")
		})
	}
}

// Whoever replaces a key has to know of all places that use it, whether they count or not.
func TestHTMLListsAllPlacesOfAKey(t *testing.T) {
	site, hex, documented := keys()
	suppress := func(f *scanner.Finding, why string) *scanner.Finding {
		f.Suppressed = why
		return f
	}
	r := &scanner.Report{Stats: scanner.Stats{Files: 9}, Findings: []*scanner.Finding{
		found(leak, site, "new/z.env", 1, "", ""),
		suppress(found(leak, site, "old/x.env", 1, "", ""), scanner.AsKnown+"in the baseline bl.json"),
		suppress(found(leak, site, "test/y.env", 1, "", ""), scanner.ByConfiguration+"tests need it"),
		suppress(found(leak, hex, "old/known.env", 1, "", ""), scanner.AsKnown+"in the baseline bl.json"),
		suppress(found(loader, documented, "docs/sample.html", 1, "", ""), scanner.ByComment+"a sample"),
	}}
	page := render(t, HTML, r, Options{})
	sound(t, page)
	for _, says := range []string{
		"1 private Klaviyo key is exposed</h1>", "No new key was found in pages or apps", "1 private key known before is still there", "Replace the 2 keys that stand",
		"<dd>3, of which 1 known before and 1 suppressed", "3 places found here, of which 1 known before and 1 suppressed, listed above.",
		"also those that do not count: the key is the same", "Suppressed by the configuration:</strong> <bdi>tests need it</bdi>",
		"Suppressed: 2", "One of them is of a key above", "shows where the others are", "<dd>1, known before",
	} {
		assert.Contains(t, page, says)
	}
	cards := strings.Split(page, "<article")[1:]
	require.Len(t, cards, 2, "what only stands suppressed has no checklist")
	for _, at := range []string{"new/z.env:1", "old/x.env:1", "test/y.env:1", "Replace this key, step by step"} {
		assert.Contains(t, cards[0], at)
	}
	assert.NotContains(t, cards[0], `badge known`, "one of its places is new")
	for _, at := range []string{"old/known.env:1", `badge known`, "Replace this key, step by step"} {
		assert.Contains(t, cards[1], at)
	}
	assert.NotContains(t, page, "docs/sample.html:1", "nobody asked where it is")
	page = render(t, HTML, r, Options{Suppressed: true})
	assert.Contains(t, page, "docs/sample.html:1")
	assert.Equal(t, 1, strings.Count(page, "test/y.env:1"), "it stands with its key")
	assert.NotContains(t, page, "--include-suppressed")

	// What is known of a key that counts is not said twice.
	r.Findings = r.Findings[:2]
	page = render(t, HTML, r, Options{})
	assert.Contains(t, page, "1 private Klaviyo key is exposed</h1>")
	assert.NotContains(t, page, "still there")
	assert.Contains(t, page, "No key was found in pages or apps")

	// A new note about a known key makes no new exposure; a suppressed exposure no known one.
	r.Findings[0].Rule, r.Findings[0].Level = shared, shared.Level
	assert.Contains(t, render(t, HTML, r, Options{}), "1 private key known before is still there")
	r.Findings[1].Suppressed = scanner.ByComment + "revoked"
	page = render(t, HTML, r, Options{})
	assert.Contains(t, page, "1 thing to put right</h1>")
	assert.Contains(t, page, "old/x.env:1")
	assert.NotContains(t, page, "step by step")
}

func TestObjectWords(t *testing.T) {
	for path, want := range map[string]string{
		"tag:v9": "The text of a tag", "tag:rel/1.0": "The text of a tag", "shop/tag:rel/1.0": "The text of a tag",
		"ref:refs/heads/a": "The name of a branch or tag", "shop/ref:refs/heads/a": "The name of a branch or tag",
		"commit:c0ffee": "The text of a commit", "shop/commit:c0ffee": "The text of a commit",
		"blob:c0ffee": "A content of which nothing says where it was", "a/b.js": "", "a/x:y.js": "", "tags/v9": "",
	} {
		assert.Equal(t, want, objectWords(&scanner.Finding{Path: path, History: true}), path)
		assert.Empty(t, objectWords(&scanner.Finding{Path: path}), "it is a file")
	}
}

func TestHTMLCountsWhatItDoesNotShow(t *testing.T) {
	site, hex, documented := keys()
	r := &scanner.Report{Stats: scanner.Stats{Files: 1}}
	for i := range maxKeyPlaces + 7 {
		r.Findings = append(r.Findings, found(leak, hex, fmt.Sprintf("a%d.js", i), 1, "", ""))
	}
	body := strings.TrimPrefix(site.Raw(), "pk_AbC123_")
	for i := range maxKeys + 2 {
		key := rules.NewKey(rules.Site, fmt.Sprintf("pk_AbC123_%04x%s", i, body[4:]))
		r.Findings = append(r.Findings, found(loader, key, "b.html", i+1, "", ""), found(loader, key, "c.html", i+1, "", ""))
	}
	for i := range maxListed + 4 {
		word, suppressed := wordy(), found(leak, documented, fmt.Sprintf("s%d.js", i), 1, "", "")
		suppressed.Suppressed = fmt.Sprintf("reason %d", i)
		r.Findings = append(r.Findings, word, suppressed)
		r.Skipped = append(r.Skipped, scanner.Skipped{Path: fmt.Sprint(i), Reason: "damaged"})
	}
	page := render(t, HTML, r, Options{Suppressed: true})
	sound(t, page)
	for _, says := range []string{
		"3 more keys are not shown", "3 more keys, in 1011 places, are not shown", "4 more are not shown", "4 more with other reasons",
		"Suppressed: 1004", "1004 things were not scanned", "and 4 more",
	} {
		assert.Contains(t, page, says)
	}
	r.Findings = r.Findings[:maxKeyPlaces+7]
	assert.Contains(t, render(t, HTML, r, Options{}), "7 more findings of this key are not shown")
}

func TestSlotWords(t *testing.T) {
	for slot, want := range map[string]string{
		"": "",
		"static.klaviyo.com/onsite/js/klaviyo.js?company_id": "the parameter “company_id” of the address static.klaviyo.com/onsite/js/klaviyo.js",
		"?api_key":                "the parameter “api_key” of an address",
		"/onsite/js/…/klaviyo.js": "a part of the address /onsite/js/…/klaviyo.js",
		"Klaviyo.initialize()":    "what is given to “Klaviyo.initialize”",
		"f(with:)":                "the “with” that is given to “f”",
		"_learnq.push(account)":   "what follows “account” in “_learnq.push”",
		"KEY":                     "the value of “KEY”",
		"a(b":                     "the value of “a(b”",
	} {
		assert.Equal(t, want, slotWords(slot), slot)
	}
}

func TestTimeline(t *testing.T) {
	_, hex, _ := keys()
	picture := func(now time.Time, findings ...*scanner.Finding) *timeline {
		return newTimeline(1, findings, now)
	}
	at := func(day int, reach string) *scanner.Finding {
		return since(found(leak, hex, "a.js", 1, "", ""), day, reach)
	}

	one := picture(time.Time{}, at(3, "head"))
	assert.Len(t, one.Lanes, 1)
	assert.Len(t, one.Ticks, 1)
	assert.Equal(t, "1.50%", one.Lanes[0].X)
	assert.Equal(t, "97.00%", one.Lanes[0].Width, "it is still there")

	two := picture(noon, at(10, "ref"), at(0, "head"))
	assert.Equal(t, "1 January 2024", two.First)
	assert.True(t, two.Lanes[0].Current, "the oldest first")
	assert.Equal(t, "3 February 2026", two.Ticks[1].Text)

	var many []*scanner.Finding
	for i := range 100 {
		many = append(many, at(i, map[bool]string{true: "head", false: "ref"}[i%2 == 0]))
	}
	columns := picture(time.Time{}, append(many, since(at(0, ""), -900_000, ""))...)
	assert.Empty(t, columns.Lanes)
	assert.Equal(t, 1, columns.Undated, "nobody can write the year")
	assert.Equal(t, 50, columns.Current)
	for _, c := range columns.Columns {
		assert.GreaterOrEqual(t, c.PastY, 0)
		assert.Equal(t, columns.Base, c.Y+c.Height)
	}
}

// Text can be read by those who see contrasts badly: WCAG 2.2, 1.4.3, in light, dark and print.
func TestHTMLContrast(t *testing.T) {
	schemes := strings.Split(htmlStyle, ":root {")[1:]
	require.Len(t, schemes, 3)
	for i, scheme := range schemes {
		colors := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]+);`).FindAllStringSubmatch(scheme, -1) {
			colors[m[1]] = luminance(t, m[2])
		}
		for _, pair := range []string{
			"ink page", "ink card", "ink soft", "ink warning-soft", "ink good-soft", "quiet page", "quiet card", "quiet soft", "quiet good-soft",
			"link page", "link card", "mark-ink mark", "danger page", "danger danger-soft", "warning page", "warning warning-soft",
			"good page", "calm page", "calm calm-soft", "card danger",
		} {
			text, ground, _ := strings.Cut(pair, " ")
			a, b := colors[text], colors[ground]
			assert.GreaterOrEqual(t, (max(a, b)+0.05)/(min(a, b)+0.05), 4.5, "scheme %d: %s", i, pair)
		}
	}
}

func luminance(t *testing.T, hex string) float64 {
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		require.NoError(t, err)
		c := float64(n) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}

// BenchmarkHTML writes 200,000 findings, of one key, of many, and of as many keys.
func BenchmarkHTML(b *testing.B) {
	const places = 200_000
	site, _, _ := keys()
	body := strings.TrimPrefix(site.Raw(), "pk_AbC123_")
	for _, count := range []int{1, 500, places} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			r := &scanner.Report{Stats: scanner.Stats{Blobs: places}}
			for i := range places {
				key := rules.NewKey(rules.Site, fmt.Sprintf("pk_AbC123_%06x%s", i%count, body[6:]))
				r.Findings = append(r.Findings, since(found(leak, key, fmt.Sprintf("server/some/path/job%d.ts", i), 1, "const key = '", "';"), i%900, "head"))
			}
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, HTML(io.Discard, r, Options{Began: noon}))
			}
		})
	}
}
