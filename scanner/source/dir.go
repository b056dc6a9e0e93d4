// Package source holds the sources of blobs: directories, files, standard input, git's index and git's history. They are
// interchangeable: the same content gives the same findings through each.
package source

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// Dir yields the files below a directory. It skips .git, follows no symbolic link (a link's target is content), and
// inside a git work tree leaves out what git ignores, unless git tracks it all the same. What it cannot read, and what
// is no file (pipes, devices), is yielded with an error.
type Dir struct {
	Root     string   // as the user named it; paths begin with it
	Globs    Globs    // relative to Root
	NoIgnore bool     // yield also what git ignores
	Omit     []string // files that are not there for the scan: an earlier report that is written anew; absolute
}

// Walk implements [scanner.Source]. Files are read by as many goroutines as there are processors.
func (d *Dir) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	files := make(chan []entry, 64)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			var buf buffer
			for batch := range files {
				for _, e := range batch {
					if ctx.Err() != nil {
						break
					}
					if err := e.visit(&buf, visit); err != nil {
						cancel(err)
					}
				}
			}
		})
	}
	err := d.list(ctx, visit, files)
	close(files)
	workers.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// entry is a file or a link to visit.
type entry struct {
	name string // for the file system
	path string // for the report
	link bool
}

func (e *entry) visit(buf *buffer, visit func(scanner.Blob) error) error {
	if e.link {
		return visitLink(e.name, e.path, visit)
	}
	return buf.visitFile(e.name, e.path, visit)
}

// folder is a directory to list.
type folder struct {
	name  string // for the file system
	path  string // for the report
	rel   string // for globs: relative to the root, with a slash at the end; "" for the root
	scope *scope
}

// list walks the tree without recursion and sends what is to be read, a directory's files at a time.
func (d *Dir) list(ctx context.Context, visit func(scanner.Blob) error, files chan<- []entry) error {
	root := filepath.ToSlash(filepath.Clean(d.Root))
	name, err := filepath.EvalSymlinks(d.Root) // a link given by hand is followed
	if err != nil {
		return visit(scanner.Blob{Path: root, Err: cause(err)})
	}
	start := folder{name: name, path: root}
	if !d.NoIgnore {
		var problems []scanner.Blob
		start.scope, problems = enclosingScope(name, root)
		for _, p := range problems {
			if err := visit(p); err != nil {
				return err
			}
		}
	}
	stack := []folder{start}
	for len(stack) > 0 && ctx.Err() == nil {
		f := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		batch, below, err := d.listFolder(ctx, f, visit)
		if err != nil {
			return err
		}
		stack = append(stack, below...)
		if len(batch) > 0 {
			select {
			case files <- batch:
			case <-ctx.Done():
			}
		}
	}
	return ctx.Err()
}

// listFolder returns the files and the directories in f that are to be scanned.
func (d *Dir) listFolder(ctx context.Context, f folder, visit func(scanner.Blob) error) (files []entry, below []folder, err error) {
	list, readErr := readDir(f.name)
	if readErr != nil {
		if err := visit(scanner.Blob{Path: f.path, Err: cause(readErr)}); err != nil {
			return nil, nil, err
		}
	}
	if !d.NoIgnore {
		var problems []scanner.Blob
		f.scope, problems = f.scope.enter(f, list)
		for _, p := range problems {
			if err := visit(p); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, e := range list {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		name := f.name + string(filepath.Separator) + e.Name()
		if e.Name() == ".git" || d.omits(name) {
			continue
		}
		at, rel, kind := path.Join(f.path, e.Name()), f.rel+e.Name(), e.Type()
		b := scanner.Blob{Path: at}
		scope, ignored := f.scope.below(e.Name(), kind.IsDir())
		switch {
		case ignored:
			b.LeftOut = scanner.Ignored
		case kind.IsDir() && d.Globs.Prunes(rel), !kind.IsDir() && d.Globs.Excludes(rel):
			b.LeftOut = scanner.Excluded
		case kind.IsDir():
			below = append(below, folder{name: name, path: at, rel: rel + "/", scope: scope})
			continue
		case kind.IsRegular(), isLink(kind):
			files = append(files, entry{name: name, path: at, link: !kind.IsRegular()})
			continue
		default:
			b.Err = notRegular(kind)
		}
		if err := visit(b); err != nil {
			return nil, nil, err
		}
	}
	return files, below, nil
}

// isLink tells whether a file leads elsewhere. On Windows so do junctions, of which pnpm makes its node_modules; they have
// no bit of their own. Nothing else is irregular but what [os.Readlink] refuses, which is then listed as not read.
func isLink(kind fs.FileMode) bool { return kind&(fs.ModeSymlink|fs.ModeIrregular) != 0 }

// omits tells whether name is a file that is to be passed over. Their directories can be named in two ways: through links,
// and in other case.
func (d *Dir) omits(name string) bool {
	return slices.ContainsFunc(d.Omit, func(omit string) bool {
		if !strings.EqualFold(filepath.Base(name), filepath.Base(omit)) {
			return false
		}
		if abs, err := filepath.Abs(name); err == nil && abs == omit {
			return true
		}
		return sameFile(filepath.Dir(name), filepath.Dir(omit), os.Stat) && sameFile(name, omit, os.Lstat)
	})
}

func sameFile(a, b string, stat func(string) (fs.FileInfo, error)) bool {
	first, err := stat(a)
	if err != nil {
		return false
	}
	second, err := stat(b)
	return err == nil && os.SameFile(first, second)
}

// readDir lists a directory; on an error it returns what it could list.
func readDir(name string) ([]fs.DirEntry, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := f.ReadDir(-1)
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, err
}
