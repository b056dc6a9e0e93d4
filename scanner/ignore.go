// This file reads ignores in comments: klaviyolint:ignore, the IDs of rules, a reason. What counts is the text, whatever
// a language's comments look like, so it works in every file that has room for a word.

package scanner

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/klaviyolint/klaviyolint/rules"
)

var ignoreMark = []byte(rules.IgnoreMark)

// comment is an ignore as it stands in a content.
type comment struct {
	path       string
	start, end Position // of the mark and the IDs
	line       Line
	ids        []string // as written
	reason     string   // masked
	alone      bool     // it has the line for itself, so it reaches the line below
	// prose tells that what follows the mark is not a list of rules: documentation that shows the syntax, or a slip. It
	// suppresses nothing, and is a finding only where there is something to suppress.
	prose bool
}

const (
	maxIgnore = 400 // bytes behind the mark that are read
	maxReason = 200 // bytes of a reason that are kept
)

// commentsIn returns the ignores in b, in order. They are looked for in bytes, not in layers: in UTF-16 there are none.
func commentsIn(b Blob) []*comment {
	var all []*comment
	at, pos := 0, b.Start
	for from := 0; ; {
		n := bytes.Index(b.Data[from:], ignoreMark)
		if n < 0 {
			return all
		}
		start := from + n
		from = start + len(ignoreMark)
		c, length, ok := readComment(b.Data, start)
		if !ok {
			continue
		}
		pos = pos.After(b.Data[at:start])
		at = start
		c.path, c.start, c.end = b.Path, pos, pos.After(b.Data[start:start+length])
		all = append(all, c)
	}
}

