// This file tests that a report in JSON is complete, and that what is no such report is refused with the reason.

package report

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// real gives a report of tests the rules that there are, for a reader knows no others.
func real(r *scanner.Report) *scanner.Report {
	for i := range r.Findings {
		f := r.Findings[i]
		f.Rule = rules.ByID(map[*rules.Rule]string{loader: loader.ID, leak: leak.ID, habit: "bundled-private-name"}[f.Rule])
	}
	return r
}

// random returns a report with anything in it that a scan may put there.
func random(rng *rand.Rand) *scanner.Report {
	site, hex, documented := keys()
	pieces := []string{
		"a", "/", "ä", "😀", "\xff", "\xc3", "\x00", "\n", "\r\n", "\u2028", "\u202e", "[", "##", "::", `\`, `"`, "<&>", "\ufffd", " ",
		"pk_", "****", hex.String(), "commit:", strings.Repeat("feedc0de", 4), "%5F", "\x1b[1m", "=",
	}
	text := func() string {
		s := ""
		for range rng.IntN(6) {
			s += pieces[rng.IntN(len(pieces))]
		}
		return s
	}
	n := func() int { return rng.IntN(1000) }
	r := &scanner.Report{
		Version: "v1." + fmt.Sprint(n()),
		Stats: scanner.Stats{
			Files: n(), Blobs: n(), Commits: n(), Bytes: rng.Int64N(1 << 40), Excluded: n(), Ignored: n(), Seconds: rng.Float64() * 100,
		},
	}
	if rng.IntN(4) == 0 {
		r.Stopped = "interrupted " + text()
	}
	for range rng.IntN(3) {
		s := scanner.Skipped{Path: text(), Reason: text()}
		if rng.IntN(2) == 0 {
			s.Gap, s.Accepted = scanner.Shallow, rng.IntN(2) == 0
		}
		r.Skipped = append(r.Skipped, s)
	}
	for range rng.IntN(2) {
		r.Baselines = append(r.Baselines, scanner.Compared{Name: "base.json", Entries: n(), Moved: n(), Stale: n()})
	}
	for range rng.IntN(5) {
		f := &scanner.Finding{
			Rule: rules.All[rng.IntN(len(rules.All))], Level: rules.Level(1 + rng.IntN(3)), Path: text(), Slot: text(),
			Start: scanner.Position{Offset: rng.Int64N(1 << 40), Lines: n(), Chars: n(), UTF16: n()},
			End:   scanner.Position{Offset: rng.Int64N(1 << 40), Lines: n(), Chars: n(), UTF16: n()},
		}
		if rng.IntN(3) == 0 {
			f.Word = "word" + text()
		} else {
			f.Key = []rules.Key{site, hex, documented}[rng.IntN(3)]
			f.Public = f.Key.PublicKey()
		}
		if rng.IntN(4) == 0 {
			f.Public = "XyZ987"
		}
		before, shown, after := strings.ToValidUTF8(text(), ""), "pk_****ab12", strings.ToValidUTF8(text(), "")
		f.Line = scanner.Line{Text: before + shown + after, Start: len(before), End: len(before + shown), Cut: rng.IntN(2) == 0}
		for range rng.IntN(3) {
			f.Via = append(f.Via, []string{"base64", "utf-16le", "gzip:1:2", "zip:" + text() + ":1:2", "tar:" + text()}[rng.IntN(5)])
		}
		if rng.IntN(2) == 0 {
			f.Commit = &scanner.Commit{ID: fmt.Sprintf("%040x", n()), Author: text(), Subject: text(), Date: time.Unix(rng.Int64N(1<<36), 0)}
			f.Reach = []string{"head", "ref", "stash", "reflog", "unreachable"}[rng.IntN(5)]
			f.Ref = text()
		}
		if rng.IntN(2) == 0 {
			f.Detail = text()
		}
		switch rng.IntN(4) {
		case 0:
			f.Suppressed = scanner.ByComment + text()
		case 1:
			f.Suppressed = scanner.AsKnown + text()
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}

// TestReadBack: whatever a writer makes of a report, it makes of the same report when that was written as JSON and read.
func TestReadBack(t *testing.T) {
	suppressed := real(theme())
	suppressed.Findings[0].Suppressed = scanner.ByComment + "a sample"
	known := real(theme())
	known.Findings[0].Suppressed = scanner.AsKnown + "in the baseline base.json"
	known.Baselines = []scanner.Compared{{Name: "base.json", Entries: 3, Stale: 2}}
	all := map[string]*scanner.Report{
		"theme": real(theme()), "hostile": real(hostile()), "nothing": {}, "suppressed": suppressed, "known": known,
		"word":     real(&scanner.Report{Findings: []*scanner.Finding{wordy()}, Stats: scanner.Stats{Files: 1}}),
		"skipped":  {Skipped: []scanner.Skipped{{Path: "a", Reason: "b\xff"}, {Reason: "c", Gap: scanner.Promisor, Accepted: true}}},
		"no valid": {Stopped: "\xff"},
	}
	for i := range 60 {
		all[fmt.Sprint("random ", i)] = random(rand.New(rand.NewPCG(uint64(i), 6)))
	}
	for name, r := range all {
		text := render(t, JSON, r, Options{})
		require.True(t, json.Valid([]byte(text)), name)
		back, err := Read(strings.NewReader(text))
		require.NoError(t, err, name)
		for _, format := range Formats() {
			write, err := For(format)
			require.NoError(t, err)
			for _, opts := range []Options{{}, {Quiet: true}, {Verbose: true, Color: true, Suppressed: true}} {
				want, got := render(t, write, r, opts), render(t, write, back, opts)
				require.Equal(t, want, got, "%s as %s", name, format)
			}
		}
		for i := range back.Findings {
			assert.Empty(t, back.Findings[i].Key.Raw())
		}
	}
}

// TestReadsAll: what a finding, a commit or a report gets besides has to get into JSON, too.
func TestReadsAll(t *testing.T) {
	site, _, _ := keys()
	f := &scanner.Finding{
		Rule: rules.All[0], Level: rules.Note, Key: site, Public: "XyZ987", Path: "b/c\xff", Slot: "slot", Via: []string{"hex"},
		Start: scanner.Position{Offset: 1, Lines: 2, Chars: 3, UTF16: 4}, End: scanner.Position{Offset: 5, Lines: 6, Chars: 7, UTF16: 8},
		Line:       scanner.Line{Text: "the line", Start: 1, End: 2, Cut: true},
		Suppressed: "why", Commit: &scanner.Commit{ID: "ab", Author: "a", Date: time.Unix(1, 0).UTC(), Subject: "s", Generation: 9},
		Ref: "ref", Reach: "ref", Detail: "detail", LineHash: "0123456789abcdef:1", History: true, PublicNear: []string{"AbC123"},
	}
	f.Recorded = f.Fingerprint()
	r := &scanner.Report{
		Version: "v1", Findings: []*scanner.Finding{f}, Skipped: []scanner.Skipped{{Path: "p", Reason: "r", Gap: scanner.Shallow, Accepted: true}},
		Stats:   scanner.Stats{Files: 1, Blobs: 2, Commits: 3, Bytes: 4, Excluded: 5, Ignored: 6, Seconds: 7.5},
		Stopped: "stopped", Shard: scanner.Shard{Index: 2, Of: 3, History: "0123456789abcdef"}, Baselines: []scanner.Compared{{Name: "n", Entries: 1, Moved: 2, Stale: 3}},
	}
	notInReports := map[string]bool{"Key": true, "Word": true /* there is a key */, "PublicNear": true, "Gone": true, "Unjudged": true}
	var set func(v reflect.Value)
	set = func(v reflect.Value) { // all that this test has to know of is in it
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if field.IsExported() && !notInReports[field.Name] {
				assert.False(t, v.Field(i).IsZero(), "%s.%s: give it a value here, and see that it is in JSON", v.Type(), field.Name)
			}
			if v.Field(i).Kind() == reflect.Struct && field.IsExported() && field.Name != "Key" && v.Field(i).Type() != reflect.TypeFor[time.Time]() {
				set(v.Field(i))
			}
		}
	}
	set(reflect.ValueOf(*r))
	set(reflect.ValueOf(*f))
	set(reflect.ValueOf(*f.Commit))
	set(reflect.ValueOf(r.Baselines[0]))

	back, err := Read(strings.NewReader(render(t, JSON, r, Options{})))
	require.NoError(t, err)
	got := back.Findings[0]
	assert.Equal(t, []string{site.String(), site.PublicKey(), site.Fingerprint("")}, []string{got.Key.String(), got.Key.PublicKey(), got.Key.Fingerprint("")})
	assert.Equal(t, site.Form(), got.Key.Form())
	assert.NotContains(t, fmt.Sprintf("%#v", got), site.Raw())
	got.Key, got.PublicNear = f.Key, f.PublicNear
	want := reflect.ValueOf(*f)
	for i := range want.NumField() {
		if field := want.Type().Field(i); field.IsExported() && field.Name != "Key" {
			assert.Equal(t, want.Field(i).Interface(), reflect.ValueOf(*got).Field(i).Interface(), field.Name)
		}
	}
	back.Findings = r.Findings
	assert.Equal(t, r, back)
}

// TestReadOlder: reports of before the lines were in them serve as well.
func TestReadOlder(t *testing.T) {
	r := real(hostile())
	var wire map[string]any
	require.NoError(t, json.Unmarshal([]byte(render(t, JSON, r, Options{})), &wire))
	for _, f := range wire["findings"].([]any) {
		for _, name := range []string{"account", "keyFingerprint", "offset", "endOffset", "utf16Column", "endUtf16Column", "snippet", "bytes", "detail"} {
			delete(f.(map[string]any), name)
		}
	}
	old, err := json.Marshal(wire)
	require.NoError(t, err)
	back, err := Read(bytes.NewReader(old))
	require.NoError(t, err)
	require.Len(t, back.Findings, len(r.Findings))
	for i := range r.Findings {
		was, is := r.Findings[i], back.Findings[i]
		assert.Equal(t, was.Fingerprint(), is.Fingerprint())
		assert.Equal(t, was.Key.PublicKey(), is.Key.PublicKey())
		assert.Equal(t, was.Start.Line(), is.Start.Line())
		assert.Equal(t, was.Start.Column(), is.Start.ColumnUTF16())
	}
	assert.NotEqual(t, back.Findings[0].Key.Fingerprint(""), back.Findings[1].Key.Fingerprint(""))
	harmlessAll(t, back, Options{})
	b, err := ReadBaseline(bytes.NewReader(old))
	require.NoError(t, err)
	assert.Len(t, b.Entries, len(r.Findings)-1, "what was suppressed is no part of it")
}

// TestRefused: what is no report of ours is said to be what it is.
func TestRefused(t *testing.T) {
	good := render(t, JSON, real(theme()), Options{})
	sarif := render(t, SARIF, real(theme()), Options{})
	replaced := func(from, to string) string {
		require.Contains(t, good, from)
		return strings.Replace(good, from, to, 1)
	}
	for want, text := range map[string]string{
		"is empty":                               " \n",
		"is no JSON report of klaviyolint":       "no JSON",
		"is no JSON report of klaviyolint: klav": `{"schema": 1, "findings": []}`,
		"is no JSON report of klaviyolint: k":    `{"vulnerabilities": [], "version": "15.0.0", "schema": 1}`,
		"is SARIF":                               sarif,
		"is UTF-16":                              "\xff\xfe{\x00",
		"it ends in the middle":                  good[:len(good)/2],
		"it ends in the middle; take":            good[:len(good)-2],
		"something follows":                      good + good,
		"is of schema 2":                         replaced(`"schema": 1`, `"schema": 2`),
		`has the rule "later-rule"`:              replaced(`"loader-company-id"`, `"later-rule"`),
		"without a level":                        replaced(`"level": "error"`, `"level": "fatal"`),
		"without a place":                        replaced(`"line": 12`, `"line": 0`),
		"where a count was expected":             replaced(`"column": `, `"column": -`),
		"whose fingerprint is not":               replaced(`"fingerprint": "`, `"fingerprint": "x`),
		"not shown as klaviyolint shows keys":    replaced(`"key": "pk_`, `"key": "xx_`),
		"a key whose fingerprint":                replaced(`"keyFingerprint": "`, `"keyFingerprint": "x`),
		"whose public key is none":               replaced(`"publicKey": "`, `"publicKey": "x`),
		"does not say why":                       replaced(`"complete": true`, `"complete": false`),
		"it lists 0":                             replaced(`"skipped": 0`, `"skipped": 1`),
		"stands twice":                           replaced(`"complete": true`, `"complete": true, "complete": true`),
		"a comma or":                             replaced(`"complete": true,`, `"complete": true`),
		"a conflict that git left, in line 19":   replaced(`"findings": [`, `"findings": [`+"\n<<<<<<< HEAD\n"),
		"values in each other":                   replaced(`"complete": true`, `"x": `+strings.Repeat("[", 100)),
		"a text that is no UTF-8":                replaced(`"title": "`, `"path": "`+"\xff"),
		"no more than 2147483647 makes sense":    replaced(`"column": `, `"column": 9007199254740992, "x": `),
		"no more than 1099511627776 makes sense": replaced(`"files": `, `"files": 9007199254740992, "x": `),
		"where a time was expected":              replaced(`"seconds": `, `"seconds": 1e308, "x": `),
		"whose ID is not of hex digits":          replaced(`"findings": [`, `"findings": [{"commit": {"id": "HEAD"}},`),
		"made by a newer one; update":            `{"schema":1,"tool":{"name":"klaviyolint"},"findings":[{"rule":"later-rule"}]}`,
		"does not say what was scanned":          `{"schema":1,"tool":{"name":"klaviyolint"},"findings":[]}`,
		"does not say what was scanned, or":      `{"schema":1,"tool":{"name":"klaviyolint"},"complete":true,"findings":[]}`,
		"is a baseline":                          replaced(`"complete": true`, `"baseline": "files"`),
	} {
		_, err := Read(strings.NewReader(text))
		assert.ErrorContains(t, err, want)
		if !strings.Contains(want, "baseline") && !strings.Contains(want, "does not say") && !strings.Contains(want, "lists") {
			_, err = ReadBaseline(strings.NewReader(text))
			assert.ErrorContains(t, err, want)
		}
	}
	_, err := Read(strings.NewReader("\xef\xbb\xbf" + strings.ReplaceAll(good, "\n", "\r\n")))
	assert.NoError(t, err, "an editor on Windows saved it")
	_, err = Read(io.MultiReader(strings.NewReader(good[:9]), strings.NewReader(good[9:])))
	assert.NoError(t, err)
}

// TestReadConceals: whoever writes a report by hand cannot bring a key into another one, plain or encoded.
func TestReadConceals(t *testing.T) {
	_, key, _ := keys()
	escaped := ""
	for _, c := range key.Raw() {
		escaped += fmt.Sprintf(`\\u%04x`, c) // a backslash in the text
	}
	for name, encoded := range map[string]string{
		"plain": key.Raw(), "base64": base64.StdEncoding.EncodeToString([]byte(key.Raw())), "hex": hex.EncodeToString([]byte(key.Raw())),
		"percent": strings.ReplaceAll(key.Raw(), "_", "%5F"), "escapes": escaped,
		"twice": base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString([]byte(key.Raw())))),
	} {
		plain := strings.ReplaceAll(encoded, `\\`, `\`)
		half := len(plain) / 2
		raw := base64.StdEncoding.EncodeToString([]byte(plain + "\xff"))
		text := strings.NewReplacer("KEY", encoded, "RAW", raw, "HALF", fmt.Sprint(half), "ALL", fmt.Sprint(len(plain))).Replace(`{"schema": 1,
			"tool": {"name": "klaviyolint", "version": "v1 KEY"}, "complete": false, "stopped": "x KEY", "stoppedBytes": "RAW",
			"stats": {"skipped": 1}, "skipped": [{"path": "p/KEY", "pathBytes": "RAW", "reason": "r KEY", "reasonBytes": "RAW"}],
			"baselines": [{"name": "KEY"}], "findings": [{"rule": "public-setting", "level": "error", "path": "d/KEY", "pathBytes": "RAW",
			"line": 1, "column": 1, "endLine": 1, "endColumn": 1, "word": "w KEY", "fingerprint": "00000000000000000000000000000000",
			"slot": "KEY\ufffd", "detail": "see KEY", "suppressed": "known: KEY", "via": ["KEY", "zip:KEY:1:1"], "reach": "ref", "ref": "refs/KEY",
			"lineHash": "KEY", "snippet": {"text": "KEY", "start": HALF, "end": ALL},
			"bytes": {"word": "RAW", "slot": "RAW", "via/1": "RAW", "author": "RAW"},
			"commit": {"id": "ab", "author": "KEY", "subject": "KEY", "date": ""}}]}`)
		r, err := Read(strings.NewReader(text))
		require.NoError(t, err, name)
		assert.Equal(t, "****", r.Findings[0].Via[0])
		for _, prefix := range []string{"", plain} {
			for _, format := range Formats() {
				r, err := Read(strings.NewReader(text))
				require.NoError(t, err, name)
				write, err := For(format)
				require.NoError(t, err)
				out := render(t, write, scanner.Merge([]scanner.Part{{Prefix: prefix, Report: r}}), Options{Verbose: true, Suppressed: true})
				for _, piece := range []string{plain, encoded, plain[:half] + "\"", raw} {
					assert.NotContains(t, out, piece, "%s as %s", name, format)
				}
			}
		}
		b, err := ReadBaseline(strings.NewReader(text))
		require.NoError(t, err, name)
		var out bytes.Buffer
		_, err = WriteBaseline(&out, b)
		require.NoError(t, err)
		assert.Len(t, b.Entries, 1)
		assert.NotContains(t, out.String(), encoded, name)
		assert.NotContains(t, out.String(), raw, name)
	}
}

// TestMergeInAnyOrder: which report is named first changes nothing.
func TestMergeInAnyOrder(t *testing.T) {
	read := func(text string) scanner.Part {
		r, err := Read(strings.NewReader(text))
		require.NoError(t, err)
		return scanner.Part{Report: r}
	}
	for i := range 200 {
		rng := rand.New(rand.NewPCG(uint64(i), 8))
		a := random(rng)
		b := random(rng)
		for _, f := range a.Findings { // the same once more, but for what does not tell findings apart
			for _, change := range []func(o *scanner.Finding){
				func(o *scanner.Finding) { o.Level = rules.Level(1 + rng.IntN(3)) },
				func(o *scanner.Finding) { o.Suppressed = []string{"", "known: x", "known: y"}[rng.IntN(3)] },
				func(o *scanner.Finding) {
					o.Reach = []string{"head", "ref", "stash", "reflog", "unreachable"}[rng.IntN(5)]
				},
				func(o *scanner.Finding) { o.Slot, o.Detail = "slot", "detail" },
				func(o *scanner.Finding) { o.End.Lines++ },
				func(o *scanner.Finding) { o.Line = scanner.Line{} },
				func(o *scanner.Finding) { o.Commit, o.Reach = nil, "" },
			} {
				if rng.IntN(2) == 0 {
					o := *f
					change(&o)
					b.Findings = append(b.Findings, &o)
				}
			}
		}
		for _, s := range a.Skipped {
			s.Accepted = s.Gap != "" && !s.Accepted
			b.Skipped = append(b.Skipped, s)
		}
		first, second := render(t, JSON, a, Options{}), render(t, JSON, b, Options{})
		want := render(t, JSON, scanner.Merge([]scanner.Part{read(first), read(second)}), Options{})
		got := render(t, JSON, scanner.Merge([]scanner.Part{read(second), read(first)}), Options{})
		require.Equal(t, want, got)
	}
}

// zeros is a text without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

// TestReadIsBounded: a report of a gigabyte takes the memory of what it says, not of what it is.
func TestReadIsBounded(t *testing.T) {
	head := `{"schema": 1, "tool": {"name": "klaviyolint"}, `
	for name, start := range map[string]string{"unknown": `"x": "`, "known": `"stopped": "`, "number": `"schema": 1`, "blanks": ""} {
		_, err := Read(io.MultiReader(strings.NewReader(head+start), io.LimitReader(zeros{}, 64<<20)))
		assert.ErrorIs(t, err, errDamaged, name)
	}
	if testing.AllocsPerRun(1, func() {
		_, _ = Read(io.MultiReader(strings.NewReader(head+`"x": "`), io.LimitReader(zeros{}, 64<<20)))
	}) > 100 {
		t.Error("what is passed over is kept")
	}
}

