// This file compares revision expressions with git rev-parse.

package gitstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// namesRepo has all kinds of names in it.
func namesRepo(t testing.TB, args ...string) *repo {
	r := newRepo(t, args...)
	r.git("config", "core.warnAmbiguousRefs", "false")
	r.commit("a", "1")
	r.commit("a", "2")
	r.git("checkout", "-q", "-b", "side", "HEAD~1")
	r.commit("b", "3")
	r.git("checkout", "-q", "-b", "feature/x", "main~1")
	r.commit("c", "4")
	r.git("checkout", "-q", "main")
	r.time += 60
	r.git("merge", "-q", "-m", "octopus", "side", "feature/x")
	r.git("tag", "light", "side")
	r.git("tag", "-m", "one", "v1", "main~1")
	r.git("tag", "-m", "two", "v2", "v1")
	r.git("tag", "-m", "tree", "treetag", "main^{tree}")
	r.git("tag", "-m", "blob", "blobtag", "main:a")
	r.git("tag", "both", "side")
	r.git("branch", "both", "main")
	r.git("update-ref", "refs/remotes/origin/main", "main~1")
	r.git("update-ref", "refs/remotes/origin/deep/er", "side")
	r.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	r.git("update-ref", "refs/notes/commits", "side")
	r.git("update-ref", "refs/pull/7/head", "feature/x")
	r.git("branch", r.id("side").String()[:8], "main") // a branch with the name of a commit
	r.git("symbolic-ref", "refs/heads/alias", "refs/heads/side")
	r.commit("d", "5")
	r.git("reset", "-q", "--hard", "HEAD~1")
	r.git("checkout", "-q", "--detach", "side")
	r.git("checkout", "-q", "main")
	r.write("a", "stash")
	r.git("stash", "-q")
	r.write("a", "stash again")
	r.git("stash", "-q")
	r.write(".git/FETCH_HEAD", r.id("side").String()+"\tnot-for-merge\tbranch 'side' of x\n"+r.id("main").String()+"\t\tbranch 'm' of x\n")
	r.git("pack-refs", "--all")
	r.git("branch", "loose", "side")
	return r
}

