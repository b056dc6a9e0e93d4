// This file tests what GitHub Actions makes of a report: the commands that were meant and no other, within its limits.

package report

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// issued is a command as the runner reads it.
type issued struct {
	name, data string
	properties map[string]string
}

// runnerCommands are those that a runner knows, in src/Runner.Worker/ActionCommandManager.cs of actions/runner.
var runnerCommands = []string{
	"error", "warning", "notice", "debug", "group", "endgroup", "echo", "add-mask", "add-path", "add-matcher", "remove-matcher",
	"set-env", "set-output", "save-state", "stop-commands", "internal-set-repo-path",
}

// read returns the command in a line, as ActionCommand.TryParseV2 and TryParse of the runner do; but it passes over all
// that is not ASCII at the beginning, since a comparison by the rules of a language may pass over any of it.
func read(line string) (issued, bool) {
	known := func(name string) bool {
		return slices.ContainsFunc(runnerCommands, func(c string) bool { return strings.EqualFold(c, name) })
	}
	rest := strings.TrimLeftFunc(line, func(r rune) bool { return unicode.IsSpace(r) || r > unicode.MaxASCII || r < ' ' })
	if rest, ok := strings.CutPrefix(rest, "::"); ok {
		if info, data, ok := strings.Cut(rest, "::"); ok {
			name, properties, _ := strings.Cut(info, " ")
			if known(name) {
				return issued{name, unescape(data, "%0D", "\r", "%0A", "\n", "%25", "%"), readProperties(properties)}, true
			}
		}
	}
	if _, rest, ok := strings.Cut(line, "##["); ok {
		if info, data, ok := strings.Cut(rest, "]"); ok {
			name, _, _ := strings.Cut(info, " ")
			if known(name) {
				return issued{name: name, data: data}, true
			}
		}
	}
	return issued{}, false
}

func readProperties(text string) map[string]string {
	all := map[string]string{}
	for property := range strings.SplitSeq(strings.TrimSpace(text), ",") {
		name, value, _ := strings.Cut(strings.TrimLeft(property, "="), "=")
		if value = strings.TrimLeft(value, "="); name != "" && value != "" { // Split removes empty entries
			all[name] = unescape(value, "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
		}
	}
	return all
}

// unescape replaces one after the other, as the runner does.
func unescape(s string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, pairs[i], pairs[i+1])
	}
	return s
}

// meant is what the runner has to read for c.
func meant(c command) issued {
	want := issued{c.name, Show(c.message), map[string]string{}}
	for name, value := range map[string]int{"line": c.line, "endLine": c.endLine, "col": c.column, "endColumn": c.endColumn} {
		if value > 0 {
			want.properties[name] = fmt.Sprint(value)
		}
	}
	if c.title != "" {
		want.properties["title"] = Show(c.title)
	}
	if c.file != "" {
		want.properties["file"] = Show(c.file)
		if strings.HasPrefix(c.file, "=") {
			want.properties["file"] = "./" + Show(c.file)
		}
	}
	return want
}

// onlyMeant fails unless the runner reads the commands that r is worth and no other. It returns the text without them.
func onlyMeant(t testing.TB, text string, r *scanner.Report) string {
	t.Helper()
	var want []issued
	if found := countFindings(r); found.all > 0 {
		want = append(want, meant(command{name: "group", message: "klaviyolint: " + found.String()}), meant(command{name: "endgroup"}))
	}
	for _, c := range annotations(r) {
		want = append(want, meant(c))
	}
	var got []issued
	var rest strings.Builder
	for line := range strings.Lines(text) {
		c, ok := read(strings.TrimSuffix(line, "\n"))
		if !ok {
			rest.WriteString(line)
			continue
		}
		got = append(got, c)
		assert.NotContains(t, line, "##[")
		// The line is harmless to look at as well, but for how it begins.
		rest.WriteString(" " + strings.TrimLeft(line, ":"))
	}
	assert.Equal(t, want, got)
	levels := map[string]int{}
	for _, c := range got {
		levels[c.name]++
	}
	for _, level := range []string{"error", "warning", "notice"} {
		assert.LessOrEqual(t, levels[level], perLevel, level)
	}
	return rest.String()
}

