package scanner

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/rules"
)

// mark is put together in package rules, so that this file holds no ignore.
const mark = rules.IgnoreMark

// standing lists the IDs of the rules of the findings that count.
func standing(r *Report) []string {
	ids := []string{}
	for _, f := range r.Findings {
		if f.Suppressed == "" {
			ids = append(ids, f.Rule.ID)
		}
	}
	return ids
}

func TestCommentsAreRead(t *testing.T) {
	type read struct {
		ids, reason  string
		alone, prose bool
	}
	for text, want := range map[string]*read{
		"// " + mark + " track-token why":                          {"track-token", "why", true, false},
		"x = 1 // " + mark + " track-token why":                    {"track-token", "why", false, false},
		"x # " + mark + "\ttrack-token , loader-path  -- why\r\ny": {"track-token|loader-path", "why", false, false},
		"/* " + mark + " track-token why */ x":                     {"track-token", "why", true, false},
		"x /* " + mark + " track-token why */ y":                   {"track-token", "why", false, false},
		"<!-- " + mark + " track-token why-->":                     {"track-token", "why", true, false},
		"{{!-- " + mark + " track-token why --}}":                  {"track-token", "why", true, false},
		"<%-- " + mark + " track-token why --%>":                   {"track-token", "why", true, false},
		"{% comment %}" + mark + " track-token why{% endcomment":   {"track-token", "why", true, false},
		`{"a":"` + mark + ` track-token why","b":"c"}`:             {"track-token", "why", true, false},
		mark + " track-token: why":                                 {"track-token", "why", true, false},
		mark + " track-token":                                      {"track-token", "", true, false},
		"// " + mark:                                               {"", "", true, false},
		"(* " + mark + " *)":                                       {"", "", true, false},
		"% " + mark:                                                {"", "", true, false},
		mark:                                                       {"", "", true, true},
		"see " + mark + " RULE reason":                             {"", "", true, true},
		"see " + mark + " comments here":                           {"comments", "here", true, true},
		"see " + mark + " track-token, which":                      {"track-token|which", "", true, true},
		"`" + mark + "` does it":                                   {"", "", true, true},
		mark + "-next-line track-token why":                        nil,
		mark + "d":                                                 nil,
		"x" + mark + " track-token why":                            nil,
		mark[1:]:                                                   nil,
		"// " + mark + " track-token " + hexKey:                    {"track-token", "pk_****ef01", true, false},
	} {
		all := commentsIn(Blob{Path: "a", Data: []byte("first\n" + text + "\nlast")})
		if want == nil {
			assert.Empty(t, all, text)
			continue
		}
		if assert.Len(t, all, 1, text) {
			c := all[0]
			assert.Equal(t, *want, read{strings.Join(c.ids, "|"), c.reason, c.alone, c.prose}, text)
			assert.Equal(t, 2, c.start.Line())
			assert.True(t, strings.HasPrefix(c.line.Text[c.line.Start:c.line.End], mark), text)
		}
	}
}

// A comment that stands in two windows is one, wherever the finding is that it suppresses.
func TestCommentAtWindowEdge(t *testing.T) {
	text := "// " + mark + " hardcoded-private-key why\nconst a = '" + hexKey + "'\n// " + mark + " track-token why\n"
	cut := strings.Index(text, "const")
	r := Scan(t.Context(), list{
		{Path: "a.py", Data: []byte(text), Fresh: []Span{{0, cut}}},
		{Path: "a.py", Data: []byte(text), Fresh: []Span{{cut, len(text)}}},
	}, Options{})
	assert.Equal(t, []string{"unused-ignore"}, standing(r))
	require.Len(t, r.Findings, 2)
	assert.Equal(t, "comment: why", r.Findings[0].Suppressed)
	assert.Equal(t, 3, r.Findings[1].Start.Line())
}

// In a history an ignored version does not hide one that is not.
func TestCommentsOfVersions(t *testing.T) {
	with, without := "k = '"+hexKey+"' # "+mark+" hardcoded-private-key why\n# "+mark, "k = '"+hexKey+"'"
	version := func(id, text string) Blob {
		return Blob{Kind: BlobObject, ID: id, Path: "a.py", Data: []byte(text), Again: true, Reach: "ref", Commit: &Commit{ID: id}}
	}
	for _, blobs := range []list{{version("1", with), version("2", without)}, {version("1", without), version("2", with)}} {
		r := Scan(t.Context(), blobs, Options{})
		assert.Equal(t, []string{"hardcoded-private-key"}, standing(r))
	}
	assert.Empty(t, standing(Scan(t.Context(), list{version("1", with), version("2", with)}, Options{})))
}

