// This file plants keys into a repository that borrows all objects of another.

package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// plant makes a bare repository in work that has the objects and refs of repo, and n commits on top, each with a key in
// a file of its own below as many directories as files usually are. It gives the repository's directory.
func plant(ctx context.Context, work, repo string, n int) (string, error) {
	dir := filepath.Join(work, fmt.Sprintf("planted-%s.git", filepath.Base(filepath.Dir(repo))))
	if out, err := exec.CommandContext(ctx, "git", "clone", "--quiet", "--bare", "--shared", repo, dir).CombinedOutput(); err != nil {
		return "", fmt.Errorf("git clone: %w: %s", err, out)
	}
	var stream strings.Builder
	for i := range n {
		key := "pk" + "_" + strings.Repeat(fmt.Sprintf("%02d3f9ac7b1e5d8064", i), 3)[:34]
		text := fmt.Sprintf("const settings = { klaviyo: { company_id: '%s' } };\n", key)
		fmt.Fprintf(&stream, "commit refs/heads/planted\ncommitter A <a@example.com> %d +0000\ndata 7\nplanted\n", 1_500_000_000+i)
		if i == 0 {
			stream.WriteString("from HEAD^0\n")
		}
		fmt.Fprintf(&stream, "M 644 inline src/deep/down/settings%d.js\ndata %d\n%s\n", i, len(text), text)
	}
	cmd := exec.CommandContext(ctx, "git", "-C", dir, "fast-import", "--quiet")
	cmd.Stdin = strings.NewReader(stream.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("git fast-import: %w: %s", err, out)
	}
	return dir, nil
}
