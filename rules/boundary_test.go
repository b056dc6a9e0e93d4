package rules

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFindAtEveryBoundary(t *testing.T) {
	left := []string{
		"", " ", "=", `"`, "'", "(", "/", "-", "é", "\n", "%3D", "%22", "%20", "%253D", `\n`, `\t`, `\r`, `\u003d`, `\u0022`,
		`\x22`, `\x3d`, "=3D", "KLAVIYO_", "klaviyo_", ">", "&quot;", "&#61;", "\\\\n",
		"\x1b[32m", "\x1b[1;38;5;208m", `\x1b[1m`, `\033[32m`, `\u001b[32m`, `\u001B[0m`, `\e[32m`, `\\u001b[32m`, "%1B[1m",
		`\u201c`, `\u2022`, `\ufeff`, `\ud83d\udd11`, `\u{1F511}`, `\U0001F511`, `\xe2\x80\x9c`, "%E2%80%9C", "%u201c",
		`\075`, `\012`, `\047`, `\0`, "%5Cn", "%5Ct", `\u005cn`, `\x5Cr`, "%255Cn", "%25253D", "%2525252525253D", "=0A", "=22",
		"KLAVIYO_KEY_", "klaviyo_key_", "token_", "API_TOKEN_", "apiKey_", `\nkey_`, "klaviyo%5F",
	}
	right := []string{"", " ", `"`, "'", "%22", `\n`, `\u0026`, "&amp;", "-", ".", "/", "<", ")", "é", "\x00"}
	for _, form := range []string{"{site}", "{hex}", "{doc}", "{alpha}"} {
		key := fill(form)
		for _, l := range left {
			for _, r := range right {
				assert.Equal(t, []string{key}, find(l+key+r), "%q %q", l, r)
				assert.Equal(t, []string{key, key}, find(l+key+r+" "+l+key+r), "%q %q", l, r)
			}
		}
		for _, l := range []string{
			"a", "T", "live_", "test_", "users_", "dub_", "egy_", "9", "_", "%41", `\x41`, "=61", "a3D", `\u0061`, `\141`, "%2541",
			"[32m", "u201c", "%5Fa", "key", "token", `\nlive_`, "key_a",
			"token_live_", "key_test_", "KLAVIYO_users_", "foreign_key_users_", "monkey_live_", "monkey_", "tokens_", "private_",
		} {
			assert.Empty(t, find(l+key), "%q", l)
		}
		for _, r := range []string{"0", "g", "Z", "_", "_idx", "01"} {
			assert.Empty(t, find(key+r), "%q", r)
		}
	}
}

func TestFindInEmphasis(t *testing.T) {
	for _, form := range []string{"{site}", "{hex}", "{doc}"} {
		key := fill(form)
		for _, text := range []string{"_%s_", "__%s__", "the key is _%s_, keep it", "**_%s_**", `"# x\n_%s_"`, "(__%s__)"} {
			text = fmt.Sprintf(text, key)
			assert.Equal(t, []string{key}, find(text), text)
		}
		for _, text := range []string{"_%s", "%s_", "__%s_", "_%s__", "a_%s_", "_%s_a", "__%s__init", "live_%s_"} {
			text = fmt.Sprintf(text, key)
			assert.Empty(t, find(text), text)
		}
	}
}

// In a row of a database, a key stands between other texts without anything that separates them.
func TestKeysInRecords(t *testing.T) {
	for text, want := range map[string]int{
		"\x04\x33\x57klaviyo_private_key{hex}":      1,
		"\x04\x33\x57klaviyo_private_key{hex}Notes": 1,
		"\x04\x33\x57{hex}Notes":                    1,
		"\x04\x33\x57klaviyo_private_key{site}zoo":  1,
		"\x04\x33\x57klaviyo_private_key{hex}a":     0,
		"\x04live_{hex}":                            0,
		"klaviyo_private_key{hex}":                  0,
		"\x1b[32mklaviyo_private_key{hex}":          0,
	} {
		text := []byte(fill(text))
		found := 0
		for range Find(text, 0, len(text)) {
			found++
		}
		assert.Equal(t, want, found, "%q", text)
	}
}
