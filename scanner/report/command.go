// This file writes workflow commands, as @actions/core does.

package report

import (
	"fmt"
	"strings"
)

// command is a workflow command: ::error file=a.js,line=1::text. Its texts may come from outside.
type command struct {
	name, message, file, title       string
	line, endLine, column, endColumn int // 0: not said
}

// String returns the command as a line. What the runner would end a property, the properties or the line at is escaped as
// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts does; the rest is shown as [Show] does, for
// the log shows it, too.
func (c command) String() string {
	var properties []string
	add := func(name, value string) {
		properties = append(properties, name+"="+escapeProperty.Replace(value))
	}
	if c.file != "" {
		file := Show(c.file)
		if strings.HasPrefix(file, "=") { // the runner would take it for the end of the name
			file = "./" + file
		}
		add("file", file)
	}
	for _, p := range []struct {
		name  string
		value int
	}{{"line", c.line}, {"endLine", c.endLine}, {"col", c.column}, {"endColumn", c.endColumn}} {
		if p.value > 0 {
			add(p.name, fmt.Sprint(p.value))
		}
	}
	if c.title != "" {
		add("title", Show(c.title))
	}
	head := "::" + c.name
	if len(properties) > 0 {
		head += " " + strings.Join(properties, ",")
	}
	return head + "::" + escapeData.Replace(Show(c.message))
}

var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