func TestPolicies(t *testing.T) {
	hardcoded := rules.ByID("hardcoded-private-key")
	text := []byte("key = '" + hexKey + "'")
	blobs := list{{Path: "a/x.py", Data: text}, {Path: "b/x.py", Data: text}, {Path: "/here/c/x.py", Data: text}}
	scan := func(policies ...*Policy) *Report { return Scan(t.Context(), blobs, Options{Policies: policies}) }

	r := scan(&Policy{Root: "a", Levels: map[*rules.Rule]rules.Level{hardcoded: rules.Note}})
	assert.Equal(t, 3, r.Counted(rules.Note))
	assert.Equal(t, 2, r.Counted(rules.Warning))
	assert.Equal(t, rules.Error, hardcoded.Level, "the rule is shared")

	r = scan(&Policy{Root: ".", Levels: map[*rules.Rule]rules.Level{hardcoded: 0}}, &Policy{Root: "a"})
	require.Len(t, r.Findings, 1, "the nearest root counts")
	assert.Equal(t, "a/x.py", r.Findings[0].Path)

	var asked []string
	entry := &Exception{Reason: "why", Matches: func(path string) bool { asked = append(asked, path); return path == "c/x.py" }}
	r = scan(&Policy{Root: ".", Dir: "/here", Exceptions: []*Exception{entry}, Whole: true})
	assert.ElementsMatch(t, []string{"a/x.py", "b/x.py", "c/x.py"}, asked)
	assert.Equal(t, 2, r.Counted(rules.Note))
	assert.Equal(t, "configuration: why", r.Findings[0].Suppressed)

	unused := &Exception{Reason: "why", Fingerprint: "none", Word: "fingerprint: none"}
	r = scan(&Policy{File: "c.yaml", Exceptions: []*Exception{unused}, Whole: true})
	assert.Contains(t, standing(r), "unused-ignore")
	unused.History = true
	r = scan(&Policy{File: "c.yaml", Exceptions: []*Exception{unused}, Whole: true})
	assert.NotContains(t, standing(r), "unused-ignore", "the history may have it")
	unused.History = false
	blobs = append(blobs, Blob{Path: "d", Err: assert.AnError})
	r = scan(&Policy{File: "c.yaml", Exceptions: []*Exception{unused}, Whole: true})
	assert.NotContains(t, standing(r), "unused-ignore", "not all was read")
}

// FuzzComments proves that no content breaks the search for ignores, and that none shows a key.
func FuzzComments(f *testing.F) {
	f.Add([]byte("// "+mark+" track-token why\n_learnq.push(['account', '"+hexKey+"'])"), 0)
	f.Add([]byte("\""+mark+" a-b,c-d "+siteKey+"\""), 7)
	f.Fuzz(func(t *testing.T, data []byte, from int) {
		b := Blob{Path: "a", Data: data}
		if from > 0 && from < len(data) {
			b.Fresh = []Span{{from, len(data)}}
		}
		for _, c := range inFresh(commentsIn(b), b) {
			require.Equal(t, mark, string(data[c.start.Offset:][:len(mark)]))
			require.GreaterOrEqual(t, c.end.Offset, c.start.Offset)
			require.LessOrEqual(t, c.end.Offset, int64(len(data)))
			require.LessOrEqual(t, c.line.End, len(c.line.Text))
			for _, text := range []string{c.reason, c.line.Text, strings.Join(c.ids, "")} {
				require.Equal(t, rules.Mask(text), text)
			}
		}
		Scan(t.Context(), list{b}, Options{})
	})
}

// What an enemy fills with ignores takes no longer than its size deserves.
func TestManyComments(t *testing.T) {
	many := strings.Repeat("# "+mark+" no-rule why\n", 20_000)
	line := strings.Repeat("'"+hexKey+"' # "+mark+" no-rule why", 10_000)
	r := Scan(t.Context(), list{{Path: "a.py", Data: []byte(many)}, {Path: "b.py", Data: []byte(line)}}, Options{})
	assert.Len(t, r.Findings, 30_000+maxClaimed)
}

func BenchmarkComments(b *testing.B) {
	text := []byte(strings.Repeat("const value = await fetch(`https://example.com/${path}`, { keepalive: true, key: cookie });\n", 45_000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		commentsIn(Blob{Data: text})
	}
}
