package scanner

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Neither a key nor what decodes to one stands in anything that a report says, wherever it came from.
func TestReportsHoldNoEncodedKey(t *testing.T) {
	other := manyKeys(1, func(k string) string { return k })
	for name, encoded := range map[string]string{
		"base64": b64(hexKey), "hex": hex.EncodeToString([]byte(hexKey)), "gzip": b64(gz(hexKey)),
		"percent": strings.ReplaceAll(url.QueryEscape(hexKey), "_", "%5F"), "split": hexKey[:20] + `" + "` + hexKey[20:],
	} {
		for _, text := range []string{
			`klaviyo.init("%s", "` + other + `")`,
			`{ "%s": "` + other + `" }`,
			`fetch("https://a.klaviyo.com/api/track?x=1&%s=` + other + `")`,
			`const k = "%s"; // ` + mark + ` loader-company-id false alarm`,
			`k = "` + other + `"; // ` + mark + ` hardcoded-private-key reason is "%s"`,
			`fetch("https://a.klaviyo.com/api/%s/?company_id="); // ` + other,
			`{"a": "%s", "k": "` + other + `"}`,
		} {
			text = fmt.Sprintf(text, encoded)
			r := Scan(t.Context(), list{
				{Path: "assets/" + encoded + ".js", Data: []byte(text)},
				{Path: "a.zip", Data: []byte(zipped("d/"+encoded+".js", text))},
			}, Options{})
			assert.NotEmpty(t, r.Findings)
			said := fmt.Sprintf("%+v", *r)
			for _, piece := range strings.Split(encoded, `" + "`) {
				assert.NotContains(t, said, piece, "%s in %s", name, text)
			}
		}
	}
}

// What is encoded in base64 between the parts of a name is hidden too, for the slashes and dashes there are digits of base64;
// to hide it once more changes nothing.
func TestConcealInNames(t *testing.T) {
	noise := rand.New(rand.NewPCG(1, 2))
	long := strings.Repeat("and/on/", 30) + "and"
	for name, encode := range map[string]func(string) string{
		"base64": b64, "twice": func(k string) string { return b64(b64(k)) }, "of hex": func(k string) string { return b64(hex.EncodeToString([]byte(k))) },
		"gzip": func(k string) string { return b64(gz(k)) }, "zip": func(k string) string { return b64(zipped("a", k)) },
		"gzip twice": func(k string) string { return b64(b64(gz(k))) },
	} {
		for range 20 {
			key := fmt.Sprintf("pk_%016x%016x%02x", noise.Uint64(), noise.Uint64(), noise.IntN(256))
			encoded := encode(key)
			for _, around := range []string{
				"%s", "refs/heads/%s", "refs/heads/feature-%s", "a_%s_b", "x/%s/y", "https://github.com/o/%s", long + "/%s", long + "/%s/" + long,
			} {
				concealed := Conceal(fmt.Sprintf(around, encoded))
				for i := range len(encoded) - 16 {
					assert.NotContains(t, concealed, encoded[i:i+16], "%s in %s", name, around)
				}
				assert.Equal(t, concealed, Conceal(concealed))
			}
		}
	}
	for _, plain := range []string{
		"refs/heads/" + strings.Repeat("0123456789abcdef", 4), "src/" + long, "node_modules/@babel/helper-create-class-features-plugin/README.md",
		"refs/heads/PneumonoultramicroscopicsilicovolcanoconiosisAndMore", "a/H4sI/UEsDB/b/and/so/on/for/a/while",
	} {
		assert.Equal(t, plain, Conceal(plain))
	}
}

// What a text costs grows with its length, whatever it is made of.
func TestConcealIsLinear(t *testing.T) {
	for _, piece := range []string{"/H4sI", "/UEsDB", "/" + strings.Repeat("a", 43), "-" + strings.Repeat("A1", 30), "_x"} {
		least := func(n int) time.Duration {
			text, took := strings.Repeat(piece, n/len(piece)), time.Hour
			for range 3 {
				began := time.Now()
				Conceal(text)
				took = min(took, time.Since(began))
			}
			return took
		}
		short, long := least(100_000), least(800_000)
		assert.Less(t, long, 40*short+100*time.Millisecond, "%.10q: %v, %v", piece, short, long)
	}
}
