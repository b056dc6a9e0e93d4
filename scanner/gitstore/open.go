// This file finds and opens a repository.

package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Env is what git's environment variables override. All fields are empty by default; the caller reads the
// environment, this package never does. Relative paths count from the path given to Open.
type Env struct {
	GitDir     string   // GIT_DIR
	WorkTree   string   // GIT_WORK_TREE
	IndexFile  string   // GIT_INDEX_FILE
	ObjectDir  string   // GIT_OBJECT_DIRECTORY
	Alternates []string // GIT_ALTERNATE_OBJECT_DIRECTORIES, split at the list separator
}

// Store is an open repository. Its methods may be called from several goroutines at once.
type Store struct {
	GitDir    string // absolute: the repository's directory, of a linked worktree its own
	CommonDir string // absolute: where objects and refs are; GitDir but in a linked worktree
	WorkTree  string // absolute; "" when the repository is bare

	indexFile string
	objectDir string
	envDirs   []string // alternates that the environment names
	idLen     int      // bytes of an ID: 20 or 32
	reftable  bool
	// The file system takes names for one that differ in case, or in how accents are written.
	foldsNames bool
	partial    bool // a partial clone: what is missing was promised by a remote, not lost; guarded by problemMu

	problemMu   sync.Mutex
	problems    []Problem
	problemSeen map[string]bool

	shallowOnce sync.Once

	loaded   atomic.Bool
	listMu   sync.Mutex // held while packs are listed
	relisted bool       // guarded by listMu
	loadMu   sync.Mutex
	dirs     []string // object directories: the repository's own, then alternates
	packs    []*pack  // guarded by loadMu; only ever appended to

	remotes []string

	catalogueOnce sync.Once
	catalogue     *catalogue

	files  packFiles
	bases  baseCache
	lookup lookup

	headOnce sync.Once
	head     ID
	headErr  error
	refsOnce sync.Once
	refs     []Ref
	logOnce  sync.Once
	log      []ReflogEntry
}

// Open finds the repository that holds path: a work tree or a directory or file in it, a .git file or directory, a bare
// repository, a linked worktree, a submodule. It walks up from path as git does. errors.Is(err, ErrNotRepository)
// when there is none. What is odd about the repository but does not keep its objects from being read is listed by
// Problems.
func Open(path string, env Env) (*Store, error) {
	start, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open repository %s: %w", path, err)
	}
	s := &Store{}
	if env.GitDir != "" {
		err = s.openNamed(start, env)
	} else {
		err = s.discover(start)
	}
	if err != nil {
		return nil, fmt.Errorf("open repository %s: %w", path, err)
	}
	base := start
	if !isDir(base) {
		base = filepath.Dir(base)
	}
	s.heed(base, env)
	return s, nil
}

// heed takes what a repository that was found, and the environment, say of how it is stored.
func (s *Store) heed(base string, env Env) {
	s.indexFile = filepath.Join(s.GitDir, "index")
	s.objectDir = filepath.Join(s.CommonDir, "objects")
	if env.IndexFile != "" {
		s.indexFile = absFrom(base, env.IndexFile)
	}
	if env.ObjectDir != "" {
		s.objectDir = absFrom(base, env.ObjectDir)
	}
	if env.WorkTree != "" {
		s.WorkTree = absFrom(base, env.WorkTree)
	}
	for _, dir := range env.Alternates {
		if dir != "" {
			s.envDirs = append(s.envDirs, absFrom(base, dir))
		}
	}
	s.readFormat()
}

// Close lets go of open files. The store must not be used afterwards.
func (s *Store) Close() error { return s.files.close() }

func absFrom(base, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(base, name)
}

// openNamed opens the repository that GIT_DIR names. Without GIT_WORK_TREE git takes the current directory for the
// work tree; here that is the path given.
func (s *Store) openNamed(start string, env Env) error {
	base := start
	if !isDir(base) {
		base = filepath.Dir(base)
	}
	dir := absFrom(base, env.GitDir)
	if !isDir(dir) {
		target, err := readGitFile(dir)
		if err != nil {
			return fmt.Errorf("%s: %w", env.GitDir, err)
		}
		dir = target
	}
	if err := s.use(dir); err != nil {
		return err
	}
	s.WorkTree = base
	return nil
}

