// This file brings the findings of each key together: whoever replaces a key has to mend all of its places.

package report

import "github.com/klaviyolint/klaviyolint/scanner"

// sameKey groups the findings of each key, in the order of each group's first; one without a key is a group of its own.
func sameKey(found []*scanner.Finding) [][]*scanner.Finding {
	var groups [][]*scanner.Finding
	index := map[string]int{}
	for _, f := range found {
		if !f.HasKey() {
			groups = append(groups, []*scanner.Finding{f})
			continue
		}
		key := f.Key.Fingerprint("")
		i, known := index[key]
		if !known {
			i = len(groups)
			index[key], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}
