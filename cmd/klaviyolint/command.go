// This file puts the command line together and turns errors into exit codes.

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/report"
)

// Exit codes, a contract. Findings win over an incomplete scan.
const (
	exitClean      = 0 // nothing at or above --fail-on, and everything was scanned
	exitFindings   = 1
	exitUsage      = 2 // wrong use, wrong configuration, output that cannot be written
	exitIncomplete = 3 // no finding, but something could not be scanned
)

// app is one run of the program: where it reads and writes, and how it ends.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	exit           int
	hook           bool            // git runs it as a hook: a report that has nothing to tell is not written
	report         *scanner.Report // what was scanned last
	stop           stop            // what a hook that stops something has to know to say what to do
}

// hinted is an error with the next thing to try.
type hinted struct {
	err  error
	hint string
}

func (h *hinted) Error() string { return h.err.Error() }
func (h *hinted) Unwrap() error { return h.err }

// run runs the program with args and returns its exit code. It ends early, with what it has, when ctx does.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() {
		// A panic's value may quote content, so only its type is shown.
		if p := recover(); p != nil {
			fmt.Fprintf(stderr, "klaviyolint: internal error: %T: please report it at https://github.com/klaviyolint/klaviyolint/issues\n", p)
			code = exitUsage
		}
	}()
	debug.SetPanicOnFault(true) // as a file that is mapped and cut off makes one
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintf(stderr, "klaviyolint: error: %s\n", report.Show(scanner.Conceal(err.Error())))
		hint := "run klaviyolint --help to see how it is used"
		if h := (*hinted)(nil); errors.As(err, &h) {
			hint = h.hint
		}
		fmt.Fprintf(stderr, "klaviyolint: hint: %s\n", hint)
		return exitUsage
	}
	return a.exit
}

func (a *app) rootCommand() *cobra.Command {
	root := a.pathsCommand()
	root.SilenceErrors, root.SilenceUsage = true, true
	root.AddCommand(a.stagedCommand(), a.historyCommand(), a.hookCommand(), a.baselineCommand(), a.mergeCommand(), a.rulesCommand(), a.explainCommand(), a.versionCommand(), a.manCommand())
	root.SetHelpTemplate(helpTemplate)
	return root
}

// helpTemplate is cobra's, with the exit codes for the root command.
const helpTemplate = `{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}

{{end}}{{.UsageString}}{{if not .HasParent}}
Exit codes:
` + exitCodes + `{{end}}`

const exitCodes = `  0  no finding at or above --fail-on, and everything was scanned
  1  findings
  2  wrong use or configuration, or a report that cannot be written
  3  incomplete: no finding, but something could not be scanned
`
