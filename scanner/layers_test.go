package scanner

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// b64 and the like are short names for tables.
func b64(s string) string    { return base64.StdEncoding.EncodeToString([]byte(s)) }
func rawURL(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
func hexed(s string) string  { return hex.EncodeToString([]byte(s)) }

// each writes every byte of s by the format.
func each(format, s string) string {
	var out strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&out, format, c)
	}
	return out.String()
}

// wrap breaks s into lines of width.
func wrap(s string, width int, sep string) string {
	var lines []string
	for ; len(s) > width; s = s[width:] {
		lines = append(lines, s[:width])
	}
	return strings.Join(append(lines, s), sep)
}

func gz(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// In the texts below, {…} is the key, encoded so.
var encodings = []struct {
	via  string
	text func(key string) string
}{
	{"hex", func(k string) string { return "VALUES (0x" + strings.ToUpper(hex.EncodeToString([]byte(k))) + ")" }},
	{"hex", func(k string) string { return `'\x` + hex.EncodeToString([]byte(k)) + "'" }},
	{"hex", func(k string) string { return "1\t" + `\\x` + hex.EncodeToString([]byte(k)) + "\t2" }},
	{"percent", func(k string) string { return "%70%6B%5F" + k[3:] }},
	{"percent", func(k string) string { return "%70k_" + k[3:] }},
	{"percent", func(k string) string { return "pk%5F" + k[3:] }},
	{"percent", func(k string) string { return "pk_%" + hexed(k[3:4]) + k[4:] }},
	{"percent", func(k string) string { return each("%%%02X", k) }},
	{"percent", func(k string) string { return each("%%u%04x", k) }},
	{"percent,percent", func(k string) string { return "pk%255F" + k[3:] }},
	{"escape", func(k string) string { return `"\u0070k_` + k[3:] + `"` }},
	{"escape", func(k string) string { return `"\x70\x6b\x5f` + k[3:] + `"` }},
	{"escape", func(k string) string { return `"\u{70}\u{6b}\u{5f}` + k[3:] + `"` }},
	{"escape", func(k string) string { return `"\160\153\137` + k[3:] + `"` }},
	{"escape", func(k string) string { return `"\U00000070k_` + k[3:] + `"` }},
	{"escape", func(k string) string { return `"` + each(`\u%04x`, k) + `"` }},
	{"escape", func(k string) string { return `pk\_` + k[3:] }},
	{"escape", func(k string) string { return "KEY=\"pk_\\\n" + k[3:] + `"` }},
	{"escape", func(k string) string { return "KEY=\"" + k[:17] + "\\\r\n   " + k[17:] + `"` }},
	{"escape,escape", func(k string) string { return `"\\u0070k_` + k[3:] + `"` }},
	{"html", func(k string) string { return "pk&lowbar;" + k[3:] }},
	{"html", func(k string) string { return "pk&#95;" + k[3:] }},
	{"html", func(k string) string { return "&#112;&#x6B;&UnderBar;" + k[3:] }},
	{"html", func(k string) string { return each("&#%d;", k) }},
	{"html,html", func(k string) string { return "pk&amp;#95;" + k[3:] }},
	{"quoted-printable", func(k string) string { return "pk=5F" + k[3:] }},
	{"quoted-printable", func(k string) string { return "key: pk_=\r\n" + k[3:] }},
	{"quoted-printable", func(k string) string { return "key: " + k[:20] + "=\n" + k[20:] }},
	{"quoted-printable", func(k string) string { return "key: p=\r\nk=5F" + k[3:20] + "=\n" + k[20:] }},
	{"base64", func(k string) string { return b64(k) }},
	{"base64", func(k string) string { return rawURL(k) }},
	{"base64", func(k string) string { return "Basic " + b64(k+":") }},
	{"base64", func(k string) string { return "data:text/plain;base64," + b64("x "+k) }},
	{"base64", func(k string) string { return "https://h/p?data=" + rawURL(`{"to":"`+k+`"}`) + "&x=1" }},
	{"base64", func(k string) string { return "/api/" + b64(`{"a": "`+k+`"}`) }},
	{"base64", func(k string) string {
		return "k: |\n  " + wrap(b64(`{"text": "é", "a": "`+k+`", "and": "more"}`), 44, "\n  ")
	}},
	{"base64", func(k string) string { return `"` + wrap(b64(`{"a": "`+k+`", "and": "more"}`), 60, `\n`) + `\n"` }},
	{"base64", func(k string) string { return `"` + wrap(b64(`{"a": "`+k+`", "and": "more"}`), 60, `\r\n`) + `\n"` }},
	{"base64", func(k string) string { return `"` + strings.ReplaceAll(b64("???>>>"+k), "/", `\/`) + `"` }},
	{"base64,base64", func(k string) string { return b64(b64(k)) }},
	{"base64,percent", func(k string) string { return b64("%70%6B%5F" + k[3:]) }},
	{"base64,hex", func(k string) string { return b64(hexed(k)) }},
	{"base64,utf-16le", func(k string) string { return b64(encode16(k, false)) }},
	{"base64,utf-16be", func(k string) string { return b64(encode16("\ufeff$x = '"+k+"'", true)) }},
	{"base64,gzip:1:1", func(k string) string { return b64(gz(k)) }},
	{"hex", func(k string) string { return hexed(k) }},
	{"hex", func(k string) string { return "0x" + strings.ToUpper(hexed(`{"token":"`+k+`"}`)) }},
	{"hex", func(k string) string { return wrap(hexed(`{"token":"`+k+`"}`), 60, "\n") }},
	{"hex,base64", func(k string) string { return hexed(b64(k)) }},
	{"utf-32le", func(k string) string { return encode32("x "+k+" ", false) }},
	{"utf-32be", func(k string) string { return encode32("\ufeffx "+k+" ", true) }},
	{"utf-16le,base64", func(k string) string { return encode16("x = "+b64(k), false) }},
	{"utf-16be,escape", func(k string) string { return encode16("\ufeffx = \"\\u0070k_"+k[3:]+`"`, true) }},
	{"joined", func(k string) string { return `"pk_" + "` + k[3:] + `"` }},
	{"joined", func(k string) string { return `'p' + 'k_` + k[3:] + `'` }},
	{"joined", func(k string) string { return `'pk' + '_` + k[3:] + `'` }},
	{"joined", func(k string) string { return `"` + k[:20] + "\" +\n\t\"" + k[20:30] + `" + "` + k[30:] + `"` }},
	{"joined", func(k string) string { return `["pk_", "` + k[3:] + `"].join('')` }},
	{"joined", func(k string) string { return `$k = 'pk_' . '` + k[3:] + `';` }},
	{"joined", func(k string) string { return `k = "pk_" .. "` + k[3:] + `"` }},
	{"joined", func(k string) string { return "k = (\"pk_\"\n     \"" + k[3:] + `")` }},
	{"joined", func(k string) string { return "k = \"pk_\" \\\n     \"" + k[3:] + `"` }},
	{"joined", func(k string) string { return "k = `${'pk_'}" + k[3:] + "`" }},
	{"joined", func(k string) string { return "k = `pk_${'" + k[3:] + "'}`" }},
	{"joined", func(k string) string { return "k = `${'p'}k_${'" + k[3:] + "'}`" }},
	{"joined", func(k string) string { return `NSString *k = @"pk_" @"` + k[3:] + `";` }},
	{"joined", func(k string) string { return `k = "pk_" & "` + k[3:] + `"` }},
	{"joined", func(k string) string { return `{{ "pk_" ~ "` + k[3:] + `" }}` }},
	{"joined", func(k string) string { return `k = "pk_" /* half */ + // more` + "\n  \"" + k[3:] + `"` }},
	{"joined", func(k string) string { return `"x = \"pk_\" + \"` + k[3:] + `\""` }},
	{"joined", func(k string) string { return `&quot;pk_&quot; + &quot;` + k[3:] + `&quot;` }},
	{"joined", func(k string) string { return "key: >-\n  " + k[:20] + "\n  " + k[20:] + "\n" }},
	{"joined,base64", func(k string) string { return `"` + b64(k)[:44] + `" + "` + b64(k)[44:] + `"` }},
	{"escape,base64", func(k string) string { return `"` + each(`\x%02x`, b64(k)) + `"` }},
	{"percent,html", func(k string) string { return "pk%26%2395%3B" + k[3:] }},
	{"html,percent", func(k string) string { return "pk&#37;5F" + k[3:] }},
	{"gzip:1:2", func(k string) string { return gz("\"" + k + "\"") }},
	{"base64,base64,base64,base64", func(k string) string { return b64(b64(b64(b64("a key: " + k)))) }},
}

func encode32(s string, big bool) string {
	var out strings.Builder
	for _, r := range s {
		if big {
			out.Write([]byte{0, byte(r >> 16), byte(r >> 8), byte(r)})
		} else {
			out.Write([]byte{byte(r), byte(r >> 8), byte(r >> 16), 0})
		}
	}
	return out.String()
}

func TestLayers(t *testing.T) {
	for _, key := range []string{hexKey, siteKey} {
		for i, e := range encodings {
			for _, around := range [][2]string{{"", ""}, {"\n", "\n"}, {strings.Repeat("line of text\n", 50), strings.Repeat("\nanother", 50)}} {
				if around[0] != "" && (strings.Contains(e.via, "utf") && !strings.Contains(e.via, "base64,utf") || strings.HasPrefix(e.via, "gzip")) {
					continue
				}
				text := e.text(key)
				r := scanText(t, around[0]+text+around[1])
				if assert.Len(t, r.Findings, 1, "%d %s %s", i, e.via, text) {
					assert.Equal(t, e.via, strings.Join(r.Findings[0].Via, ","), "%d %s", i, text)
					assert.True(t, r.Findings[0].Key.Raw() == key)
					assert.NotContains(t, r.Findings[0].Line.Text, key[5:30])
				}
				assert.Empty(t, r.Skipped, "%d %s", i, text)
			}
		}
	}
	require.True(t, true)
}

// Quoted values one below the other are one value in Python, and many in a file of quoted lines.
func TestQuotedLines(t *testing.T) {
	text := "\"pk_\" + \"" + hexKey[3:] + "\"\n\"pk_\" + \"" + siteKey[3:] + "\"\n"
	assert.Len(t, scanText(t, text).Findings, 2)
	text = "k = (\"" + hexKey[:20] + "\"\n     \"" + hexKey[20:] + "\")\n"
	assert.Len(t, scanText(t, text).Findings, 1)
}

func TestContinuedLines(t *testing.T) {
	for _, key := range []string{hexKey, siteKey} {
		for cut := 4; cut < len(key)-1; cut++ {
			for _, joint := range []string{"\\\n", "\\\r\n   ", "=\r\n"} {
				text := "KLAVIYO_API_KEY: " + key[:cut] + joint + key[cut:] + "\n"
				assert.Len(t, scanText(t, text).Findings, 1, "%q", text)
			}
			if cut > 10 {
				text := "KLAVIYO_API_KEY: " + key[:cut] + "\n   " + key[cut:] + "\nother: x\n"
				assert.Len(t, scanText(t, text).Findings, 1, "%q", text)
			}
		}
	}
}

// Text in UTF-16 between ASCII may be read in either order.
func TestUTF16BetweenASCII(t *testing.T) {
	for _, big := range []bool{false, true} {
		for _, around := range [][2]string{{"x = \"(", ") \""}, {"", ""}, {"a", "b"}} {
			text := around[0] + encode16(hexKey, big) + around[1]
			assert.Len(t, scanText(t, text).Findings, 1, "%v %q", big, text)
		}
	}
}
