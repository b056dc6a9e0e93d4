package scanner

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/rules"
)

// texts is a source of files by their paths.
func texts(files map[string]string) Source {
	var blobs list
	for path, text := range files {
		blobs = append(blobs, Blob{Path: path, Data: []byte(text)})
	}
	return blobs
}

// baselineOf returns what a scan of files writes down.
func baselineOf(t *testing.T, src Source) *Baseline {
	t.Helper()
	r := Scan(t.Context(), src, Options{})
	b := &Baseline{Name: "base.json", Whole: []string{"."}}
	for i := range r.Findings {
		if r.Findings[i].Counts() {
			b.Entries = append(b.Entries, EntryOf(r.Findings[i]))
		}
	}
	return b
}

// A finding is known by rule and key at the same path, or at another if its own is gone.
func TestBaseline(t *testing.T) {
	env := "KLAVIYO_PUBLIC_KEY=" + hexKey + "\n"
	other := "KLAVIYO_PUBLIC_KEY=" + siteKey + "\n"
	name := fmt.Sprintf("NEXT_PUBLIC_KLAVIYO_%s_KEY=\n", "PRIVATE") // this tree is scanned, too
	type files = map[string]string
	for title, c := range map[string]struct {
		before, now files
		fresh       []string // paths of what counts
		moved       int
		gone        []string
	}{
		"the same":                             {files{"a.env": env}, files{"a.env": env}, nil, 0, nil},
		"other lines":                          {files{"a.env": env}, files{"a.env": "x\n\n" + env}, nil, 0, nil},
		"once more in the file":                {files{"a.env": env}, files{"a.env": env + env}, nil, 0, nil},
		"another key":                          {files{"a.env": env}, files{"a.env": env + other}, []string{"a.env"}, 0, nil},
		"another rule":                         {files{"a.env": env}, files{"a.env": "KLAVIYO_PRIVATE_KEY=" + hexKey + "\n"}, []string{"a.env"}, 0, []string{"a.env"}},
		"moved":                                {files{"a.env": env}, files{"b/c.env": env}, nil, 1, nil},
		"both stand":                           {files{"a.env": env}, files{"a.env": env, "b.env": env}, []string{"b.env"}, 0, nil},
		"the old one is there without the key": {files{"a.env": env}, files{"a.env": "x", "b.env": env}, []string{"b.env"}, 0, []string{"a.env"}},
		"moved once":                           {files{"a.env": env}, files{"b.env": env, "c.env": env}, []string{"c.env"}, 1, nil},
		"moved to the same name":               {files{"x/b.env": env}, files{"a.env": env, "y/b.env": env}, []string{"a.env"}, 1, nil},
		"moved with all it has":                {files{"a.env": env + other}, files{"b.env": other + env}, nil, 2, nil},
		"a directory renamed":                  {files{"a/x.env": env, "a/y.env": env}, files{"b/x.env": env, "b/y.env": env}, nil, 2, nil},
		"a word":                               {files{"a.env": name}, files{"a.env": "\n" + name}, nil, 0, nil},
		"a word moved":                         {files{"a.env": name}, files{"b.env": name}, nil, 1, nil},
		"a word twice":                         {files{"a.env": name}, files{"a.env": name, "b.env": name}, []string{"b.env"}, 0, nil},
		"mended":                               {files{"a.env": env}, files{"a.env": "x"}, nil, 0, []string{"a.env"}},
		"deleted":                              {files{"a.env": env}, files{"b.env": "x"}, nil, 0, []string{"a.env"}},
		"a backslash":                          {files{`d\a.env`: env}, files{"d/a.env": env}, nil, 0, nil},
		"no UTF-8":                             {files{"\xff.env": env}, files{"\xff.env": env, "\xfe.env": env}, []string{"\xfe.env"}, 0, nil},
		"a key in the path":                    {files{hexKey + ".env": env}, files{hexKey + ".env": env}, nil, 0, nil},
	} {
		t.Run(title, func(t *testing.T) {
			b := baselineOf(t, texts(c.before))
			require.NotEmpty(t, b.Entries)
			r := Scan(t.Context(), texts(c.now), Options{Baseline: b})
			var fresh, gone []string
			for _, f := range r.Findings {
				if f.Suppressed == "" {
					fresh = append(fresh, f.Path)
				} else {
					assert.Equal(t, AsKnown+"in the baseline base.json", f.Suppressed)
				}
			}
			require.Len(t, r.Baselines, 1)
			for _, e := range r.Baselines[0].Gone {
				gone = append(gone, e.Path)
			}
			assert.Equal(t, c.fresh, fresh)
			assert.Equal(t, c.moved, r.Baselines[0].Moved)
			assert.Equal(t, c.gone, gone)
			assert.Equal(t, len(c.gone), r.Baselines[0].Stale)
		})
	}
}

