package scanner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hexKey and siteKey are synthetic keys, built here so that no file holds one.
var (
	hexKey  = "pk_" + strings.Repeat("0123456789abcdef", 3)[:34]
	siteKey = "pk_AbC123_" + strings.Repeat("fedcba9876543210", 3)[:34]
)

// list is a source of blobs at hand.
type list []Blob

func (l list) Walk(_ context.Context, visit func(Blob) error) error {
	for _, b := range l {
		if err := visit(b); err != nil {
			return err
		}
	}
	return nil
}

func scanText(t *testing.T, text string) *Report {
	t.Helper()
	return Scan(t.Context(), list{{Path: "a.txt", Data: []byte(text)}}, Options{})
}

func encode16(s string, big bool) string {
	var out strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out.Write([]byte{byte(u >> 8), byte(u)})
		} else {
			out.Write([]byte{byte(u), byte(u >> 8)})
		}
	}
	return out.String()
}

func TestPlacesCountCharacters(t *testing.T) {
	r := scanText(t, "a\r\nhé😀 \""+hexKey+"\"\n")
	require.Len(t, r.Findings, 1)
	f := r.Findings[0]
	assert.Equal(t, 2, f.Start.Line())
	assert.Equal(t, 6, f.Start.Column())
	assert.Equal(t, 7, f.Start.ColumnUTF16())
	assert.Equal(t, 6+len(hexKey), f.End.Column())
	assert.Equal(t, "hé😀 \"pk_****ef01\"", f.Line.Text)
	assert.Equal(t, "pk_****ef01", f.Line.Text[f.Line.Start:f.Line.End])
	assert.Equal(t, 1, r.Stats.Files)
	assert.True(t, r.Complete())
}

// The same text gives the same findings at the same places in UTF-8 and in UTF-16 of either order, with and without a
// mark.
func TestUTF16(t *testing.T) {
	text := "first ✓\nKLAVIYO_PUBLIC_KEY=" + siteKey + "\r\n  x \"" + hexKey + "\" " + hexKey
	want := scanText(t, text).Findings
	require.Len(t, want, 3)
	for _, big := range []bool{false, true} {
		for _, mark := range []string{"", "\ufeff"} {
			got := scanText(t, encode16(mark+text, big)).Findings
			require.Len(t, got, len(want), "big %v mark %q", big, mark)
			for i, g := range got {
				assert.Equal(t, want[i].Rule.ID, g.Rule.ID)
				assert.True(t, g.Key.Raw() == want[i].Key.Raw())
				assert.Equal(t, want[i].Start.Line(), g.Start.Line())
				assert.Equal(t, want[i].Start.Column(), g.Start.Column())
				assert.Equal(t, want[i].End.Column(), g.End.Column())
				assert.Equal(t, want[i].Line, g.Line)
				assert.Equal(t, 2*len(g.Key.Raw()), int(g.End.Offset-g.Start.Offset))
			}
		}
	}
	// Among other bytes, at an odd place, as in a program.
	got := scanText(t, "\x01\x02\x03"+encode16("\x00company_id="+siteKey+"\x00", false)+"\xff").Findings
	require.Len(t, got, 1)
	assert.Equal(t, "public-setting", got[0].Rule.ID)
}

func TestLineShowsNoKey(t *testing.T) {
	for _, pad := range []int{0, 1, 40, 100, 130, 150, 155, 160, 170, 200, 500, 1000, 1010, 1024, 1030, 2000} {
		text := siteKey + strings.Repeat(" ", pad) + hexKey + strings.Repeat("é", pad/2) + " " + siteKey
		text += "\n" + hexKey + " pk_" + strings.Repeat("0", pad) + " " + siteKey + " pk_" + strings.Repeat("0", pad) + " " + hexKey
		for _, f := range scanText(t, text).Findings {
			for n := 12; n < len(siteKey); n++ {
				assert.NotContains(t, f.Line.Text, siteKey[:n])
				assert.NotContains(t, f.Line.Text, siteKey[len(siteKey)-n:])
				assert.NotContains(t, f.Line.Text, hexKey[len(hexKey)-min(n, 30):])
			}
		}
	}
}

func TestErrorsAreListed(t *testing.T) {
	r := Scan(t.Context(), list{
		{Path: "b", Err: errors.New("open b: permission denied")},
		{Path: "a", Err: errors.New("open a: permission denied")},
	}, Options{})
	assert.Equal(t, []Skipped{{Path: "a", Reason: "open a: permission denied"}, {Path: "b", Reason: "open b: permission denied"}}, r.Skipped)
	assert.False(t, r.Complete())
}

