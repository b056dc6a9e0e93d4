package rules

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fill puts synthetic keys into an example's text. They are built here so that no file of the repository holds one.
func fill(text string) string {
	hex := strings.Repeat("0123456789abcdef", 3)[:bodyLen]
	return strings.NewReplacer(
		"{site}", prefix+"AbC123_"+hex,
		"{hex}", prefix+hex,
		"{doc}", prefix+"bcd123efg456hij789klm0nop123qrstu4",
		"{alpha}", prefix+"customersubscriptionpreferencehist",
		"{public}", "AbC123",
	).Replace(text)
}

// claims returns the IDs of the rules that claim the keys and words in text, the content of the file at path, in order.
func claims(path, text string) []string {
	ids := []string{}
	kind := KindOfFile(path, []byte(text))
	for c := range FindTraces([]byte(text), 0, len(text), true) {
		if r, _ := Judge([]byte(text), c, kind); r != nil {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

func TestRulesAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range All {
		assert.Regexp(t, regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`), r.ID)
		assert.False(t, seen[r.ID], "%s stands twice", r.ID)
		seen[r.ID] = true
		assert.Same(t, r, ByID(r.ID))
		assert.NotRegexp(t, `^[A-Z]|\.$`, r.Title, r.ID)
		assert.True(t, strings.HasSuffix(r.Problem, "."), r.ID)
		assert.Contains(t, r.Help, "Wrong:", r.ID)
		assert.Contains(t, r.Help, "Right", r.ID)
		assert.NotZero(t, r.Level, r.ID)
		wrong := 0
		for _, e := range r.Examples { // run in package scanner
			if !e.Right {
				wrong++
			}
		}
		assert.GreaterOrEqual(t, wrong, 3, "%s: wrong examples", r.ID)
		assert.GreaterOrEqual(t, len(r.Examples)-wrong, 3, "%s: right examples", r.ID)
		assert.Contains(t, []Kind{Misuse, Exposure, Hygiene}, r.Kind, r.ID)
	}
	claiming := slices.DeleteFunc(slices.Clone(All), func(r *Rule) bool { return r.Claims == nil })
	assert.Same(t, hardcodedPrivateKey, claiming[len(claiming)-1], "the rule that claims everything comes last")
	assert.Equal(t, claiming, All[:len(claiming)], "what is decided on the report comes behind it")
	assert.Nil(t, ByID("no-such-rule"))
}

func TestMessageNamesThePublicKey(t *testing.T) {
	site := fill("{site}")
	message := loaderCompanyID.Message(NewKey(Site, site), "", "AbC123")
	assert.Contains(t, message, "instead: AbC123.")
	assert.NotContains(t, message, site)
	require.Contains(t, loaderCompanyID.Message(NewKey(Hex, fill("{hex}")), "", ""), "6-character site ID")
}

func TestRotationSteps(t *testing.T) {
	steps := RotationText()
	require.Len(t, steps, 5)
	for _, step := range steps {
		assert.False(t, strings.ContainsAny(step, "*\n"), step)
		assert.True(t, strings.HasSuffix(step, "."), step)
	}
	assert.Contains(t, steps[3], "Settings > API keys, with a label that names the integration and")
}
