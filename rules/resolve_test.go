package rules

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// In a list, what stands before a name of an index is no name of a value.
func TestLettersNeedASlot(t *testing.T) {
	for _, call := range []string{"primary", "unique", "index", "foreign", "constraint"} {
		assert.Empty(t, claims("a.php", fill("$table->"+call+"('klaviyo_company_id', '{alpha}');")), call)
		assert.NotEmpty(t, claims("a.php", fill("$table->"+call+"('klaviyo_company_id', '{hex}');")), call)
	}
}

// BenchmarkResolveHostile resolves a key in surroundings that invite to read them again and again.
func BenchmarkResolveHostile(b *testing.B) {
	for _, piece := range []string{
		"'", `"`, `\'`, `\\\\\\\'`, "a'", "a' ", "*/", "*/=", "/*", "//", "'#", "(", "[", "{", "${", "x:", "x=", "\n", "\n- ", "\n//", "<a ",
		"+''", "+'", `{"`, "a.", "%25", "&amp;", "\x1b[1m", "klaviyo", "klaviyo.com'", "'a',", "-->", "=3D", " or ", "x||'", "x:string=",
	} {
		b.Run(strconv.Quote(piece), func(b *testing.B) {
			left := strings.Repeat(piece, leftWindow/len(piece)) + `value: "`
			text := []byte(left + fill("{hex}") + strings.Repeat(piece, rightWindow/len(piece)))
			c := Candidate{Key: NewKey(Hex, fill("{hex}")), Start: len(left), End: len(left + fill("{hex}"))}
			for b.Loop() {
				_ = Resolve(text, c, UnknownFile)
			}
		})
	}
}

func FuzzResolve(f *testing.F) {
	f.Add(`_learnq.push(['account', '`, `'])`)
	f.Add(`https://a.klaviyo.com/client/x?a=1&amp;company_id%3D`, `"`)
	f.Add(`<string name="x">`, `</string>`)
	f.Add(`"key": "K", "value": "`, `"}`)
	f.Add(`const id = '`, "'; src = `https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=${id}`")
	f.Add("KLAVIYO_PUBLIC_KEY=pk_xxx\nKLAVIYO_PRIVATE_KEY=a ? 'b' : '", `'].join(""), 'AbC123'`)
	f.Fuzz(func(_ *testing.T, left, right string) {
		text := []byte(left + " " + fill("{hex}") + right)
		start := len(left) + 1
		c := Candidate{Key: NewKey(Hex, fill("{hex}")), Start: start, End: start + len(fill("{hex}"))}
		for kind := range DocumentFile + 1 {
			_, slot := Judge(text, c, kind)
			_ = slot.String()
		}
		_ = PublicKeysNear(text, c)
		for c := range FindTraces(text, 0, len(text), true) {
			if c.Word != "" {
				_, _ = Judge(text, c, BrowserFile)
			}
		}
		_ = KindOfFile(left, text)
	})
}

func BenchmarkResolve(b *testing.B) {
	page := `<script>var a = {\"url\": \"https:\/\/static.klaviyo.com\/onsite\/js\/klaviyo.js?a=1&amp;company_id\\u003d`
	for _, context := range []struct{ name, text string }{
		{"plain", "const klaviyo = require('klaviyo'); // the client of\nfunction f(a, b) { return a && b }\n"},
		{"escapes", page},
		{"keys", fill("{hex}") + "\n"},
	} {
		b.Run(context.name, func(b *testing.B) {
			left := strings.Repeat(context.text, leftWindow/len(context.text)+1)
			text := []byte(left + fill("{hex}") + left)
			c := Candidate{Key: NewKey(Hex, fill("{hex}")), Start: len(left), End: len(left + fill("{hex}"))}
			b.ReportAllocs()
			for b.Loop() {
				_ = Resolve(text, c, UnknownFile)
			}
		})
	}
}
