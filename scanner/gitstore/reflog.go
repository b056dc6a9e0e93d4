// This file reads reflogs: what refs pointed to before.

package gitstore

import (
	"bytes"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ReflogEntry is a line of a reflog: the ref went from Old to New. A zero ID stands for no object.
type ReflogEntry struct {
	Ref      string // "refs/heads/main", "HEAD", "worktrees/<name>/HEAD"; entries of "refs/stash" are stashes
	Old, New ID
}

// Reflog lists the entries of all reflogs, of other worktrees too. Damaged lines are left out and added to Problems.
func (s *Store) Reflog() []ReflogEntry {
	s.logOnce.Do(func() {
		s.logs(s.CommonDir, "")
		if s.GitDir != s.CommonDir {
			s.logs(s.GitDir, "")
		}
		worktrees, _ := os.ReadDir(filepath.Join(s.CommonDir, "worktrees"))
		for _, w := range worktrees {
			if dir := filepath.Join(s.CommonDir, "worktrees", w.Name()); dir != s.GitDir {
				s.logs(dir, "worktrees/"+w.Name()+"/")
			}
		}
	})
	return slices.Clone(s.log)
}

// logs reads the reflogs in base/logs and below.
func (s *Store) logs(base, prefix string) {
	queue := []string{"logs"}
	for len(queue) > 0 {
		dir := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		full := filepath.Join(base, filepath.FromSlash(dir))
		entries, err := os.ReadDir(full)
		if err != nil && !missing(err) {
			s.notef(s.where(full), "list reflogs: %w; what only they lead to counts as unreachable: run git fsck", pathless(err))
		}
		for _, e := range entries {
			name := dir + "/" + e.Name()
			switch {
			case e.IsDir() && strings.Count(name, "/") <= maxDepth:
				queue = append(queue, name)
			case !strings.HasSuffix(name, ".lock"):
				s.logFile(filepath.Join(base, filepath.FromSlash(name)), prefix+strings.TrimPrefix(name, "logs/"))
			}
		}
	}
}

func (s *Store) logFile(full, ref string) {
	list := lines{name: full}
	entries, err := parseReflog(list.each, s.idLen, ref)
	if err != nil {
		s.note(s.where(full), err)
	}
	if list.err != nil {
		s.notef(s.where(full), "read reflog: %w; what only it leads to counts as unreachable: run git fsck", list.err)
	}
	s.log = append(s.log, entries...)
}

// parseReflog decodes lines of "<old> <new> <who> <when>\t<why>".
func parseReflog(lines iter.Seq[[]byte], idLen int, ref string) ([]ReflogEntry, error) {
	var entries []ReflogEntry
	bad := 0
	for line := range lines {
		n := 2 * idLen
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if len(line) < 2*n+1 || line[n] != ' ' {
			bad++
			continue
		}
		from, ok1 := parseHexID(line[:n])
		to, ok2 := parseHexID(line[n+1 : 2*n+1])
		if !ok1 || !ok2 {
			bad++
			continue
		}
		entries = append(entries, ReflogEntry{ref, from, to})
	}
	if bad > 0 {
		return entries, fmt.Errorf("read reflog: %d lines are damaged; the others were read: run git fsck", bad)
	}
	return entries, nil
}
