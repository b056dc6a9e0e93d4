// This file follows a key one step: a variable that is given one here is used in another place near by.

package rules

import (
	"bytes"
	"strings"
)

const (
	maxUses   = 4   // uses of a variable that are looked at
	nearShort = 400 // how far a name of one letter is followed, in bytes
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

// uses returns the slots of the places near by that read the variable, constant or property which the candidate is given
// to.
func uses(text []byte, c Candidate, slot Slot) []Slot {
	name := lastPart(slot.Name)
	if name == "" || slot.Call.Callee != "" || slot.URL != (URLPart{}) || !isVariable(name) {
		return nil
	}
	reach := Context
	if len(name) == 1 {
		reach = nearShort
	}
	var found []Slot
	from, to := max(0, c.Start-reach), min(len(text), c.End+reach)
	for i := from; len(found) < maxUses; i += len(name) {
		n := bytes.Index(text[i:to], []byte(name))
		if n < 0 {
			break
		}
		i += n
		end := i + len(name)
		if i < c.End && end > c.Start || end < len(text) && isWord(text[end]) {
			continue
		}
		before := plainBefore(text, i)
		at := dotted(strings.ReplaceAll(before, "::", ".."))
		owner := strings.Trim(before[at:], "$.->:/@")
		if lastWord(before) != "" || !slot.owns(owner, before) || isAssigned(unescape(text[end:min(len(text), end+16)], asItIs)) {
			continue
		}
		use := Candidate{Word: name, Start: i, End: end}
		if strings.HasSuffix(before, "$") {
			use.Word = "$" + name
		} else if at < len(before) && bytes.HasSuffix(text[:i], []byte(before[at:])) {
			use.Start -= len(before) - at
		}
		found = append(found, Resolve(text, use, slot.File))
	}
	return found
}

func asItIs(b []byte) []byte { return b }

// owns tells whether owner.NAME, where before ends, reads what the slot's NAME was given: a variable as such, a property by
// this or by the name of what it stands in.
func (s Slot) owns(owner, before string) bool {
	plain := !strings.HasSuffix(before, ".") && !strings.HasSuffix(before, "->") && !strings.HasSuffix(before, "::")
	switch {
	case owner == "" && plain:
		return len(s.Within) == 0 && !strings.ContainsAny(s.Name, ".>:")
	case owner == "this", owner == "self", owner == "static", owner == "":
		return true
	}
	return len(s.Within) > 0 && owner == s.Within[0] || strings.HasPrefix(s.Name, owner+".")
}

func isVariable(name string) bool {
	return strings.IndexFunc(name, isNoWord) < 0
}

// isAssigned tells whether what stands behind a name makes it the name of something else than a value that is read.
func isAssigned(after string) bool {
	plain := strings.TrimLeft(after, " \t"+quotes)
	return strings.HasPrefix(plain, ":") || strings.HasPrefix(plain, "=") && !strings.HasPrefix(plain, "==")
}