// discover looks for a repository at dir and above.
func (s *Store) discover(start string) error {
	fi, err := os.Stat(start)
	if err != nil {
		return pathless(err)
	}
	dir := start
	if !fi.IsDir() {
		if filepath.Base(start) == ".git" {
			return s.useGitFile(start)
		}
		dir = filepath.Dir(start)
	}
	for {
		dotgit := filepath.Join(dir, ".git")
		if isDir(dotgit) {
			err := s.use(dotgit)
			if err == nil {
				s.WorkTree = dir
				return nil
			}
			if !errors.Is(err, ErrNotRepository) {
				return err
			}
		} else if exists(dotgit) {
			return s.useGitFile(dotgit)
		}
		if looksBare(dir) && s.use(dir) == nil {
			return nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ErrNotRepository
		}
		dir = up
	}
}

// looksBare tells whether a directory that nothing names as a repository is one. Directories called objects and refs
// are in many a project, so HEAD must be there too, as git wants it.
func looksBare(dir string) bool {
	if filepath.Base(dir) == ".git" || exists(filepath.Join(dir, "commondir")) {
		return true
	}
	return exists(filepath.Join(dir, "HEAD")) &&
		(exists(filepath.Join(dir, "refs")) || exists(filepath.Join(dir, "packed-refs")))
}

// useGitFile opens the repository that a .git file names: a submodule's, a linked worktree's.
func (s *Store) useGitFile(name string) error {
	dir, err := readGitFile(name)
	if err == nil {
		err = s.use(dir)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	s.WorkTree = filepath.Dir(name)
	return nil
}

// readGitFile gives the directory that a .git file names (gitrepository-layout(5): "gitdir: <path>").
func readGitFile(name string) (string, error) {
	data, err := readRegular(name, maxText)
	if err != nil {
		return "", err
	}
	target, ok := strings.CutPrefix(string(data), "gitdir:")
	target = strings.TrimRight(strings.TrimLeft(target, " "), "\r\n")
	if !ok || target == "" {
		return "", errors.New(`not a .git file: want "gitdir: <path>"`)
	}
	return absFrom(filepath.Dir(name), target), nil
}

// use takes dir for the repository if it looks like one. HEAD may be damaged: objects can be read without it.
func (s *Store) use(dir string) error {
	common := dir
	if data, err := readRegular(filepath.Join(dir, "commondir"), maxText); err == nil {
		common = absFrom(dir, strings.TrimRight(string(data), "\r\n"))
	}
	if _, err := os.Stat(filepath.Join(common, "objects")); errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%s: %w", dir, pathless(err))
	}
	if !isDir(filepath.Join(common, "objects")) ||
		!exists(filepath.Join(dir, "HEAD")) && !exists(filepath.Join(common, "refs")) {
		return fmt.Errorf("%s: %w", dir, ErrNotRepository)
	}
	s.GitDir, s.CommonDir, s.WorkTree = dir, common, ""
	if common != dir {
		// A linked worktree's directory says in the file gitdir where the worktree's .git file is.
		if data, err := readRegular(filepath.Join(dir, "gitdir"), maxText); err == nil {
			s.WorkTree = filepath.Dir(absFrom(dir, strings.TrimRight(string(data), "\r\n")))
		}
	} else if filepath.Base(dir) == ".git" {
		s.WorkTree = filepath.Dir(dir)
	}
	return nil
}

// readFormat reads from config how the repository is stored.
func (s *Store) readFormat() {
	s.idLen = 20
	c := config{}
	data, err := readRegular(filepath.Join(s.CommonDir, "config"), maxText)
	switch {
	case err == nil:
		c = parseConfig(data)
	case !missing(err):
		s.notef("config", "read the repository's format: %w; the object format is guessed: run git config --list", err)
		fallthrough
	default:
		s.idLen = s.guessIDLen()
	}
	if v, ok := c["core.repositoryformatversion"]; ok && v != "0" && v != "1" {
		s.notef("config", "repository format version %q is not known; want 0 or 1: run a newer klaviyolint", v)
	}
	s.foldsNames = c.bool("core.ignorecase") || c.bool("core.precomposeunicode") // git init finds out both
	if s.CommonDir == s.GitDir && c.bool("core.bare") {
		s.WorkTree = ""
	}
	for _, key := range slices.Sorted(maps.Keys(c)) {
		value := c[key]
		if name, ok := strings.CutPrefix(key, "extensions."); ok {
			s.extension(name, value)
		} else if name, key, ok := remoteKey(key); ok {
			if !slices.Contains(s.remotes, name) {
				s.remotes = append(s.remotes, name)
			}
			if key == "promisor" && c.bool("remote."+name+".promisor") {
				s.setPartial()
			}
		}
	}
}

