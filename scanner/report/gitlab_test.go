// This file holds GitLab's report against what its schema demands.

package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// gitlabDemands is what secret-detection-report-format.json of GitLab, 15.0 to 15.2, demands of the members that are
// written, in our words: no registry has the schema itself. It is stricter in that it knows of no others.
const gitlabDemands = `{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "definitions": {
    "text": {"type": "string", "minLength": 1},
    "time": {"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$"},
    "tool": {
      "type": "object", "additionalProperties": false, "required": ["id", "name", "version", "vendor"],
      "properties": {
        "id": {"$ref": "#/definitions/text"}, "name": {"$ref": "#/definitions/text"}, "version": {"$ref": "#/definitions/text"},
        "url": {"type": "string", "pattern": "^https?://.+"},
        "vendor": {"type": "object", "additionalProperties": false, "required": ["name"], "properties": {"name": {"$ref": "#/definitions/text"}}}
      }
    },
    "identifier": {
      "type": "object", "additionalProperties": false, "required": ["type", "name", "value"],
      "properties": {
        "type": {"$ref": "#/definitions/text"}, "name": {"$ref": "#/definitions/text"}, "value": {"$ref": "#/definitions/text"},
        "url": {"type": "string", "pattern": "^(https?|ftp)://.+"}
      }
    },
    "commit": {
      "type": "object", "additionalProperties": false, "required": ["sha"],
      "properties": {
        "sha": {"$ref": "#/definitions/text"},
        "author": {"type": "string"}, "date": {"type": "string"}, "message": {"type": "string"}
      }
    },
    "vulnerability": {
      "type": "object", "additionalProperties": false, "required": ["id", "identifiers", "location"],
      "properties": {
        "id": {"$ref": "#/definitions/text"},
        "name": {"type": "string", "maxLength": 255},
        "description": {"type": "string", "maxLength": 1048576},
        "severity": {"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
        "solution": {"type": "string", "maxLength": 7000},
        "identifiers": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/identifier"}},
        "location": {
          "type": "object", "additionalProperties": false, "required": ["commit"],
          "properties": {
            "file": {"type": "string"}, "start_line": {"type": "integer"}, "end_line": {"type": "integer"},
            "commit": {"$ref": "#/definitions/commit"}
          }
        }
      }
    }
  },
  "type": "object", "additionalProperties": false, "required": ["scan", "version", "vulnerabilities"],
  "properties": {
    "version": {"type": "string", "pattern": "^15\\.[0-9]+\\.[0-9]+$"},
    "scan": {
      "type": "object", "additionalProperties": false,
      "required": ["analyzer", "end_time", "scanner", "start_time", "status", "type"],
      "properties": {
        "analyzer": {"$ref": "#/definitions/tool"}, "scanner": {"$ref": "#/definitions/tool"},
        "start_time": {"$ref": "#/definitions/time"}, "end_time": {"$ref": "#/definitions/time"},
        "status": {"enum": ["success", "failure"]},
        "type": {"enum": ["secret_detection"]},
        "messages": {"type": "array", "items": {
          "type": "object", "additionalProperties": false, "required": ["level", "value"],
          "properties": {"level": {"enum": ["info", "warn", "fatal"]}, "value": {"$ref": "#/definitions/text"}}
        }}
      }
    },
    "vulnerabilities": {"type": "array", "items": {"$ref": "#/definitions/vulnerability"}}
  }
}`

var gitlabCompiled = sync.OnceValue(func() *jsonschema.Schema {
	demands, err := jsonschema.UnmarshalJSON(strings.NewReader(gitlabDemands))
	if err != nil {
		panic(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("gitlab.json", demands); err != nil {
		panic(err)
	}
	return compiler.MustCompile("gitlab.json")
})

// fitsGitLab fails if GitLab would refuse the file.
func fitsGitLab(t testing.TB, text string) {
	t.Helper()
	schema := gitlabCompiled()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	assert.NoError(t, schema.Validate(value))
	if broken := strings.Replace(text, `"secret_detection"`, `"sast"`, 1); broken != text {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(broken))
		require.NoError(t, err)
		assert.Error(t, schema.Validate(value), "what is wrong is refused")
	}
}

type gitlabFile struct {
	Scan            gitlabScan
	Vulnerabilities []gitlabFinding
}

func readGitLab(t testing.TB, r *scanner.Report, opts Options) gitlabFile {
	t.Helper()
	text := render(t, GitLab, r, opts)
	fitsGitLab(t, text)
	var f gitlabFile
	require.NoError(t, json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&f))
	return f
}

