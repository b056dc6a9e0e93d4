// This file follows a walk through work trees: which ignore files apply in a directory, and what git tracks there.

package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

// scope is what bears on the names in one directory of a work tree. A nil scope is a directory outside of any.
type scope struct {
	index   *gitstore.Index // what git tracks; nil if nothing
	dir     string          // the directory in the work tree, with a slash at the end; "" for the top
	files   []*ignoreFile   // the ignore files that apply, the strongest last
	ignored bool            // the directory is ignored: only what git tracks in it counts
}

// enclosingScope returns the scope of name, a directory that a user asked for. That the directory itself is ignored does
// not matter then; patterns for what is in it do.
func enclosingScope(name, path string) (*scope, []scanner.Blob) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, []scanner.Blob{{Path: path, Err: cause(err)}}
	}
	top := filepath.Dir(abs)
	for ; ; top = filepath.Dir(top) {
		if _, err := os.Lstat(filepath.Join(top, ".git")); err == nil {
			break
		}
		if top == filepath.Dir(top) {
			return nil, nil
		}
	}
	if _, err := os.Lstat(filepath.Join(abs, ".git")); err == nil {
		return nil, nil // a work tree of its own, whatever encloses it
	}
	s, problems := topScope(top, path)
	rel, _ := filepath.Rel(top, abs)
	for _, part := range strings.Split(filepath.ToSlash(rel), "/") {
		problems = s.read(filepath.Join(top, filepath.FromSlash(s.dir), ".gitignore"), path, problems)
		s = &scope{index: s.index, dir: s.dir + part + "/", files: s.files}
	}
	return s, problems
}

// topScope returns the scope of a work tree's top directory, without its .gitignore.
func topScope(top, path string) (*scope, []scanner.Blob) {
	s := &scope{}
	store, err := gitstore.Open(top, gitstore.Env{})
	if errors.Is(err, gitstore.ErrNotRepository) {
		return nil, nil // something is called .git, but git takes it for no repository either
	}
	if err != nil {
		return s, []scanner.Blob{{Path: path, Err: fmt.Errorf("%w: run git status there", err)}}
	}
	defer store.Close()
	var problems []scanner.Blob
	s.index, err = store.Index()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		problems = append(problems, scanner.Blob{Path: path, Err: err})
	}
	return s, s.read(filepath.Join(store.CommonDir, "info", "exclude"), path, problems)
}

// enter returns the scope of the directory f, which lists list.
func (s *scope) enter(f folder, list []fs.DirEntry) (*scope, []scanner.Blob) {
	var problems []scanner.Blob
	for _, e := range list {
		if e.Name() == ".git" {
			if top, found := topScope(f.name, f.path); top != nil {
				s, problems = top, found
			}
			break
		}
	}
	if s == nil {
		return nil, problems
	}
	for _, e := range list {
		if e.Name() == ".gitignore" && e.Type().IsRegular() {
			inner := *s
			problems = inner.read(filepath.Join(f.name, ".gitignore"), f.path, problems)
			return &inner, problems
		}
	}
	return s, problems
}

// maxIgnoreFile bounds what is read of an ignore file, in bytes.
const maxIgnoreFile = 4 << 20

// read adds the ignore file at name to the scope, if there is one. Ignore files that cannot be read ignore nothing.
func (s *scope) read(name, path string, problems []scanner.Blob) []scanner.Blob {
	f, err := os.OpenFile(name, openFlags, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return problems
	}
	if err == nil {
		defer f.Close()
		var info fs.FileInfo
		if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
			err = notRegular(info.Mode())
		}
	}
	var data []byte
	if err == nil {
		data, err = io.ReadAll(io.LimitReader(f, maxIgnoreFile+1))
	}
	if err == nil && len(data) > maxIgnoreFile {
		err = fmt.Errorf("larger than %d bytes: nothing is ignored by it", maxIgnoreFile)
	}
	if err != nil {
		return append(problems, scanner.Blob{Path: path + "/" + filepath.Base(name), Err: cause(err)})
	}
	s.files = append(s.files[:len(s.files):len(s.files)], parseIgnore(s.dir, data))
	return problems
}

// below tells whether name in the scope's directory is left out, and returns the scope of it if it is a directory.
func (s *scope) below(name string, isDir bool) (child *scope, ignored bool) {
	if s == nil {
		return nil, false
	}
	at := s.dir + name
	ignored = s.ignored || s.matches(at, isDir)
	if isDir {
		child = &scope{index: s.index, dir: at + "/", files: s.files, ignored: ignored}
	}
	if ignored && s.index != nil {
		// What git tracks is in the repository, whatever the patterns say.
		ignored = !s.index.Has(at) && (!isDir || !s.index.HasUnder(at))
	}
	return child, ignored
}

func (s *scope) matches(path string, isDir bool) bool {
	for i := len(s.files) - 1; i >= 0; i-- {
		if ignored, decided := s.files[i].match(path, isDir); decided {
			return ignored
		}
	}
	return false
}
