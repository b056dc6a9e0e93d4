// This file compares Locate with a search by git through every tree of every commit.

package gitstore

import (
	"cmp"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// history is what git says of all commits.
type history struct {
	commits map[string]histCommit
	files   map[string]map[string]string // by tree: path to blob
	reach   map[string]reach
	head    string
}

type histCommit struct {
	tree    string
	parents []string
	date    int64
}

func (r *repo) history() history {
	r.t.Helper()
	h := history{commits: map[string]histCommit{}, files: map[string]map[string]string{}, reach: map[string]reach{}}
	h.head = r.git("rev-parse", "HEAD")
	var ids []string
	for id, c := range r.objects() {
		if c.Type == CommitObject {
			ids = append(ids, id.String())
		}
	}
	out := r.gitIn(strings.Join(ids, "\n"), "log", "--no-walk=unsorted", "--stdin", "--format=%H|%T|%P|%ct")
	for line := range strings.Lines(out) {
		f := strings.Split(strings.TrimSpace(line), "|")
		date, err := strconv.ParseInt(f[3], 10, 64)
		require.NoError(r.t, err)
		h.commits[f[0]] = histCommit{f[1], strings.Fields(f[2]), date}
		h.reach[f[0]] = unreachable
		if h.files[f[1]] == nil {
			h.files[f[1]] = r.lsTree(f[1])
		}
	}
	require.Len(r.t, h.commits, len(ids))
	mark := func(how reach, args ...string) {
		for id := range strings.Lines(r.git(append([]string{"rev-list"}, args...)...)) {
			id = strings.TrimSpace(id)
			h.reach[id] = min(h.reach[id], how)
		}
	}
	mark(fromHead, "HEAD")
	mark(fromRef, "--exclude=refs/stash", "--all")
	if _, err := r.try(nil, "rev-parse", "--verify", "-q", "refs/stash"); err == nil {
		mark(fromStash, append([]string{"refs/stash"}, strings.Fields(r.git("log", "-g", "--format=%H", "refs/stash"))...)...)
	}
	mark(fromReflog, "--reflog", "--all")
	if _, err := r.try(nil, "rev-parse", "--verify", "-q", "ORIG_HEAD"); err == nil {
		mark(fromReflog, "ORIG_HEAD")
	}
	return h
}

func (r *repo) lsTree(tree string) map[string]string {
	files := map[string]string{}
	for _, line := range strings.Split(r.git("ls-tree", "-r", "-z", tree), "\x00") {
		if info, path, ok := strings.Cut(line, "\t"); ok {
			files[path] = strings.Fields(info)[2]
		}
	}
	return files
}

// expect gives, for each blob and path, the first commit and the reach.
func (h history) expect() map[string]string {
	first := map[string]string{}
	before := func(a, b string) bool {
		x, y := h.commits[a], h.commits[b]
		return cmp.Or(cmp.Compare(h.reach[a], h.reach[b]), cmp.Compare(x.date, y.date), strings.Compare(a, b)) < 0
	}
	for id, c := range h.commits {
		for path, blob := range h.files[c.tree] {
			old := slices.ContainsFunc(c.parents, func(p string) bool { return h.files[h.commits[p].tree][path] == blob })
			key := blob + " " + path
			if !old && (first[key] == "" || before(id, first[key])) {
				first[key] = id
			}
		}
	}
	for key, id := range first {
		blob, path, _ := strings.Cut(key, " ")
		how := h.reach[id]
		if h.files[h.commits[h.head].tree][path] == blob {
			how = fromHead
		} else if how == fromHead {
			how = fromRef
		}
		first[key] = id + " " + how.String()
	}
	return first
}

// wander makes a history with branches, merges, tags, stashes, and commits that nothing leads to any more.
func wander(r *repo, rng *rand.Rand) {
	contents := []string{"one", "two", "three", "four", "five", "six"}
	change := func() {
		name := fmt.Sprintf("a%d/b%d/c%d", rng.Intn(2), rng.Intn(2), rng.Intn(2))
		if rng.Intn(4) == 0 {
			name = fmt.Sprintf("top%d", rng.Intn(3))
		}
		if rng.Intn(4) == 0 {
			os.Remove(r.path(name))
		} else {
			r.write(name, contents[rng.Intn(len(contents))])
		}
		r.git("add", "-A")
		if rng.Intn(3) == 0 {
			r.time -= 240 // clocks differ
		}
	}
	change()
	r.commitStaged("first")
	for i := range 8 + rng.Intn(14) {
		switch rng.Intn(9) {
		case 0:
			r.git("checkout", "-q", "-b", fmt.Sprint("b", i))
		case 1, 2:
			branches := strings.Fields(r.git("for-each-ref", "--format=%(refname:short)", "refs/heads"))
			r.git("checkout", "-q", branches[rng.Intn(len(branches))])
		case 3:
			branches := strings.Fields(r.git("for-each-ref", "--format=%(refname:short)", "refs/heads"))
			r.time += 60
			r.try(nil, "merge", "-q", "-X", "ours", "-m", "merge", branches[rng.Intn(len(branches))])
			r.git("add", "-A")
			r.try(nil, "commit", "-q", "-m", "merge")
		case 4:
			r.try(nil, "reset", "-q", "--hard", "HEAD~1")
		case 5:
			r.git("tag", fmt.Sprint("v", i), "-m", "tag")
		case 6:
			change()
			r.try(nil, "stash", "-q")
			continue
		}
		change()
		r.commitStaged(fmt.Sprint("change ", i))
	}
	for _, b := range strings.Fields(r.git("for-each-ref", "--format=%(refname:short)", "refs/heads")) {
		if rng.Intn(3) == 0 {
			r.try(nil, "branch", "-q", "-D", b)
		}
	}
	if rng.Intn(3) == 0 {
		r.git("reflog", "expire", "--expire=all", "HEAD")
	}
	if rng.Intn(2) == 0 {
		r.git("repack", "-q", "-a", "-d", "-k")
	}
}

func TestLocateRandom(t *testing.T) {
	t.Parallel()
	for seed := range int64(24) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewSource(seed))
			r := newRepo(t, "--object-format="+[]string{"sha1", "sha256"}[seed%2])
			wander(r, rng)
			h := r.history()
			var ids []ID
			objects := r.objects()
			for id, c := range objects {
				if c.Type != TreeObject {
					ids = append(ids, id)
				}
			}
			s := r.open()
			places := locate(t, s, ids)
			assert.Empty(t, problems(s))
			want := h.expect()
			got := map[string]string{}
			seen := map[ID]bool{}
			for _, p := range places {
				seen[p.Object] = true
				if p.Reach == "ref" && objects[p.Object].Type != TagObject {
					assert.Equal(t, r.leading(p.Commit.ID), p.Ref)
				}
				if p.Path != "" && !p.Commit.ID.IsZero() {
					got[p.Object.String()+" "+p.Path] = p.Commit.ID.String() + " " + p.Reach
				} else if p.Commit.ID == p.Object {
					assert.Equal(t, h.reach[p.Object.String()].String(), p.Reach)
				}
			}
			assert.Equal(t, want, got)
			assert.Len(t, seen, len(ids))
		})
	}
}

