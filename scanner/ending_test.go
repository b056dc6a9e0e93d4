package scanner

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"math/rand"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// After the end of the context nothing new is taken, but what is known to have a trace of a key is, for a while, and what
// is said to be missing always.
func TestGrace(t *testing.T) { synctest.Test(t, testGrace) }

func testGrace(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var answers []error
	r := Scan(ctx, sourceFunc(func(ctx context.Context, visit func(Blob) error) error {
		say := func(b Blob) { answers = append(answers, visit(b)) }
		say(Blob{Kind: BlobObject, ID: "1", Data: []byte(hexKey)})
		cancel()
		say(Blob{Kind: BlobObject, ID: "2", Data: []byte(hexKey)})
		say(Blob{Kind: BlobObject, ID: "1", Path: "blob:1", Data: []byte(hexKey), Again: true})
		time.Sleep(Grace)
		synctest.Wait()
		say(Blob{Kind: BlobObject, ID: "1", Path: "late", Data: []byte(hexKey), Again: true})
		say(Blob{Path: "pack", Err: errors.New("damaged")})
		return ctx.Err()
	}), Options{})
	assert.Equal(t, []error{ErrLocate, context.Canceled, nil, context.Canceled, nil}, answers)
	require.Len(t, r.Findings, 1)
	assert.Equal(t, "blob:1", r.Findings[0].Path)
	assert.Empty(t, r.Findings[0].Reach)
	assert.Equal(t, "interrupted", r.Stopped)
	assert.False(t, r.Complete())
	assert.Equal(t, []Skipped{{Path: "pack", Reason: "damaged"}}, r.Skipped)
}

// fuse is a context that ends when it has been asked some times.
type fuse struct {
	context.Context
	left atomic.Int64
}

func (f *fuse) Err() error {
	if f.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// A large content asks often whether it is to go on, whatever is in it, and ends without a word about damage.
func TestLargeContentIsInterrupted(t *testing.T) {
	noise := make([]byte, 1<<20)
	rand.New(rand.NewSource(1)).Read(noise)
	words := make([]byte, base64.StdEncoding.EncodedLen(len(noise)))
	base64.StdEncoding.Encode(words, noise)

	var packed bytes.Buffer
	zw := gzip.NewWriter(&packed)
	tw := tar.NewWriter(zw)
	for _, name := range []string{"a", "b", "c", "d"} {
		require.NoError(t, tw.WriteHeader(&tar.Header{Name: name, Size: int64(len(noise)), Mode: 0o600}))
		_, err := tw.Write(noise)
		require.NoError(t, err)
	}
	require.NoError(t, tw.Close())
	require.NoError(t, zw.Close())

	for name, data := range map[string][]byte{
		"words": []byte(strings.ReplaceAll(string(words[:1<<18]), "A", " k ")), "archive": packed.Bytes(), "windows": bytes.Repeat([]byte("word "), 2<<20),
	} {
		asked := &fuse{Context: t.Context()}
		asked.left.Store(1 << 40)
		require.True(t, Scan(asked, list{{Path: "a", Data: data}}, Options{}).Complete(), name)
		times := 1<<40 - asked.left.Load()
		assert.Greater(t, times, int64(3), name)
		for _, n := range []int64{1, times / 3, times / 2, times - 1} {
			f := &fuse{Context: t.Context()}
			f.left.Store(n)
			r := Scan(f, list{{Path: "a", Data: data}}, Options{})
			assert.Equal(t, "interrupted", r.Stopped, name)
			assert.Empty(t, r.Skipped, name)
			assert.GreaterOrEqual(t, f.left.Load(), int64(-4), "%s: asked again after the end", name)
		}
	}
}

func TestProgressCounts(t *testing.T) {
	var p Progress
	blobs := list{
		{Kind: BlobObject, ID: "1", Data: []byte(hexKey)},
		{Kind: BlobObject, ID: "2", Data: []byte("nothing")},
		{Kind: BlobObject, ID: "1", Path: "a", Data: []byte(hexKey), Again: true, Reach: "ref"},
		{Kind: BlobObject, ID: "3", Path: "a", Data: []byte(" " + hexKey), Again: true, Reach: "ref"}, // another version
		{Kind: BlobObject, ID: "3", Path: "b", Data: []byte(hexKey + " " + siteKey), Again: true, Reach: "ref"},
		{Path: "file", Data: []byte(hexKey + "\n" + hexKey)},
	}
	r := Scan(t.Context(), sourceFunc(func(_ context.Context, visit func(Blob) error) error {
		for _, b := range blobs {
			if err := visit(b); err != nil && !errors.Is(err, ErrLocate) {
				return err
			}
		}
		return nil
	}), Options{Progress: &p})
	assert.Len(t, r.Findings, 5)
	assert.EqualValues(t, 5, p.Found.Load())
	assert.EqualValues(t, 1, p.Suspects.Load())
	assert.Zero(t, p.Done.Load(), "that is the source's")
	p.Expect(3)
	p.Pass(2)
	assert.EqualValues(t, 3, p.Total.Load())
	assert.EqualValues(t, 2, p.Done.Load())
	var none *Progress
	none.Expect(1)
	none.Pass(1)
}

func TestAcceptedGaps(t *testing.T) {
	src := list{
		{Kind: OtherObject, Path: "shallow", Err: errors.New("cut"), Gap: Shallow},
		{Kind: OtherObject, Path: "config", Err: errors.New("partial"), Gap: Promisor},
		{Path: "a", Data: []byte("x")},
	}
	r := Scan(t.Context(), src, Options{Accept: []Gap{Shallow}})
	assert.False(t, r.Complete())
	assert.Equal(t, 1, r.Accepted())
	assert.Equal(t, []Skipped{
		{Path: "config", Reason: "partial", Gap: Promisor}, {Path: "shallow", Reason: "cut", Gap: Shallow, Accepted: true},
	}, r.Skipped)
	assert.True(t, Scan(t.Context(), src, Options{Accept: Gaps()}).Complete())
	// What has no kind cannot be accepted.
	damaged := append(list{{Path: "pack", Err: errors.New("damaged")}}, src...)
	assert.False(t, Scan(t.Context(), damaged, Options{Accept: append(Gaps(), "")}).Complete())

	g, err := ParseGap("promisor")
	require.NoError(t, err)
	assert.Equal(t, Promisor, g)
	_, err = ParseGap("")
	assert.EqualError(t, err, `"" is not one of shallow, promisor, submodule`)
}
