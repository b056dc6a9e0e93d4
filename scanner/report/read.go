// This file reads what JSON has written: reports of this version and of earlier ones, and baselines. Whoever hands one in
// may have made it by hand, so it is bounded, keys in its texts are hidden again, and what is not as it should be is an error.

package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// The most that a report may have that is read: all of it is held in memory, about 1 KB for each finding.
const (
	maxFindings  = 2_000_000
	maxBaselines = 10_000 // as if each of so many joined reports had another one
	maxVia       = 64     // layers of a finding; a scan undoes layer.MaxDepth
)

// Read reads a report that [JSON] has written. Every writer writes it as it would have written the original with the same
// options, with the texts that this version has for its rules; origin, places and repairs are options, and not in it. A
// report of a version before 2026-11 lacks the lines, and tells keys apart by how they are shown. Errors say whether in is
// no report, of a newer version, or damaged, and what to do.
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
		e := scanner.EntryOf(finding)
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

// members are the names of what is read of a report, and runs and version of SARIF, by which that is known.
var members = []string{
	"schema", "tool", "complete", "stopped", "stoppedBytes", "shard", "shardOf", "stats", "baseline", "baselines", "findings",
	"skipped", "runs", "version",
}

const makeOne = `klaviyolint -f json -o FILE makes one`

// read reads the whole input.
func (d *document) read() error {
	if err := d.begin(); err != nil {
		return err
	}
	seen := map[string]bool{} // of what is read, or tells what the input is: others may be any number
	err := d.object(func(name []byte) error {
		what := string(name)
		if !slices.Contains(members, what) {
			return d.skip()
		}
		if seen[what] {
			return d.damaged("%s stands twice", what)
		}
		seen[what] = true
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
	case "shard":
		var s string
		if err = d.to(&s); err == nil {
			history := r.Shard.History
			if r.Shard, err = scanner.ParseShard(s); err != nil {
				err = d.damaged("a shard that is none")
			}
			r.Shard.History = history
		}
	case "shardOf":
		err = d.toHash(&r.Shard.History)
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
	if err == nil && len(d.report.Baselines) == maxBaselines {
		err = fmt.Errorf("has more than %d baselines", maxBaselines)
	}
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
