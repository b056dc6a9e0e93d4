package main

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestFaultTrees scans trees, commits and names that are odd, or made to keep their reader busy.
func TestFaultTrees(t *testing.T) {
	t.Parallel()
	named := func(shown string) []place { return []place{at(shown, "plant", "head")} }
	faults := []fault{
		{name: "T01 TAB, newline, ESC", make: treeOf("100644", "a\t\n\x1b[2J\r::error::x.env"), found: named("a\t\n\x1b\\[2J\r::error::x.env")},
		{name: "T01 no UTF-8", make: treeOf("100644", "a\xff\xfe.env"), found: named("a??.env")},
		{name: "T02 .git", make: treeOf("100644", ".git"), found: named(".git")},
		{name: "T02 .GIT", make: treeOf("100644", ".GIT"), found: named(".GIT")},
		{name: "T02 git~1", make: treeOf("100644", "git~1"), found: named("git~1")},
		{name: "T02 .git with U+200C", make: treeOf("100644", ".git\u200c"), found: named(".git\u200c")},
		{name: "T03 ..", make: treeOf("100644", ".."), found: named("..")},
		{name: "T03 .", make: treeOf("100644", "."), found: named(".")},
		{name: "T03 a/../b", make: treeOf("100644", "a/../b"), found: named("a/../b")},
		{name: "T03 /etc/passwd", make: treeOf("100644", "/etc/passwd"), found: named("/etc/passwd")},
		{name: "T03 no name", make: treeOf("100644", ""), found: named("*")},
		{name: "T03 name of 60,000 bytes", make: treeOf("100644", strings.Repeat("n", 60_000)+".env"), found: named("nnnn*")},
		{name: "T04 mode 0", make: treeOf("0", "a.env"), found: named("a.env")},
		{name: "T04 mode 100664", make: treeOf("100664", "a.env"), found: named("a.env")},
		{name: "T04 mode 0100644", make: treeOf("0100644", "a.env"), found: named("a.env")},
		{name: "T04 mode 177777", make: treeOf("177777", "a.env"), found: named("a.env")},
		{name: "T04 mode of a submodule", make: treeOf("160000", "a.env"), found: []place{at("*", "*", "*")}},
		{name: "T04 mode of a directory", make: treeOf("40000", "a.env"), found: []place{at("*", "*", "*")}},
		{
			name: "T04 mode no number", make: treeOf("rwxr-x", "a.env"),
			found:   []place{at("blob:*", "", "unreachable")},
			skipped: []gap{{"tree *", "tree is damaged"}},
		},
		{
			name: "T04 not sorted, names twice", make: func(r *repo) {
				blob, other := r.object("blob", r.text()), r.object("blob", "other")
				r.commitTree("plant", r.object("tree", entry("100644", "z", other)+entry("100644", "a.env", other)+
					entry("100644", "a.env", blob)+entry("100644", "a.env", other)))
			},
			found: named("a.env"),
		},
		{
			name: "T05 tree cut", make: func(r *repo) {
				blob := r.object("blob", r.text())
				whole := entry("100644", "a.env", blob) + entry("100644", "b.env", blob)
				r.commitTree("plant", r.object("tree", whole[:len(whole)-5]))
			},
			found:   named("a.env"),
			skipped: []gap{{"tree *", "tree is damaged"}},
		},
		{
			name: "T06 tree that contains itself", make: func(r *repo) {
				blob := r.object("blob", r.text())
				id := strings.Repeat("4", 40)
				data := entry("100644", "a.env", blob) + entry("40000", "sub", id)
				r.file(loose(id), deflate(header("tree", len(data))+data))
				r.commitTree("plant", id)
			},
			found: named("a.env"), many: true,
			limits: []gap{{"object:*", "stands at more than 1000 paths"}, {"tree *", "it spells too many paths"}},
		},
		{
			name: "T06 commit that is its own parent", make: func(r *repo) {
				tree := r.object("tree", entry("100644", "a.env", r.object("blob", r.text())))
				id := strings.Repeat("5", 40)
				data := r.commitOf("plant", tree, id)
				r.file(loose(id), deflate(header("commit", len(data))+data))
				r.file(".git/refs/heads/main", id+"\n")
			},
			found: []place{at("a.env", "*", "head")},
		},
		{
			name: "T06 tags of each other", make: func(r *repo) {
				r.plant()
				for i, id := range []string{strings.Repeat("6", 40), strings.Repeat("7", 40)} {
					data := fmt.Sprintf("object %s\ntype tag\ntag t%d\n\nround\n", strings.Repeat(string(rune('7'-i)), 40), i)
					r.file(loose(id), deflate(header("tag", len(data))+data))
					r.file(fmt.Sprint(".git/refs/tags/t", i), id+"\n")
				}
			},
			found: named("a.env"),
		},
		{
			name: "T09 1,500 levels", make: func(r *repo) { r.deep(1500) },
			found: named(strings.Repeat("d/", 1500) + "a.env"),
		},
		{name: "T12 dates of any kind", make: func(r *repo) { r.dated() }, found: named("a.env")},
		{
			name: "T13 commits of any bytes", make: func(r *repo) {
				r.plant()
				for i, text := range []string{
					"", "\n", "\x00\xff", "tree\n", "tree x\nparent y\n\n", "\n\nonly a message",
					strings.Repeat("parent "+strings.Repeat("0", 40)+"\n", 1000), "author " + strings.Repeat("<", 100_000),
				} {
					r.file(fmt.Sprint(".git/refs/odd/", i), r.object("commit", text)+"\n")
				}
			},
			found:   named("a.env"),
			skipped: []gap{{"commit *", "is no object ID"}, {"object:*", "commit is missing"}},
		},
		{
			name: "T14 UTF-16", make: func(r *repo) {
				data := []byte{0xff, 0xfe}
				for _, u := range utf16.Encode([]rune(r.text())) {
					data = append(data, byte(u), byte(u>>8))
				}
				r.commit("plant", "a.env", string(data))
			},
			found: named("a.env"),
		},
		{name: "T15 one NUL byte", make: func(r *repo) { r.commit("plant", "a.env", "\x00\n"+r.text()) }, found: named("a.env")},
		{
			name: "T16 100,000 shuffled lines", make: func(r *repo) {
				lines := make([]string, 100_000)
				for i := range lines {
					lines[i] = fmt.Sprintf("line %d\n", i)
				}
				r.commit("first", "a.env", strings.Join(lines, "")+r.text())
				rand.New(rand.NewSource(1)).Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
				r.commit("second", "a.env", strings.Join(lines, "")+r.text())
				r.git("repack", "-q", "-a", "-d", "-f")
			},
			found: []place{at("a.env", "first", "head")},
		},
	}
	try(t, faults)
}

