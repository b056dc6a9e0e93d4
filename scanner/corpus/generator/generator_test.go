package generator

import (
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	all, err := parse("slots", "A comment.\n\n@@@ a,b web/.env forms=hex,site enc=base64+crlf bare\nK={key}\n\n@@@ + b/.env\nL=1\n\n@@@ none c.md x=3 crlf\n### heading\n")
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, template{
		source: "slots", rules: []string{"a", "b"}, forms: []string{"hex", "site"}, encodings: []string{"base64+crlf"}, variants: 1,
		files: []file{{path: "web/.env", text: "K={key}\n"}, {path: "b/.env", text: "L=1\n"}},
	}, all[0])
	assert.Equal(t, []file{{path: "c.md", text: "### heading\n", crlf: true}}, all[1].files)
	assert.Empty(t, all[1].rules)
	assert.Equal(t, 3, all[1].variants)
	for _, wrong := range []string{"@@@ none\n", "@@@ + a\n", "@@@ none a colour=red\n", "@@@ none a x=many\n"} {
		_, err := parse("slots", wrong)
		assert.ErrorContains(t, err, "header", wrong)
	}
}

// All that belongs to an account in a sample belongs to the same one; a placeholder has one value.
func TestFill(t *testing.T) {
	f := &filler{rng: rand.New(rand.NewPCG(1, 1)), form: "site", values: map[string]string{}}
	text, err := f.fill("{key} {key} {key2} {public} {other} {hex} {doc} {alpha}")
	require.NoError(t, err)
	w := strings.Fields(text)
	assert.Regexp(t, `^pk_[0-9A-Za-z]{6}_[0-9a-f]{34}$`, w[0])
	assert.Equal(t, w[0], w[1])
	assert.NotEqual(t, w[0], w[2])
	assert.Equal(t, w[3], w[0][3:9])
	assert.Equal(t, w[3], w[2][3:9])
	assert.NotEqual(t, w[3], w[4])
	assert.Regexp(t, `^pk_[0-9a-f]{34}$`, w[5])
	assert.Regexp(t, `^pk_[0-9A-Za-z]{34}$`, w[6])
	assert.Regexp(t, `^pk_[a-z]{34}$`, w[7])
}

func TestEncode(t *testing.T) {
	keys := []string{"pk_ab"}
	for chain, want := range map[string]string{
		"plain":          `f("pk_ab")`,
		"base64":         `f("` + base64.StdEncoding.EncodeToString([]byte("pk_ab")) + `")`,
		"base64+percent": `f("cGtfYWI%3D")`,
		"u-underscore":   `f("pk\u005fab")`,
		"html-all-hex":   `f("&#x70;&#x6b;&#x5f;&#x61;&#x62;")`,
		"qp-soft":        "f(\"pk=\r\n_ab\")",
		"split-prefix":   `f("pk_" + "ab")`,
		"split-middle":   `f("pk" + "_ab")`,
		"crlf":           `f("pk_ab")`,
		"utf8-bom":       "\ufeff" + `f("pk_ab")`,
		"utf16le":        "f\x00(\x00\"\x00p\x00k\x00_\x00a\x00b\x00\"\x00)\x00",
	} {
		for _, text := range []string{`f("pk_ab")`, `f("«pk_ab»")`} {
			name, data, err := encode(strings.Split(chain, "+"), "a.js", text, keys)
			require.NoError(t, err)
			assert.Equal(t, "a.js", name)
			assert.Equal(t, want, string(data), chain)
		}
	}
	name, data, err := encode([]string{"split-array", "zip"}, "assets/a.js", `f(«"pk_ab"»)`, keys)
	require.NoError(t, err)
	assert.Equal(t, "export.zip", name)
	assert.Contains(t, string(data), "assets/a.js")
	_, _, err = encode([]string{"rot13"}, "a.js", "pk_ab", keys)
	assert.ErrorContains(t, err, `unknown encoding "rot13"`)
}
