// This file tests the hashes of lines against those that GitHub's own tests want.

package scanner

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The values are those of src/fingerprints.test.ts in github/codeql-action.
func TestHashLines(t *testing.T) {
	greeting := []string{
		"e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1",
		"c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1",
	}
	for content, want := range map[string][]string{
		"":                   {"c129715d7a2bc9a3:1"},
		" a\nb\n  \t\tc\n d": {"271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"},
		" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n":             greeting,
		" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r":             greeting,
		" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n": greeting,
		strings.Repeat("Lorem ipsum dolor sit amet.\n", 10): {
			"a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2", "a7f2ff13bc495cf2:3", "a7f2ff13bc495cf2:4", "a7f2ff13bc495cf2:5",
			"a7f2ff13bc495cf2:6", "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1",
			"c129715d7a2bc9a3:1",
		},
	} {
		found := make([]*Finding, len(want))
		for i := range found {
			found[len(want)-1-i] = &Finding{Start: Position{Lines: i}} // in no order
		}
		hashLines([]byte(content), found)
		for i := range want {
			assert.Equal(t, want[i], found[len(want)-1-i].LineHash, "%q, line %d", content, i+1)
		}
		alone := []*Finding{{Start: Position{Lines: len(want) / 2}}}
		hashLines([]byte(content), alone)
		assert.Equal(t, want[len(want)/2], alone[0].LineHash, "%q: what is behind the line does not matter", content)
	}
}

// As https://encoding.spec.whatwg.org decodes: how many U+FFFD what is no UTF-8 becomes.
func TestBrokenRune(t *testing.T) {
	for text, want := range map[string][]int{
		"\xff\xfe": {1, 1}, "\xe2\x82": {2}, "\xe2\x82\xe2\x82\xac": {2, 3}, "\xf0\x9f\x98": {3}, "\xf0\x9f(": {2, 1},
		"\xc3(": {1, 1}, "\xed\xa0\x80": {1, 1, 1}, "\xc0\x80": {1, 1}, "\xf4\x90\x80\x80": {1, 1, 1, 1}, "\xe0\x9f\x80": {1, 1, 1},
	} {
		p := Position{Offset: 1}.After([]byte(text))
		assert.Equal(t, len(want), p.Chars, "%q", text)
		assert.Equal(t, want[0], brokenRune([]byte(text)), "%q", text)
	}
}

func TestByteOrderMarkIsNoColumn(t *testing.T) {
	assert.Equal(t, Position{Offset: 5, Chars: 2, UTF16: 2}, Position{}.After([]byte("\ufeffab")))
	assert.Equal(t, Position{Offset: 6, Chars: 2, UTF16: 2}, Position{Offset: 2}.After([]byte("\ufeffa")))
}

// Lines are hashed if that is asked for and the whole content is at hand.
func TestLineHashOfFindings(t *testing.T) {
	key := "pk_" + strings.Repeat("0123456789abcdef", 3)[:34]
	content := []byte("a\nKLAVIYO_PUBLIC_KEY=" + key + "\n")
	hash := func(opts Options, b Blob) string {
		b.Path = "a.env"
		r := Scan(t.Context(), oneBlob(b), opts)
		require.Len(t, r.Findings, 1)
		return r.Findings[0].LineHash
	}
	assert.Empty(t, hash(Options{}, Blob{Data: content}))
	assert.NotEmpty(t, hash(Options{LineHashes: true}, Blob{Data: content}))
	assert.NotEmpty(t, hash(Options{LineHashes: true}, Blob{Data: content, Kind: BlobObject}))
	assert.Empty(t, hash(Options{LineHashes: true}, Blob{Data: content, Fresh: []Span{{0, len(content) - 1}}}), "a window")
	assert.Empty(t, hash(Options{LineHashes: true}, Blob{Data: content, Start: Position{Offset: 9}}), "a window")
}

type oneBlob Blob

func (b oneBlob) Walk(_ context.Context, visit func(Blob) error) error { return visit(Blob(b)) }