// endless is a text that is repeated without end.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	return n, nil
}

// TestReadOfManyIsBounded: nor does one that says very much which no scan would.
func TestReadOfManyIsBounded(t *testing.T) {
	head := `{"schema": 1, "tool": {"name": "klaviyolint"}, `
	for want, list := range map[string][2]string{
		"more than 10000 baselines": {`"baselines": [{}`, `, {}`},
		"in more than 64 layers":    {`"findings": [{"via": [""`, `, ""`},
	} {
		in := &endless{text: strings.Repeat(list[1], 1000)}
		_, err := Read(io.MultiReader(strings.NewReader(head+list[0]), io.LimitReader(in, 64<<20)))
		assert.ErrorContains(t, err, want)
	}

	most := strings.NewReader(head + `"complete": true, "stats": {}, "findings": [], "baselines": [{}` + strings.Repeat(`, {}`, maxBaselines-1) + `]}`)
	r, err := Read(most)
	require.NoError(t, err)
	assert.Len(t, r.Baselines, maxBaselines)

	names := func(format string) string {
		var text strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&text, format, i)
		}
		return text.String()
	}
	for name, text := range map[string]string{
		"bytes": `"findings": [{"bytes": {"word": ""` + names(`, "via/0%d": ""`) + names(`, "x%d": ""`),
		"names": `"x": 0` + names(`, "x%d": 0`),
	} {
		var held uint64
		in := io.MultiReader(strings.NewReader(head+text), readerFunc(func([]byte) (int, error) {
			held = heap()
			return 0, io.EOF
		}))
		before := heap()
		_, err := Read(in)
		assert.ErrorIs(t, err, errDamaged)
		assert.Less(t, int64(held)-int64(before), int64(1<<20), "of %d bytes with %s", len(text), name)
		runtime.KeepAlive(text)
	}
}