// What nobody looked at is not gone: it may be there as it was.
func TestBaselineOfWhatIsNotScanned(t *testing.T) {
	env := []byte("KLAVIYO_PUBLIC_KEY=" + hexKey + "\n")
	b := baselineOf(t, list{{Path: "d/a.env", Data: env}})
	now := Blob{Path: "d/b.env", Data: env}
	for title, c := range map[string]struct {
		blobs list
		whole []string
		moved int
	}{
		"gone":                       {nil, []string{"."}, 1},
		"gone from its directory":    {nil, []string{"x", "d"}, 1},
		"another directory":          {nil, []string{"x"}, 0},
		"only a part":                {nil, nil, 0},
		"not read":                   {list{{Path: "d/a.env", Err: errors.New("denied")}}, []string{"."}, 0},
		"its directory is not read":  {list{{Path: "d", Err: errors.New("denied")}}, []string{"."}, 0},
		"the whole is not read":      {list{{Path: ".", Err: errors.New("denied")}}, []string{"."}, 0},
		"an index is not read":       {list{{Path: "index", Kind: OtherObject, Err: errors.New("damaged")}}, []string{"."}, 0},
		"another file is not read":   {list{{Path: "e", Err: errors.New("denied")}}, []string{"."}, 1},
		"left out":                   {list{{Path: "d/a.env", LeftOut: Excluded}}, []string{"."}, 0},
		"its directory is left out":  {list{{Path: "d", LeftOut: Ignored}}, []string{"."}, 0},
		"another one is left out":    {list{{Path: "da", LeftOut: Ignored}}, []string{"."}, 1},
		"there is something else":    {list{{Path: "d/a.env", Data: []byte("x")}}, []string{"."}, 0},
		"there is nothing any more":  {list{{Path: "d/a.env"}}, []string{"."}, 0},
		"a directory has that name":  {list{{Path: "d/a.env/x", Data: []byte("x")}}, []string{"."}, 1},
		"a path outside":             {nil, []string{".."}, 0},
		"all paths, but not outside": {list{{Path: "../d/a.env", Data: []byte("x")}}, []string{"."}, 1},
	} {
		t.Run(title, func(t *testing.T) {
			b := *b
			b.Whole = c.whole
			r := Scan(t.Context(), append(slices.Clone(c.blobs), now), Options{Baseline: &b})
			assert.Equal(t, 1-c.moved, r.Counted(rules.Note))
			assert.Equal(t, c.moved, r.Baselines[0].Moved)

			r = Scan(t.Context(), c.blobs, Options{Baseline: &b})
			assert.Len(t, append(r.Baselines[0].Gone, r.Baselines[0].Unjudged...), 1, "nothing is lost")
			if !r.Complete() {
				assert.Empty(t, r.Baselines[0].Gone)
			}
		})
	}
}

