// This file reads what JSON has written: reports of this version and of earlier ones, and baselines. Whoever hands one in
// may have made it by hand, so it is bounded, keys in its texts are hidden again, and what is not as it should be is an error.

package report

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// maxFindings is how many findings a report may have that is read: they are held in memory, about 1 KB each.
const maxFindings = 2_000_000

// Read reads a report that [JSON] has written. Every writer writes it as it would have written the original, with the
// texts that this version has for its rules. A report of a version before 2026-11 lacks the lines, and tells keys apart by
// how they are shown. Errors say whether in is no report, of a newer version, or damaged, and what to do.
func Read(in io.Reader) (*scanner.Report, error) {
	d := newDocument(in)
	r := &d.report
	d.found = func(f *wireFinding) error {
		if len(r.Findings) == maxFindings {
			return fmt.Errorf("more than %d findings: join parts of it", maxFindings)
		}
		finding, err := d.finding(f)
		r.Findings = append(r.Findings, finding)
		return err
	}
	err := d.read()
	switch {
	case err != nil:
		return nil, err
	case d.baseline != "":
		return nil, errors.New("is a baseline, which has no places: name a report that klaviyolint -f json wrote")
	case d.complete == nil || !d.counted:
		return nil, fmt.Errorf("%w: it does not say what was scanned, or whether that is all (complete, stats)", errDamaged)
	case !*d.complete && r.Complete():
		return nil, fmt.Errorf("%w: it is not complete, and does not say why", errDamaged)
	case d.skipped != len(r.Skipped):
		return nil, fmt.Errorf("%w: of %d things that were not scanned it lists %d", errDamaged, d.skipped, len(r.Skipped))
	}
	return r, nil
}

// ReadBaseline reads a baseline: what [WriteBaseline] wrote, or a report that [JSON] wrote. Its errors are as those of
// [Read]. The names of the file and of what the scan covers are the caller's to set.
func ReadBaseline(in io.Reader) (*scanner.Baseline, error) {
	d := newDocument(in)
	b := &scanner.Baseline{}
	ofHistory := false
	seen := map[scanner.Entry]bool{}
	d.found = func(f *wireFinding) error {
		finding, err := d.finding(f)
		if err != nil || !finding.Counts() {
			return err
		}
		ofHistory = ofHistory || finding.Commit != nil || finding.Reach != ""
		e := scanner.EntryOf(&finding)
		if d.baseline != "" { // which has the entry as it is
			e.Word, e.Fingerprint = f.word, f.fingerprint
		}
		if !seen[e] {
			if len(b.Entries) == maxFindings {
				return fmt.Errorf("more than %d entries", maxFindings)
			}
			seen[e] = true
			b.Entries = append(b.Entries, e)
		}
		return nil
	}
	if err := d.read(); err != nil {
		return nil, err
	}
	s := d.report.Stats
	b.Full = d.baseline == ""
	b.History = d.baseline == ofHistories || d.baseline == "" && (ofHistory || s.Files == 0 && s.Blobs+s.Commits > 0)
	return b, nil
}

// document is a report that is being read.
type document struct {
	*parser
	report   scanner.Report // all but the findings
	found    func(*wireFinding) error
	schema   int64
	tool     string
	baseline string // what a baseline is of; "" for a report
	complete *bool
	counted  bool // it has stats
	skipped  int  // how many the report says that it lists

	texts   map[string]string // that were read, so that equal ones are held once
	keys    map[rules.Recalled]*rules.Recalled
	commits map[scanner.Commit]*scanner.Commit
}

func newDocument(in io.Reader) *document {
	return &document{
		parser: newParser(in), texts: map[string]string{}, keys: map[rules.Recalled]*rules.Recalled{},
		commits: map[scanner.Commit]*scanner.Commit{},
	}
}

const makeOne = `klaviyolint -f json -o FILE makes one`

