// This file finds objects by the first digits of their IDs.

package gitstore

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

const (
	minAbbrev     = 4   // digits; git has the same bound
	maxCandidates = 500 // objects that are looked at to tell which of them is meant
	maxShown      = 8   // of them that an error lists
)

// abbreviated finds the object whose ID begins with the hexadecimal digits. Of several it is the only one that want
// allows, as git has it. The error is errUnknown when there is none.
func (s *Store) abbreviated(prefix string, want typeSet) (ID, error) {
	prefix = strings.ToLower(prefix)
	if len(prefix) < minAbbrev || len(prefix) > 2*s.idLen || strings.Trim(prefix, "0123456789abcdef") != "" {
		return ID{}, errUnknown
	}
	s.load()
	ids := s.withPrefix(prefix)
	if len(ids) == 0 && s.relist() {
		ids = s.withPrefix(prefix)
	}
	switch {
	case len(ids) == 0:
		return ID{}, errUnknown
	case len(ids) == 1:
		return ids[0], nil
	case len(ids) > maxCandidates:
		return ID{}, fmt.Errorf("%q is ambiguous: more than %d objects begin with it; give more digits", prefix, maxCandidates)
	}
	var good []ID
	var list []string
	for _, id := range ids {
		typ, _ := s.typeOf(id, nil) // none if it cannot be read: it is a candidate all the same
		if s.leadsTo(id, typ, want) {
			good = append(good, id)
		}
		if len(list) < maxShown {
			list = append(list, id.String()[:min(len(prefix)+6, 2*s.idLen)]+" "+typ.String())
		} else if len(list) == maxShown {
			list = append(list, "…")
		}
	}
	if len(good) == 1 {
		return good[0], nil
	}
	return ID{}, fmt.Errorf("%q is ambiguous: %d objects begin with it (%s); give more digits", prefix, len(ids),
		strings.Join(list, ", "))
}

// withPrefix lists the objects whose IDs begin with the digits, sorted, and not many more than maxCandidates.
func (s *Store) withPrefix(prefix string) []ID {
	low := make([]byte, s.idLen)
	// hex.Decode wants pairs; the odd digit is compared in text below.
	hex.Decode(low, []byte(prefix + "0")[:len(prefix)+len(prefix)%2])
	var ids []ID
	for _, p := range s.allPacks() {
		if s.isGone(p) {
			continue
		}
		from := sort.Search(p.idx.n, func(i int) bool { return bytes.Compare(p.idx.idBytes(i), low) >= 0 })
		for i := from; i < p.idx.n && i <= from+maxCandidates; i++ {
			id := p.idx.id(i)
			if !strings.HasPrefix(id.String(), prefix) {
				break
			}
			ids = append(ids, id)
		}
	}
	for _, dir := range s.dirs {
		fan := filepath.Join(dir, prefix[:2])
		entries, err := os.ReadDir(fan)
		if err != nil && !missing(err) {
			s.notef(s.where(fan), "list loose objects: %w; those not listed are not seen", pathless(err))
		}
		for _, e := range entries {
			name := prefix[:2] + e.Name()
			if id, ok := parseHexID([]byte(name)); ok && int(id.n) == s.idLen && strings.HasPrefix(name, prefix) {
				ids = append(ids, id)
			}
		}
	}
	slices.SortFunc(ids, ID.Compare)
	return slices.Compact(ids)
}

// leadsTo tells whether the object is of a type in want, or a tag that leads to one that is.
func (s *Store) leadsTo(id ID, typ Type, want typeSet) bool {
	if typ != TagObject || want.has(TagObject) {
		return want.has(typ)
	}
	_, typ, err := s.peelTags(id, nil)
	return err == nil && want.has(typ)
}
