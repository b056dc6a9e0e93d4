// This file compares ranges with git rev-list, and what they bring in with a search through every tree.

package gitstore

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tangle makes a history by git fast-import: branches, octopus and criss-cross merges, several roots, trees with files,
// links, submodules and directories that become files. With skew, clocks are wrong by up to years.
func tangle(r *repo, rng *rand.Rand, commits int, skew bool) {
	r.t.Helper()
	var in strings.Builder
	trees := make([]map[string]string, 0, commits) // path to "mode content"
	for i := range commits {
		var parents []int
		if i > 0 && rng.Intn(12) > 0 {
			n := 1
			if rng.Intn(3) == 0 {
				n += 1 + rng.Intn(3)
			}
			for range n {
				p := max(0, i-1-rng.Intn(6))
				if !slices.Contains(parents, p) {
					parents = append(parents, p)
				}
			}
		}
		tree := map[string]string{}
		for _, p := range parents {
			for path, content := range trees[p] {
				if rng.Intn(len(parents)) == 0 {
					tree[path] = content
				}
			}
		}
		for range rng.Intn(4) {
			path := fmt.Sprintf("d%d/e%d/f%d", rng.Intn(2), rng.Intn(2), rng.Intn(3))
			switch rng.Intn(8) {
			case 0:
				path = fmt.Sprintf("d%d", rng.Intn(2)) // a file where a directory may be
			case 1, 2:
				path = fmt.Sprintf("top%d", rng.Intn(3))
			}
			for other := range tree {
				if strings.HasPrefix(other, path+"/") || strings.HasPrefix(path, other+"/") {
					delete(tree, other)
				}
			}
			switch rng.Intn(9) {
			case 0:
				delete(tree, path)
			case 1:
				tree[path] = "120000 " + fmt.Sprint("content ", rng.Intn(8))
			case 2:
				tree[path] = "160000 " + strings.Repeat(fmt.Sprint(1+rng.Intn(9)), 2*hashLen(r))
			default:
				tree[path] = "100644 " + fmt.Sprint("content ", rng.Intn(8))
			}
		}
		trees = append(trees, tree)
		r.time += rng.Intn(100_000)
		when := r.time
		if skew && rng.Intn(4) == 0 {
			when += (rng.Intn(3) - 1) * rng.Intn(100_000_000)
		}
		branch := "refs/heads/main"
		if rng.Intn(4) == 0 || i == 0 {
			branch = fmt.Sprint("refs/heads/b", i)
		}
		fmt.Fprintf(&in, "commit %s\nmark :%d\ncommitter C <c@d> %d +0200\ndata 2\nc\n\n", branch, i+1, when)
		for k, p := range parents {
			fmt.Fprintf(&in, "%s :%d\n", []string{"from", "merge"}[min(k, 1)], p+1)
		}
		if len(parents) == 0 { // a root, also on a branch that there is
			fmt.Fprintf(&in, "from %s\n", strings.Repeat("0", 2*hashLen(r)))
		}
		in.WriteString("deleteall\n")
		for _, path := range slices.Sorted(maps.Keys(tree)) {
			mode, content, _ := strings.Cut(tree[path], " ")
			if mode == "160000" {
				fmt.Fprintf(&in, "M %s %s %s\n", mode, content, path)
			} else {
				fmt.Fprintf(&in, "M %s inline %s\ndata %d\n%s\n", mode, path, len(content), content)
			}
		}
		in.WriteString("\n")
		if rng.Intn(8) == 0 {
			fmt.Fprintf(&in, "tag v%d\nfrom :%d\ntagger T <t@u> %d +0000\ndata 3\ntag\n", i, i+1, when)
		}
	}
	fmt.Fprintf(&in, "reset refs/heads/main\nfrom :%d\n\n", commits)
	r.gitIn(in.String(), "fast-import", "--quiet", "--force")
	if rng.Intn(2) == 0 {
		for tag := range strings.FieldsSeq(r.git("tag")) {
			r.git("tag", "-a", "-m", "tag of a tag", tag+"-again", tag)
			break
		}
	}
}

func hashLen(r *repo) int {
	if r.git("rev-parse", "--show-object-format") == "sha256" {
		return 32
	}
	return 20
}

// model is what git says of each commit, and of each tree.
type model struct {
	commits map[string]histCommit
	files   map[string]map[string]string // by tree and path: type and ID
}

