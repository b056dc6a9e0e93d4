// This file compares what is found in random stagings with what git then records.

package source

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore/gittest"
)

// commitsEach is how many commits are made in each of the repositories.
const commitsEach = 5

// Staged finds, before git commit, exactly the keys in what git commit then records and its parent has not at that path.
func TestRandomStaged(t *testing.T) {
	gittest.Git(t, os.Getenv("CI") != "")
	var fresh, known atomic.Int64
	t.Cleanup(func() {
		if *repos >= 10 && !t.Failed() {
			assert.Greater(t, int(fresh.Load()), *repos, "too few keys were new to prove anything")
			assert.Greater(t, int(known.Load()), *repos, "too few keys were known to prove anything")
		}
	})
	for i := range *repos {
		at := *seed + int64(i)
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			t.Parallel()
			m := newStager(t, at)
			for range commitsEach {
				m.stage()
				got := m.scan()
				m.commit()
				want := m.recorded()
				require.Equal(t, want.fresh, got.fresh, m)
				require.Equal(t, want.known, got.known, m)
				fresh.Add(int64(len(got.fresh)))
				known.Add(int64(len(got.known)))
				m.between()
			}
		})
	}
}

// stager makes one repository and its commits.
type stager struct {
	*rand.Rand
	t     *testing.T
	dir   string
	keys  []string
	head  string   // the commit before
	index string   // the index that is committed, if it is not .git/index
	args  []string // of git commit
	steps []string
	n     int // names of files so far
}

// keysIn are findings: path, rule, key.
type keysIn struct{ fresh, known []string }

func newStager(t *testing.T, seed int64) *stager {
	m := &stager{Rand: rand.New(rand.NewSource(seed)), t: t, dir: *keep}
	if m.dir == "" {
		m.dir = t.TempDir()
	}
	m.dir = filepath.Join(m.dir, fmt.Sprint("staged", seed))
	require.NoError(t, os.MkdirAll(m.dir, 0o700))
	for range 8 {
		m.keys = append(m.keys, "pk_"+fmt.Sprintf("%016x%016x%02x", m.Uint64(), m.Uint64(), m.Intn(256)))
	}
	format := []string{"sha1", "sha1", "sha256"}[m.Intn(3)]
	m.git("init", "-q", "-b", "main", "--object-format="+format)
	m.head = map[string]string{ // the empty tree
		"sha1":   "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
		"sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
	}[format]
	config := "[gc]\n\tauto = 0\n[core]\n\tfsync = none\n[user]\n\tname = a\n\temail = a@example.com\n"
	config += fmt.Sprintf("[index]\n\tversion = %d\n", 2+2*m.Intn(2))
	if m.Intn(3) == 0 {
		config += "[core]\n\tsplitIndex = true\n[splitIndex]\n\tmaxPercentChange = 80\n"
	}
	f, err := os.OpenFile(m.path(".git/config"), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(config)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return m
}

func (m *stager) String() string { return strings.Join(m.steps, "\n") }

func (m *stager) path(name string) string { return filepath.Join(m.dir, filepath.FromSlash(name)) }

func (m *stager) try(stdin string, args ...string) (string, error) {
	m.steps = append(m.steps, "git "+strings.Join(args, " "))
	cmd := exec.Command("git", args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	if m.index != "" {
		cmd.Env = append(cmd.Env, "GIT_INDEX_FILE="+m.index)
	}
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out), err
}

func (m *stager) git(args ...string) string { return m.gitIn("", args...) }

func (m *stager) gitIn(stdin string, args ...string) string {
	m.t.Helper()
	out, err := m.try(stdin, args...)
	require.NoError(m.t, err, m)
	return out
}

// files lists what is in the work tree.
func (m *stager) files() []string {
	var names []string
	require.NoError(m.t, filepath.WalkDir(m.dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == ".git" {
			return filepath.SkipDir
		}
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(m.dir, name)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	}))
	return names
}

// text gives lines, some with keys.
func (m *stager) text() string {
	var b strings.Builder
	for range m.Intn(12) {
		b.WriteString(m.line())
	}
	return b.String()
}

func (m *stager) line() string {
	switch m.Intn(5) {
	case 0:
		return "KLAVIYO_PUBLIC_KEY=" + m.keys[m.Intn(len(m.keys))] + "\n"
	case 1:
		return "KLAVIYO_PRIVATE_KEY=" + m.keys[m.Intn(len(m.keys))] + "\n"
	}
	return fmt.Sprintf("LINE_%d=%x\n", m.Intn(9), m.Int63())
}

// newName gives a name in one of a few directories.
func (m *stager) newName() string {
	m.n++
	dirs := []string{"", "d0/", "d1/", "d0/e/", "d0/e/f/", "d1.x/", "ü \"d\"/"}
	return fmt.Sprintf("%sf%d.env", dirs[m.Intn(len(dirs))], m.n)
}

