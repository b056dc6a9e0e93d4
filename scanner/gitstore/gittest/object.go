// This file encodes objects: blobs, trees, commits and tags with all that git allows in them.

package gittest

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
)

func (r *Repo) idLen() int {
	if r.sha256 {
		return sha256.Size
	}
	return sha1.Size
}

// sum hashes as the repository does.
func (r *Repo) sum(data []byte) []byte {
	if r.sha256 {
		sum := sha256.Sum256(data)
		return sum[:]
	}
	sum := sha1.Sum(data)
	return sum[:]
}

// put adds an object.
func (m *maker) put(kind, data string) string {
	id := hex.EncodeToString(m.sum(fmt.Appendf(nil, "%s %d\x00%s", kind, len(data), data)))
	if _, had := m.objects[id]; !had {
		m.objects[id] = Object{kind, data}
		m.place[id] = len(m.order)
		m.order = append(m.order, id)
		switch kind {
		case "blob":
			m.blobs = append(m.blobs, id)
		case "tree":
			m.trees = append(m.trees, id)
		case "tag":
			m.tags = append(m.tags, id)
		}
	}
	return id
}

// The modes of entries in trees.
const (
	modeFile    = "100644"
	modeProgram = "100755"
	modeGroup   = "100664" // of git before 1.5
	modeLink    = "120000"
	modeModule  = "160000"
	modeTree    = "40000"
)

// file is an entry of a snapshot.
type file struct{ mode, id string }

// snapshot is the files of a commit, by path. The empty tree may stand among them.
type snapshot map[string]file

func (s snapshot) clone() snapshot {
	c := make(snapshot, len(s))
	for path, f := range s {
		c[path] = f
	}
	return c
}

// paths lists the paths in order, so that the same seed gives the same repository.
func (s snapshot) paths() []string {
	paths := make([]string, 0, len(s))
	for path := range s {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	return paths
}

// fits tells whether a path can be added: no file is a directory of it, and it is no directory of a file.
func (s snapshot) fits(path string) bool {
	for other := range s {
		if other == path || strings.HasPrefix(other, path+"/") || strings.HasPrefix(path, other+"/") {
			return false
		}
	}
	return true
}

// tree adds the trees of a snapshot and gives the root.
func (m *maker) tree(files snapshot) string {
	entries, below := map[string]file{}, map[string]snapshot{}
	for path, f := range files {
		dir, rest, nested := strings.Cut(path, "/")
		if !nested {
			entries[path] = f
			continue
		}
		if below[dir] == nil {
			below[dir] = snapshot{}
		}
		below[dir][rest] = f
	}
	for dir := range below {
		entries[dir] = file{mode: modeTree}
	}
	names := make([]string, 0, len(entries))
	for name := range entries {
		names = append(names, name)
	}
	sortName := func(name string) string {
		if entries[name].mode == modeTree {
			return name + "/"
		}
		return name
	}
	sort.Slice(names, func(i, j int) bool { return sortName(names[i]) < sortName(names[j]) })
	var b strings.Builder
	for _, name := range names {
		f := entries[name]
		if below[name] != nil {
			f.id = m.tree(below[name])
		}
		raw, _ := hex.DecodeString(f.id)
		b.WriteString(f.mode + " " + name + "\x00")
		b.Write(raw)
	}
	return m.put("tree", b.String())
}

// commit is a commit of the repository that is made.
type commit struct {
	id      string
	files   snapshot
	parents []*commit
}

// person gives a name and an address.
func (m *maker) person() string {
	switch m.Intn(40) {
	case 0:
		return m.key() + " <a@example.com>"
	case 1:
		return "A <" + m.key() + "@example.com>"
	case 2:
		return " <>"
	case 3:
		return "J\xf6rg \xff <j@example.com>"
	case 4:
		return "B > C <b@c@example.com>"
	}
	return pick(m, []string{"Ann <ann@example.com>", "Cem <cem@example.com>", "Zoë O'Neil <zoe@example.com>"})
}

// date gives seconds and a zone. Clocks differ, and anything can be written.
func (m *maker) date() string {
	switch m.Intn(60) {
	case 0:
		return "0 +0000"
	case 1:
		return "-86400 +0000"
	case 2:
		return "99999999999999999999 +0000"
	case 3:
		return "4102444800000 +0000"
	case 4:
		return fmt.Sprint(m.now) + " +9999"
	case 5:
		return fmt.Sprint(m.now) + " -0030"
	}
	if m.chance(20) {
		return fmt.Sprint(m.now-int64(m.Intn(5000))) + " +0100"
	}
	if m.chance(80) {
		m.now += int64(m.Intn(3)) * 60
	}
	return fmt.Sprint(m.now) + " +0100"
}

// message gives the text of a commit or tag.
func (m *maker) message() string {
	switch m.Intn(14) {
	case 0:
		return ""
	case 1:
		return "no line end"
	case 2:
		return "use " + m.key() + " for now\n"
	case 3:
		return "subject\n\nbody\n" + m.line() + "\n\nSigned-off-by: " + m.person() + "\n"
	case 4:
		return "\n\n  \r\nsubject\r\nwith two lines\r\n\r\nbody " + m.key()[:m.Intn(20)] + "\n"
	case 5:
		return "caf\xe9\n"
	}
	return fmt.Sprintf("change %d\n", m.Intn(1000))
}

// commit adds a commit.
func (m *maker) commit(files snapshot, parents ...*commit) *commit {
	var b strings.Builder
	fmt.Fprintf(&b, "tree %s\n", m.tree(files))
	for _, p := range parents {
		fmt.Fprintf(&b, "parent %s\n", p.id)
	}
	fmt.Fprintf(&b, "author %s %s\ncommitter %s %s\n", m.person(), m.date(), m.person(), m.date())
	if m.chance(5) {
		b.WriteString("encoding ISO-8859-1\n")
	}
	if m.chance(6) {
		b.WriteString("gpgsig -----BEGIN PGP SIGNATURE-----\n \n " + m.hex(64) + "\n " + m.hex(30) + "\n -----END PGP SIGNATURE-----\n")
	}
	if m.chance(5) {
		tag := fmt.Sprintf("object %s\ntype commit\ntag merged\ntagger %s 1 +0000\n\nmerged %s", m.hex(2*m.idLen()), m.person(), m.message())
		b.WriteString("mergetag " + strings.ReplaceAll(strings.TrimRight(tag, "\n"), "\n", "\n ") + "\n")
	}
	if m.chance(3) {
		b.WriteString("x-note " + m.key() + "\n")
	}
	b.WriteString("\n" + m.message())
	c := &commit{m.put("commit", b.String()), files, parents}
	m.commits = append(m.commits, c)
	return c
}

// tag adds an annotated tag of any object.
func (m *maker) tag(name, target string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "object %s\ntype %s\ntag %s\n", target, m.objects[target].Type, name)
	if m.chance(90) {
		fmt.Fprintf(&b, "tagger %s %s\n", m.person(), m.date())
	}
	b.WriteString("\n" + m.message())
	return m.put("tag", b.String())
}
