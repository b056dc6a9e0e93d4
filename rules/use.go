// This file follows a key one step: a variable that is given one here is used in another place near by.

package rules

import (
	"bytes"
	"strings"
)

const (
	minVariable = 3 // letters of a variable's name that is followed
	maxUses     = 8 // uses of it that are looked at
)

// Judge tells which rule claims the candidate in text, and what it is plugged into; the rule is nil if none does. A key
// that is only given to a variable counts as what the variable is used for, if that is a place for the public key.
func Judge(text []byte, c Candidate, file FileKind) (*Rule, Slot) {
	slot := Resolve(text, c, file)
	rule := Claim(c, slot)
	if rule == nil || !c.IsKey() || rule != shippedPrivateKey && rule != hardcodedPrivateKey && rule != trackToken {
		return rule, slot
	}
	for _, use := range uses(text, c, slot) {
		if use.Scheme && rule == trackToken { // const token = "pk_…", which goes into a private header
			slot.Near, slot.Nearest = slot.Near|NearPrivate, NearPrivate
			return Claim(c, slot), slot
		}
		if other := Claim(c, use); other != nil && other != shippedPrivateKey && other != hardcodedPrivateKey && rule != trackToken {
			return other, use
		}
	}
	return rule, slot
}

// uses returns the slots that the variable stands in which the candidate is given to.
func uses(text []byte, c Candidate, slot Slot) []Slot {
	name := strings.TrimPrefix(slot.Name, "$")
	if len(name) < minVariable || slot.Call.Callee != "" || len(slot.Within) > 0 || slot.URL != (URLPart{}) || !isVariable(name) {
		return nil
	}
	var found []Slot
	from, to := max(0, c.Start-Context), min(len(text), c.End+Context)
	for i := from; len(found) < maxUses; i += len(name) {
		n := bytes.Index(text[i:to], []byte(name))
		if n < 0 {
			break
		}
		i += n
		end := i + len(name)
		if end < len(text) && isWord(text[end]) || isAssigned(text[end:]) {
			continue
		}
		if before := plainBefore(text, i); lastWord(before) != "" || strings.HasSuffix(before, ".") || strings.HasSuffix(before, "->") {
			continue
		}
		found = append(found, Resolve(text, Candidate{Word: name, Start: i, End: end}, slot.File))
	}
	return found
}

func isVariable(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool { return r > 'z' || !isWord(byte(r)) }) < 0
}

// isAssigned tells whether what stands behind a name makes it the name of something else than a value that is read.
func isAssigned(after []byte) bool {
	plain := strings.TrimLeft(unescape(after[:min(len(after), 16)], func(b []byte) []byte { return b }), " \t")
	return strings.HasPrefix(plain, ":") || strings.HasPrefix(plain, "=") && !strings.HasPrefix(plain, "==")
}