// sameFile tells whether two files are the same, or two submodules, whatever their commits.
func sameFile(a, b string) bool {
	return a == b || strings.HasPrefix(a, "commit ") && strings.HasPrefix(b, "commit ")
}

func (r *repo) model() model {
	r.t.Helper()
	m := model{map[string]histCommit{}, map[string]map[string]string{}}
	var ids []string
	for id, c := range r.objects() {
		if c.Type == CommitObject {
			ids = append(ids, id.String())
		}
	}
	out := r.gitIn(strings.Join(ids, "\n"), "--no-replace-objects", "log", "--no-walk=unsorted", "--stdin", "--format=%H|%T|%P|%ct")
	for line := range strings.Lines(out) {
		f := strings.Split(strings.TrimSpace(line), "|")
		date, err := strconv.ParseInt(f[3], 10, 64)
		require.NoError(r.t, err)
		m.commits[f[0]] = histCommit{f[1], strings.Fields(f[2]), date}
		if m.files[f[1]] != nil {
			continue
		}
		files := map[string]string{}
		m.files[f[1]] = files
		for _, line := range strings.Split(r.git("ls-tree", "-r", "-z", f[1]), "\x00") {
			if info, path, ok := strings.Cut(line, "\t"); ok {
				f := strings.Fields(info)
				files[path] = f[1] + " " + f[2]
			}
		}
	}
	return m
}

// ancestors gives what leads from the commits to the roots.
func (m model) ancestors(ids ...string) map[string]bool {
	seen := map[string]bool{}
	for len(ids) > 0 {
		id := ids[len(ids)-1]
		ids = ids[:len(ids)-1]
		if c, ok := m.commits[id]; ok && !seen[id] {
			seen[id] = true
			ids = append(ids, c.parents...)
		}
	}
	return seen
}

// parsed splits what git rev-parse makes of revisions.
func (r *repo) parsed(args ...string) (include, exclude []string) {
	r.t.Helper()
	revs := strings.ReplaceAll(r.git(append([]string{"rev-parse", "--revs-only"}, args...)...)+"\n", "\n", "^{commit}\n")
	for line := range strings.FieldsSeq(r.git(append([]string{"rev-parse"}, strings.Fields(revs)...)...)) {
		if id, ok := strings.CutPrefix(line, "^"); ok {
			exclude = append(exclude, id)
		} else {
			include = append(include, line)
		}
	}
	return include, exclude
}

// skewed tells whether a commit is older than a parent.
func (m model) skewed() bool {
	for _, c := range m.commits {
		for _, p := range c.parents {
			if m.commits[p].date > c.date {
				return true
			}
		}
	}
	return false
}

// expect lists what the commits bring in, in order.
func (m model) expect(in, out map[string]bool, near func(id string) reach, head string) []string {
	var list []string
	boundary := map[string]bool{}
	for id := range in {
		for _, p := range m.commits[id].parents {
			boundary[p] = out[p]
		}
	}
	maps.DeleteFunc(boundary, func(_ string, out bool) bool { return !out })
	done, seen := map[string]bool{}, map[string]bool{}
	for len(done) < len(in) {
		best := ""
		for id := range in {
			waits := slices.ContainsFunc(m.commits[id].parents, func(p string) bool { return in[p] && !done[p] })
			if done[id] || waits {
				continue
			}
			if best == "" || cmp.Or(cmp.Compare(near(id), near(best)),
				cmp.Compare(m.commits[id].date, m.commits[best].date), strings.Compare(id, best)) < 0 {
				best = id
			}
		}
		done[best] = true
		list = append(list, fmt.Sprintf("commit %s %s", best, near(best)))
		var files []string
		for path, file := range m.files[m.commits[best].tree] {
			old := slices.ContainsFunc(m.commits[best].parents, func(p string) bool {
				return sameFile(m.files[m.commits[p].tree][path], file)
			})
			how := max(near(best), fromRef)
			if sameFile(m.files[m.commits[head].tree][path], file) {
				how = fromHead
			}
			if !old && !seen[file+path] {
				seen[file+path] = true
				files = append(files, fmt.Sprintf("%s %s %s %s", file, path, best, how))
			}
		}
		slices.Sort(files)
		list = append(list, files...)
	}
	return append(list, fmt.Sprint("from ", slices.Sorted(maps.Keys(boundary))))
}

