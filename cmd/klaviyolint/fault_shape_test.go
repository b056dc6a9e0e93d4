package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFaultShapes scans repositories of all shapes: those that git calls healthy must be read without a word.
func TestFaultShapes(t *testing.T) {
	t.Parallel()
	planted := []place{at("a.env", "plant", "head")}
	faults := []fault{
		{name: "A00 nothing odd", make: func(r *repo) { r.plant() }, found: planted},
		{name: "A01 SHA-256", init: []string{"--object-format=sha256"}, make: func(r *repo) { r.plant() }, found: planted},
		{
			name: "A01 SHA-256, packed, index version 1", init: []string{"--object-format=sha256"},
			make: func(r *repo) {
				r.plant()
				r.git("-c", "pack.indexVersion=1", "repack", "-q", "-a", "-d")
			},
			found: planted,
		},
		{
			name: "A02 reftable, by its marker", make: func(r *repo) {
				r.plant()
				r.extension("refStorage", "reftable")
			},
			found:   []place{at("a.env", "plant", "reflog")},
			skipped: []gap{{"config", "run git refs migrate"}},
		},
		{
			name: "A02 reftable", raw: true, make: func(r *repo) {
				if _, err := r.try("", "init", "-q", "-b", "main", "--ref-format=reftable"); err != nil {
					r.t.Skip("this git makes no reftables")
				}
				r.plant()
			},
			found:   []place{at("a.env", "plant", "reflog")},
			skipped: []gap{{"config", "run git refs migrate"}},
		},
		{
			name: "A03 worktreeConfig", make: func(r *repo) {
				r.plant()
				r.commit("deep", "dir/b.txt", "b\n")
				r.git("sparse-checkout", "set", "dir")
				require.Contains(r.t, r.read(".git/config"), "worktreeConfig")
			},
			found: planted,
		},
		{name: "A04 preciousObjects", make: extension("preciousObjects", "true"), found: planted},
		{name: "A05 relativeWorktrees", make: extension("relativeWorktrees", "true"), found: planted},
		{name: "A05 objectFormat sha1", make: extension("objectFormat", "sha1"), found: planted},
		{name: "A05 refStorage files", make: extension("refStorage", "files"), found: planted},
		{
			name: "A05 unknown extension", make: extension("fancy", "true"), found: planted,
			skipped: []gap{{"config", `extension "fancy" is not known`}},
		},
		{
			name: "A05 unknown object format", make: extension("objectFormat", "md5"), found: planted,
			skipped: []gap{{"config", `object format "md5" is not known`}},
		},
		{
			name: "A05 unknown format version", make: func(r *repo) {
				r.plant()
				r.git("config", "core.repositoryFormatVersion", "99")
			},
			found:   planted,
			skipped: []gap{{"config", "format version"}},
		},
		{
			name: "A06 partialClone, nothing missing", make: extension("partialClone", "origin"), found: planted,
		},
		{
			name: "A07 shallow clone", make: func(r *repo) {
				r.plant()
				r.commit("last", "z.txt", "z\n")
				r.clone("shallow", "--depth=1")
			},
			found:   []place{at("a.env", "last", "head")},
			skipped: []gap{{"shallow", "history is cut at 1 commit: run git fetch --unshallow"}},
		},
		{
			name: "A07 shallow clone, accepted", make: func(r *repo) {
				r.plant()
				r.commit("last", "z.txt", "z\n")
				r.clone("shallow", "--depth=1")
			},
			args:  []string{"history", "-f", "json", "--allow-incomplete=shallow", "{dir}"},
			found: []place{at("a.env", "last", "head")},
		},
		{
			// The clone has no blob but those of its work tree.
			name: "A08 partial clone, promisor gone", make: func(r *repo) {
				r.commit("gone", "gone.txt", "gone\n")
				r.git("rm", "-q", "gone.txt")
				r.plant()
				r.git("config", "uploadpack.allowFilter", "true")
				r.clone("partial", "--filter=blob:none")
				r.remove("../repo")
			},
			found:   planted,
			skipped: []gap{{"config", "run git fetch --refetch"}, {"*", "1 blob"}},
		},
		{
			name: "A11 linked worktree", make: func(r *repo) {
				r.plant()
				r.worktree()
			},
			found: planted,
		},
		{
			name: "A11 linked worktree by relative paths", make: func(r *repo) {
				r.plant()
				r.worktree()
				r.file(".git", "gitdir: ../repo/.git/worktrees/tree\n")
				r.file("../repo/.git/worktrees/tree/gitdir", "../../../../tree/.git\n")
			},
			found: planted,
		},
		{
			name: "A11 linked worktree, repository gone", make: func(r *repo) {
				r.plant()
				r.worktree()
				r.move("../repo", "../elsewhere")
			},
			skipped: []gap{{"tree", "not in a git repository"}},
		},
		{
			name: "A12 only the HEAD of another worktree leads there", make: func(r *repo) {
				r.commit("first", "other.txt", "nothing\n")
				main := r.dir
				r.worktree("--detach")
				r.commit("plant", "a.env", r.text())
				r.dir = main
			},
			found: []place{at("a.env", "plant", "ref")},
		},
		{
			name: "A13 objects is a symbolic link", make: func(r *repo) {
				r.plant()
				r.move(".git/objects", "../store")
				r.link("../../store", ".git/objects")
			},
			found: planted,
		},
		{
			name: "A13 objects/pack is a symbolic link", make: func(r *repo) {
				r.plant()
				r.git("repack", "-q", "-a", "-d")
				r.move(".git/objects/pack", "../packs")
				r.link("../../../packs", ".git/objects/pack")
			},
			found: planted,
		},
		{
			name: "A13 refs and logs are symbolic links", make: func(r *repo) {
				r.plant()
				r.move(".git/refs", "../refs")
				r.link("../../refs", ".git/refs")
				r.move(".git/logs", "../logs")
				r.link("../../logs", ".git/logs")
			},
			found: planted,
		},
		{
			name: "A14 .git is a symbolic link", make: func(r *repo) {
				r.plant()
				r.move(".git", "../real.git")
				r.link("../real.git", ".git")
			},
			found: planted,
		},
		{name: "A16 empty", make: func(*repo) {}},
		{name: "A16 empty and bare", init: []string{"--bare"}, make: func(*repo) {}},
		{
			name: "A16 unborn HEAD", make: func(r *repo) {
				r.plant()
				r.git("symbolic-ref", "HEAD", "refs/heads/unborn")
			},
			found: []place{at("a.env", "plant", "ref")},
		},
		{
			name: "A17 bare", make: func(r *repo) {
				r.plant()
				r.clone("bare.git", "--bare")
			},
			found: planted,
		},
		{
			name: "A17 mirror", make: func(r *repo) {
				r.plant()
				r.git("update-ref", "refs/pull/1/head", "HEAD")
				r.clone("mirror.git", "--mirror")
			},
			found: planted,
		},
		{
			name: "A17 detached HEAD", make: func(r *repo) {
				r.plant()
				r.git("checkout", "-q", "--detach", "HEAD~1")
			},
			found: []place{at("a.env", "plant", "ref")},
		},
		{
			name: "A17 submodule", make: func(r *repo) {
				inner := r.beside("inner")
				inner.plant()
				r.git("submodule", "--quiet", "add", inner.dir, "mod")
				r.commitStaged("outer")
				r.dir = r.path("mod")
			},
			found: planted,
		},
		{
			name: "A17 below the top", make: func(r *repo) {
				r.plant()
				r.commit("deep", "x/y/z.txt", "z\n")
				r.dir = r.path("x/y")
			},
			found: planted,
		},
		{
			name: "A19 no repository", raw: true, make: func(r *repo) { r.file("a.env", r.text()) },
			skipped: []gap{{"repo", "not in a git repository"}},
		},
		{
			name: "A19 .git is an empty directory", raw: true,
			make:    func(r *repo) { require.NoError(r.t, os.Mkdir(r.path(".git"), 0o755)) },
			skipped: []gap{{"repo", "not in a git repository"}},
		},
		{
			name: "A19 .git is a file of other things", raw: true, make: func(r *repo) { r.file(".git", "hello\n") },
			skipped: []gap{{"repo", "gitdir: <path>"}},
		},
		{
			name: "A19 .git leads to itself", raw: true, make: func(r *repo) { r.file(".git", "gitdir: .git\n") },
			skipped: []gap{{"repo", ".git"}},
		},
		{
			name: "A19 .git is an endless device", raw: true, make: func(r *repo) { r.link("/dev/zero", ".git") },
			skipped: []gap{{"repo", "not a regular file"}},
		},
		{
			name: "A20 objects missing", make: func(r *repo) {
				r.plant()
				r.remove(".git/objects")
			},
			skipped: []gap{{"*", "not in a git repository"}},
		},
		{
			name: "A20 objects empty", make: func(r *repo) {
				r.plant()
				r.remove(".git/objects")
				require.NoError(r.t, os.Mkdir(r.path(".git/objects"), 0o755))
			},
			skipped: []gap{{"HEAD", "missing"}, {"refs/heads/main", "missing"}},
		},
		{
			name: "A20 refs missing", make: func(r *repo) {
				r.plant()
				r.remove(".git/refs")
			},
			found: []place{at("a.env", "plant", "reflog")},
			// git does not take it for a repository any more.
			skipped: []gap{{"refs", "missing"}},
		},
		{
			name: "A21 config missing", make: func(r *repo) {
				r.plant()
				r.remove(".git/config")
			},
			found: planted,
		},
		{
			name: "A21 config missing, SHA-256", init: []string{"--object-format=sha256"}, make: func(r *repo) {
				r.plant()
				r.remove(".git/config")
			},
			found: planted,
		},
		{
			name: "A21 config of any bytes", make: func(r *repo) {
				r.plant()
				r.change(".git/config", func(data []byte) []byte {
					return append(data, "\xff\xfe\x00[core\n]]]\n[x \"\n= y\n[a] b = \"c\nd\n"...)
				})
			},
			found: planted,
		},
		{
			name: "A21 config too large", make: func(r *repo) {
				r.plant()
				require.NoError(r.t, os.Truncate(r.path(".git/config"), 200<<20))
			},
			found:   planted,
			skipped: []gap{{"config", "larger than"}},
		},
		{
			name: "A21 config is a directory", make: func(r *repo) {
				r.plant()
				r.remove(".git/config")
				require.NoError(r.t, os.Mkdir(r.path(".git/config"), 0o755))
			},
			found:   planted,
			skipped: []gap{{"config", "not a regular file"}},
		},
		{
			name: "A21 .git file of 100 MB", raw: true, make: func(r *repo) {
				r.file(".git", "gitdir: x")
				require.NoError(r.t, os.Truncate(r.path(".git"), 100<<20))
			},
			skipped: []gap{{"repo", "larger than"}},
		},
	}
	for _, n := range []int{1, 200} {
		faults = append(faults, fault{
			name: fmt.Sprintf("C21 %d packs", n), make: func(r *repo) {
				r.plant()
				r.packEach(n)
			},
			found: planted,
		})
	}
	try(t, faults)
}

