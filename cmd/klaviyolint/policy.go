// This file turns a configuration and the flags into what a scan heeds: which paths it reads, and what it does with the
// findings there.

package main

import (
	"fmt"
	"slices"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/config"
	"github.com/klaviyolint/klaviyolint/scanner/source"
)

// scope is the part of a scan that a configuration is for.
type scope struct {
	find  func() (config.File, error) // reads the configuration that belongs to it
	file  string                      // what a report calls that configuration
	root  string                      // what the paths of its findings begin with
	dir   string                      // root as an absolute path, if paths may be absolute
	whole bool                        // nothing below root is left out but by the configuration itself
}

// globs returns which paths of the scope to scan, by the flags and by its configuration, unless --config names another
// one. What the configuration says of findings it keeps for the scan.
func (f *scanFlags) globs(s scope) (source.Globs, error) {
	if f.config != "" {
		s.find, s.file, s.whole = func() (config.File, error) { return config.Read(f.config) }, f.config, false
	}
	file, err := s.find()
	globs := source.Globs{Include: f.include, Exclude: append(slices.Clone(file.Exclude), f.exclude...)}
	if err == nil {
		err = globs.Validate()
	}
	if err == nil {
		err = f.addPolicy(file, s)
	}
	if err != nil {
		return globs, &hinted{err, "mend the configuration or the flag, or name another configuration with --config"}
	}
	return globs, nil
}

// addPolicy keeps what file says of the findings in the scope. Of one root, the first configuration counts.
func (f *scanFlags) addPolicy(file config.File, s scope) error {
	p := &scanner.Policy{
		Root: s.root, Dir: s.dir, File: s.file, PublicKeys: file.PublicKeys, Levels: file.Levels,
		Whole: s.whole && len(f.include) == 0 && len(f.exclude) == 0,
	}
	for _, i := range file.Ignore {
		e, err := exception(i)
		if err != nil {
			return fmt.Errorf("configuration %s: line %d: %w", s.file, i.Line, err)
		}
		p.Exceptions = append(p.Exceptions, e)
	}
	if !slices.ContainsFunc(f.policies, func(other *scanner.Policy) bool { return other.Root == p.Root }) {
		f.policies = append(f.policies, p)
	}
	return nil
}

// exception turns an entry of a configuration into what the scanner heeds.
func exception(i config.Ignore) (*scanner.Exception, error) {
	e := &scanner.Exception{
		Fingerprint: i.Fingerprint, Rule: i.Rule, Reason: rules.Mask(i.Reason), History: i.History,
		Word: i.String(), At: scanner.Position{Lines: i.Line - 1, Chars: i.Column - 1, UTF16: i.Column - 1},
	}
	const most = 300 // bytes of a line that are shown
	if text := rules.Mask(i.Text); len(text) <= most && i.Column > 0 && i.Column-1 <= len(text) {
		e.Line = scanner.Line{Text: text, Start: i.Column - 1, End: len(text)}
	}
	if i.Path == "" {
		return e, nil
	}
	globs := source.Globs{Exclude: []string{i.Path}}
	e.Matches = globs.Prunes
	return e, globs.Validate()
}
