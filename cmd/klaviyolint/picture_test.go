// This file draws docs/run.svg, the picture of a run at the top of the README, from what the program prints.

package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/report"
	"github.com/klaviyolint/klaviyolint/scanner/source"
)

const (
	pictureColumns = 108
	cellWidth      = 7.8 // of a character in pixels, at 13 pixels
	cellHeight     = 19
	pictureMargin  = 20
	pictureBar     = 36 // the window's bar
)

// The picture shows what the program prints on a terminal; -update draws it.
func TestPictureIsFresh(t *testing.T) {
	t.Chdir("../../testdata/demo")
	r := scanner.Scan(t.Context(), &source.Dir{Root: "theme"}, scanner.Options{Version: version()})
	require.True(t, r.Complete())
	var out bytes.Buffer
	require.NoError(t, report.Text(&out, r, report.Options{Color: true, Width: pictureColumns}))
	drawn := picture("klaviyolint theme", out.String())
	require.NoError(t, xml.Unmarshal([]byte(drawn), new(struct{ XMLName xml.Name })))
	assert.NotContains(t, drawn, "\x1b")
	const name = "../../docs/run.svg"
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(drawn), 0o644))
	}
	got, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, drawn, string(got), "docs/run.svg is stale: run make golden")
}

// picture draws a terminal in which command printed output, which may have SGR sequences. It has its own ground and edge,
// so that it can be read on light and dark pages, and stretches what is written to its cells, whichever font there is.
func picture(command, output string) string {
	lines := strings.Split(strings.TrimRight(output, "\n"), "\n")
	width := pictureColumns*cellWidth + 2*pictureMargin
	height := pictureBar + (len(lines)+2)*cellHeight + pictureMargin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" viewBox="0 0 %.0f %d" role="img" aria-label="What klaviyolint prints of a theme">
<!-- drawn by TestPictureIsFresh from what the program prints: run make golden -->
<style>
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d1d7e0; white-space: pre }
.bold { font-weight: 700; fill: #f0f6fc } .dim { fill: #7d8590 } .error { font-weight: 700; fill: #ff7b72 } .prompt { fill: #56d364 }
</style>
<rect x=".5" y=".5" width="%.0f" height="%d" rx="9" fill="#11161d" stroke="#3d444d"/>
<circle cx="20" cy="18" r="5.5" fill="#ff5f57"/><circle cx="38" cy="18" r="5.5" fill="#febc2e"/><circle cx="56" cy="18" r="5.5" fill="#28c840"/>
`, width, height, width, height, width-1, height-1)
	y := pictureBar + cellHeight
	cells(&b, 0, y, "prompt", "$")
	cells(&b, 2, y, "bold", command)
	for _, line := range lines {
		y += cellHeight
		column, class := 0, ""
		for i, part := range strings.Split(line, "\x1b[") {
			if i > 0 {
				var code string
				code, part, _ = strings.Cut(part, "m")
				class = map[string]string{"1": "bold", "2": "dim", "1;31": "error"}[code]
			}
			cells(&b, column, y, class, part)
			column += utf8.RuneCountInString(part)
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// cells writes text from a column on.
func cells(b *strings.Builder, column, y int, class, text string) {
	left := len(text) - len(strings.TrimLeft(text, " "))
	column += left
	text = strings.TrimRight(text[left:], " ")
	if text == "" {
		return
	}
	if class != "" {
		class = ` class="` + class + `"`
	}
	n := utf8.RuneCountInString(text)
	fmt.Fprintf(b, `<text x="%.1f" y="%d" textLength="%.1f" lengthAdjust="spacingAndGlyphs"%s>`, pictureMargin+float64(column)*cellWidth, y, float64(n)*cellWidth, class)
	_ = xml.EscapeText(b, []byte(text))
	b.WriteString("</text>\n")
}
