// This file finds out where what is scanned belongs: which repository, and which commit of it, by HEAD and by what CI
// says of it, and where in the work space of CI.

package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

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

// githubBranch returns the branch of a ref, "" if it is of something else: a tag, a pull request.
func githubBranch(ref string) string {
	branch, ok := strings.CutPrefix(ref, "refs/heads/")
	if !ok {
		return ""
	}
	return branch
}

// placeOf notes of a store that is scanned what the format tells of it.
func (f *scanFlags) placeOf(s *gitstore.Store) {
	if f.tellsOrigin() {
		f.origin = originOf(s)
	}
	f.below = belowWorkspace(s.WorkTree)
}

// placeHere notes of the current directory what the format tells of it.
func (f *scanFlags) placeHere() {
	if f.tellsOrigin() {
		f.origin = originHere()
	}
	f.below = belowWorkspace(".")
}

// belowWorkspace returns where dir is in the work space of GitHub Actions, which annotations name files from: a step may
// have a working-directory. It is "" for the top, and for what is elsewhere.
func belowWorkspace(dir string) string {
	workspace := os.Getenv("GITHUB_WORKSPACE")
	if workspace == "" || dir == "" {
		return ""
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(workspace, dir)
	if err != nil || !filepath.IsLocal(rel) || rel == "." {
		return ""
	}
	return filepath.ToSlash(rel)
}

// originHere returns the origin of the current directory, if that is the top of a work tree.
func originHere() *report.Origin {
	store, err := gitstore.Open(".", gitstore.Env{})
	if err != nil {
		return nil
	}
	defer store.Close()
	here, err := os.Stat(".")
	if err != nil {
		return nil
	}
	top, err := os.Stat(store.WorkTree)
	if err != nil || !os.SameFile(here, top) {
		return nil
	}
	return originOf(store)
}
