package gitstore

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Single objects are read without loading the store: loose ones, deltas, what alternates have. What is damaged is not
// taken for right.
func TestLookUp(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			r := newRepo(t, "--object-format="+format)
			text := strings.Repeat("a line of a file that grows\n", 200)
			for i := range 12 {
				text += fmt.Sprintln("line", i)
				r.commit("a.txt", text)
			}
			r.git("repack", "-adq", "--depth=50")
			r.commit("b.txt", "loose")
			deltas := 0
			for line := range strings.Lines(r.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype) %(deltabase)")) {
				f := strings.Fields(line)
				if strings.Trim(f[2], "0") != "" {
					deltas++
				}
				id, err := ParseID(f[0])
				require.NoError(t, err)
				s := r.open()
				typ, data, err := s.Read(id)
				require.NoError(t, err)
				assert.False(t, s.loaded.Load(), line)
				assert.Equal(t, f[1], typ.String())
				assert.True(t, id.names(typ, data))
				typ, again, ok := s.lookUp(id)
				assert.True(t, ok)
				assert.Equal(t, f[1], typ.String())
				assert.Equal(t, data, again)
			}
			assert.Greater(t, deltas, 5)

			s := r.open()
			_, _, err := s.Read(makeID(make([]byte, s.idLen)))
			require.ErrorIs(t, err, ErrMissing)
			assert.True(t, s.loaded.Load(), "only a store that is loaded can say so")

			// Each byte of a pack's index and of the pack can be wrong, and what is read is right or not read.
			id := r.id("HEAD~1:a.txt")
			for _, suffix := range []string{"idx", "pack"} {
				name := r.path(".git/objects/pack/" + r.onlyPack() + "." + suffix)
				good, err := os.ReadFile(name)
				require.NoError(t, err)
				require.NoError(t, os.Chmod(name, 0o600))
				for at := 0; at < len(good); at += 1 + len(good)/300 {
					bad := append([]byte(nil), good...)
					bad[at] ^= 0x55
					require.NoError(t, os.WriteFile(name, bad, 0o600))
					s := r.open()
					if typ, data, ok := s.lookUp(id); ok {
						require.True(t, id.names(typ, data), at)
					}
					require.NoError(t, s.Close())
				}
				require.NoError(t, os.WriteFile(name, good[:len(good)/2], 0o600))
				s := r.open()
				if typ, data, ok := s.lookUp(id); ok {
					require.True(t, id.names(typ, data))
				}
				require.NoError(t, os.WriteFile(name, good, 0o600))
			}
		})
	}
}

// onlyPack names the one pack.
func (r *repo) onlyPack() string {
	r.t.Helper()
	entries, err := os.ReadDir(r.path(".git/objects/pack"))
	require.NoError(r.t, err)
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".pack"); ok {
			return name
		}
	}
	r.t.Fatal("there is no pack")
	return ""
}

func TestSplitAlternates(t *testing.T) {
	t.Parallel()
	sep := string(os.PathListSeparator)
	for list, want := range map[string][]string{
		"":                                 nil,
		"/a":                               {"/a"},
		"/a" + sep + "/b":                  {"/a", "/b"},
		`"/a` + sep + `b"` + sep + "/c":    {"/a" + sep + "b", "/c"},
		`"/tab\t\"\303\274"` + sep + `"/d`: {"/tab\t\"ü", `"/d`},
		sep + "/a" + sep:                   {"", "/a"},
	} {
		assert.Equal(t, want, SplitAlternates(list), list)
	}
}
