package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFaultHiding scans repositories in which git log -p would not show the key, though nothing is damaged: by what is
// in them, which comes with every clone, or by their configuration.
func TestFaultHiding(t *testing.T) {
	t.Parallel()
	planted := []place{at("a.env", "plant", "head")}
	config := func(lines string) func(*repo) {
		return func(r *repo) {
			r.plant()
			r.change(".git/config", func(data []byte) []byte { return append(data, lines...) })
		}
	}
	attributes := func(line string) func(*repo) {
		return func(r *repo) {
			r.plant()
			r.commit("attributes", ".gitattributes", line+"\n")
		}
	}
	faults := []fault{
		{name: "G01 -diff, after the leak", make: attributes("*.env -diff"), found: planted},
		{name: "G01 binary", make: attributes("* binary"), found: planted},
		{name: "G01 -text eol", make: attributes("*.env -text eol=crlf"), found: planted},
		{name: "G01 export-ignore, linguist-generated", make: attributes("*.env export-ignore linguist-generated"), found: planted},
		{name: "G01 info/attributes", make: func(r *repo) { r.plant(); r.file(".git/info/attributes", "* -diff\n") }, found: planted},
		{name: "G01 core.attributesFile", make: config("[core]\n\tattributesFile = /dev/stdin\n"), found: planted},
		{name: "G02 diff.orderFile", make: config("[diff]\n\torderFile = /does/not/exist\n"), found: planted},
		{name: "G03 log.date", make: config("[log]\n\tdate = x\n"), found: planted},
		{name: "G03 log.showRoot", make: func(r *repo) {
			r.commit("plant", "a.env", r.text())
			r.git("config", "log.showRoot", "false")
		}, found: planted},
		{name: "G05 core.bigFileThreshold", make: config("[core]\n\tbigFileThreshold = 10\n"), found: planted},
		{name: "G05 diff.x.binary", make: config("[diff \"x\"]\n\tbinary = true\n"), found: planted},
		{name: "G05 core.worktree elsewhere", make: config("[core]\n\tworktree = /etc\n"), found: planted},
		{name: "G05 core.bare without being so", make: config("[core]\n\tbare = true\n"), found: planted},
		{name: "G06 color.ui", make: config("[color]\n\tui = always\n"), found: planted},
		{
			name: "G07 symbolic link to a file", make: func(r *repo) {
				r.link("elsewhere", "a.env")
				r.commit("link", "", "")
				r.remove("a.env")
				r.commit("plant", "a.env", r.text())
			},
			found: planted,
		},
		{
			name: "G07 target of a symbolic link", make: func(r *repo) {
				r.link(strings.TrimSpace(r.text()), "link")
				r.commit("plant", "", "")
			},
			found: []place{at("link", "plant", "head")},
		},
		{
			name: "G08 commit message", make: func(r *repo) { r.commit("plant", "", ""); r.commitStaged("say\n\n" + r.text()) },
			found: []place{at("commit:*", "say", "head")},
		},
		{
			name: "G08 tag message", make: func(r *repo) {
				r.commit("first", "other.txt", "nothing\n")
				r.git("tag", "-m", r.text(), "v1")
			},
			found: []place{at("tag:v1", "first", "head")},
		},
		{
			name: "G08 author", make: func(r *repo) {
				r.commitStaged("first", "--author", strings.TrimSpace(r.text())+" <ann@example.com>")
			},
			found: []place{at("commit:*", "first", "head")},
		},
		{
			name: "G08 file name", make: func(r *repo) { r.commit("plant", strings.TrimSpace(r.text()), "x\n") },
			found: []place{{"*", "*", "plant", "head"}},
		},
		{
			name: "G08 directory name", make: func(r *repo) { r.commit("plant", strings.TrimSpace(r.text())+"/x.txt", "x\n") },
			found: []place{{"*", "KLAVIYO_PUBLIC_KEY=*", "plant", "head"}},
		},
		{
			name: "G08 branch name", make: func(r *repo) {
				r.commit("first", "other.txt", "nothing\n")
				r.git("branch", strings.TrimSpace(r.text()))
			},
			found: []place{{"*", "ref:refs/heads/*", "*", "*"}},
		},
		{
			name: "G08 name of a branch in packed-refs", make: func(r *repo) {
				r.commit("first", "other.txt", "nothing\n")
				r.git("branch", strings.TrimSpace(r.text()))
				r.git("pack-refs", "--all")
			},
			found: []place{{"*", "ref:refs/heads/*", "*", "*"}},
		},
		{
			name: "G08 signature of a commit", make: func(r *repo) {
				r.commit("first", "other.txt", "nothing\n")
				text := r.commitOf("signed", r.id("HEAD^{tree}"), r.id("HEAD"))
				text = strings.Replace(text, "\n\n", "\ngpgsig -----BEGIN\n "+r.text()+" -----END\n\n", 1)
				r.file(".git/refs/heads/main", r.object("commit", text)+"\n")
			},
			found: []place{at("commit:*", "signed", "head")},
		},
		{
			name: "G09 grown behind another extension", make: func(r *repo) { r.commit("plant", "logo.png", "\x89PNG\r\n\x1a\n"+r.text()) },
			found: []place{at("logo.png", "plant", "head")},
		},
		{
			name: "G09 behind 20 MB in one line", make: func(r *repo) {
				r.commit("plant", "a.env", strings.Repeat("x", 20<<20)+"\n"+r.text())
			},
			found: planted,
		},
	}
	try(t, faults)
}

