// This file ends a history (branches are deleted, reflogs expire) and writes refs, reflogs and worktrees.

package gittest

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"
)

// leave decides what still leads to the history.
func (m *maker) leave() {
	kept := pick(m, []int{95, 75, 35})
	for _, name := range sortedKeys(m.refs) {
		switch {
		case name == "refs/stash" && m.chance(80), name == m.branch && m.chance(90), m.chance(kept):
			continue
		}
		delete(m.refs, name)
		delete(m.reflogs, name)
		for other, value := range m.refs {
			if value == "ref: "+name {
				delete(m.refs, other)
			}
		}
	}
	if m.chance(30) {
		delete(m.reflogs, "HEAD")
	}
	for _, name := range sortedKeys(m.reflogs) {
		if m.chance(25) && name != "refs/stash" {
			m.reflogs[name] = m.reflogs[name][len(m.reflogs[name])/4*2:]
		}
	}
	m.head = "ref: " + m.branch
	switch {
	case len(m.commits) > 0 && m.chance(20):
		m.head = pick(m, m.commits).id
	case m.chance(5):
		m.head = "ref: refs/heads/unborn"
	case m.chance(5) && m.refs[m.branch] != "":
		m.refs["refs/heads/alias"] = "ref: " + m.branch
		m.head = "ref: refs/heads/alias"
	}
	if len(m.commits) == 0 {
		return
	}
	if m.chance(25) {
		m.pseudo["ORIG_HEAD"] = []string{pick(m, m.commits).id}
	}
	if m.chance(20) {
		for range 1 + m.Intn(3) {
			m.pseudo["FETCH_HEAD"] = append(m.pseudo["FETCH_HEAD"], pick(m, m.commits).id)
		}
	}
	if m.chance(10) {
		m.pseudo["AUTO_MERGE"] = []string{pick(m, m.trees)}
	}
	if m.chance(10) {
		m.refs["refs/replace/"+pick(m, m.commits).id] = pick(m, m.commits).id
	}
}

func sortedKeys[V any](from map[string]V) []string {
	keys := make([]string, 0, len(from))
	for key := range from {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// writeRefs writes refs loose, packed, or both, then HEADs and reflogs.
func (m *maker) writeRefs() {
	packed := m.Intn(3) * 50
	var lines []string
	for _, name := range sortedKeys(m.refs) {
		value := m.refs[name]
		if strings.HasPrefix(value, "ref:") || !m.chance(packed) {
			m.write(filepath.Join(m.common, name), value+"\n")
			if !strings.HasPrefix(value, "ref:") && m.chance(15) {
				lines = append(lines, pick(m, m.order)+" "+name+"\n") // what it was before: the loose one counts
			}
			continue
		}
		line := value + " " + name + "\n"
		if m.objects[value].Type == "tag" && m.chance(50) {
			line += "^" + m.peel(value, func(string) {}) + "\n"
		}
		lines = append(lines, line)
	}
	if len(lines) > 0 {
		m.write(filepath.Join(m.common, "packed-refs"), "# pack-refs with: peeled sorted \n"+strings.Join(lines, ""))
	}
	for _, name := range sortedKeys(m.pseudo) {
		text := ""
		for _, id := range m.pseudo[name] {
			text += id
			if name == "FETCH_HEAD" {
				text += "\tnot-for-merge\tbranch 'x' of https://example.com/x"
			}
			text += "\n"
		}
		m.write(filepath.Join(m.common, name), text)
	}
	m.write(filepath.Join(m.common, "HEAD"), m.head+"\n")
	for name, ids := range m.reflogs {
		text := ""
		for i := 0; i+1 < len(ids); i += 2 {
			text += fmt.Sprintf("%s %s Ann <ann@example.com> %d +0100\tcommit: x\n", ids[i], ids[i+1], 1_700_000_000+i)
		}
		m.write(filepath.Join(m.common, "logs", name), text)
	}
	if len(m.commits) > 0 && m.chance(15) {
		m.worktree()
	}
}

// worktree adds a linked worktree with a HEAD of its own; half of the time it is what is opened.
func (m *maker) worktree() {
	admin := filepath.Join(m.common, "worktrees", "w")
	tree := filepath.Join(m.root, "linked")
	head := pick(m, m.commits).id
	if names := m.branches(); len(names) > 0 && m.chance(50) {
		head = "ref: " + pick(m, names)
	}
	m.write(filepath.Join(admin, "HEAD"), head+"\n")
	m.write(filepath.Join(admin, "commondir"), "../..\n")
	m.write(filepath.Join(admin, "gitdir"), filepath.Join(tree, ".git")+"\n")
	m.write(filepath.Join(tree, ".git"), "gitdir: "+admin+"\n")
	if !m.chance(50) {
		m.heads["worktrees/w/HEAD"] = head
		m.step("a linked worktree")
		return
	}
	m.step("a linked worktree, opened")
	m.heads["main-worktree/HEAD"] = m.head
	m.head = head
	m.Dir, m.gitDir = tree, admin
	// HEAD's reflog is the main worktree's, and so are ORIG_HEAD and its kin.
	for _, name := range []string{"ORIG_HEAD", "FETCH_HEAD", "AUTO_MERGE"} {
		if ids := m.pseudo[name]; ids != nil {
			m.pseudo["main-worktree/"+name] = ids
			delete(m.pseudo, name)
		}
	}
}

// peel follows tags, giving each to visit.
func (r *Repo) peel(id string, visit func(tag string)) string {
	for seen := map[string]bool{}; r.objects[id].Type == "tag" && !seen[id]; {
		seen[id] = true
		visit(id)
		id = strings.Fields(r.objects[id].Data)[1]
	}
	return id
}
