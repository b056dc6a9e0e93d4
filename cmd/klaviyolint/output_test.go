//go:build unix

// This file tests where reports go besides files that can be replaced, and that what the command itself puts into them holds no
// key.

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// keyFile makes a file with a key and returns its name.
func keyFile(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "a.env")
	require.NoError(t, os.WriteFile(name, []byte("KLAVIYO_PUBLIC_KEY="+keys["HEX"]+"\n"), 0o644))
	return name
}

// ends waits for a program, and kills it after a while.
func ends(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	timer := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode()
}

// A named pipe is opened once: its reader gets the report, and no end before that.
func TestOutputToNamedPipe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe") // which is not scanned
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	cmd := exec.Command(program(t), "-", dir, "-f", "json", "-o", pipe)
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	read := make(chan []byte, 1)
	go func() {
		text, _ := os.ReadFile(pipe)
		read <- text
	}()
	require.NoError(t, cmd.Start())
	select {
	case text := <-read:
		t.Errorf("ended before the scan: %q", text)
		read <- text
	case <-time.After(time.Second):
	}
	_, err = io.WriteString(stdin, "KLAVIYO_PUBLIC_KEY="+keys["HEX"])
	require.NoError(t, err)
	require.NoError(t, stdin.Close())
	assert.Equal(t, exitFindings, ends(t, cmd))
	select {
	case text := <-read:
		assert.True(t, json.Valid(text), "%q", text)
		assert.Contains(t, string(text), `"complete": true`)
	case <-time.After(10 * time.Second):
		t.Error("nothing was written")
	}
	info, err := os.Lstat(pipe)
	require.NoError(t, err)
	assert.Equal(t, os.ModeNamedPipe, info.Mode().Type())
}

// A signal ends the wait for somebody who reads a pipe.
func TestOutputToNamedPipeIsInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	cmd := exec.Command(program(t), "-o", pipe, keyFile(t, dir))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Start())
	time.Sleep(time.Second) // it listens to signals, and waits
	began := time.Now()
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	assert.Equal(t, exitUsage, ends(t, cmd))
	assert.Less(t, time.Since(began), 5*time.Second)
	assert.Contains(t, stderr.String(), "interrupted before anything read it")
}

// What is open already is written as it is, whatever it is.
func TestOutputToDescriptor(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/fd/0"); err != nil {
		t.Skip("there is no /dev/fd here")
	}
	dir := t.TempDir()
	file := keyFile(t, dir)
	name := program(t)
	for _, to := range []string{"/dev/stdout", "/dev/fd/1"} {
		cmd := exec.Command(name, "-f", "json", "-o", to, file)
		var stdout, stderr bytes.Buffer // by way of a pipe
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		require.NoError(t, cmd.Start())
		assert.Equal(t, exitFindings, ends(t, cmd), stderr.String())
		assert.True(t, json.Valid(stdout.Bytes()), stdout.String())

		log := filepath.Join(dir, "log") // what is in it stays
		require.NoError(t, os.WriteFile(log, []byte("before\n"), 0o600))
		out, err := os.OpenFile(log, os.O_WRONLY|os.O_APPEND, 0)
		require.NoError(t, err)
		cmd = exec.Command(name, "-q", "-o", to, file)
		cmd.Stdout = out
		require.NoError(t, cmd.Start())
		assert.Equal(t, exitFindings, ends(t, cmd))
		text, err := os.ReadFile(log)
		require.NoError(t, err)
		assert.Regexp(t, `^before\n.*a\.env:1:`, string(text))
		require.NoError(t, out.Close())
	}

	in, out, err := os.Pipe() // as >(command) of a shell is
	require.NoError(t, err)
	cmd := exec.Command(name, "-f", "json", "-o", "/dev/fd/3", file)
	cmd.ExtraFiles = []*os.File{out}
	require.NoError(t, cmd.Start())
	require.NoError(t, out.Close())
	text, err := io.ReadAll(in)
	require.NoError(t, err)
	assert.Equal(t, exitFindings, ends(t, cmd))
	assert.True(t, json.Valid(text), "%q", text)

	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0) // which cannot be opened by a name
	require.NoError(t, err)
	ours, theirs := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "theirs")
	cmd = exec.Command(name, "-f", "json", "-o", "/dev/stdout", file)
	cmd.Stdout = theirs
	require.NoError(t, cmd.Start())
	require.NoError(t, theirs.Close())
	text, err = io.ReadAll(ours)
	require.NoError(t, err)
	assert.Equal(t, exitFindings, ends(t, cmd))
	assert.True(t, json.Valid(text), "%q", text)
	require.NoError(t, ours.Close())
}

