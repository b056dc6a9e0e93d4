package source

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// git runs git in dir, with no configuration but the repository's.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "HOME="+dir,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "git %v: %s", args, out)
	return string(out)
}

// put writes files: path, content, path, content, …
func put(t *testing.T, dir string, files ...string) {
	t.Helper()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(dir, filepath.FromSlash(files[i]))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
		require.NoError(t, os.WriteFile(name, []byte(files[i+1]), 0o600))
	}
}

// paths lists what a source yields, and what it could not read with the reason.
func paths(t *testing.T, src scanner.Source) (read, failed []string) {
	t.Helper()
	var mu sync.Mutex
	err := src.Walk(t.Context(), func(b scanner.Blob) error {
		mu.Lock()
		defer mu.Unlock()
		if b.LeftOut != 0 {
			return nil
		}
		if b.Err != nil {
			failed = append(failed, b.Path+": "+b.Err.Error())
		} else {
			read = append(read, b.Path)
		}
		return nil
	})
	require.NoError(t, err)
	sort.Strings(read)
	sort.Strings(failed)
	return read, failed
}

func TestDirYieldsEveryFile(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "1", "b/c", "2", "b/.hidden", "3", ".git/config", "4", "b/d/e/f", "", "w\x1b[31m\nx", "5")
	read, failed := paths(t, &Dir{Root: dir})
	assert.Empty(t, failed)
	for i := range read {
		read[i], _ = strings.CutPrefix(read[i], filepath.ToSlash(dir)+"/")
	}
	assert.Equal(t, []string{"a", "b/.hidden", "b/c", "b/d/e/f", "w\x1b[31m\nx"}, read)
}

func TestDirPathsBeginAsTheUserWroteThem(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, ".", "x/a", "1")
	for root, want := range map[string]string{".": "x/a", "x": "x/a", "./x/": "x/a", "x/../x": "x/a"} {
		read, _ := paths(t, &Dir{Root: root})
		assert.Equal(t, []string{want}, read, root)
	}
}

func TestDirFollowsNoLink(t *testing.T) {
	outside := t.TempDir()
	put(t, outside, "secret", hexKey)
	dir := t.TempDir()
	put(t, dir, "a", "1")
	for name, target := range map[string]string{
		"out": outside, "file": filepath.Join(outside, "secret"), "up": "..", "loop": "loop", "zero": "/dev/zero", "key": siteKey,
	} {
		require.NoError(t, os.Symlink(target, filepath.Join(dir, name)))
	}
	r := scan(t, &Dir{Root: dir})
	assert.True(t, r.Complete())
	require.Len(t, r.Findings, 1, "a link's target is content")
	assert.Equal(t, "key", filepath.Base(r.Findings[0].Path))
	assert.Equal(t, 7, r.Stats.Files)

	byHand := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(outside, byHand))
	assert.Len(t, scan(t, &Dir{Root: byHand}).Findings, 1, "the root is followed: the user named it")
	assert.Len(t, scan(t, Files{filepath.Join(dir, "file")}).Findings, 1, "so is a file")
}

func TestDirHeedsGlobs(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, ".", "a/x.js", "1", "a/y.liquid", "2", "b/z.js", "3")
	dir := &Dir{Root: ".", Globs: Globs{Exclude: []string{"b", "**/*.liquid"}}}
	read, _ := paths(t, dir)
	assert.Equal(t, []string{"a/x.js"}, read)
	assert.Equal(t, 2, scan(t, dir).Stats.Excluded)
	read, _ = paths(t, &Dir{Root: "a", Globs: Globs{Include: []string{"x.js"}}})
	assert.Equal(t, []string{"a/x.js"}, read, "patterns are relative to the root")
}

