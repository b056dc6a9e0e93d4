package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFaultWorkTrees scans directories, not repositories.
func TestFaultWorkTrees(t *testing.T) {
	t.Parallel()
	found := []place{at("a.env", "", "")}
	faults := []fault{
		{name: "W03 links to an endless device, to /proc, in a circle, upwards", make: func(r *repo) {
			r.plant()
			for name, target := range map[string]string{
				"zero": "/dev/zero", "proc": "/proc", "a": "b", "b": "a", "self": "self", "d/up": "..", "root": "/", "gone": "nowhere",
			} {
				r.link(target, name)
			}
		}, found: found},
		{name: "W03 target of a link", make: func(r *repo) { r.link(strings.TrimSpace(r.text()), "link") }, found: []place{at("link", "", "")}},
		{name: "W04 1,500 nested directories", once: true, make: func(r *repo) {
			r.plant()
			r.file(strings.Repeat("d/", 1500)+"b.env", r.text())
		}, found: append([]place{at(strings.Repeat("d/", 1500)+"b.env", "", "")}, found...)},
		{name: "W04 3,000 nested directories, which no path can name", once: true, make: func(r *repo) {
			r.plant()
			half := strings.Repeat("d/", 1500)
			r.file(half+"b.env", r.text())
			r.file("../deep/"+half+"b.env", r.text())
			r.move("../deep", half+"deep")
		}, found: append([]place{at(strings.Repeat("d/", 1500)+"b.env", "", "")}, found...), skipped: []gap{{"", "name too long"}}},
		{name: "W05 5,000 files", once: true, make: func(r *repo) {
			r.plant()
			for i := range 5_000 {
				r.file(fmt.Sprintf("d%d/f%d", i%20, i), "x\n")
			}
		}, found: found},
		{name: "W06 names of any bytes", make: func(r *repo) {
			for i, name := range []string{"a\nb", "c\x1b[2J", "\xff\xfe", "tab\t", "::error::x"} {
				r.file(fmt.Sprintf("%d%s.env", i, name), r.text())
			}
		}, found: []place{at("0a\nb.env", "", ""), at("1c\x1b\\[2J.env", "", ""), at("2??.env", "", ""), at("3tab\t.env", "", ""), at("4::error::x.env", "", "")}},
		{name: "W07 empty files, one byte, no newline", make: func(r *repo) {
			r.plant()
			r.file("empty", "")
			r.file("one", "\x00")
			r.file("b.env", strings.TrimSpace(r.text()))
		}, found: append([]place{at("b.env", "", "")}, found...)},
		{name: "W08 sparse file of 300 MB, the key at its end", make: func(r *repo) {
			r.file("b.env", "")
			f, err := os.OpenFile(r.path("b.env"), os.O_WRONLY, 0)
			require.NoError(r.t, err)
			_, err = f.WriteAt([]byte("\n"+r.text()), 300<<20)
			require.NoError(r.t, err)
			require.NoError(r.t, f.Close())
		}, found: []place{at("b.env", "", "")}},
		{name: "W09 nested repository, its .git damaged", make: func(r *repo) {
			r.plant()
			r.file("sub/.git", "gitdir: nowhere\n")
			r.file("sub/b.env", r.text())
		}, found: append([]place{at("sub/b.env", "", "")}, found...)},
		{name: "W09 ignored and tracked", make: func(r *repo) {
			r.plant()
			r.file(".gitignore", "*.env\n")
		}, found: found},
		{name: "W10 ignore file of any bytes", make: func(r *repo) {
			r.plant()
			r.file(".gitignore", "\xff\x00[[[\n!!!\n\\\n**/**/**/[a-\n"+strings.Repeat("*", 5000)+"x\n")
		}, found: found},
	}
	for i := range faults {
		faults[i].args = []string{"-f", "json", "{dir}"}
	}
	try(t, faults)
}

// TestFaultFilesChange scans files that are rewritten, cut and removed meanwhile: nothing is promised of them, but the
// one that stays is found, and the scan ends.
func TestFaultFilesChange(t *testing.T) {
	t.Parallel()
	f := &fault{args: []string{"-f", "json", "{dir}"}}
	r := newRepo(t, true, f)
	r.plant()
	change := func(i, round int) {
		name := r.path(fmt.Sprintf("f%d.txt", i))
		switch round % 4 {
		case 0:
			_ = os.WriteFile(name, []byte(strings.Repeat("x", 1<<16)), 0o644)
		case 1:
			_ = os.Truncate(name, 10)
		case 2:
			_ = os.Truncate(name, 1<<20)
		case 3:
			_ = os.Remove(name)
		}
	}
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for round := 0; ; round++ {
			for i := range 8 {
				select {
				case <-stop:
					return
				default:
					change(i, round+i)
				}
			}
		}
	})
	for range 10 {
		out := f.scan(r)
		assert.Equal(t, exitFindings, out.code)
		assert.Less(t, out.took, deadline)
		assert.Contains(t, out.stdout, "a.env")
	}
	close(stop)
	writer.Wait()
}
