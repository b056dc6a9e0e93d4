//go:build unix

package main

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFaultPipes puts pipes where files should be: who opens one to read waits for a writer for ever.
func TestFaultPipes(t *testing.T) {
	t.Parallel()
	planted := []place{at("a.env", "plant", "head")}
	branched := []place{at("a.env", "plant", "ref")}
	const reason = "not a regular file"
	faults := []fault{
		{
			name: "A15 .git", raw: true, make: func(r *repo) { r.pipe(".git") },
			skipped: []gap{{"repo", reason}},
		},
		{
			name: "A15 .git, work tree", raw: true, make: func(r *repo) {
				r.file("a.env", r.text())
				r.pipe(".git")
			},
			args: []string{"-f", "json", "{dir}"}, found: []place{at("a.env", "", "")},
			skipped: []gap{{"repo", reason}},
		},
		{
			name: "A15 what .git leads to", raw: true, make: func(r *repo) {
				r.file(".git", "gitdir: ../pipe\n")
				r.pipe("../pipe")
			},
			skipped: []gap{{"repo", ".git"}},
		},
		{name: "C06 loose object", make: func(r *repo) {
			r.plant()
			r.pipe(loose(r.id("HEAD:other.txt")))
		}, found: planted, skipped: []gap{{"object:*", reason}}},
		{name: "C06 directory of loose objects", make: func(r *repo) {
			r.plant()
			r.pipe(".git/objects/" + r.id("HEAD:other.txt")[:2])
		}, found: planted, skipped: []gap{{"objects/*", "not a directory"}}},
		{name: "C06 objects/pack", make: func(r *repo) {
			r.plant()
			r.pipe(".git/objects/pack")
		}, found: planted, skipped: []gap{{"objects/pack", "not a directory"}}},
		{name: "C06 pack", make: packedFirst(func(r *repo, pack string) { r.pipe(pack) }), found: []place{at("a.env", "plant", "*")},
			skipped: []gap{{"objects/pack/*.pack", reason}}},
		{name: "C06 pack index", make: packed(func(r *repo) { r.pipe(r.packName() + ".idx") }), found: planted,
			skipped: []gap{{"objects/pack/*.idx", reason}}},
		{name: "I07 index", make: func(r *repo) { r.plant(); r.pipe(".git/index") }, found: planted},
		{name: "I07 index, staged", make: func(r *repo) { r.plant(); r.pipe(".git/index") }, args: []string{"staged", "-f", "json"}, child: true,
			skipped: []gap{{"index", reason}}},
		{name: "I07 index, work tree", make: func(r *repo) { r.plant(); r.pipe(".git/index") }, args: []string{"-f", "json", "{dir}"},
			found: []place{at("a.env", "", "")}, skipped: []gap{{"repo", reason}}},
		{name: "I07 shared index", make: func(r *repo) {
			r.stage()
			r.git("update-index", "--split-index")
			r.pipe(r.only(".git/sharedindex.*"))
		}, args: []string{"staged", "-f", "json"}, child: true, skipped: []gap{{"index", reason}}},
		{name: "R06 include.path", make: func(r *repo) {
			r.plant()
			r.pipe("../included")
			r.change(".git/config", func(data []byte) []byte { return append(data, "[include]\n\tpath = "+r.path("../included")+"\n"...) })
		}, found: planted},
		{name: "R06 what is never read", make: func(r *repo) {
			r.plant()
			for _, name := range []string{
				"config.worktree", "description", "hooks/pre-commit", "info/attributes", "info/grafts", "info/sparse-checkout",
				"objects/info/commit-graph", "objects/info/packs", "objects/pack/multi-pack-index", "COMMIT_EDITMSG", "rebase-merge/done",
			} {
				r.pipe(".git/" + name)
			}
		}, found: planted},
		{name: "R06 info/exclude, work tree", make: func(r *repo) { r.plant(); r.pipe(".git/info/exclude") }, args: []string{"-f", "json", "{dir}"},
			found: []place{at("a.env", "", "")}, skipped: []gap{{"repo/exclude", "named pipe"}}},
	}
	for _, c := range []struct {
		name  string
		found []place
		gap   string
	}{
		{"HEAD", branched, "HEAD"},
		{"refs/heads/main", []place{at("a.env", "plant", "reflog")}, "refs/heads/main"},
		{"refs/heads/other", planted, "refs/heads/other"},
		{"refs", []place{at("a.env", "plant", "reflog")}, "refs"},
		{"packed-refs", planted, "packed-refs"},
		{"config", planted, "config"},
		{"commondir", planted, ""},
		{"shallow", planted, "shallow"},
		{"logs", planted, "logs"},
		{"logs/HEAD", planted, "logs/HEAD"},
		{"ORIG_HEAD", planted, "ORIG_HEAD"},
		{"FETCH_HEAD", planted, "FETCH_HEAD"},
		{"worktrees", planted, "worktrees"},
		{"worktrees/x/HEAD", planted, "worktrees/x/HEAD"},
		{"objects/info/alternates", planted, "objects/info/alternates"},
	} {
		f := fault{name: "R06 " + c.name, make: func(r *repo) { r.plant(); r.pipe(".git/" + c.name) }, found: c.found}
		if c.gap != "" {
			f.skipped = []gap{{c.gap, ""}}
		}
		faults = append(faults, f)
	}
	try(t, faults)
}