// A file that an earlier run left beside the report, in a container by the same number of the process, is in no way, and not
// scanned if it is a piece of a report.
func TestOutputBesideLeftFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keyFile(t, dir)
	name := filepath.Join(dir, "out.json")
	left := filepath.Join(dir, fmt.Sprintf(".out.json.%d.tmp", os.Getpid()))
	require.NoError(t, os.WriteFile(left, []byte("{\n  \"schema\": 1,"), 0o600))
	for _, test := range []struct {
		file, text string
		scanned    int
	}{
		{left, "{\n  \"schema\": 1,", 1},
		{filepath.Join(dir, ".out.json.0123abcd.tmp"), "{\n", 1},
		{filepath.Join(dir, ".out.json.0123abcd.tmp"), keys["SITE"], 2},
		{filepath.Join(dir, ".out.json.more.tmp"), "no number", 3},
		{filepath.Join(dir, ".other.json.12.tmp"), "another's", 4},
	} {
		require.NoError(t, os.WriteFile(test.file, []byte(test.text), 0o600))
		out := runHere(t, []string{dir, "-f", "json", "-o", name})
		assert.Equal(t, exitFindings, out.code, out.stderr)
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		var report struct{ Stats struct{ Files int } }
		require.NoError(t, json.Unmarshal(text, &report))
		assert.Equal(t, test.scanned, report.Stats.Files, test.text)
	}
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, list, 6, "nothing else is left behind")
}

// The report has the mode of the file that it replaces, whatever the umask takes from others.
func TestOutputKeepsMode(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, name := keyFile(t, dir), filepath.Join(dir, "out.json")
	require.NoError(t, os.WriteFile(name, nil, 0o600))
	require.NoError(t, os.Chmod(name, 0o666))
	runHere(t, []string{file, "-f", "json", "-o", name})
	info, err := os.Stat(name)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o666), info.Mode().Perm())
}

// A file that its owner made read-only is not replaced, and is named before the scan. Root may write it, so nobody tries.
func TestOutputReadOnly(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	dir := filepath.Join(base, "dir")
	require.NoError(t, os.Mkdir(dir, 0o755))
	file, name := keyFile(t, dir), filepath.Join(dir, "out.json")
	require.NoError(t, os.WriteFile(name, []byte("kept"), 0o444))
	asNobody := func(*exec.Cmd) {}
	if os.Getuid() == 0 {
		const nobody = 65534
		require.NoError(t, os.Chown(dir, nobody, nobody))
		require.NoError(t, os.Chown(name, nobody, nobody))
		asNobody = func(cmd *exec.Cmd) {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
	}
	require.NoError(t, os.Chmod(base, 0o755))
	require.NoError(t, os.Chmod(filepath.Dir(base), 0o755))
	program, err := exec.LookPath("klaviyolint")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(filepath.Dir(filepath.Dir(program)), 0o711))
	for _, args := range [][]string{{"-f", "json", "-o", name, file}, {"baseline", "update", "--baseline", name, file}} {
		if args[0] == "baseline" {
			require.NoError(t, os.Chmod(name, 0o644))
			require.NoError(t, os.WriteFile(name, []byte(`{"schema":1,"tool":{"name":"klaviyolint"},"baseline":"files","findings":[]}`), 0o644))
			require.NoError(t, os.Chmod(name, 0o444))
		}
		before, err := os.ReadFile(name)
		require.NoError(t, err)
		out := runChild(t, base, args, asNobody)
		assert.Equal(t, exitUsage, out.code, out.stdout)
		assert.Contains(t, out.stderr, fmt.Sprintf("write the report to %q: permission denied", name))
		after, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Equal(t, string(before), string(after))
	}
}

// What the command itself says in a report, of what is scanned and where it comes from, holds no encoded key.
func TestOutputHoldsNoEncodedKey(t *testing.T) {
	r := newRepo(t, true, &fault{})
	r.plant()
	head := strings.TrimSpace(r.git("rev-parse", "HEAD"))
	encoded := base64.StdEncoding.EncodeToString([]byte(keys["HEX"]))
	t.Setenv("GITHUB_SHA", head)
	t.Setenv("GITHUB_SERVER_URL", "https://github.com")
	t.Setenv("GITHUB_REPOSITORY", "shop/"+encoded)
	t.Setenv("GITHUB_REF", "refs/heads/"+encoded)
	t.Setenv("CI_COMMIT_SHA", "")
	dir := filepath.Join(r.dir, "d-"+encoded)
	require.NoError(t, os.Mkdir(dir, 0o755))
	keyFile(t, dir)
	t.Chdir(dir)
	for _, args := range [][]string{
		{dir, "-f", "html"},
		{"history", r.dir, "-f", "sarif", "--sarif-category", encoded + "/x"},
		{"a.env", "-f", "sarif"}, // which is told from the top of the repository
		{"a.env", "-f", "gitlab"},
		{"a.env", "-f", "github"},
	} {
		out := runHere(t, args)
		assert.Equal(t, exitFindings, out.code, out.stderr)
		shows := func(text string) bool { return strings.Contains(out.stdout, text) } // which is long
		assert.False(t, shows(encoded), args)
		assert.True(t, shows("****"), args)
		if strings.Contains(strings.Join(args, " "), "-f sarif") {
			assert.True(t, shows(`"branch": "****`) && shows(`"repositoryUri": "https://github.com/shop/****`), args)
		}
	}
}
