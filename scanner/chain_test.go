package scanner

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// encoded is a text with the span in it that stands for a key.
type encoded struct {
	text       string
	start, end int
}

// encoder writes a text in another way, and tells where the span has gone.
type encoder struct {
	via    string
	binary bool // what comes out is no text
	encode func(r *rand.Rand, e encoded) encoded
}

// perByte encodes each byte by itself.
func perByte(via string, write func(r *rand.Rand, c byte) string) encoder {
	return encoder{via, strings.HasPrefix(via, "utf"), func(r *rand.Rand, e encoded) encoded {
		var out strings.Builder
		to := encoded{}
		for i := range len(e.text) {
			if i == e.start {
				to.start = out.Len()
			}
			out.WriteString(write(r, e.text[i]))
			if i+1 == e.end {
				to.end = out.Len()
			}
		}
		to.text = out.String()
		return to
	}}
}

func format(formats ...string) func(*rand.Rand, byte) string {
	return func(r *rand.Rand, c byte) string { return fmt.Sprintf(formats[r.IntN(len(formats))], c) }
}

func encodeBase64(enc *base64.Encoding, width int, sep string) func(*rand.Rand, encoded) encoded {
	return func(_ *rand.Rand, e encoded) encoded {
		lines := func(at int) int {
			if width == 0 {
				return at
			}
			return at + at/width*len(sep)
		}
		last := e.end - 1
		to := encoded{start: lines(e.start/3*4 + e.start%3), end: lines(last/3*4+last%3+1) + 1}
		to.text = enc.EncodeToString([]byte(e.text))
		if width > 0 {
			to.text = wrap(to.text, width, sep)
		}
		return to
	}
}

// split cuts the text into literals of at least 60 bytes.
func split(operator string) func(*rand.Rand, encoded) encoded {
	return func(r *rand.Rand, e encoded) encoded {
		to := encoded{text: `"`}
		for at, start := 0, 0; ; {
			n := 60 + r.IntN(20)
			if len(e.text)-at < n+60 {
				n = len(e.text) - at
			}
			start = len(to.text)
			to.text += e.text[at : at+n]
			if e.start >= at && e.start < at+n {
				to.start = start + e.start - at
			}
			if e.end > at && e.end <= at+n {
				to.end = start + e.end - at
			}
			if at += n; at == len(e.text) {
				to.text += `"`
				return to
			}
			to.text += `"` + operator + `"`
		}
	}
}

func whole(f func(string) string) func(*rand.Rand, encoded) encoded {
	return func(_ *rand.Rand, e encoded) encoded {
		out := f(e.text)
		return encoded{out, 0, len(out)}
	}
}

var encoders = []encoder{
	perByte("percent", format("%%%02x", "%%%02X")),
	perByte("percent", format("%%u%04x")),
	perByte("escape", format(`\u%04x`)),
	perByte("escape", format(`\x%02x`)),
	perByte("escape", format(`\u{%x}`)),
	perByte("escape", format(`\%03o`)),
	perByte("html", format("&#%d;", "&#x%x;", "&#X%X;")),
	perByte("quoted-printable", func(r *rand.Rand, c byte) string {
		return fmt.Sprintf("=%02X", c) + strings.Repeat("=\r\n", r.IntN(60)/59)
	}),
	perByte("hex", format("%02x")),
	perByte("hex", format("%02X")),
	perByte("utf-16le", format("%c\x00")),
	perByte("utf-16be", format("\x00%c")),
	perByte("utf-32le", format("%c\x00\x00\x00")),
	perByte("utf-32be", format("\x00\x00\x00%c")),
	{"base64", false, encodeBase64(base64.StdEncoding, 0, "")},
	{"base64", false, encodeBase64(base64.RawURLEncoding, 0, "")},
	{"base64", false, encodeBase64(base64.StdEncoding, 76, "\r\n")},
	{"base64", false, encodeBase64(base64.StdEncoding, 64, "\n  ")},
	{"base64", false, encodeBase64(base64.RawStdEncoding, 60, `\n`)},
	{"joined", false, split(" + ")},
	{"joined", false, split(" .\n\t")},
	{"joined", false, split(" \\\n")},
	{"gzip", true, whole(gz)},
	{"zip:a/b.txt", true, whole(func(s string) string { return zipped("a/b.txt", s) })},
}

// A key in a random chain of encodings is found once, in its place, and the layers are told from outside to inside.
func TestChains(t *testing.T) {
	const key = "pk_"
	r := rand.New(rand.NewPCG(7, 11))
	for range 3000 {
		raw := fmt.Sprintf("%s%016x%016x%02x", key, r.Uint64(), r.Uint64(), r.Uint32()&0xff)
		e := encoded{text: `name = "` + raw + `", and more`, start: 8, end: 8 + len(raw)}
		var via, wanted []string
		binary, archived := false, false
		for range 1 + r.IntN(4) {
			c := encoders[r.IntN(len(encoders))]
			switch {
			case binary && c.via != "base64" && c.via != "hex" && c.via != "gzip", len(e.text) > 400_000,
				c.via == "joined" && strings.ContainsAny(e.text, "\n\"\\"): // no literal is written so
				continue
			}
			span := e.end - e.start
			if e = c.encode(r, e); c.via == "gzip" || strings.HasPrefix(c.via, "zip") {
				archived = true
			}
			if c.via == "joined" && e.end-e.start == span {
				continue // all in one part
			}
			via = append([]string{c.via}, via...)
			if binary = c.binary; !binary {
				before := []string{`a = "`, "k: ", "[x](", "line\n", ""}[r.IntN(5)]
				e = encoded{before + e.text + []string{"\n", `"`, " ", ""}[r.IntN(4)], e.start + len(before), e.end + len(before)}
			}
		}
		wanted = via
		report := scanText(t, e.text)
		about := fmt.Sprintf("%v %q", via, e.text[:min(len(e.text), 600)])
		require.Len(t, report.Findings, 1, about)
		f := report.Findings[0]
		require.True(t, f.Key.Raw() == raw, about)
		require.Equal(t, wanted, withoutPlace(f.Via), about)
		if !archived {
			require.Equal(t, e.start, int(f.Start.Offset), about)
			if !slices.Contains(via, "quoted-printable") { // whose last soft break is no part of the key
				require.Equal(t, e.end, int(f.End.Offset), about)
			}
		}
		require.Empty(t, report.Skipped, about)
		require.NotContains(t, f.Line.Text, raw[10:20])
	}
}

// withoutPlace drops the line and column behind the name of an archive.
func withoutPlace(via []string) []string {
	via = slices.Clone(via)
	for i, v := range via {
		if name, _, ok := strings.Cut(v, ":"); ok && name == "gzip" {
			via[i] = name
		} else if ok && strings.Count(v, ":") > 1 {
			via[i] = strings.Join(strings.Split(v, ":")[:2], ":")
		}
	}
	return via
}
