// This file finds the commit of HEAD without reading all refs, of which there may be tens of thousands.

package gitstore

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"
)

// Head gives the commit that HEAD of this worktree leads to, false when it is on a branch without commits, or damaged.
func (s *Store) Head() (ID, bool) {
	s.headOnce.Do(s.readHead)
	return s.head, !s.head.IsZero()
}

// HeadProblem says why it is not known what HEAD leads to; nil when it is, and on a branch without commits.
func (s *Store) HeadProblem() error {
	s.headOnce.Do(s.readHead)
	return s.headErr
}

// readHead follows HEAD as refReader.resolve does, reading what it leads to only.
func (s *Store) readHead() {
	if s.reftable {
		return
	}
	// Whoever lists problems calls readRefs, which says the same of all refs; who asks for HEAD alone is told by HeadProblem.
	r := &refReader{s: s, values: map[string]refValue{}, tell: func(name string, err error) {
		s.headErr = fmt.Errorf("read %s: %w: run git fsck", name, err)
	}}
	name := "HEAD"
	for range maxSymref + 1 {
		v, ok := r.one(name)
		if !ok || v.symref == "" {
			s.head = v.id
			return
		}
		name = v.symref
	}
}

// one reads the ref called name: of a linked worktree its own, then the loose ones of the repository, then packed-refs.
func (r *refReader) one(name string) (refValue, bool) {
	dirs := []string{r.s.GitDir}
	switch {
	case isHeadName(name):
	case !isRefName(name):
		return refValue{}, false
	case !isOwnRef(name):
		dirs = []string{r.s.CommonDir}
	case r.s.GitDir != r.s.CommonDir:
		dirs = append(dirs, r.s.CommonDir)
	}
	for _, dir := range dirs {
		r.file(dir, name, name)
		if v, ok := r.values[name]; ok {
			return v, true
		}
		if r.s.headErr != nil {
			return refValue{}, false // what is packed is older
		}
	}
	var found refValue
	list := lines{name: filepath.Join(r.s.CommonDir, "packed-refs")}
	err := parsePackedRefs(list.each, r.s.idLen, func(packed string, id ID) {
		if packed == name {
			found.id = id
		}
	})
	if err == nil && !missing(list.err) {
		err = list.err
	}
	if err != nil && found.id.IsZero() {
		r.tell("packed-refs", err)
	}
	return found, !found.id.IsZero()
}

// isOwnRef tells refs that each worktree has for itself (gitrepository-layout(5), "refs").
func isOwnRef(name string) bool {
	for _, dir := range ownRefs {
		if strings.HasPrefix(name, dir+"/") {
			return true
		}
	}
	return false
}

// isRefName tells whether a symbolic ref may lead to the name: to a file below refs that git would make.
func isRefName(name string) bool {
	return strings.HasPrefix(name, "refs/") && path.Clean(name) == name && !strings.Contains(name, "/.") &&
		!strings.HasSuffix(name, ".lock") && strings.Count(name, "/") <= maxDepth
}
