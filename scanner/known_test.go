package scanner

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// versions is a source of paths, each with a version now and one before; "" for none.
type versions map[string][2]string

func (v versions) Walk(_ context.Context, visit func(Blob) error) error {
	for path, text := range v {
		b := Blob{Path: path, Data: []byte(text[0])}
		if text[1] != "" {
			b.Before = &Before{Where: "in HEAD already", Visit: func(visit func(Blob) error) error {
				return visit(Blob{Path: path, Data: []byte(text[1])})
			}}
		}
		if err := visit(b); err != nil {
			return err
		}
	}
	return nil
}

// What was there before at the same path, of the same rule and key, is known as often as it was there.
func TestKnown(t *testing.T) {
	env := func(key string) string { return "KLAVIYO_PUBLIC_KEY=" + key + "\n" }
	line := env(hexKey)
	private := "KLAVIYO_PRIVATE_KEY=" + hexKey + "\n"
	for name, c := range map[string]struct {
		now, before  string
		fresh, known []int // lines
	}{
		"the same":               {line, line, nil, []int{1}},
		"nothing before":         {line, "", []int{1}, nil},
		"clean before":           {line, "x\n", []int{1}, nil},
		"moved":                  {"a\nb\n" + line, line, nil, []int{3}},
		"once more":              {line + line, line, []int{2}, []int{1}},
		"once more, above":       {"# \n" + private + "x=1\n" + private, "x=1\n" + private, []int{4}, []int{2}},
		"one less":               {line, line + line, nil, []int{1}},
		"the line that it was":   {private + "x" + private + private[:8] + "\n", "x" + private, []int{1}, []int{2}},
		"another rule":           {private, line, []int{1}, nil},
		"another key":            {env(siteKey), line, []int{1}, nil},
		"ignored before":         {line, line[:len(line)-1] + " # " + mark + " public-setting sample\n", []int{1}, nil},
		"an unused ignore stays": {"x # " + mark + " public-setting sample\ny\n", "x # " + mark + " public-setting sample\n", nil, []int{1}},
		"an unused ignore is new": {
			"x\ny # " + mark + " public-setting sample\n", line + "z\n", []int{2}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := Scan(t.Context(), versions{"a.env": {c.now, c.before}}, Options{Policies: []*Policy{{}}})
			var fresh, known []int
			for _, f := range r.Findings {
				if f.Suppressed == "" {
					fresh = append(fresh, f.Start.Line())
				} else {
					assert.Equal(t, AsKnown+"in HEAD already", f.Suppressed)
					known = append(known, f.Start.Line())
				}
			}
			assert.Equal(t, c.fresh, fresh)
			assert.Equal(t, c.known, known)
			assert.Equal(t, 1, r.Stats.Files, "the version before was not asked for")
			assert.True(t, r.Complete())
		})
	}
}

// What is said of several findings together is known if it could have been said before, and else it is new.
func TestKnownTogether(t *testing.T) {
	env := "KLAVIYO_PRIVATE_KEY=" + hexKey + "\n"
	one, two := "apps/one/.env", "apps/two/.env"
	told := func(v versions) []string {
		var list []string
		for _, f := range Scan(t.Context(), v, Options{}).Findings {
			list = append(list, fmt.Sprint(f.Path, " ", f.Rule.ID, " ", f.Suppressed != ""))
		}
		return list
	}
	assert.Equal(t, []string{
		one + " hardcoded-private-key true", two + " hardcoded-private-key true", two + " shared-key true",
	}, told(versions{one: {"x\n" + env, env}, two: {"x\n" + env, env}}))
	assert.Equal(t, []string{
		one + " hardcoded-private-key true", two + " hardcoded-private-key false", two + " shared-key false",
	}, told(versions{one: {"x\n" + env, env}, two: {env, ""}}))
	// The new use comes first, so the old one is where it is said that the key is shared now.
	assert.Equal(t, []string{
		one + " hardcoded-private-key false", two + " hardcoded-private-key true", two + " shared-key false",
	}, told(versions{one: {env, ""}, two: {"x\n" + env, env}}))

	// A known key that has its public key beside it keeps it: the new key is not taken for its partner.
	pair := "PUBLIC_KEY=AbC124\nPRIVATE_KEY=pk_AbC124_" + siteKey[len(siteKey)-34:] + "\n"
	other := "KLAVIYO_OTHER_KEY=pk_XyZ987_" + siteKey[len(siteKey)-34:] + "\n"
	r := Scan(t.Context(), versions{"a.env": {"# klaviyo\n" + pair + other, "# klaviyo\n" + pair}}, Options{})
	assert.Equal(t, []string{"hardcoded-private-key"}, standing(r))
}

// An earlier version that cannot be read makes nothing known, and the report no less complete.
func TestKnownUnread(t *testing.T) {
	text := "KLAVIYO_PUBLIC_KEY=" + hexKey + "\n"
	src := list{{Path: "a.env", Data: []byte(text), Before: &Before{Where: "there", Visit: func(visit func(Blob) error) error {
		return visit(Blob{Path: "a.env", Err: os.ErrNotExist})
	}}}}
	r := Scan(t.Context(), src, Options{})
	assert.True(t, r.Complete())
	require.Len(t, r.Findings, 1)
	assert.Empty(t, r.Findings[0].Suppressed)
}