// idList is what a list of rules looks like, and what may stand behind it. A hook that meets none need not compile it.
var idList = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[ \t]+([a-z][a-z-]*(?:[ \t]*,[ \t]*[a-z][a-z-]*)*)(?:[ \t:]|$)`)
})

// closers end a comment in one language or another.
var closers = []string{"*/", "-->", "#}", "--}}", "{%", "%}", "%>", "?>", "*)", "*@", `"""`, "'''"}

// readComment reads the ignore whose mark stands at data[start]; length is that of the mark and the IDs.
func readComment(data []byte, start int) (c *comment, length int, ok bool) {
	before := lineBehind(data[max(0, start-maxIgnore):start])
	rest := lineAhead(data[start+len(ignoreMark) : min(len(data), start+len(ignoreMark)+maxIgnore)])
	if n := len(before); n > 0 && isWord(before[n-1]) {
		return nil, 0, false
	}
	rest = beforeCloser(rest, before)
	c = &comment{alone: isAlone(before)}
	length = len(ignoreMark)
	if m := idList().FindStringSubmatchIndex(rest); m != nil {
		c.ids = splitIDs(rest[m[2]:m[3]])
		c.reason = reasonIn(rest[m[3]:])
		length += m[3]
	} else {
		c.prose = strings.TrimSpace(rest) != "" || !opens(before)
	}
	c.prose = c.prose || slices.ContainsFunc(c.ids, isWordOnly)
	if c.prose && rest != "" && !strings.ContainsAny(rest[:1], " \t") {
		return nil, 0, false // the mark is a part of something else
	}
	c.line = lineAround(data, start, start+length)
	return c, length, true
}

// lineBehind returns the end of text behind its last line end; lineAhead the beginning before its first.
func lineBehind(text []byte) string { return string(text[bytes.LastIndexByte(text, '\n')+1:]) }

func lineAhead(text []byte) string {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return strings.TrimSuffix(string(text), "\r")
}

// beforeCloser returns rest up to where the comment ends. A quote directly before the mark ends it as well.
func beforeCloser(rest, before string) string {
	ends := closers
	if b := strings.TrimSpace(before); b != "" && strings.IndexByte("\"'`", b[len(b)-1]) >= 0 {
		ends = append([]string{b[len(b)-1:]}, ends...)
	}
	for _, end := range ends {
		rest, _, _ = strings.Cut(rest, end)
	}
	return rest
}

func splitIDs(list string) []string {
	ids := strings.Split(list, ",")
	for i := range ids {
		ids[i] = strings.TrimSpace(ids[i])
	}
	return ids
}

// isWordOnly tells that id is a word of a sentence rather than a rule's ID, which is several words with hyphens.
func isWordOnly(id string) bool { return !strings.Contains(id, "-") && rules.ByID(id) == nil }

// reasonIn returns the reason in what follows the IDs, without a dash or colon before it.
func reasonIn(text string) string {
	text = strings.Trim(text, " \t:-–—")
	if len(text) > maxReason {
		text = strings.TrimRight(text[:maxReason], wordChars) + "…" // what is cut through may be a key
	}
	return shown([]byte(text))
}

// openers begin a comment in one language or another.
var openers = []string{"//", "#", "/*", "<!--", "--", "{#", "{%", "{{!", "<%", "(*"}

// isAlone tells whether the ignore behind before, the beginning of its line, has the line for itself. Behind code it
// speaks of that code only.
func isAlone(before string) bool {
	before = strings.TrimSpace(before)
	if before == "" || before[0] == '*' {
		return true
	}
	for _, o := range openers {
		if strings.HasPrefix(before, o) || strings.HasPrefix(before, "{"+o) { // JSX has {/* … */}
			return true
		}
	}
	return !slices.ContainsFunc(openers, func(o string) bool { return strings.Contains(before, o) })
}

// opens tells that a comment begins at the end of before: a mark with nothing behind it is a comment only there.
func opens(before string) bool {
	before = strings.TrimSpace(before)
	return slices.ContainsFunc(append(openers, ";", "%", "%}", "REM", `"""`), func(o string) bool {
		return strings.HasSuffix(before, o)
	})
}

func isWord(c byte) bool { return strings.IndexByte(wordChars, c) >= 0 }

// lineAround returns the line of data[start:end], without what stands far from it.
func lineAround(data []byte, start, end int) Line {
	const near = 160
	before, after := lineBehind(data[max(0, start-near):start]), lineAhead(data[end:min(len(data), end+near)])
	l := Line{}
	if len(before) == near {
		before, l.Cut = "…", true // a piece of a key may stand at the edge
	}
	if len(after) == near {
		after, l.Cut = "…", true
	}
	left, right := shown([]byte(before)), shown([]byte(after))
	here := shown(data[start:end])
	l.Text, l.Start, l.End = left+here+right, len(left), len(left)+len(here)
	return l
}

// inFresh returns those of comments that begin in what is searched of b.
func inFresh(comments []*comment, b Blob) []*comment {
	if b.Fresh == nil {
		return comments
	}
	return slices.DeleteFunc(comments, func(c *comment) bool {
		at := int(c.start.Offset - b.Start.Offset)
		return !slices.ContainsFunc(b.Fresh, func(f Span) bool { return f.Start <= at && at < f.End })
	})
}

// maxOnLine is how many ignores of one line are heard: a line of nothing else would take the square of its length.
const maxOnLine = 100

// heard tells the findings which ignores reach them: those on their line, and those alone on the line above that do
// not speak of a finding on their own.
func heard(found []*Finding, comments []*comment) {
	if len(found) == 0 || len(comments) == 0 {
		return
	}
	onLine := map[int][]*comment{}
	for _, c := range comments {
		if line := c.start.Lines; len(onLine[line]) < maxOnLine {
			onLine[line] = append(onLine[line], c)
		}
	}
	reaching := map[int][]*comment{} // by the findings' lines, which share them
	for _, f := range found {
		reaching[f.Start.Lines] = nil
	}
	for line := range reaching {
		all := slices.Clip(onLine[line])
		if _, busy := reaching[line-1]; !busy {
			for _, c := range onLine[line-1] {
				if c.alone {
					all = append(all, c)
				}
			}
		}
		reaching[line] = all
	}
	for _, f := range found {
		f.comments = reaching[f.Start.Lines]
	}
}

// names tells that the ignore is for the rule and is in force.
func (c *comment) names(rule *rules.Rule) bool {
	return !c.prose && c.reason != "" && slices.Contains(c.ids, rule.ID)
}

// finding is what is said of an ignore that is wrong.
func (c *comment) finding(rule *rules.Rule, detail string) *Finding {
	return &Finding{
		Rule: rule, Word: strings.TrimSpace(rules.IgnoreMark + " " + strings.Join(c.ids, ",")), Detail: detail,
		Path: c.path, Start: c.start, End: c.end, Line: c.line,
	}
}

// unknown returns the first ID of the ignore that is no rule's; "" if all are.
func (c *comment) unknown() string {
	for _, id := range c.ids {
		if rules.ByID(id) == nil {
			return id
		}
	}
	return ""
}
