// This file says what is scanned for a report that goes to somebody who was not there. It names directories by their last
// name only: where they stand is a matter of the machine.

package main

import (
	"fmt"
	"path/filepath"
	"strings"
)

// nameOf returns the last name of a path, as it is known on the disk.
func nameOf(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if name := filepath.Base(path); name != ".git" {
		return name
	}
	return filepath.Base(filepath.Dir(path))
}

// pathsSubject names what is scanned of the current directory or of what args name.
func pathsSubject(args []string) string {
	if len(args) == 0 {
		args = []string{"."}
	}
	if len(args) == 1 && args[0] == "-" {
		return "standard input"
	}
	const few = 3
	var names []string
	for _, arg := range args[:min(len(args), few)] {
		if arg == "-" {
			arg = "standard input"
		} else {
			arg = nameOf(arg)
		}
		names = append(names, arg)
	}
	text := "the files of " + strings.Join(names, ", ")
	if more := len(args) - few; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// historySubject names what is scanned of the repository in dir.
func historySubject(dir string, l *historyLimits) string {
	if len(l.words) == 0 && l.since == "" && l.until == "" {
		text := "the whole history of " + nameOf(dir)
		if l.shard.Of > 0 {
			text = fmt.Sprintf("part %d of %d of %s", l.shard.Index, l.shard.Of, text)
		}
		if l.submodules {
			text += ", with its submodules"
		}
		return text
	}
	text := "the history of " + nameOf(dir)
	if len(l.words) > 0 {
		text += ", of it " + strings.Join(l.words, " ")
	}
	for _, limit := range []struct{ word, date string }{{"since", l.since}, {"until", l.until}} {
		if limit.date != "" {
			text += ", " + limit.word + " " + limit.date
		}
	}
	return text
}
