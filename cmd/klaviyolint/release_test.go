package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A release is made twice from one commit, in two directories, and is the same; its archives hold what they should, and
// its program runs.
func TestRelease(t *testing.T) {
	t.Parallel()
	goreleaser, err := filepath.Abs("../../bin/goreleaser")
	require.NoError(t, err)
	if _, err := os.Stat(goreleaser); err != nil {
		if goreleaser, err = exec.LookPath("goreleaser"); err != nil {
			t.Skip("goreleaser is not here: make goreleaser builds it, in some minutes")
		}
	}
	tree := commitTree(t)
	first, second := makeRelease(t, goreleaser, tree, "one"), makeRelease(t, goreleaser, tree, "another place")
	names := artifacts(t, first)
	assert.Equal(t, names, artifacts(t, second))
	sums, err := os.ReadFile(filepath.Join(first, "checksums.txt"))
	require.NoError(t, err)
	kinds := map[string]int{}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(first, name))
		require.NoError(t, err)
		again, err := os.ReadFile(filepath.Join(second, name))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(data, again), "%s is another one when it is made again", name)
		if name != "checksums.txt" {
			sum := sha256.Sum256(data)
			assert.Contains(t, string(sums), hex.EncodeToString(sum[:])+"  "+name+"\n")
		}
		kinds[filepath.Ext(name)]++
	}
	assert.Equal(t, map[string]int{".gz": 4, ".zip": 2, ".deb": 2, ".rpm": 2, ".apk": 2, ".txt": 1}, kinds)
	for _, file := range []string{"homebrew/Casks/klaviyolint.rb", "scoop/klaviyolint.json"} {
		assert.FileExists(t, filepath.Join(first, file))
	}
	cask, err := os.ReadFile(filepath.Join(first, "homebrew/Casks/klaviyolint.rb"))
	require.NoError(t, err)
	pages := regexp.MustCompile(`manpage "(.*)"`).FindAllSubmatch(cask, -1)
	require.NotEmpty(t, pages)

	for _, name := range names {
		var files map[string][]byte
		program := "klaviyolint"
		switch filepath.Ext(name) {
		case ".gz":
			files = untar(t, filepath.Join(first, name))
		case ".zip":
			files, program = unzip(t, filepath.Join(first, name)), "klaviyolint.exe"
		default:
			continue
		}
		for _, want := range []string{
			program, "LICENSE", "README.md", "CHANGELOG.md", "man/klaviyolint.1", "man/klaviyolint-history.1",
			"completions/klaviyolint.bash", "completions/_klaviyolint", "completions/klaviyolint.fish", "completions/klaviyolint.ps1",
		} {
			assert.NotEmpty(t, files[want], "%s has no %s", name, want)
		}
		for _, page := range pages {
			assert.NotEmpty(t, files[string(page[1])], "%s has no %s, which the cask names", name, page[1])
		}
		if strings.Contains(name, "_"+runtime.GOOS+"_"+runtime.GOARCH+".") {
			file := filepath.Join(t.TempDir(), program)
			require.NoError(t, os.WriteFile(file, files[program], 0o700))
			out, err := exec.Command(file, "version").CombinedOutput()
			require.NoError(t, err)
			// The version is that of the commit: nothing was changed in the tree when it was built.
			assert.Regexp(t, `^klaviyolint v1\.2\.3 go1\.\S+ `+runtime.GOOS+"/"+runtime.GOARCH+"\n$", string(out))
		}
	}
}

// commitTree commits the tree as it is now, in a repository of its own, and returns where that is.
func commitTree(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
	list.Dir = "../.."
	files, err := list.Output()
	require.NoError(t, err)
	for file := range strings.SplitSeq(strings.TrimSuffix(string(files), "\x00"), "\x00") {
		source := filepath.Join("../..", file)
		info, err := os.Lstat(source)
		if err != nil {
			continue // deleted, but not yet in the index
		}
		data, err := os.ReadFile(source)
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), data, info.Mode().Perm()))
	}
	runReleaseTool(t, dir, "git", "init", "-q", "-b", "main")
	runReleaseTool(t, dir, "git", "add", "-A")
	runReleaseTool(t, dir, "git", "-c", "user.name=Ann", "-c", "user.email=ann@example.com", "commit", "-q", "-m", "release")
	runReleaseTool(t, dir, "git", "tag", "v1.2.3")
	return dir
}

// makeRelease makes a release of the repository in tree, in a clone of this name, and returns where it is.
func makeRelease(t *testing.T, goreleaser, tree, name string) (dist string) {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, name)
	runReleaseTool(t, root, "git", "clone", "-q", tree, name)
	runReleaseTool(t, dir, "git", "remote", "set-url", "origin", "https://github.com/klaviyolint/klaviyolint")
	runReleaseTool(t, dir, goreleaser, "check")
	runReleaseTool(t, dir, "make", "snapshot", "GORELEASER_BIN="+goreleaser)
	return filepath.Join(dir, "dist")
}

func runReleaseTool(t *testing.T, dir, tool string, args ...string) {
	t.Helper()
	cmd := exec.Command(tool, args...)
	cmd.Dir = dir
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") }),
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s %s: %s", tool, args, out)
}

// artifacts lists what a release would publish.
func artifacts(t *testing.T, dist string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dist)
	require.NoError(t, err)
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && ext != ".json" && ext != ".yaml" {
			names = append(names, e.Name())
		}
	}
	return names
}

func untar(t *testing.T, name string) map[string][]byte {
	t.Helper()
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	files := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files
		}
		require.NoError(t, err)
		files[h.Name], err = io.ReadAll(r)
		require.NoError(t, err)
	}
}

func unzip(t *testing.T, name string) map[string][]byte {
	t.Helper()
	z, err := zip.OpenReader(name)
	require.NoError(t, err)
	defer z.Close()
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		files[f.Name], err = io.ReadAll(r)
		require.NoError(t, err)
	}
	return files
}
