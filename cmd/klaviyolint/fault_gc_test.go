package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFaultRepackMeanwhile scans while git packs everything anew, again and again: nothing is lost for good, so either
// the key is found or the report is not complete.
func TestFaultRepackMeanwhile(t *testing.T) {
	t.Parallel()
	f := &fault{}
	r := newRepo(t, true, f)
	r.plant()
	for i := range 40 {
		r.commit(fmt.Sprint("more", i), "more.txt", strings.Repeat(fmt.Sprintln("more", i), 500))
		if i%10 == 9 {
			r.git("repack", "-q", "-d")
		}
	}
	r.meanwhile(func(other *repo, i int) {
		// A pack is called by what is in it, so that something must change for another name.
		other.try(fmt.Sprint("unreachable ", i), "hash-object", "-w", "--stdin")
		if i%2 == 0 {
			other.try("", "repack", "-q", "-a", "-d", "-k")
		} else {
			other.try("", "gc", "-q", "--prune=now")
		}
	})
	found, incomplete := 0, 0
	for range 30 {
		out := f.scan(r)
		require.Less(t, out.took, deadline)
		out.check(r, nil, nil, true)
		switch {
		case strings.Contains(out.stdout, `"path": "a.env"`):
			found++
		default:
			require.False(t, out.report.Complete, "silent: the key is not found and the report is complete:\n%s", out.stdout)
			incomplete++
		}
	}
	t.Logf("found in %d scans, incomplete in %d", found, incomplete)
	assert.Greater(t, found, incomplete)
}

// TestFaultPruneMeanwhile scans while objects that nothing leads to are written and pruned.
func TestFaultPruneMeanwhile(t *testing.T) {
	t.Parallel()
	f := &fault{}
	r := newRepo(t, true, f)
	r.plant()
	r.begin("repack", func() { r.git("repack", "-q", "-a", "-d") })
	r.meanwhile(func(other *repo, i int) {
		var stdin strings.Builder
		for j := range 100 {
			text := fmt.Sprintln("content", i, j)
			fmt.Fprintf(&stdin, "blob\ndata %d\n%s\n", len(text), text)
		}
		other.try(stdin.String(), "-c", "fastimport.unpackLimit=1000", "fast-import", "--quiet")
		other.try("", "prune", "--expire=now")
	})
	for range 30 {
		out := f.scan(r)
		require.Less(t, out.took, deadline)
		require.Equal(t, exitFindings, out.code, out.stdout)
		out.check(r, nil, nil, true)
		for _, s := range out.report.Skipped {
			require.Regexp(t, `run again|`+consequence.String(), s.Reason, s.Path)
		}
	}
}

// meanwhile does something again and again until the test ends, while it goes on.
func (r *repo) meanwhile(do func(other *repo, i int)) {
	r.t.Helper()
	other := *r
	stop := make(chan struct{})
	var worker sync.WaitGroup
	worker.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				do(&other, i)
			}
		}
	})
	r.t.Cleanup(func() {
		close(stop)
		worker.Wait()
	})
}
