// This file tries the program on repositories that are odd, damaged, or made to break or to blind their reader. The
// cases stand in the other fault files, by family; here is what is demanded of each.

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fault is one way in which a repository can be odd. It is made twice: with a key where the fault does not destroy it,
// and without any key. With the key the program must exit with 1 and tell where the key stands; without, with 3 if
// something is skipped, and else with 0.
type fault struct {
	name    string
	make    func(r *repo)
	found   []place  // with the key; in any order
	skipped []gap    // in any order
	limits  []gap    // further ones, with the key: places that are not listed
	many    bool     // the key stands at more places than found says
	args    []string // nil: history of the repository
	child   bool     // as a process of its own in the repository's directory, not in this one
	peak    int64    // bytes of memory that it may take, if run measures that; 0: any
	run     func(r *repo, args []string) *outcome
	init    []string // for git init
	once    bool     // only with the key
	raw     bool     // make begins without a repository
}

// place is where a key is found. The path, the commit and the reach may be patterns, the rule "*" for any.
type place struct{ rule, path, commit, reach string }

// matches tells whether p is the place of a finding.
func (p place) matches(got place) bool {
	pathOK, _ := path.Match(p.path, got.path)
	commitOK, _ := path.Match(p.commit, got.commit)
	reachOK, _ := path.Match(p.reach, got.reach)
	return pathOK && commitOK && reachOK && (p.rule == got.rule || p.rule == "*")
}

// gap is what must be in the report's list of what was skipped: the path as a pattern, "" for any, the reason in part.
type gap struct{ path, reason string }

// at is the place of a planted key; commit is the subject of the first commit that has it there, or an ID.
func at(path, commit, reach string) place { return place{"public-setting", path, commit, reach} }

// deadline tells what hangs from what is slow: a busy machine, the race detector.
const deadline = 2 * time.Minute

// advice is what a reason must say besides what is wrong: the next thing to do.
var advice = regexp.MustCompile(`\b(run|exclude|give|name) `)

// consequence is a reason that follows from another: what is damaged or missing holds and names further things.
var consequence = regexp.MustCompile(`(is missing, named by|that packs or files promised|^read object|size is wrong by)`)

// bound is a reason that needs no advice: not everything of one kind is listed.
var bound = regexp.MustCompile(`(not all are|others are not|rest is not) listed`)

// try runs all faults of a family.
func try(t *testing.T, faults []fault) {
	t.Helper()
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			f.try(t)
		})
	}
}

func (f *fault) try(t *testing.T) {
	for _, secret := range []bool{true, false} {
		if f.once && !secret {
			break
		}
		r := newRepo(t, secret, f)
		f.make(r)
		before := snapshot(t, r.base)
		out := f.scan(r)
		found, skipped := f.found, slices.Concat(f.skipped, f.limits)
		if !secret {
			found, skipped = nil, f.skipped
		}
		wrong := out.check(r, found, skipped, f.many)
		if out.peak > f.peak && f.peak > 0 {
			wrong = append(wrong, fmt.Sprintf("takes %d MB of memory", out.peak>>20))
		}
		if _, err := os.Lstat(r.canary); err == nil {
			wrong = append(wrong, "has run a program")
		}
		if snapshot(t, r.base) != before {
			wrong = append(wrong, "has changed what it scanned")
		}
		if len(wrong) > 12 {
			wrong = append(wrong[:12], fmt.Sprintf("and %d more", len(wrong)-12))
		}
		if len(wrong) > 0 {
			t.Errorf("%s:\n\t%s", map[bool]string{true: "with the key", false: "without a key"}[secret], strings.Join(wrong, "\n\t"))
		}
	}
}

// outcome is what a run of the program gives.
type outcome struct {
	code           int
	stdout, stderr string
	took           time.Duration
	peak           int64
	report         struct {
		Complete bool
		Stopped  string
		Stats    struct{ Blobs, Commits int }
		Findings []struct {
			Rule, Path, Key, Reach string
			Commit                 struct{ ID, Subject string }
		}
		Skipped []struct {
			Path, Reason string
			Accepted     bool
		}
	}
}

// scan runs the program on the repository.
func (f *fault) scan(r *repo) *outcome {
	r.t.Helper()
	args := slices.Clone(f.args)
	if args == nil {
		args = []string{"history", "-f", "json", "{dir}"}
	}
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "{dir}", r.dir)
	}
	var out *outcome
	if f.run != nil {
		out = f.run(r, args)
	} else if f.child {
		out = runChild(r.t, r.dir, args)
	} else {
		out = runHere(r.t, args)
	}
	return out
}

