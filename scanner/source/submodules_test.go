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