// TestFaultWorkTreeFiles scans directories with what is no file.
func TestFaultWorkTreeFiles(t *testing.T) {
	t.Parallel()
	dir := []string{"-f", "json", "{dir}"}
	found := []place{at("a.env", "", "")}
	faults := []fault{
		{name: "W01 pipe", make: func(r *repo) { r.plant(); r.pipe("pipe") }, skipped: []gap{{"repo/pipe", "a named pipe is not read"}}},
		{name: "W01 pipe in place of a tracked file", make: func(r *repo) { r.plant(); r.pipe("other.txt") },
			skipped: []gap{{"repo/other.txt", "a named pipe is not read"}}},
		{name: "W01 .gitignore is a pipe", make: func(r *repo) { r.plant(); r.pipe(".gitignore") },
			skipped: []gap{{"repo/.gitignore", "a named pipe is not read"}}},
		{name: "W02 socket", make: func(r *repo) { r.plant(); r.socket("socket") }, skipped: []gap{{"repo/socket", "a socket is not read"}}},
		{name: "W02 device", make: func(r *repo) {
			r.plant()
			if err := syscall.Mknod(r.path("zero"), syscall.S_IFCHR|0o666, 1<<8|5); err != nil {
				r.t.Skipf("no device can be made here: %v", err)
			}
		}, skipped: []gap{{"repo/zero", "a device is not read"}}},
	}
	for i := range faults {
		faults[i].args, faults[i].found = dir, found
	}
	try(t, faults)
}

// TestFaultConfigurationPipe: a configuration that cannot be read is wrong use.
func TestFaultConfigurationPipe(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"-f", "json", "{dir}"}} {
		f := fault{args: args}
		r := newRepo(t, true, &f)
		r.plant()
		r.pipe(".klaviyolint.yaml")
		out := f.scan(r)
		assert.Equal(t, exitUsage, out.code)
		assert.Contains(t, out.stderr, "hint: ")
	}
}

// pipe makes a named pipe, whatever stood there.
func (r *repo) pipe(name string) {
	r.t.Helper()
	r.remove(name)
	require.NoError(r.t, os.MkdirAll(filepath.Dir(r.path(name)), 0o755))
	require.NoError(r.t, syscall.Mkfifo(r.path(name), 0o644))
}

// socket leaves a socket that nobody listens at.
func (r *repo) socket(name string) {
	r.t.Helper()
	// The names of sockets are short.
	dir, err := os.MkdirTemp("", "s")
	require.NoError(r.t, err)
	defer os.RemoveAll(dir)
	at := filepath.Join(dir, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: at, Net: "unix"})
	require.NoError(r.t, err)
	l.SetUnlinkOnClose(false)
	require.NoError(r.t, l.Close())
	r.move(at, name)
}
