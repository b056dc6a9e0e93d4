// This file collects what is known to be missing or unreadable.

package gitstore

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// What errors.Is finds in errors of this package.
var (
	// ErrNotRepository says that no repository holds the path.
	ErrNotRepository = errors.New("not in a git repository")

	// ErrMissing says that no pack and no loose file of the store holds the object.
	ErrMissing = errors.New("object is missing")

	// ErrPromised says that a missing object is one that a partial clone did not fetch.
	ErrPromised = errors.New("it was not fetched into this partial clone")

	// ErrShallow says that commits are missing because the clone is shallow.
	ErrShallow = errors.New("history is cut")

	// ErrTooLarge says that an object is larger than what is read.
	ErrTooLarge = errTooBig
)

// Problem is something of the repository that could not be read, so that whatever it holds was not seen.
type Problem struct {
	Path string // relative to the common directory where possible; a ref's name for a bad ref; any bytes
	Err  error  // the reason, and what to do about it
	Kind ProblemKind
}

// ProblemKind tells what somebody chose to leave out of a clone from what is wrong with a repository, which has none.
type ProblemKind string

// The kinds of problems that are somebody's choice.
const (
	ShallowClone ProblemKind = "shallow"  // history is cut (gitrepository-layout(5), "shallow")
	PartialClone ProblemKind = "promisor" // objects were not fetched, a remote has promised them (partial-clone.txt)
)

// Partial tells that the clone is a partial one: what is missing was promised by a remote, and not lost.
func (s *Store) Partial() bool {
	s.problemMu.Lock()
	defer s.problemMu.Unlock()
	return s.partial
}

// String gives "path: reason".
func (p Problem) String() string { return p.Path + ": " + p.Err.Error() }

// maxProblems bounds the list: a hostile store can have a fault in each of a million files.
const maxProblems = 10_000

// Problems lists what is known so far to be missing or unreadable, in the order in which it was found, each once:
// shallow history, a partial clone, an unreadable alternate, a ref storage that is not supported, a bad ref, a pack
// without an index, and so on. Objects that a Sweep delivers with Err are not repeated here.
func (s *Store) Problems() []Problem {
	s.shallowOnce.Do(s.noteShallow)
	s.problemMu.Lock()
	defer s.problemMu.Unlock()
	return append([]Problem(nil), s.problems...)
}

// note adds a problem.
func (s *Store) note(path string, err error) { s.add(Problem{Path: path, Err: err}) }

func (s *Store) notef(path, format string, args ...any) { s.note(path, fmt.Errorf(format, args...)) }

// choicef adds a problem that is somebody's choice.
func (s *Store) choicef(kind ProblemKind, path, format string, args ...any) {
	s.add(Problem{Path: path, Err: fmt.Errorf(format, args...), Kind: kind})
}

// setPartial notes that the clone is a partial one. What that means is known when something is missing.
func (s *Store) setPartial() {
	s.problemMu.Lock()
	defer s.problemMu.Unlock()
	s.partial = true
}

func (s *Store) add(p Problem) {
	s.problemMu.Lock()
	defer s.problemMu.Unlock()
	key := p.String()
	if s.problemSeen[key] || len(s.problems) > maxProblems {
		return
	}
	if len(s.problems) == maxProblems {
		p = Problem{Path: ".", Err: fmt.Errorf("more than %d problems, the rest is not listed", maxProblems)}
	}
	if s.problemSeen == nil {
		s.problemSeen = map[string]bool{}
	}
	s.problemSeen[key] = true
	s.problems = append(s.problems, p)
}

// where names a file as problems and objects do: relative to the common directory, or to the repository's own,
// if it is in there, and with slashes.
func (s *Store) where(name string) string {
	for _, dir := range []string{s.CommonDir, s.GitDir} {
		rel, err := filepath.Rel(dir, name)
		if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return filepath.ToSlash(rel)
		}
	}
	return filepath.ToSlash(name)
}