func TestIgnoredFiles(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	git(t, dir, "init", "-q")
	put(t, ".",
		".gitignore", "node_modules/\n*.log\n!keep.log\n/top\nout/**\n!out/x\n",
		"node_modules/a.js", "1", "a.log", "2", "keep.log", "3", "top", "4", "sub/top", "5", "out/x", "6", "out/y", "7",
		"sub/.gitignore", "local\n", "sub/local", "8", "sub/deep/local", "9",
		".env", "10", ".git/info/exclude", "personal\n", "personal", "11")
	put(t, ".", "forced.log", "12", "node_modules/forced/b.js", "13", "node_modules/forced/c.js", "14")
	git(t, dir, "add", "-f", "forced.log", "node_modules/forced/b.js")

	read, failed := paths(t, &Dir{Root: "."})
	assert.Empty(t, failed)
	assert.Equal(t, []string{
		".env", ".gitignore", "forced.log", "keep.log", "node_modules/forced/b.js", "out/x", "sub/.gitignore", "sub/top",
	}, read)

	all, _ := paths(t, &Dir{Root: ".", NoIgnore: true})
	assert.Contains(t, all, "a.log")
	assert.Len(t, all, 16)

	assert.Equal(t, 8, scan(t, &Dir{Root: "."}).Stats.Ignored)
	below, _ := paths(t, &Dir{Root: "sub"})
	assert.Equal(t, []string{"sub/.gitignore", "sub/top"}, below, "ignore files above the root apply")
	asked, _ := paths(t, &Dir{Root: "node_modules"})
	assert.Equal(t, []string{"node_modules/a.js", "node_modules/forced/b.js", "node_modules/forced/c.js"}, asked,
		"an ignored directory that is asked for is scanned")
}

// Where the file system takes names for one that differ in case, or in how accents are written, git finds what it tracks
// all the same: git config says whether it does.
func TestTrackedUnderAnotherName(t *testing.T) {
	for _, setting := range []string{"core.ignorecase", "core.precomposeunicode"} {
		for _, folds := range []bool{false, true} {
			t.Run(fmt.Sprint(setting, folds), func(t *testing.T) {
				dir := t.TempDir()
				t.Chdir(dir)
				git(t, dir, "init", "-q")
				put(t, ".", "Theme/Config.js", "1", "caf\u00e9/K.js", "2", "lib/Straße.js", "3")
				git(t, dir, "add", ".")
				for _, key := range []string{"core.ignorecase", "core.precomposeunicode"} {
					git(t, dir, "config", key, fmt.Sprint(folds && key == setting))
				}
				for _, tracked := range []string{"Theme", "caf\u00e9", "lib"} {
					require.NoError(t, os.RemoveAll(tracked))
				}
				put(t, ".", "theme/config.js", "1", "theme/new.js", "4", "cafe\u0301/K.js", "2", "lib/STRASSE.js", "3",
					".gitignore", "theme/\ncaf*/\nlib/*\n")
				read, _ := paths(t, &Dir{Root: "."})
				if folds {
					assert.Equal(t, []string{".gitignore", "cafe\u0301/K.js", "lib/STRASSE.js", "theme/config.js"}, read)
				} else {
					assert.Equal(t, []string{".gitignore"}, read)
				}
			})
		}
	}
}

