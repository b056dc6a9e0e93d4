package source

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Where git cut a message off is found, and no more is taken for it.
func TestScissors(t *testing.T) {
	long := strings.Repeat("x", 10000)
	for _, c := range []struct{ name, text, kept string }{
		{"nothing", "", ""},
		{"no scissors", "subject\n\nbody", "subject\n\nbody"},
		{"a diff", "subject\n#" + cutLine + "\n# do not modify\ndiff --git a/a b/a\n-x\n", "subject\n"},
		{"a merge's diff", "#" + cutLine + "\ndiff --cc a\n", ""},
		{"comments alone", "subject\n#" + cutLine + "\n# do not modify\n\n#\tmodified: a", "subject\n"},
		{"a longer prefix", "subject\n//" + cutLine + "\n// do not modify\ndiff --git a/a b/a\n", "subject\n"},
		{"long lines", long + "\n#" + cutLine + "\n#" + long + "\ndiff --git " + long + "\n" + long, long + "\n"},
		{"text below", "subject\n#" + cutLine + "\ntext\ndiff --git a/a b/a\n", ""},
		{"other comments below", "subject\n#" + cutLine + "\n; text\n", ""},
		{"within a line", "subject #" + long + cutLine + "\n", ""},
		{"no prefix", cutLine + "\n# do not modify\n", ""},
		{"no line end", "subject\n#" + cutLine, ""},
	} {
		cut, err := scissors(strings.NewReader(c.text))
		require.NoError(t, err, c.name)
		if c.kept == "" && !strings.HasPrefix(c.text, "#") || c.kept == c.text {
			assert.EqualValues(t, -1, cut, c.name)
		} else {
			assert.EqualValues(t, len(c.kept), cut, c.name)
		}
	}
	broken := errors.New("broken")
	_, err := scissors(iotest.ErrReader(broken))
	assert.ErrorIs(t, err, broken)
}