func TestResolve(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"sha1", "sha256"} {
		r := namesRepo(t, "--object-format="+format)
		main, side := r.id("main").String(), r.id("side").String()
		names := []string{
			"main", "side", "feature/x", "light", "v1", "v2", "treetag", "blobtag", "both", "origin/main", "origin",
			"origin/deep/er", "heads/main", "tags/v1", "remotes/origin/main", "refs/heads/main", "refs/notes/commits",
			"notes/commits", "refs/pull/7/head", "pull/7/head", "stash", "loose", "alias", "HEAD", "ORIG_HEAD", "FETCH_HEAD", "@",
			side[:8], main, strings.ToUpper(main), main[:4], main[:7], strings.ToUpper(main[:9]), main[:39], "v1-5-g" + side[:10],
			"", "nothing", "refs/heads", "heads", "feature", "origin/", "/main", "main/", ".main", "HEAD.lock", "MERGE_HEAD",
			"FETCH", "config", "../config", "refs/heads/../heads/main", "00000000", main[:3], main[:20] + "zz",
			strings.Repeat("9", len(main)), main + "0", "-g" + side[:8], "x-g" + side[:3], "main-g", "~", "^", "@@",
		}
		suffixes := []string{
			"", "~", "^", "~0", "^0", "~1", "~2", "^2", "^3", "^4", "~3", "~99", "^^", "~1^2", "^2~1", "^{}", "^{commit}", "^{tree}",
			"^{blob}", "^{tag}", "^{object}", "^{commit}~1", "~1^{tree}", "^{tree}^{tree}", "^{tree}~1", "~01", "~4294967297",
			"~99999999999999999999", "^999999999999", "^{", "^{}^{}", "@{1", "^0~0^{}",
		}
		var exprs []string
		for _, name := range names {
			for _, suffix := range suffixes {
				exprs = append(exprs, name+suffix)
			}
		}
		// One process for all says which are missing.
		want := strings.Split(r.gitIn(strings.Join(exprs, "\n")+"\n", "cat-file", "--batch-check=%(objectname)"), "\n")
		require.Len(t, want, len(exprs))
		// But where a log has too few entries, git ends.
		for _, name := range []string{"main", "HEAD", "", "@", "stash", "light", "alias", "origin", "both", "side"} {
			for _, suffix := range []string{"@{0}", "@{1}", "@{2}", "@{3}", "@{99}", "@{1}~1", "@{01}"} {
				exprs = append(exprs, name+suffix)
			}
		}
		exprs = append(exprs, "@{-1}", "@{-2}", "@{-3}", "@{-4}", "@{-1}~1", "@{-2}^{tree}", "@{-99}", "@{-0}", "@{-x}", "@{--1}",
			"main@{-1}", main+"@{0}", "@@{1}")
		for _, expr := range exprs[len(want):] {
			id, err := r.try(nil, "rev-parse", "--verify", "-q", expr)
			if want = append(want, strings.TrimSpace(string(id))); err != nil {
				want[len(want)-1] = expr + " missing"
			}
		}
		s := r.open()
		wrong := 0
		for i, expr := range exprs {
			id, err := s.Resolve(context.Background(), expr)
			if err == nil && !s.Has(id) {
				err = ErrMissing
			}
			got := id.String()
			if err != nil {
				got = expr + " missing"
			}
			if strings.HasSuffix(want[i], " ambiguous") {
				want[i] = expr + " missing"
				assert.ErrorContains(t, err, "is ambiguous", expr)
			}
			if !assert.Equal(t, want[i], got, "%s: %v", expr, err) {
				if wrong++; wrong > 20 {
					t.FailNow()
				}
			}
		}
		assert.Empty(t, problems(s))
	}
}

func TestResolveAmbiguous(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit("a", "1")
	// Blobs until some begin with the same four digits as the commit, and as each other.
	var in strings.Builder
	var contents []string
	for i := range 4000 {
		content := fmt.Sprint("content ", i)
		contents = append(contents, content)
		fmt.Fprintf(&in, "blob\ndata %d\n%s\n", len(content), content)
	}
	r.gitIn(in.String(), "fast-import", "--quiet")
	seen := map[string][]string{}
	for _, content := range contents {
		id := hashOf(BlobObject, content).String()
		seen[id[:4]] = append(seen[id[:4]], id)
	}
	s := r.open()
	checked := 0
	for prefix, ids := range seen {
		if len(ids) < 2 || strings.HasPrefix(r.id("HEAD").String(), prefix) {
			continue
		}
		_, err := s.Resolve(context.Background(), prefix)
		require.ErrorContains(t, err, fmt.Sprintf("%q is ambiguous: %d objects begin with it (", prefix, len(ids)))
		require.ErrorContains(t, err, ids[0][:10]+" blob")
		checked++
	}
	assert.Greater(t, checked, 50)
	// A commit and a blob: the commit is meant.
	data := "tree " + r.git("rev-parse", "HEAD^{tree}") + "\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\n"
	for i := range 100_000 {
		id := hashOf(CommitObject, data+fmt.Sprint(i)).String()
		if blobs := seen[id[:4]]; len(blobs) == 1 && !strings.HasPrefix(blobs[0], id[:5]) {
			r.gitIn(data+fmt.Sprint(i), "hash-object", "-t", "commit", "-w", "--stdin")
			got, err := r.open().Resolve(context.Background(), id[:4])
			require.NoError(t, err)
			assert.Equal(t, id, got.String())
			_, err = r.open().Resolve(context.Background(), id[:4]+"^{blob}")
			assert.ErrorContains(t, err, "commit")
			break
		}
	}
}