// bring lists what Range visits but tags, the blobs of each commit sorted.
func bring(t testing.TB, s *Store, revs Revisions) []string {
	t.Helper()
	var list, files []string
	var boundary []ID
	flush := func() {
		slices.Sort(files)
		list = append(list, files...)
		files = nil
	}
	err := s.Range(context.Background(), revs, func(b Brought) error {
		boundary = b.Boundary
		switch {
		case b.Path != "":
			files = append(files, fmt.Sprintf("%s %s %s %s %s", b.Type, b.Object, b.Path, b.Commit.ID, b.Reach))
		case b.Type == CommitObject:
			flush()
			require.Equal(t, b.Object, b.Commit.ID)
			list = append(list, fmt.Sprintf("commit %s %s", b.Object, b.Reach))
		}
		return nil
	})
	flush()
	require.NoError(t, err)
	return append(list, fmt.Sprint("from ", boundary))
}

// refsOf gives the refs that are said to lead to commits.
func refsOf(t testing.TB, s *Store, revs Revisions) map[string]string {
	t.Helper()
	refs := map[string]string{}
	require.NoError(t, s.Range(context.Background(), revs, func(b Brought) error {
		assert.Equal(t, b.Reach == "ref", b.Ref != "", b)
		if b.Ref != "" {
			refs[b.Commit.ID.String()] = b.Ref
		}
		return nil
	}))
	return refs
}

func commitsOf(list []string) map[string]bool {
	in := map[string]bool{}
	for _, line := range list {
		if f := strings.Fields(line); f[0] == "commit" && len(f) == 3 {
			in[f[1]] = true
		}
	}
	return in
}

func TestRangeRandom(t *testing.T) {
	t.Parallel()
	for seed := range int64(18) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewSource(seed))
			var args []string
			if seed%6 == 5 {
				args = append(args, "--object-format=sha256")
			}
			r := newRepo(t, args...)
			tangle(r, rng, 3+rng.Intn(30), seed%2 == 0)
			if rng.Intn(2) == 0 {
				r.git("repack", "-q", "-a", "-d")
			}
			m := r.model()
			ids := slices.Sorted(maps.Keys(m.commits))
			refs := strings.Fields(r.git("for-each-ref", "--format=%(refname)"))
			switch rng.Intn(3) {
			case 0:
				r.git("update-ref", "--no-deref", "HEAD", ids[rng.Intn(len(ids))])
			case 1:
				r.git("update-ref", "-d", refs[rng.Intn(len(refs))])
				refs = strings.Fields(r.git("for-each-ref", "--format=%(refname)"))
			}
			head, headErr := r.try(nil, "rev-parse", "--verify", "-q", "HEAD")
			fromHeads, fromRefs := map[string]bool{}, map[string]bool{}
			logged := strings.Fields(r.git("rev-list", "--reflog"))
			fromLogs := m.ancestors(logged...)
			if headErr == nil {
				fromHeads = m.ancestors(strings.TrimSpace(string(head)))
			}
			for _, ref := range refs {
				maps.Copy(fromRefs, m.ancestors(r.git("rev-parse", ref+"^{commit}")))
			}
			near := func(id string) reach {
				switch {
				case fromHeads[id]:
					return fromHead
				case fromRefs[id]:
					return fromRef
				case fromLogs[id]:
					return fromReflog
				}
				return unreachable
			}
			s := r.open()
			pick := func() string {
				if len(refs) > 0 && rng.Intn(3) == 0 {
					return refs[rng.Intn(len(refs))]
				}
				return ids[rng.Intn(len(ids))]
			}
			for range 16 {
				var words []string
				switch rng.Intn(6) {
				case 0:
					words = []string{pick()}
				case 1, 2:
					words = []string{pick() + ".." + pick()}
				case 3:
					words = []string{pick() + "..." + pick()}
				case 4:
					words = []string{pick(), "^" + pick(), pick() + "^!"}
				case 5:
					words = []string{"--all", "^" + pick(), "--not", pick(), pick()}
				}
				include, exclude := r.parsed(words...)
				if words[0] == "--all" && headErr == nil { // git rev-parse leaves HEAD out
					include = append(include, strings.TrimSpace(string(head)))
				}
				want := m.ancestors(include...)
				out := m.ancestors(exclude...)
				for id := range out {
					delete(want, id)
				}
				if !m.skewed() {
					listed := map[string]bool{}
					for id := range strings.FieldsSeq(r.git(append([]string{"rev-list"}, words...)...)) {
						listed[id] = true
					}
					require.Equal(t, listed, want, "the test is wrong about %v", words)
				}
				revs, err := s.Revisions(context.Background(), words)
				require.NoError(t, err, words)
				require.Equal(t, m.expect(want, out, near, strings.TrimSpace(string(head))), bring(t, s, revs), words)

				for commit, ref := range refsOf(t, s, revs) {
					require.True(t, m.ancestors(r.git("rev-parse", ref+"^{commit}"))[commit], "%s leads to %s", ref, commit)
				}

				date := m.commits[ids[rng.Intn(len(ids))]].date
				revs.Since = time.Unix(date, 0)
				if rng.Intn(2) == 0 {
					revs.Until = time.Unix(date+int64(rng.Intn(1_000_000)), 0)
				}
				for id := range want {
					if c := m.commits[id]; c.date < date || !revs.Until.IsZero() && c.date > revs.Until.Unix() {
						delete(want, id)
					}
				}
				require.Equal(t, m.expect(want, out, near, strings.TrimSpace(string(head))), bring(t, s, revs), words)
			}
			assert.Empty(t, problems(s))
		})
	}
}