// leading gives the preferred ref that leads to a commit.
func (r *repo) leading(id ID) string {
	names := strings.Fields(r.git("for-each-ref", "--format=%(refname)", "--contains", id.String()))
	names = slices.DeleteFunc(names, func(name string) bool { return name == "refs/stash" })
	slices.SortStableFunc(names, func(a, b string) int { return preference(a) - preference(b) })
	if len(names) == 0 {
		return "HEAD"
	}
	return names[0]
}

func locateOne(t *testing.T, s *Store, id ID) Place {
	t.Helper()
	places := locate(t, s, []ID{id})
	require.Len(t, places, 1)
	return places[0]
}

func TestLocateElsewhere(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	first := r.commit("a.txt", "a")
	hash := func(text string) ID {
		id, err := ParseID(r.gitIn(text, "hash-object", "-w", "--stdin"))
		require.NoError(t, err)
		return id
	}
	mktree := func(text string) ID {
		id, err := ParseID(r.gitIn(text, "mktree", "--missing"))
		require.NoError(t, err)
		return id
	}
	lonely, tagged, treed, reffed := hash("lonely"), hash("tagged"), hash("treed"), hash("reffed")
	r.git("tag", "-m", "of a blob", "blob", tagged.String())
	sub := mktree("100644 blob " + treed.String() + "\tx\ty\n")
	mktree("040000 tree " + sub.String() + "\tdir\n160000 commit " + first.String() + "\tmod\n")
	r.git("update-ref", "refs/trees/t", mktree("100644 blob "+reffed.String()+"\tname\n").String())
	s := r.open()
	assert.Equal(t, Place{Object: lonely, Reach: "unreachable"}, locateOne(t, s, lonely))
	assert.Equal(t, Place{Object: tagged, Reach: "ref", Ref: "refs/tags/blob"}, locateOne(t, s, tagged))
	assert.Equal(t, Place{Object: treed, Path: "dir/x\ty", Reach: "unreachable"}, locateOne(t, s, treed))
	assert.Equal(t, Place{Object: reffed, Path: "name", Reach: "ref", Ref: "refs/trees/t"}, locateOne(t, s, reffed))

	r.git("tag", "-m", "of a commit", "v1")
	r.git("tag", "-m", "of a tag", "v2", "v1")
	tag := r.id("v2")
	p := locateOne(t, r.open(), tag)
	assert.Equal(t, "head", p.Reach)
	assert.Equal(t, first, p.Commit.ID)
	r.git("tag", "-m", "deleted", "v3")
	deleted := r.id("v3")
	r.git("tag", "-d", "v3")
	assert.Equal(t, "unreachable", locateOne(t, r.open(), deleted).Reach)
	r.git("checkout", "-q", "--orphan", "other")
	r.commitStaged("apart")
	r.git("tag", "-d", "v2")
	r.git("branch", "-D", "main")
	assert.Equal(t, "unreachable", locateOne(t, r.open(), tag).Reach)
	p = locateOne(t, r.open(), first)
	assert.Equal(t, "ref", p.Reach)
	assert.Equal(t, "refs/tags/v1", p.Ref)
	assert.Equal(t, "Ann <ann@example.com>", p.Commit.Author)
	assert.Equal(t, "change a.txt", p.Commit.Subject())
	assert.Equal(t, int64(1_700_000_060), p.Commit.CommitDate.Unix())
}