// heap returns the bytes that are held.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestReadLineHash: what is no hash of a line is none.
func TestReadLineHash(t *testing.T) {
	for text, want := range map[string]string{
		"0123456789abcdef:1": "0123456789abcdef:1", "1f:12": "1f:12", "": "", "0": "", "0123456789abcdef0:1": "", "AB:1": "", "1f:1\\n": "", "x": "",
	} {
		r, err := Read(strings.NewReader(`{"schema": 1, "tool": {"name": "klaviyolint"}, "complete": true, "stats": {}, "findings": [{
			"rule": "public-setting", "level": "error", "path": "a", "line": 1, "column": 1, "endLine": 1, "endColumn": 1, "word": "w",
			"fingerprint": "00000000000000000000000000000000", "lineHash": "` + text + `"}]}`))
		require.NoError(t, err)
		assert.Equal(t, want, r.Findings[0].LineHash, text)
	}
}

// TestBaselineWrites: a baseline is read as it was written, whatever the names are, and its order is its own.
func TestBaselineWrites(t *testing.T) {
	for i := range 100 {
		r := random(rand.New(rand.NewPCG(uint64(i), 7)))
		b := &scanner.Baseline{History: i%2 == 0}
		for i := range r.Findings {
			if e := scanner.EntryOf(r.Findings[i]); !slices.Contains(b.Entries, e) {
				b.Entries = append(b.Entries, e)
			}
		}
		var out, again bytes.Buffer
		n, err := WriteBaseline(&out, b)
		require.NoError(t, err)
		assert.Equal(t, len(b.Entries), n)
		assert.Equal(t, 2+len(b.Entries), strings.Count(out.String(), "\n"), "a line for each")
		harmless(t, out.String())
		back, err := ReadBaseline(bytes.NewReader(out.Bytes()))
		require.NoError(t, err, out.String())
		assert.ElementsMatch(t, b.Entries, back.Entries)
		assert.Equal(t, b.History, back.History)
		_, err = WriteBaseline(&again, back)
		require.NoError(t, err)
		assert.Equal(t, out.String(), again.String())
	}
}