// Whatever patterns and files there are, Dir yields what git would track or show as untracked.
func TestIgnoreAgreesWithGit(t *testing.T) {
	parts := []string{"a", "b", "ab", "x.js", "x.ts", "{a}", "a b", "[a]", "a#", "!a"}
	globs := []string{
		"a", "/a", "a/", "a/b", "/a/b/", "*", "*.js", "/*", "!a", "!*.js", "!/a/b", "**/a", "a/**", "!a/**", "**/a/**/b", "a/*/b",
		"?", "[ab]", "[!a]", "[a-b]*", `\!a`, `\#`, "a#", "# comment", "", "a ", `a\ b`, "{a}", "**", "**/*.js", "a**b", "/**/x.*", `\[a]`, "ab/",
		"!ab/", "*/", "!*/",
	}
	for seed := range 150 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(seed), 1))
			dir := t.TempDir()
			t.Chdir(dir)
			git(t, dir, "init", "-q")
			pick := func(from []string) string { return from[random.IntN(len(from))] }
			for range 25 {
				name := pick(parts)
				for range random.IntN(4) {
					name += "/" + pick(parts)
				}
				if _, err := os.Lstat(name); err == nil {
					continue
				}
				if os.MkdirAll(filepath.Dir(name), 0o700) == nil {
					_ = os.WriteFile(name, []byte(name), 0o600)
				}
			}
			for _, where := range []string{".gitignore", "a/.gitignore", "a/b/.gitignore", ".git/info/exclude"} {
				if info, err := os.Stat(filepath.Dir(where)); err != nil || !info.IsDir() || random.IntN(3) == 0 {
					continue
				}
				text := ""
				for range 1 + random.IntN(5) {
					text += pick(globs) + pick([]string{"\n", "\n", "\r\n"})
				}
				put(t, ".", where, text)
			}
			if random.IntN(2) == 0 {
				for range 3 {
					_ = exec.Command("git", "-C", dir, "add", "-f", pick(parts)).Run()
				}
			}
			want := strings.Split(strings.TrimRight(git(t, dir, "ls-files", "-z", "-co", "--exclude-standard"), "\x00"), "\x00")
			want = slices.DeleteFunc(want, func(s string) bool { return s == "" })
			sort.Strings(want)
			want = slices.Compact(want)
			read, failed := paths(t, &Dir{Root: "."})
			assert.Empty(t, failed)
			assert.ElementsMatch(t, want, read, "patterns:\n%s", ignoreFiles(t))
		})
	}
}

func ignoreFiles(t *testing.T) string {
	t.Helper()
	text := ""
	for _, name := range []string{".gitignore", "a/.gitignore", "a/b/.gitignore", ".git/info/exclude"} {
		if data, err := os.ReadFile(name); err == nil {
			text += fmt.Sprintf("%s: %q\n", name, data)
		}
	}
	return text
}

// The report that is being written is passed over by whichever name its directory has, and nothing else is.
func TestDirOmits(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	real := filepath.Join(root, "real")
	require.NoError(t, os.MkdirAll(filepath.Join(real, "sub"), 0o755))
	for _, name := range []string{"out.json", "other.json", "sub/out.json", "OUT.json"} {
		require.NoError(t, os.WriteFile(filepath.Join(real, name), []byte(name), 0o600))
	}
	link := filepath.Join(root, "link")
	if err := os.Symlink(real, link); err != nil {
		t.Skip("links cannot be made here:", err)
	}
	if one, err := os.ReadFile(filepath.Join(real, "out.json")); err != nil || string(one) != "out.json" {
		t.Skip("names are the same in either case here")
	}
	for _, omit := range []string{filepath.Join(real, "out.json"), filepath.Join(link, "out.json")} {
		for _, dir := range []string{real, link} {
			var paths []string
			var mu sync.Mutex
			require.NoError(t, (&Dir{Root: dir, Omit: []string{filepath.Join(root, "else", "out.json"), omit}}).Walk(t.Context(), func(b scanner.Blob) error {
				mu.Lock()
				defer mu.Unlock()
				require.NoError(t, b.Err)
				paths = append(paths, strings.TrimPrefix(b.Path, filepath.ToSlash(dir)+"/"))
				return nil
			}))
			assert.ElementsMatch(t, []string{"other.json", "sub/out.json", "OUT.json"}, paths, "%s in %s", omit, dir)
		}
	}
}

// A junction of Windows leads elsewhere, and is not followed; a pipe is no link.
func TestIsLink(t *testing.T) {
	t.Parallel()
	for kind, link := range map[fs.FileMode]bool{
		fs.ModeSymlink: true, fs.ModeIrregular: true, 0: false, fs.ModeNamedPipe: false, fs.ModeSocket: false, fs.ModeDevice | fs.ModeCharDevice: false,
	} {
		assert.Equal(t, link, isLink(kind), kind)
	}
}
