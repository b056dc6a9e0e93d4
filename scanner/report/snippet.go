// This file shows a finding's line and points at the key in it.

package report

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// tab is what a tab is shown as: a terminal's own tab stops would move the carets.
const tab = "    "

// snippet returns the line as it may be shown and the carets that stand under the key when both begin in one column;
// no carets when it is not known where the key stands in the line. Where there is no room for all of the line, as much is
// left of it as has room around the key; room is in columns, and any number below leastWidth is room enough.
func snippet(l scanner.Line, room int) (text, carets string) {
	before, key, after, known := snippetParts(l)
	if !known {
		return before, ""
	}
	if room >= leastWidth {
		side := max(0, room-columns(key)) / 2
		spare := max(0, side-columns(after)) // what one side does not need is the other's
		before = lastColumns(before, side+spare)
		after = firstColumns(after, max(0, room-columns(key)-columns(before)))
	}
	return before + key + after, strings.Repeat(" ", columns(before)) + strings.Repeat("^", max(1, columns(key)))
}

// snippetParts returns the line as it may be shown: what stands before the key, the key, what stands behind it. When it is
// not known where the key stands in the line, all of it stands before.
func snippetParts(l scanner.Line) (before, key, after string, known bool) {
	sound := 0 <= l.Start && l.Start <= l.End && l.End <= len(l.Text) &&
		boundary(l.Text, l.Start) && boundary(l.Text, l.End)
	if l.Text == "" || !sound || rules.Mask(l.Text) != l.Text { // masking moves what follows
		return showLine(l.Text), "", "", false
	}
	return showLine(l.Text[:l.Start]), showLine(l.Text[l.Start:l.End]), showLine(l.Text[l.End:]), true
}

// ellipsis stands for what was left out.
const ellipsis = "…"

// firstColumns returns as much of the start of shown text as has room.
func firstColumns(shown string, room int) string {
	if columns(shown) <= room {
		return shown
	}
	n := 1
	for i, r := range shown {
		if n += columns(string(r)); n > room {
			return shown[:i] + ellipsis
		}
	}
	return shown
}

// lastColumns returns as much of the end of shown text as has room.
func lastColumns(shown string, room int) string {
	left := columns(shown)
	if left <= room {
		return shown
	}
	for i, r := range shown {
		if left+1 <= room && columns(string(r)) > 0 {
			return ellipsis + shown[i:]
		}
		left -= columns(string(r))
	}
	return ellipsis
}

func showLine(s string) string { return Show(strings.ReplaceAll(s, "\t", tab)) }

// boundary tells whether a character begins or the text ends at text[i:].
func boundary(text string, i int) bool { return i == len(text) || utf8.RuneStart(text[i]) }

// columns counts the columns that a terminal shows text in: marks stand on the character before, and wide characters, those
// of East Asia and emoji, take two (https://www.unicode.org/reports/tr11).
func columns(shown string) int {
	n := 0
	for _, r := range shown {
		switch {
		case r < 0x300:
			n++
		case unicode.In(r, unicode.Mn, unicode.Me):
		case slices.Contains([]width.Kind{width.EastAsianWide, width.EastAsianFullwidth}, width.LookupRune(r).Kind()):
			n += 2
		default:
			n++
		}
	}
	return n
}
