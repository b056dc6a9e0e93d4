package rules

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMask(t *testing.T) {
	hex, site := fill("{hex}"), fill("{site}")
	body, alnum := hex[len(prefix):], fill("{doc}")[len(prefix):]
	for in, want := range map[string]string{
		"":                      "",
		"pk_ plain":             "pk_ plain",
		"a " + hex + " b":       "a pk_****ef01 b",
		"x" + hex + "/" + site:  "xpk_****ef01/pk_****ef01",
		"a_" + hex + "_idx.sql": "a_pk_****ef01_idx.sql",
		hex + hex:               "pk_****ef01",
		"pk_your_key_here":      "pk_your_key_here",
		"pk_users pk_" + hex:    "pk_users pk_****ef01",
		"pk_x_" + body + "_y":   "pk_****01_y",
		"pk_" + body[:30]:       "pk_****cdef"[:7] + body[26:30],

		// The prefix is written apart or encoded.
		`"pk_" + "` + body + `"`:                 `"pk_" + "****ef01"`,
		`"pk_AbC123_" + "` + body + `"`:          `"pk_AbC123_" + "****ef01"`,
		"%70k_" + body:                           "%70k_****ef01",
		"%70k_" + body + "0":                     "%70k_****f010",
		"%70k_" + alnum:                          "%70k_****stu4",
		"pk%5F" + body:                           "pk%5F****ef01",
		"pk%5f" + body:                           "pk%5f****ef01",
		"pk%255f" + body:                         "pk%255f****ef01",
		`pk\u005f` + body:                        `pk\u005f****ef01`,
		`pk\x5fAbC123\x5f` + body:                `pk\x5fAbC123\x5f****ef01`,
		"pk_AbC123%5f" + body:                    "pk_AbC123%5f****ef01",
		"pk%5F" + alnum:                          "pk%5F****stu4",
		`"pk_\u0022 + \u0022` + body + `\u0022"`: `"pk_\u0022 + \u0022****ef01\u0022"`,
		"%22pk_%22+%22" + body + "%22":           "%22pk_%22+%22****ef01%22",
		"x" + body + "y":                         "x****ef01y",
		"_" + hex + "_":                          "_pk_****ef01_",
		"_" + prefix + alnum + "_":               "_pk_****stu4_",

		// Hashes stay.
		"md5 " + body[:32]:                       "md5 " + body[:32],
		"commit " + body + "012345":              "commit " + body + "012345",
		"sha256:" + strings.Repeat(body, 2)[:64]: "sha256:" + strings.Repeat(body, 2)[:64],
		"u005f" + body:                           "u005f" + body,
	} {
		assert.Equal(t, want, Mask(in))
		assert.Equal(t, want, Mask(want), "masked twice")
	}
}

func FuzzMaskLeavesNoKey(f *testing.F) {
	f.Add("a", "b")
	f.Add("pk_", "pk_")
	f.Add(fill("{hex}"), "_x")
	f.Fuzz(func(t *testing.T, left, right string) {
		for _, form := range []string{"{hex}", "{site}"} {
			masked := Mask(left + fill(form) + right)
			if strings.Contains(masked, fill(form)) || strings.Contains(masked, fill(form)[4:len(fill(form))-4]) {
				t.Errorf("%q", masked)
			}
			if Mask(masked) != masked {
				t.Errorf("masked twice: %q", masked)
			}
		}
	})
}

// BenchmarkMask masks a megabyte in one word: it is read once, however many prefixes it has.
func BenchmarkMask(b *testing.B) {
	body := fill("{hex}")[len(prefix):]
	for i, word := range []string{prefix, prefix + "0", prefix + body[:31], body, "%70k_" + body, body + "_"} {
		text := strings.Repeat(word, 1<<20/len(word))
		b.Run(strconv.Itoa(i), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				_ = Mask(text)
			}
		})
	}
}