// treeOf has the key in a file with a mode and a name that git would not write.
func treeOf(mode, name string) func(*repo) {
	return func(r *repo) {
		r.commitTree("plant", r.object("tree", entry(mode, name, r.object("blob", r.text()))))
	}
}

// deep has the key in a file below n directories.
func (r *repo) deep(n int) {
	r.t.Helper()
	p := r.newPack()
	tree := p.object("tree", entry("100644", "a.env", p.object("blob", r.text())))
	for range n {
		tree = p.object("tree", entry("40000", "d", tree))
	}
	r.addPack("pack-deep", p)
	r.commitTree("plant", tree)
}

// dated has the key in the first of some commits with odd dates.
func (r *repo) dated() {
	r.t.Helper()
	tree := r.object("tree", entry("100644", "a.env", r.object("blob", r.text())))
	parent := r.commitTree("plant", tree)
	for _, when := range []string{
		"-1 +0000", "9223372036854775807 +0000", "99999999999999999999999 +0000", "1700000000", "1700000000 +9999", "x y", "",
	} {
		who := "Ann <ann@example.com> " + when
		parent = r.object("commit", "tree "+tree+"\nparent "+parent+"\nauthor "+who+"\ncommitter "+who+"\n\nodd\n")
	}
	r.file(".git/refs/heads/main", parent+"\n")
}