// An exception comes first, and one that is unused is said to be so, whatever the baseline has.
func TestBaselineAndExceptions(t *testing.T) {
	env := "KLAVIYO_PUBLIC_KEY=" + hexKey
	ignored := env + " # " + mark + " public-setting sample\n"
	b := baselineOf(t, texts(map[string]string{"a.env": env + "\n", "b.env": ignored}))
	assert.Len(t, b.Entries, 1, "what is ignored is no part of it")
	r := Scan(t.Context(), texts(map[string]string{"a.env": ignored}), Options{Baseline: b})
	require.Len(t, r.Findings, 1)
	assert.Equal(t, ByComment+"sample", r.Findings[0].Suppressed)
	assert.Equal(t, 1, r.Baselines[0].Stale, "the ignore is enough")

	r = Scan(t.Context(), texts(map[string]string{"a.env": env + "\n", "c.env": "x # " + mark + " public-setting sample\n"}), Options{
		Baseline: b, Policies: []*Policy{{Whole: true}},
	})
	assert.Equal(t, []string{"unused-ignore"}, standing(r))
}

// A rebase gives commits other IDs: what stands in the text of one is known in that of another.
func TestBaselineOfCommits(t *testing.T) {
	text := []byte("say KLAVIYO_PUBLIC_KEY=" + hexKey)
	at := func(path string) Blob {
		return Blob{Kind: CommitObject, Path: path, Data: text, Commit: &Commit{ID: "ab"}, Reach: "head"}
	}
	b := baselineOf(t, list{at("commit:c0ffee"), at("lib/commit:c0ffee")})
	assert.Len(t, b.Entries, 2)
	b.History = true
	r := Scan(t.Context(), list{at("commit:c0ffee"), at("commit:deadbeef"), at("lib/commit:deadbeef"), at("sub/commit:deadbeef")}, Options{Baseline: b})
	var fresh []string
	for _, f := range r.Findings {
		if f.Suppressed == "" {
			fresh = append(fresh, f.Path)
		}
	}
	assert.Equal(t, []string{"sub/commit:deadbeef"}, fresh)
}

// In a history what is not given a path may still stand: nothing has moved there.
func TestBaselineOfHistoryMovesNothing(t *testing.T) {
	at := func(path string) list {
		return list{{
			Kind: BlobObject, Path: path, Data: []byte("KLAVIYO_PUBLIC_KEY=" + hexKey), Commit: &Commit{ID: "ab"}, Reach: "head",
		}}
	}
	b := baselineOf(t, at("a.env"))
	b.History = true
	r := Scan(t.Context(), at("b.env"), Options{Baseline: b})
	assert.Equal(t, []string{"public-setting"}, standing(r))
	assert.Zero(t, r.Baselines[0].Moved)
}

// What only looks like another path is another file.
func TestBaselinePathsThatLookAlike(t *testing.T) {
	env := []byte("KLAVIYO_PUBLIC_KEY=" + hexKey)
	fresh := func(before, now list) (paths []string) {
		for _, f := range Scan(t.Context(), now, Options{Baseline: baselineOf(t, before)}).Findings {
			if f.Suppressed == "" {
				paths = append(paths, f.Path)
			}
		}
		return paths
	}
	slash, commit := Blob{Path: "d/a.env", Data: env}, Blob{Path: "commit:c0ffee", Data: env}
	other, otherCommit := Blob{Path: `d\a.env`, Data: env}, Blob{Path: "commit:deadbeef", Data: env}
	assert.Equal(t, []string{"commit:deadbeef"}, fresh(list{commit}, list{commit, otherCommit}), "files, not texts of commits")
	assert.Empty(t, fresh(list{other}, list{slash}))
	assert.Empty(t, fresh(list{slash}, list{other}))
	assert.Empty(t, fresh(list{slash, other}, list{slash, other}))
	if filepath.Separator == '/' {
		assert.Equal(t, []string{`d\a.env`}, fresh(list{slash}, list{slash, other}))
		assert.Equal(t, []string{"d/a.env"}, fresh(list{other}, list{slash, other}))
		assert.Equal(t, []string{"d/a.env"}, fresh(list{other}, list{{Path: "d/a.env", Data: env}, {Path: `d\a.env`}}), "it was mended")
	}
}

