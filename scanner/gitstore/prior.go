// This file finds what refs pointed to before, by number: NAME@{N} and @{-N}.

package gitstore

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// entryOf resolves name@{number}: 0 is what the ref's log says it points to, 1 what it pointed to before, and so on.
func (s *Store) entryOf(name, number string) (ID, error) {
	expr := name + "@{" + number + "}"
	full := expansions(name)
	switch name {
	case "": // of the branch that HEAD is on
		full = []string{cmp.Or(s.symref("HEAD"), "HEAD")}
	case "@":
		full = []string{"HEAD"}
	default:
		if ref, _, err := s.named(name); err != nil {
			return ID{}, err
		} else if ref == "" {
			return ID{}, errUnknown
		}
	}
	ref, data, err := s.logOf(full)
	if err != nil {
		return ID{}, fmt.Errorf("read reflog of %s: %w", ref, err)
	}
	if data == nil {
		return ID{}, &RevisionError{expr, cmp.Or(name, "HEAD") + " has no reflog here: a clone has none but its own"}
	}
	log, err := parseReflog(bytes.Lines(data), s.idLen, ref)
	if err != nil {
		return ID{}, fmt.Errorf("%s: %w, and are not counted", ref, err)
	}
	n, err := strconv.Atoi(number)
	if err == nil && n == 0 && len(log) > 0 {
		return log[len(log)-1].New, nil
	}
	if err != nil || n > len(log) || n == 0 || log[len(log)-n].Old.IsZero() {
		return ID{}, &RevisionError{expr, fmt.Sprintf("the reflog of %s has %d entries", ref, len(log))}
	}
	return log[len(log)-n].Old, nil
}

// logOf reads the log of the first of the refs that is there and has one, itself or through the ref that it is another
// name for. The slice is nil if none has.
func (s *Store) logOf(refs []string) (ref string, data []byte, err error) {
	for _, ref := range refs {
		if _, ok := s.ref(ref); !ok {
			continue
		}
		for _, at := range []string{ref, s.symref(ref)} {
			if at == "" {
				continue
			}
			data, err := readRegular(s.logName(at), maxTable)
			if err == nil {
				return at, data, nil
			}
			if !missing(err) {
				return at, nil, err
			}
		}
	}
	return "", nil, nil
}

// symref gives the ref that a loose symbolic ref names, "" if it is none.
func (s *Store) symref(ref string) string {
	data, err := readRegular(filepath.Join(s.dirOf(ref), filepath.FromSlash(ref)), maxText)
	if err != nil {
		return ""
	}
	v, _ := parseRef(data, s.idLen)
	if path.Clean(v.symref) != v.symref || !strings.HasPrefix(v.symref, "refs/") {
		return ""
	}
	return v.symref
}

// dirOf gives the directory that a ref's file and log are in (gitrepository-layout(5)): a worktree's own for what is
// not below refs, and for a few that are.
func (s *Store) dirOf(ref string) string {
	for _, own := range []string{"refs/bisect/", "refs/worktree/", "refs/rewritten/"} {
		if strings.HasPrefix(ref, own) {
			return s.GitDir
		}
	}
	if strings.HasPrefix(ref, "refs/") {
		return s.CommonDir
	}
	return s.GitDir
}

// logName names the file of a ref's log. A name that leads out of the logs, as packed-refs may have one, is none.
func (s *Store) logName(ref string) string {
	if path.Clean("/"+ref) != "/"+ref {
		ref = "refs"
	}
	return filepath.Join(s.dirOf(ref), "logs", filepath.FromSlash(ref))
}

// firstLine gives the object that the first line of FETCH_HEAD or MERGE_HEAD names.
func (s *Store) firstLine(name string) (ID, bool) {
	data, err := readRegular(filepath.Join(s.GitDir, name), maxTable)
	if err != nil {
		return ID{}, false
	}
	v, err := parseRef(data, s.idLen)
	return v.id, err == nil && v.symref == ""
}

// branchBefore gives the name of the branch, or the ID, that was checked out before the number-th last checkout.
func (s *Store) branchBefore(number string) (string, error) {
	left, err := strconv.Atoi(number)
	if err != nil || left < 1 || strings.Trim(number, digits) != "" {
		return "", errors.New("want a number from 1 on in @{-N}")
	}
	data, err := readRegular(s.logName("HEAD"), maxTable)
	if err != nil && !missing(err) {
		return "", fmt.Errorf("read reflog of HEAD: %w", err)
	}
	lines := bytes.Split(data, []byte("\n"))
	for i := len(lines) - 1; i >= 0; i-- {
		_, message, _ := bytes.Cut(lines[i], []byte("\t"))
		from, ok := bytes.CutPrefix(message, []byte("checkout: moving from "))
		name, _, found := bytes.Cut(from, []byte(" to "))
		if !ok || !found {
			continue
		}
		if left--; left == 0 {
			return string(name), nil
		}
	}
	return "", fmt.Errorf("the reflog of HEAD knows of fewer checkouts than %s", number)
}
