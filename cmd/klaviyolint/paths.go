// This file holds the root command, which scans files, directories and standard input.

package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/source"
)

func (a *app) pathsCommand() *cobra.Command {
	var flags scanFlags
	var noIgnore bool
	var stdinPath string
	cmd := &cobra.Command{
		Use:   "klaviyolint [flags] [PATH...]",
		Short: "Find Klaviyo private API keys where the public key belongs",
		Long: `klaviyolint finds Klaviyo private API keys: in the places where Klaviyo wants the public key (site ID),
and wherever else they are written down.

It scans files and directories, by default the current directory. "-" is standard input.
Inside a git work tree it leaves out what git ignores and does not track.`,
		Example: `  klaviyolint                       scan the current directory
  klaviyolint theme/ .env           scan a directory and a file
  curl -s https://shop.example | klaviyolint - --stdin-path index.html
  klaviyolint staged                scan what the next commit would hold
  klaviyolint history               scan everything that the repository ever held
  klaviyolint -f sarif -o out.sarif write a report for code scanning`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := rootOf(args)
			globs, err := flags.globs(root, root)
			if err != nil {
				return err
			}
			src, err := a.paths(args, stdinPath, source.Dir{NoIgnore: noIgnore, Globs: &globs})
			if err != nil {
				return err
			}
			return a.scan(cmd.Context(), src, globs, &flags)
		},
	}
	flags.register(cmd)
	cmd.Flags().BoolVar(&noIgnore, "no-ignore", false, "scan also what git ignores")
	cmd.Flags().StringVar(&stdinPath, "stdin-path", "stdin", "what to call standard input in the report")
	return cmd
}

// rootOf returns the directory whose configuration counts: the one that is scanned, else the current one.
func rootOf(args []string) string {
	if len(args) == 1 {
		if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
			return args[0]
		}
	}
	return "."
}

// paths returns the source of what args name.
func (a *app) paths(args []string, stdinPath string, dir source.Dir) (scanner.Source, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	names := slices.DeleteFunc(slices.Clone(args), func(name string) bool { return name == "-" })
	all, err := source.Paths(names, dir)
	if err != nil {
		return nil, &hinted{fmt.Errorf("scan: %w", err), "name files and directories that exist; see klaviyolint --help for the commands"}
	}
	if len(names) < len(args) {
		all = append(all, &source.Stdin{Reader: a.stdin, Path: stdinPath})
	}
	return all, nil
}
