package gitstore

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 2*3600)
	now := time.Date(2026, 3, 31, 15, 4, 5, 0, zone)
	for text, want := range map[string]string{
		"2026-01-31":                      "2026-01-31T00:00:00+02:00",
		" 2026-01-31 ":                    "2026-01-31T00:00:00+02:00",
		"2026/01/31":                      "2026-01-31T00:00:00+02:00",
		"2026.01.31":                      "2026-01-31T00:00:00+02:00",
		"2026-01-31T18:00":                "2026-01-31T18:00:00+02:00",
		"2026-01-31T18:00:01":             "2026-01-31T18:00:01+02:00",
		"2026-01-31T18:00:01.25":          "2026-01-31T18:00:01+02:00",
		"2026-01-31T18:00:01Z":            "2026-01-31T18:00:01Z",
		"2026-01-31T18:00Z":               "2026-01-31T18:00:00Z",
		"2026-01-31T18:00:01+0530":        "2026-01-31T12:30:01Z",
		"2026-01-31T18:00:01-08:00":       "2026-02-01T02:00:01Z",
		"2026-01-31 18:00:01":             "2026-01-31T18:00:01+02:00",
		"2026-01-31 18:00":                "2026-01-31T18:00:00+02:00",
		"2026-01-31 18:00:01 +0100":       "2026-01-31T17:00:01Z",
		"20260131T180001Z":                "2026-01-31T18:00:01Z",
		"Sat Jan 31 18:00:01 2026 +0100":  "2026-01-31T17:00:01Z",
		"Sat Jan 31 18:00:01 2026":        "2026-01-31T18:00:01+02:00",
		"Sat, 31 Jan 2026 18:00:01 +0100": "2026-01-31T17:00:01Z",
		"@0":                              "1970-01-01T00:00:00Z",
		"@1769882401":                     "2026-01-31T18:00:01Z",
		"1769882401":                      "2026-01-31T18:00:01Z",
		"1769882401 +0100":                "2026-01-31T18:00:01Z",
		"now":                             "2026-03-31T15:04:05+02:00",
		"Today":                           "2026-03-31T00:00:00+02:00",
		"midnight":                        "2026-03-31T00:00:00+02:00",
		"yesterday":                       "2026-03-30T15:04:05+02:00",
		"last week":                       "2026-03-24T15:04:05+02:00",
		"last year":                       "2025-03-31T15:04:05+02:00",
		"2.weeks.ago":                     "2026-03-17T15:04:05+02:00",
		"2 weeks ago":                     "2026-03-17T15:04:05+02:00",
		"2.weeks":                         "2026-03-17T15:04:05+02:00",
		"1 year, 2 months ago":            "2025-01-31T15:04:05+02:00",
		"an hour ago":                     "2026-03-31T14:04:05+02:00",
		"90 seconds ago":                  "2026-03-31T15:02:35+02:00",
		"5 mins ago":                      "2026-03-31T14:59:05+02:00",
		"0.days.ago":                      "2026-03-31T15:04:05+02:00",
	} {
		got, err := ParseDate(text, now)
		require.NoError(t, err, text)
		parsed, err := time.Parse(time.RFC3339, want)
		require.NoError(t, err)
		assert.Equal(t, parsed.Unix(), got.Unix(), text)
	}
	for _, text := range []string{
		"", " ", "soon", "2026", "2026-13-01", "2026-02-30", "31.01.2026", "@", "@-1", "12345", "@12345678901234567", "2 fortnights ago", "ago",
		"weeks ago", "two weeks ago", "2 weeks 3 ago", "9999999999 days ago", "last", "last monday", "-1 days", "1769882401 later",
		strings.Repeat("1 day ", 100), "noon", "never",
	} {
		_, err := ParseDate(text, now)
		require.ErrorContains(t, err, "want a date such as 2026-01-31", text)
	}
}

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2026-01-31", "2.weeks.ago", "@1769882401", "last month", "1 year 2 months ago", "Sat Jan 31 18:00:01 2026 +0100"} {
		f.Add(seed)
	}
	now := time.Date(2026, 3, 31, 15, 4, 5, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseDate(text, now)
		if err == nil {
			again, err := ParseDate(text, now)
			require.NoError(t, err)
			require.True(t, got.Equal(again))
		}
	})
}
