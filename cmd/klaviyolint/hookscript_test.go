package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What git writes to the standard input of a hook reaches klaviyolint and the hook that was there, byte for byte, and so do
// the arguments; either of them stops the push.
func TestScriptOfPush(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the shell is Git's own there")
	}
	dir := t.TempDir()
	stand := func(name string) string {
		name = filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
		text := "#!/bin/sh\ncat > \"$0.in\"; printf '%s,' \"$@\" > \"$0.args\"; exit ${FAIL:-0}\n"
		require.NoError(t, os.WriteFile(name, []byte(text), 0o700))
		return name
	}
	read := func(name string) string {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		return string(data)
	}
	binary, earlier, hook := stand("klavi 'yo'\nlint"), stand(earlierDir+"/pre-push"), filepath.Join(dir, "pre-push")
	lines := "refs/heads/a 1 refs/heads/b 2\n\nno line end, %s \\n\n\n"
	for _, chained := range []bool{true, false} {
		for _, input := range []string{"", "\n", lines, lines + "x"} {
			require.NoError(t, os.WriteFile(hook, []byte(script{binary: binary}.text(prePush, chained)), 0o700))
			require.NoError(t, os.WriteFile(earlier+".in", nil, 0o600))
			cmd := exec.Command(hook, "origin", "a b")
			cmd.Stdin = strings.NewReader(input)
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, string(out))
			assert.Equal(t, input, read(binary+".in"))
			assert.Equal(t, "hook,run,pre-push,--,origin,a b,", read(binary+".args"))
			if chained {
				assert.Equal(t, input, read(earlier+".in"))
				assert.Equal(t, "origin,a b,", read(earlier+".args"))
			}
			cmd = exec.Command(hook)
			cmd.Env = append(os.Environ(), "FAIL=9")
			_ = cmd.Run()
			assert.Equal(t, 9, cmd.ProcessState.ExitCode())
		}
	}

	// Without the program nothing is sent, unless that was asked for; the other hook may send things by itself.
	require.NoError(t, os.Remove(earlier+".in"))
	for _, open := range []bool{false, true} {
		require.NoError(t, os.WriteFile(hook, []byte(script{binary: binary + "x", failOpen: open}.text(prePush, true)), 0o700))
		cmd := exec.Command(hook)
		out, err := cmd.CombinedOutput()
		assert.Equal(t, open, err == nil)
		assert.Contains(t, string(out), "this push was not scanned")
		_, err = os.Stat(earlier + ".in")
		assert.Equal(t, open, err == nil)
	}
}

// A script is known again, with the program that it runs; a changed one is known to be changed.
func TestKnownScript(t *testing.T) {
	for _, binary := range []string{"/usr/bin/klaviyolint", `/it's "$HOME" ` + "`x`\n/k", "/\xff''/k"} {
		for _, h := range hooks {
			for _, chained := range []bool{true, false} {
				text := script{binary: binary}.text(h, chained)
				ours, changed, got := knownScript(text)
				assert.True(t, ours)
				assert.False(t, changed)
				assert.Equal(t, binary, got)
				_, changed, _ = knownScript(text + "\n")
				assert.True(t, changed)
				_, changed, _ = knownScript(strings.Replace(text, "/sh", "/zsh", 1))
				assert.True(t, changed)
				_, changed, _ = knownScript(strings.Replace(text, "\n", "\nexit 0\n", 1))
				assert.True(t, changed)
			}
		}
	}
	ours, _, _ := knownScript("#!/bin/sh\nexec klaviyolint staged\n")
	assert.False(t, ours)
}