// runHere runs the program in this process. A scan that goes on long after its time is left to itself.
func runHere(t testing.TB, args []string) *outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	var out outcome
	var stdout, stderr bytes.Buffer
	done := make(chan struct{})
	began := time.Now()
	go func() {
		defer close(done)
		out.code = run(ctx, args, nil, &stdout, &stderr)
	}()
	select {
	case <-done:
	case <-time.After(2 * deadline):
		t.Fatalf("klaviyolint %s hangs", strings.Join(args, " "))
	}
	out.took, out.stdout, out.stderr = time.Since(began), stdout.String(), stderr.String()
	return &out
}

// runChild runs the program as a process of its own, which a deadline can end.
func runChild(t testing.TB, dir string, args []string, prepare ...func(*exec.Cmd)) *outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*deadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, "klaviyolint", args...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	for _, p := range prepare {
		p(cmd)
	}
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("klaviyolint %s: %v", strings.Join(args, " "), errors.Join(err, ctx.Err()))
	}
	return &outcome{
		code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String(),
		took: took,
	}
}

// check says what is wrong with the outcome of a scan of r.
func (out *outcome) check(r *repo, found []place, skipped []gap, many bool) (wrong []string) {
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	code := exitClean
	switch {
	case len(found) > 0:
		code = exitFindings
	case len(skipped) > 0:
		code = exitIncomplete
	}
	if out.code != code {
		complain("exit code %d, want %d", out.code, code)
	}
	if out.took > deadline {
		complain("takes %s", out.took)
	}
	for name, key := range keys {
		if strings.Contains(out.stdout+out.stderr, key[len(key)-20:]) {
			complain("shows the key $%s", name)
		}
	}
	if err := json.Unmarshal([]byte(out.stdout), &out.report); err != nil {
		complain("no report: %v\n%s%s", err, out.stdout, out.stderr)
		return wrong
	}
	if out.stderr != "" || out.report.Stopped != "" {
		complain("stops: %s %s", out.report.Stopped, out.stderr)
	}
	if out.report.Complete != (len(skipped) == 0) {
		complain("complete is %v", out.report.Complete)
	}
	for _, f := range out.report.Findings {
		commit := f.Commit.Subject
		if id, ok := r.commits[commit]; ok && id != f.Commit.ID {
			complain("%s: commit %q is %s, want %s", f.Path, commit, f.Commit.ID, id)
		}
		got := place{f.Rule, strings.TrimPrefix(f.Path, filepath.ToSlash(r.dir)+"/"), commit, f.Reach}
		i := slices.IndexFunc(found, func(p place) bool { return p.matches(got) })
		if i < 0 {
			if !many {
				complain("found and not wanted: %.400q", got)
			}
			continue
		}
		found = slices.Delete(slices.Clone(found), i, i+1)
	}
	for _, p := range found {
		complain("not found: %q", p)
	}
	return append(wrong, out.checkSkipped(r, skipped)...)
}

// checkSkipped pairs what was skipped with what should be: one of the latter may stand for several of the former.
func (out *outcome) checkSkipped(r *repo, want []gap) (wrong []string) {
	met := make([]bool, len(want))
	for _, s := range out.report.Skipped {
		name := strings.TrimPrefix(s.Path, filepath.ToSlash(r.base)+"/")
		known := s.Accepted
		for i, g := range want {
			ok, err := path.Match(g.path, name)
			require.NoError(r.t, err)
			if (ok || g.path == "") && strings.Contains(s.Reason, g.reason) {
				met[i], known = true, true
			}
		}
		if len(want) > 0 && consequence.MatchString(s.Reason) {
			continue
		}
		if !known {
			wrong = append(wrong, fmt.Sprintf("skipped and not wanted: %s: %s", name, s.Reason))
		} else if !advice.MatchString(s.Reason) && !bound.MatchString(s.Reason) {
			wrong = append(wrong, fmt.Sprintf("says nothing of what to do: %s: %s", name, s.Reason))
		}
	}
	for i, ok := range met {
		if !ok {
			wrong = append(wrong, fmt.Sprintf("not listed as skipped: %s: %s", want[i].path, want[i].reason))
		}
	}
	return wrong
}