// A directory of thousands of files is renamed in a moment.
func TestBaselineMovesMany(t *testing.T) {
	env := []byte("KLAVIYO_PUBLIC_KEY=" + hexKey + "\n")
	var before, now list
	for i := range 3000 {
		before = append(before, Blob{Path: fmt.Sprintf("a/%d/.env", i), Data: env})
		now = append(now, Blob{Path: fmt.Sprintf("b/%d/.env", i), Data: env})
	}
	r := Scan(t.Context(), now, Options{Baseline: baselineOf(t, before)})
	assert.Zero(t, r.Counted(rules.Note))
	assert.Equal(t, 3000, r.Baselines[0].Moved)
}

// What parts have in common counts once; the whole is complete if all parts are.
func TestMerge(t *testing.T) {
	env := "KLAVIYO_PUBLIC_KEY=" + hexKey + "\n"
	scan := func(files map[string]string) *Report {
		return Scan(t.Context(), texts(files), Options{Version: "v1"})
	}
	a := func() *Report { return scan(map[string]string{"a.env": env, "b.env": env + env}) }
	c := func() *Report { return scan(map[string]string{"b.env": env + env, "c.env": env}) }
	paths := func(r *Report) (list []string) {
		for _, f := range r.Findings {
			list = append(list, fmt.Sprint(f.Path, ":", f.Start.Line()))
		}
		return list
	}
	r := Merge([]Part{{Report: a()}, {Report: c()}})
	assert.Equal(t, []string{"a.env:1", "b.env:1", "b.env:2", "c.env:1"}, paths(r))
	assert.Equal(t, "v1", r.Version)
	assert.Equal(t, 4, r.Stats.Files)
	assert.True(t, r.Complete())
	assert.Equal(t, paths(r), paths(Merge([]Part{{Report: c()}, {Report: a()}})), "in any order")

	r = Merge([]Part{{Prefix: "x", Report: a()}, {Prefix: "y", Report: c()}})
	assert.Equal(t, []string{"x/a.env:1", "x/b.env:1", "x/b.env:2", "y/b.env:1", "y/b.env:2", "y/c.env:1"}, paths(r))

	// What is suppressed in one of them only stands.
	known := a()
	for i := range known.Findings {
		known.Findings[i].Suppressed = ByConfiguration + "sample"
	}
	for _, parts := range [][]Part{{{Report: known}, {Report: a()}}} {
		assert.Equal(t, 3, Merge(parts).Counted(rules.Note))
	}

	broken := func() *Report {
		return Scan(t.Context(), list{{Path: "z", Err: errors.New("denied")}}, Options{Version: "v2"})
	}
	stopped := broken()
	stopped.Stopped = "interrupted"
	r = Merge([]Part{{Report: a()}, {Prefix: "n", Report: broken()}, {Prefix: "n", Report: stopped}})
	assert.False(t, r.Complete())
	assert.Equal(t, []Skipped{{Path: "n/z", Reason: "denied"}}, r.Skipped)
	assert.Equal(t, "n: interrupted", r.Stopped)
	assert.Equal(t, "v1, v2", r.Version)

	// The versions of a history, by their commits.
	in := func(id string) *Report {
		return &Report{Findings: []*Finding{{Rule: rules.All[0], Key: rules.NewKey(rules.Hex, hexKey), Path: "a", Commit: &Commit{ID: id}}}}
	}
	assert.Len(t, Merge([]Part{{Report: in("1")}, {Report: in("2")}, {Report: in("1")}}).Findings, 2)
	assert.Empty(t, Merge(nil).Findings)
}

