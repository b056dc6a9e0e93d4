package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPublicKeysNear(t *testing.T) {
	for text, want := range map[string][]string{
		"KLAVIYO_PUBLIC_KEY=AbC123\nKLAVIYO_PRIVATE_KEY={site}":                            {"AbC123"},
		"KLAVIYO_PRIVATE_KEY={site}\nKLAVIYO_LIST_ID=XyZ987\nKLAVIYO_SITE_ID=Qw12er":       {"Qw12er"},
		`{"klaviyo": {"siteId": "AbC123", "apiKey": "{site}"}}`:                            {"AbC123"},
		"klaviyo.js?company_id=AbC123 KLAVIYO_COMPANY_ID=AbC123 static.klaviyo.com {site}": {"AbC123"},
		"KLAVIYO_PUBLIC_KEY=string\nKLAVIYO_PRIVATE_KEY={site}":                            nil,
		"KLAVIYO_PUBLIC_KEY=\nKLAVIYO_PRIVATE_KEY={site} AbC123":                           nil,
	} {
		text := []byte(fill(text))
		for c := range Find(text, 0, len(text)) {
			assert.Equal(t, want, PublicKeysNear(text, c), "%s", text)
		}
	}
}
