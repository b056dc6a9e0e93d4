// This file makes text from outside safe to show in a terminal or a log: paths, lines, commit subjects, error texts.

package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/sarif/stream"
)

// Show returns s as it may stand in a line of a terminal or a log: its keys masked, and control characters,
// bidirectional controls, other invisible format characters and bytes that are no UTF-8 escaped as \n, \t, \xNN, \uNNNN
// or \UNNNNNNNN. The result is valid UTF-8 in one line. A backslash stays as it is, so that Windows paths and code can
// be read; the result is for eyes, not to be turned back.
func Show(s string) string {
	return string(stream.Escape(nil, rules.Mask(s), func(dst []byte, r rune, raw string) []byte {
		switch {
		case r == '\n':
			return append(dst, `\n`...)
		case r == '\r':
			return append(dst, `\r`...)
		case r == '\t':
			return append(dst, `\t`...)
		case r == utf8.RuneError || r <= 0x7f: // a byte that is no UTF-8, or C0, DEL, a bracket
			return fmt.Appendf(dst, `\x%02x`, raw[0])
		case r <= 0xffff:
			return fmt.Appendf(dst, `\u%04x`, r)
		}
		return fmt.Appendf(dst, `\U%08x`, r)
	}))
}

// showPath returns a path as it may stand at the beginning of a line, with a colon behind it. The runner of GitHub Actions takes a line that
// begins with ::error or the like for a command, after any blanks (actions/runner, ActionCommand.TryParseV2), so such
// a path gets ./ before it.
func showPath(path string) string {
	shown := Show(path)
	if shown == "" {
		return "(no path)"
	}
	if c := shown[0]; strings.Contains(shown, ":") && (c == ' ' || c == ':' || c >= 0x80) {
		return "./" + shown
	}
	return shown
}
