// This file tells one state of one repository from another.

package gitstore

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// State returns a hash of what HEAD and all refs lead to, whatever they are called: fresh clones of the same state have the
// same. Of what a clone remembers besides, as ORIG_HEAD, nothing is in it.
func (s *Store) State() string {
	var tips []ID
	if head, ok := s.Head(); ok {
		tips = append(tips, head)
	}
	for _, ref := range s.Refs() {
		if strings.HasPrefix(ref.Name, "refs/") {
			tips = append(tips, ref.Target)
		}
	}
	slices.SortFunc(tips, ID.Compare)
	h := sha256.New()
	for _, tip := range slices.Compact(tips) {
		h.Write([]byte(tip.String() + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
