package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFaultIndex scans what is staged in indexes of all kinds, with the program in the repository's directory, and
// history with a damaged index, which it does not need.
func TestFaultIndex(t *testing.T) {
	t.Parallel()
	staged := []string{"staged", "-f", "json"}
	all := []string{"staged", "--all", "-f", "json"}
	history := []string{"history", "-f", "json"}
	found := []place{at("a.env", "", "")}
	cut := func(r *repo) {
		r.plant()
		r.change(".git/index", func(data []byte) []byte { return data[:len(data)/2] })
	}
	faults := []fault{
		{name: "I00 nothing odd", make: (*repo).stage, args: staged, found: found},
		{name: "I00 nothing staged", make: func(r *repo) { r.plant() }, args: staged},
		{
			name: "I01 split index", make: func(r *repo) {
				r.git("config", "splitIndex.maxPercentChange", "100")
				r.commit("first", "other.txt", "nothing\n")
				r.file("a.env", r.text())
				r.git("add", "a.env")
				r.git("update-index", "--split-index")
				r.file("z.txt", "z\n")
				r.git("add", "z.txt")
				require.Contains(r.t, r.read(".git/index"), "link")
			},
			args: staged, found: found,
		},
		{
			name: "I01 split index, shared index missing", make: func(r *repo) {
				r.stage()
				r.git("update-index", "--split-index")
				r.remove(r.only(".git/sharedindex.*"))
			},
			args: staged, skipped: []gap{{"index", "sharedindex"}},
		},
		{
			name: "I02 sparse index", make: func(r *repo) {
				r.commit("first", "dir/b.txt", "b\n")
				r.commit("plant", "away/a.env", r.text())
				r.git("sparse-checkout", "init", "--cone", "--sparse-index")
				r.git("sparse-checkout", "set", "dir")
				require.Contains(r.t, r.read(".git/index"), "sdir")
			},
			args: all, found: []place{at("away/a.env", "", "")},
		},
		{
			name: "I03 version 4", make: func(r *repo) {
				r.stage()
				r.git("update-index", "--index-version=4")
			},
			args: staged, found: found,
		},
		{
			name: "I04 intent to add", make: func(r *repo) {
				r.commit("first", "other.txt", "nothing\n")
				r.file("a.env", r.text())
				r.git("add", "-N", "a.env")
			},
			args: staged,
		},
		{
			name: "I04 intent to add, work tree", make: func(r *repo) {
				r.commit("first", ".gitignore", "*.env\n")
				r.file("a.env", r.text())
				r.git("add", "-N", "-f", "a.env")
			},
			args: []string{"-f", "json"}, found: found,
		},
		{
			name: "I05 no checksum", make: func(r *repo) {
				r.stage()
				r.change(".git/index", func(data []byte) []byte {
					clear(data[len(data)-20:])
					return data
				})
			},
			args: staged, found: found,
		},
		{name: "I05 SHA-256", init: []string{"--object-format=sha256"}, make: (*repo).stage, args: staged, found: found},
		{name: "I06 cut", make: cut, args: staged, skipped: []gap{{"index", "index"}}},
		{name: "I06 cut, history", make: cut, args: history, found: []place{at("a.env", "plant", "head")}},
		{
			name: "I06 cut, work tree", make: cut, args: []string{"-f", "json"}, found: found,
			skipped: []gap{{".", "index"}},
		},
		{
			name: "I06 empty", make: func(r *repo) {
				r.stage()
				r.file(".git/index", "")
			},
			args: staged, skipped: []gap{{"index", "index"}},
		},
		{
			name: "I06 a byte flipped", make: func(r *repo) {
				r.stage()
				r.change(".git/index", func(data []byte) []byte {
					data[90] ^= 1
					return data
				})
			},
			args: staged, skipped: []gap{{"index", "index"}},
		},
		{
			name: "I06 missing", make: func(r *repo) {
				r.stage()
				r.remove(".git/index")
			},
			args: staged, skipped: []gap{{"index", "run git add"}},
		},
		{
			name: "I06 a directory", make: func(r *repo) {
				r.stage()
				r.remove(".git/index")
				require.NoError(r.t, os.Mkdir(r.path(".git/index"), 0o755))
			},
			args: staged, skipped: []gap{{"index", "not a regular file"}},
		},
		{
			name: "I08 unmerged", make: func(r *repo) {
				r.commit("first", "a.env", "nothing\n")
				r.git("checkout", "-q", "-b", "side")
				r.commit("plant", "a.env", r.text())
				r.git("checkout", "-q", "main")
				r.commit("main", "a.env", "something\n")
				_, err := r.try("", "merge", "-q", "side")
				require.Error(r.t, err)
				r.file("a.env", "solved\n")
			},
			args: staged, found: found,
		},
		{
			name: "I09 staged content missing", make: func(r *repo) {
				r.stage()
				r.file("b.txt", "b\n")
				r.git("add", "b.txt")
				r.remove(loose(r.id(":b.txt")))
			},
			args: staged, found: found, skipped: []gap{{"b.txt", "missing"}},
		},
		{
			name: "I09 HEAD's tree missing", make: func(r *repo) {
				r.stage()
				r.remove(loose(r.id("HEAD^{tree}")))
			},
			args: staged, found: found, skipped: []gap{{"HEAD", "missing"}},
		},
		{
			name: "I09 names that lead out", make: func(r *repo) {
				blob := r.gitIn(r.text(), "hash-object", "-w", "--stdin")
				// As long as it, so that only the checksum has to go.
				r.gitIn("100644 "+blob+" 0\taa_bb_cc_passwd\n", "update-index", "--add", "--index-info")
				r.change(".git/index", func(data []byte) []byte {
					data = []byte(strings.Replace(string(data), "aa_bb_cc_passwd", "../../../passwd", 1))
					clear(data[len(data)-20:])
					return data
				})
			},
			args: staged, found: []place{at("../../../passwd", "", "")},
		},
	}
	for i := range faults {
		faults[i].child = true
	}
	try(t, faults)
}

// stage stages a.env with the key.
func (r *repo) stage() {
	r.t.Helper()
	r.commit("first", "other.txt", "nothing\n")
	r.file("a.env", r.text())
	r.git("add", "a.env")
}