// With right clocks dates end a walk early, and it finds the same; with wrong ones it finds too much, never too little.
// Swept or read one by one, commits are the same.
func TestRangeEndsEarly(t *testing.T) {
	t.Parallel()
	for seed := range int64(12) {
		rng := rand.New(rand.NewSource(seed))
		skew := seed%2 == 0
		r := newRepo(t)
		tangle(r, rng, 40, skew)
		r.git("repack", "-q", "-a", "-d")
		m := r.model()
		ids := slices.Sorted(maps.Keys(m.commits))
		s := r.open()
		for range 20 {
			var numbers [2][]uint32
			a := newAncestry(context.Background(), s)
			a.slack, a.limit = rng.Intn(3), rng.Intn(100)
			var names [2][]string
			for side := range names {
				for range 1 + rng.Intn(2) {
					id := ids[rng.Intn(len(ids))]
					names[side] = append(names[side], id)
					parsed, err := ParseID(id)
					require.NoError(t, err)
					numbers[side] = append(numbers[side], a.number(parsed))
				}
			}
			want := m.ancestors(names[0]...)
			for id := range m.ancestors(names[1]...) {
				delete(want, id)
			}
			_, err := a.partition(numbers[0], numbers[1])
			require.NoError(t, err)
			got := map[string]bool{}
			for n, node := range a.nodes {
				if node.flags&(included|excluded) == included {
					got[a.id(uint32(n)).String()] = true
				}
			}
			if !skew {
				require.Equal(t, want, got)
			}
			for id := range want {
				require.True(t, got[id])
			}
		}
	}
}

// A walk does not go to the roots when dates tell that it need not.
func TestRangeReadsLittle(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	var in strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&in, "commit refs/heads/main\ncommitter C <c@d> %d +0000\ndata 1\nc\n", 1_000_000_000+i*86400)
	}
	r.gitIn(in.String(), "fast-import", "--quiet")
	s := r.open()
	a := newAncestry(context.Background(), s)
	_, err := a.partition([]uint32{a.number(r.id("main~3"))}, []uint32{a.number(r.id("main~7"))})
	require.NoError(t, err)
	assert.Less(t, a.reads, datesSlack+100)
	assert.False(t, a.swept)
	a = newAncestry(context.Background(), s)
	_, err = a.partition([]uint32{a.number(r.id("main"))}, nil)
	require.NoError(t, err)
	assert.True(t, a.swept, "so many are swept")
}

// Stashes and reflogs are looked at before a commit is said to be reached from nothing.
func TestRangeReach(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	base := r.commit("a", "base")
	gone := r.commit("b", "in the reflog only")
	r.git("reset", "-q", "--hard", base.String())
	r.git("checkout", "-q", "--detach")
	lost := r.commit("c", "lost")
	r.git("checkout", "-q", "main")
	r.git("reflog", "expire", "--expire=all", "HEAD")
	r.write("a", "stashed")
	r.git("stash", "-q")
	stash := r.id("stash")
	s := r.open()
	for id, want := range map[ID]string{base: "head", gone: "reflog", lost: "unreachable", stash: "stash"} {
		revs, err := s.Revisions(context.Background(), []string{id.String() + "^!", base.String()})
		require.NoError(t, err)
		if id == base {
			revs.Exclude = nil
		}
		var got []string
		require.NoError(t, s.Range(context.Background(), revs, func(b Brought) error {
			if b.Object == id {
				got = append(got, b.Reach)
			}
			return nil
		}))
		assert.Equal(t, []string{want}, got, id)
	}
	everything := commitsOf(bring(t, s, s.Everything()))
	assert.Len(t, everything, 4, "base, gone, and the stash with its index")
	assert.True(t, everything[gone.String()])
	assert.Empty(t, problems(s))
}

