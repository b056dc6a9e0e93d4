// This file writes a report for the log of GitHub Actions: the text that people read, and workflow commands, which GitHub
// shows as annotations on the commit and the pull request.
//
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands: a step's annotations beyond 10
// errors, 10 warnings and 10 notices are dropped without a word. So the worst are written, at least one says what was not
// scanned, and the last says how many more there are.

package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// perLevel is how many annotations of a level GitHub takes of a step.
const perLevel = 10

// GitHub writes the report for the log of GitHub Actions: the findings as text in a group that can be opened, an
// annotation for the worst findings and for what was not scanned, and the summary of the text. Nothing from outside can
// become a command: text and commands are in lines of their own, and both show it as [Show] does.
func GitHub(w io.Writer, r *scanner.Report, opts Options) error {
	opts.Color = false // the runner's own colours are those of the commands
	out := textWriter{Writer: bufio.NewWriter(w), Options: opts}
	if found := countFindings(r); found.all > 0 {
		out.line("%s", command{name: "group", message: "klaviyolint: " + found.String()})
		out.findings(r)
		out.line("%s", command{name: "endgroup"})
	}
	for _, c := range annotations(r) {
		c.file = opts.placed(c.file)
		out.line("%s", c)
	}
	out.end(r)
	return out.Flush()
}

// annotations returns the commands for what is the worst of the report.
func annotations(r *scanner.Report) []command {
	found, gaps := map[rules.Level][]*scanner.Finding{}, map[rules.Level][]command{}
	for _, f := range worstFirst(r) {
		found[f.Level] = append(found[f.Level], f)
	}
	if r.Stopped != "" {
		gaps[rules.Error] = append(gaps[rules.Error], gap("Stopped before the end, so the result is incomplete: "+r.Stopped))
	}
	for _, s := range r.Skipped {
		level, was := rules.Error, " was not scanned: "
		if s.Accepted {
			level, was = rules.Note, " was not scanned, which was accepted: "
		}
		c := gap(cmp.Or(s.Path, "Something") + was + s.Reason)
		if s.Path != "." { // which is no file to annotate
			c.file = s.Path
		}
		gaps[level] = append(gaps[level], c)
	}

	var all []command
	left := map[rules.Level]int{}
	for _, level := range []rules.Level{rules.Error, rules.Warning, rules.Note} {
		findings, open := found[level], gaps[level]
		room := perLevel
		if level == rules.Note && (len(left) > 0 || len(findings)+len(open) > perLevel) {
			room-- // for the last words
		}
		if n := room - min(len(open), 1); len(findings) > n {
			left[level] = len(findings) - n
			findings = findings[:n]
		}
		for _, f := range findings {
			all = append(all, annotation(f))
		}
		if n := room - len(findings); len(open) > n {
			open[n-1] = gap(fmt.Sprintf("%d more were not scanned. The log of this step lists them.", len(open)-n+1))
			open = open[:n]
		}
		for _, c := range open {
			c.name = levelCommand(level)
			all = append(all, c)
		}
	}
	if len(left) > 0 {
		all = append(all, lastWords(left))
	}
	return all
}

// worstFirst returns the findings that stand: by level, what everybody can read first, else as they came.
func worstFirst(r *scanner.Report) []*scanner.Finding {
	var found []*scanner.Finding
	for _, f := range r.Findings {
		if f.Suppressed == "" {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b *scanner.Finding) int {
		return cmp.Or(cmp.Compare(b.Level, a.Level), cmp.Compare(harm(b), harm(a)))
	})
	return found
}

// harm orders the kinds of rules.
func harm(f *scanner.Finding) int {
	return slices.Index([]rules.Kind{rules.Hygiene, rules.Exposure, rules.Misuse}, f.Rule.Kind)
}

// annotation returns the command for a finding. What stands in a version of history that is not checked out has no line in
// the files that are, so the message says where it is.
func annotation(f *scanner.Finding) (c command) {
	c = command{name: levelCommand(f.Level), title: f.Rule.Title + " [" + f.Rule.ID + "]", message: f.Message()}
	if f.Commit != nil {
		defer func() { c.message += " It was " + broughtInBy(f) + "." }()
	}
	if !checkedOut(f) {
		c.message = fmt.Sprintf("%s:%d:%d: %s", Show(f.Path), f.Start.Line(), f.Start.Column(), c.message)
		return c
	}
	c.file, c.line, c.endLine = f.Path, f.Start.Line(), max(f.Start.Line(), f.End.Line())
	if c.line == c.endLine { // else GitHub takes no columns
		// The last column, not the one behind it: without an end, one column is meant.
		c.column, c.endColumn = f.Start.ColumnUTF16(), max(f.Start.ColumnUTF16(), f.End.ColumnUTF16()-1)
	}
	return c
}

// checkedOut tells that a finding stands in a file that is checked out: what a range brings in and HEAD still has, too, so
// that a pull request is annotated at the line. A later commit may have moved that a little.
func checkedOut(f *scanner.Finding) bool {
	if f.Path == "" || f.InFile() {
		return f.Path != ""
	}
	if f.Reach != "head" || f.Slot == "name" {
		return false
	}
	return objectKind(f.Path) == ""
}

// objectKind says what a path of a history names if it is no file: commit, tag, ref, blob, object; else "". Names of tags and
// refs have slashes, and merge puts a repository's name before them, so what is in a directory "tag:x" is taken for a tag.
func objectKind(path string) string {
	for part := range strings.SplitSeq(path, "/") {
		kind, _, named := strings.Cut(part, ":")
		if named && slices.Contains([]string{"commit", "tag", "ref", "blob", "object"}, kind) {
			return kind
		}
	}
	return ""
}

func gap(text string) command { return command{title: "Not scanned", message: text} }

func lastWords(left map[rules.Level]int) command {
	all := 0
	var levels []string
	for _, level := range []rules.Level{rules.Error, rules.Warning, rules.Note} {
		if n := left[level]; n > 0 {
			all += n
			levels = append(levels, plural(n, level.String()))
		}
	}
	return command{name: levelCommand(rules.Note), title: "More findings", message: fmt.Sprintf(
		"%s (%s): GitHub shows %d of a level. All of them are in the log of this step, in the group 'klaviyolint'.",
		plural(all, "more finding"), strings.Join(levels, ", "), perLevel)}
}

func levelCommand(level rules.Level) string {
	if level == rules.Note {
		return "notice"
	}
	return level.String()
}
