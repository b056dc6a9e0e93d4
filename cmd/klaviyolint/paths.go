// This file holds the root command, which scans files, directories and standard input.

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/config"
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
  klaviyolint -f sarif -o out.sarif write a report for code scanning
  klaviyolint -f html -o keys.html  write a page for whoever owns the shop
  klaviyolint -f github             annotate the lines, in a step of GitHub Actions`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			src, err := a.paths(cmd, args, stdinPath, noIgnore, &flags)
			if err != nil {
				return err
			}
			flags.subject = pathsSubject(args)
			flags.placePaths(filesAndStdin(cmd, args, stdinPath))
			return a.scan(cmd.Context(), src, &flags)
		},
	}
	flags.register(cmd)
	cmd.Flags().BoolVar(&noIgnore, "no-ignore", false, "scan also what git ignores")
	cmd.Flags().StringVar(&stdinPath, "stdin-path", "stdin", "what to call standard input in the report")
	return cmd
}

// earlierReports returns the whole paths of the files that reports are written to, also where links lead, and of such as were
// begun and not ended, as far as what is in them can be a report. The words in it are no findings then. What else is named
// is scanned first.
func (f *scanFlags) earlierReports() (names []string) {
	forms, err := f.wanted()
	if err != nil {
		return nil // and there is no scan
	}
	for _, form := range forms {
		if form.name == "" {
			continue
		}
		all := []string{form.name}
		if target, err := followLinks(form.name); err == nil && target != "" {
			all = append(append(all, target), leftBeside(target)...)
		}
		for _, name := range all {
			if name, err := filepath.Abs(name); err == nil && mayBeReport(name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// mayBeReport tells that a file is text and holds no key, as reports are and do. An archive, in which a key would not be seen,
// is no text. A named pipe holds only what is written to it now.
func mayBeReport(name string) bool {
	const most = 1 << 20 // bytes in which any key is found, however it is encoded
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return false
	case info.Mode().Type() == fs.ModeNamedPipe:
		return true
	case !info.Mode().IsRegular() || info.Size() > most:
		return false
	}
	data, err := os.ReadFile(name)
	return err == nil && utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 && scanner.Conceal(string(data)) == string(data)
}

// isStdin tells that the i-th argument is standard input. Behind "--" a name is a file's, whatever it looks like.
func isStdin(cmd *cobra.Command, name string, i int) bool {
	dash := cmd.ArgsLenAtDash()
	return name == "-" && (dash < 0 || i < dash)
}

// filesAndStdin returns the files and directories that args name, and what standard input is called, "" if it is not read.
func filesAndStdin(cmd *cobra.Command, args []string, stdinPath string) (files []string, stdin string) {
	if len(args) == 0 {
		return []string{"."}, ""
	}
	for i, name := range args {
		if isStdin(cmd, name, i) {
			stdin = stdinPath
		} else {
			files = append(files, name)
		}
	}
	return files, stdin
}

// paths returns the source of what args name: directories, each with its own configuration, and files and standard
// input with that of the current directory.
func (a *app) paths(cmd *cobra.Command, args []string, stdinPath string, noIgnore bool, flags *scanFlags) (scanner.Source, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	flags.fromHere = true
	omit := flags.earlierReports()
	var all, others source.All
	for i, name := range args {
		if isStdin(cmd, name, i) {
			others = append(others, &source.Stdin{Reader: a.stdin, Path: stdinPath})
			continue
		}
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, &hinted{fmt.Errorf("scan: %w", err), "name files and directories that exist; klaviyolint --help lists the commands"}
		case err != nil:
			all = append(all, source.Broken{Path: filepath.ToSlash(name), Err: err})
		case info.IsDir():
			root := filepath.ToSlash(filepath.Clean(name))
			globs, err := flags.globs(scope{
				find: func() (config.File, error) { return config.Find(name) }, file: path.Join(root, config.Name),
				root: root, whole: len(args) == 1,
			})
			if err != nil {
				return nil, err
			}
			flags.whole = append(flags.whole, root)
			all = append(all, &source.Dir{Root: name, Globs: globs, NoIgnore: noIgnore, Omit: omit})
		default:
			others = append(others, source.Files{name})
		}
	}
	if others == nil {
		return all, nil
	}
	root, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the current directory: %w", err)
	}
	globs, err := flags.globs(scope{
		find: func() (config.File, error) { return config.Find(".") }, file: config.Name, root: ".", dir: root,
	})
	if err != nil {
		return nil, err
	}
	return append(all, &source.Filtered{Source: others, Globs: globs, Root: root}), nil
}
