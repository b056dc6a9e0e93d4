// This file runs commands in turns and keeps what they took.

package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"time"
)

// command is a command line and what its runs took.
type command struct {
	name            string
	args            []string
	dir             string // where it runs; "": here
	once            bool   // it takes minutes
	missing         bool   // it is not installed
	wall, cpu, peak []float64
}

// measure runs each command, in turns, after one run of each that only warms the caches.
func measure(ctx context.Context, commands []*command, rounds int) error {
	for _, c := range commands {
		_, err := exec.LookPath(c.args[0])
		c.missing = errors.Is(err, exec.ErrNotFound)
	}
	for round := range rounds + 1 {
		for _, c := range commands {
			if c.missing || c.once && round != 1 {
				continue
			}
			if err := c.run(ctx, round > 0); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *command) run(ctx context.Context, keep bool) error {
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...) // its output goes nowhere
	cmd.Dir = c.dir
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	peak := watchMemory(cmd.Process.Pid)
	err := cmd.Wait()
	took, most := time.Since(began), peak()
	// 3 says that a repository is not whole.
	if code := cmd.ProcessState.ExitCode(); err != nil && code != 3 {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	if keep {
		c.wall = append(c.wall, took.Seconds())
		c.cpu = append(c.cpu, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
		c.peak = append(c.peak, most)
	}
	return nil
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if len(v) == 0 {
		return 0
	}
	return v[len(v)/2]
}
