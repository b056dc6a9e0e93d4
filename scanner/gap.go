// This file holds the gaps that a person may accept.

package scanner

import (
	"fmt"
	"slices"
	"strings"
)

// Gap is a kind of thing that is not there to be scanned and that whoever asks for a scan may know to be so on purpose.
//
// Only what is somebody's choice is a kind: that a clone was made shallow, partial, or without its submodules, and what is
// left out is whole elsewhere. What is damaged, cannot be read, or is stored in a way that is not known is nobody's
// choice, differs from one time to the next, and whoever plants it could hide a key in it; so none of that can be
// accepted, or an accepted gap would be a hole in every scan to come.
type Gap string

// The kinds of gaps.
const (
	Shallow   Gap = "shallow"   // a shallow clone's history is cut: git clone --depth
	Promisor  Gap = "promisor"  // a partial clone's objects were not fetched: git clone --filter
	Submodule Gap = "submodule" // the repository of a submodule was not cloned
)

// Gaps lists the kinds of gaps.
func Gaps() []Gap { return []Gap{Shallow, Promisor, Submodule} }

// ParseGap returns the gap of that name, or an error that quotes it and lists the names.
func ParseGap(name string) (Gap, error) {
	if slices.Contains(Gaps(), Gap(name)) {
		return Gap(name), nil
	}
	var names []string
	for _, g := range Gaps() {
		names = append(names, string(g))
	}
	return "", fmt.Errorf("%q is not one of %s", name, strings.Join(names, ", "))
}
