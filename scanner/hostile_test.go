package scanner

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// zipped makes a zip of pairs of names and contents.
func zipped(pairs ...string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		f, _ := w.Create(pairs[i])
		_, _ = f.Write([]byte(pairs[i+1]))
	}
	_ = w.Close()
	return b.String()
}

func times(n int, f func(string) string, s string) string {
	for range n {
		s = f(s)
	}
	return s
}

func manyKeys(n int, write func(key string) string) string {
	var b strings.Builder
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		b.WriteString(write(fmt.Sprintf("pk_%016x%016x%02x", r.Uint64(), r.Uint64(), r.Uint32()&0xff)))
	}
	return b.String()
}

// hostile are contents of up to a megabyte that are made to take long. Each is searched, or what is left out is listed.
var hostile = map[string]func() string{
	"percent of percent": func() string { return strings.Repeat("%25", 350_000) },
	"percent 25 run":     func() string { return "%" + strings.Repeat("25", 500_000) },
	"percent in words":   func() string { return strings.Repeat("%2541%2542%2543%2544%2545%2546%2547%2548%2549 ", 22_000) },
	"base64 run":         func() string { return b64(strings.Repeat("some text that is long enough ", 26_000)) },
	"base64 zeros":       func() string { return strings.Repeat("A", 1<<20) },
	"base64 of base64":   func() string { return times(9, b64, "text "+strings.Repeat("long enough ", 6000)) },
	"base64 wrapped":     func() string { return wrap(b64(strings.Repeat("some text that is long enough ", 26_000)), 60, "\n") },
	"base64 lines": func() string {
		return strings.Repeat(rawURL("some text that is long enough to be a line, pk_")+"\n", 16_000)
	},
	"anchors BrX":          func() string { return strings.Repeat("BrX", 350_000) },
	"anchors cGtf":         func() string { return strings.Repeat("cGtf", 260_000) },
	"anchors 706b5f":       func() string { return strings.Repeat("706b5f", 170_000) },
	"hex run":              func() string { return hexed(strings.Repeat("some text that is long enough ", 17_000)) },
	"seams":                func() string { return strings.Repeat(`"pk_" + `, 130_000) },
	"seams of k":           func() string { return strings.Repeat(`"k"+`, 260_000) },
	"seams of quotes":      func() string { return `pk_"` + strings.Repeat(`"`, 1<<20) },
	"list":                 func() string { return "[" + strings.Repeat(`"pk_",`, 170_000) + "].join('')" },
	"comments":             func() string { return strings.Repeat(`"pk_" /* `, 110_000) },
	"entities":             func() string { return strings.Repeat("&#112;", 170_000) },
	"entities of entities": func() string { return strings.Repeat("&amp;amp;amp;amp;amp;#112;", 40_000) },
	"backslashes":          func() string { return "pk" + strings.Repeat(`\`, 1<<20) },
	"backslash p":          func() string { return strings.Repeat(`\u0070k`, 150_000) },
	"backslash newline":    func() string { return strings.Repeat("pk_\\\n", 200_000) },
	"soft breaks":          func() string { return strings.Repeat("pk_=\n", 200_000) },
	"soft breaks alone":    func() string { return "pk_" + strings.Repeat("=\n", 500_000) },
	"broken":               func() string { return strings.Repeat("pk_0\n", 200_000) },
	"template":             func() string { return strings.Repeat("${'pk_'}", 130_000) },
	"utf-16 of base64":     func() string { return encode16(b64(strings.Repeat("some text that is long enough ", 13_000)), false) },
	"utf-16 prefixes":      func() string { return strings.Repeat("p\x00k\x00_\x00", 175_000) },
	"utf-16 short runs":    func() string { return strings.Repeat(encode16(strings.Repeat("pk_", 13), false)+"\xff\xff", 13_000) },
	"utf-16 runs of words": func() string {
		return strings.Repeat(encode16(b64("some text that is long enough pk_")+"✓ ", false), 9_000)
	},
	"utf-32":               func() string { return encode32(strings.Repeat("pk_ ", 65_000), false) },
	"keys":                 func() string { return manyKeys(2500, func(k string) string { return k + " " }) },
	"keys in base64":       func() string { return manyKeys(1900, func(k string) string { return b64(k) + " " }) },
	"keys in a base64":     func() string { return b64(manyKeys(1900, func(k string) string { return k + " " })) },
	"keys in base64 lines": func() string { return manyKeys(1900, func(k string) string { return rawURL(k) + "\n" }) },
	"keys in percent":      func() string { return manyKeys(2500, func(k string) string { return "pk%5F" + k[3:] + " " }) },
	"keys in one percent":  func() string { return manyKeys(2500, func(k string) string { return "pk%5F" + k[3:] + "&" }) },
	"keys in halves":       func() string { return manyKeys(2200, func(k string) string { return "'pk_'+'" + k[3:] + "';" }) },
	"keys in utf-16":       func() string { return encode16(manyKeys(1300, func(k string) string { return k + " " }), false) },
	"keys in utf-16 NUL":   func() string { return encode16(manyKeys(1300, func(k string) string { return k + "\x00" }), true) },
	"documents in json":    func() string { return strings.Repeat(`{\"a\":\"pk_\",\"b\":\"\\u0070\"},`, 32_000) },
	"zip bomb":             func() string { return zipped("a", strings.Repeat("\x00", 65<<20)) },
	"zip of zips": func() string {
		return times(9, func(s string) string { return zipped("a.zip", s, "b.zip", s) }, hexKey)
	},
	"gzip of gzips":  func() string { return times(9, gz, hexKey) },
	"many members":   func() string { return manyMembers(9000) },
	"gzip in base64": func() string { return strings.Repeat(b64(gz(strings.Repeat("a", 1<<20)))+" ", 300) },
	"gzip members":   func() string { return strings.Repeat(gz("x"), 40_000) },
}

func manyMembers(n int) string {
	var pairs []string
	for i := range n {
		pairs = append(pairs, fmt.Sprint("dir/", i), "content")
	}
	return zipped(pairs...)
}

func TestHostile(t *testing.T) {
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			data := []byte(text())
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r := Scan(t.Context(), list{{Path: "a", Data: data}}, Options{})
			runtime.ReadMemStats(&after)
			t.Log(len(data), len(r.Findings), "findings", (after.TotalAlloc-before.TotalAlloc)>>20, "MiB in all", r.Skipped)
			for _, s := range r.Skipped {
				assert.NotContains(t, s.Reason, "internal error")
			}
			require.Empty(t, r.Stopped)
		})
	}
}

// Whatever is not searched for want of depth or work is listed.
func TestBoundsAreListed(t *testing.T) {
	for _, name := range []string{"zip bomb", "zip of zips", "gzip of gzips", "base64 of base64"} {
		r := scanText(t, hostile[name]())
		assert.False(t, r.Complete(), name)
	}
	var cut bytes.Buffer
	_ = binary.Write(&cut, binary.LittleEndian, []byte(gz(strings.Repeat("text", 99) + hexKey))[:40])
	assert.False(t, scanText(t, cut.String()).Complete())
}

// Of what holds more keys than anyone reads, the first are reported, and that there are more.
func TestTooManyFindings(t *testing.T) {
	text := manyKeys(2*maxClaimed, func(k string) string { return k + "\n" })
	for _, data := range []string{text, gz(text)} {
		r := scanText(t, data)
		assert.Len(t, r.Skipped, 1)
		assert.Contains(t, r.Skipped[0].Reason, "holds more than 5000 candidates")
		assert.Len(t, r.Findings, maxClaimed)
		assert.False(t, r.Complete())
	}
}
