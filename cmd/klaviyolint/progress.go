// This file shows on a terminal how far a scan is.

package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/klaviyolint/klaviyolint/scanner"
)

const (
	meterDelay  = time.Second            // what takes less needs no meter
	meterPeriod = 200 * time.Millisecond // between two looks at it
	rateOver    = 5 * time.Second        // the rate is that of the last while: packs are not alike from end to end
)

// progress returns what a scan counts into if somebody is there to see it; else nil. CI systems set CI, and some of them
// pretend to be a terminal.
func (a *app) progress(f *scanFlags) *scanner.Progress {
	if f.quiet || f.noProgress || !isTerminal(a.stderr) || os.Getenv("CI") != "" || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &scanner.Progress{}
}

// meter is one line at the bottom of a terminal.
type meter struct {
	progress *scanner.Progress
	noun     string // what is counted
	out      io.Writer
	width    func() int // columns of the terminal
	now      func() time.Time

	began   time.Time
	samples []sample // of the last while, the oldest first
	shown   int      // columns that are written
	stopped chan struct{}
	done    chan struct{}
}

// sample is how much was done at a time.
type sample struct {
	at   time.Time
	done int64
}

func newMeter(p *scanner.Progress, noun string, terminal io.Writer) *meter {
	return &meter{
		progress: p, noun: noun, out: terminal, now: time.Now,
		width: func() int {
			if f, ok := terminal.(*os.File); ok {
				if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
					return width
				}
			}
			return 80
		},
		stopped: make(chan struct{}), done: make(chan struct{}),
	}
}

// start shows the meter until stop is called.
func (m *meter) start() {
	m.began = m.now()
	go func() {
		defer close(m.done)
		ticker := time.NewTicker(meterPeriod)
		defer ticker.Stop()
		for {
			select {
			case <-m.stopped:
				return
			case <-ticker.C:
				m.tick()
			}
		}
	}()
}

// stop wipes the line. Nothing is written after it returns.
func (m *meter) stop() {
	close(m.stopped)
	<-m.done
	if m.shown > 0 {
		m.write("")
		_, _ = io.WriteString(m.out, "\r")
	}
}

// tick brings the line up to date.
func (m *meter) tick() {
	if now := m.now(); now.Sub(m.began) >= meterDelay {
		if line := m.line(now); line != "" {
			m.write(line)
		}
	}
}

// write replaces the line, by blanks where it was longer: not every terminal knows the sequence that clears a line. The
// last column stays free, or the cursor would go to the next line.
func (m *meter) write(line string) {
	room := max(m.width()-1, 0)
	line = line[:min(len(line), room)]
	pad := max(min(m.shown, room)-len(line), 0)
	m.shown = len(line)
	_, _ = io.WriteString(m.out, "\r"+line+strings.Repeat(" ", pad))
}

// line says: 412,300 of 849,014 objects (48 %), 283,000/s, 2 s left, 0 findings so far. It is ASCII, and empty while
// nobody knows how much there is.
func (m *meter) line(now time.Time) string {
	total := m.progress.Total.Load()
	if total <= 0 {
		return ""
	}
	done := min(m.progress.Done.Load(), total)
	parts := []string{fmt.Sprintf("%s of %s %s (%d %%)", thousands(done), thousands(total), m.noun, done*100/total)}
	rate := m.rate(now, done)
	if done < total && rate > 0 {
		parts = append(parts, thousands(rounded(rate))+"/s")
		if left := timeLeft(float64(total-done) / rate); left != "" {
			parts = append(parts, left)
		}
	}
	if n := m.progress.Suspects.Load(); n > 0 {
		// The place of what has a trace of a key is looked up when everything has been seen.
		text := plural(n, "suspect")
		if done == total {
			text = "looking up where " + text + " stand"
		}
		parts = append(parts, text)
	}
	parts = append(parts, plural(m.progress.Found.Load(), "finding")+" so far")
	return strings.Join(parts, ", ")
}

// rate tells how much is done in a second, and takes a sample.
func (m *meter) rate(now time.Time, done int64) float64 {
	if m.samples == nil {
		m.samples = []sample{{m.began, 0}}
	}
	m.samples = append(m.samples, sample{now, done})
	for len(m.samples) > 2 && now.Sub(m.samples[1].at) >= rateOver {
		m.samples = m.samples[1:]
	}
	first := m.samples[0]
	if span := now.Sub(first.at).Seconds(); span > 0 {
		return float64(done-first.done) / span
	}
	return 0
}

// rounded leaves three digits of a rate: more only flicker.
func rounded(rate float64) int64 {
	unit := 1.0
	for rate/unit >= 1000 {
		unit *= 10
	}
	return int64(rate/unit+0.5) * int64(unit)
}

// timeLeft says a number of seconds as people do: 2 s left, 3 min 05 s left, 1 h 12 min left; "" for more than anybody
// waits.
func timeLeft(seconds float64) string {
	const most = 100 * 3600
	switch s := int64(min(seconds, most)) + 1; {
	case s > most:
		return ""
	case s < 60:
		return fmt.Sprintf("%d s left", s)
	case s < 3600:
		return fmt.Sprintf("%d min %02d s left", s/60, s%60)
	default:
		return fmt.Sprintf("%d h %02d min left", s/3600, s%3600/60)
	}
}

// thousands writes 849014 as 849,014.
func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}
