package scanner

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/rules"
)

func TestProject(t *testing.T) {
	for file, want := range map[string]string{
		".env": "", "src/a.js": "", "a.js": "", "lib/apps/x/.env": "", "any/dir/.env": "",
		"apps/web/.env": "apps/web", "apps/web/src/a.js": "apps/web", "Apps/Web/Src/a.js": "Apps/Web",
		"code/services/mail/config/a.yml": "code/services/mail", "apps/.env": "", "apps/src/a.js": "",
		"apps/users/models.py": "", "services/klaviyo/client.js": "", "themes/dawn/layout/theme.liquid": "themes/dawn",
		"backend/a.py": "backend", "backend/apps/users/.env": "backend", "x/backend/a.py": "",
	} {
		assert.Equal(t, want, project(file), file)
	}
	for file, want := range map[string]bool{
		"apps/web/.env": false, "docs/a.js": true, "apps/web/test/a.js": true, "a.md": true, "apps/web/.env.example": true,
		"a.spec.ts": true, "contest/a.js": false,
	} {
		assert.Equal(t, want, forShow(file), file)
	}
}

// Many places of one key are named in few words.
func TestSharedKeyNamesFew(t *testing.T) {
	var blobs list
	for _, name := range strings.Fields("a b c d e f") {
		for _, file := range []string{".env", "src/x.py"} {
			blobs = append(blobs, Blob{Path: "apps/" + name + "/" + file, Data: []byte("key = '" + hexKey + "'")})
		}
	}
	shared := 0
	for _, f := range Scan(t.Context(), blobs, Options{}).Findings {
		if f.Rule != rules.SharedKey {
			continue
		}
		shared++
		assert.Equal(t, 3, strings.Count(f.Detail, "line"), f.Detail)
		assert.Contains(t, f.Detail, "; elsewhere.")
		assert.Contains(t, f.Message(), f.Detail)
		assert.NotContains(t, f.Message(), rules.Rotation)
	}
	assert.Equal(t, 10, shared, "each place of the later projects")
}

func TestAccountMismatch(t *testing.T) {
	text := "KLAVIYO_PRIVATE_KEY=" + siteKey
	scan := func(path, text string, public ...string) []string {
		r := Scan(t.Context(), list{{Path: path, Data: []byte(text)}}, Options{Policies: []*Policy{{PublicKeys: public}}})
		return standing(r)
	}
	require.Equal(t, []string{"hardcoded-private-key"}, scan(".env", text))
	assert.Equal(t, []string{"hardcoded-private-key"}, scan(".env", text, "AbC123"))
	assert.Equal(t, []string{"hardcoded-private-key"}, scan(".env", text, "XyZ987", "AbC123"))
	assert.Equal(t, []string{"account-mismatch", "hardcoded-private-key"}, scan(".env", text, "XyZ987"))
	assert.NotContains(t, scan("test/.env", text, "XyZ987"), "account-mismatch")
	beside := text + "\nKLAVIYO_COMPANY_ID=XyZ987\n"
	assert.Contains(t, scan(".env", beside), "account-mismatch")
	assert.NotContains(t, scan(".env", beside+"KLAVIYO_SITE_ID=AbC123\n"), "account-mismatch")
}
