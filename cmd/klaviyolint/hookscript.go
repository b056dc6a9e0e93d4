// This file holds the shell script that stands for a hook: how it is written, and how it is known again. What a hook does
// is in klaviyolint hook run; the script finds the program, and runs the hook that was there before.

package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// script is what an install writes into its scripts.
type script struct {
	binary   string // absolute
	failOpen bool   // what cannot be scanned passes with a warning
}

// sumMark begins the line by which a script is known again, and known to be unchanged.
const sumMark = "# klaviyolint hook, sum "

// text returns the script of a hook, in POSIX shell; Git for Windows brings its own. chained says that a hook was there.
func (s script) text(h hook, chained bool) string {
	run := `"$klaviyolint" hook run ` + h.name
	if s.failOpen {
		run += " --fail-open"
	}
	run += ` -- "$@"`
	earlier := fmt.Sprintf("earlier=\"$(dirname -- \"$0\")/%s/%s\"\n", earlierDir, h.name)

	var b strings.Builder
	b.WriteString("klaviyolint=" + quoted(filepath.ToSlash(s.binary)) + "\n")
	switch {
	case !chained:
		fmt.Fprintf(&b, "if [ -x \"$klaviyolint\" ]; then\n  exec %s\nfi\n%s", run, s.gone(h, chained))
	case h.first:
		b.WriteString(earlier)
		b.WriteString("lines=$(cat; echo .) # what git writes to standard input is for both\nlines=${lines%.}\n")
		fmt.Fprintf(&b, "if [ -x \"$klaviyolint\" ]; then\n  printf %%s \"$lines\" | %s || exit\nelse\n%sfi\n", run, indented(s.gone(h, chained)))
		b.WriteString("if [ -x \"$earlier\" ]; then\n  printf %s \"$lines\" | \"$earlier\" \"$@\"\nfi\n")
	default:
		b.WriteString(earlier)
		b.WriteString("if [ -x \"$earlier\" ]; then\n  \"$earlier\" \"$@\" || exit\nfi\n")
		fmt.Fprintf(&b, "if [ -x \"$klaviyolint\" ]; then\n  exec %s\nfi\n%s", run, s.gone(h, chained))
	}
	return withSum(b.String())
}

// gone returns what a script does when the program is not where it was.
func (s script) gone(h hook, chained bool) string {
	if s.failOpen {
		return fmt.Sprintf("printf '%%s\\n' \"klaviyolint is not at $klaviyolint: this %s was not scanned.\" >&2\n", h.act)
	}
	without := "delete $0"
	if chained {
		without = "rename $earlier to $0"
	}
	return fmt.Sprintf(`printf '%%s\n' >&2 \
  "klaviyolint is not at $klaviyolint: this %s was not scanned, and is stopped." \
  "Install it there again, or elsewhere, and then run: klaviyolint hook install" \
  "To do without it: %s; or once: %s --no-verify"
exit 1
`, h.act, without, h.command)
}

const scriptHead = `#!/bin/sh
# Stops what holds a Klaviyo private API key. Written by "klaviyolint hook install"; "klaviyolint hook uninstall" takes it
# away, and puts back what was here before.
`

// withSum puts before the body of a script what it is and the sum of both.
func withSum(body string) string {
	return fmt.Sprintf("%s%s%.8x\n%s", scriptHead, sumMark, sha256.Sum256([]byte(scriptHead+body)), body)
}

// knownScript tells whether a text is a script of klaviyolint's, whether somebody changed it, and the program that it runs.
func knownScript(text string) (ours, changed bool, binary string) {
	before, rest, found := strings.Cut(text, "\n"+sumMark)
	if !found {
		return false, false, ""
	}
	sum, body, _ := strings.Cut(rest, "\n")
	changed = sum != fmt.Sprintf("%.8x", sha256.Sum256([]byte(before+"\n"+body)))
	if line, found := strings.CutPrefix(body, "klaviyolint='"); found {
		const escape = `'\''`
		hidden := strings.ReplaceAll(line, escape, "\x00\x00\x00\x00")
		if end := strings.IndexByte(hidden, '\''); end >= 0 {
			binary = strings.ReplaceAll(line[:end], escape, "'")
		}
	}
	return true, changed, binary
}

// quoted writes any text as one word of the shell.
func quoted(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func indented(lines string) string {
	var b strings.Builder
	for line := range strings.Lines(lines) {
		b.WriteString("  " + line)
	}
	return b.String()
}

// ownPath returns where this program stands, by the name that it was called by: a package manager keeps that name, and
// moves what it leads to.
func ownPath() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", &hinted{fmt.Errorf("find out where klaviyolint is: %w", err), "call it by its whole path"}
	}
	if called, err := exec.LookPath(os.Args[0]); err == nil {
		if called, err = filepath.Abs(called); err == nil && sameFile(called, self) {
			self = called
		}
	}
	if strings.Contains(filepath.ToSlash(self), "/go-build") {
		return "", &hinted{
			errors.New("klaviyolint runs from a directory of go run, which is deleted when it ends"),
			"run go install ./cmd/klaviyolint in the checkout, and then klaviyolint hook install",
		}
	}
	return self, nil
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
