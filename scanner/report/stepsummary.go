// This file writes the summary of a step of GitHub Actions, a page that GitHub shows beside the log:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary

package report

import (
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/sarif/stream"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// MaxStepSummary is how many bytes GitHub takes of a step's summary; it refuses a larger one whole.
const MaxStepSummary = 1 << 20

// StepSummary writes the report as Markdown of at most room bytes: each key with the places where it stands, what was not
// scanned, and what to do. What does not fit is left out, and the page says how much that is.
//
// All of it is one block of HTML without an empty line, in which GitHub reads no Markdown (GitHub Flavored Markdown, 4.6),
// and what comes from outside stands in <code>, where it makes no links of mentions and numbers either. So nothing but
// HTML has to be escaped.
func StepSummary(w io.Writer, r *scanner.Report, room int) error {
	page := summaryPage{room: room}
	head, gaps, tail := page.head(r), openGaps(r), page.tail(r)
	if len(head)+len(gaps)+len(tail)+cutEnd > room {
		head = "\n<p>klaviyolint has no room here: its report is in the log of this step.</p>\n"
		if len(head) > room {
			return nil
		}
		_, err := io.WriteString(w, head)
		return err
	}
	page.room -= len(head) + len(gaps) + len(tail)
	_, err := io.WriteString(w, head+gaps+page.keys(r)+tail)
	return err
}

// cutEnd is more than the bytes that end a page which is cut.
const cutEnd = 200

// summaryPage is a page that is being written.
type summaryPage struct{ room int }

func (p *summaryPage) head(r *scanner.Report) string {
	said, found := verdict(r), countFindings(r)
	if found.all > 0 {
		said = found.String()
	}
	text := "\n<h2>klaviyolint</h2>\n<p><b>" + html.EscapeString(said) + "</b>"
	for _, line := range found.besides(r) {
		text += "<br>" + code(line)
	}
	if scannedAny(r.Stats) {
		text += "<br>" + html.EscapeString(scannedLine(r))
	}
	return text + "</p>\n"
}

// openGaps lists what was not scanned.
func openGaps(r *scanner.Report) string {
	const most = 50
	var out strings.Builder
	if r.Stopped != "" {
		fmt.Fprintf(&out, "<p>⚠️ <b>Stopped before the end, so the result is incomplete:</b> %s</p>\n", code(r.Stopped))
	}
	for _, g := range gapsOf(r) {
		fmt.Fprintf(&out, "<details open><summary>⚠️ <b>%s</b></summary>\n<ul>\n", g.said)
		for _, s := range g.all[:min(len(g.all), most)] {
			fmt.Fprintf(&out, "<li>%s: %s</li>\n", code(showPath(s.Path)), code(s.Reason))
		}
		if more := len(g.all) - most; more > 0 {
			fmt.Fprintf(&out, "<li>… and %d more, in the log of this step</li>\n", more)
		}
		out.WriteString("</ul>\n</details>\n")
	}
	return out.String()
}

// tail says what to do.
func (p *summaryPage) tail(r *scanner.Report) string {
	if !tally(r).exposed {
		return ""
	}
	var steps strings.Builder
	for _, step := range rules.RotationText() {
		steps.WriteString("<li>" + html.EscapeString(step) + "</li>\n")
	}
	return "<details open><summary>What to do with an exposed key</summary>\n<ol>\n" + steps.String() + "</ol>\n</details>\n"
}

// keys writes the findings of each key, the worst first, and then those without a key, as far as there is room.
func (p *summaryPage) keys(r *scanner.Report) string {
	var out strings.Builder
	found := worstFirst(r)
	written, all := 0, len(found)
	var groups [][]*scanner.Finding
	var words []*scanner.Finding
	for _, g := range sameKey(found) {
		if g[0].HasKey() {
			groups = append(groups, g)
		} else {
			words = append(words, g...)
		}
	}
	if len(words) > 0 {
		groups = append(groups, words)
	}
	for _, g := range groups {
		const end = "</table>\n"
		text := keyHead(g[0])
		for i, f := range g {
			row := placeRow(f)
			if out.Len()+len(text)+len(row)+len(end)+cutEnd > p.room {
				if i > 0 {
					out.WriteString(text + end)
				}
				return out.String() + leftOff(all-written)
			}
			text += row
			written++
			if len(text) > 1<<12 { // so that a long table takes no time
				out.WriteString(text)
				text = ""
			}
		}
		out.WriteString(text + end)
	}
	return out.String()
}

func leftOff(n int) string {
	return fmt.Sprintf("<p>… and %s, in the log of this step</p>\n", plural(n, "more finding"))
}

func keyHead(f *scanner.Finding) string {
	title := "<h3>Without a key to see</h3>\n"
	if f.HasKey() {
		title = "<h3>Private key " + code(f.Key.String())
		if f.Key.PublicKey() != "" {
			title += " of the account " + code(f.Key.PublicKey())
		}
		title += "</h3>\n"
	}
	return title + "<table>\n<tr><th>Level</th><th>Place</th><th>What is wrong</th><th>Commit</th></tr>\n"
}

func placeRow(f *scanner.Finding) string {
	commit := ""
	if f.Commit != nil {
		commit = code(f.Commit.ID[:min(len(f.Commit.ID), 12)])
		if date := stream.Stamp(f.Commit.Date, time.DateOnly); date != "" {
			commit += " " + date
		}
		commit += "<br>" + code(f.Commit.Subject) + " " + html.EscapeString(Show(f.Reach))
	}
	what := html.EscapeString(f.Rule.Title)
	if f.Word != "" {
		what = code(f.Word) + ": " + what
	}
	return fmt.Sprintf("<tr><td>%s</td><td>%s</td><td>%s (%s)</td><td>%s</td></tr>\n", f.Level,
		code(fmt.Sprintf("%s:%d:%d", showPath(f.Path), f.Start.Line(), f.Start.Column())), what, code(f.Rule.ID), commit)
}

// code returns text from outside as HTML that shows it and does nothing else.
func code(s string) string {
	const most = 300 // characters of a name or a subject that anybody reads
	if runes := []rune(Show(s)); len(runes) > most {
		return "<code>" + html.EscapeString(string(runes[:most])) + "…</code>"
	}
	return "<code>" + html.EscapeString(Show(s)) + "</code>"
}
