// This file says what a configuration changes in a report.

package scanner

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/klaviyolint/klaviyolint/rules"
)

// Policy is what a configuration says about the findings below one directory. The zero value says nothing.
type Policy struct {
	Root       string // what the paths of its findings begin with, "theme" for theme/a.liquid; "" or "." for all paths
	Dir        string // Root as an absolute path, for findings whose path is absolute; "" if there are none
	File       string // the configuration's own path, as a report shows it
	PublicKeys []string
	Levels     map[*rules.Rule]rules.Level // the levels of rules that differ from their own; 0 turns a rule off
	Exceptions []*Exception
	// Whole tells that the scan covers all that is below Root, so that what finds nothing to suppress is unused.
	Whole bool
}

// Exception is an entry of a configuration that suppresses findings: those that it describes in all that it says.
type Exception struct {
	Fingerprint string                 // of the finding; "" for any
	Matches     func(path string) bool // tells by a path relative to the policy's Root; nil for any
	Rule        *rules.Rule            // nil for any
	Reason      string
	History     bool // it is for findings of the history only

	Word string // what is said of it: "path: docs/**"
	At   Position
	Line Line
}

// root is Root, "" for all paths.
func (p *Policy) root() string {
	if p.Root == "." {
		return ""
	}
	return p.Root
}

// rel returns path relative to p's root; false if it is not below it.
func (p *Policy) rel(path string) (string, bool) {
	root := p.root()
	if p.Dir != "" && (filepath.IsAbs(path) || strings.HasPrefix(path, "/")) {
		if rest, ok := strings.CutPrefix(path, filepath.ToSlash(p.Dir)+"/"); ok {
			return rest, true
		}
	}
	if root == "" || path == root {
		return path, true
	}
	return strings.CutPrefix(path, strings.TrimSuffix(root, "/")+"/")
}

// suppresses tells whether the entry is for the finding, which has the fingerprint and stands at rel below the policy's
// root.
func (e *Exception) suppresses(f *Finding, fingerprint, rel string) bool {
	return (!e.History || f.History) &&
		(e.Rule == nil || e.Rule == f.Rule) &&
		(e.Fingerprint == "" || e.Fingerprint == fingerprint) &&
		(e.Matches == nil || e.Matches(rel))
}

// policyOf returns the policy whose root is the nearest above path; nil if there is none.
func policyOf(policies []*Policy, path string) *Policy {
	var nearest *Policy
	for _, p := range policies {
		if _, ok := p.rel(path); ok && (nearest == nil || len(p.root()) > len(nearest.root())) {
			nearest = p
		}
	}
	return nearest
}

// relative returns the finding's path as its configuration would write it.
func (f *Finding) relative() string {
	if f.policy != nil {
		if rel, ok := f.policy.rel(f.Path); ok {
			return path.Clean(rel)
		}
	}
	return path.Clean(f.Path)
}