// TestLocateBomb locates a blob that twelve trees spell 10^12 paths to.
func TestLocateBomb(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	blob := r.gitIn("bomb", "hash-object", "-w", "--stdin")
	kind, id := "100644 blob", blob
	for range 12 {
		text := ""
		for i := range 10 {
			text += fmt.Sprintf("%s %s\tn%d\n", kind, id, i)
		}
		kind, id = "040000 tree", r.gitIn(text, "mktree")
	}
	commit := r.git("commit-tree", "-m", "bomb", id)
	r.git("update-ref", "refs/heads/main", commit)
	s := r.open()
	target, err := ParseID(blob)
	require.NoError(t, err)
	places := locate(t, s, []ID{target})
	assert.Len(t, places, maxPaths)
	assert.Contains(t, problems(s), "stands at more than 1000 paths")
}

func TestLocateGaps(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	first := r.commit("d/a.txt", "a")
	second := r.commit("d/b.txt", "b")
	third := r.commit("c.txt", "c")
	remove := func(id string) {
		require.NoError(t, os.Remove(r.path(".git/objects/"+id[:2]+"/"+id[2:])))
	}
	blob := r.id(first.String() + ":d/a.txt")
	remove(r.git("rev-parse", third.String()+":d"))
	remove(second.String())
	s := r.open()
	locateOne(t, s, blob)
	assert.Contains(t, problems(s), "commit is missing, named by commit "+third.String())
	assert.Contains(t, problems(s), `which names it "d": run git fsck`)

	// Where missing objects were promised, they are counted.
	r = newRepo(t)
	commit := r.commit("d/a.txt", "a")
	r.commit("b.txt", "b")
	remove(r.git("rev-parse", commit.String()+":d/a.txt"))
	r.git("config", "remote.origin.promisor", "true")
	s = r.open()
	sweepAll(t, s)
	assert.Contains(t, problems(s), "partial clone: 1 blobs were not fetched")
}
