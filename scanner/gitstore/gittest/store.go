// This file stores objects: loose, in packs of all kinds, in alternates, several times, and repacked by git.

package gittest

import (
	"compress/zlib"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// store writes the objects.
func (m *maker) store() {
	own := filepath.Join(m.common, "objects")
	m.shadow = filepath.Join(m.root, "shadow")
	if len(m.order) == 0 {
		m.shadow = ""
		return
	}
	m.pack(m.shadow, m.order, packStyle{index: 2, level: zlib.BestSpeed, named: true})
	dirs := m.alternates(own)
	thin := m.thinRange(own)
	// Each bin is stored in a way of its own. Some objects are in several.
	bins := make([]bin, 1+m.Intn(5))
	for i := range bins {
		bins[i] = m.bin(pick(m, dirs))
		if thin != nil && !m.tangled {
			bins[i].style.index = 1 + m.Intn(2)
		}
	}
	for _, id := range m.order {
		first := 0
		for first < len(bins)-1 && m.chance(50) {
			first++
		}
		if !thin[id] || m.chance(10) {
			bins[first].ids = append(bins[first].ids, id)
		}
		if other := m.Intn(len(bins)); other != first && m.chance(15) {
			bins[other].ids = append(bins[other].ids, id)
		}
	}
	sort.SliceStable(bins, func(i, j int) bool { return bins[i].stage() < bins[j].stage() })
	m.firm = map[string]bool{}
	for _, b := range bins {
		if len(b.ids) > 0 {
			b.write(m)
		}
		for _, id := range b.ids {
			if b.how != byPack || b.style.index > 0 {
				m.firm[id] = true
			}
		}
	}
	m.junk(own)
	if !m.hidden {
		m.upkeep()
	}
}

// bin is some objects that are stored in one way.
type bin struct {
	dir   string
	how   int
	style packStyle
	ids   []string
}

const (
	byLoose = iota
	byGit
	byPack
)

func (m *maker) bin(dir string) bin {
	b := bin{dir: dir, how: pick(m, []int{byLoose, byLoose, byGit, byPack, byPack})}
	b.style = packStyle{
		index: 2, deltas: m.Intn(100), twice: m.chance(15), named: m.chance(70),
		level: pick(m, []int{zlib.BestSpeed, zlib.DefaultCompression, zlib.NoCompression, zlib.HuffmanOnly}),
	}
	if m.chance(30) {
		b.style.index = 1
	}
	switch m.Intn(6) {
	case 0, 1:
		b.style.thin = true
	case 2:
		b.style.index = 0
	case 3:
		b.style.thin, b.style.index = m.chance(50), 0
	}
	return b
}

// stage orders bins: what thin packs are built on comes first, unless packs may be tangled.
func (b bin) stage() int {
	switch {
	case b.how != byPack || !b.style.thin && b.style.index > 0:
		return 0
	case b.style.index > 0:
		return 1
	}
	return 2
}

func (b bin) write(m *maker) {
	where := filepath.Base(filepath.Dir(b.dir))
	switch b.how {
	case byLoose:
		m.step("%d objects loose in %s", len(b.ids), where)
		for _, id := range b.ids {
			m.loose(b.dir, id)
		}
		return
	case byGit:
		m.gitPack(b.dir, b.ids)
		return
	}
	mixed := m.hidden
	m.hidden = m.hidden || b.style.thin || b.style.index == 0
	m.strange = m.strange || b.style.index == 0
	name := m.pack(b.dir, b.ids, b.style)
	m.step("%d objects in %s, pack %s %+v", len(b.ids), where, filepath.Base(name), b.style)
	if b.style.index == 2 && !b.style.thin && !b.style.twice && !mixed && m.chance(20) {
		if err := os.Remove(name + ".idx"); err != nil {
			m.t.Fatal(err)
		}
		m.mustGit("", nil, "index-pack", "--index-version="+pick(m, []string{"1", "2", "2,0x100"}), name+".pack")
		m.step("indexed by git")
	}
	if m.chance(10) {
		m.write(name+".keep", "")
	}
}

// gitPack has git pack some objects.
func (m *maker) gitPack(dir string, ids []string) {
	args := []string{
		"-c", fmt.Sprintf("pack.compression=%d", m.Intn(10)), "pack-objects", "-q",
		fmt.Sprintf("--window=%d", m.Intn(30)), fmt.Sprintf("--depth=%d", m.Intn(60)),
	}
	if m.chance(60) {
		args = append(args, "--delta-base-offset")
	}
	if m.chance(25) {
		args = append(args, "--index-version=1")
	}
	if m.chance(20) {
		args = append(args, "--threads=1", "--no-reuse-delta")
	}
	m.step("%d objects in %s, packed by git %s", len(ids), filepath.Base(filepath.Dir(dir)), strings.Join(args[2:], " "))
	m.mustGit(strings.Join(ids, "\n")+"\n", []string{"GIT_OBJECT_DIRECTORY=" + m.shadow},
		append(args, filepath.Join(dir, "pack", "pack"))...)
}

// thinRange now and then has git make a thin pack of what some commits bring in, as a push sends it, and gives the
// objects that are in it.
func (m *maker) thinRange(own string) map[string]bool {
	if len(m.commits) < 3 || !m.chance(12) {
		return nil
	}
	m.hidden, m.strange = true, true
	at := 1 + m.Intn(len(m.commits)-1)
	revs := m.commits[len(m.commits)-1].id + "\n^" + m.commits[at].id + "\n^" + m.commits[at/2].id + "\n"
	env := []string{"GIT_OBJECT_DIRECTORY=" + m.shadow}
	in := map[string]bool{}
	for line := range strings.Lines(m.mustGit(revs, env, "rev-list", "--stdin", "--objects-edge")) {
		if id, _, _ := strings.Cut(strings.TrimSpace(line), " "); !strings.HasPrefix(id, "-") {
			in[id] = true
		}
	}
	pack := m.mustGit(revs, env, "pack-objects", "-q", "--thin", "--revs", "--stdout", "--delta-base-offset")
	m.write(filepath.Join(own, "pack", "pack-thin.pack"), pack)
	m.step("%d objects in a thin pack by git, without an index", len(in))
	return in
}

// alternates makes object directories to borrow from and gives all, the repository's own first.
func (m *maker) alternates(own string) []string {
	dirs := []string{own}
	at := own
	for i := range 3 {
		if !m.chance(30) {
			continue
		}
		dir := filepath.Join(m.root, fmt.Sprint("alternate ", i, ".git"), "objects")
		for _, sub := range []string{"pack", "info"} {
			if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
				m.t.Fatal(err)
			}
		}
		line := filepath.ToSlash(dir)
		if m.chance(60) {
			// Relative to the objects directory that borrows.
			var err error
			if line, err = filepath.Rel(at, dir); err != nil {
				m.t.Fatal(err)
			}
			line = filepath.ToSlash(line)
		} else if m.chance(30) {
			line = `"` + strings.ReplaceAll(line, "t", `\164`) + `"`
		}
		text := line + "\n"
		if m.chance(30) {
			text = "# a comment\n\n" + line + "\n" + filepath.ToSlash(own) + "\n"
		}
		list := filepath.Join(at, "info", "alternates")
		old, _ := os.ReadFile(list)
		m.write(list, string(old)+text)
		m.step("%s borrows from %s", filepath.Base(filepath.Dir(at)), strings.TrimSpace(line))
		dirs = append(dirs, dir)
		if m.chance(70) {
			at = dir // the next one is an alternate of this one
		}
	}
	return dirs
}