// Replace refs and grafts change nothing.
func TestRangeIgnoresReplacements(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	first := r.commit("a", "1")
	second := r.commit("a", "2")
	third := r.commit("a", "3")
	r.git("replace", second.String(), first.String())
	r.write(".git/info/grafts", third.String()+"\n")
	r.write(".git/shallow", third.String()+"\n") // the parents are here all the same
	s := r.open()
	revs, err := s.Revisions(context.Background(), []string{first.String() + "..main"})
	require.NoError(t, err)
	assert.Equal(t, map[string]bool{second.String(): true, third.String(): true}, commitsOf(bring(t, s, revs)))
	id, err := s.Resolve(context.Background(), "main~2")
	require.NoError(t, err)
	assert.Equal(t, first, id)
}

func TestRangeTags(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit("a", "1")
	r.git("tag", "-m", "one", "v1")
	r.git("tag", "-m", "two", "v2", "v1")
	blob := r.gitIn("loose blob", "hash-object", "-w", "--stdin")
	r.git("tag", "-m", "three", "blob", blob)
	r.git("tag", "tree", "HEAD^{tree}")
	r.git("tag", "-m", "four", "excluded", "HEAD")
	tagged := func(words ...string) (tags, files []string) {
		s := r.open()
		revs, err := s.Revisions(context.Background(), words)
		require.NoError(t, err)
		require.NoError(t, s.Range(context.Background(), revs, func(b Brought) error {
			switch b.Type {
			case TagObject:
				tag, err := ParseTag(b.Object, b.Data)
				require.NoError(t, err)
				tags = append(tags, tag.Name+" "+b.Reach)
			case BlobObject:
				files = append(files, b.Object.String()[:7]+" "+b.Path+" "+b.Reach)
			}
			return nil
		}))
		assert.Empty(t, problems(s))
		return tags, files
	}
	one := r.git("rev-parse", "HEAD:a")[:7]
	tags, files := tagged("v2")
	assert.Equal(t, []string{"v2 head", "v1 head"}, tags)
	assert.Equal(t, []string{one + " a head"}, files)
	tags, files = tagged("--tags", "^excluded")
	assert.ElementsMatch(t, []string{"v2 head", "v1 head", "blob ref"}, tags)
	assert.ElementsMatch(t, []string{one + " a head", blob[:7] + "  ref"}, files)
	tags, files = tagged("HEAD", "^v1")
	assert.Empty(t, tags)
	assert.Empty(t, files)
}

// What is missing is said, unless the range has no need of it.
func TestRangeShallow(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	for i := range 8 {
		r.commit("a", fmt.Sprint(i))
	}
	clone := func(args ...string) *repo {
		c := &repo{t: t, dir: t.TempDir(), time: r.time}
		r.git(append([]string{"clone", "-q"}, append(args, "file://"+r.dir, c.dir)...)...)
		return c
	}
	shallow := clone("--depth=4")
	tests := []struct {
		words   string
		since   int64
		commits int
		problem string
		err     string
	}{
		{words: "HEAD~2..HEAD", commits: 2},
		{words: "HEAD", commits: 4, problem: "the range goes on beyond where the history is cut, here and at 0 other commits: run git fetch --unshallow"},
		{words: "HEAD", since: int64(r.time - 60), commits: 2},
		{words: "HEAD", since: int64(r.time - 180), commits: 4, problem: "beyond where the history is cut"},
		{words: "HEAD~4..HEAD", err: "history is cut there: run git fetch --unshallow"},
		{words: r.id("HEAD~6").String() + "..HEAD", err: "history is cut: run git fetch --unshallow"},
		{words: "other..HEAD", err: "in this shallow clone; fetch it"},
	}
	for _, tt := range tests {
		s := openStore(t, shallow.dir, Env{})
		revs, err := s.Revisions(context.Background(), strings.Fields(tt.words))
		if tt.err != "" {
			require.ErrorContains(t, err, tt.err, tt.words)
			continue
		}
		require.NoError(t, err, tt.words)
		if tt.since > 0 {
			revs.Since = time.Unix(tt.since, 0)
		}
		assert.Len(t, commitsOf(bring(t, s, revs)), tt.commits, tt.words)
		var texts []string
		for _, p := range s.Problems() {
			if p.Path != "shallow" {
				texts = append(texts, p.String())
			}
		}
		if tt.problem == "" {
			assert.Empty(t, texts, tt.words)
		} else {
			require.Len(t, texts, 1, tt.words)
			assert.Contains(t, texts[0], tt.problem)
		}
	}
}