func TestEscapesAsActionsCoreDoes(t *testing.T) {
	c := command{name: "error", file: "a,b::c%0A=d", title: "t:,%", message: "50%25 of a,b::c"}
	assert.Equal(t, "::error file=a%2Cb%3A%3Ac%250A=d,title=t%3A%2C%25::50%2525 of a,b::c", c.String())
	got, ok := read(c.String())
	require.True(t, ok)
	assert.Equal(t, meant(c), got)
}

// many returns a report with so many findings of each level, and so many gaps.
func many(errors, warnings, notes, gaps, accepted int) *scanner.Report {
	_, hex, _ := keys()
	r := &scanner.Report{Stats: scanner.Stats{Files: 1}}
	for i, n := range []int{notes, warnings, errors} {
		for j := range n {
			f := found(leak, hex, fmt.Sprintf("%d/%d.js", i, j), j+1, "", "")
			f.Level = []rules.Level{rules.Note, rules.Warning, rules.Error}[i]
			if j == n-1 {
				f.Rule = loader // the worst comes last
			}
			r.Findings = append(r.Findings, f)
		}
	}
	for i := range gaps + accepted {
		r.Skipped = append(r.Skipped, scanner.Skipped{Path: fmt.Sprint("gap", i), Reason: "no", Accepted: i >= gaps})
	}
	return r
}

func TestAnnotationsWithinLimits(t *testing.T) {
	for _, test := range []struct {
		errors, warnings, notes, gaps, accepted int
		wantErrors, wantWarnings, wantNotices   int
		last                                    string
	}{
		{0, 0, 0, 0, 0, 0, 0, 0, ""},
		{10, 10, 10, 0, 0, 10, 10, 10, ""},
		{9, 0, 0, 1, 0, 10, 0, 0, ""},
		{11, 0, 0, 0, 0, 10, 0, 1, "1 more finding (1 error)"},
		{10, 0, 0, 1, 0, 10, 0, 1, "1 more finding (1 error)"},
		{0, 0, 0, 11, 0, 10, 0, 0, ""},
		{30, 30, 30, 30, 30, 10, 10, 10, "63 more findings (21 errors, 20 warnings, 22 notes)"},
		{0, 0, 10, 0, 1, 0, 0, 10, "2 more findings (2 notes)"},
	} {
		r := many(test.errors, test.warnings, test.notes, test.gaps, test.accepted)
		all := annotations(r)
		count := map[string]int{}
		open := 0
		for _, c := range all {
			count[c.name]++
			if c.title == "Not scanned" && c.name == "error" {
				open++
			}
		}
		assert.Equal(t, []int{test.wantErrors, test.wantWarnings, test.wantNotices},
			[]int{count["error"], count["warning"], count["notice"]}, "%+v", test)
		assert.Equal(t, test.gaps > 0, open > 0, "%+v: what was not scanned is said", test)
		if test.last != "" {
			assert.True(t, strings.HasPrefix(all[len(all)-1].message, test.last), all[len(all)-1].message)
		}
		if test.errors > 1 {
			assert.Contains(t, all[0].title, loader.ID, "the worst comes first")
		}
		harmless(t, onlyMeant(t, render(t, GitHub, r, Options{}), r))
	}
	gaps := annotations(many(0, 0, 0, 30, 0))
	assert.Equal(t, "21 more were not scanned. The log of this step lists them.", gaps[9].message)
}

