// This file says in an invocation what was not scanned, and what was scanned but left out.

package sarif

import (
	"fmt"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/klaviyolint/klaviyolint/sarif/stream"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// notifier writes the notifications of the invocation that is open.
type notifier struct {
	out  *stream.Writer
	opts Options
	full func() bool // there is no room for more
	open bool        // there is one already
}

// all writes what there is to say of a report of which so many findings were written, and so many left out. What was not
// accepted comes first of what was not scanned.
func (n *notifier) all(r *scanner.Report, written, left int) {
	if r.Stopped != "" {
		n.say("error", "The scan stopped before its end, so the result is incomplete: "+plain(r.Stopped), "")
	}
	said, unsaid, refused := 0, 0, 0
	for _, accepted := range []bool{false, true} {
		for _, s := range r.Skipped {
			switch {
			case s.Accepted != accepted:
			case said < maxNotes && !n.full():
				n.skipped(s)
				said++
			default:
				unsaid++
				if !accepted {
					refused++
				}
			}
		}
	}
	if unsaid > 0 {
		level := "warning"
		if refused > 0 {
			level = "error"
		}
		n.say(level, fmt.Sprintf("%d more were not scanned. The JSON report lists all of them.", unsaid), "")
	}
	if written > shownResults {
		n.say("note", fmt.Sprintf("GitHub shows %d of these %d results; the worst come first.", shownResults, written), "")
	}
	if left > 0 {
		n.say("warning", fmt.Sprintf("This file holds the worst %d results, as many as GitHub takes; %d more were found. "+
			"The text and JSON reports list all of them.", written, left), "")
	}
}

// skipped says that something was not scanned.
func (n *notifier) skipped(s scanner.Skipped) {
	level, was := "error", "was not scanned"
	if s.Accepted {
		level, was = "note", "was not scanned, which was accepted"
	}
	if s.Path == "" {
		n.say(level, "Something "+was+": "+plain(s.Reason), "")
		return
	}
	n.say(level, fmt.Sprintf("'%s' %s: %s", plain(s.Path), was, plain(s.Reason)), s.Path)
}

// say writes a notification about what stands at path, "" for nowhere.
func (n *notifier) say(level, text, path string) {
	if !n.open {
		n.out.Open("toolExecutionNotifications", '[')
		n.open = true
	}
	note := gosarif.NewNotification().WithLevel(level).WithMessage(gosarif.NewTextMessage(clip(sentence(text), maxText)))
	if path != "" && len(path) <= longestPath {
		note.Locations = []*gosarif.Location{
			gosarif.NewLocationWithPhysicalLocation(gosarif.NewPhysicalLocation().WithArtifactLocation(n.opts.artifact(path))),
		}
	}
	n.out.Put("", note)
}

// end closes what was opened.
func (n *notifier) end() {
	if n.open {
		n.out.Close()
	}
}
