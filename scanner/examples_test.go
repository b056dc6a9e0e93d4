package scanner

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"path"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/tools/txtar"

	"github.com/klaviyolint/klaviyolint/rules"
)

// fill puts synthetic keys into an example's text.
func fill(text string) string {
	return strings.NewReplacer(
		"{site}", siteKey, "{hex}", hexKey, "{doc}", strings.Join([]string{"pk", "bcd123efg456hij789klm0nop123qrstu4"}, "_"),
		"{alpha}", "pk_"+"customersubscriptionpreferencehist", "{public}", "AbC123",
	).Replace(text)
}

// variant is another way to write an example. A private key is the same key in it, at another place or in another
// encoding.
type variant struct {
	name    string
	times   int                      // how often the example stands in it
	encoded bool                     // its bytes are others, so that marks in the text do not tell the kind of file
	write   func(text string) string // nil: as it is
}

var variants = []variant{
	{"as given", 1, false, func(s string) string { return s }},
	{"at the start", 1, false, func(s string) string { return s + "\n\nthe end\n" }},
	{"in the middle", 1, false, func(s string) string { return "the start\n\n" + s + "\n\nthe end\n" }},
	{"at the end", 1, false, func(s string) string { return "the start\n\n" + s }},
	{"twice", 2, false, func(s string) string { return s + "\n\n" + s + "\n" }},
	{"with CRLF", 1, false, func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") + "\r\n" }},
	{"in UTF-16", 1, true, func(s string) string { return encode16("\ufeff"+s, false) }},
	{"in UTF-16 of the other order", 1, true, func(s string) string { return encode16("\ufeff"+s, true) }},
	{"with percent", 1, true, func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }},
	{"with percent, every byte", 1, true, func(s string) string {
		var out strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&out, "%%%02X", c)
		}
		return out.String()
	}},
	{"in base64", 1, true, func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	{"in base64 for URLs", 1, true, func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }},
}

// comments are variants for files of the languages that have such comments, with what could be taken for a quote or a
// bracket in them.
var comments = map[string]string{
	"// don't (do\n%s":                ".js .ts .tsx .php .go .kt .java .swift .m .cs .rs .dart .gradle",
	"# don't (do\n%s":                 ".py .rb .sh .env .yaml .tf",
	"/* don't (do;\n * \"this */\n%s": ".js .ts .tsx .php .go .kt .java .swift .m .cs .rs .dart .gradle",
	"<!-- don't (do -->\n%s":          ".html .xml .liquid",
}

// Every example of every rule, in every variant.
func TestExamples(t *testing.T) {
	for _, r := range rules.All {
		for i, e := range r.Examples {
			t.Run(fmt.Sprintf("%s/%d-%s", r.ID, i, strings.ReplaceAll(e.Path, "/", "-")), func(t *testing.T) {
				if strings.HasPrefix(e.Text, "-- ") {
					checkFiles(t, r, e)
					return
				}
				for _, v := range variants {
					checkVariant(t, r, e, v)
				}
				for comment, extensions := range comments {
					if slices.Contains(strings.Fields(extensions), path.Ext(e.Path)) {
						checkVariant(t, r, e, variant{"behind a comment", 1, false, func(s string) string { return fmt.Sprintf(comment, s) }})
					}
				}
			})
		}
	}
}

func checkVariant(t *testing.T, r *rules.Rule, e rules.Example, v variant) {
	t.Helper()
	plain := fill(e.Text)
	text := v.write(plain)
	if v.encoded && (r.Kind == rules.Hygiene || rules.KindOfFile(e.Path, []byte(text)) != rules.KindOfFile(e.Path, []byte(plain))) {
		return // words are what people read; and in another encoding, marks in the text do not tell where it goes
	}
	got := found(Scan(t.Context(), list{{Path: e.Path, Data: []byte(text)}}, Options{}))
	if r.Claims == nil { // decided on the report: what is found besides is another rule's
		checkReported(t, r, e, got)
		return
	}
	var want []string
	for range v.times {
		if !e.Right {
			want = append(want, r.ID)
		}
	}
	assert.Equal(t, want, got, "%s: %q", v.name, text)
}

func checkReported(t *testing.T, r *rules.Rule, e rules.Example, got []string) {
	t.Helper()
	if e.Right {
		assert.NotContains(t, got, r.ID)
	} else {
		assert.Contains(t, got, r.ID)
	}
}

// checkFiles checks an example of several files.
func checkFiles(t *testing.T, r *rules.Rule, e rules.Example) {
	t.Helper()
	var blobs list
	for _, f := range txtar.Parse([]byte(fill(e.Text))).Files {
		blobs = append(blobs, Blob{Path: f.Name, Data: f.Data})
	}
	checkReported(t, r, e, found(Scan(t.Context(), blobs, Options{})))
}

func found(r *Report) []string {
	var ids []string
	for _, f := range r.Findings {
		ids = append(ids, f.Rule.ID)
	}
	sort.Strings(ids)
	return ids
}
