// This file tests what stands in a line of text: what Show lets through, and where carets stand.

package report

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/sarif/stream"
	"github.com/klaviyolint/klaviyolint/scanner"
)

func TestShow(t *testing.T) {
	site, hex, documented := keys()
	for from, want := range map[string]string{
		"":                          "",
		`C:\a\b ä 日 😀 e` + "\u0301": `C:\a\b ä 日 😀 e` + "\u0301",
		"a\n\r\tb\x00\x1b[2J\x7f":   `a\n\r\tb\x00\x1b[2J\x7f`,
		"\u009b\u0085":              `\u009b\u0085`,
		"\x9b\xff\xc3":              `\x9b\xff\xc3`,
		"\ufffd":                    "\ufffd",
		"\u202e\u2066\u200b\u2028":  `\u202e\u2066\u200b\u2028`,
		"\U000e0041":                `\U000e0041`,
		"##[error]x #[y] ###[z]":    `##\x5berror]x #[y] ###\x5bz]`,
		"##\u0301[error]":           "##\u0301" + `\x5berror]`,
		"<" + site.Raw() + ">":      "<" + site.String() + ">",
		hex.Raw() + "\x00":          hex.String() + `\x00`,
		"\xff" + documented.Raw():   `\xff` + documented.String(),
	} {
		assert.Equal(t, want, Show(from), "%q", from)
	}
}

func TestShowPath(t *testing.T) {
	for from, want := range map[string]string{
		"a/b.js":          "a/b.js",
		"ä.js":            "ä.js",
		"a::b":            "a::b",
		"::error::x":      "./::error::x",
		":":               "./:",
		" \u00a0::error:": "./ \u00a0::error:",
		"\u3000::error::": "./\u3000::error::",
		"\n::error::":     `\n::error::`,
		"":                "(no path)",
	} {
		assert.Equal(t, want, showPath(from), "%q", from)
	}
}

func TestSnippet(t *testing.T) {
	_, hex, _ := keys()
	for _, test := range []struct {
		name         string
		line         scanner.Line
		text, carets string
	}{
		{"plain", scanner.Line{Text: "a = KEY;", Start: 4, End: 7}, "a = KEY;", "    ^^^"},
		{"tab", scanner.Line{Text: "\tKEY\t", Start: 1, End: 4}, "    KEY    ", "    ^^^"},
		{"escaped", scanner.Line{Text: "\x1bKEY", Start: 1, End: 4}, `\x1bKEY`, "    ^^^"},
		{"marks", scanner.Line{Text: "e\u0301 KEY", Start: 4, End: 7}, "e\u0301 KEY", "  ^^^"},
		{"wide", scanner.Line{Text: "鍵😀 KEY", Start: 8, End: 11}, "鍵😀 KEY", "     ^^^"},
		{"empty span", scanner.Line{Text: "ab", Start: 2, End: 2}, "ab", "  ^"},
		{"no text", scanner.Line{}, "", ""},
		{"beyond", scanner.Line{Text: "ab", Start: 1, End: 9}, "ab", ""},
		{"inside a character", scanner.Line{Text: "ä", Start: 1, End: 2}, "ä", ""},
		{"a key left", scanner.Line{Text: hex.Raw(), Start: 5, End: 9}, hex.String(), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, carets := snippet(test.line, 0)
			assert.Equal(t, test.text, text)
			assert.Equal(t, test.carets, carets)
		})
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1.0 KB", 4100: "4.1 KB", 999_960: "1.0 MB", 14_100_000_000: "14.1 GB",
	} {
		assert.Equal(t, want, size(n))
	}
}

func FuzzShow(f *testing.F) {
	_, hex, _ := keys()
	f.Add("\x1b]0;x\a\n::error::\u202e\xff##[x]")
	f.Add("\xe2" + hex.Raw() + "\n")
	f.Fuzz(func(t *testing.T, s string) {
		shown := Show(s)
		assert.True(t, utf8.ValidString(shown))
		assert.NotContains(t, shown, "##[")
		assert.Equal(t, -1, strings.IndexFunc(shown, stream.Hostile), "a hostile character is in it")
		assert.Equal(t, shown, rules.Mask(shown), "a key is left")
		assert.Equal(t, shown, Show(shown), "shown twice it is the same")
		assert.False(t, strings.HasPrefix(strings.TrimSpace(showPath(s)), "::"))
	})
}

// Where there is no room for a whole line, what is around the key is left, and the carets stand under it.
func TestSnippetFits(t *testing.T) {
	line := scanner.Line{Text: strings.Repeat("a", 60) + "pk_****ef01" + strings.Repeat("b", 60)}
	line.Start, line.End = 60, 71
	for room := leastWidth; room < 140; room++ {
		text, carets := snippet(line, room)
		assert.LessOrEqual(t, columns(text), room)
		assert.GreaterOrEqual(t, columns(text), min(room, len(line.Text))-1)
		at := strings.Index(carets, "^")
		assert.Equal(t, "pk_****ef01", string([]rune(text)[at:at+11]), room)
		assert.Equal(t, room < len(line.Text), strings.Contains(text, ellipsis))
	}
	line.Text, line.Start, line.End = strings.Repeat("鍵", 60)+"pk_****ef01"+strings.Repeat("鍵", 60), 180, 191
	for room := leastWidth; room < 140; room++ {
		text, carets := snippet(line, room)
		assert.LessOrEqual(t, columns(text), room)
		assert.GreaterOrEqual(t, columns(text), room-4)
		before, _, _ := strings.Cut(text, "pk_")
		assert.Equal(t, columns(before), strings.Index(carets, "^"), room)
	}
	line.Text, line.Start, line.End = "pk_****ef01 "+strings.Repeat("ü", 100), 0, 11
	text, carets := snippet(line, 50)
	assert.Equal(t, "pk_****ef01 "+strings.Repeat("ü", 37)+ellipsis, text)
	assert.Equal(t, strings.Repeat("^", 11), carets)
	text, _ = snippet(line, -7)
	assert.Equal(t, line.Text, text)
}

// However a paragraph is wrapped, no line of it begins as a command of GitHub Actions does.
func TestParagraphIsNoCommand(t *testing.T) {
	for _, word := range []string{"::stop-commands::x", ":::", "::", "\u0301::error::x"} {
		for n := range 130 {
			var out bytes.Buffer
			w := textWriter{Writer: bufio.NewWriter(&out)}
			w.paragraph(word + " " + strings.Repeat("x", n) + " " + word + " y")
			require.NoError(t, w.Flush())
			for line := range strings.Lines(out.String()) {
				line = strings.TrimFunc(line, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Mn, r) })
				assert.False(t, strings.HasPrefix(line, "::"), line)
			}
		}
	}
	for text, want := range map[string]string{
		"##vso[task.complete]x": `##vso\x5btask.complete]x`, "##teamcity[x": `##teamcity\x5bx`, "##[error]": `##\x5berror]`,
		"# vso[x": "# vso[x", "## a[1]": "## a[1]", "#a[1]": "#a[1]",
	} {
		assert.Equal(t, want, Show(text))
	}
}
