// This file writes a report as one HTML page that an agency can send to its client: what is exposed, key by key, and what
// to do about it.
//
// The page loads nothing and runs nothing: its policy (Content-Security-Policy) allows one style sheet, which it names by
// its hash. html/template escapes what came from outside for the place where it stands; Show has made it visible before.
// It is written key by key, and what it shows is bounded: nobody reads more, and browsers do not show it.

package report

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/sarif/stream"
	"github.com/klaviyolint/klaviyolint/scanner"
)

var (
	//go:embed html.tmpl
	htmlTemplate string
	//go:embed html.css
	htmlStyle string
)

// What a page shows at most. What is beyond is counted on it.
const (
	maxKeys      = 1000   // with a part of their own
	maxKeyPlaces = 1000   // of one key
	maxPlaces    = 20_000 // of all keys, but for the fewPlaces that each has
	fewPlaces    = 5
	maxListed    = 1000 // of other lists: what was not scanned, findings without a key, suppressed ones, their reasons
)

// HTML writes the report as a page.
func HTML(w io.Writer, r *scanner.Report, opts Options) error {
	page, err := template.New("html.tmpl").Parse(htmlTemplate)
	if err != nil {
		return fmt.Errorf("read the template of the page: %w", err)
	}
	out := htmlWriter{out: bufio.NewWriterSize(w, 1<<16), page: page, Options: opts, places: maxPlaces}
	keys := groupByKey(r.Findings)
	out.part("head", out.head(r, keys))
	for i := range keys[:min(len(keys), maxKeys)] {
		out.part("key", out.key(&keys[i], i+1))
	}
	out.part("tail", out.tail(r, keys))
	if out.err != nil {
		return out.err
	}
	return out.out.Flush()
}

// htmlWriter writes the parts of a page. Its first error stops it.
type htmlWriter struct {
	Options
	out    *bufio.Writer
	page   *template.Template
	places int // how many more are shown
	err    error
}

func (w *htmlWriter) part(name string, data any) {
	if w.err == nil {
		w.err = w.page.ExecuteTemplate(w.out, name, data)
	}
}

// htmlHead is what the page says before the first key.
type htmlHead struct {
	Style  template.CSS
	Policy string

	Title, Lead   string
	Tone          string // danger, warning, calm or good: a class of the style sheet
	Scanned, Time string
	Date          string // as HTML writes it
	Version       string
	Stats         string
	Levels        []htmlCount
	Known         int // findings that were there before
	Gaps          htmlGaps

	Keys     []htmlRow
	MoreKeys int
	Public   int  // keys that everyone can or could read
	Code     int  // the other exposed keys
	Words    bool // there are findings without a key
}

// htmlCount is how many findings there are of a level.
type htmlCount struct{ Level, Text string }

// htmlGaps is what was not scanned.
type htmlGaps struct {
	Incomplete bool
	Stopped    string
	Open       htmlSkips
	Accepted   htmlSkips
}

// htmlSkips are things that were not scanned: those that are shown, and how many there are.
type htmlSkips struct {
	Shown     []htmlSkip
	All, More int
}

type htmlSkip struct{ Path, Reason string }

// htmlRow is a key in the list of keys.
type htmlRow struct {
	Number       int
	Key, Account string
	Urgency      urgency
	Standing     standing
	Places       int
}

// policy lets the page load nothing and use the style sheet of that hash.
const policy = "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'"

func (w *htmlWriter) head(r *scanner.Report, keys []keyGroup) htmlHead {
	found := tally(r)
	sum := sha256.Sum256([]byte(htmlStyle))
	h := htmlHead{
		Style:   template.CSS(htmlStyle), //nolint:gosec // ours
		Policy:  fmt.Sprintf(policy, base64.StdEncoding.EncodeToString(sum[:])),
		Scanned: upperFirst(Show(w.Scanned)),
		Date:    stream.Stamp(w.Began, time.RFC3339),
		Time:    stream.Stamp(w.Began, "2 January 2006, 15:04 UTC"),
		Version: Show(r.Version),
		Gaps:    newGaps(r),
	}
	if scannedAny(r.Stats) {
		h.Stats = strings.TrimPrefix(scannedLine(r), "Scanned ")
	}
	for _, level := range []rules.Level{rules.Error, rules.Warning, rules.Note} {
		if n := found.levels[level]; n > 0 {
			h.Levels = append(h.Levels, htmlCount{level.String(), plural(n, level.String())})
		}
	}
	for _, n := range found.known {
		h.Known += n
	}
	said := keyCounts{}
	for i := range keys {
		k := &keys[i]
		switch {
		case k.urgency >= published:
			h.Public++
		case k.urgency > noted:
			h.Code++
		}
		switch {
		case k.urgency == noted:
			said.things += k.earlier
		case k.standing == earlier:
			said.known++
		default:
			said.exposed++
			if k.urgency >= published {
				said.public++
			}
		}
		if i < maxKeys {
			key := k.findings[0].Key
			h.Keys = append(h.Keys, htmlRow{i + 1, key.String(), Show(key.PublicKey()), k.urgency, k.standing, k.places})
		}
	}
	for _, f := range r.Findings {
		if !f.HasKey() && standingOf(f) == earlier {
			said.things++
			h.Words = true
		}
	}
	h.Words = h.Words || found.words
	h.MoreKeys = len(keys) - len(h.Keys)
	h.Title, h.Lead, h.Tone = headline(r, found, said)
	return h
}