func (m *stager) write(name, text string) {
	m.steps = append(m.steps, fmt.Sprintf("write %q %q", name, text))
	path := m.path(name)
	if os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return // a file is where the directory would be
	}
	_ = os.Remove(path) // a link would be followed
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		require.DirExists(m.t, path)
	}
}

// edit changes the file at name, and gives what is to be staged because of it.
func (m *stager) edit(name string) []string {
	path := m.path(name)
	info, err := os.Lstat(path)
	if err != nil {
		return []string{name} // gone by an edit before
	}
	switch m.Intn(9) {
	case 0, 1, 2:
		data, err := os.ReadFile(path)
		if err != nil {
			return nil // a link that leads nowhere
		}
		lines := strings.SplitAfter(string(data), "\n")
		at := m.Intn(len(lines))
		lines = slices.Insert(lines, at, m.line())
		if m.Intn(2) == 0 {
			at = m.Intn(len(lines))
			lines = slices.Delete(lines, at, at+1)
		}
		if m.Intn(4) == 0 {
			m.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		}
		m.write(name, strings.Join(lines, ""))
	case 3:
		m.steps = append(m.steps, fmt.Sprintf("remove %q", name))
		require.NoError(m.t, os.Remove(path))
	case 4:
		if info.Mode().IsRegular() {
			m.steps = append(m.steps, fmt.Sprintf("chmod %q", name))
			require.NoError(m.t, os.Chmod(path, info.Mode().Perm()^0o100))
		}
	case 5:
		to := m.newName()
		m.steps = append(m.steps, fmt.Sprintf("rename %q %q", name, to))
		if os.MkdirAll(filepath.Dir(m.path(to)), 0o700) != nil {
			return nil
		}
		require.NoError(m.t, os.Rename(path, m.path(to)))
		if m.Intn(2) == 0 && info.Mode().IsRegular() {
			m.write(to, m.line()+m.text())
		}
		return []string{name, to}
	case 6:
		target := []string{"nowhere", m.keys[m.Intn(len(m.keys))], "f1.env"}[m.Intn(3)]
		m.steps = append(m.steps, fmt.Sprintf("link %q %q", name, target))
		require.NoError(m.t, os.Remove(path))
		require.NoError(m.t, os.Symlink(target, path))
	case 7:
		m.steps = append(m.steps, fmt.Sprintf("directory %q", name))
		require.NoError(m.t, os.Remove(path))
		m.write(name+"/inner.env", m.text())
		return []string{name, name + "/inner.env"}
	default:
		m.write(name, m.text())
	}
	return []string{name}
}

// stage changes files and stages some of it.
func (m *stager) stage() {
	m.index, m.args = "", nil
	if m.Intn(6) == 0 {
		if data, err := os.ReadFile(m.path(".git/index")); err == nil {
			m.index = m.path(".git/other-index")
			require.NoError(m.t, os.WriteFile(m.index, data, 0o600))
		}
	}
	changed := m.change()
	if len(changed) > 0 {
		m.gitIn(strings.Join(changed, "\x00")+"\x00", "update-index", "--add", "--remove", "--replace", "-z", "--stdin")
	}
	if m.Intn(4) == 0 {
		name := m.newName()
		m.write(name, m.line()+m.text())
		_, _ = m.try("", "add", "-N", "--", name) // a link may be where its directory would be
	}
	if m.Intn(2) == 0 {
		m.change() // which stays in the work tree
	}
	switch m.Intn(6) {
	case 0, 1: // as git commit does before it runs a hook
		_, _ = m.try("", "write-tree")
	case 2:
		m.ownIndex("-a")
	case 3:
		if len(changed) > 0 && m.index == "" {
			m.ownIndex("--", changed[m.Intn(len(changed))])
		}
	case 4:
		if data, err := os.ReadFile(m.path(".git/refs/heads/main")); err == nil {
			require.NoError(m.t, os.WriteFile(m.path(".git/MERGE_HEAD"), data, 0o600))
		}
	}
}

// change writes some files and gives those that are to be staged.
func (m *stager) change() []string {
	var changed []string
	for range 1 + m.Intn(4) {
		names := m.files()
		if len(names) < 6 || m.Intn(3) == 0 {
			name := m.newName()
			m.write(name, m.text())
			changed = append(changed, name)
			continue
		}
		changed = append(changed, m.edit(names[m.Intn(len(names))])...)
	}
	return slices.DeleteFunc(changed, func(name string) bool {
		info, err := os.Lstat(m.path(name))
		return err == nil && info.IsDir()
	})
}