func TestUnlocatedBlobs(t *testing.T) {
	var answers []error
	src := sourceFunc(func(_ context.Context, visit func(Blob) error) error {
		for _, b := range []Blob{
			{Kind: BlobObject, ID: "1", Data: []byte("nothing")},
			{Kind: BlobObject, ID: "2", Data: []byte(hexKey)},
			{Kind: BlobObject, ID: "2", Path: "a", Data: []byte(hexKey), Again: true, Reach: "ref"},
			{Kind: BlobObject, ID: "3", Path: "a", Data: []byte("x " + hexKey), Again: true, Reach: "head", Commit: &Commit{ID: "c"}},
		} {
			answers = append(answers, visit(b))
		}
		return nil
	})
	r := Scan(t.Context(), src, Options{})
	assert.Equal(t, []error{nil, ErrLocate, nil, nil}, answers)
	require.Len(t, r.Findings, 1, "one key in one path, however many versions")
	assert.Equal(t, "head", r.Findings[0].Reach)
	assert.Equal(t, 3, r.Findings[0].Start.Column(), "the version that a commit brought in")
	assert.Equal(t, 2, r.Stats.Blobs)
}

type sourceFunc func(context.Context, func(Blob) error) error

func (f sourceFunc) Walk(ctx context.Context, visit func(Blob) error) error { return f(ctx, visit) }

func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := Scan(ctx, sourceFunc(func(ctx context.Context, _ func(Blob) error) error { return ctx.Err() }), Options{})
	assert.Equal(t, "interrupted", r.Stopped)
	assert.False(t, r.Complete())
}

func TestLeftOutIsCounted(t *testing.T) {
	r := Scan(t.Context(), list{{Path: "a", LeftOut: Ignored}, {Path: "b", LeftOut: Excluded}, {Path: "c", LeftOut: Excluded}}, Options{})
	assert.Equal(t, Stats{Ignored: 1, Excluded: 2}, r.Stats)
	assert.True(t, r.Complete())
}

// A megabyte of what looks like the beginning of keys takes no longer than a page of context for each would.
func TestManyBeginningsAreCheap(t *testing.T) {
	assert.Empty(t, scanText(t, strings.Repeat("p\x00k\x00_\x00", 175_000)).Findings)
	assert.Empty(t, scanText(t, strings.Repeat("pk_", 350_000)).Findings)
}

// The same key in UTF-16 beside the one that is found, as programs have it, does not show.
func TestLineEndsAtNUL(t *testing.T) {
	r := scanText(t, encode16(hexKey, false)+"\x00\x00"+hexKey+"\x00"+encode16(hexKey, false))
	require.Len(t, r.Findings, 3)
	for _, f := range r.Findings {
		assert.Equal(t, "pk_****ef01", f.Line.Text)
	}
	// Nor does it in the other byte order, which decodes to characters whose high bytes are the key.
	for _, text := range []string{
		"hello " + encode16(hexKey, false) + "\x00 " + encode16(hexKey, true) + " \n",
		encode16(siteKey+" ", true) + " " + encode16(hexKey+" ", false) + encode16(" "+siteKey, true),
	} {
		for _, f := range scanText(t, text).Findings {
			high := strings.Map(func(r rune) rune { return r >> 8 }, f.Line.Text)
			assert.NotContains(t, high, hexKey[10:20])
			assert.NotContains(t, high, siteKey[20:30])
		}
	}
}

// A word that is no key in the file's byte order is not looked at in the other one, where its last digit may be lost.
func TestMarkDecidesByteOrder(t *testing.T) {
	assert.Empty(t, scanText(t, encode16("\ufeff“"+hexKey+"2”", true)).Findings)
	assert.Empty(t, scanText(t, encode16("\ufeff“"+hexKey+"2です", true)).Findings)
	assert.Empty(t, scanText(t, encode16("\ufeffか"+hexKey+"2です", false)).Findings)
	assert.Len(t, scanText(t, encode16("\ufeff“"+hexKey+"です", true)).Findings, 1)
}

func FuzzScan(f *testing.F) {
	f.Add([]byte("company_id%3D"+hexKey), 0)
	f.Add([]byte(encode16("token: \""+siteKey+"\"", true)), 1)
	f.Add([]byte("klaviyo.init({account: '"+siteKey+"'})"), 3)
	f.Fuzz(func(t *testing.T, data []byte, from int) {
		b := Blob{Path: "a", Data: data}
		if from > 0 && from < len(data) {
			b.Fresh = []Span{{from, len(data)}}
		}
		r := Scan(t.Context(), list{b}, Options{})
		for _, s := range r.Skipped { // a bound of the scan, not a panic
			require.Contains(t, s.Reason, "encoded more than 4 times")
		}
		for _, f := range r.Findings {
			require.GreaterOrEqual(t, f.Start.Offset, int64(0))
			require.Greater(t, f.End.Offset, f.Start.Offset)
			require.LessOrEqual(t, f.End.Offset, int64(len(data)))
			if !f.HasKey() {
				continue
			}
			require.NotContains(t, f.Line.Text, f.Key.Raw())
			require.NotContains(t, fmt.Sprintf("%+v %#v", f, f), f.Key.Raw())
			if f.Via == nil {
				require.Equal(t, f.Key.Raw(), string(data[f.Start.Offset:f.End.Offset]))
			}
		}
	})
}