// What counts more is kept, in whichever report it stands.
func TestMergeKeepsWhatCounts(t *testing.T) {
	report := func(level rules.Level, suppressed, reach string, accepted bool) *Report {
		return &Report{
			Findings: []*Finding{{
				Rule: rules.All[0], Key: rules.NewKey(rules.Hex, hexKey), Path: "a", Level: level, Suppressed: suppressed, Reach: reach,
			}},
			Skipped: []Skipped{{Path: "lib", Reason: "not cloned", Gap: Submodule, Accepted: accepted}},
		}
	}
	for _, turned := range []bool{false, true} {
		parts := []Part{{Report: report(rules.Note, "", "reflog", true)}, {Report: report(rules.Error, "known: here", "ref", false)}}
		if turned {
			slices.Reverse(parts)
		}
		r := Merge(parts)
		require.Len(t, r.Findings, 1)
		assert.Equal(t, rules.Error, r.Findings[0].Level)
		assert.Empty(t, r.Findings[0].Suppressed)
		assert.Equal(t, "ref", r.Findings[0].Reach)
		assert.Len(t, r.Skipped, 1)
		assert.False(t, r.Complete())
	}
}

// What stands in the files and in the head of their history is one finding; another version of the history is another.
func TestMergeFilesAndHistory(t *testing.T) {
	t.Run("standing", func(t *testing.T) { // what is ignored in the file does not use up what stands in the history
		f := func(line int, suppressed, reach string) *Finding {
			f := &Finding{Rule: rules.All[0], Key: rules.NewKey(rules.Hex, hexKey), Path: "a", Suppressed: suppressed, Reach: reach}
			f.Start = Position{Offset: int64(line), Lines: line}
			if reach != "" {
				f.Commit, f.History = &Commit{ID: "ab"}, true
			}
			return f
		}
		r := Merge([]Part{
			{Report: &Report{Findings: []*Finding{f(3, "ignored: x", ""), f(5, "", "")}}}, {Report: &Report{Findings: []*Finding{f(1, "", "head")}}},
		})
		require.Len(t, r.Findings, 2)
		assert.Equal(t, []string{"ignored: x", ""}, []string{r.Findings[0].Suppressed, r.Findings[1].Suppressed})
		assert.Equal(t, "head", r.Findings[1].Reach)
	})
	at := func(line, column int, reach string) *Finding {
		f := &Finding{Rule: rules.All[0], Key: rules.NewKey(rules.Hex, hexKey), Path: "a", Level: rules.Error, Reach: reach}
		f.Start = Position{Offset: int64(100*line + column), Lines: line, Chars: column}
		if reach != "" {
			f.Commit, f.History, f.Level = &Commit{ID: "ab"}, true, rules.Note
		}
		return f
	}
	for _, c := range []struct {
		files, history []*Finding
		want           int
	}{
		{[]*Finding{at(1, 2, "")}, []*Finding{at(1, 2, "head")}, 1},
		{[]*Finding{at(1, 9, "")}, []*Finding{at(1, 2, "head")}, 1},
		{[]*Finding{at(1, 2, ""), at(1, 9, "")}, []*Finding{at(1, 9, "head")}, 2},
		{[]*Finding{at(2, 2, "")}, []*Finding{at(1, 2, "head")}, 1}, // a later commit moved it
		{[]*Finding{at(2, 2, ""), at(1, 5, ""), at(1, 2, "")}, []*Finding{at(1, 2, "head")}, 3},
		{[]*Finding{at(1, 2, "")}, []*Finding{at(1, 2, "ref")}, 2},
	} {
		for _, turned := range []bool{false, true} {
			parts := []Part{{Report: &Report{Findings: slices.Clone(c.files)}}, {Report: &Report{Findings: slices.Clone(c.history)}}}
			if turned {
				slices.Reverse(parts)
			}
			r := Merge(parts)
			require.Len(t, r.Findings, c.want)
			if c.want == 1 {
				assert.Equal(t, c.files[0].Start, r.Findings[0].Start, "where it is now")
				assert.NotNil(t, r.Findings[0].Commit)
				assert.Equal(t, rules.Error, r.Findings[0].Level)
			}
		}
	}
}
