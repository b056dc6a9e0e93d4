package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFaultAccess scans what may not be read. Root may read everything, so its tests run the program as nobody.
func TestFaultAccess(t *testing.T) {
	t.Parallel()
	history := []string{"history", "-f", "json", "{dir}"}
	dir := []string{"-f", "json", "{dir}"}
	planted := []place{at("a.env", "plant", "head")}
	other := func(name string) func(*repo) {
		return func(r *repo) {
			r.plant()
			r.forbid(name)
		}
	}
	for _, f := range []fault{
		{name: "A23 of another owner", make: func(r *repo) { r.plant() }, args: history, found: planted},
		{name: "C07 loose object", make: func(r *repo) { r.plant(); r.forbid(loose(r.id("HEAD:other.txt"))) }, args: history, found: planted,
			skipped: []gap{{"object:*", "permission denied"}}},
		{name: "C07 directory of loose objects", make: func(r *repo) {
			r.plant()
			r.forbid(".git/objects/" + r.id("HEAD:other.txt")[:2])
		}, args: history, found: planted, skipped: []gap{{"objects/*", "permission denied"}}},
		{name: "C07 objects/pack", make: other(".git/objects/pack"), args: history, found: planted,
			skipped: []gap{{"objects/pack", "permission denied"}}},
		{name: "C07 objects", make: other(".git/objects"), args: history, skipped: []gap{{"", "permission denied"}, {"", "missing"}}},
		{name: "C07 pack", make: packedFirst(func(r *repo, pack string) { r.forbid(pack) }), args: history,
			found: []place{at("a.env", "plant", "*")}, skipped: []gap{{"objects/pack/*.pack", "permission denied"}}},
		{name: "C07 pack index", make: packed(func(r *repo) { r.forbid(r.packName() + ".idx") }), args: history, found: planted,
			skipped: []gap{{"objects/pack/*.idx", "permission denied"}}},
		{name: "C07 .git", make: other(".git"), args: history, skipped: []gap{{"", "permission denied"}}},
		{name: "C07 HEAD", make: other(".git/HEAD"), args: history, found: []place{at("a.env", "plant", "ref")},
			skipped: []gap{{"HEAD", "permission denied"}}},
		{name: "C07 config", make: other(".git/config"), args: history, found: planted, skipped: []gap{{"config", "permission denied"}}},
		{name: "C07 refs/heads", make: other(".git/refs/heads"), args: history, found: []place{at("a.env", "plant", "reflog")},
			skipped: []gap{{"refs/heads", "permission denied"}}},
		{name: "C07 logs", make: other(".git/logs"), args: history, found: planted, skipped: []gap{{"logs", "permission denied"}}},
		{name: "C07 packed-refs", make: refFile("packed-refs", ""), args: history, found: planted, skipped: []gap{{"packed-refs", "permission denied"}}},
		{name: "C07 alternates", make: func(r *repo) {
			r.plant()
			r.file("../lender/x", "x")
			r.file(".git/objects/info/alternates", r.path("../lender")+"\n")
			r.forbid("../lender")
		}, args: history, found: planted, skipped: []gap{{"", "permission denied"}}},
		{name: "W11 file", make: other("other.txt"), args: dir, found: []place{at("a.env", "", "")},
			skipped: []gap{{"repo/other.txt", "permission denied"}}},
		{name: "W11 directory", make: func(r *repo) {
			r.plant()
			r.file("dir/x.txt", "x\n")
			r.forbid("dir")
		}, args: dir, found: []place{at("a.env", "", "")}, skipped: []gap{{"repo/dir", "permission denied"}}},
		{name: "W11 .gitignore", make: func(r *repo) {
			r.plant()
			r.file(".gitignore", "x\n")
			r.forbid(".gitignore")
		}, args: dir, found: []place{at("a.env", "", "")}, skipped: []gap{{"repo/.gitignore", "permission denied"}}},
		{name: "W11 index", make: other(".git/index"), args: dir, found: []place{at("a.env", "", "")},
			skipped: []gap{{"repo", "permission denied"}}},
		{name: "W11 .git", make: other(".git"), args: dir, found: []place{at("a.env", "", "")},
			skipped: []gap{{"repo", "permission denied"}}},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			f.tryAsNobody(t)
		})
	}
}

// forbid makes a file or directory one that only root can read.
func (r *repo) forbid(name string) {
	r.t.Helper()
	r.forbidden = append(r.forbidden, r.path(name))
}

func (f *fault) tryAsNobody(t *testing.T) {
	for _, secret := range []bool{true, false} {
		r := newRepo(t, secret, f)
		f.make(r)
		// The directories above are for the test's user only.
		require.NoError(t, os.Chmod(r.base, 0o755))
		require.NoError(t, os.Chmod(filepath.Dir(r.base), 0o755))
		if f.name == "C07 packed-refs" {
			r.forbid(".git/packed-refs")
		}
		for _, name := range r.forbidden {
			require.NoError(t, os.Chmod(name, 0))
			t.Cleanup(func() { os.Chmod(name, 0o755) })
		}
		args := strings.Split(strings.ReplaceAll(strings.Join(f.args, "\x00"), "{dir}", r.dir), "\x00")
		program, err := exec.LookPath("klaviyolint")
		require.NoError(t, err)
		require.NoError(t, os.Chmod(filepath.Dir(filepath.Dir(program)), 0o711))
		out := runChild(t, r.base, args, func(cmd *exec.Cmd) {
			if os.Getuid() == 0 {
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			}
		})
		found, skipped := f.found, f.skipped
		if !secret {
			found = nil
		}
		if wrong := out.check(r, found, skipped, false); len(wrong) > 0 {
			t.Errorf("%v:\n\t%s", secret, strings.Join(wrong, "\n\t"))
		}
	}
}
