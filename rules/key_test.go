package rules

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func find(text string) []string {
	found := []string{}
	for c := range Find([]byte(text), 0, len(text)) {
		found = append(found, text[c.Start:c.End])
	}
	return found
}

func TestFindRespectsItsRange(t *testing.T) {
	key := fill("{site}")
	text := []byte("  " + key + "  ")
	for from := range len(text) + 1 {
		for to := from; to <= len(text); to++ {
			n := 0
			for range Find(text, from, to) {
				n++
			}
			want := 0
			if from <= 2 && to > 2 {
				want = 1
			}
			require.Equal(t, want, n, "%d %d", from, to)
		}
	}
}

func TestForms(t *testing.T) {
	for text, want := range map[string]struct {
		form   Form
		public string
		slot   bool
	}{
		fill("{site}"):  {Site, "AbC123", false},
		fill("{hex}"):   {Hex, "", false},
		fill("{doc}"):   {Documented, "", false},
		fill("{alpha}"): {Documented, "", true},
	} {
		for c := range Find([]byte(text), 0, len(text)) {
			assert.Equal(t, want.form, c.Key.Form())
			assert.Equal(t, want.public, c.Key.PublicKey())
			assert.Equal(t, want.slot, c.NeedsSlot())
			assert.True(t, c.Key.Raw() == text)
			assert.LessOrEqual(t, len(text), MaxKeyLen)
		}
	}
}

// Random bodies are never taken for placeholders.
func TestRealKeysAreNoPlaceholders(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	body := make([]byte, bodyLen)
	for range 300_000 {
		for i := range body {
			body[i] = "0123456789abcdef"[random.IntN(16)]
		}
		require.False(t, placeholder(Hex, string(body)), "%s", body)
	}
}

// decoys are strings that look like Klaviyo's keys and are not: testdata/decoys.txt, with what each is.
func decoys(t *testing.T) []string {
	t.Helper()
	f, err := os.Open("testdata/decoys.txt")
	require.NoError(t, err)
	defer f.Close()
	var all []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if text, comment, ok := strings.Cut(lines.Text(), "\t"); ok {
			require.NotEmpty(t, comment)
			all = append(all, text)
		}
	}
	require.NoError(t, lines.Err())
	require.Greater(t, len(all), 50)
	return all
}

func TestDecoysAreNoFindings(t *testing.T) {
	slots := []string{
		"%s", "\n%s\n", `"%s"`, "KLAVIYO_PUBLIC_KEY=%s", `token: "%s" // klaviyo.com/api/track`, `_learnq.push(['account', '%s'])`,
		`https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=%s"`, `https%%3A%%2F%%2Fa.klaviyo.com%%2F%%3Fcompany_id%%3D%s`,
		`"\n%s\n"`, `klaviyo.initialize("%s")`, "NEXT_PUBLIC_KLAVIYO_KEY=%s", "Authorization: Klaviyo-API-Key %s",
	}
	for _, decoy := range decoys(t) {
		for _, slot := range slots {
			text := fmt.Sprintf(slot, decoy)
			for c := range Find([]byte(text), 0, len(text)) {
				assert.Nil(t, Claim(c, Resolve([]byte(text), c, BrowserFile)), "%q", text)
			}
		}
	}
}

func TestKeyMasksItself(t *testing.T) {
	raw := fill("{site}")
	key := NewKey(Site, raw)
	type record struct {
		Key    Key
		hidden Key
		list   []Key
	}
	r := record{key, key, []Key{key}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%10.3s", "%p"} {
		for _, v := range []any{key, &key, r, &r, []Key{key}, map[string]Key{"a": key}, fmt.Errorf("x %v", key)} {
			shown := fmt.Sprintf(verb, v)
			assert.NotContains(t, shown, raw[10:], verb)
			assert.NotContains(t, shown, fmt.Sprintf("%x", raw[10:]), verb)
		}
	}
	for _, v := range []any{key, r, map[string]any{"a": key}} {
		out, err := json.Marshal(v)
		require.NoError(t, err)
		assert.NotContains(t, string(out), raw[10:])
	}
	assert.Equal(t, "pk_****10fe", NewKey(Site, raw[:len(raw)-4]+"10fe").String())
	assert.Equal(t, "pk_****", Key{}.String())
	assert.Empty(t, NewKey(Site, "short").PublicKey())
	assert.Len(t, key.Fingerprint("a"), 32)
	assert.NotEqual(t, key.Fingerprint("a"), key.Fingerprint("b"))
}
