package layer

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/rules"
)

// key is synthetic, built here so that no file holds one.
var key = "pk_" + strings.Repeat("0123456789abcdef", 3)[:34]

// recorder keeps what a search finds, and checks that it makes sense.
type recorder struct {
	t    *testing.T
	data []byte
	hits []Hit
}

func (r *recorder) Found(h *Hit) bool {
	r.hits = append(r.hits, *h)
	raw := h.Key.Raw()
	require.Equal(r.t, raw, string(h.Text[h.Start:h.End]))
	require.LessOrEqual(r.t, 0, h.Span.Start)
	require.Less(r.t, h.Span.Start, h.Span.End)
	require.LessOrEqual(r.t, h.Span.End, len(r.data))
	require.LessOrEqual(r.t, h.Shown.End, len(h.Base.Text))
	if len(h.Via) == 0 {
		require.Equal(r.t, raw, string(r.data[h.Span.Start:h.Span.End]))
	}
	require.LessOrEqual(r.t, len(h.Via), MaxDepth)
	return true
}
func (*recorder) Done(*Base) bool                     { return true }
func (*recorder) Packed([]string, Span, []byte) bool  { return true }
func (*recorder) Problem([]string, Span, string) bool { return true }

func search(t *testing.T, data []byte, from int) {
	r := &recorder{t: t, data: data}
	s := Search{Finder: r, Base: Base{Text: data}, Depth: MaxDepth, Work: 1<<20 + 24*len(data)}
	s.Run(Span{from, len(data)})
}

// fuzz searches any data, and a key that write has encoded between any text.
func fuzz(f *testing.F, write func(key string) string, seeds ...string) {
	f.Add([]byte(write(key)), []byte("\n"), 0)
	for _, s := range seeds {
		f.Add([]byte(s), []byte(write(key)), len(s)/2)
	}
	f.Fuzz(func(t *testing.T, before, after []byte, from int) {
		data := append(append(bytes.Clone(before), after...), write(key)...)
		search(t, data, max(0, min(from, len(data))))
		search(t, before, 0)
	})
}

func FuzzEscapes(f *testing.F) {
	for i := range escapings {
		f.Add([]byte("pk%5F pk\\x5f pk&#95; pk=5F=\r\n0 \\\n  \\u{5f} %u005f &lowbar;"), i)
	}
	f.Fuzz(func(t *testing.T, text []byte, i int) {
		e := &escapings[uint(i)%uint(len(escapings))]
		whole := Span{0, len(text)}
		m := &marks{}
		out, telling, joints := e.undo(text, whole, nil)
		marked, again, joints2 := e.undo(text, whole, m)
		require.Equal(t, out, marked)
		require.Equal(t, []int{telling, joints}, []int{again, joints2})
		ordered(t, m, len(out), whole)
		for i := range text {
			r := e.region(text, Span{i, i + 1})
			require.True(t, 0 <= r.Start && r.Start <= i && i < r.End && r.End <= len(text))
		}
	})
}

// ordered checks that marks lie in a region, one for each byte, in order.
func ordered(t *testing.T, m *marks, n int, r Span) {
	require.Len(t, m.spans, n)
	last := mark{from: int32(r.Start)}
	for _, s := range m.spans {
		require.True(t, s.from >= last.from && s.to >= last.to && s.from < s.to && int(s.to) <= r.End, "%v after %v", s, last)
		last = s
	}
}

