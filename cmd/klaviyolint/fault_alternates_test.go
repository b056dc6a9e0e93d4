package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestFaultAlternates scans repositories that borrow objects from others.
func TestFaultAlternates(t *testing.T) {
	t.Parallel()
	planted := []place{at("a.env", "plant", "head")}
	faults := []fault{
		{
			name: "A09 absolute", make: func(r *repo) {
				r.plant()
				r.clone("borrower", "--shared")
			},
			found: planted,
		},
		{
			name: "A09 absolute, the lender packed", make: func(r *repo) {
				r.plant()
				r.git("repack", "-q", "-a", "-d")
				r.clone("borrower", "--shared")
			},
			found: planted,
		},
		{name: "A10 relative", make: borrow("../../../lender/.git/objects"), found: planted},
		{name: "A10 with comments, empty lines, CR LF", make: borrow("# lender", "", "../../../lender/.git/objects\r"), found: planted},
		{name: "A10 quoted", make: borrow(`"../../../l\145nder/.git/objects"`), found: planted},
		{name: "A10 the same twice, and its own", make: borrow("../../../lender/.git/objects", "../../../lender/.git/../.git/objects/", "."), found: planted},
		{
			name: "A22 nested", make: func(r *repo) { r.chain(3) }, found: planted,
		},
		{
			name: "A22 nested too deep", make: func(r *repo) { r.chain(7) },
			skipped: []gap{{"", "alternates nest deeper than 5"}, {"", "missing"}},
		},
		{
			name: "A22 in a circle", make: func(r *repo) {
				borrow("../../../lender/.git/objects")(r)
				r.file("../lender/.git/objects/info/alternates", r.path(".git/objects")+"\n")
			},
			found: planted,
		},
		{
			name: "A22 missing", make: func(r *repo) {
				r.plant()
				r.file(".git/objects/info/alternates", "/does/not/exist\n")
			},
			found:   planted,
			skipped: []gap{{"/does/not/exist", "no such file"}},
		},
		{
			name: "A22 a file", make: func(r *repo) {
				r.plant()
				r.file(".git/objects/info/alternates", "../HEAD\n")
			},
			found:   planted,
			skipped: []gap{{"HEAD", "not a directory"}},
		},
		{
			name: "A22 badly quoted", make: func(r *repo) {
				r.plant()
				r.file(".git/objects/info/alternates", "\"../x\n")
			},
			found:   planted,
			skipped: []gap{{"objects/info/alternates", "quoted"}},
		},
		{
			name: "A22 alternates is a symbolic link", make: func(r *repo) {
				r.plant()
				r.link("/dev/zero", ".git/objects/info/alternates")
			},
			found:   planted,
			skipped: []gap{{"objects/info/alternates", "not a regular file"}},
		},
		{
			name: "A22 20,000 lines", make: func(r *repo) {
				r.plant()
				var lines strings.Builder
				for i := range 20_000 {
					fmt.Fprintf(&lines, "/does/not/exist/%d\n", i)
				}
				r.file(".git/objects/info/alternates", lines.String())
			},
			found:   planted,
			skipped: []gap{{"/does/not/exist/*", "no such file"}, {".", "more than 10000 problems"}},
		},
		{
			name: "A22 an object of the lender damaged", make: func(r *repo) {
				borrow("../../../lender/.git/objects")(r)
				lender := *r
				lender.dir = filepath.Join(r.base, "lender")
				lender.spoil("other.txt", func(raw string) string { return raw[:9] })
			},
			found:   planted,
			skipped: []gap{{"object:*", "EOF"}},
		},
	}
	try(t, faults)
}

// borrow has no objects but those of the repository beside, called lender, by the given lines of alternates.
func borrow(lines ...string) func(*repo) {
	return func(r *repo) {
		r.plant()
		r.move(".", "../lender")
		borrower := r.beside("repo")
		borrower.file(".git/objects/info/alternates", strings.Join(lines, "\n")+"\n")
		borrower.file(".git/refs/heads/main", r.commits["plant"]+"\n")
	}
}

// chain has n repositories, each borrowing from the next, the last with all objects.
func (r *repo) chain(n int) {
	r.t.Helper()
	r.plant()
	r.move(".", "../lender0")
	for i := range n {
		b := r.beside(fmt.Sprint("lender", i+1))
		b.file(".git/objects/info/alternates", fmt.Sprintf("../../../lender%d/.git/objects\n", i))
		b.file(".git/refs/heads/main", r.commits["plant"]+"\n")
		r.dir = b.dir
	}
}
