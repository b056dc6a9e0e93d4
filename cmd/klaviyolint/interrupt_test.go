//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand"
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

// program returns the name of a file that is this program: the test itself, under its name. See TestMain.
func program(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "klaviyolint")
	require.NoError(t, os.Symlink(self, name))
	return name
}

// ending is what a run of the program says.
type ending struct {
	code   int
	took   time.Duration // from the signal to the end
	killed bool          // the program did not yet listen to signals
	report struct {
		Complete bool
		Stopped  string
		Findings []struct{ Path, Reach string }
		Skipped  []struct{ Path, Reason string }
	}
}

// interruptedRun runs the program and sends it a signal after a while.
func interruptedRun(t *testing.T, name string, wait time.Duration, signal os.Signal, args ...string) ending {
	t.Helper()
	cmd := exec.Command(name, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Start())
	timer := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	began := time.Now()
	if signal != nil {
		time.Sleep(wait)
		began = time.Now()
		_ = cmd.Process.Signal(signal)
	}
	err := cmd.Wait()
	o := ending{code: cmd.ProcessState.ExitCode(), took: time.Since(began)}
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled() {
		o.killed = exit.Sys().(syscall.WaitStatus).Signal() == signal
		require.True(t, o.killed, "%v", err)
		return o
	}
	assert.Empty(t, stderr.String())
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &o.report), stdout.String())
	return o
}

// Whenever it is interrupted, the program ends soon, and says what it found and that it did not come to the end.
func TestInterrupt(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	t.Parallel()
	const keyed = 20
	name, repo := program(t), bigRepository(t, 160, keyed)
	args := []string{"history", "-f", "json", repo}
	whole := interruptedRun(t, name, 0, nil, args...)
	require.Equal(t, exitFindings, whole.code)
	require.True(t, whole.report.Complete)
	require.Len(t, whole.report.Findings, keyed)
	t.Logf("whole: %v", whole.took)

	random := rand.New(rand.NewSource(1))
	stopped := 0
	for i := range 10 {
		wait := 30*time.Millisecond + time.Duration(random.Int63n(int64(whole.took)))
		o := interruptedRun(t, name, wait, []os.Signal{os.Interrupt, syscall.SIGTERM}[i%2], args...)
		if o.killed {
			continue
		}
		t.Logf("after %v: ended in %v, exit code %d, %d findings, %d skipped, %q", wait, o.took, o.code,
			len(o.report.Findings), len(o.report.Skipped), o.report.Stopped)
		if o.report.Stopped == "" {
			assert.Equal(t, whole.report, o.report)
			continue
		}
		stopped++
		assert.Less(t, o.took, 5*time.Second)
		assert.Equal(t, "interrupted", o.report.Stopped)
		assert.False(t, o.report.Complete)
		code := exitFindings // findings win over incomplete
		if len(o.report.Findings) == 0 {
			code = exitIncomplete
		}
		assert.Equal(t, code, o.code)
		for _, f := range o.report.Findings {
			unlocated := strings.HasPrefix(f.Path, "blob:")
			assert.Equal(t, unlocated, f.Reach == "", f.Path)
		}
	}
	if stopped == 0 {
		t.Log("each run ended before its signal")
	}
}

// A scan that has found nothing when it is interrupted is incomplete, not clean.
func TestInterruptBeforeAnythingIsFound(t *testing.T) {
	t.Parallel()
	in, out, err := os.Pipe()
	require.NoError(t, err)
	defer in.Close()
	defer out.Close()
	cmd := exec.Command(program(t), "-", "-f", "json")
	var stdout bytes.Buffer
	cmd.Stdin, cmd.Stdout = in, &stdout
	require.NoError(t, cmd.Start())
	// A pipe holds less: when all is written some of it has been read, and the program listens to signals.
	_, err = out.Write(bytes.Repeat([]byte("nothing\n"), 100_000))
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	began := time.Now()
	require.Error(t, cmd.Wait())
	assert.Less(t, time.Since(began), 5*time.Second)
	assert.Equal(t, exitIncomplete, cmd.ProcessState.ExitCode())
	assert.Contains(t, stdout.String(), `"stopped": "interrupted"`)
	assert.True(t, json.Valid(stdout.Bytes()))
}
