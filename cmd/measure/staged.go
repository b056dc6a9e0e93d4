// This file times what a pre-commit hook does.

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

// runStaged times the scan of one staged change in a clone of each repository, and in one that is made for it.
func (m *measurement) runStaged(ctx context.Context, repos []string) error {
	for i, repo := range repos {
		dir := filepath.Join(m.work, fmt.Sprintf("staged%d", i))
		if err := git(ctx, "", "clone", "--quiet", "--shared", repo, dir); err != nil {
			return err
		}
		if err := m.stage(ctx, dir, repo); err != nil {
			return err
		}
	}
	if m.files == 0 {
		return nil
	}
	dir, err := m.many(ctx)
	if err != nil {
		return err
	}
	return m.stage(ctx, dir, "a made repository")
}

// stage changes a file of the repository in dir, stages it, and times the commands.
func (m *measurement) stage(ctx context.Context, dir, name string) error {
	list, err := exec.CommandContext(ctx, "git", "-C", dir, "ls-files", "-s").Output()
	if err != nil {
		return fmt.Errorf("list files of %s: %w", name, err)
	}
	entries := strings.Split(strings.TrimSpace(string(list)), "\n")
	changed := ""
	for _, e := range entries[len(entries)/2:] { // one in the middle is as deep as most
		if info, path, _ := strings.Cut(e, "\t"); strings.HasPrefix(info, "100644 ") && !strings.HasPrefix(path, `"`) {
			changed = path
			break
		}
	}
	if changed == "" {
		return errors.New("there is no file to change in " + name)
	}
	f, err := os.OpenFile(filepath.Join(dir, changed), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("\nchanged\n")
	if err := errors.Join(err, f.Close(), git(ctx, dir, "add", changed)); err != nil {
		return err
	}
	commands := []*command{
		{name: "git diff --cached", dir: dir, args: []string{"git", "diff", "--cached", "--raw"}},
		{name: "klaviyolint staged", dir: dir, args: []string{m.ours, "staged", "-q"}},
	}
	if m.peers {
		commands = append(commands, &command{name: "gitleaks", dir: dir, args: []string{
			"gitleaks", "git", "--pre-commit", "--staged", "-c", m.rule, "--no-banner", "--log-level", "error",
		}})
	}
	fmt.Printf("%s: %d files, changed %s\n", name, len(entries), changed)
	if err := measure(ctx, commands, m.rounds); err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "command\twall ms\tCPU ms\tpeak MiB\t")
	for _, c := range commands {
		if c.missing {
			fmt.Fprintf(w, "%s\tnot installed\t\t\t\n", c.name)
			continue
		}
		fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%.0f\t\n", c.name, 1000*median(c.wall), 1000*median(c.cpu), median(c.peak))
	}
	return w.Flush()
}

// many makes a repository of m.files files, as a large project has them.
func (m *measurement) many(ctx context.Context) (string, error) {
	dir := filepath.Join(m.work, "many")
	if err := git(ctx, "", "init", "--quiet", dir); err != nil {
		return "", err
	}
	var stream strings.Builder
	stream.WriteString("commit refs/heads/many\ncommitter A <a@example.com> 1500000000 +0000\ndata 4\nmany\n")
	for i := range m.files {
		text := fmt.Sprintf("export const value = %d;\n", i)
		fmt.Fprintf(&stream, "M 644 inline packages/package%03d/src/part%02d/component%d.js\ndata %d\n%s\n", i%200, i/200%20, i, len(text), text)
	}
	cmd := exec.CommandContext(ctx, "git", "-C", dir, "fast-import", "--quiet")
	cmd.Stdin = strings.NewReader(stream.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("git fast-import: %w: %s", err, out)
	}
	return dir, git(ctx, dir, "checkout", "--quiet", "many")
}

func git(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w: %s", args[0], err, out)
	}
	return nil
}
