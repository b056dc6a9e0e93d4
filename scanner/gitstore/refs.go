// This file reads refs: loose and packed, HEAD, and the other names that git keeps for commits.

package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Ref is a name for an object, with symbolic refs resolved.
type Ref struct {
	Name   string // "refs/heads/main", "HEAD", "ORIG_HEAD", "worktrees/<name>/HEAD", "main-worktree/HEAD"; any bytes
	Target ID
}

// maxSymref is how far symbolic refs may lead to each other; git has the same bound.
const maxSymref = 5

// Refs lists the refs, sorted by name: loose and packed, HEAD and its kin (ORIG_HEAD, FETCH_HEAD, MERGE_HEAD and so on;
// FETCH_HEAD once for each of its lines), and those of other worktrees. A damaged ref is left out and added to Problems.
func (s *Store) Refs() []Ref {
	s.readRefs()
	return slices.Clone(s.refs)
}

// CheckRefs reads refs and reflogs, so that Problems has all that is damaged about them, and adds the refs to it that
// name an object which the store does not have. ORIG_HEAD and its kin, and reflogs, may name what git has removed.
func (s *Store) CheckRefs() {
	for _, ref := range s.Refs() {
		if (strings.HasPrefix(ref.Name, "refs/") || pathBase(ref.Name) == "HEAD") && !s.Has(ref.Target) {
			s.notef(ref.Name, "the object that it names is missing, %s: run git fsck", ref.Target)
		}
	}
	s.Reflog()
}

// ownRefs are the directories of refs that each worktree has for itself.
var ownRefs = []string{"refs/bisect", "refs/worktree", "refs/rewritten"}

func (s *Store) readRefs() {
	s.refsOnce.Do(func() {
		if s.reftable {
			return
		}
		r := &refReader{s: s, values: map[string]refValue{}}
		r.packed()
		r.tree(s.CommonDir, "refs")
		if s.GitDir != s.CommonDir {
			for _, dir := range ownRefs {
				r.tree(s.GitDir, dir)
			}
			r.heads(s.CommonDir, "main-worktree/")
		}
		r.heads(s.GitDir, "")
		worktrees, err := os.ReadDir(filepath.Join(s.CommonDir, "worktrees"))
		if err != nil && !missing(err) {
			s.notef("worktrees", "list worktrees: %w; their HEADs are not seen: run git fsck", pathless(err))
		}
		for _, w := range worktrees {
			if dir := filepath.Join(s.CommonDir, "worktrees", w.Name()); dir != s.GitDir {
				r.heads(dir, "worktrees/"+w.Name()+"/")
			}
		}
		if !isDir(filepath.Join(s.CommonDir, "refs")) {
			s.notef("refs", "the directory is missing, and what only refs in it lead to counts as unreachable: run git init to make it")
		}
		if !exists(filepath.Join(s.GitDir, "HEAD")) {
			r.bad("HEAD", errors.New("file is missing"))
		}
		s.refs = r.resolve()
	})
}

// refValue is what a ref says: an object, or the name of another ref.
type refValue struct {
	id     ID
	symref string
}

type refReader struct {
	s      *Store
	values map[string]refValue
	more   []Ref                        // further lines of FETCH_HEAD and MERGE_HEAD
	tell   func(name string, err error) // takes what is wrong with a ref; nil makes it a problem of the store
}

func (r *refReader) bad(name string, err error) {
	if r.tell != nil {
		r.tell(name, err)
		return
	}
	r.s.notef(name, "read ref: %w; what only it leads to counts as unreachable: run git fsck", err)
}

// packed reads the file packed-refs; loose refs, read later, take precedence.
func (r *refReader) packed() {
	list := lines{name: filepath.Join(r.s.CommonDir, "packed-refs")}
	err := parsePackedRefs(list.each, r.s.idLen, func(name string, id ID) { r.values[name] = refValue{id: id} })
	if err != nil {
		r.s.note("packed-refs", err)
	}
	if list.err != nil && !missing(list.err) {
		r.s.notef("packed-refs", "read refs: %w; what only they lead to counts as unreachable: run git fsck", list.err)
	}
}

// parsePackedRefs gives each "<id> <name>" of the lines of packed-refs to visit. Comments and "^<id>" lines, the objects
// that tags lead to, are passed over. The error counts the lines that are none of these.
func parsePackedRefs(lines iter.Seq[[]byte], idLen int, visit func(name string, id ID)) error {
	bad, first, n := 0, 0, 0
	for line := range lines {
		n++
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 || line[0] == '#' || line[0] == '^' {
			continue
		}
		hexID, name, _ := bytes.Cut(line, []byte(" "))
		id, ok := parseHexID(hexID)
		if !ok || int(id.n) != idLen || len(name) == 0 {
			if bad++; bad == 1 {
				first = n
			}
			continue
		}
		visit(string(name), id)
	}
	if bad > 0 {
		return fmt.Errorf("read refs: %d lines are damaged, the first is line %d; the others were read: run git pack-refs --all", bad, first)
	}
	return nil
}

