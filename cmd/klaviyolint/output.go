// This file writes reports to standard output or to a file, which appears under its name when it is whole.

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// output is where a report goes: one of the two.
type output struct {
	name string    // of a file that is made, or replaced, when the report is whole
	open io.Writer // what is written as it is: standard output, a pipe, a device
}

const hintOutput = "name a file in a directory that exists, both of which you may write"

// openOutput tells, before the scan, whether a report can be written to name; "" is stdout. What is no regular file is opened
// here and once, for whoever reads a pipe takes its first end for that of the report; until somebody reads it, or ctx ends,
// that waits.
func openOutput(ctx context.Context, name string, stdout io.Writer) (output, error) {
	if name == "" {
		return output{open: stdout}, nil
	}
	info, err := os.Stat(name)
	switch {
	case err != nil: // it is made
	case info.IsDir():
		return output{}, fmt.Errorf("write the report to %q: is a directory", name)
	case !info.Mode().IsRegular() || isDescriptor(name):
		file, err := openAsIs(ctx, name, info)
		return output{open: file}, err
	}
	file, err := newReplacement(name)
	if err == nil {
		err = file.discard()
	}
	return output{name: name}, err
}

// write writes what write does. A file is then there whole, or as it was.
func (o output) write(write func(io.Writer) error) error {
	if o.name == "" {
		return buffered(o.open, write)
	}
	file, err := newReplacement(o.name)
	if err != nil {
		return err
	}
	if err := buffered(file, write); err != nil {
		return errors.Join(err, file.discard())
	}
	return file.commit()
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriter(w)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

// isDescriptor tells that name leads to a file that is open already, as /dev/stdout does, whatever it is called now.
func isDescriptor(name string) bool {
	target, err := followLinks(name)
	return err == nil && target == ""
}

// descriptors are the names of files that are open, as [path.Match] has it.
var descriptors = []string{"/dev/fd/*", "/dev/stdout", "/dev/stderr", "/proc/*/fd/*"}

// openAsIs opens what is no regular file, or open already. Standard output and error are used as they are: they may be a
// socket, which cannot be opened, or another user's.
func openAsIs(ctx context.Context, name string, info fs.FileInfo) (*os.File, error) {
	for _, file := range []*os.File{os.Stdout, os.Stderr} {
		// Windows tells neither pipes nor devices apart.
		if is, err := file.Stat(); err == nil && runtime.GOOS != "windows" && os.SameFile(is, info) {
			return file, nil
		}
	}
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() { // which goes on waiting if ctx ends: the program does, too
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
		done <- opened{file, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return nil, fmt.Errorf("write the report to %q: %w", name, cause(o.err))
		}
		return o.file, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("write the report to %q: interrupted before anything read it", name)
	}
}

// replacement is a file that is written beside the one whose place it takes.
type replacement struct {
	*os.File
	target string
}

// newReplacement begins to make, or replace, the file that name leads to. One that is there keeps its mode, and is not
// replaced if it may not be written: somebody wants to keep it.
func newReplacement(name string) (*replacement, error) {
	target, err := followLinks(name)
	if err == nil && target == "" {
		err = fmt.Errorf("write the report to %q: %w", name, fs.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	mode := fs.FileMode(0o666) // less the umask
	info, err := os.Stat(target)
	there := err == nil
	if there {
		mode = info.Mode().Perm()
		file, err := os.OpenFile(target, os.O_WRONLY|openFlags, 0)
		if errors.Is(err, fs.ErrPermission) {
			return nil, fmt.Errorf("write the report to %q: %w", name, cause(err))
		} else if err == nil {
			_ = file.Close()
		}
	}
	const tries = 100
	for try := 1; ; try++ {
		// Not the number of the process: in a container that is the same in each run, and so a file that was left is in the way.
		beside := fmt.Sprintf("%s%08x%s", temporaryStart(target), rand.Uint32(), temporaryEnd)
		file, err := os.OpenFile(filepath.Join(filepath.Dir(target), beside), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		switch {
		case errors.Is(err, fs.ErrExist) && try < tries:
		case err != nil:
			return nil, fmt.Errorf("write the report to %q: %w", name, cause(err))
		default:
			if there {
				_ = file.Chmod(mode) // a file system without modes has none to keep
			}
			return &replacement{file, target}, nil
		}
	}
}

// temporaryStart is what the name of a replacement begins with, and temporaryEnd what it ends with.
func temporaryStart(target string) string { return "." + filepath.Base(target) + "." }

const temporaryEnd = ".tmp"

// leftBeside returns the replacements of the file that were begun and not ended: a program may be killed.
func leftBeside(target string) (names []string) {
	dir := filepath.Dir(target)
	list, _ := os.ReadDir(dir) // what cannot be listed is not scanned either
	for _, e := range list {
		middle, ok := strings.CutPrefix(e.Name(), temporaryStart(target))
		number, ends := strings.CutSuffix(middle, temporaryEnd)
		if ok && ends && e.Type().IsRegular() && strings.Trim(number, "0123456789abcdef") == "" {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	return names
}

// followLinks returns the file that name leads to, which need not be there: a link stays, what it leads to is replaced. Of
// what is open already it returns "", for what the system shows as a link there leads to no name.
func followLinks(name string) (string, error) {
	at := name
	for range 40 {
		for _, pattern := range descriptors {
			if is, _ := path.Match(pattern, at); is {
				return "", nil
			}
		}
		info, err := os.Lstat(at)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return at, nil //nolint:nilerr // what is not there is made
		}
		link, err := os.Readlink(at)
		if err != nil {
			return "", fmt.Errorf("write the report: %w", err)
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(at), link)
		}
		at = link
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
func (r *replacement) commit() error {
	if err := r.Close(); err != nil { // some file systems say only now that there is no room
		return errors.Join(err, os.Remove(r.Name()))
	}
	if err := os.Rename(r.Name(), r.target); err != nil {
		return errors.Join(err, os.Remove(r.Name()))
	}
	return nil
}

// discard removes what was written.
func (r *replacement) discard() error { return errors.Join(r.Close(), os.Remove(r.Name())) }
