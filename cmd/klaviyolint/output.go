// This file writes reports to standard output or to a file, which appears under its name when it is whole.

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// tryOutput tells whether a report can be written to name; "" is standard output.
func tryOutput(name string) error {
	if name == "" {
		return nil
	}
	out, err := createOutput(name)
	if err == nil {
		err = out.discard()
	}
	return err
}

// writeOutput writes what write does to name, or to stdout if name is "".
func writeOutput(name string, stdout io.Writer, write func(io.Writer) error) (err error) {
	if name == "" {
		return buffered(stdout, write)
	}
	out, err := createOutput(name)
	if err != nil {
		return err
	}
	if err := buffered(out.file, write); err != nil {
		return errors.Join(err, out.discard())
	}
	return out.commit()
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriter(w)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

// output is a file that is being written.
type output struct {
	file   *os.File
	target string // what file is renamed to; "" if it is written in place
}

func createOutput(name string) (*output, error) {
	target, err := followLinks(name)
	if err != nil {
		return nil, err
	}
	mode := fs.FileMode(0o666) // less the umask
	info, err := os.Stat(target)
	switch {
	case err != nil:
	case info.IsDir():
		return nil, fmt.Errorf("write the report to %q: is a directory", name)
	case !info.Mode().IsRegular(): // /dev/stderr, a pipe
		f, err := os.OpenFile(target, os.O_WRONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("write the report: %w", err)
		}
		return &output{file: f}, nil
	default:
		mode = info.Mode().Perm()
	}
	temporary := filepath.Join(filepath.Dir(target), fmt.Sprintf(".%s.%d.tmp", filepath.Base(target), os.Getpid()))
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, fmt.Errorf("write the report to %q: %w", name, cause(err))
	}
	return &output{file: f, target: target}, nil
}

// followLinks returns the file that name leads to, which need not be there: a link stays, what it leads to is replaced.
func followLinks(name string) (string, error) {
	for range 40 {
		info, err := os.Lstat(name)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return name, nil //nolint:nilerr // what is not there is made
		}
		link, err := os.Readlink(name)
		if err != nil {
			return "", fmt.Errorf("write the report: %w", err)
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(name), link)
		}
		name = link
	}
	return "", fmt.Errorf("write the report to %q: links without end", name)
}

// cause strips the name of a temporary file from an error.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// commit puts what was written under its name.
func (o *output) commit() error {
	err := o.file.Close()
	if o.target == "" {
		return err
	}
	if err != nil { // some file systems say only now that there is no room
		return errors.Join(err, os.Remove(o.file.Name()))
	}
	if err := os.Rename(o.file.Name(), o.target); err != nil {
		return errors.Join(err, os.Remove(o.file.Name()))
	}
	return nil
}

// discard removes what was written.
func (o *output) discard() error {
	err := o.file.Close()
	if o.target != "" {
		err = errors.Join(err, os.Remove(o.file.Name()))
	}
	return err
}
