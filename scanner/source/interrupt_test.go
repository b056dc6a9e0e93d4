package source

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

// stopping is a source that is interrupted when the visit of a blob has had an answer.
type stopping struct {
	scanner.Source
	cancel context.CancelFunc
	when   func(b scanner.Blob, answer error) bool
}

func (s stopping) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	return s.Source.Walk(ctx, func(b scanner.Blob) error {
		err := visit(b)
		if s.when(b, err) {
			s.cancel()
		}
		return err
	})
}

// interrupted scans until when says that it is time, on a clock that stands still while there is something to do.
func interrupted(t *testing.T, src scanner.Source, opts scanner.Options, when func(scanner.Blob, error) bool) (r *scanner.Report) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r = scanner.Scan(ctx, stopping{src, cancel, when}, opts)
	})
	assert.Equal(t, "interrupted", r.Stopped)
	return r
}

func atTrace(_ scanner.Blob, err error) bool { return errors.Is(err, scanner.ErrLocate) }

// What an interrupted walk has seen of keys is looked at all the same, under its ID.
func TestHistoryIsInterrupted(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q")
	for i := range 5 {
		put(t, dir, fmt.Sprintf("f%d.env", i), fmt.Sprintf("n=%d\nKLAVIYO_PUBLIC_KEY=%s\n", i, hexKey))
	}
	git(t, dir, "add", ".")
	git(t, dir, "commit", "-qm", "the key "+hexKey)
	git(t, dir, "gc", "-q")
	store, err := gitstore.Open(dir, gitstore.Env{})
	require.NoError(t, err)
	defer store.Close()
	history := &History{Store: store}
	whole := scan(t, history)
	require.True(t, whole.Complete())
	require.Len(t, whole.Findings, 6)

	r := interrupted(t, history, scanner.Options{}, atTrace)
	require.NotEmpty(t, r.Findings)
	for _, f := range r.Findings {
		kind, id, _ := strings.Cut(f.Path, ":")
		assert.Contains(t, []string{"blob", "commit"}, kind)
		assert.Len(t, id, 40)
		assert.Empty(t, f.Reach)
		assert.Nil(t, f.Commit)
		assert.Greater(t, f.Start.Line(), 1)
	}
	// When the places are known they are kept.
	r = interrupted(t, history, scanner.Options{}, func(b scanner.Blob, _ error) bool { return b.Again })
	assert.Equal(t, places(whole), places(r))
	for _, f := range r.Findings {
		assert.Equal(t, "head", f.Reach)
	}
}

func TestWhatThereIsNoTimeForIsListed(t *testing.T) {
	places := make([]gitstore.Place, maxListed+7)
	places[1].Path = "a.env"
	var listed []scanner.Blob
	require.NoError(t, visitNotLookedAt(places, func(b scanner.Blob) error {
		listed = append(listed, b)
		return nil
	}))
	require.Len(t, listed, maxListed+1)
	assert.Equal(t, errNotLookedAt, listed[0].Err)
	assert.Equal(t, "object:"+places[0].Object.String(), listed[0].Path)
	assert.Equal(t, "a.env", listed[1].Path)
	assert.ErrorContains(t, listed[maxListed].Err, "7 more contents")
}

// An ignore for findings of the history speaks for those whose place was not looked up.
func TestIgnoreOfHistoryWhenInterrupted(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q")
	put(t, dir, "a.env", "KLAVIYO_PUBLIC_KEY="+hexKey)
	git(t, dir, "add", ".")
	git(t, dir, "commit", "-qm", "a")
	store, err := gitstore.Open(dir, gitstore.Env{})
	require.NoError(t, err)
	defer store.Close()
	policy := &scanner.Policy{Exceptions: []*scanner.Exception{{
		History: true, Reason: "rotated", Fingerprint: scan(t, &History{Store: store}).Findings[0].Fingerprint(),
	}}}
	r := interrupted(t, &History{Store: store}, scanner.Options{Policies: []*scanner.Policy{policy}}, atTrace)
	require.Len(t, r.Findings, 1)
	assert.True(t, strings.HasPrefix(r.Findings[0].Path, "blob:"))
	assert.Contains(t, r.Findings[0].Suppressed, "rotated")
}

// Done comes to Total, whatever is stored twice or cannot be read.
func TestProgressComesToItsEnd(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q")
	put(t, dir, "a/a.env", hexKey, "a/b", "b", "c", "c")
	git(t, dir, "add", ".")
	git(t, dir, "commit", "-qm", "a")
	git(t, dir, "tag", "-am", "t", "v1")
	measure := func(src func(*scanner.Progress) scanner.Source) (total int64) {
		var p scanner.Progress
		r := scanner.Scan(t.Context(), src(&p), scanner.Options{Progress: &p})
		assert.Empty(t, r.Stopped)
		assert.Equal(t, p.Total.Load(), p.Done.Load())
		return p.Total.Load()
	}
	history := func(p *scanner.Progress) scanner.Source {
		store, err := gitstore.Open(dir, gitstore.Env{})
		require.NoError(t, err)
		t.Cleanup(func() { store.Close() })
		return &History{Store: store, Progress: p}
	}
	assert.EqualValues(t, 7, measure(history))
	git(t, dir, "repack", "-q", "-a") // the loose ones stay
	assert.EqualValues(t, 14, measure(history))
	put(t, dir, ".git/objects/00/11111111111111111111111111111111111111", "damaged")
	assert.EqualValues(t, 15, measure(history))
	assert.EqualValues(t, 3, measure(func(p *scanner.Progress) scanner.Source {
		return &Staged{Store: history(nil).(*History).Store, AllIfNone: true, Progress: p}
	}), "nothing is staged, so the whole index is gone through")

	git(t, dir, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", dir, "sub")
	both := measure(func(p *scanner.Progress) scanner.Source {
		return &Superproject{Store: history(nil).(*History).Store, Progress: p}
	})
	assert.Greater(t, both, measure(history)+6)
}
