// This file orders commits by what leads to what, for dates alone do not: those of a script are all the same second.

package gitstore

// generations gives for each of the graph's commits how many commits are on the longest way that leads to it, itself
// among them: a commit has more than each of its parents. For those that lead to themselves, in a store whose IDs are not
// hashes, and those after them, the numbers mean nothing.
func (g *Graph) generations(node []uint32) []uint32 {
	// The children of each commit, one after the other: those of n are children[from[n]:from[n+1]].
	n := len(g.commits)
	from := make([]uint32, n+1)
	waits := make([]uint32, n) // for so many parents
	parents := func(each func(parent, child uint32)) {
		for child := range g.commits {
			c := &g.commits[child]
			for _, p := range g.parents[c.from:c.to] {
				if at := node[p]; at != none {
					each(at, uint32(child))
				}
			}
		}
	}
	parents(func(parent, child uint32) { from[parent+1]++; waits[child]++ })
	for i := range n {
		from[i+1] += from[i]
	}
	children := make([]uint32, from[n])
	next := append([]uint32(nil), from[:n]...)
	parents(func(parent, child uint32) {
		children[next[parent]] = child
		next[parent]++
	})

	generation := make([]uint32, n)
	var ready []uint32
	for i := range n {
		if waits[i] == 0 {
			ready = append(ready, uint32(i))
		}
	}
	for len(ready) > 0 {
		at := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		generation[at]++
		for _, child := range children[from[at]:from[at+1]] {
			generation[child] = max(generation[child], generation[at])
			if waits[child]--; waits[child] == 0 {
				ready = append(ready, child)
			}
		}
	}
	return generation
}