// read reads the whole input.
func (d *document) read() error {
	if err := d.begin(); err != nil {
		return err
	}
	seen := map[string]bool{}
	err := d.object(func(name []byte) error {
		what := string(name)
		if len(what) < 20 && seen[what] {
			return d.damaged("%s stands twice", Show(what))
		}
		if len(what) < 20 {
			seen[what] = true
		}
		return d.member(what)
	})
	ours := d.tool == "klaviyolint" && (seen["schema"] || err != nil)
	switch {
	case err != nil && (d.schema > 0 || !errors.Is(err, errDamaged)):
		if errors.Is(err, errDamaged) {
			err = fmt.Errorf("%w; take it from where it came once more, or make it again", err)
		}
		return err
	case seen["runs"] && seen["version"]:
		return errors.New("is SARIF, not a JSON report of klaviyolint: " + makeOne)
	case err != nil && !ours:
		return fmt.Errorf("is no JSON report of klaviyolint: %w; %s", err, makeOne)
	case !ours || !seen["findings"]:
		return errors.New("is no JSON report of klaviyolint: " + makeOne)
	case err != nil:
		return err
	}
	if err := d.blank(); err == nil {
		return d.damaged("something follows the report; several reports are several files, which klaviyolint merge joins")
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// begin looks at the first bytes.
func (d *document) begin() error {
	if err := d.fill(); errors.Is(err, io.EOF) {
		return errors.New("is empty: " + makeOne)
	} else if err != nil {
		return err
	}
	start := d.buf[:d.end]
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")):
		return errors.New("is UTF-16, as a shell may redirect it: write the report with -o FILE")
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		d.at = 3
	}
	if err := d.blank(); errors.Is(err, io.EOF) {
		return errors.New("is empty: " + makeOne)
	} else if err != nil {
		return err
	}
	if d.buf[d.at] != '{' {
		return errors.New("is no JSON report of klaviyolint: " + makeOne)
	}
	return nil
}

// member reads a member of the report.
func (d *document) member(name string) (err error) {
	r := &d.report
	switch name {
	case "schema":
		if d.schema, err = d.count(); err == nil && (d.schema < 1 || d.schema > jsonSchema) {
			schema := d.schema
			d.schema = max(schema, 1)
			err = fmt.Errorf("is of schema %d, and this klaviyolint reads schema %d: update klaviyolint", schema, jsonSchema)
		}
	case "tool":
		err = d.object(func(name []byte) (err error) {
			switch string(name) {
			case "name":
				err = d.to(&d.tool)
			case "version":
				err = d.to(&r.Version)
			default:
				err = d.skip()
			}
			return err
		})
		if err == nil && d.tool != "klaviyolint" {
			d.schema = 0
		}
	case "complete":
		var complete bool
		complete, err = d.truth()
		d.complete = &complete
	case "stopped":
		var s string
		if err = d.to(&s); r.Stopped == "" {
			r.Stopped = s
		}
	case "stoppedBytes":
		var s string
		if err = d.toBytes(&s); s != "" {
			r.Stopped = exact(s, r.Stopped)
		}
	case "stats":
		err = d.stats()
	case "baseline":
		if err = d.to(&d.baseline); err == nil && d.baseline != ofFiles && d.baseline != ofHistories {
			err = d.damaged("a baseline of what is not known")
		}
	case "baselines":
		err = d.array(d.compared)
	case "findings":
		err = d.array(func() error {
			var f wireFinding
			if err := d.object(func(name []byte) error { return d.findingMember(&f, name) }); err != nil {
				return err
			}
			return d.found(&f)
		})
	case "skipped":
		err = d.array(d.skippedThing)
	default:
		err = d.skip()
	}
	return err
}

func (d *document) stats() error {
	d.counted = true
	s := &d.report.Stats
	counts := map[string]*int{
		"files": &s.Files, "blobs": &s.Blobs, "commits": &s.Commits, "skipped": &d.skipped, "excluded": &s.Excluded,
		"ignored": &s.Ignored,
	}
	return d.object(func(name []byte) (err error) {
		switch to := counts[string(name)]; {
		case to != nil:
			err = d.toCount(to)
		case string(name) == "bytes":
			s.Bytes, err = d.atMost(maxBytes)
		case string(name) == "seconds":
			s.Seconds, err = d.seconds()
		default:
			err = d.skip()
		}
		return err
	})
}

func (d *document) compared() error {
	var c scanner.Compared
	err := d.object(func(name []byte) error {
		switch string(name) {
		case "name":
			return d.to(&c.Name)
		case "entries":
			return d.toCount(&c.Entries)
		case "moved":
			return d.toCount(&c.Moved)
		case "stale":
			return d.toCount(&c.Stale)
		}
		return d.skip()
	})
	d.report.Baselines = append(d.report.Baselines, c)
	return err
}

func (d *document) skippedThing() error {
	var s scanner.Skipped
	var kind, pathBytes, reasonBytes string
	err := d.object(func(name []byte) (err error) {
		switch string(name) {
		case "path":
			err = d.to(&s.Path)
		case "pathBytes":
			err = d.toBytes(&pathBytes)
		case "reason":
			err = d.to(&s.Reason)
		case "reasonBytes":
			err = d.toBytes(&reasonBytes)
		case "kind":
			err = d.to(&kind)
		case "accepted":
			s.Accepted, err = d.truth()
		default:
			err = d.skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	s.Path, s.Reason = exact(pathBytes, s.Path), exact(reasonBytes, s.Reason)
	if kind != "" {
		if s.Gap, err = scanner.ParseGap(kind); err != nil {
			return fmt.Errorf("has a gap of a kind that this klaviyolint does not know, %q: update klaviyolint", Show(kind))
		}
	}
	if s.Accepted && s.Gap == "" {
		return d.damaged("a gap was accepted that has no kind")
	}
	if len(d.report.Skipped) == maxFindings {
		return fmt.Errorf("more than %d things that were not scanned", maxFindings)
	}
	d.report.Skipped = append(d.report.Skipped, s)
	return nil
}

// wireFinding is a finding as it stands in the report.
type wireFinding struct {
	rule, level, path, pathBytes, key, form, publicKey, account, keyFingerprint, word, slot, fingerprint string
	suppressed, detail, reach, ref                                                                       string
	line, column, utf16, endLine, endColumn, endUTF16                                                    int
	offset, endOffset                                                                                    int64
	via                                                                                                  []string
	snippet                                                                                              scanner.Line
	commit                                                                                               *scanner.Commit
	lineHash                                                                                             string
	history                                                                                              bool
	exact                                                                                                map[string]string // by member: texts that JSON cannot hold
}

// findingMember reads a member of a finding. Title, message and kind follow from the rule.
func (d *document) findingMember(f *wireFinding, name []byte) (err error) {
	switch string(name) {
	case "rule":
		return d.to(&f.rule)
	case "level":
		return d.to(&f.level)
	case "path":
		return d.to(&f.path)
	case "pathBytes":
		return d.toBytes(&f.pathBytes)
	case "line":
		return d.toPlace(&f.line)
	case "column":
		return d.toPlace(&f.column)
	case "utf16Column":
		return d.toPlace(&f.utf16)
	case "endLine":
		return d.toPlace(&f.endLine)
	case "endColumn":
		return d.toPlace(&f.endColumn)
	case "endUtf16Column":
		return d.toPlace(&f.endUTF16)
	case "offset":
		f.offset, err = d.count()
	case "endOffset":
		f.endOffset, err = d.count()
	case "key":
		return d.to(&f.key)
	case "form":
		return d.to(&f.form)
	case "publicKey":
		return d.to(&f.publicKey)
	case "account":
		return d.to(&f.account)
	case "keyFingerprint":
		return d.toHash(&f.keyFingerprint)
	case "word":
		return d.to(&f.word)
	case "detail":
		return d.to(&f.detail)
	case "slot":
		return d.to(&f.slot)
	case "via":
		return d.array(func() error {
			var via string
			err := d.to(&via)
			f.via = append(f.via, via)
			return err
		})
	case "fingerprint":
		return d.toHash(&f.fingerprint)
	case "suppressed":
		return d.to(&f.suppressed)
	case "reach":
		return d.to(&f.reach)
	case "ref":
		return d.to(&f.ref)
	case "snippet":
		return d.snippet(&f.snippet)
	case "commit":
		f.commit = &scanner.Commit{}
		return d.commit(f.commit)
	case "lineHash":
		return d.to(&f.lineHash)
	case "history":
		f.history, err = d.truth()
	case "bytes":
		return d.object(func(name []byte) error {
			if f.exact == nil {
				f.exact = map[string]string{}
			}
			what, text := string(name), ""
			err := d.toBytes(&text)
			f.exact[what] = text
			return err
		})
	default:
		err = d.skip()
	}
	return err
}

func (d *document) snippet(l *scanner.Line) error {
	return d.object(func(name []byte) (err error) {
		switch string(name) {
		case "text":
			var text []byte
			text, err = d.string()
			l.Text = string(text)
		case "start":
			err = d.toCount(&l.Start)
		case "end":
			err = d.toCount(&l.End)
		case "cut":
			l.Cut, err = d.truth()
		default:
			err = d.skip()
		}
		return err
	})
}

func (d *document) commit(c *scanner.Commit) error {
	return d.object(func(name []byte) (err error) {
		switch string(name) {
		case "id":
			if err = d.toHash(&c.ID); err == nil && (c.ID == "" || len(c.ID) > 64 || !isHex(c.ID)) {
				err = d.damaged("a commit whose ID is not of hex digits")
			}
		case "author":
			err = d.to(&c.Author)
		case "subject":
			err = d.to(&c.Subject)
		case "date":
			var date string
			if err = d.to(&date); err != nil || date == "" {
				return err
			}
			if c.Date, err = time.Parse(time.RFC3339, date); err != nil {
				return d.damaged("a commit's date that is none")
			}
			c.Date = c.Date.UTC()
		default:
			err = d.skip()
		}
		return err
	})
}

// to reads a text, without keys.
func (d *document) to(to *string) error {
	text, err := d.string()
	if err != nil {
		return err
	}
	if s, held := d.texts[string(text)]; held {
		*to = s
		return nil
	}
	*to = d.once(scanner.Conceal(string(text)))
	return nil
}

// toBytes reads a text for [exact], which hides keys in what it stands for.
func (d *document) toBytes(to *string) error {
	text, err := d.string()
	*to = string(text)
	return err
}

// toHash reads a text that should be a hash, which holds no key.
func (d *document) toHash(to *string) error {
	text, err := d.string()
	if err != nil {
		return err
	}
	if n := len(text); n != 32 && n != 40 && n != 64 || !isHex(text) {
		*to = d.once(scanner.Conceal(string(text)))
		return nil
	}
	if s, held := d.texts[string(text)]; held {
		*to = s
		return nil
	}
	*to = d.once(string(text))
	return nil
}

// once returns the text, which is held once however often it is read.
func (d *document) once(text string) string {
	s, held := d.texts[text]
	if !held {
		s = text
		if len(text) < 1<<10 && len(d.texts) < 1<<20 { // what is longer seldom stands twice
			d.texts[s] = s
		}
	}
	return s
}

func isHex[T string | []byte](s T) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// The most that reports may count. The sums of many are still numbers that JSON can hold.
const (
	maxCount = 1 << 40
	maxBytes = 1 << 50
)

func (d *document) toCount(to *int) error {
	n, err := d.atMost(maxCount)
	*to = int(n)
	return err
}

// toPlace reads a line's or a column's number. Readers of SARIF drop what has one that does not fit into 32 bits.
func (d *document) toPlace(to *int) error {
	n, err := d.atMost(math.MaxInt32)
	*to = int(n)
	return err
}

// exact returns the text that bytes, its base64, holds; shown if there are none.
func exact(bytes, shown string) string {
	if bytes == "" {
		return shown
	}
	text, err := base64.StdEncoding.DecodeString(bytes)
	if err != nil {
		return shown
	}
	concealed := scanner.Conceal(string(text))
	if scanner.Conceal(asJSON(concealed)) != shown { // hiding may have hit it
		return shown
	}
	return concealed
}

// finding turns what was read into a finding.
func (d *document) finding(f *wireFinding) (scanner.Finding, error) {
	var none scanner.Finding
	rule := rules.ByID(f.rule)
	if rule == nil {
		if f.rule == "" {
			return none, d.damaged("a finding without a rule")
		}
		newer := "a newer one"
		if v := d.report.Version; v != "" {
			newer += ", " + Show(clip(v))
		}
		return none, fmt.Errorf("line %d has the rule %q, which this klaviyolint does not know: it was made by %s; update klaviyolint",
			d.line, Show(clip(f.rule)), newer)
	}
	level := rule.Level
	if d.baseline == "" || f.level != "" {
		var err error
		if level, err = rules.ParseLevel(f.level); err != nil {
			return none, d.damaged("a finding of %s without a level", rule.ID)
		}
	}
	switch {
	case !isFingerprint(f.fingerprint):
		return none, d.damaged("a finding of %s whose fingerprint is not 32 hex digits", rule.ID)
	case d.baseline == "" && (f.line < 1 || f.column < 1 || f.endLine < 1 || f.endColumn < 1):
		return none, d.damaged("a finding of %s without a place", rule.ID)
	case f.publicKey != "" && !isPublic(f.publicKey), f.account != "" && !isPublic(f.account):
		return none, d.damaged("a finding of %s whose public key is none", rule.ID)
	case f.reach != "" && !slices.Contains(reaches, f.reach):
		return none, d.damaged("a finding of %s that is reached in a way that is not known", rule.ID)
	case (f.key == "") == (f.word == ""):
		return none, d.damaged("a finding of %s that is about neither a key nor a word, or about both", rule.ID)
	}
	key, err := d.key(f)
	if err != nil {
		return none, err
	}
	for name, text := range map[string]*string{
		"word": &f.word, "slot": &f.slot, "detail": &f.detail, "suppressed": &f.suppressed, "ref": &f.ref,
	} {
		if f.exact != nil {
			*text = exact(f.exact[name], *text)
		}
	}
	for i := range f.via {
		if f.exact != nil {
			f.via[i] = exact(f.exact[fmt.Sprintf("via/%d", i)], f.via[i])
		}
		if !layer.MatchString(f.via[i]) {
			f.via[i] = "****" // whatever it is, no scan wrote it
		}
	}
	finding := scanner.Finding{
		Rule: rule, Level: level, Key: key, Word: f.word, Public: f.publicKey, Path: exact(f.pathBytes, f.path),
		Slot: f.slot, Via: f.via, Line: concealed(f.snippet), Suppressed: f.suppressed, Ref: f.ref, Reach: f.reach, Detail: f.detail,
		Recorded: f.fingerprint,
		LineHash: f.lineHash,
		History:  f.history || f.commit != nil || f.reach != "", // earlier versions did not say it
	}
	if f.line > 0 {
		finding.Start = position(f.offset, f.line, f.column, f.utf16)
		finding.End = position(f.endOffset, f.endLine, f.endColumn, f.endUTF16)
	}
	if c := f.commit; c != nil {
		c.Author, c.Subject = exact(f.exact["author"], c.Author), exact(f.exact["subject"], c.Subject)
		if finding.Commit = d.commits[*c]; finding.Commit == nil {
			d.commits[*c] = c
			finding.Commit = c
		}
	}
	return finding, nil
}

// position returns the place that a report tells. Where it does not tell the column in UTF-16, it is the same.
func position(offset int64, line, column, utf16 int) scanner.Position {
	if utf16 == 0 {
		utf16 = column
	}
	return scanner.Position{Offset: offset, Lines: line - 1, Chars: column - 1, UTF16: utf16 - 1}
}

// key returns the key that a finding is about; the zero Key for a word.
func (d *document) key(f *wireFinding) (rules.Key, error) {
	if f.key == "" {
		return rules.Key{}, nil
	}
	r := rules.Recalled{Shown: f.key, Public: f.account, Fingerprint: f.keyFingerprint}
	for _, form := range []rules.Form{rules.Site, rules.Hex, rules.Documented} {
		if f.form == form.String() {
			r.Form = form
		}
	}
	if d.baseline != "" && r.Form == 0 { // which form it is does not matter there
		r.Form = rules.Hex
	}
	last, masked := strings.CutPrefix(f.key, "pk_****")
	if r.Form == 0 || !masked || len(last) > 4 || strings.Trim(last, alphanumerics) != "" {
		return rules.Key{}, d.damaged("a key that is not shown as klaviyolint shows keys")
	}
	if r.Fingerprint == "" { // an earlier version did not write it
		if r.Form == rules.Site {
			r.Public = f.publicKey
		}
		r.Fingerprint = rules.Recall(&rules.Recalled{Fingerprint: f.form + f.key + r.Public}).Fingerprint("shown")
	} else if !isFingerprint(r.Fingerprint) {
		return rules.Key{}, d.damaged("a key whose fingerprint is not 32 hex digits")
	}
	if d.keys[r] == nil {
		d.keys[r] = &r
	}
	return rules.Recall(d.keys[r]), nil
}

// concealed returns the line without a key: whoever wrote the report may not have hidden it. Where hiding moves what is
// behind, it is not known any more where the finding stands.
func concealed(l scanner.Line) scanner.Line {
	if l.Start > len(l.Text) || l.End > len(l.Text) || l.Start > l.End {
		l.Start, l.End = -1, -1
	}
	l.Conceal()
	return l
}

// layer is what a member of via may be: an encoding, or an archive with the name of the member and the place in that.
var layer = regexp.MustCompile(`^(?s:percent|escape|html|quoted-printable|base64|hex|joined|utf-(?:16|32)[lb]e|gzip|(?:zip|tar):.*)(?::[0-9]+:[0-9]+)?$`)

// reaches are the values of [scanner.Finding.Reach].
var reaches = []string{"head", "ref", "stash", "reflog", "unreachable"}

const alphanumerics = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

func isPublic(s string) bool { return len(s) == 6 && strings.Trim(s, alphanumerics) == "" }

func isFingerprint(s string) bool { return len(s) == 32 && isHex(s) }

// clip cuts a text for an error.
func clip(s string) string {
	const most = 100
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// asJSON returns s as JSON holds it: each byte that is no UTF-8 is U+FFFD.
func asJSON(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.Map(func(r rune) rune { return r }, s)
}
