// This file runs the commands that the documents tell people to copy.

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// block is a block of commands in a document, and what the comment on the line above it says:
//
//	<!-- run in PLACE -->               it is run there; places are below
//	<!-- run in PLACE, needs TOOL -->   if TOOL is installed; with "ends clean" the history then has no finding
//	<!-- not run: REASON -->            it is not
type block struct {
	where, mark, text string
}

// commandBlocks lists the blocks of shell commands in a document.
func commandBlocks(name, text string) (blocks []block) {
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		language := strings.TrimPrefix(lines[i], "```")
		switch language {
		case "sh", "bash", "shell", "console", "powershell":
		default:
			if language != lines[i] { // a block of something else: its end is no beginning
				for i++; i < len(lines) && lines[i] != "```"; i++ {
				}
			}
			continue
		}
		b := block{where: fmt.Sprintf("%s:%d", name, i+1)}
		if i > 0 {
			b.mark = lines[i-1]
		}
		for i++; i < len(lines) && lines[i] != "```"; i++ {
			b.text += lines[i] + "\n"
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// places make what a block runs in, as a script in an empty directory that ends where the block begins. $CHECKOUT is this
// repository. A shop is a repository that had a key in each file of the demo, whose branch took one away.
var places = map[string]string{
	"checkout": `cd "$CHECKOUT"`,
	"shop": shop + `
cd shop`,
	"server": shop,
}

const shop = `
git init -q -b main shop
cd shop
echo '# Shop' > README.md
git add . && git commit -q -m 'a shop'
cp -R "$CHECKOUT/testdata/demo/." . && cp web/.env.production .env
git add . && git commit -q -m 'use Klaviyo'
git clone -q --bare . ../shop.git
git checkout -q -b branch
git rm -q server/export.py && git commit -q -m 'no export'
mkdir ../blog
for report in a b shard-1 shard-2 files history shop ../blog/report; do klaviyolint theme -f json -o $report.json; done
cd ..
`

// Every block of commands in the README and the documents runs, or says why it does not.
func TestCommandsOfDocuments(t *testing.T) {
	t.Parallel()
	checkout, err := filepath.Abs("../..")
	require.NoError(t, err)
	names, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	ran := 0
	for _, name := range append(names, "../../README.md", "../../SECURITY.md", "../../CONTRIBUTING.md") {
		if filepath.Base(name) == "rules.md" {
			continue // its blocks are examples of what is wrong and right, which the rules' tests scan
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, b := range commandBlocks(filepath.Base(name), string(text)) {
			if reason, ok := between(b.mark, "<!-- not run: ", " -->"); ok {
				assert.NotEmpty(t, reason, b.where)
				continue
			}
			place, ok := between(b.mark, "<!-- run in ", " -->")
			place, clean := strings.CutSuffix(place, ", ends clean")
			place, tool, needs := strings.Cut(place, ", needs ")
			if !assert.True(t, ok && places[place] != "", "%s: no comment above the block says how it is run, or why it is not", b.where) {
				continue
			}
			ran++
			t.Run(b.where, func(t *testing.T) {
				t.Parallel()
				if _, err := exec.LookPath(tool); needs && err != nil {
					t.Skipf("%s is not here", tool)
				}
				if clean {
					b.text += "command klaviyolint history\n"
				}
				runCommands(t, checkout, places[place], b.text)
			})
		}
	}
	assert.Greater(t, ran, 8)
}

func between(text, before, after string) (string, bool) {
	text, ok := strings.CutPrefix(text, before)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(text, after)
}

// runCommands runs commands as they are typed, in a directory of their own: each must end with 0, but klaviyolint may also
// find something, and what it prints must hold no key. curl is a stand-in that fetches a page of the shop.
func runCommands(t *testing.T, checkout, place, commands string) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not here")
	}
	dir := t.TempDir()
	script := "set -eu -o pipefail\n" +
		"klaviyolint() { command klaviyolint \"$@\" || [ $? = 1 ]; }\n" +
		"curl() { cat theme/layout/theme.liquid; }\n" +
		place + "\n" +
		"go() { command go \"$@\" || [ $? = 1 ]; }\n" +
		commands
	file := filepath.Join(dir, "commands.sh")
	require.NoError(t, os.WriteFile(file, []byte(script), 0o600))
	cmd := exec.Command(bash, file)
	cmd.Dir = dir
	home := filepath.Join(dir, "home")
	require.NoError(t, os.Mkdir(home, 0o755))
	cache, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	require.NoError(t, err)
	caches := strings.Split(strings.TrimSpace(string(cache)), "\n")
	cmd.Env = append(os.Environ(), "CHECKOUT="+checkout, "HOME="+home, "XDG_CONFIG_HOME="+home, "NO_COLOR=1",
		"GOCACHE="+caches[0], "GOMODCACHE="+caches[1],
		"GIT_CONFIG_GLOBAL="+filepath.Join(home, ".gitconfig"), "GIT_CONFIG_NOSYSTEM=1", "GITHUB_STEP_SUMMARY=",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.com", "GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=ann@example.com")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.NotRegexp(t, `pk_(\w{6}_)?[0-9a-f]{34}`, string(out))
}
