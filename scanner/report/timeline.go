// This file draws when the places of a key came in: a line for each place if they are few, else columns of how many.
//
// The picture is measured in percent across and in pixels down, so that its text keeps its size on a phone.

package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// Measures of the picture: pixels, but for the number of lanes and columns, and the characters of a path that fit on a
// phone.
const (
	maxLanes     = 12
	laneHeight   = 42
	labelLength  = 34
	columnCount  = 48
	columnHeight = 96
	axisHeight   = 28
)

// timeline is the picture of the places of the key of that number.
type timeline struct {
	Number         int
	Height, Base   int // of all, and of the axis
	TickText       int
	Lanes          []lane
	Columns        []column
	Ticks          []tick
	First, Last    string // dates
	Dated, Undated int
	Current        int // of the dated: still there
	Most           int // in one column
}

// lane is a place: a point where it came in, and a line to the end if it is still there.
type lane struct {
	Label, Words  string
	Text, Rail, Y int
	X, Width      string
	Current       bool
}

// column is how many places came in within a span of time.
type column struct {
	X, Width          string
	Y, Height         int // of those that are still there
	PastY, PastHeight int // of the others, above them
}

// tick is a date on the axis.
type tick struct{ X, Text, Anchor, Class string }

// newTimeline returns the picture of the places, at least one of which has a date. Its axis ends at now if that is known and
// is not before the last of them.
func newTimeline(number int, places []*scanner.Finding, now time.Time) *timeline {
	var dated []*scanner.Finding
	for _, f := range places {
		if f.Commit != nil && day(f.Commit.Date) != "" {
			dated = append(dated, f)
		}
	}
	slices.SortStableFunc(dated, func(a, b *scanner.Finding) int { return a.Commit.Compare(b.Commit) })
	from, to := dated[0].Commit.Date, dated[len(dated)-1].Commit.Date
	t := &timeline{Number: number, Dated: len(dated), Undated: len(places) - len(dated), First: day(from), Last: day(to)}
	for _, f := range dated {
		if current(f) {
			t.Current++
		}
	}
	at := axis{from.Unix(), to.Unix()}
	if now.After(to) {
		at.to = now.Unix()
	}
	if t.Dated <= maxLanes {
		t.lanes(dated, at)
	} else {
		t.columns(dated, at)
	}
	t.TickText, t.Height = t.Base+20, t.Base+axisHeight
	t.Ticks = at.ticks()
	return t
}

func (t *timeline) lanes(dated []*scanner.Finding, at axis) {
	same := func(f *scanner.Finding) (n int) {
		for _, o := range dated {
			if o.Path == f.Path {
				n++
			}
		}
		return n
	}
	for i, f := range dated {
		label, state := showPath(f.Path), "not in the current version"
		if same(f) > 1 { // a key may be used in one file in several ways
			label += ": " + f.Rule.ID
		}
		if current(f) {
			state = "still in the current version"
		}
		share, top := at.share(f.Commit.Date), i*laneHeight
		t.Lanes = append(t.Lanes, lane{
			Label: shorten(label, objectWords(f) != ""), Words: fmt.Sprintf("%s: since %s, %s", label, day(f.Commit.Date), state),
			Text: top + 12, Rail: top + 25, Y: top + 26, X: percent(share), Width: across(1 - share), Current: current(f),
		})
	}
	t.Base = len(dated) * laneHeight
}

// shorten leaves out the beginning of a path that is too long for a lane, for its end tells more; of an object's the end,
// which is an ID.
func shorten(path string, object bool) string {
	runes := []rune(path)
	switch {
	case len(runes) <= labelLength:
		return path
	case object:
		return string(runes[:labelLength-1]) + "…"
	}
	return "…" + string(runes[len(runes)-labelLength+1:])
}

func (t *timeline) columns(dated []*scanner.Finding, at axis) {
	var still, past [columnCount]int
	for _, f := range dated {
		i := min(columnCount-1, int(at.share(f.Commit.Date)*columnCount))
		if current(f) {
			still[i]++
		} else {
			past[i]++
		}
		t.Most = max(t.Most, still[i]+past[i])
	}
	t.Base = columnHeight
	for i := range columnCount {
		if still[i]+past[i] == 0 {
			continue
		}
		low, high := rise(still[i], t.Most), rise(past[i], t.Most)
		t.Columns = append(t.Columns, column{
			X: percent(float64(i) / columnCount), Width: across(0.8 / columnCount),
			Y: t.Base - low, Height: low, PastY: t.Base - low - high, PastHeight: high,
		})
	}
}

// rise is how high n of most stand, so that one can be seen and all are within the picture.
func rise(n, most int) int {
	if n == 0 {
		return 0
	}
	return max(3, n*(columnHeight-12)/most)
}

// axis is a span of time, in seconds since 1970.
type axis struct{ from, to int64 }

// share returns where t is on the axis, from 0 to 1.
func (a axis) share(t time.Time) float64 {
	if a.to <= a.from {
		return 0
	}
	return min(1, max(0, float64(t.Unix()-a.from)/float64(a.to-a.from)))
}

// margin is what is free at either end of the axis, for the round of a point, in percent.
const margin = 1.5

func percent(share float64) string { return fmt.Sprintf("%.2f%%", margin+inner*share) }

func across(share float64) string { return fmt.Sprintf("%.2f%%", inner*share) }

const inner = 100 - 2*margin

// ticks returns the ends of the axis and, if it is long, beginnings of years between them.
func (a axis) ticks() []tick {
	from, to := time.Unix(a.from, 0).UTC(), time.Unix(a.to, 0).UTC()
	all := []tick{{"0", day(from), "start", "end"}}
	if day(from) == day(to) {
		return all
	}
	all = append(all, tick{"100%", day(to), "end", "end"})
	for year, step := from.Year()+1, 1+(to.Year()-from.Year())/5; year <= to.Year(); year += step {
		first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		if share := a.share(first); share > 0.22 && share < 0.78 {
			all = append(all, tick{percent(share), first.Format("2006"), "middle", "mid"})
		}
	}
	return all
}