func TestGitLab(t *testing.T) {
	f := readGitLab(t, hostile(), Options{Origin: &Origin{Revision: "c0ffee"}, Ended: time.Unix(1e9, 0)})
	assert.Equal(t, "failure", f.Scan.Status)
	assert.Equal(t, "2001-09-09T01:46:40", f.Scan.EndTime)
	assert.Len(t, f.Scan.Messages, 5)
	require.Len(t, f.Vulnerabilities, 9, "the suppressed one is left out")
	ids := map[string]bool{}
	for _, v := range f.Vulnerabilities {
		assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, v.ID)
		ids[v.ID] = true
	}
	assert.Len(t, ids, 9, "each has an ID of its own")
	assert.Equal(t, "Critical", f.Vulnerabilities[0].Severity)
	assert.Equal(t, "CWE-798", f.Vulnerabilities[0].Identifiers[1].Name)
	assert.Equal(t, "c0ffee", f.Vulnerabilities[0].Location.Commit.SHA)
	assert.Equal(t, "c0ffee0ddba11c0ffee0ddba11c0ffee0ddba11f", f.Vulnerabilities[4].Location.Commit.SHA)
	assert.Equal(t, "2026-01-02T02:04:05Z", f.Vulnerabilities[4].Location.Commit.Date)
	word := f.Vulnerabilities[8]
	assert.Equal(t, "Low", word.Severity)
	assert.Len(t, word.Identifiers, 1, "nothing is exposed")
	assert.Empty(t, word.Solution)

	clean := readGitLab(t, &scanner.Report{}, Options{})
	assert.Equal(t, "success", clean.Scan.Status)
	assert.NotNil(t, clean.Vulnerabilities)
	history := readGitLab(t, &scanner.Report{Findings: []*scanner.Finding{{Rule: leak, Commit: &scanner.Commit{}}}}, Options{})
	assert.Equal(t, noCommit, history.Vulnerabilities[0].Location.Commit.SHA)
}

// Of very much that was not scanned, what was not accepted is listed first, and the last says how much more there is.
func TestGitLabMessages(t *testing.T) {
	r := &scanner.Report{}
	for i := range 3000 {
		r.Skipped = append(r.Skipped, scanner.Skipped{Path: fmt.Sprint("a", i), Reason: "x", Gap: scanner.Shallow, Accepted: i < 2500})
	}
	all := gitlabMessages(r)
	require.Len(t, all, 1001)
	assert.Equal(t, gitlabMessage{"warn", "a2500 was not scanned: x"}, all[0])
	assert.Equal(t, gitlabMessage{"info", "a0 was not scanned, which was accepted: x"}, all[500])
	assert.Equal(t, gitlabMessage{"warn", "2000 more were not scanned. The JSON report lists all of them."}, all[1000])
}

// The same finding has the same ID whatever else is in the report.
func TestGitLabID(t *testing.T) {
	site, hex, _ := keys()
	f := found(leak, hex, "a.js", 3, "", "")
	id := gitlabID(f)
	assert.Equal(t, id, gitlabID(found(leak, hex, "a.js", 3, "", "; // changed")))
	for _, other := range []*scanner.Finding{
		found(loader, hex, "a.js", 3, "", ""), found(leak, site, "a.js", 3, "", ""), found(leak, hex, "b.js", 3, "", ""),
		found(leak, hex, "a.js", 4, "", ""), found(leak, hex, "a.js", 3, " ", ""),
	} {
		assert.NotEqual(t, id, gitlabID(other))
	}
}

// What comes from outside is text in Markdown, too: every mark in it is escaped.
func FuzzInMarkdown(f *testing.F) {
	f.Add("![x](https://evil.example) <img src=x> @all #1 `a` |b| \\")
	f.Add("1. a\n- b\n# c\n> d ~~e~~ $f$ :g: &amp;")
	f.Fuzz(func(t *testing.T, s string) {
		text := inMarkdown(s)
		var back strings.Builder
		for i := 0; i < len(text); i++ {
			if c := rune(text[i]); c == '\\' {
				i++
				require.Less(t, i, len(text))
				assert.True(t, unicode.IsPunct(rune(text[i])) || unicode.IsSymbol(rune(text[i])))
			} else {
				assert.NotContains(t, "`*_{}[]()<>#+-!|~@$&:^=%\"", string(c))
			}
			back.WriteByte(text[i])
		}
		assert.Equal(t, Show(s), back.String())
	})
}