func TestResolveErrors(t *testing.T) {
	t.Parallel()
	r := namesRepo(t)
	r.write(".git/refs/heads/empty", "")
	r.write(".git/refs/heads/gone", strings.Repeat("12", 20)+"\n")
	r.write(".git/logs/refs/heads/side", "garbage\n")
	tests := []struct {
		expr, want string
		wrong      bool // another expression is wanted
	}{
		{"nothing", `revision "nothing": no branch, tag, other ref or object has that name; git branch -a`, true},
		{"main:a", "are not read: a range is made of commits", true},
		{":/fix", "are not read", true},
		{"main^{/fix}", "^{/fix} is not read; what is read: names", true},
		{"main@{upstream}", "upstreams and dates", true},
		{"@{u}", "upstreams and dates", true},
		{"main@{yesterday}", "upstreams and dates", true},
		{"main~99", "the history before it ends after 2, not 99", true},
		{"main~99999999999", "no commit has that many", true},
		{"main^4", "has 3 parents", true},
		{"treetag~1", "is a tree, not a commit", true},
		{"main^{blob}", "leads to no blob", true},
		{"main@{99}", "the reflog of refs/heads/main has ", true},
		{"light@{0}", "light has no reflog here", true},
		{"@{-9}", "fewer checkouts than 9", true},
		{"side@{1}", "1 lines are damaged", false},
		{"empty", "read ref: file is empty", false},
		{"gone~1", "object is missing", false},
		{strings.Repeat("main^", 1000), "longer than 4096 bytes", true},
	}
	s := r.open()
	for _, tt := range tests {
		_, err := s.Resolve(context.Background(), tt.expr)
		require.ErrorContains(t, err, tt.want, tt.expr)
		wrong := (*RevisionError)(nil)
		assert.Equal(t, tt.wrong, errors.As(err, &wrong), tt.expr)
	}
	empty := newRepo(t).open()
	_, err := empty.Resolve(context.Background(), "HEAD")
	assert.ErrorContains(t, err, "it is on a branch without commits")
}

// Objects that lead to themselves can be made where IDs are not checked.
func TestResolveLoops(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	loose := func(id, text string) {
		r.write(".git/objects/"+id[:2]+"/"+id[2:], string(deflate([]byte(text))))
	}
	one, two, tag := strings.Repeat("1a", 20), strings.Repeat("2b", 20), strings.Repeat("3c", 20)
	tree := r.gitIn("", "mktree")
	commit := func(id, parent string) {
		data := "tree " + tree + "\nparent " + parent + "\ncommitter C <c> 1 +0000\n\nx"
		loose(id, fmt.Sprintf("commit %d\x00%s", len(data), data))
	}
	commit(one, two)
	commit(two, one)
	data := "object " + tag + "\ntype tag\ntag x\n\nx"
	loose(tag, fmt.Sprintf("tag %d\x00%s", len(data), data))
	s := r.open()
	_, err := s.Resolve(context.Background(), one+"~2147483647")
	assert.ErrorContains(t, err, "the history before it ends after 2")
	_, err = s.Resolve(context.Background(), tag+"^{}")
	assert.ErrorContains(t, err, "tags lead to each other")
	revs, err := s.Revisions(context.Background(), []string{one})
	require.NoError(t, err)
	assert.Len(t, commitsOf(bring(t, s, revs)), 2)
	_, err = s.Revisions(context.Background(), []string{one + "..." + two})
	assert.NoError(t, err)
}

