// This file reads the dates that people give to limit a history.

package gitstore

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxDateText bounds a date's text in bytes.
const maxDateText = 100

// layouts are those of ISO 8601, and those in which git log and e-mail show dates. Without a zone it is the one of now.
var layouts = []string{
	"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z0700", "2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15", "2006-01-02", "20060102T150405Z0700", "20060102T150405",
	"2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04 Z0700",
	"2006-01-02 15:04:05", "2006-01-02 15:04",
	"2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02", "2006.01.02",
	"Mon Jan 2 15:04:05 2006 -0700", "Mon Jan 2 15:04:05 2006", "Mon, 2 Jan 2006 15:04:05 -0700",
}

var errDate = errors.New(`want a date such as 2026-01-31, 2026-01-31T18:00:00Z, "2026-01-31 18:00:00 +0100", @1769880000, ` +
	`yesterday, "last month", 2.weeks.ago`)

// ParseDate reads a date as people write it: ISO 8601 or RFC 3339, with or without time and zone; the way git log shows
// it; seconds since 1970, as "@123" or in ten digits or more; now, today, midnight, yesterday (24 hours ago); "last week";
// "2 weeks ago", also with dots. What is relative counts from now, what has no zone is in that of now, and a day without
// a time is the day's start, where git takes the time of day of now.
func ParseDate(text string, now time.Time) (time.Time, error) {
	if len(text) > maxDateText {
		return time.Time{}, fmt.Errorf("date %.40q… is longer than %d bytes: %w", text, maxDateText, errDate)
	}
	trimmed := strings.TrimSpace(text)
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, trimmed, now.Location()); err == nil {
			return t, nil
		}
	}
	words := strings.FieldsFunc(strings.ToLower(trimmed), func(r rune) bool { return r == ' ' || r == '.' || r == ',' || r == '\t' })
	if t, ok := unixDate(words); ok {
		return t, nil
	}
	if t, ok := relativeDate(words, now); ok {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("date %q is not understood: %w", text, errDate)
}

// unixDate reads seconds since 1970; a zone after them, as git stores it, changes nothing.
func unixDate(words []string) (time.Time, bool) {
	if len(words) != 1 && (len(words) != 2 || len(words[1]) != 5 || strings.Trim(words[1][1:], digits) != "") {
		return time.Time{}, false
	}
	number, marked := strings.CutPrefix(words[0], "@")
	if !marked && len(number) < 10 {
		return time.Time{}, false
	}
	if number == "" || len(number) > 15 || strings.Trim(number, digits) != "" {
		return time.Time{}, false
	}
	sec, err := strconv.ParseInt(number, 10, 64)
	return time.Unix(sec, 0), err == nil
}

const digits = "0123456789"

// relativeDate reads what counts from now.
func relativeDate(words []string, now time.Time) (time.Time, bool) {
	if len(words) == 1 {
		switch words[0] {
		case "now":
			return now, true
		case "today", "midnight":
			return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()), true
		case "yesterday":
			return now.Add(-24 * time.Hour), true
		}
	}
	if n := len(words); n > 0 && words[n-1] == "ago" {
		words = words[:n-1]
	}
	if len(words) == 0 || len(words)%2 != 0 {
		return time.Time{}, false
	}
	t := now
	for ; len(words) > 0; words = words[2:] {
		n, ok := count(words[0])
		if !ok {
			return time.Time{}, false
		}
		if t, ok = before(t, n, words[1]); !ok {
			return time.Time{}, false
		}
	}
	return t, true
}

// count reads a number of units.
func count(word string) (int, bool) {
	switch word {
	case "a", "an", "one", "last":
		return 1, true
	}
	if len(word) > 9 || strings.Trim(word, digits) != "" {
		return 0, false
	}
	n, err := strconv.Atoi(word)
	return n, err == nil
}

// before goes n units back from t.
func before(t time.Time, n int, unit string) (time.Time, bool) {
	seconds := func(each int64) time.Time {
		return time.Unix(t.Unix()-int64(n)*each, int64(t.Nanosecond())).In(t.Location())
	}
	switch strings.TrimSuffix(unit, "s") {
	case "second", "sec":
		return seconds(1), true
	case "minute", "min":
		return seconds(60), true
	case "hour":
		return seconds(3600), true
	case "day":
		return seconds(24 * 3600), true
	case "week":
		return seconds(7 * 24 * 3600), true
	case "month":
		return t.AddDate(0, -n, 0), true
	case "year":
		return t.AddDate(-n, 0, 0), true
	}
	return time.Time{}, false
}