func TestAnnotationPlaces(t *testing.T) {
	_, hex, _ := keys()
	emoji := annotation(found(leak, hex, "a.js", 3, "😀", ""))
	assert.Equal(t, []int{3, 3, 3, 39}, []int{emoji.line, emoji.endLine, emoji.column, emoji.endColumn}, "UTF-16, the last column")
	two := found(leak, hex, "a.js", 3, "", "")
	two.End.Lines++
	lines := annotation(two)
	assert.Equal(t, []int{3, 4, 0, 0}, []int{lines.line, lines.endLine, lines.column, lines.endColumn})
	past := found(leak, hex, "a.js", 3, "", "")
	past.Commit, past.Reach = &scanner.Commit{ID: "c0ffee0ddba1", Subject: "x"}, "ref"
	history := annotation(past)
	assert.Empty(t, history.file)
	assert.Zero(t, history.line)
	assert.True(t, strings.HasPrefix(history.message, "a.js:3:1: Private key "))
	assert.Contains(t, history.message, "It was brought in by c0ffee0ddba1: x (ref).")

	// What HEAD has of a history is checked out.
	past.Reach, past.History = "head", true
	here := annotation(past)
	assert.Equal(t, []any{"a.js", 3}, []any{here.file, here.line})
	assert.True(t, strings.HasSuffix(here.message, " It was brought in by c0ffee0ddba1: x (head)."))
	for _, name := range []string{"commit:c0ffee", "tag:v1/rc", "lib/ref:refs/heads/a"} {
		past.Path = name
		assert.Empty(t, annotation(past).file, name)
	}
	past.Path, past.Slot = "a.js", "name"
	assert.Empty(t, annotation(past).file)
}

func TestPlaceOfAnnotations(t *testing.T) {
	_, hex, _ := keys()
	r := &scanner.Report{Findings: []*scanner.Finding{found(leak, hex, "a.js", 1, "", ""), found(leak, hex, "../b.js", 1, "", "")}}
	text := render(t, GitHub, r, Options{Place: func(path string) string {
		if strings.HasPrefix(path, "../") {
			return "/elsewhere/" + path[3:]
		}
		return "apps/web/" + path
	}})
	assert.Contains(t, text, "::warning file=apps/web/a.js,line=1")
	assert.Contains(t, text, "::warning file=../b.js,line=1")
	assert.Contains(t, text, "\na.js:1:1: warning: ", "the text names what the user named")
}

// summary is StepSummary as a writer.
func summary(w io.Writer, r *scanner.Report, _ Options) error {
	return StepSummary(w, r, MaxStepSummary)
}

func stepSummary(t testing.TB, r *scanner.Report, room int) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, StepSummary(&out, r, room))
	assert.LessOrEqual(t, out.Len(), room)
	return out.String()
}

var (
	summaryTags = regexp.MustCompile(`</?(h2|h3|p|b|br|ul|ol|li|table|tr|th|td|code|summary|details)>|<details open>`)
	entities    = regexp.MustCompile(`&(amp|lt|gt|#34|#39);`)
)

// inert fails if anything in a summary is not HTML of ours, or could be read as Markdown.
func inert(t testing.TB, text string) {
	t.Helper()
	if text == "" {
		return
	}
	harmless(t, text)
	require.True(t, strings.HasPrefix(text, "\n<"))
	assert.NotContains(t, text[1:], "\n\n", "an empty line ends the block")
	rest := summaryTags.ReplaceAllString(text, "")
	assert.False(t, strings.ContainsAny(rest, "<>"), "a tag that is not ours")
	assert.NotContains(t, entities.ReplaceAllString(rest, ""), "&")
	for _, tag := range []string{"h2", "h3", "p", "b", "ul", "ol", "li", "table", "tr", "th", "td", "code", "summary"} {
		assert.Equal(t, strings.Count(text, "<"+tag+">"), strings.Count(text, "</"+tag+">"), tag)
	}
}

func TestStepSummary(t *testing.T) {
	text := stepSummary(t, hostile(), MaxStepSummary)
	inert(t, text)
	assert.Contains(t, text, "Not scanned: 4. The result is incomplete.")
	assert.Contains(t, text, "Stopped before the end")
	for _, r := range []*scanner.Report{many(2000, 2000, 2000, 100, 3), many(0, 0, 0, 100, 0), {}} {
		for _, room := range []int{MaxStepSummary, 100_000, 20_000, 5_000, 500, 50, 0} {
			text := stepSummary(t, r, room)
			inert(t, text)
			if room > 15_000 && len(r.Findings) > 0 {
				assert.Contains(t, text, "Not scanned: 100. The result is incomplete.")
				assert.Contains(t, text, "What to do with an exposed key")
				rows := strings.Count(text, "<tr><td>")
				if rows < len(r.Findings) {
					assert.Contains(t, text, fmt.Sprintf("… and %d more finding", len(r.Findings)-rows))
				}
			}
		}
	}
}