// tree reads the loose refs in dir and below.
func (r *refReader) tree(base, dir string) {
	queue := []string{dir}
	for len(queue) > 0 {
		dir := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		entries, err := os.ReadDir(filepath.Join(base, filepath.FromSlash(dir)))
		if err != nil && !missing(err) {
			r.s.notef(dir, "list refs: %w; what only they lead to counts as unreachable: run git fsck", pathless(err))
		}
		for _, e := range entries {
			name := dir + "/" + e.Name()
			switch {
			case strings.HasPrefix(e.Name(), ".") || strings.HasSuffix(name, ".lock"):
				// Git does not allow such names: they are locks, or of the file system.
			case e.IsDir():
				if strings.Count(name, "/") > maxDepth {
					r.bad(name, errors.New("nested too deep"))
					continue
				}
				queue = append(queue, name)
			default:
				r.file(base, name, name)
			}
		}
	}
}

// file reads the ref in one file.
func (r *refReader) file(base, file, name string) {
	full := filepath.Join(base, filepath.FromSlash(file))
	if fi, err := os.Lstat(full); err == nil && fi.Mode()&os.ModeSymlink != 0 {
		if target, ok := linkedRef(full, file); ok {
			r.values[name] = refValue{symref: target}
		} else {
			r.bad(name, errors.New("a symbolic link that leads to no ref of this repository is not followed"))
		}
		return
	}
	data, err := readRegular(full, maxText)
	if err == nil {
		var v refValue
		if v, err = parseRef(data, r.s.idLen); err == nil {
			r.values[name] = v
			return
		}
	}
	if !missing(err) {
		r.bad(name, err)
	}
}

// linkedRef reads a ref that is a symbolic link, as old versions of git made HEAD.
func linkedRef(full, file string) (string, bool) {
	target, err := os.Readlink(full)
	if err != nil || filepath.IsAbs(target) {
		return "", false
	}
	target = filepath.ToSlash(target)
	if !strings.HasPrefix(target, "refs/") {
		target = path.Join(path.Dir(file), target)
	}
	return target, strings.HasPrefix(target, "refs/") && path.Clean(target) == target
}

// parseRef decodes the content of a loose ref: "<id>" or "ref: <name>".
func parseRef(data []byte, idLen int) (refValue, error) {
	if name, ok := bytes.CutPrefix(data, []byte("ref:")); ok {
		name = bytes.TrimSpace(name)
		if len(name) == 0 {
			return refValue{}, errors.New("symbolic ref is empty")
		}
		return refValue{symref: string(name)}, nil
	}
	word := data
	if i := bytes.IndexAny(data, " \t\r\n"); i >= 0 {
		word = data[:i]
	}
	id, ok := parseHexID(word)
	switch {
	case len(data) == 0:
		return refValue{}, errors.New("file is empty")
	case !ok || int(id.n) != idLen:
		return refValue{}, fmt.Errorf("want %d hexadecimal digits or a symbolic ref", 2*idLen)
	}
	return refValue{id: id}, nil
}

// heads reads HEAD and the like in dir, whose names become prefix+name.
func (r *refReader) heads(dir, prefix string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		if !missing(err) {
			r.s.notef(r.s.where(dir), "list HEADs: %w: run git fsck", pathless(err))
		}
		return
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case e.IsDir() || !isHeadName(name):
		case name == "FETCH_HEAD" || name == "MERGE_HEAD":
			r.lines(dir, name, prefix+name)
		default:
			r.file(dir, name, prefix+name)
		}
	}
}

// isHeadName tells names such as HEAD, ORIG_HEAD and AUTO_MERGE, which gitrevisions(7) calls pseudo-refs.
func isHeadName(name string) bool {
	if strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
		return false
	}
	return strings.HasSuffix(name, "HEAD") || name == "AUTO_MERGE" || name == "BISECT_EXPECTED_REV"
}

// lines reads a file that names an object in each line.
func (r *refReader) lines(dir, file, name string) {
	list := lines{name: filepath.Join(dir, file)}
	for line := range list.each {
		v, err := parseRef(line, r.s.idLen)
		if err != nil {
			r.bad(name, err)
			return
		}
		r.more = append(r.more, Ref{name, v.id})
	}
	if list.err != nil {
		r.bad(name, list.err)
	}
}

// resolve follows symbolic refs and sorts. One that leads to no ref is a branch without commits, not a fault.
func (r *refReader) resolve() []Ref {
	refs := r.more
	for name, v := range r.values {
		prefix := name[:len(name)-len(path.Base(name))]
		for n := 0; v.symref != ""; n++ {
			if n == maxSymref {
				r.bad(name, fmt.Errorf("symbolic refs lead to each other more than %d times", maxSymref))
				break
			}
			next, ok := r.values[v.symref]
			if !ok && !strings.HasPrefix(name, "refs/") {
				next = r.values[prefix+v.symref]
			}
			v = next
		}
		if v.symref == "" && !v.id.IsZero() {
			refs = append(refs, Ref{name, v.id})
		}
	}
	slices.SortFunc(refs, func(a, b Ref) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return a.Target.Compare(b.Target)
	})
	return slices.Compact(refs)
}
