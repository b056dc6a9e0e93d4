// This file compares the reading of configurations with git's.

package gitstore

import (
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Of random configurations that git accepts, the same keys have the same values.
func TestConfigAsGit(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	rng := rand.New(rand.NewSource(1))
	pick := func(from ...string) string { return from[rng.Intn(len(from))] }
	line := func() string {
		space := pick("", " ", "\t", "  ")
		value := pick("true", "false", "sha256", "sha1", "1", "yes", "", "a b", `"a b"`, `"a ; b"`, `a"b c"d`, `\"x\"`, `a\tb`, `a\\b`,
			"a \\\n  b", "\"a \\\n  b\"", "a\\\nb", "a # b", "a;b", `"a#b" ; c`, "x  \t", `"x  "  `, "\xff", "é", "a=b", "[x]",
			"a # b\\", "a \\\n# b", `a  b`, "a\tb", "a \\\n[core]", "\"a\"\\\nb", `\\`, "a\\b", "a\r", "\"a\r\"", "a\rb", "a \r", "a\\\r\nb")
		key := pick("bare", "objectFormat", "partialClone", "promisor", "Name-2", "x")
		switch rng.Intn(14) {
		case 0:
			return "[" + pick("core", "extensions", "CORE", "remote", "a-b.C") + "]"
		case 1:
			return "[" + pick("remote", "Branch", "extensions") + pick(" ", "  ", "\t") + `"` +
				pick("origin", "O r", `a\"b`, `a\\b`, "a]b", "a\xffb", "", "a.b", `a\b`, "a#b", "a;b", "=") + `"]`
		case 2:
			return "[core]" + space + key + space + "=" + space + value
		case 3:
			return space + pick("#", ";") + "[core] " + key + "=" + value
		case 4:
			return space + key + space
		case 5:
			return ""
		case 6:
			return space + key + pick(" ; x", " # = y", "#x")
		}
		return space + key + space + "=" + space + value + pick("", "", " ", "\r")
	}
	accepted := 0
	name := filepath.Join(t.TempDir(), "config")
	for range 200 {
		text := pick("", "", "\ufeff") + pick("", "[core]\n", "[extensions]\r\n")
		for range 1 + rng.Intn(6) {
			text += line() + "\n"
		}
		if rng.Intn(5) == 0 {
			text = strings.TrimSuffix(text, "\n")
		}
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
		out, err := r.try(nil, "config", "--no-includes", "--file", name, "--list", "-z")
		if err != nil {
			continue // what git refuses may be read in any way
		}
		accepted++
		want := config{}
		for _, item := range strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00") {
			key, value, found := strings.Cut(item, "\n")
			if !found {
				value = "true"
			}
			if strings.Contains(key, ".") { // what stands before all sections has no meaning
				want[key] = value
			}
		}
		assert.Equal(t, want, parseConfig([]byte(text)), "%q", text)
	}
	assert.Greater(t, accepted, 50)
}
