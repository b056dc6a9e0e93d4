// Command measure times klaviyolint's history scan of repositories side by side with git's fastest way to read every
// object and with other scanners, whole processes in turns, and prints the medians:
//
//	go run ./cmd/measure [-rounds N] [-keys N] [-peers=false] REPO…
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
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "measure: error: no repository is named\nmeasure: hint: go run ./cmd/measure DIRECTORY…")
		os.Exit(2)
	}
	if err := run(ctx, *rounds, *keys, *peers, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "measure: error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rounds, keys int, peers bool, repos []string) (err error) {
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
	for _, repo := range repos {
		objects, err := exec.CommandContext(ctx, "git", "-C", repo, "count-objects", "-v").Output()
		if err != nil {
			return fmt.Errorf("count objects of %s: %w", repo, err)
		}
		fmt.Printf("%s: %s\n", repo, strings.Join(strings.Split(strings.TrimSpace(string(objects)), "\n"), ", "))
		commands := []*command{
			{name: "git cat-file", args: []string{"git", "-C", repo, "cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer"}},
			{name: "klaviyolint history", args: []string{ours, "history", "-q", "--fail-on", "never", repo}},
		}
		if keys > 0 {
			planted, err := plant(ctx, work, repo, keys)
			if err != nil {
				return fmt.Errorf("plant keys into a copy of %s: %w", repo, err)
			}
			name := fmt.Sprintf("klaviyolint history, %d keys", keys)
			commands = append(commands, &command{name: name, args: []string{ours, "history", "-q", "--fail-on", "never", planted}})
		}
		if peers {
			for _, tool := range []string{"gitleaks", "betterleaks"} {
				commands = append(commands, &command{name: tool, once: true, args: []string{
					tool, "git", "-c", rule, "--exit-code", "0", "--no-banner", "--log-level", "error", "--log-opts", "--all", repo,
				}})
			}
		}
		if err := measure(ctx, commands, rounds); err != nil {
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
