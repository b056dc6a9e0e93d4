// This file reads a finding of a report, and proves that it is one that a scan could have made.

package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

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
			if len(f.via) == maxVia {
				return d.damaged("a finding in more than %d layers", maxVia)
			}
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
		if err = d.to(&f.lineHash); !lineHash.MatchString(f.lineHash) {
			f.lineHash = "" // whatever it is, no scan wrote it
		}
		return err
	case "history":
		f.history, err = d.truth()
	case "bytes":
		return d.object(func(name []byte) error {
			what := string(name)
			if !hasBytes(what) {
				return d.skip()
			}
			if f.exact == nil {
				f.exact = map[string]string{}
			}
			text := ""
			err := d.toBytes(&text)
			f.exact[what] = text
			return err
		})
	default:
		err = d.skip()
	}
	return err
}

// hasBytes tells that name is that of a text which a report may have once more in base64.
func hasBytes(name string) bool {
	switch name {
	case "word", "detail", "slot", "suppressed", "ref", "author", "subject":
		return true
	}
	at, ok := strings.CutPrefix(name, "via/")
	n, err := strconv.Atoi(at)
	return ok && err == nil && n >= 0 && n < maxVia && strconv.Itoa(n) == at
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
		case "generation":
			err = d.toPlace(&c.Generation)
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

// finding turns what was read into a finding.
func (d *document) finding(f *wireFinding) (*scanner.Finding, error) {
	rule := rules.ByID(f.rule)
	if rule == nil {
		if f.rule == "" {
			return nil, d.damaged("a finding without a rule")
		}
		newer := "a newer one"
		if v := d.report.Version; v != "" {
			newer += ", " + Show(clip(v))
		}
		return nil, fmt.Errorf("line %d has the rule %q, which this klaviyolint does not know: it was made by %s; update klaviyolint",
			d.line, Show(clip(f.rule)), newer)
	}
	level := rule.Level
	if d.baseline == "" || f.level != "" {
		var err error
		if level, err = rules.ParseLevel(f.level); err != nil {
			return nil, d.damaged("a finding of %s without a level", rule.ID)
		}
	}
	switch {
	case !isFingerprint(f.fingerprint):
		return nil, d.damaged("a finding of %s whose fingerprint is not 32 hex digits", rule.ID)
	case d.baseline == "" && (f.line < 1 || f.column < 1 || f.endLine < 1 || f.endColumn < 1):
		return nil, d.damaged("a finding of %s without a place", rule.ID)
	case f.publicKey != "" && !isPublic(f.publicKey), f.account != "" && !isPublic(f.account):
		return nil, d.damaged("a finding of %s whose public key is none", rule.ID)
	case f.reach != "" && !scanner.IsReach(f.reach):
		return nil, d.damaged("a finding of %s that is reached in a way that is not known", rule.ID)
	case (f.key == "") == (f.word == ""):
		return nil, d.damaged("a finding of %s that is about neither a key nor a word, or about both", rule.ID)
	}
	key, err := d.key(f)
	if err != nil {
		return nil, err
	}
	if f.exact != nil {
		f.restore()
	}
	for i := range f.via {
		if !layer.MatchString(f.via[i]) {
			f.via[i] = "****" // whatever it is, no scan wrote it
		}
	}
	finding := &scanner.Finding{
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
		if finding.Commit = d.commits[*c]; finding.Commit == nil {
			d.commits[*c] = c
			finding.Commit = c
		}
	}
	return finding, nil
}

// restore puts in the place of texts what of them JSON could not hold.
func (f *wireFinding) restore() {
	for name, text := range map[string]*string{
		"word": &f.word, "slot": &f.slot, "detail": &f.detail, "suppressed": &f.suppressed, "ref": &f.ref,
	} {
		*text = exact(f.exact[name], *text)
	}
	for i := range f.via {
		f.via[i] = exact(f.exact[fmt.Sprintf("via/%d", i)], f.via[i])
	}
	if c := f.commit; c != nil {
		c.Author, c.Subject = exact(f.exact["author"], c.Author), exact(f.exact["subject"], c.Subject)
	}
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

// lineHash is what [scanner.Finding.LineHash] may be: a hash of 64 bits without zeros before it, and which of the lines with
// that hash it is.
var lineHash = regexp.MustCompile(`^[0-9a-f]{1,16}:[0-9]{1,10}$`)

const alphanumerics = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

func isPublic(s string) bool { return len(s) == 6 && strings.Trim(s, alphanumerics) == "" }

func isFingerprint(s string) bool { return len(s) == 32 && isHex(s) }
