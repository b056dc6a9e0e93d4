package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/klaviyolint/klaviyolint/rules"
)

var update = flag.Bool("update", false, "rewrite what is rendered: golden files, docs, the README")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"klaviyolint": main})
}

// keys are synthetic, and built here so that no file of the repository holds one. Scripts write $HEX, $SITE and $DOC.
var keys = map[string]string{
	"HEX":   "pk_" + strings.Repeat("0123456789abcdef", 3)[:34],
	"SITE":  "pk_AbC123_" + strings.Repeat("fedcba9876543210", 3)[:34],
	"DOC":   strings.Join([]string{"pk", "bcd123efg456hij789klm0nop123qrstu4"}, "_"),
	"ALPHA": "pk_customersubscriptionpreferencehist",
}

// TestScripts runs testdata/script/*.txtar, one behaviour each.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			for name, key := range keys {
				env.Setenv(name, key)
			}
			for name, value := range map[string]string{
				"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "HOME": env.WorkDir, "NO_COLOR": "",
				"GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.com", "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
				"GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.com", "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
			} {
				env.Setenv(name, value)
			}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			_, err := exec.LookPath(cond)
			return err == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"expand":  expand,
			"nokeys":  noKeys,
			"stopped": stopped,
		},
	})
}

// exits CODE COMMAND… runs a command that must end with the exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = strings.TrimPrefix(exit.Error(), "exit status ")
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
	for _, out := range []string{ts.ReadFile("stdout"), ts.ReadFile("stderr")} {
		checkNoKeys(ts, out)
	}
}

// expand FILE… replaces $HEX and its like in files, and $IGNORE by the mark of an ignore, which a script must not hold.
func expand(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), func(name string) string {
			if key, ok := keys[name]; ok {
				return key
			}
			if name == "IGNORE" {
				return rules.IgnoreMark
			}
			return "$" + name
		})
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}

// stopped COMMAND… runs a command of git that must not make a commit.
func stopped(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: stopped COMMAND…")
	}
	commits := func() string {
		cmd := exec.Command("git", "rev-list", "--all", "HEAD", "--")
		cmd.Dir = ts.MkAbs(".")
		out, _ := cmd.Output() // there is no HEAD before the first commit
		return string(out)
	}
	before := commits()
	if ts.Exec(args[0], args[1:]...) == nil {
		ts.Fatalf("nothing stopped it")
	}
	checkNoKeys(ts, ts.ReadFile("stdout")+ts.ReadFile("stderr"))
	if commits() != before {
		ts.Fatalf("a commit was made")
	}
}

// noKeys FILE… checks that no file holds a key.
func noKeys(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		checkNoKeys(ts, ts.ReadFile(name))
	}
}

func checkNoKeys(ts *testscript.TestScript, text string) {
	for name, key := range keys {
		if strings.Contains(text, key) {
			ts.Fatalf("the output shows the key $%s", name)
		}
	}
}
