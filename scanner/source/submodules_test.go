package source

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// A directory is put before what has a path; what a hostile tree calls its files stays as it is.
func TestPrefixed(t *testing.T) {
	var paths []string
	src := &Prefixed{Dir: "lib/sub", Source: All{Broken{Path: "../../etc/passwd"}, Broken{}, Broken{Path: "commit:12"}}}
	require.NoError(t, src.Walk(t.Context(), func(b scanner.Blob) error {
		paths = append(paths, b.Path)
		return nil
	}))
	assert.Equal(t, []string{"lib/sub/../../etc/passwd", "", "lib/sub/commit:12"}, paths)
	assert.ErrorIs(t, src.Walk(t.Context(), func(scanner.Blob) error { return context.Canceled }), context.Canceled)
}

// What is gone past is spread over the visits, and the count never goes back.
func TestTally(t *testing.T) {
	var p scanner.Progress
	tally := &tally{progress: &p, promised: 1000}
	at := func() int { return int(p.Done.Load()) }
	tally.pass(900)
	assert.Zero(t, at())
	for n := 1; n <= 50; n++ {
		tally.visit()
		assert.Equal(t, 10*n, at())
	}
	tally.pass(40)
	assert.Equal(t, 1000*50/60, at())
	for range 100 {
		tally.visit()
	}
	assert.Equal(t, 1000, at(), "more than was promised")
	tally.finish()
	tally.visit()
	tally.pass(5)
	tally.finish()
	assert.Equal(t, 1000, at())
}
