// This file fuzzes the texts beside the objects: refs, reflogs, the configuration, .git files, alternates.

package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzRefs decodes packed-refs and a loose ref, and encodes packed-refs again.
func FuzzRefs(f *testing.F) {
	id := hashOf(BlobObject, "").String()
	f.Add([]byte("# pack-refs with: peeled\n" + id + " refs/heads/x\n^" + id + "\n"))
	f.Add([]byte(id + " refs/heads/a b\r\n" + strings.ToUpper(id) + " \xff\n" + id + "\n" + id[1:] + " refs/x\n\n"))
	f.Add([]byte("ref: refs/heads/x\n"))
	f.Add([]byte("ref:\trefs/heads/x \r\n"))
	f.Add([]byte(id + "\tnot-for-merge\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var out strings.Builder
		refs := map[string]ID{}
		n := 0
		bounded(t, len(data), 64, func() {
			err := parsePackedRefs(bytes.Lines(data), 20, func(name string, id ID) {
				n++
				if name == "" || strings.Contains(name, "\n") || id.n != 20 {
					t.Fatalf("%q %s", name, id)
				}
				refs[name] = id
				fmt.Fprintf(&out, "%s %s\n", id, name)
			})
			if lines := bytes.Count(data, []byte("\n")) + 1; n > lines || err == nil && bytes.Count(data, []byte(" ")) < n {
				t.Fatalf("%d refs in %d lines: %v", n, lines, err)
			}
		})
		again := map[string]ID{}
		require.NoError(t, parsePackedRefs(bytes.Lines([]byte(out.String())), 20, func(name string, id ID) { again[name] = id }))
		require.Equal(t, refs, again)
		v, err := parseRef(data, 20)
		if err == nil && v.id.IsZero() == (v.symref == "") && !bytes.HasPrefix(data, bytes.Repeat([]byte("0"), 40)) {
			t.Fatalf("%+v", v)
		}
		if err == nil && v.symref != "" {
			same, err := parseRef([]byte("ref: "+v.symref+"\n"), 20)
			require.NoError(t, err)
			require.Equal(t, v, same)
		}
	})
}

func FuzzReflog(f *testing.F) {
	id, none := hashOf(BlobObject, "").String(), strings.Repeat("0", 40)
	f.Add([]byte(none + " " + id + " A <a> 1 +0000\tcommit\n" + id + " " + id + " A <a> 2 +0000\tamend"))
	f.Add([]byte(id + " " + id + "\n" + id + "  " + id + " x\n\n \r\nx\n"))
	f.Add([]byte(id + id[:24] + " " + id + id[:24] + " A <a> 1 +0000\t\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, idLen := range []int{20, 32} {
			var entries []ReflogEntry
			var err error
			bounded(t, len(data), 64, func() { entries, err = parseReflog(bytes.Lines(data), idLen, "HEAD") })
			var out strings.Builder
			for _, e := range entries {
				if int(e.Old.n) != idLen || int(e.New.n) != idLen {
					t.Fatalf("%+v", e)
				}
				fmt.Fprintf(&out, "%s %s A <a> 1 +0000\tx\n", e.Old, e.New)
			}
			if lines := strings.Fields(string(data)); err == nil && len(lines) > 0 && len(entries) == 0 {
				t.Fatalf("%q has no entry and no fault", data)
			}
			again, err := parseReflog(bytes.Lines([]byte(out.String())), idLen, "HEAD")
			require.NoError(t, err)
			require.Equal(t, entries, again)
		}
	})
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte("[extensions]\nobjectFormat = \"sha256\" # x\n[remote \"a\\\"b\"]\nx=y\\\nz"))
	f.Add([]byte("[core] bare = true\n[remote.old]\n\tpromisor\n[a \"\xff\"]\nb = \"c ; d\" ; e\n"))
	f.Add([]byte("\ufeff[core]\r\n\tbare=\\t\\n\\\\\r\n[x\n y = 1\n= 2\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c config
		bounded(t, len(data), 200, func() { c = parseConfig(data) })
		if len(c) > bytes.Count(data, []byte("\n"))+1 {
			t.Fatalf("%d keys", len(c))
		}
		for key, value := range c {
			c.bool(key)
			section, name, ok := strings.Cut(key, ".")
			if !ok || strings.Contains(key, "\n") {
				t.Fatalf("key %q", key)
			}
			if strings.Trim(section+name, "abcdefghijklmnopqrstuvwxyz") != "" {
				continue
			}
			// What was read is written as git writes it and read again.
			quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\b", `\b`).Replace(value)
			again := parseConfig([]byte("[" + section + "]\n\t" + name + " = \"" + quoted + "\"\n"))
			if again[key] != value {
				t.Fatalf("%s is %q, then %q", key, value, again[key])
			}
		}
	})
}

