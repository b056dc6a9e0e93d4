package source

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// What git commit -v writes is found, and nothing else is taken for it: of its lines those are known that the file has.
// Here every file has every line that begins with h.
func TestVerboseDiff(t *testing.T) {
	const file = "diff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@ hdr\n"
	const known = "@@ -1,2 +1,2 @@ hdr|"
	cut := "#" + cutLine + "\n"
	intro := "# Do not modify\n"
	long := strings.Repeat("h", 100_000)
	for _, c := range []struct {
		name, text string
		above      string // what stands above the scissors; "no" for none
		last       bool
		known      string // each line followed by |
	}{
		{"nothing", "", "no", false, ""},
		{"no scissors", "s\n" + file + "-h\n", "no", false, ""},
		{"a diff", "s\n" + cut + intro + "\n" + file + "-h\n+h\n h\n-x\n\\ h\n-hh", "s\n", true, known + "-h|+h| h|-hh|"},
		{"comments alone", "s\n" + cut + intro + "\n#\tmodified: h\n", "s\n", true, ""},
		{"a longer prefix", "s\n//" + cutLine + "\n// no\n" + file + "-h\n", "s\n", true, known + "-h|"},
		{"another prefix", "s\n" + cut + "//" + cutLine + "\n" + file + "-h\n", "s\n", false, ""},
		{"long lines", long + "\n" + cut + "#" + long + "\n" + file + "-" + long + "\n-x" + long, long + "\n", true, known + "-" + long + "|"},
		{"a line like a header", cut + file + "--- h\n+++ h\n-h\n", "", true, known + "-h|"},
		{"two files", cut + file + "-h\ndiff --git a/g b/g\n-h\n--- a/g\n+++ b/g\n@@ -1 +1 @@\n+h", "", true, known + "-h|+h|"},
		{"-vv", cut + file + "-h\n#" + nextDiff + "\n# Changes:\n" + file + "+h\n", "", true, known + "-h|" + known + "+h|"},
		{"status below", cut + file + "-h\n\n# Please enter\n", "", false, known + "-h|"},
		{"used once more with -v", cut + file + "-h\n\n# Please enter\n" + cut + intro + file + "-h\n", "", true, known + "-h|" + known + "-h|"},
		{"text below", cut + "h\n" + file + "-h\n", "", false, ""},
		{"a merge's diff", cut + "diff --cc f\n--- a/f\n+++ b/f\n@@@ -1 -1 +1 @@@ h\n--h\n", "", false, ""},
		{"no file", cut + "diff --git a/f b/f\n@@ -1 +0,0 @@ h\n-h\n", "", true, ""},
		{"within a line", "subject #" + long + cutLine + "\n", "no", false, ""},
		{"no prefix", cutLine + "\n# do not modify\n", "no", false, ""},
		{"no line end", "subject\n#" + cutLine, "no", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := verboseDiff{held: func(_ []string, line string, _ bool) bool { return strings.HasPrefix(line, "h") }}
			require.NoError(t, d.read(strings.NewReader(c.text)))
			assert.Equal(t, c.above == "no", d.comment == nil)
			if d.comment != nil {
				assert.Equal(t, c.above, c.text[:d.cut])
			}
			assert.Equal(t, c.last, d.last())
			got := ""
			for _, s := range d.known {
				got += c.text[s.Start:s.End] + "|"
			}
			assert.Equal(t, c.known, got)
		})
	}
	broken := errors.New("broken")
	assert.ErrorIs(t, new(verboseDiff).read(iotest.ErrReader(broken)), broken)
}

func TestPathsInDiff(t *testing.T) {
	assert.Equal(t, []string{"d/f", "a/d/f"}, pathsInDiff("a/d/f"))
	assert.Equal(t, []string{"f g", "b/f g"}, pathsInDiff("b/f g\t"))
	assert.Equal(t, []string{"f"}, pathsInDiff("f"))
	assert.Equal(t, []string{"ä\t\"", "a/ä\t\""}, pathsInDiff(`"a/\303\244\t\""`))
	assert.Empty(t, pathsInDiff("/dev/null"))
}

// What is not to be searched is left out of each window, and of nothing else.
func TestWithout(t *testing.T) {
	window := func(start int64, fresh ...scanner.Span) scanner.Blob {
		return scanner.Blob{Data: make([]byte, 100), Start: scanner.Position{Offset: start}, Fresh: fresh}
	}
	known := []scanner.Span{{Start: 10, End: 20}, {Start: 20, End: 25}, {Start: 150, End: 250}}
	assert.Nil(t, without(window(0), nil))
	assert.Equal(t, []scanner.Span{{Start: 0, End: 10}, {Start: 25, End: 100}}, without(window(0), known))
	assert.Equal(t, []scanner.Span{{Start: 12, End: 50}}, without(window(0, scanner.Span{Start: 12, End: 50}), known[2:]))
	assert.Equal(t, []scanner.Span{{Start: 25, End: 50}}, without(window(0, scanner.Span{Start: 12, End: 50}), known))
	assert.Equal(t, []scanner.Span{{Start: 5, End: 50}}, without(window(100, scanner.Span{Start: 5, End: 90}), known))
	none := without(window(150), known)
	assert.NotNil(t, none) // nil would be all
	assert.Empty(t, none)
}

// Of a line that is too long only what was looked at can be known; where the lines after it stand is right all the same.
func TestLongLineOfDiff(t *testing.T) {
	head := "subject\n# ------------------------ >8 ------------------------\n# comment\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n"
	long := "-" + strings.Repeat("a", 3*longestLine) + "\n"
	text := head + long + "-b\n"
	d := verboseDiff{held: func([]string, string, bool) bool { return true }}
	require.NoError(t, d.read(strings.NewReader(text)))
	assert.Equal(t, len(text), d.at)
	assert.Equal(t, []scanner.Span{
		{Start: len(head), End: len(head) + longestLine}, {Start: len(head) + len(long), End: len(text) - 1},
	}, d.known)
}
