// This file says what is in a repository: the objects by way of git, and where they stand by the plainest search,
// which lists every file of every commit.

package gittest

import (
	"encoding/hex"
	"math"
	"sort"
	"strconv"
	"strings"
)

// Place is where a blob, a commit or a tag stands.
type Place struct {
	Object, Path string
	Commit       string // the first commit that brought it there; "" for none
	Reach, Ref   string
}

// Oracle knows a repository.
type Oracle struct {
	Objects map[string]Object

	*Repo
	commits map[string]node
	files   map[string]map[Entry]bool // by tree, what is in it and below
	level   map[string]int            // by commit and tag
	leading map[string]string         // the preferred ref that leads to a commit or tag
	roots   [5][]string               // what HEAD, refs, stashes and reflogs name, tags followed
}

// node is what the oracle keeps of a commit.
type node struct {
	tree    string
	parents []string
	date    int64
}

// Entry is an entry of a tree with its full path.
type Entry struct{ Path, ID, Mode string }

var levels = [...]string{"head", "ref", "stash", "reflog", "unreachable"}

const (
	byHead = iota
	byRef
	byStash
	byReflog
	byNothing
)

// Oracle asks git for all objects, proves that they are what the maker made, and works out what leads to them.
func (r *Repo) Oracle() *Oracle {
	r.t.Helper()
	o := &Oracle{
		Repo: r, Objects: r.gitObjects(), commits: map[string]node{}, files: map[string]map[Entry]bool{},
		level: map[string]int{}, leading: map[string]string{},
	}
	for id, object := range o.Objects {
		if r.objects[id] != object {
			r.t.Fatalf("git has %s %s, which was not made, or otherwise\n%s", object.Type, id, r)
		}
		if object.Type == "commit" {
			o.commits[id] = parseNode(object.Data)
		}
	}
	if len(o.Objects) != len(r.objects) && !r.pruned {
		r.t.Fatalf("git has %d objects, made were %d\n%s", len(o.Objects), len(r.objects), r)
	}
	r.objects = o.Objects
	o.reach()
	o.proveReach()
	o.proveFiles()
	return o
}

func (r *Repo) seeing() []string {
	if r.hidden {
		return []string{"GIT_ALTERNATE_OBJECT_DIRECTORIES=" + r.shadow}
	}
	return nil
}

// gitObjects asks git for all objects.
func (r *Repo) gitObjects() map[string]Object {
	r.t.Helper()
	out := r.mustGit("", r.seeing(), "cat-file", "--batch-all-objects", "--batch", "--buffer")
	all := map[string]Object{}
	for out != "" {
		line, rest, _ := strings.Cut(out, "\n")
		fields := strings.Fields(line)
		if len(fields) != 3 {
			r.t.Fatalf("git cat-file says %q\n%s", line, r)
		}
		n, err := strconv.Atoi(fields[2])
		if err != nil {
			r.t.Fatal(err)
		}
		all[fields[0]] = Object{fields[1], rest[:n]}
		out = rest[n+1:]
	}
	return all
}

func parseNode(data string) node {
	n := node{date: math.MaxInt64}
	head, _, _ := strings.Cut(data, "\n\n")
	for _, line := range strings.Split(head, "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "tree":
			n.tree = value
		case "parent":
			n.parents = append(n.parents, value)
		case "committer":
			fields := strings.Fields(value[strings.LastIndex(value, ">")+1:])
			if sec, err := strconv.ParseInt(fields[0], 10, 64); err == nil && sec >= 0 {
				n.date = sec
			}
		}
	}
	return n
}

// entries decodes one tree.
func (o *Oracle) entries(tree string) []Entry {
	var list []Entry
	for data := o.Objects[tree].Data; data != ""; {
		head, rest, _ := strings.Cut(data, "\x00")
		mode, name, _ := strings.Cut(head, " ")
		n := o.idLen()
		list = append(list, Entry{name, hex.EncodeToString([]byte(rest[:n])), mode})
		data = rest[n:]
	}
	return list
}

// below lists all entries of a tree and the trees in it, files and directories.
func (o *Oracle) below(tree string) map[Entry]bool {
	all, known := o.files[tree]
	if known {
		return all
	}
	all = map[Entry]bool{}
	for _, e := range o.entries(tree) {
		all[e] = true
		if e.Mode == modeTree {
			for sub := range o.below(e.ID) {
				sub.Path = e.Path + "/" + sub.Path
				all[sub] = true
			}
		}
	}
	o.files[tree] = all
	return all
}

