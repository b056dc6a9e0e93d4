package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A hook is said to call klaviyolint only if nothing can keep it from it, and its exit code counts.
func TestInScript(t *testing.T) {
	const run = "klaviyolint hook run pre-commit"
	for text, want := range map[string]mention{
		"":                                   notCalled,
		"npm test\n":                         notCalled,
		"# " + run + "\nexit 0":              notCalled,
		run:                                  called,
		"#!/bin/sh\nnpm test\n" + run + "\n": called,
		run + ` "$@"` + "\r\n\n# end\n":      called,
		"exec /usr/bin/" + run + ` -- "$@"`:  called,
		`"$HOME/my bin/klaviyolint" hook run pre-commit --fail-open "$@" || exit` + "\ntrue": called,
		run + " || exit 1\nnpm test":                                called,
		"set -eu\n" + run + "\nnpm test":                            called,
		run + "\nnpm test":                                          mayCall, // its exit code is lost
		`printf %s "${lines%.}" | ` + run + ` "$@" || exit` + "\nx": called,
		`printf nothing | ` + run:                                   mayCall,
		run + " || exit 0":                                          mayCall,
		run + " || true":                                            mayCall,
		run + " &":                                                  mayCall,
		run + " | cat":                                              mayCall,
		"exit 0\n" + run:                                            mayCall,
		"exec npm test\n" + run:                                     mayCall,
		"if false; then\n  " + run + "\nfi":                         mayCall,
		"klaviyolint hook run pre-push":                             mayCall,
		"klaviyolint hook run pre-commits":                          mayCall,
		"klaviyolint staged":                                        mayCall,
		`echo "klaviyolint is off"`:                                 mayCall,
		"echo " + run:                                               mayCall,
		"not-" + run + "\nklaviyolint hook x":                       mayCall,
	} {
		assert.Equal(t, want, inScript(text, preCommit.name, false), text)
	}
	assert.Equal(t, called, inScript(run+"\nnpm test", preCommit.name, true))
}

// An entry for one hook is none for another.
func TestInPreCommit(t *testing.T) {
	of := func(hook string) string { return "repos:\n- repo: x\n  hooks:\n  - " + hook + "\n" }
	for _, c := range []struct {
		text string
		runs []string // which hooks certainly run it
		none bool     // nothing names it
	}{
		{of("id: black"), nil, true},
		{of("id: klaviyolint"), []string{"pre-commit", "pre-merge-commit"}, false},
		{of("{id: klaviyolint-system, stages: [pre-commit]}"), []string{"pre-commit"}, false},
		{of("{id: klaviyolint, stages: [commit, merge-commit]}"), []string{"pre-commit", "pre-merge-commit"}, false},
		{of("{id: klaviyolint, stages: [pre-push]}"), nil, false},
		{of("id: klaviyolint-commit-msg"), []string{"commit-msg"}, false},
		{of("{id: klaviyolint-push-system, stages: [push]}"), []string{"pre-push"}, false},
		{of("id: klaviyolint-files"), nil, false},
		{of("{id: klaviyolint, files: js$}"), nil, false},
		{of("{id: klaviyolint, types_or: [javascript]}"), nil, false},
		{of("{id: klaviyolint, entry: echo}"), nil, false},
		{"default_stages: [pre-commit]\n" + of("id: klaviyolint"), []string{"pre-commit"}, false},
		{"default_stages: [pre-commit]\n" + of("id: klaviyolint-commit-msg"), []string{"commit-msg"}, false},
		{of("{id: own, language: system, entry: klaviyolint hook run pre-push, stages: [pre-push]}"), []string{"pre-push"}, false},
		{"# klaviyolint\n" + of("id: black"), nil, true},
		{"repos: klaviyolint", nil, false},
		{"[[repos]]\nid = \"klaviyolint\"", nil, false}, // prek.toml
	} {
		for _, h := range hooks {
			want := mayCall
			for _, name := range c.runs {
				if name == h.name {
					want = called
				}
			}
			if c.none {
				want = notCalled
			}
			assert.Equal(t, want, inPreCommit(c.text, h.name), "%s in %s", h.name, c.text)
		}
	}
}

func TestInLefthook(t *testing.T) {
	for text, want := range map[string]mention{
		"": notCalled,
		"pre-commit:\n  commands:\n    a:\n      run: npm test":                                            notCalled,
		"pre-commit:\n  commands:\n    a:\n      run: klaviyolint hook run pre-commit":                     called,
		"pre-commit:\n  jobs:\n    - run: klaviyolint hook run pre-commit":                                 called,
		`{"pre-commit": {"commands": {"a": {"run": "klaviyolint hook run pre-commit"}}}}`:                  called,
		"pre-push:\n  commands:\n    a:\n      run: klaviyolint hook run pre-commit":                       notCalled,
		"pre-commit:\n  commands:\n    a:\n      run: klaviyolint hook run pre-commit\n      glob: '*.js'": mayCall,
		"pre-commit:\n  skip: true\n  commands:\n    a:\n      run: klaviyolint hook run pre-commit":       mayCall,
		"[pre-commit.commands.a]\nrun = \"klaviyolint hook run pre-commit\"":                               mayCall,
		"pre-commit:\n  commands:\n    klaviyolint:\n      run: npm test":                                  mayCall,
	} {
		assert.Equal(t, want, inLefthook(text, preCommit.name), text)
	}
	const push = "pre-push:\n  commands:\n    a:\n      run: klaviyolint hook run pre-push {1} {2}\n"
	assert.Equal(t, mayCall, inLefthook(push, prePush.name))
	assert.Equal(t, called, inLefthook(push+"      use_stdin: true\n", prePush.name))
}
