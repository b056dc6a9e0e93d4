package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkTree scans a tree with a warm cache as whole processes, in turns with `grep -rc pk_`, and reports the median
// ratio of wall times, and the peak memory. KLAVIYOLINT_TREE names the tree; by default it is Go's own source.
func BenchmarkTree(b *testing.B) {
	tree := os.Getenv("KLAVIYOLINT_TREE")
	if tree == "" {
		root, err := exec.Command("go", "env", "GOROOT").Output()
		require.NoError(b, err)
		tree = filepath.Join(strings.TrimSpace(string(root)), "src")
	}
	against(b, []string{"-q", "--no-ignore", "--fail-on", "never", tree}, "grep", "-rc", "pk_", tree)
}

// BenchmarkHistory sweeps the history of the repository that KLAVIYOLINT_REPO names, in turns with git's fastest way
// to read every object.
func BenchmarkHistory(b *testing.B) {
	repo := os.Getenv("KLAVIYOLINT_REPO")
	if repo == "" {
		b.Skip("KLAVIYOLINT_REPO names no repository")
	}
	against(b, []string{"history", "-q", "--fail-on", "never", repo},
		"git", "-C", repo, "cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer")
}

// BenchmarkStart runs the program for nothing, and for one small file.
func BenchmarkStart(b *testing.B) {
	file := filepath.Join(b.TempDir(), "a.env")
	require.NoError(b, os.WriteFile(file, []byte("KLAVIYO_PUBLIC_KEY=AbC123\n"), 0o600))
	b.Run("version", func(b *testing.B) { against(b, []string{"version"}, "true") })
	b.Run("file", func(b *testing.B) { against(b, []string{file}, "true") })
}

// against runs klaviyolint with args, and another command, in turns.
func against(b *testing.B, args []string, other string, otherArgs ...string) {
	b.Helper()
	if _, err := exec.LookPath(other); err != nil {
		b.Skip(err)
	}
	binary := filepath.Join(b.TempDir(), "klaviyolint")
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(b, err, string(out))
	var peak int64
	timed := func(name string, args ...string) time.Duration {
		cmd := exec.Command(name, args...)
		cmd.Stdout = io.Discard
		began := time.Now()
		err := cmd.Run()
		took := time.Since(began)
		// grep's 1 says that it found nothing, our 3 that a repository is not whole.
		if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 && code != 3 {
			b.Fatalf("%s: %v", name, err)
		}
		if name == binary {
			peak = max(peak, peakMemory(cmd.ProcessState))
		}
		return took
	}
	timed(other, otherArgs...)
	var ours, theirs []float64
	var ratios []float64
	for b.Loop() {
		o, t := timed(binary, args...), timed(other, otherArgs...)
		ours, theirs = append(ours, o.Seconds()*1e3), append(theirs, t.Seconds()*1e3)
		ratios = append(ratios, o.Seconds()/t.Seconds())
	}
	b.ReportMetric(median(ours), "ms/ours")
	b.ReportMetric(median(theirs), "ms/"+other)
	b.ReportMetric(median(ratios), "x")
	b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