// junk adds files that are no objects.
func (m *maker) junk(own string) {
	if !m.chance(15) {
		return
	}
	m.write(filepath.Join(own, "pack", "tmp_pack_x"), "PACK")
	m.write(filepath.Join(own, "00", "tmp_obj_x"), "x")
	m.write(filepath.Join(own, "00", "README"), "x")
	m.write(filepath.Join(own, "zz", strings.Repeat("0", 38)), "x")
	m.write(filepath.Join(own, "info", "commit-graph.lock"), "x")
}

// upkeep has git do what it does over the years.
func (m *maker) upkeep() {
	window, depth := fmt.Sprintf("--window=%d", m.Intn(20)), fmt.Sprintf("--depth=%d", m.Intn(60))
	offsets := fmt.Sprintf("repack.useDeltaBaseOffset=%v", m.chance(50))
	repack := []string{"-c", offsets, "-c", fmt.Sprintf("pack.indexVersion=%d", 1+m.Intn(2)), "repack", "-q", window, depth}
	var todo [][]string
	switch m.Intn(12) {
	case 0:
		todo = append(todo, append(repack, "--write-midx"))
	case 1:
		todo = append(todo, []string{"repack", "-q", "-a", "-d", "-k", "--write-midx"})
	case 2:
		todo = append(todo, append(repack, "-d", "-l"))
	case 3:
		todo = append(todo, append(repack, "-a", "-d", "-f"))
		m.pruned, m.broken = true, true
	case 4:
		todo = append(todo, append(repack[4:], "-A", "-d"))
	case 5:
		todo = append(todo, append(repack[4:], "-d", "--cruft"))
	case 6:
		todo = append(todo, []string{
			"-c", "gc.reflogExpire=never", "-c", "gc.reflogExpireUnreachable=never", "-c", "gc.worktreePruneExpire=never",
			"-c", "gc.auto=0", "-c", "gc.writeCommitGraph=false", // with dates beyond all bounds git 2.39 never ends
			"gc", "-q", pick(m, []string{"--prune=now", "--no-prune", "--cruft"}),
		})
		m.pruned, m.broken = true, true
	case 7:
		todo = append(todo, []string{"prune-packed", "-q"}, []string{"pack-refs", "--all"})
	}
	for _, args := range todo {
		m.step("git %s", strings.Join(args, " "))
		m.mustGit("", nil, args...)
	}
}
