package scanner

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

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