// TestFaultNothingRuns scans repositories whose configuration names programs, each of which would leave a file behind.
func TestFaultNothingRuns(t *testing.T) {
	t.Parallel()
	planted := []place{at("a.env", "plant", "head")}
	var faults []fault
	for _, c := range []struct{ name, config string }{
		{"core.fsmonitor", "[core]\n\tfsmonitor = {canary}\n"},
		{"core.sshCommand", "[core]\n\tsshCommand = {canary}\n"},
		{"core.pager, core.editor, core.askPass", "[core]\n\tpager = {canary}\n\teditor = {canary}\n\taskPass = {canary}\n"},
		{"core.hooksPath", "[core]\n\thooksPath = {hooks}\n"},
		{"core.alternateRefsCommand", "[core]\n\talternateRefsCommand = {canary}\n"},
		{"core.gitProxy", "[core]\n\tgitProxy = {canary}\n"},
		{"textconv", "[diff \"x\"]\n\ttextconv = {canary}\n\tcommand = {canary}\n[diff]\n\texternal = {canary}\n"},
		{"filter", "[filter \"x\"]\n\tclean = {canary}\n\tsmudge = {canary}\n\tprocess = {canary}\n\trequired = true\n"},
		{"merge driver", "[merge \"x\"]\n\tdriver = {canary}\n"},
		{"credential.helper", "[credential]\n\thelper = !{canary}\n"},
		{"gpg.program", "[gpg]\n\tprogram = {canary}\n[log]\n\tshowSignature = true\n"},
		{"alias", "[alias]\n\tlog = !{canary}\n\tstatus = !{canary}\n"},
		{"include.path", "[include]\n\tpath = {include}\n"},
		{"includeIf", "[includeIf \"gitdir:**\"]\n\tpath = {include}\n"},
		{"trailer, sequence.editor", "[trailer \"x\"]\n\tcommand = {canary}\n[sequence]\n\teditor = {canary}\n"},
		{"uploadpack.packObjectsHook", "[uploadpack]\n\tpackObjectsHook = {canary}\n"},
	} {
		for _, args := range [][]string{nil, {"-f", "json", "{dir}"}} {
			f := fault{name: "E01 " + c.name, make: armed(c.config), args: args, found: planted}
			if args != nil {
				f.name, f.once = f.name+", work tree", true
				f.found = []place{at("a.env", "", "")}
			}
			faults = append(faults, f)
		}
	}
	faults = append(faults,
		fault{name: "E02 staged", make: armed("[core]\n\tfsmonitor = {canary}\n"), args: []string{"staged", "--all", "-f", "json"}, child: true, found: []place{at("a.env", "", "")}},
		fault{
			name: "E03 promisor with a blob missing", make: func(r *repo) {
				armed("[core]\n\tsshCommand = {canary}\n[remote \"origin\"]\n\turl = ssh://git@127.0.0.1:1/x\n\tpromisor = true\n" +
					"\tuploadpack = {canary}\n[extensions]\n\tpartialClone = origin\n")(r)
				r.remove(loose(r.id("HEAD:other.txt")))
			},
			found:   planted,
			skipped: []gap{{"config", "run git fetch --refetch"}, {"", "1 blob"}},
		},
		fault{
			name: "E04 config.worktree", make: func(r *repo) {
				armed("")(r)
				r.git("config", "extensions.worktreeConfig", "true")
				r.file(".git/config.worktree", strings.ReplaceAll("[core]\n\tfsmonitor = {canary}\n\tpager = {canary}\n", "{canary}", r.path("../canary.sh")))
			},
			found: planted,
		},
	)
	for i, f := range faults {
		build := f.make
		faults[i].make = func(r *repo) {
			build(r)
			r.canary = r.path("../ran")
			require.NoFileExists(r.t, r.canary)
		}
	}
	try(t, faults)
}

// armed plants the key with a configuration, all hooks and attributes that would run a program.
func armed(config string) func(*repo) {
	return func(r *repo) {
		r.plant()
		r.commit("attributes", ".gitattributes", "* diff=x filter=x merge=x\n")
		script := "#!/bin/sh\necho ran >> '" + r.path("../ran") + "'\n"
		program := r.path("../canary.sh")
		r.file(program, script)
		require.NoError(r.t, os.Chmod(program, 0o755))
		for _, hook := range []string{"pre-commit", "post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman", "pre-auto-gc"} {
			for _, dir := range []string{".git/hooks/", "../hooks/"} {
				r.file(dir+hook, script)
				require.NoError(r.t, os.Chmod(r.path(dir+hook), 0o755))
			}
		}
		fill := strings.NewReplacer("{canary}", program, "{hooks}", r.path("../hooks"), "{include}", r.path("../included"))
		r.file("../included", fill.Replace("[core]\n\tfsmonitor = {canary}\n\tpager = {canary}\n[extensions]\n\tobjectFormat = sha256\n"))
		r.change(".git/config", func(data []byte) []byte { return append(data, fill.Replace(config)...) })
	}
}