func FuzzPackings(f *testing.F) {
	f.Add([]byte(base64.StdEncoding.EncodeToString([]byte(key))), 0, 0)
	f.Add([]byte("a: "+hex.EncodeToString([]byte(key))+"\n\\n"), 1, 3)
	f.Add([]byte("AAAA\\nAAAAAAAAAAAAAAAAAAAAAA\\/AAAAAAAAAAAAAAAA\r\n  AAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 0, 40)
	f.Fuzz(func(t *testing.T, text []byte, i, skip int) {
		p := packings[uint(i)%uint(len(packings))]
		p.pieces(text, Span{0, len(text)}, func(piece Span, places uint8) Span {
			line := p.line(text, piece)
			require.True(t, line.Start <= piece.Start && piece.End <= line.End && line.End <= len(text))
			r := Span{p.above(text, line.Start, 0), p.below(text, line)}
			require.True(t, r.Start <= line.Start && line.End <= r.End && r.End <= len(text))
			m := &marks{}
			out := p.undo(text, r, skip&3, nil)
			require.Equal(t, out, p.undo(text, r, skip&3, m))
			ordered(t, m, len(out), r)
			return line
		})
	})
}

func FuzzJoined(f *testing.F) {
	f.Add([]byte(`x = "pk_" + /* y */ '0123' . @"45" ["pk_", "0"].join('') `+"`${'pk_'}01`"), 6)
	f.Fuzz(func(t *testing.T, text []byte, at int) {
		if len(text) == 0 {
			return
		}
		at = int(uint(at) % uint(len(text)))
		for b := range bonds {
			r, ok := joined(text, Span{at, at + 1}, 0, b)
			if !ok {
				continue
			}
			require.True(t, 0 <= r.Start && r.Start <= at && at < r.End && r.End <= len(text))
			m := &marks{}
			ordered(t, m, len(undoJoined(text, r, m)), r)
		}
		if r, ok := broken(text, at); ok {
			m := &marks{}
			ordered(t, m, len(undoBroken(text, r, m)), r)
		}
	})
}

func FuzzUnits(f *testing.F) {
	f.Add([]byte("\xff\xfep\x00k\x00_\x00"), 0)
	f.Add([]byte("\x00p\x00k\x00_\xd8\x3d\xdd\x11"), 3)
	f.Fuzz(func(t *testing.T, text []byte, i int) {
		u := allUnits[uint(i)%uint(len(allUnits))]
		m := &marks{}
		r := Span{0, len(text)}
		ordered(t, m, len(u.undo(text, r, m)), r)
		for at := 0; at < len(text); {
			run, size := nextRun(text, at, len(text))
			if size == 0 {
				break
			}
			require.True(t, run.Start >= at && run.End > run.Start && run.End <= len(text))
			s := u.around(text, run.Start, 0)
			require.True(t, 0 <= s.left && s.left <= s.start && s.limit <= s.end || s.end <= s.start, "%v", s)
			at = run.End
		}
	})
}

func FuzzSearch(f *testing.F) {
	fuzz(f, func(k string) string { return "pk%5F" + k[3:] }, `"pk_" + "`, "%25", "&#112;", "\\u0070k_", "=\r\n", "cGtf", "p\x00k\x00_\x00")
}

// Every long word is found wherever the grid of blocks lies.
func TestLongWordsAreFoundEverywhere(t *testing.T) {
	word := base64.StdEncoding.EncodeToString([]byte(key))
	for pad := range 100 {
		for _, end := range []string{"", " ", "\n", " " + strings.Repeat("x ", 40)} {
			text := []byte(strings.Repeat(" ", pad) + word + end)
			n := 0
			for w := range longWords(text, 0, len(text)) {
				require.Equal(t, word, string(text[w.Start:w.End]))
				n++
			}
			require.Equal(t, 1, n, "%d %q", pad, end)
		}
	}
}

// corpus is text in which nothing is hidden: source, with names, prose, numbers, addresses and hashes.
func corpus() []byte {
	return bytes.Repeat([]byte(`// TestReconcileNamespacedResourceClaimStatus checks that, for each of them, the status is what was asked for.
func (r *ReconcileNamespacedResourceClaim) Status(ctx context.Context, in *v1beta1.NamespacedResourceClaimStatus) error {
	if in == nil || len(in.Conditions) == 0 { return fmt.Errorf("no conditions in %q: %w", in.Name, errEmpty) }
	const sum = "9b45497de0ffe8d1f40e97a8e483e322faeb06dbac7b7f971bbe73420d2e8e99"
	url := "https://example.com/docs/reference/using-api/api-concepts/#resource-versions" // a link
	return r.client.Patch(ctx, in, client.MergeFrom(in.DeepCopy())) // keep the token, the kind and the key
}
`), 2000)
}

func BenchmarkNothing(b *testing.B) {
	text := corpus()
	b.Run("traces", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			for range rules.FindTraces(text, 0, len(text), false) {
				b.Fatal()
			}
		}
	})
	b.Run("words", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			for range longWords(text, 0, len(text)) {
			}
		}
	})
	b.Run("search", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			s := Search{Finder: &recorder{}, Base: Base{Text: text}, Depth: MaxDepth, Work: 1 << 30}
			s.Run(Span{0, len(text)})
		}
	})
}
