// Command measure times klaviyolint's history scan of repositories side by side with git's fastest way to read every
// object and with other scanners, whole processes in turns, and prints the medians:
//
//	go run ./cmd/measure [-rounds N] [-keys N] [-peers=false] REPO…
//
// With -staged it times what a pre-commit hook does with one changed file, in a clone that borrows the repository's
// objects, and with -files also in a repository of that many files:
//
//	go run ./cmd/measure -staged [-rounds N] [-files N] [REPO…]
//
// REPO is a repository's directory; it is only read. Tools that are not installed are left out, with a note.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

func main() {
	rounds := flag.Int("rounds", 5, "how often each command runs")
	keys := flag.Int("keys", 20, "how many keys are planted for the scan that locates; 0 for none")
	peers := flag.Bool("peers", true, "run other scanners too, which takes minutes, once each")
	staged := flag.Bool("staged", false, "time the scan of what is staged, one changed file, not that of history")
	files := flag.Int("files", 0, "with -staged: time it also in a repository of so many files")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if flag.NArg() == 0 && (!*staged || *files == 0) {
		fmt.Fprintln(os.Stderr, "measure: error: no repository is named\nmeasure: hint: go run ./cmd/measure DIRECTORY…")
		os.Exit(2)
	}
	m := measurement{rounds: *rounds, keys: *keys, peers: *peers, staged: *staged, files: *files}
	if err := m.run(ctx, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "measure: error:", err)
		os.Exit(1)
	}
}

// measurement is what is asked for, and what all of it needs.
type measurement struct {
	rounds, keys, files int
	peers, staged       bool

	work, ours, rule string // a directory, the program, the other scanners' rule
}

func (m *measurement) run(ctx context.Context, repos []string) (err error) {
	work, err := os.MkdirTemp("", "measure")
	if err != nil {
		return err
	}
	defer func() {
		if removeErr := os.RemoveAll(work); err == nil {
			err = removeErr
		}
	}()
	ours := filepath.Join(work, "klaviyolint")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", ours, "github.com/klaviyolint/klaviyolint/cmd/klaviyolint").CombinedOutput(); err != nil {
		return fmt.Errorf("build klaviyolint: %w: %s", err, out)
	}
	rule := filepath.Join(work, "gitleaks.toml")
	if err := os.WriteFile(rule, []byte(peerRule), 0o600); err != nil {
		return err
	}
	m.work, m.ours, m.rule = work, ours, rule
	if m.staged {
		return m.runStaged(ctx, repos)
	}
	for _, repo := range repos {
		if err := m.history(ctx, repo); err != nil {
			return err
		}
	}
	return nil
}

// history times the scans of a repository's history.
func (m *measurement) history(ctx context.Context, repo string) error {
	objects, err := exec.CommandContext(ctx, "git", "-C", repo, "count-objects", "-v").Output()
	if err != nil {
		return fmt.Errorf("count objects of %s: %w", repo, err)
	}
	fmt.Printf("%s: %s\n", repo, strings.Join(strings.Split(strings.TrimSpace(string(objects)), "\n"), ", "))
	commands := []*command{
		{name: "git cat-file", args: []string{"git", "-C", repo, "cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer"}},
		{name: "klaviyolint history", args: []string{m.ours, "history", "-q", "--fail-on", "never", repo}},
	}
	if m.keys > 0 {
		planted, err := plant(ctx, m.work, repo, m.keys)
		if err != nil {
			return fmt.Errorf("plant keys into a copy of %s: %w", repo, err)
		}
		name := fmt.Sprintf("klaviyolint history, %d keys", m.keys)
		commands = append(commands, &command{name: name, args: []string{m.ours, "history", "-q", "--fail-on", "never", planted}})
	}
	if m.peers {
		for _, tool := range []string{"gitleaks", "betterleaks"} {
			commands = append(commands, &command{name: tool, once: true, args: []string{
				tool, "git", "-c", m.rule, "--exit-code", "0", "--no-banner", "--log-level", "error", "--log-opts", "--all", repo,
			}})
		}
	}
	if err := measure(ctx, commands, m.rounds); err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "command\twall s\tCPU s\tpeak MiB\twall ×\tCPU ×\t")
	for _, c := range commands {
		if c.missing {
			fmt.Fprintf(w, "%s\tnot installed\t\t\t\t\t\n", c.name)
			continue
		}
		wall, cpu := median(c.wall), median(c.cpu)
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.0f\t%.2f\t%.2f\t\n", c.name, wall, cpu, median(c.peak),
			wall/median(commands[0].wall), cpu/median(commands[0].cpu))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return nil
}

// peerRule makes other scanners look for what klaviyolint looks for.
const peerRule = `[[rules]]
id = "klaviyo"
description = "Klaviyo private API key"
regex = '''\bpk_(?:[0-9a-zA-Z]{6}_)?[0-9a-zA-Z]{34}\b'''
keywords = ["pk_"]
`