// remoteKey takes "remote.<name>.<key>" apart; a name may have dots.
func remoteKey(full string) (name, key string, ok bool) {
	rest, found := strings.CutPrefix(full, "remote.")
	last := strings.LastIndexByte(rest, '.')
	if !found || last < 0 {
		return "", "", false
	}
	return rest[:last], rest[last+1:], true
}

// Remotes lists the remotes that the repository's own configuration has something about.
func (s *Store) Remotes() []string { return slices.Clone(s.remotes) }

// extension takes a key of the config section extensions (git's repository-version document lists them).
func (s *Store) extension(name, value string) {
	switch name {
	case "noop", "noop-v1", "preciousobjects", "worktreeconfig", "relativeworktrees", "compatobjectformat",
		"submodulepathconfig":
		// Of no effect on reading objects.
	case "partialclone":
		s.setPartial()
	case "objectformat":
		switch strings.ToLower(value) {
		case "sha1":
		case "sha256":
			s.idLen = 32
		default:
			s.notef("config", "object format %q is not known; want sha1 or sha256: run a newer klaviyolint", value)
		}
	case "refstorage":
		if scheme, _, _ := strings.Cut(strings.ToLower(value), "://"); scheme != "files" {
			s.reftable = true
			s.notef("config", "ref storage %q is not read: objects are, but branches, tags and HEAD are not known; "+
				"run git refs migrate --ref-format=files", value)
		}
	default:
		s.notef("config", "extension %q is not known: what it changes about the repository may be read wrongly: "+
			"run a newer klaviyolint", name)
	}
}

// guessIDLen goes by the names of packs and loose objects, for a repository whose config cannot be read.
func (s *Store) guessIDLen() int {
	names, _ := filepath.Glob(filepath.Join(globEscape(s.CommonDir), "objects", "pack", "pack-*.pack"))
	for _, name := range names {
		if len(filepath.Base(name)) == len("pack-.pack")+64 {
			return 32
		}
	}
	names, _ = filepath.Glob(filepath.Join(globEscape(s.CommonDir), "objects", "[0-9a-f][0-9a-f]", "*"))
	for _, name := range names {
		if len(filepath.Base(name)) == 62 {
			return 32
		}
	}
	return 20
}

// globEscape keeps filepath.Glob from reading a pattern into a directory's name. (No escape exists on Windows; a
// pattern that matches nothing only spoils a guess.)
func globEscape(dir string) string {
	if filepath.Separator == '\\' {
		return dir
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// noteShallow reports a history that was cut. A commit whose parents are all here was named in vain.
func (s *Store) noteShallow() {
	n := 0
	for id := range s.shallow() {
		if s.cutAt(id) {
			n++
		}
	}
	if n > 0 {
		commits := "commits"
		if n == 1 {
			commits = "commit"
		}
		s.choicef(ShallowClone, "shallow", "%w at %d %s: run git fetch --unshallow", ErrShallow, n, commits)
	}
}

// cutAt tells whether the commit is here and not all of its parents are.
func (s *Store) cutAt(id ID) bool {
	typ, data, err := s.Read(id)
	if err != nil || typ != CommitObject {
		return false
	}
	c, err := ParseCommit(id, data)
	return err != nil || slices.ContainsFunc(c.Parents, func(p ID) bool { return !s.Has(p) })
}

// shallow gives the commits whose parents were not fetched.
func (s *Store) shallow() map[ID]bool {
	list := lines{name: filepath.Join(s.CommonDir, "shallow")}
	cut := map[ID]bool{}
	n, bad := 0, 0
	for line := range list.each {
		n++
		line = bytes.TrimSpace(line)
		if id, ok := parseHexID(line); ok && int(id.n) == s.idLen {
			cut[id] = true
		} else if bad == 0 && len(line) > 0 {
			bad = n
		}
	}
	if list.err != nil && !missing(list.err) {
		s.notef("shallow", "read where history is cut: %w: run git fetch --unshallow", list.err)
	}
	if bad > 0 {
		s.notef("shallow", "read where history is cut: line %d is no object ID: run git fetch --unshallow", bad)
	}
	return cut
}