// TestFaultEmptyIsSaid: that an empty repository was scanned is not the same as that nothing was found.
func TestFaultEmptyIsSaid(t *testing.T) {
	t.Parallel()
	f := fault{args: []string{"history", "{dir}"}}
	out := f.scan(newRepo(t, false, &f))
	require.Equal(t, exitClean, out.code)
	require.Contains(t, strings.ToLower(out.stdout), "scanned nothing")
}

// extension plants the key and sets a key of the section extensions.
func extension(key, value string) func(*repo) {
	return func(r *repo) {
		r.plant()
		r.extension(key, value)
	}
}

func (r *repo) extension(key, value string) {
	r.t.Helper()
	r.git("config", "core.repositoryFormatVersion", "1")
	r.git("config", "extensions."+key, value)
}

// clone clones the repository beside it and goes there.
func (r *repo) clone(name string, args ...string) {
	r.t.Helper()
	to := filepath.Join(r.base, name)
	r.git(append(append([]string{"clone", "-q", "--template="}, args...), "file://"+r.dir, to)...)
	r.dir = to
}

// worktree adds a linked worktree called tree and goes there.
func (r *repo) worktree(args ...string) {
	r.t.Helper()
	to := filepath.Join(r.base, "tree")
	r.git(append(append([]string{"worktree", "add", "-q"}, args...), to)...)
	r.dir = to
}

// packEach packs what is there, then n-1 further objects, each into a pack of its own.
func (r *repo) packEach(n int) {
	r.t.Helper()
	r.git("repack", "-q", "-a", "-d")
	for i := range n - 1 {
		p := r.newPack()
		p.object("blob", fmt.Sprintf("content %d\n", i))
		r.addPack(fmt.Sprintf("pack-%040x", i), p)
	}
}