// FuzzRead: what is read is JSON, can be written in every form without showing a key, and is the same when it is read again.
func FuzzRead(f *testing.F) {
	for _, r := range []*scanner.Report{real(theme()), real(hostile()), random(rand.New(rand.NewPCG(1, 1)))} {
		var out bytes.Buffer
		require.NoError(f, JSON(&out, r, Options{}))
		f.Add(out.Bytes())
	}
	golden, err := os.ReadFile("testdata/theme.json")
	require.NoError(f, err)
	f.Add(golden)
	f.Add([]byte(`{"schema":1,"tool":{"name":"klaviyolint"},"baseline":"files","findings":[]}`))
	f.Add([]byte(`{"schema":1,"tool":{"name":"klaviyolint"},"x":["\ud83d\ude00\ud800\u0041",1e5,-0.5,null],"findings":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if b, err := ReadBaseline(bytes.NewReader(data)); err == nil {
			require.True(t, json.Valid(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
			_, err := WriteBaseline(io.Discard, b)
			require.NoError(t, err)
		}
		r, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		harmlessAll(t, r, Options{Verbose: true, Suppressed: true})
		text := render(t, JSON, r, Options{})
		back, err := Read(strings.NewReader(text))
		require.NoError(t, err, text)
		require.Equal(t, text, render(t, JSON, back, Options{}))
	})
}
