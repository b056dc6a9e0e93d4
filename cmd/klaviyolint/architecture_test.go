package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/klaviyolint/klaviyolint/"

// arrows says which packages of this module a package may import.
var arrows = map[string][]string{
	"rules":                    {},
	"scanner":                  {"rules", "scanner/archive", "scanner/layer"},
	"scanner/archive":          {"rules"},
	"scanner/layer":            {"rules", "scanner/archive"},
	"scanner/corpus":           {"scanner", "scanner/source"},
	"scanner/config":           {"rules"},
	"scanner/gitstore":         {"scanner/inflate"},
	"scanner/inflate":          {},
	"scanner/gitstore/gittest": {},
	"scanner/corpus/generator": {"scanner/corpus"},
	"scanner/source":           {"rules", "scanner", "scanner/gitstore"},
	"scanner/report":           {"rules", "sarif", "sarif/stream", "scanner"},
	"sarif":                    {"rules", "sarif/stream", "scanner"},
	"sarif/stream":             {"rules"},
	"cmd/corpus":               {"scanner/corpus", "scanner/corpus/generator"},
	"cmd/measure":              {},
	"cmd/klaviyolint":          {"rules", "scanner", "scanner/config", "scanner/gitstore", "scanner/report", "scanner/source"},
}

// onlyForTests is a package that runs git for tests; nothing else may import it.
const onlyForTests = "scanner/gitstore/gittest"

type listed struct {
	ImportPath    string
	Imports, Deps []string
}

func listPackages(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	require.NoError(t, err)
	packages := map[string]listed{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p listed
		require.NoError(t, dec.Decode(&p))
		packages[strings.TrimPrefix(p.ImportPath, module)] = p
	}
	return packages
}

func TestImportsRunOneWay(t *testing.T) {
	packages := listPackages(t)
	for name, p := range packages {
		allowed, known := arrows[name]
		require.True(t, known, "%s: say in arrows what it may import", name)
		for _, imported := range p.Imports {
			if imported, ours := strings.CutPrefix(imported, module); ours {
				assert.Contains(t, allowed, imported, name)
			}
		}
	}
	assert.Len(t, packages, len(arrows))
}

// What reads repositories of others can neither run a program nor reach a network.
func TestScannerRunsNothing(t *testing.T) {
	for name, p := range listPackages(t) {
		assert.NotContains(t, p.Deps, module+onlyForTests, name)
		if name == onlyForTests {
			continue
		}
		for _, dep := range p.Deps {
			if name != "rules" && !strings.HasPrefix(name, "scanner") {
				continue
			}
			assert.NotContains(t, []string{"os/exec", "net", "net/http", "golang.org/x/sys/execabs", "plugin"}, dep, name)
		}
	}
}

// Nothing below cmd prints, exits, or reads flags or the environment: what does is written in one place.
func TestOnlyTheCommandTalks(t *testing.T) {
	forbidden := map[string][]string{
		"os":  {"Exit", "Getenv", "LookupEnv", "Environ", "ExpandEnv", "Stdin", "Stdout", "Stderr", "Args"},
		"fmt": {"Print", "Printf", "Println"},
		"log": nil, "flag": nil, // nothing of them
	}
	files := 0
	for _, root := range []string{"rules", "scanner", "sarif"} {
		err := filepath.WalkDir("../../"+root, func(name string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			files++
			parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			require.NoError(t, err)
			ast.Inspect(parsed, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Obj == nil {
					names, known := forbidden[pkg.Name]
					assert.False(t, known && (names == nil || slices.Contains(names, sel.Sel.Name)), "%s uses %s.%s", name, pkg.Name, sel.Sel.Name)
				}
				return true
			})
			return nil
		})
		require.NoError(t, err)
	}
	assert.Greater(t, files, 50)
}
