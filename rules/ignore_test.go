package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNearest(t *testing.T) {
	for id, want := range map[string]string{
		"track_token": "track-token", "loader-companyid": "loader-company-id", "Hardcoded-Private-Key": "hardcoded-private-key",
		"hardcoded": "hardcoded-private-key", "shared-keys": "shared-key",
	} {
		assert.Equal(t, want, Nearest(id).ID, id)
	}
	assert.NotNil(t, Nearest(""))
	assert.NotNil(t, Nearest(strings.Repeat("x", 1<<20)))
	assert.Equal(t, 3, distance("kitten", "sitting"))
}