func newGaps(r *scanner.Report) htmlGaps {
	g := htmlGaps{Incomplete: !r.Complete(), Stopped: Show(r.Stopped)}
	for _, s := range r.Skipped {
		list := &g.Open
		if s.Accepted {
			list = &g.Accepted
		}
		if list.All++; list.All > maxListed {
			list.More++
			continue
		}
		list.Shown = append(list.Shown, htmlSkip{showPath(s.Path), Show(s.Reason)})
	}
	return g
}

// htmlTail is what the page says behind the last key.
type htmlTail struct {
	MoreKeys, MorePlaces int // not shown
	Words                []htmlRule
	MoreWords            int
	Suppressed           htmlSuppressed
	Pages                []rules.Page
}

// htmlSuppressed is what does not count.
type htmlSuppressed struct {
	All, Above  int // Above: it stands with the other places of its key
	Reasons     []htmlReason
	MoreReasons int // findings whose reason is not shown
	Asked       bool
	Rules       []htmlRule
	More        int
}

// htmlReason is why findings do not count.
type htmlReason struct {
	By, Why string
	Count   int
}

func (w *htmlWriter) tail(r *scanner.Report, keys []keyGroup) htmlTail {
	t := htmlTail{Pages: rules.RotationPages()}
	for _, k := range keys[min(len(keys), maxKeys):] {
		t.MoreKeys++
		t.MorePlaces += k.places
	}
	above := map[*scanner.Finding]bool{} // suppressed, with the other places of their keys
	for i := range keys[:min(len(keys), maxKeys)] {
		for _, f := range keys[i].findings {
			if standingOf(f) == excepted {
				above[f] = true
			}
		}
	}
	var words, known, suppressed []*scanner.Finding
	all := 0
	for _, f := range r.Findings {
		list := &suppressed
		switch {
		case standingOf(f) == excepted:
			if t.Suppressed.All++; above[f] {
				t.Suppressed.Above++
				continue
			}
		case f.HasKey():
			continue
		default:
			if list = &words; standingOf(f) == earlier {
				list = &known
			}
			all++
		}
		if len(*list) < maxListed {
			*list = append(*list, f)
		}
	}
	words = append(words, known...)
	words = words[:min(len(words), maxListed)]
	t.Words, t.MoreWords = w.byRule(words), all-len(words)
	t.Suppressed.Reasons, t.Suppressed.MoreReasons = reasons(r.Findings)
	if t.Suppressed.Asked = w.Suppressed; w.Suppressed {
		t.Suppressed.Rules = w.byRule(suppressed)
		t.Suppressed.More = t.Suppressed.All - t.Suppressed.Above - len(suppressed)
	}
	return t
}

// reasons counts the suppressed findings by their reasons, in the order in which these come first. That a finding was there
// before is none.
func reasons(findings []*scanner.Finding) (shown []htmlReason, more int) {
	index := map[string]int{}
	for _, f := range findings {
		if standingOf(f) != excepted {
			continue
		}
		text := f.Suppressed
		at, counted := index[text]
		switch {
		case counted:
			shown[at].Count++
		case len(shown) == maxListed:
			more++
		default:
			index[text] = len(shown)
			shown = append(shown, *newHTMLReason(text))
		}
	}
	return shown, more
}

// newHTMLReason returns why a finding does not count, by what it says itself.
func newHTMLReason(text string) *htmlReason {
	r := htmlReason{Why: Show(text), Count: 1}
	if why, ok := strings.CutPrefix(text, scanner.ByComment); ok {
		r.By, r.Why = "a comment beside it", Show(why)
	} else if why, ok := strings.CutPrefix(text, scanner.ByConfiguration); ok {
		r.By, r.Why = "the configuration", Show(why)
	}
	return &r
}