// ownIndex has git make the index of a commit with args, which a hook copies before it stops the commit.
func (m *stager) ownIndex(args ...string) {
	hook := "#!/bin/sh\ncp \"$GIT_INDEX_FILE\" .git/hook-index\nexit 1\n"
	require.NoError(m.t, os.MkdirAll(m.path(".git/hooks"), 0o700))
	require.NoError(m.t, os.WriteFile(m.path(".git/hooks/pre-commit"), []byte(hook), 0o700))
	_ = os.Remove(m.path(".git/hook-index"))
	_, err := m.try("", append([]string{"commit", "-q", "--allow-empty", "-m", "c"}, args...)...)
	require.Error(m.t, err)
	if _, err := os.Stat(m.path(".git/hook-index")); err != nil {
		return // git had something against the commit itself
	}
	m.args = args
}

// scan gives what klaviyolint finds before the commit.
func (m *stager) scan() keysIn {
	env := gitstore.Env{IndexFile: m.index}
	if m.args != nil {
		env.IndexFile = m.path(".git/hook-index")
	}
	store, err := gitstore.Open(m.dir, env)
	require.NoError(m.t, err, m)
	defer store.Close()
	r := scanner.Scan(m.t.Context(), &Staged{Store: store}, scanner.Options{})
	if !assert.Empty(m.t, r.Skipped, m) || !assert.Empty(m.t, r.Stopped, m) {
		m.t.FailNow()
	}
	var got keysIn
	for i := range r.Findings {
		f := r.Findings[i]
		finding := fmt.Sprintf("%q %s %s", f.Path, f.Rule.ID, f.Key.Raw())
		if f.Suppressed == "" {
			got.fresh = append(got.fresh, finding)
		} else {
			got.known = append(got.known, finding)
		}
	}
	slices.Sort(got.fresh)
	slices.Sort(got.known)
	return got
}

func (m *stager) commit() {
	m.git(append([]string{"commit", "-q", "--no-verify", "--allow-empty", "-m", "c"}, m.args...)...)
}

// planted finds the keys in what this file writes.
var planted = regexp.MustCompile(`(?m)^(KLAVIYO_PUBLIC_KEY=|KLAVIYO_PRIVATE_KEY=|)(pk_[0-9a-f]{34})$`)

// recorded gives what is to be found: the keys in the blobs of the commit that its parent has not at their path; those
// that stand as often in what the parent has there are known.
func (m *stager) recorded() keysIn {
	var want keysIn
	head, err := os.ReadFile(m.path(".git/refs/heads/main"))
	require.NoError(m.t, err)
	now := strings.TrimSpace(string(head))
	raw := strings.Split(m.git("diff-tree", "-r", "--raw", "--no-renames", "--no-abbrev", "-z", m.head, now), "\x00")
	m.head = now
	var ids []string
	for i := 0; i+1 < len(raw); i += 2 {
		ids = append(ids, strings.Fields(raw[i])[2:4]...)
	}
	contents := m.contents(ids)
	for i := 0; i+1 < len(raw); i += 2 {
		f := strings.Fields(raw[i])
		old, id, path := f[2], f[3], raw[i+1]
		if f[4] == "D" || old == id {
			continue
		}
		left := map[string]int{}
		for _, finding := range findingsIn(path, contents[old]) {
			left[finding]++
		}
		for _, finding := range findingsIn(path, contents[id]) {
			if left[finding]--; left[finding] >= 0 {
				want.known = append(want.known, finding)
			} else {
				want.fresh = append(want.fresh, finding)
			}
		}
	}
	slices.Sort(want.fresh)
	slices.Sort(want.known)
	return want
}

func findingsIn(path, content string) []string {
	var found []string
	for _, match := range planted.FindAllStringSubmatch(content, -1) {
		rule := "hardcoded-private-key"
		if match[1] == "KLAVIYO_PUBLIC_KEY=" {
			rule = "public-setting"
		}
		found = append(found, fmt.Sprintf("%q %s %s", path, rule, match[2]))
	}
	return found
}

// contents has git give the blobs.
func (m *stager) contents(ids []string) map[string]string {
	list := map[string]string{}
	out := m.gitIn(strings.Join(ids, "\n")+"\n", "cat-file", "--batch")
	for out != "" {
		head, rest, _ := strings.Cut(out, "\n")
		var id, typ string
		var size int
		if n, _ := fmt.Sscan(head, &id, &typ, &size); n < 3 { // the ID of zeros is missing
			out = rest
			continue
		}
		list[id], out = rest[:size], rest[size+1:]
	}
	return list
}

// between does what people do between commits.
func (m *stager) between() {
	m.index = ""
	switch m.Intn(20) {
	case 0:
		m.git("gc", "-q")
	case 1, 2:
		m.git("repack", "-dq")
	case 3:
		m.git("pack-refs", "--all")
	case 4, 5:
		_, _ = m.try("", "add", "-A")
	}
	if _, err := os.Stat(m.path(".git/other-index")); err == nil {
		require.NoError(m.t, os.Remove(m.path(".git/other-index")))
		m.git("read-tree", "HEAD")
	}
}
