// This file tests that what is written is JSON, the same JSON that was meant, and harmless to look at.

package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWriter(t *testing.T) {
	var out bytes.Buffer
	w := New(&out)
	w.Open("", '{')
	w.Put("a", 1)
	w.Open("none", '[')
	w.Close()
	w.Open("some", '[')
	w.Put("", map[string]any{"b": "<&>"})
	w.Put("", "x")
	w.Close()
	w.Close()
	require.NoError(t, w.Flush())
	assert.Equal(t, `{
  "a": 1,
  "none": [],
  "some": [
    {
      "b": "<&>"
    },
    "x"
  ]
}
`, out.String())
}

func TestCompact(t *testing.T) {
	var out bytes.Buffer
	w := New(&out)
	w.Open("", '[')
	w.Put("", map[string]any{"b": 1})
	w.Compact = true
	w.Put("", map[string]any{"b": []int{1, 2}})
	w.Put("", "x")
	w.Close()
	require.NoError(t, w.Flush())
	assert.Equal(t, "[\n  {\n    \"b\": 1\n  },\n  {\"b\":[1,2]},\n  \"x\"\n]\n", out.String())
}

func TestPutSaysWhatItCannotWrite(t *testing.T) {
	w := New(&bytes.Buffer{})
	w.Put("f", func() {})
	assert.ErrorContains(t, w.Flush(), `write "f" as JSON: `)
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestFlushReturnsWriteError(t *testing.T) {
	w := New(full{})
	w.Put("", strings.Repeat("x", 1<<20))
	assert.ErrorContains(t, w.Flush(), "disk full")
}

func TestStamp(t *testing.T) {
	at := time.Date(2026, 1, 2, 0, 30, 0, 0, time.FixedZone("", 3600))
	assert.Equal(t, "2026-01-01T23:30:00Z", Stamp(at, time.RFC3339))
	assert.Empty(t, Stamp(time.Time{}, time.RFC3339))
	assert.Empty(t, Stamp(time.Unix(1<<55, 0), time.RFC3339))
}

func TestHostile(t *testing.T) {
	for _, r := range "\x00\x1b\n\t\x7f\u0085\u009b\u00ad\u061c\u200b\u200d\u200f\u2028\u2029\u202a\u202e\u2060\u2066\u2069\ufeff\U000e0041" {
		assert.True(t, Hostile(r), "%U", r)
	}
	for _, r := range "a ~äß\u00a0日😀\u0301\ufffd" {
		assert.False(t, Hostile(r), "%U", r)
	}
}

// FuzzPut proves that the text is valid JSON for the same string, without a character that is hostile and without a
// workflow command.
func FuzzPut(f *testing.F) {
	f.Add("\x1b[31m\u202e##[error]x\n::error::y \xff \u2028 \U000e0041")
	f.Add("##\u0301[add-mask]")
	f.Add(strings.Join([]string{"pk", "0123456789abcdef0123456789abcdef01"}, "_"))
	f.Fuzz(func(t *testing.T, s string) {
		var out bytes.Buffer
		w := New(&out)
		w.Put("", s)
		require.NoError(t, w.Flush())
		text := out.String()
		assert.True(t, utf8.ValidString(text))
		assert.NotContains(t, text, "##[")
		assert.Equal(t, len(text)-1, strings.IndexFunc(text, Hostile), "a hostile character is in it")
		var back string
		require.NoError(t, json.Unmarshal(out.Bytes(), &back))
		if !strings.Contains(s, "pk_") {
			assert.Equal(t, string([]rune(s)), back)
		}
	})
}

// TestIndent compares with json.Indent.
func TestIndent(t *testing.T) {
	for _, v := range []any{
		nil, 1, "", "a\\", `\"{[,:]}`, []int{}, map[string]any{}, []any{map[string]any{}, []any{}, []int{1, 2}},
		map[string]any{"a": map[string]any{"b:": []any{"\\\"", "é\n", nil, true}, "c": -1.5e9}, "d": []any{[]any{[]any{}}}},
	} {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		var want bytes.Buffer
		require.NoError(t, json.Indent(&want, text, "    ", "  "))
		assert.Equal(t, want.String(), string(indent(nil, text, "    ")))
	}
}

// TestPutEach: what is written at once is what Put writes one by one, and an error ends it.
func TestPutEach(t *testing.T) {
	write := func(n int, each bool) string {
		var out bytes.Buffer
		w := New(&out)
		w.Open("", '{')
		w.Open("a", '[')
		if each {
			w.PutEach(n, func(i int) any { return map[string]int{"i": i} })
		} else {
			for i := range n {
				w.Put("", map[string]int{"i": i})
			}
		}
		w.Close()
		w.Close()
		require.NoError(t, w.Flush())
		return out.String()
	}
	for _, n := range []int{0, 1, atOnce - 1, atOnce, atOnce + 1, 20*atOnce + 7} {
		assert.Equal(t, write(n, false), write(n, true), n)
	}
	w := New(&bytes.Buffer{})
	w.Open("", '[')
	w.PutEach(10_000, func(i int) any {
		if i == 300 {
			return func() {}
		}
		return i
	})
	assert.ErrorContains(t, w.Flush(), "write an element as JSON")
}
