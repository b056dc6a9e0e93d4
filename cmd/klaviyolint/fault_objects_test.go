package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFaultLoose scans repositories with damaged loose objects: the damaged one is named, the rest is scanned.
func TestFaultLoose(t *testing.T) {
	t.Parallel()
	planted := []place{at("a.env", "plant", "head")}
	spoil := func(f func(string) string) func(*repo) {
		return func(r *repo) {
			r.plant()
			r.spoil("other.txt", f)
		}
	}
	faults := []fault{
		{
			name: "C01 cut", make: spoil(func(raw string) string { return raw[:len(raw)-6] }), found: planted,
			skipped: []gap{{"object:*", "unexpected EOF"}},
		},
		{
			name: "C01 empty, after a power loss", make: spoil(func(string) string { return "" }), found: planted,
			skipped: []gap{{"object:*", "unexpected EOF"}},
		},
		{
			name: "C01 commit cut", make: func(r *repo) {
				r.plant()
				r.commit("last", "", "")
				r.change(loose(r.id("HEAD")), func(data []byte) []byte { return data[:40] })
			},
			found:   []place{at("a.env", "plant", "*")},
			skipped: []gap{{"object:*", "EOF"}},
		},
		{
			name: "C01 tree cut", make: func(r *repo) {
				r.plant()
				r.commit("last", "dir/z.txt", "z\n")
				r.change(loose(r.id("HEAD:dir")), func(data []byte) []byte { return data[:20] })
			},
			found:   planted,
			skipped: []gap{{"", "EOF"}},
		},
		{
			name: "C01 all zero bytes, after a power loss",
			make: spoil(func(raw string) string { return strings.Repeat("\x00", len(raw)) }), found: planted,
			skipped: []gap{{"object:*", "zlib"}},
		},
		{
			name: "C02 not zlib", make: spoil(func(string) string { return "blob 8\x00nothing\n" }), found: planted,
			skipped: []gap{{"object:*", "zlib"}},
		},
		{
			name: "C03 declared size too large", make: func(r *repo) {
				r.plant()
				r.spoil("a.env", func(string) string { return deflate("blob 9000000000000000000\x00" + r.text()) })
			},
			found:   planted,
			skipped: []gap{{"objects/*/*", "size is not the declared one"}},
		},
		{
			name: "C03 declared size too small", make: func(r *repo) {
				r.plant()
				r.spoil("a.env", func(string) string { return deflate("blob 1\x00" + r.text()) })
			},
			found:   planted,
			skipped: []gap{{"objects/*/*", "size is not the declared one"}},
		},
		{
			name: "C03 declared size no number", make: spoil(func(string) string { return deflate("blob -1\x00x") }), found: planted,
			skipped: []gap{{"object:*", "header of loose object"}},
		},
		{
			// The name is not proved: to hash everything costs as much as the whole scan. What is there is scanned.
			name: "C04 content of another name", make: func(r *repo) {
				r.commit("first", "other.txt", "nothing\n")
				r.commit("plant", "a.env", "innocent\n")
				r.spoil("a.env", func(string) string { return deflate(header("blob", len(r.text())) + r.text()) })
			},
			found: planted,
		},
		{
			name: "C04 checksum wrong", make: spoil(func(raw string) string { return raw[:len(raw)-1] + "\x01" }), found: planted,
			skipped: []gap{{"object:*", "checksum"}},
		},
		{
			name: "C04 unknown type", make: spoil(func(string) string { return deflate("blubb 1\x00x") }), found: planted,
			skipped: []gap{{"object:*", "header of loose object"}},
		},
		{
			name: "C04 object is a directory", make: func(r *repo) {
				r.plant()
				name := loose(r.id("HEAD:other.txt"))
				r.remove(name)
				require.NoError(r.t, os.Mkdir(r.path(name), 0o755))
			},
			found:   planted,
			skipped: []gap{{"object:*", "not a regular file"}},
		},
		{
			name: "C04 object is a symbolic link", make: func(r *repo) {
				r.plant()
				name := loose(r.id("HEAD:other.txt"))
				r.move(name, "../outside")
				r.link("../../../../outside", name)
			},
			found:   planted,
			skipped: []gap{{"object:*", "not a regular file"}},
		},
		{
			name: "C04 what is no object", make: func(r *repo) {
				r.plant()
				r.file(".git/objects/ab/tmp_obj_x", "what git left when it was interrupted")
				r.file(".git/objects/xy/z", "z")
				r.file(".git/objects/info/z", "z")
				r.file(".git/objects/pack/tmp_pack_x", "what git left when it was interrupted")
			},
			found: planted,
		},
		{
			name: "C04 a directory of objects is a file", make: func(r *repo) {
				r.plant()
				r.move(loose(r.id("HEAD:other.txt")), "../outside")
				dir := ".git/objects/" + r.id("HEAD~1:other.txt")[:2]
				require.NoError(r.t, os.Remove(r.path(dir)))
				r.file(dir, "x")
			},
			found:   planted,
			skipped: []gap{{"objects/*", "not a directory"}},
		},
		{
			name: "T10 commit without its tree", make: func(r *repo) {
				r.plant()
				r.commit("last", "z.txt", "z\n")
				r.remove(loose(r.id("HEAD^{tree}")))
			},
			found:   []place{at("a.env", "plant", "ref")},
			skipped: []gap{{"object:*", "tree is missing"}},
		},
		{
			name: "T10 subtree missing", make: func(r *repo) {
				r.plant()
				r.commit("last", "dir/z.txt", "z\n")
				r.remove(loose(r.id("HEAD:dir")))
			},
			found:   planted,
			skipped: []gap{{"object:*", "tree is missing"}},
		},
		{
			name: "T10 blob missing", make: func(r *repo) {
				r.plant()
				r.remove(loose(r.id("HEAD:other.txt")))
			},
			found:   planted,
			skipped: []gap{{"", "missing"}},
		},
		{
			name: "T10 tag's commit missing", make: func(r *repo) {
				r.plantOnBranch()
				r.git("tag", "-m", "annotated", "v1", "side")
				r.git("branch", "-D", "side")
				r.remove(loose(r.id("v1^{commit}")))
				r.remove(".git/logs")
			},
			found:   []place{at("a.env", "", "unreachable")},
			skipped: []gap{{"", "missing"}},
		},
	}
	try(t, faults)
}

// spoil changes the bytes of the loose object that a file of HEAD is.
func (r *repo) spoil(name string, f func(string) string) {
	r.t.Helper()
	r.change(loose(r.id("HEAD:"+name)), func(data []byte) []byte { return []byte(f(string(data))) })
}