// resolve follows symbolic refs.
func (r *Repo) resolve(value string) string {
	for range 5 {
		name, symbolic := strings.CutPrefix(value, "ref: ")
		if !symbolic {
			return value
		}
		value = r.refs[name]
	}
	return ""
}

// preference orders refs.
func preference(name string) int {
	for i, prefix := range []string{"refs/heads/", "refs/remotes/", "refs/tags/", "refs/"} {
		if strings.HasPrefix(name, prefix) {
			return i
		}
	}
	return 4
}

// reach follows everything from everywhere.
func (o *Oracle) reach() {
	mark := func(level int, name string, ids ...string) {
		for _, id := range ids {
			target := o.peel(id, func(tag string) { o.mark(tag, level, name) })
			o.roots[level] = append(o.roots[level], target)
			for todo := []string{target}; len(todo) > 0; {
				at := todo[len(todo)-1]
				todo = todo[:len(todo)-1]
				if c, ok := o.commits[at]; ok && o.mark(at, level, name) {
					todo = append(todo, c.parents...)
				}
			}
		}
	}
	mark(byHead, "", o.resolve(o.head))
	named := map[string]string{"HEAD": o.head}
	for name, value := range o.refs {
		named[name] = value
	}
	for name, value := range o.heads {
		named[name] = value
	}
	delete(named, "refs/stash")
	names := sortedKeys(named)
	sort.SliceStable(names, func(i, j int) bool { return preference(names[i]) < preference(names[j]) })
	for _, name := range names {
		mark(byRef, name, o.resolve(named[name]))
	}
	mark(byStash, "", o.refs["refs/stash"])
	mark(byStash, "", o.reflogs["refs/stash"]...)
	for name, ids := range o.pseudo {
		mark(byReflog, name, ids...)
	}
	for _, ids := range o.reflogs {
		mark(byReflog, "", ids...)
	}
}

// mark notes a way to an object, and tells whether it is news.
func (o *Oracle) mark(id string, level int, name string) bool {
	old, known := o.level[id]
	news := !known || level < old
	if news {
		o.level[id] = level
	}
	if _, led := o.leading[id]; level == byRef && !led {
		o.leading[id] = name
		news = true
	}
	return news
}

func (o *Oracle) levelOf(id string) int {
	if level, known := o.level[id]; known {
		return level
	}
	return byNothing
}

// proveReach compares with what git says of commits.
func (o *Oracle) proveReach() {
	o.t.Helper()
	if len(o.commits) == 0 {
		return
	}
	listed := func(limit int, args ...string) {
		got := map[string]bool{}
		for _, id := range strings.Fields(o.mustGit("", o.seeing(), append([]string{"rev-list"}, args...)...)) {
			got[id] = true
		}
		for id := range o.commits {
			if got[id] != (o.levelOf(id) <= limit) {
				o.t.Fatalf("git %v: %v of %s, which is %s here\n%s", args, got[id], id, levels[o.levelOf(id)], o.Repo)
			}
		}
	}
	if o.resolve(o.head) != "" {
		listed(byHead, "HEAD")
	}
	listed(byRef, "--exclude=refs/stash", "--all")
}

// proveFiles compares with what git says of one commit's files.
func (o *Oracle) proveFiles() {
	o.t.Helper()
	ids := sortedKeys(o.commits)
	if len(ids) == 0 || o.broken {
		return
	}
	id := ids[len(ids)/2]
	want := map[Entry]bool{}
	for _, line := range strings.Split(o.mustGit("", o.seeing(), "ls-tree", "-r", "-t", "-z", id), "\x00") {
		if info, path, ok := strings.Cut(line, "\t"); ok {
			fields := strings.Fields(info)
			want[Entry{path, fields[2], strings.TrimPrefix(fields[0], "0")}] = true
		}
	}
	got := o.below(o.commits[id].tree)
	for e := range got {
		if e.Mode == modeGroup {
			e.Mode = modeFile // as git shows it
		}
		if !want[e] {
			o.t.Fatalf("git ls-tree %s does not list %q\n%s", id, e.Path, o.Repo)
		}
	}
	if len(got) != len(want) {
		o.t.Fatalf("git ls-tree %s lists %d entries, here are %d\n%s", id, len(want), len(got), o.Repo)
	}
}
