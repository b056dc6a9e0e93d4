// This file finds out where what is scanned belongs: which repository, and which commit of it, by HEAD and by what CI
// says of it, and where in the work space of CI.

package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
	"github.com/klaviyolint/klaviyolint/scanner/report"
)

// originOf returns what is known of a store's repository, nil for nothing. Where it can be found is only believed of CI if
// the commit that CI means is the one that is checked out.
func originOf(s *gitstore.Store) *report.Origin {
	head, ok := s.Head()
	if !ok {
		return nil
	}
	o := &report.Origin{Revision: head.String()}
	for _, ci := range []struct{ commit, uri, branch string }{
		// https://docs.github.com/en/actions/reference/workflows-and-actions/variables
		{os.Getenv("GITHUB_SHA"), os.Getenv("GITHUB_SERVER_URL") + "/" + os.Getenv("GITHUB_REPOSITORY"), githubBranch(os.Getenv("GITHUB_REF"))},
		// https://docs.gitlab.com/ci/variables/predefined_variables/
		{os.Getenv("CI_COMMIT_SHA"), os.Getenv("CI_PROJECT_URL"), os.Getenv("CI_COMMIT_BRANCH")},
	} {
		u, err := url.Parse(ci.uri)
		if ci.commit != o.Revision || err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			continue
		}
		u.User = nil // a password
		o.URI, o.Branch = u.String(), ci.branch
		break
	}
	return o
}

// concealedOrigin returns what a report may say of an origin: what CI says comes from whoever named the branch.
func concealedOrigin(o *report.Origin) *report.Origin {
	if o == nil {
		return nil
	}
	return &report.Origin{URI: scanner.Conceal(o.URI), Revision: o.Revision, Branch: scanner.Conceal(o.Branch)}
}

// concealedPlace returns place without keys in the names of directories that it puts before a path, which has none.
func concealedPlace(place func(string) string) func(string) string {
	if place == nil {
		return nil
	}
	return func(name string) string {
		at := place(name)
		if at != name {
			at = scanner.Conceal(at)
		}
		return at
	}
}

// githubBranch returns the branch of a ref, "" if it is of something else: a tag, a pull request.
func githubBranch(ref string) string {
	branch, ok := strings.CutPrefix(ref, "refs/heads/")
	if !ok {
		return ""
	}
	return branch
}

// placing finds where paths of a report are, for the formats that tell it; the zero value, that they are told so already.
type placing struct {
	repository *placer // from the top of the repository
	workspace  *placer // from that of GitHub's work space
}

// of returns what gives of a path where it is, as the format tells it; nil: as the report has it.
func (p placing) of(format string) func(path string) string {
	at := p.repository
	if format == "github" && p.workspace != nil {
		at = p.workspace
	} else if format != "github" && format != "sarif" && format != "gitlab" {
		return nil
	}
	if at == nil {
		return nil
	}
	return at.place
}

// placeOf notes of a store that is scanned what the formats tell of it. Its paths are from the top of the work tree.
func (f *scanFlags) placeOf(s *gitstore.Store) {
	if f.tellsOrigin() {
		f.origin = originOf(s)
	}
	workspace := os.Getenv("GITHUB_WORKSPACE")
	if f.writes("github") && workspace != "" && s.WorkTree != "" {
		f.places.workspace = &placer{top: realPath(workspace), from: realPath(s.WorkTree)}
	}
}

// placePaths notes of files and directories what the formats tell of them: of which repository all of them are, and where in
// it. stdin is what standard input is called, "" if it is not read: it is of no repository.
func (f *scanFlags) placePaths(files []string, stdin string) {
	f.fixes = stdin == ""
	if !f.writes("github") && !f.tellsOrigin() {
		return
	}
	here := realPath(".")
	p := placer{top: here, from: here, stdin: stdin, dirs: map[string]string{}, named: map[string]bool{}}
	for _, name := range files {
		p.named[p.absolute(name)] = true
	}
	if store := repositoryOf(files); store != nil {
		defer store.Close()
		p.top = realPath(store.WorkTree)
		if f.tellsOrigin() && stdin == "" {
			f.origin = originOf(store)
		}
	} else if store := repositoryOf([]string{"."}); store != nil {
		defer store.Close()
		p.top = realPath(store.WorkTree)
	}
	f.places.repository = &p
	// Annotations are named from the work space: a step may have a working-directory, and a repository one of its own.
	if workspace := os.Getenv("GITHUB_WORKSPACE"); workspace != "" {
		from := p
		from.top = realPath(workspace)
		f.places.workspace = &from
	}
}

// placer finds where files are that a report names.
type placer struct {
	top   string            // what paths are told from; real, as the others
	from  string            // what they begin at now
	stdin string            // names no file
	named map[string]bool   // what was asked for: a link among it was followed, others are told of themselves
	dirs  map[string]string // directories that were looked up, and where they really are; nil: what is told of is not on the disk
}

// place returns where a file is from the top: slash-separated; an absolute path, with a slash before it, if it is elsewhere.
func (p *placer) place(name string) string {
	if p.stdin != "" && name == p.stdin {
		return name
	}
	at := p.absolute(name)
	if p.dirs != nil {
		at = p.real(at)
	}
	if rel, err := filepath.Rel(p.top, at); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return "/" + strings.TrimPrefix(filepath.ToSlash(at), "/")
}

func (p *placer) absolute(name string) string {
	if name = filepath.FromSlash(name); filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(p.from, name)
}

// real returns where a file really is: its directory may be reached by way of a link, and so may it, if it was named.
func (p *placer) real(at string) string {
	if p.named[at] {
		return realPath(at)
	}
	dir, name := filepath.Split(at)
	real, known := p.dirs[dir]
	if !known {
		real = realPath(dir)
		p.dirs[dir] = real
	}
	return filepath.Join(real, name)
}

// realPath returns the absolute path of a file without links, as far as it exists.
func realPath(name string) string {
	if !filepath.IsAbs(name) {
		here, err := os.Getwd()
		if err != nil {
			return name
		}
		if real, err := filepath.EvalSymlinks(here); err == nil {
			here = real
		}
		name = filepath.Join(here, name)
	}
	if real, err := filepath.EvalSymlinks(name); err == nil {
		return real
	}
	if dir := filepath.Dir(name); dir != name {
		return filepath.Join(realPath(dir), filepath.Base(name))
	}
	return name
}

// repositoryOf opens the repository in whose work tree all of the files are, nil if there is none. A repository inside of it
// is another one.
func repositoryOf(files []string) *gitstore.Store {
	if len(files) == 0 {
		return nil
	}
	store, err := gitstore.Open(directoryOf(files[0]), gitstore.Env{})
	if err != nil {
		return nil
	}
	top := realPath(store.WorkTree)
	for _, name := range files {
		if store.WorkTree == "" || nextRepository(directoryOf(name)) != top {
			store.Close()
			return nil
		}
	}
	return store
}

// directoryOf returns the directory that name is, or is in, without links.
func directoryOf(name string) string {
	at := realPath(name)
	if info, err := os.Stat(at); err == nil && info.IsDir() {
		return at
	}
	return filepath.Dir(at)
}

// nextRepository returns the directory, dir or one above, that has a .git; "" if there is none.
func nextRepository(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		above := filepath.Dir(dir)
		if above == dir {
			return ""
		}
		dir = above
	}
}
