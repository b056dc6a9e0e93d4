// This file keeps what many repositories begin with, because git takes longer to make it than it takes to write.

package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"github.com/stretchr/testify/require"
)

// saved is a repository as it was.
type saved struct {
	files   map[string]savedFile
	dirs    []string
	time    int
	commits map[string]string
}

type savedFile struct {
	mode fs.FileMode
	data []byte
}

var savedRepos = struct {
	sync.Mutex
	m map[string]*saved
}{m: map[string]*saved{}}

// begin makes a repository, or, if one was made in the same way, a copy of it: what r has been through must be told by
// the format, whether it has the key, and how. It must have been through nothing else.
func (r *repo) begin(how string, build func()) {
	r.t.Helper()
	key := fmt.Sprint(r.secret, r.began, how)
	if r.touched {
		build()
		return
	}
	r.began += how + "\n"
	savedRepos.Lock()
	s := savedRepos.m[key]
	savedRepos.Unlock()
	if s == nil {
		build()
		r.touched = false
		s = r.save()
		savedRepos.Lock()
		savedRepos.m[key] = s
		savedRepos.Unlock()
		return
	}
	require.NoError(r.t, os.RemoveAll(r.dir))
	for _, dir := range s.dirs {
		require.NoError(r.t, os.MkdirAll(filepath.Join(r.dir, dir), 0o755))
	}
	for name, f := range s.files {
		require.NoError(r.t, os.WriteFile(filepath.Join(r.dir, name), f.data, f.mode|0o200))
	}
	r.time, r.commits = s.time, maps.Clone(s.commits)
}

func (r *repo) save() *saved {
	r.t.Helper()
	s := &saved{files: map[string]savedFile{}, time: r.time, commits: maps.Clone(r.commits)}
	err := filepath.WalkDir(r.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(r.dir, name)
		if err != nil || d.IsDir() {
			s.dirs = append(s.dirs, rel)
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(name)
		s.files[rel] = savedFile{info.Mode().Perm(), data}
		return err
	})
	require.NoError(r.t, err)
	return s
}
