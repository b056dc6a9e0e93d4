// This file makes histories: branches, merges, renames, stashes, notes, tags, and what nothing leads to.

package gittest

import (
	"fmt"
	"sort"
	"strings"
)

// history makes commits and refs.
func (m *maker) history() {
	m.now = 1_700_000_000
	m.logs = m.chance(70)
	m.branch = "refs/heads/main"
	n := 5 + m.Intn(30)
	if m.chance(8) {
		n *= 3
	}
	if m.chance(2) {
		n = 0
	}
	for i := range n {
		m.turn(i)
	}
}

// tip gives the commit that a ref leads to.
func (m *maker) tip(ref string) *commit {
	for _, c := range m.commits {
		if c.id == m.refs[ref] {
			return c
		}
	}
	return nil
}

// move lets a ref point to something else.
func (m *maker) move(ref, id string) {
	if m.logs || ref == "refs/stash" {
		old := m.refs[ref]
		if old == "" {
			old = strings.Repeat("0", 2*m.idLen())
		}
		m.reflogs[ref] = append(m.reflogs[ref], old, id)
		if ref == m.branch {
			m.reflogs["HEAD"] = append(m.reflogs["HEAD"], old, id)
		}
	}
	m.refs[ref] = id
}

// branches lists the branches.
func (m *maker) branches() []string {
	var names []string
	for name := range m.refs {
		if strings.HasPrefix(name, "refs/heads/") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

// turn does one thing in the history.
func (m *maker) turn(i int) {
	tip := m.tip(m.branch)
	if tip == nil || m.chance(40) {
		m.advance(tip)
		return
	}
	switch m.Intn(17) {
	case 0, 1:
		at := pick(m, m.commits)
		m.branch = fmt.Sprintf("refs/heads/%s%d", pick(m, []string{"b", "dir/b", "ünï", "x-" + m.key() + "-"}), i)
		m.move(m.branch, at.id)
	case 2, 3:
		m.branch = pick(m, m.branches())
	case 4, 5, 6:
		m.merge(tip)
	case 7:
		// Reset, or amend.
		if len(tip.parents) > 0 {
			m.move(m.branch, tip.parents[0].id)
			if m.chance(60) {
				m.advance(tip.parents[0])
			}
		}
	case 8:
		m.branch = fmt.Sprint("refs/heads/orphan", i)
		m.advance(nil)
	case 9:
		m.stash(tip)
	case 10, 11:
		m.tagSomething(i)
	case 12:
		m.note()
	case 13:
		m.dangle()
	case 14:
		// A detached HEAD, then back.
		c := m.commit(m.change(tip.files), pick(m, m.commits))
		if m.logs {
			m.reflogs["HEAD"] = append(m.reflogs["HEAD"], tip.id, c.id)
		}
	case 15, 16:
		name := pick(m, []string{"refs/remotes/origin/main", "refs/pull/7/head", "refs/remotes/fork/" + m.key(), "refs/x/y"})
		m.move(name, pick(m, m.commits).id)
		if name == "refs/remotes/origin/main" && m.chance(50) {
			m.refs["refs/remotes/origin/HEAD"] = "ref: " + name
		}
	}
}

// advance adds a commit to the branch.
func (m *maker) advance(tip *commit) {
	if tip == nil {
		m.move(m.branch, m.commit(m.change(snapshot{})).id)
		return
	}
	m.move(m.branch, m.commit(m.change(tip.files), tip).id)
}

// change gives the next version of a snapshot.
func (m *maker) change(files snapshot) snapshot {
	files = files.clone()
	if m.chance(2) {
		return files // a commit that changes nothing
	}
	if m.chance(1) {
		return snapshot{}
	}
	for range 1 + m.Intn(4) {
		m.changeFile(files)
	}
	return files
}

func (m *maker) changeFile(files snapshot) {
	paths := files.paths()
	if len(paths) == 0 || len(paths) < 60 && m.chance(25) {
		if path := m.path(); files.fits(path) {
			files[path] = m.fresh()
		}
		return
	}
	path := pick(m, paths)
	f := files[path]
	regular := strings.HasPrefix(f.mode, "100")
	switch m.Intn(14) {
	case 0:
		delete(files, path)
	case 1, 2:
		// A rename, half of them with an edit.
		if to := m.path(); files.fits(to) {
			delete(files, path)
			if regular && m.chance(50) {
				f = file{f.mode, m.version(f.id)}
			}
			if files.fits(to) {
				files[to] = f
			}
		}
	case 3:
		if to := m.path(); files.fits(to) {
			files[to] = f
		}
	case 4:
		// Back to what stood there, or anywhere, in some commit.
		old := pick(m, m.orNone(m.commits, files)).files
		if was, ok := old[path]; ok {
			files[path] = was
		} else if len(old) > 0 {
			files[path] = old[pick(m, old.paths())]
		}
	case 5:
		if regular {
			f.mode = pick(m, []string{modeFile, modeProgram, modeGroup})
			files[path] = f
		}
	default:
		if regular {
			files[path] = file{f.mode, m.version(f.id)}
		}
	}
}

func (m *maker) orNone(commits []*commit, files snapshot) []*commit {
	if len(commits) == 0 {
		return []*commit{{files: files}}
	}
	return commits
}

// version adds a blob that is an edit of another.
func (m *maker) version(old string) string {
	id := m.put("blob", m.edit(m.objects[old].Data))
	if m.place[id] > m.place[old] {
		m.from[id] = old
	}
	return id
}

// fresh gives an entry that was not there before.
func (m *maker) fresh() file {
	switch m.Intn(25) {
	case 0:
		target := pick(m, []string{"../" + m.path(), m.key(), "/etc/passwd", m.line()})
		return file{modeLink, m.put("blob", target)}
	case 1:
		if len(m.commits) > 0 && m.chance(30) {
			return file{modeModule, pick(m, m.commits).id}
		}
		return file{modeModule, m.hex(2 * m.idLen())}
	case 2:
		return file{modeTree, m.put("tree", "")}
	case 3:
		if len(m.blobs) > 0 {
			return file{modeFile, pick(m, m.blobs)}
		}
	}
	return file{modeFile, m.put("blob", m.content())}
}

// merge joins one or two commits with the branch; some merges bring in something of their own.
func (m *maker) merge(tip *commit) {
	files := tip.files.clone()
	parents := []*commit{tip}
	for range 1 + m.Intn(10)/8 {
		other := pick(m, m.commits)
		parents = append(parents, other)
		for _, path := range other.files.paths() {
			if f := other.files[path]; files.fits(path) || files[path].id != "" && m.chance(30) {
				files[path] = f
			}
		}
	}
	if m.chance(40) {
		m.changeFile(files)
	}
	if m.chance(5) {
		parents[0], parents[1] = parents[1], parents[0]
	}
	m.move(m.branch, m.commit(files, parents...).id)
}

// stash does as git stash does: a merge of the commit, of one with the index and perhaps of one with untracked files.
func (m *maker) stash(tip *commit) {
	parents := []*commit{tip, m.commit(m.change(tip.files), tip)}
	if m.chance(40) {
		parents = append(parents, m.commit(m.change(snapshot{})))
	}
	m.move("refs/stash", m.commit(m.change(tip.files), parents...).id)
}

// tagSomething tags a commit, a tree, a blob or a tag, with or without an annotation.
func (m *maker) tagSomething(i int) {
	target := pick(m, m.commits).id
	if m.chance(35) {
		target = pick(m, m.order)
	}
	name := fmt.Sprintf("%s%d", pick(m, []string{"v", "rel/v", m.key() + "-"}), i)
	if m.chance(65) {
		target = m.tag(name, target)
		if m.chance(25) {
			target = m.tag(name+"-again", target)
		}
	}
	if m.chance(85) {
		m.move("refs/tags/"+name, target)
	}
}

// note adds a note to a commit.
func (m *maker) note() {
	files := snapshot{}
	old := m.tip("refs/notes/commits")
	var parents []*commit
	if old != nil {
		files, parents = old.files.clone(), []*commit{old}
	}
	of := pick(m, m.commits).id
	files[of[:2]+"/"+of[2:]] = file{modeFile, m.put("blob", m.message()+m.line()+"\n")}
	m.move("refs/notes/commits", m.commit(files, parents...).id)
}

// dangle adds what nothing leads to.
func (m *maker) dangle() {
	switch m.Intn(5) {
	case 0:
		m.put("blob", m.content()+m.line())
	case 1:
		m.tree(m.change(m.change(snapshot{})))
	case 2:
		m.tree(m.change(pick(m, m.commits).files))
	case 3:
		m.commit(m.change(pick(m, m.commits).files), pick(m, m.commits))
	case 4:
		m.commit(m.change(snapshot{}))
	}
}
