package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// screen is the line of a terminal that a meter writes to.
type screen struct {
	line []byte
	col  int
}

func (s *screen) Write(p []byte) (int, error) {
	for _, c := range p {
		switch {
		case c == '\r':
			s.col = 0
		case s.col == len(s.line):
			s.line = append(s.line, c)
			s.col++
		default:
			s.line[s.col] = c
			s.col++
		}
	}
	return len(p), nil
}

func (s *screen) text() string { return strings.TrimRight(string(s.line), " ") }

func TestMeter(t *testing.T) {
	var p scanner.Progress
	s := &screen{}
	m := newMeter(&p, "objects", s)
	now := time.Unix(1_700_000_000, 0)
	m.now = func() time.Time { return now }
	width := 120
	m.width = func() int { return width }
	m.began = now
	at := func(seconds float64, done int64) string {
		now = m.began.Add(time.Duration(seconds * float64(time.Second)))
		p.Done.Store(done)
		m.tick()
		return s.text()
	}
	p.Total.Store(849_014)
	assert.Empty(t, at(0.9, 300_000), "what ends soon needs no meter")
	assert.Equal(t, "300,000 of 849,014 objects (35 %), 300,000/s, 2 s left, 0 findings so far", at(1, 300_000))
	p.Suspects.Store(1)
	p.Found.Store(1)
	assert.Equal(t, "301,000 of 849,014 objects (35 %), 151,000/s, 4 s left, 1 suspect, 1 finding so far", at(2, 301_000))
	// The rate is that of the last seconds.
	at(3, 400_000)
	at(5, 400_010)
	at(8, 400_020)
	assert.Equal(t, "400,030 of 849,014 objects (47 %), 4/s, 34 h 17 min left, 1 suspect, 1 finding so far", at(10.5, 400_030))
	for i := range 20 {
		at(11+float64(i), 400_040)
	}
	assert.Equal(t, "400,040 of 849,014 objects (47 %), 1 suspect, 1 finding so far", s.text(), "nothing happens")
	// When all has been seen it is looked up where the suspects stand. What was counted too much is not shown.
	p.Suspects.Store(1234)
	p.Found.Store(0)
	assert.Equal(t, "849,014 of 849,014 objects (100 %), looking up where 1,234 suspects stand, 0 findings so far", at(40, 900_000))
	// A narrow terminal shows as much as there is room for, and never wraps.
	width = 30
	at(41, 849_014)
	assert.Equal(t, "849,014 of 849,014 objects (1", string(s.line[:s.col]))
	assert.Equal(t, 29, s.col)
	for _, width = range []int{1, 0} {
		at(42, 849_014)
		assert.Zero(t, s.col)
	}
	// The end leaves nothing behind.
	width = 120
	s.line = nil
	at(43, 849_014)
	assert.NotEmpty(t, s.text())
	m.start()
	m.stop()
	assert.Empty(t, s.text())
	assert.Zero(t, s.col)

	// Nobody knows how much there is.
	var unknown scanner.Progress
	m = newMeter(&unknown, "objects", s)
	m.now = func() time.Time { return now.Add(time.Hour) }
	m.tick()
	assert.Empty(t, s.text())
}

func TestMeterWords(t *testing.T) {
	for want, seconds := range map[string]float64{
		"1 s left": 0.2, "2 s left": 1.5, "59 s left": 58.9, "1 min 00 s left": 59.5, "3 min 05 s left": 184, "1 h 12 min left": 4330,
		"99 h 59 min left": 359_999 - 60, "": 1e18,
	} {
		assert.Equal(t, want, timeLeft(seconds))
	}
	for want, n := range map[string]int64{"0": 0, "999": 999, "1,000": 1000, "1,234,567": 1_234_567} {
		assert.Equal(t, want, thousands(n))
	}
	for rate, want := range map[float64]int64{0.4: 0, 1.5: 2, 999.4: 999, 1234: 1230, 283_456: 283_000, 999_999: 1_000_000} {
		assert.Equal(t, want, rounded(rate))
	}
}

// What is redirected gets no meter.
func TestNoMeterWithoutTerminal(t *testing.T) {
	for _, name := range []string{"CI", "TERM"} {
		t.Setenv(name, "")
	}
	file, err := os.Create(t.TempDir() + "/stderr")
	require.NoError(t, err)
	defer file.Close()
	assert.Nil(t, (&app{stderr: file}).progress(&scanFlags{}))
	assert.Nil(t, (&app{stderr: &bytes.Buffer{}}).progress(&scanFlags{}))
}
