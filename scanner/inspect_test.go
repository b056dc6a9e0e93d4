package scanner

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A key is plugged into the same slot however it, or what it stands in, is encoded.
func TestSlotsThroughLayers(t *testing.T) {
	for text, want := range map[string]string{
		"https://a.klaviyo.com/api/track?data=" + rawURL(`{"token":"`+siteKey+`"}`): "token",
		"KLAVIYO_PUBLIC_KEY: " + b64(siteKey):                                       "KLAVIYO_PUBLIC_KEY",
		"KLAVIYO_PUBLIC_KEY = '" + siteKey[:9] + "' + '" + siteKey[9:] + "'":        "KLAVIYO_PUBLIC_KEY",
		"KLAVIYO_PUBLIC_KEY=pk%5F" + siteKey[3:]:                                    "KLAVIYO_PUBLIC_KEY",
		b64("KLAVIYO_PUBLIC_KEY: " + b64(siteKey)):                                  "KLAVIYO_PUBLIC_KEY",
		gz("KLAVIYO_PUBLIC_KEY: " + hexed(siteKey)):                                 "KLAVIYO_PUBLIC_KEY",
	} {
		r := scanText(t, text)
		if assert.Len(t, r.Findings, 1, text) {
			assert.Equal(t, want, r.Findings[0].Slot, text)
		}
	}
}

// The line shows what to edit, and no key in it in any encoding.
func TestLineHidesEncodedKeys(t *testing.T) {
	one, two := b64(hexKey), b64(siteKey)
	r := scanText(t, "before\n  a: "+one+" b: "+two+" c: "+hexKey+" d: 'pk_' + '"+hexKey[3:]+"' e: "+each("%%%02x", siteKey)+" end\nafter")
	require.Len(t, r.Findings, 5)
	for _, f := range r.Findings {
		assert.Equal(t, "  a: ****== b: ****= c: pk_****ef01 d: '**** e: **** end", strings.Replace(f.Line.Text, "d: '****'", "d: '****", 1))
		assert.Contains(t, []string{"****", "pk_****ef01"}, f.Line.Text[f.Line.Start:f.Line.End])
		assert.Equal(t, 2, f.Start.Line())
	}
	assert.Equal(t, 6, r.Findings[0].Start.Column())
	// Over several lines, one line is shown.
	r = scanText(t, "a: |\n  "+wrap(b64("some text before "+hexKey+" and behind it"), 60, "\n  ")+" # b\n")
	require.Len(t, r.Findings, 1)
	assert.NotContains(t, r.Findings[0].Line.Text, "\n")
	assert.Contains(t, r.Findings[0].Line.Text, "****")
	// In UTF-16 the line is what it stands for.
	r = scanText(t, encode16("a: "+one+" b: "+hexKey+" .", false))
	require.Len(t, r.Findings, 2)
	for _, f := range r.Findings {
		assert.Equal(t, "a: ****== b: pk_****ef01 .", f.Line.Text)
	}
}

func TestMembersOfArchives(t *testing.T) {
	theme := "first line\n  var k = '" + siteKey + "';\n"
	inner := zipped("deep/a.env", "KLAVIYO_PUBLIC_KEY="+hexKey+"\n")
	data := zipped("assets/theme.js", theme, "b.zip", inner, "c.txt.gz", gz(theme), "d.txt", b64(theme))
	r := scanText(t, data)
	assert.Empty(t, r.Skipped)
	var vias []string
	for _, f := range r.Findings {
		vias = append(vias, strings.Join(f.Via, " "))
		require.Equal(t, f.Start.Lines, 0)
		member := data[f.Start.Offset:f.End.Offset]
		assert.True(t, strings.HasPrefix(member, "PK\x03\x04"))
		assert.NotContains(t, f.Line.Text, "0123456789")
	}
	assert.Equal(t, []string{
		"zip:assets/theme.js:2:12", "zip:b.zip zip:deep/a.env:1:20", "zip:c.txt.gz gzip:2:12", "zip:d.txt:1:30 base64",
	}, vias)
	assert.Contains(t, r.Findings[0].Line.Text, "  var k = 'pk_****")
	// So are names, which stand before the member and in the directory, and what stands behind an archive.
	r = scanText(t, zipped(hexKey, "content")+"\n"+siteKey)
	assert.Len(t, r.Findings, 3)
	for _, f := range r.Findings {
		assert.NotContains(t, strings.Join(f.Via, ""), hexKey[5:])
	}
}

