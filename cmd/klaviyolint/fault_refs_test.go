package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestFaultRefs scans repositories whose refs or history hide something, or are damaged. What no ref leads to is in the
// store all the same.
func TestFaultRefs(t *testing.T) {
	t.Parallel()
	planted := []place{at("a.env", "plant", "head")}
	branched := []place{at("a.env", "plant", "ref")}
	faults := []fault{
		{
			name: "R01 empty ref", make: refFile("refs/heads/bad", ""), found: planted,
			skipped: []gap{{"refs/heads/bad", "file is empty"}},
		},
		{
			name: "R01 empty ref, the only one that leads there", make: func(r *repo) {
				r.plantOnBranch()
				r.file(".git/refs/heads/side", "")
				r.remove(".git/logs")
			},
			found:   []place{at("a.env", "plant", "unreachable")},
			skipped: []gap{{"refs/heads/side", "file is empty"}},
		},
		{
			name: "R01 ref of zeros", make: refFile("refs/heads/bad", strings.Repeat("\x00", 41)), found: planted,
			skipped: []gap{{"refs/heads/bad", "40 hexadecimal digits"}},
		},
		{
			name: "R02 packed-refs, a line of other things", make: func(r *repo) {
				r.plantOnBranch()
				r.git("pack-refs", "--all")
				r.change(".git/packed-refs", func(data []byte) []byte { return append([]byte("garbage\n"), data...) })
			},
			found:   branched,
			skipped: []gap{{"packed-refs", "line 1"}},
		},
		{
			name: "R02 packed-refs without end", make: func(r *repo) {
				r.plantOnBranch()
				r.git("pack-refs", "--all")
				r.change(".git/packed-refs", func(data []byte) []byte { return data[:len(data)-1] })
			},
			found: branched,
		},
		{
			name: "R02 packed-refs with CR LF", make: func(r *repo) {
				r.plantOnBranch()
				r.git("pack-refs", "--all")
				r.change(".git/packed-refs", func(data []byte) []byte {
					return []byte(strings.ReplaceAll(string(data), "\n", "\r\n"))
				})
			},
			found: branched,
		},
		{
			name: "R02 packed-refs is a directory", make: refFile("packed-refs/x", "x"), found: planted,
			skipped: []gap{{"packed-refs", "not a regular file"}},
		},
		{
			name: "R05 ref is a symbolic link out of the repository", make: func(r *repo) {
				r.plant()
				r.file("../outside", r.id("HEAD")+"\n")
				r.link("../../../../outside", ".git/refs/heads/bad")
			},
			found:   planted,
			skipped: []gap{{"refs/heads/bad", "symbolic link"}},
		},
		{
			name: "R05 ref is a symbolic link to an endless device", make: func(r *repo) {
				r.plant()
				r.link("/dev/zero", ".git/refs/heads/bad")
			},
			found:   planted,
			skipped: []gap{{"refs/heads/bad", "symbolic link"}},
		},
		{
			name: "A18 symbolic refs in a circle", make: func(r *repo) {
				r.plant()
				r.file(".git/refs/heads/a", "ref: refs/heads/b\n")
				r.file(".git/refs/heads/b", "ref: refs/heads/a\n")
			},
			found:   planted,
			skipped: []gap{{"refs/heads/a", "lead to each other"}, {"refs/heads/b", "lead to each other"}},
		},
		{
			name: "A18 HEAD leads to itself", make: func(r *repo) {
				r.plant()
				r.file(".git/HEAD", "ref: HEAD\n")
			},
			found:   branched,
			skipped: []gap{{"HEAD", "lead to each other"}},
		},
		{
			name: "R07 only an annotated tag leads there", make: func(r *repo) {
				r.plantOnBranch()
				r.git("tag", "-m", "of a commit", "v1", "side")
				r.git("tag", "-m", "of a tag", "v2", "v1")
				r.git("tag", "-d", "v1")
				r.git("branch", "-D", "side")
			},
			found: branched,
		},
		{
			name: "R07 tag of a blob", make: func(r *repo) {
				r.plant()
				r.git("tag", "-m", "blob", "blob", r.gitIn("tagged "+r.text(), "hash-object", "-w", "--stdin"))
			},
			found: append([]place{at("blob:*", "", "ref")}, planted...),
		},
		{
			name: "R07 tag of a tree", make: func(r *repo) {
				r.plant()
				blob := r.gitIn("tagged "+r.text(), "hash-object", "-w", "--stdin")
				r.git("tag", "-m", "tree", "tree", r.gitIn("100644 blob "+blob+"\tb.env\n", "mktree"))
			},
			found: append([]place{at("b.env", "", "ref")}, planted...),
		},
		{
			name: "R08 side line merged, its ref deleted", make: func(r *repo) {
				r.plantOnBranch()
				r.commit("main", "main.txt", "main\n")
				r.git("merge", "-q", "-m", "merge", "side")
				r.git("branch", "-D", "side")
				r.git("rm", "-q", "a.env")
				r.commitStaged("removed")
			},
			found: branched,
		},
		{
			name: "R09 commit missing in the middle", make: func(r *repo) {
				r.plant()
				r.commit("gone", "x.txt", "x\n")
				r.commit("last", "y.txt", "y\n")
				r.remove(loose(r.id("HEAD~1")))
			},
			found:   []place{at("a.env", "last", "head")},
			skipped: []gap{{"object:*", "commit is missing"}},
		},
		{
			name: "R09 tip of a branch missing", make: func(r *repo) {
				r.plantOnBranch()
				r.remove(loose(r.id("side")))
				r.remove(".git/logs")
			},
			found:   []place{at("a.env", "", "unreachable")},
			skipped: []gap{{"refs/heads/side", "missing"}},
		},
		{
			name: "R10 replace ref", make: func(r *repo) {
				r.plant()
				old := r.id("HEAD")
				r.git("checkout", "-q", "HEAD~1")
				clean := r.commit("clean", "a.env", "KLAVIYO_PUBLIC_KEY=AbC123 # clean\n")
				r.git("checkout", "-q", "main")
				r.git("replace", old, clean)
				r.clone("mirror.git", "--mirror")
			},
			found: planted,
		},
		{
			name: "R11 graft", make: func(r *repo) {
				first := r.commit("first", "other.txt", "nothing\n")
				r.commit("plant", "a.env", r.text())
				r.git("rm", "-q", "a.env")
				last := r.commitStaged("removed")
				r.file(".git/info/grafts", last+" "+first+"\n")
			},
			found: branched,
		},
		{
			name: "R12 shallow names HEAD, and nothing is missing", make: func(r *repo) {
				r.plant()
				r.git("rm", "-q", "a.env")
				r.file(".git/shallow", r.commitStaged("removed")+"\n")
			},
			found: branched,
		},
		{
			name: "R12 shallow of any bytes", make: func(r *repo) {
				r.plant()
				r.file(".git/shallow", "\x00\xffgarbage\n")
			},
			found:   planted,
			skipped: []gap{{"shallow", "line"}},
		},
		{
			name: "R13 two stashes", make: func(r *repo) {
				r.commit("first", "a.env", "nothing\n")
				for i := range 2 {
					r.file("a.env", strings.Repeat("\n", i)+r.text())
					r.time += 60
					r.git("stash", "-q", "-m", fmt.Sprint("stash", i))
				}
			},
			found: []place{at("a.env", "On main: stash0", "stash")},
		},
		{
			name: "R14 reset --hard", make: func(r *repo) {
				r.plant()
				r.git("reset", "-q", "--hard", "HEAD~1")
				r.remove(".git/ORIG_HEAD")
			},
			found: []place{at("a.env", "plant", "reflog")},
		},
		{
			name: "R14 reset --hard, no reflog", make: func(r *repo) {
				r.plant()
				r.git("reset", "-q", "--hard", "HEAD~1")
				r.remove(".git/ORIG_HEAD")
				r.remove(".git/logs")
			},
			found: []place{at("a.env", "plant", "unreachable")},
		},
		{
			name: "R14 staged only", make: func(r *repo) {
				r.commit("first", "other.txt", "nothing\n")
				r.file("a.env", r.text())
				r.git("add", "a.env")
				r.remove("a.env")
			},
			found: []place{at("blob:*", "", "unreachable")},
		},
		{name: "R15 10,000 loose refs", make: manyRefs(false), found: branched, once: true},
		{name: "R15 10,000 packed refs", make: manyRefs(true), found: branched},
		{
			name: "R16 evil merge", make: func(r *repo) {
				r.commit("first", "other.txt", "nothing\n")
				r.git("checkout", "-q", "-b", "side")
				r.commit("side", "side.txt", "side\n")
				r.git("checkout", "-q", "main")
				r.commit("main", "main.txt", "main\n")
				r.git("merge", "-q", "--no-commit", "side")
				r.commit("merge", "a.env", r.text())
				r.git("rm", "-q", "a.env")
				r.commitStaged("removed")
			},
			found: []place{at("a.env", "merge", "ref")},
		},
		{
			name: "R17 notes", make: func(r *repo) {
				r.commit("first", "other.txt", "nothing\n")
				r.file("../note", r.text())
				r.git("notes", "add", "-F", r.path("../note"))
			},
			found: []place{at("*", "Notes added by 'git notes add'", "ref")},
		},
		{
			name: "R17 HEAD of any bytes", make: headFile("\xff\x00garbage\n"), found: branched,
			skipped: []gap{{"HEAD", "40 hexadecimal digits"}},
		},
		{name: "R17 HEAD empty", make: headFile(""), found: branched, skipped: []gap{{"HEAD", "file is empty"}}},
		{
			name: "R17 HEAD missing", make: func(r *repo) {
				r.plant()
				r.remove(".git/HEAD")
			},
			found: branched, skipped: []gap{{"HEAD", "file is missing"}},
		},
		{
			name: "R17 HEAD is a symbolic link, as of old", make: func(r *repo) {
				r.plant()
				r.remove(".git/HEAD")
				r.link("refs/heads/main", ".git/HEAD")
			},
			found: planted,
		},
		{
			name: "R17 reflog of any bytes", make: func(r *repo) {
				r.plant()
				r.git("reset", "-q", "--hard", "HEAD~1")
				r.remove(".git/ORIG_HEAD")
				r.change(".git/logs/HEAD", func(data []byte) []byte { return append([]byte("garbage\n\xff\x00\n"), data...) })
			},
			found:   []place{at("a.env", "plant", "reflog")},
			skipped: []gap{{"logs/HEAD", "2 lines are damaged"}},
		},
		{
			name: "R17 ref names of any bytes", make: func(r *repo) {
				r.plantOnBranch()
				id := r.id("side")
				r.git("pack-refs", "--all")
				r.git("branch", "-D", "side")
				r.remove(".git/logs")
				r.change(".git/packed-refs", func(data []byte) []byte {
					return append(data, id+" refs/heads/\xff\x1b[2J::error::x\n"...)
				})
			},
			found: branched,
		},
		{
			name: "R17 octopus of 40 branches", make: func(r *repo) {
				r.commit("first", "other.txt", "nothing\n")
				base := r.id("HEAD")
				tree := r.id("HEAD^{tree}")
				blob := r.object("blob", r.text())
				parents := []string{base}
				for i := range 40 {
					side := tree
					if i == 33 {
						side = r.object("tree", entry("100644", "a.env", blob))
					}
					subject := fmt.Sprint("side", i)
					id := r.object("commit", r.commitOf(subject, side, base))
					r.commits[subject] = id
					parents = append(parents, id)
				}
				r.commitTree("octopus", tree, parents...)
			},
			found: []place{at("a.env", "side33", "ref")},
		},
	}
	try(t, faults)
}

// plantOnBranch plants the key on the branch side; HEAD is main, without it.
func (r *repo) plantOnBranch() {
	r.t.Helper()
	r.begin("plant on a branch", func() {
		r.commit("first", "other.txt", "nothing\n")
		r.git("checkout", "-q", "-b", "side")
		r.commit("plant", "a.env", r.text())
		r.git("checkout", "-q", "main")
	})
}

// refFile plants the key and writes a file below .git.
func refFile(name, content string) func(*repo) {
	return func(r *repo) {
		r.plant()
		r.file(".git/"+name, content)
	}
}

// headFile plants the key and writes HEAD.
func headFile(content string) func(*repo) { return refFile("HEAD", content) }

func manyRefs(packed bool) func(*repo) {
	return func(r *repo) {
		r.plantOnBranch()
		id := r.id("side")
		var lines strings.Builder
		for i := range 10_000 {
			name := fmt.Sprintf("refs/x%d/r%05d", i%10, i)
			if packed {
				fmt.Fprintf(&lines, "%s %s\n", id, name)
			} else {
				r.file(".git/"+name, id+"\n")
			}
		}
		if packed {
			r.file(".git/packed-refs", "# pack-refs with: peeled fully-peeled sorted \n"+lines.String())
		}
	}
}
