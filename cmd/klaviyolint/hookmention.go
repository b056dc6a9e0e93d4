// This file tells whether hooks, and configurations of other tools, call klaviyolint. What it does not understand may
// do so: who asks has to look, for a hook that is taken to run and does not is worse than none.

package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// mention is what a text says about calling klaviyolint for a hook.
type mention uint8

const (
	notCalled mention = iota
	mayCall           // klaviyolint is named in it
	called
)

// callLine is a line that does nothing but run klaviyolint for a hook, with what git writes to standard input if that
// was read before: the hook's name, and how the line ends.
var callLine = regexp.MustCompile(`^(exec +|)` +
	`(?:printf +'?%s'? +"\$[^"|;&]*" *\| *)?` +
	`(?:"[^"]*klaviyolint(?:\.exe)?"|[^\s"'|&;()<>]*klaviyolint(?:\.exe)?) +hook +run +([a-z-]+)` +
	`( +[^|&;()<>]*?)?( *\|\| *exit(?: +[1-9]\d*| +\$\?)?)?$`)

var (
	errExit   = regexp.MustCompile(`^set +(-[a-z]*e|-o +errexit)`)
	endOfHook = regexp.MustCompile(`^(exit|return|exec)\b`)
)

// inScript tells whether a script of a shell runs klaviyolint for a hook, and fails when it does. A line that is
// indented may depend on anything. errexit says that the shell ends at the first command that fails.
func inScript(text, hook string, errexit bool) mention {
	found := notCalled
	last := false // the line before ran klaviyolint, and unless the script ends here its exit code is lost
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		if line == "" || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		last = false
		if strings.Contains(line, "klaviyolint") {
			found = mayCall
		}
		if m := callLine.FindStringSubmatch(line); m != nil && m[2] == hook {
			if errexit || m[1] != "" || m[4] != "" {
				return called
			}
			last = true
			continue
		}
		if endOfHook.MatchString(line) {
			return named(text)
		}
		errexit = errexit || errExit.MatchString(line)
	}
	if last {
		return called
	}
	return found
}

// named tells that klaviyolint is named at all.
func named(text string) mention {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") && strings.Contains(line, "klaviyolint") {
			return mayCall
		}
	}
	return notCalled
}

// preCommitHooks are the IDs of .pre-commit-hooks.yaml that do what git's hook of a name has to. There is a -system
// variant of each.
var preCommitHooks = map[string]string{
	preCommit.name:      "klaviyolint",
	preMergeCommit.name: "klaviyolint",
	commitMsg.name:      "klaviyolint-commit-msg",
	prePush.name:        "klaviyolint-push",
}

// inPreCommit tells whether a configuration of pre-commit runs klaviyolint in a hook, under all conditions.
func inPreCommit(text, hook string) mention {
	var config struct {
		DefaultStages []string `yaml:"default_stages"`
		Repos         []struct {
			Hooks []struct {
				ID, Entry, Files, Exclude string
				Stages                    []string
				Types                     []string
				TypesOr                   []string `yaml:"types_or"`
				ExcludeTypes              []string `yaml:"exclude_types"`
			}
		}
	}
	if yaml.Unmarshal([]byte(text), &config) != nil {
		return named(text)
	}
	for _, r := range config.Repos {
		for _, h := range r.Hooks {
			id, ran := strings.TrimSuffix(h.ID, "-system"), callLine.FindStringSubmatch(h.Entry)
			stages := h.Stages
			switch {
			case len(stages) > 0:
			case id == preCommitHooks[commitMsg.name]:
				stages = []string{commitMsg.name} // as .pre-commit-hooks.yaml has it
			default:
				stages = config.DefaultStages
			}
			ours := h.Entry == "" && id == preCommitHooks[hook] || ran != nil && ran[2] == hook
			limited := h.Files != "" || h.Exclude != "" || len(h.Types)+len(h.TypesOr)+len(h.ExcludeTypes) > 0
			// Before pre-commit 3.2 the stages had other names.
			here := slices.Contains(stages, hook) || slices.Contains(stages, strings.TrimPrefix(hook, "pre-"))
			if ours && !limited && (here || len(stages) == 0) {
				return called
			}
		}
	}
	return named(text)
}

// inLefthook tells whether a configuration of lefthook runs klaviyolint in a hook, under all conditions. One in TOML is
// not read.
func inLefthook(text, hook string) mention {
	var config map[string]any
	if yaml.Unmarshal([]byte(text), &config) != nil {
		return named(text)
	}
	of, ok := config[hook].(map[string]any)
	if !ok {
		return notCalled
	}
	if limited(of) {
		return mayCall
	}
	commands, _ := of["commands"].(map[string]any)
	jobs, _ := of["jobs"].([]any)
	for _, c := range append(jobs, slices.Collect(maps.Values(commands))...) {
		c, ok := c.(map[string]any)
		if !ok {
			continue
		}
		run, _ := c["run"].(string)
		if m := callLine.FindStringSubmatch(strings.TrimSpace(run)); m == nil || m[2] != hook || limited(c) {
			continue
		}
		// Under pre-push lefthook keeps standard input to itself if it is not told otherwise.
		if use, _ := c["use_stdin"].(bool); hook != prePush.name || use {
			return called
		}
	}
	return named(text)
}

// limited tells that an entry of lefthook has conditions.
func limited(entry map[string]any) bool {
	for _, name := range []string{"skip", "only", "glob", "exclude", "exclude_tags", "files", "file_types", "root"} {
		if _, found := entry[name]; found {
			return true
		}
	}
	return false
}