func TestRevisions(t *testing.T) {
	t.Parallel()
	r := namesRepo(t)
	zeros := strings.Repeat("0", 40)
	s := r.open()
	for _, words := range [][]string{
		{"main"}, {"main..side"}, {"side.."}, {"..side"}, {"main...side"}, {"...side"}, {"feature/x...side"}, {"^side", "main"}, {"main^@"},
		{"main^!"}, {"main^-"}, {"main^-2"}, {"main", "--not", "side", "^light"}, {"v1..main"},
		{"v2^!"}, {"--branches"}, {"--tags"}, {"--remotes"}, {"--all"}, {"--not", "--remotes", "--not", "main"}, {"main~1^@"},
		{"--not", "main...side"},
	} {
		revs, err := s.Revisions(context.Background(), words)
		require.NoError(t, err, words)
		var got []string
		for _, id := range revs.Include {
			got = append(got, id.String())
		}
		for _, id := range revs.Exclude {
			got = append(got, "^"+id.String())
		}
		list := strings.Fields(r.git(append([]string{"rev-parse"}, words...)...))
		if words[0] == "--all" {
			list = append(list, r.git("rev-parse", "HEAD"))
		}
		assert.ElementsMatch(t, list, got, words)
	}
	for words, want := range map[string]string{
		"":                  "is empty",
		"main^-0":           "want the number of a parent",
		"main^-4":           "has 3 parents",
		"main^-x":           "no branch, tag",
		"main..nothing":     `revision "nothing"`,
		"main....side":      `revision ".side"`,
		"main.." + zeros:    "a branch was deleted",
		"..HEAD":            "nothing can be in it",
		"...":               "nothing can be in it",
		"treetag...main":    "is a tree, not a commit",
		"--reflog":          `revision "--reflog"`,
		"main..side..light": `revision "side..light"`,
	} {
		_, err := s.Revisions(context.Background(), []string{words})
		wrong := (*RevisionError)(nil)
		require.ErrorAs(t, err, &wrong, words)
		assert.ErrorContains(t, err, want, words)
	}
	revs, err := s.Revisions(context.Background(), []string{"^main^-2", "^v1^@"})
	require.NoError(t, err)
	assert.Equal(t, Revisions{Include: []ID{r.id("main^2")}, Exclude: []ID{r.id("main"), r.id("v1~1")}}, revs)
	for _, word := range []string{zeros + "..main", zeros + "...main"} {
		revs, err := s.Revisions(context.Background(), []string{word})
		require.NoError(t, err)
		assert.Equal(t, Revisions{Include: []ID{r.id("main")}}, revs)
	}
}

func FuzzRevision(f *testing.F) {
	r := namesRepo(f)
	s := r.open()
	for _, seed := range []string{
		"main", "HEAD~3^2", "v2^{}", "main^{tree}", "@{-1}", "main@{1}", "@", "a..b", "a...b", "^a", "a^!", "a^@", "a^-2", "--all", "--not",
		"v1-3-gabcdef0", ":/x", "a:b", "@{u}", "~9999999999", "^^^^^", "..", "...", "0000000000000000000000000000000000000000..main",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_, err := s.Revisions(ctx, strings.Split(text, " "))
		_, resolveErr := s.Resolve(ctx, text)
		require.NoError(t, ctx.Err())
		for _, err := range []error{err, resolveErr} {
			if err != nil && strings.TrimSpace(err.Error()) == "" {
				t.Fatal("an error without words")
			}
		}
	})
}

// Each worktree has its own HEAD and log of it.
func TestResolveWorktree(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	first := r.commit("a", "1")
	second := r.commit("a", "2")
	linked := &repo{t: t, dir: t.TempDir() + "/linked", time: r.time}
	r.git("worktree", "add", "-q", linked.dir, "-b", "other", first.String())
	third := linked.commit("b", "3")
	for expr, want := range map[string]ID{
		"HEAD": third, "HEAD@{1}": first, "@{1}": first, "main": second, "main@{1}": first, "main-worktree/HEAD": second,
	} {
		got, err := openStore(t, linked.dir, Env{}).Resolve(context.Background(), expr)
		require.NoError(t, err, expr)
		assert.Equal(t, want, got, expr)
		assert.Equal(t, want, linked.id(expr), expr)
	}
	require.NoError(t, os.RemoveAll(linked.dir))
}