// A large archive is read as a whole when its first window comes.
func TestLargeArchive(t *testing.T) {
	noise := manyKeys(400_000, func(k string) string { return k[3:] + "\n" })
	data := []byte(zipped("noise", noise, "a.js", "k = '"+siteKey+"'"))
	require.Greater(t, len(data), WindowSize)
	visits := 0
	walk := func(open func() (io.ReadCloser, error)) *Report {
		visits = 0
		return Scan(t.Context(), sourceFunc(func(_ context.Context, visit func(Blob) error) error {
			var buf Buffer
			return buf.Visit(bytes.NewReader(data), int64(len(data)), Blob{Path: "a.zip", Open: open}, func(b Blob) error {
				visits++
				return visit(b)
			})
		}), Options{})
	}
	r := walk(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
	require.Len(t, r.Findings, 1)
	assert.Equal(t, 1, visits)
	assert.True(t, r.Complete())
	r = walk(func() (io.ReadCloser, error) { return nil, errors.New("it cannot be read twice") })
	assert.False(t, r.Complete())
	assert.Greater(t, visits, 1)
	// In a history the path is asked for first.
	r = Scan(t.Context(), sourceFunc(func(_ context.Context, visit func(Blob) error) error {
		assert.ErrorIs(t, visit(Blob{Kind: BlobObject, ID: "1", Data: data[:1<<20]}), ErrLocate)
		return visit(Blob{Kind: BlobObject, ID: "1", Path: "a.zip", Again: true, Data: data[:1<<20]})
	}), Options{})
	assert.Len(t, r.Skipped, 1)
}

// What is no key in plain text is none in any encoding.
func TestDecoysStayEncodedToo(t *testing.T) {
	for _, decoy := range []string{
		"pk_test_" + siteKey[10:42], "pk_live_" + strings.Repeat("0123456789abcdef", 3)[:40], "pk_" + strings.Repeat("0123456789abcdef", 4),
		hexKey[:len(hexKey)-1], hexKey + "0", hexKey + "_idx", "live_" + hexKey, "apk_" + hexKey[3:], "users_" + hexKey, "x" + hexKey,
		"pk_" + strings.ToUpper(hexKey[3:]), "PK_" + hexKey[3:], "pk_customersubscriptionpreferencehist",
	} {
		for i, e := range encodings {
			if strings.Contains(e.via, "gzip") || decoy[:3] != "pk_" {
				continue // the encoders take a prefix of three letters
			}
			text := e.text(decoy)
			for _, f := range scanText(t, text).Findings {
				assert.Fail(t, "found", "%d %q in %q via %v", i, decoy, text, f.Via)
			}
		}
		for _, text := range []string{b64(decoy), hexed(decoy), each("%%%02x", decoy), each(`\u%04x`, decoy), b64(b64(decoy)), encode16(decoy, true), gz(decoy)} {
			assert.Empty(t, scanText(t, text).Findings, "%q", decoy)
		}
	}
	assert.Empty(t, scanText(t, strings.Repeat("cGtfMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlh", 3)).Findings)
}

// One key in one place is one finding, by the fewest layers; the same key in two places is two.
func TestOnceInAPlace(t *testing.T) {
	r := scanText(t, "a=%41&k="+hexKey+"&b=%42\\u0043 "+b64(hexKey)+" "+b64(hexKey)+" "+hexKey)
	var vias []string
	for _, f := range r.Findings {
		vias = append(vias, strings.Join(f.Via, " "))
	}
	assert.Equal(t, []string{"", "base64", "base64", ""}, vias)
}

// A zip whose first member cannot be inflated is an archive all the same: what could not be searched is listed.
func TestDamagedFirstMember(t *testing.T) {
	data := []byte(zipped("a.txt", strings.Repeat("some text ", 50), "b.env", "K="+hexKey+strings.Repeat(" ", 500)))
	for i := 30 + len("a.txt"); i < 30+len("a.txt")+8; i++ {
		data[i] = 0xff
	}
	assert.False(t, scanText(t, string(data)).Complete())
}