// A commit, a tree or a blob that is not here is named; the rest is seen.
func TestRangeMissing(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"main~2", "main~1^{tree}", "main~1:d", "main~1:d/a"} {
		r := newRepo(t)
		for i := range 4 {
			r.commit("d/a", fmt.Sprint(i))
			r.commit("b", fmt.Sprint(i))
		}
		id := r.git("rev-parse", what)
		r.git("branch", "-f", "base", "main~5")
		require.NoError(t, os.Remove(r.path(".git/objects/"+id[:2]+"/"+id[2:])))
		s := r.open()
		revs := Revisions{Include: []ID{r.id("main")}, Exclude: []ID{r.id("base")}}
		list := bring(t, s, revs)
		if what == "main~1:d/a" { // whoever reads the blob finds out
			assert.Contains(t, strings.Join(list, "\n"), id)
			assert.Empty(t, problems(s))
		} else {
			assert.Contains(t, problems(s), id, what)
		}
		assert.GreaterOrEqual(t, len(commitsOf(list)), 2, what)
	}
}

// Few trees can spell any number of paths; the walk ends, and says what it did not see.
func TestRangeBomb(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	blob := r.gitIn("x", "hash-object", "-w", "--stdin")
	entry := "100644 blob " + blob
	for range 10 {
		var in strings.Builder
		for i := range 10 {
			fmt.Fprintf(&in, "%s\tn%d\n", entry, i)
		}
		entry = "040000 tree " + r.gitIn(in.String(), "mktree")
	}
	r.git("update-ref", "refs/heads/main", r.git("commit-tree", "-m", "bomb", strings.Fields(entry)[2]))
	s := r.open()
	began := time.Now()
	listed, more, last := 0, 0, Brought{}
	require.NoError(t, s.Range(t.Context(), Revisions{Include: []ID{r.id("main")}}, func(b Brought) error {
		switch last = b; {
		case b.Path != "" && b.More:
			more++
		case b.Path != "":
			listed++
		}
		return nil
	}))
	assert.Less(t, time.Since(began), 20*time.Second)
	assert.Equal(t, maxPaths, listed)
	assert.NotZero(t, more)
	assert.True(t, last.More && last.Path == "" && last.Object.String() == blob, last)
	assert.Contains(t, problems(s), "spells too many paths")
}

// Trees that git did not make have names twice, out of order, and with slashes.
func TestCompareOddTrees(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	tree := func(entries ...string) ID {
		var data strings.Builder
		for i := 0; i < len(entries); i += 3 {
			id := r.id(entries[i+2])
			data.WriteString(entries[i] + " " + entries[i+1] + "\x00" + string(id.bytes()))
		}
		id, err := ParseID(r.gitIn(data.String(), "hash-object", "-w", "-t", "tree", "--literally", "--stdin"))
		require.NoError(t, err)
		return id
	}
	blob := func(text string) string { return r.gitIn(text, "hash-object", "-w", "--stdin") }
	one, two := blob("1"), blob("2")
	inner := tree("100644", "x", one)
	before := tree("100644", "z", one, "100644", "a", one, "100644", "a", two, "40000", "d", inner.String(), "100644", "d/y", one)
	s := r.open()
	tests := []struct {
		tree ID
		want []string
	}{
		{before, nil},
		{tree("100644", "a", two, "100644", "z", one), nil},
		{tree("100644", "z", two, "100644", "b", one, "120000", "a", one), []string{"b", "z"}},
		{tree("40000", "d", tree("100644", "x", two, "100644", "w", one).String()), []string{"d/w", "d/x"}},
		{tree("100644", "d/y", one, "100644", "d/x", one, "100644", "d", one), []string{"d", "d/x"}},
		{tree("40000", "a", inner.String(), "160000", "b", one), []string{"a/x", "b"}},
	}
	for i, tt := range tests {
		var got []string
		c := &comparison{s: s, ctx: context.Background(), steps: 1000}
		require.NoError(t, c.walk(tt.tree, []ID{before}, nil, func(_ *listed, path string, _ bool) error {
			got = append(got, path)
			return nil
		}))
		slices.Sort(got)
		assert.Equal(t, tt.want, got, i)
	}
	assert.Empty(t, problems(s))
}