// FuzzGitFile opens a directory whose .git file says anything. It must lead to a repository or be refused.
func FuzzGitFile(f *testing.F) {
	for _, text := range []string{
		"gitdir: ../x.git\n", "gitdir: ../x.git\r\n", "gitdir:../x.git", "gitdir: .\n", "gitdir: .git\n", "gitdir:", "gitdir: \n",
		"gitdir: /\n", "gitdir: ../x.git\n\n", "gitdir: ../x.git/objects\n", "gitdir: a\x00b\n", "\xffgitdir: x",
		"gitdir: " + strings.Repeat("../", 5000) + "x\n",
	} {
		f.Add([]byte(text))
	}
	root := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		work, bare := filepath.Join(root, "w"), filepath.Join(root, "x.git")
		for _, dir := range []string{work, filepath.Join(bare, "objects"), filepath.Join(bare, "refs")} {
			require.NoError(t, os.MkdirAll(dir, 0o755))
		}
		require.NoError(t, os.WriteFile(filepath.Join(bare, "HEAD"), []byte("ref: refs/heads/main\n"), 0o644))
		name := filepath.Join(work, ".git")
		require.NoError(t, os.WriteFile(name, data, 0o644))
		target, err := readGitFile(name)
		if err == nil && (!filepath.IsAbs(target) || filepath.Clean(target) != target || !bytes.HasPrefix(data, []byte("gitdir:"))) {
			t.Fatalf("%q is read as %q", data, target)
		}
		s, openErr := Open(work, Env{})
		if openErr != nil {
			return
		}
		defer s.Close()
		if err != nil || s.GitDir != target || s.WorkTree == "" {
			t.Fatalf("%q opens %+q", data, s.GitDir)
		}
		s.Refs()
		s.Reflog()
		_, headErr := s.Index()
		require.Error(t, headErr)
		require.False(t, errors.Is(headErr, ErrNotRepository))
	})
}

// FuzzAlternates lists the object directories of a store that borrows from anywhere.
func FuzzAlternates(f *testing.F) {
	for _, text := range []string{
		"../other\n", "# x\n\n../other\n../other/\n", "\"../oth\\145r\"\n\"../other\n", "../objects\r\n", "/\n", ".\n..\n", "a\x00b\n", "\"\n",
		`"\x00"` + "\n", "\"\\777\"\n", strings.Repeat("../other/../other/", 500),
	} {
		f.Add([]byte(text))
	}
	root := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		own, other := filepath.Join(root, "x.git", "objects"), filepath.Join(root, "x.git", "other")
		for _, dir := range []string{own + "/info", other + "/info", filepath.Join(root, "x.git", "refs")} {
			require.NoError(t, os.MkdirAll(dir, 0o755))
		}
		require.NoError(t, os.WriteFile(filepath.Join(root, "x.git", "HEAD"), []byte("ref: refs/heads/main\n"), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(own, "info", "alternates"), data, 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(other, "info", "alternates"), data, 0o644)) // it borrows as well
		s, err := Open(filepath.Join(root, "x.git"), Env{})
		require.NoError(t, err)
		defer s.Close()
		dirs := s.objectDirs()
		require.Equal(t, own, dirs[0])
		var real []string
		for _, dir := range dirs {
			at, err := filepath.EvalSymlinks(dir)
			require.NoError(t, err)
			require.True(t, isDir(at), "%q", at)
			require.NotContains(t, real, at, "listed twice")
			real = append(real, at)
		}
		said := problems(s)
		// Each line is a directory, or a problem, or nothing.
		for line := range strings.Lines(string(data)) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" {
				continue
			}
			name, err := unquoteAlternate(line)
			if err != nil {
				require.Contains(t, said, "not quoted well")
				continue
			}
			if line[0] != '#' && !slices.Contains(real, filepath.Clean(absFrom(own, name))) {
				require.True(t, said != "" || isDir(absFrom(own, name)))
			}
			// What git quotes is read again.
			if again, err := unquoteAlternate(quoteC(name)); err != nil || again != name {
				t.Fatalf("%q is read as %q: %v", name, again, err)
			}
		}
	})
}

// quoteC quotes as git does.
func quoteC(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(rune(c)))
		case c < 0x20 || c >= 0x7f:
			b.WriteString(fmt.Sprintf(`\%03s`, strconv.FormatInt(int64(c), 8)))
		default:
			b.WriteByte(c)
		}
	}
	return `"` + b.String() + `"`
}
