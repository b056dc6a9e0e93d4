// This file orders commits by what leads to what, for dates alone do not: those of a script are all the same second.

package gitstore

// generations gives for each of the graph's commits how many commits are on the longest way that leads to it, itself
// among them: a commit has more than each of its parents. node has the places of the graph's commits by object. For those
// that lead to themselves, in a store whose IDs are not hashes, and those after them, the numbers mean nothing.
func (g *Graph) generations(node []uint32) []uint32 {
	generation := make([]uint32, len(g.commits))
	seen := make([]bool, len(g.commits)) // its parents are on the stack, or were
	var stack []uint32
	for i := range g.commits {
		stack = append(stack, uint32(i))
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			if generation[at] > 0 { // several lead to it
				stack = stack[:len(stack)-1]
				continue
			}
			longest, waits := uint32(0), false
			for _, p := range g.parents[g.commits[at].from:g.commits[at].to] {
				switch parent := node[p]; {
				case parent == none:
				case generation[parent] > 0:
					longest = max(longest, generation[parent])
				case !seen[at] && !seen[parent]:
					stack, waits = append(stack, parent), true
				}
			}
			if seen[at] = true; !waits {
				generation[at] = longest + 1
				stack = stack[:len(stack)-1]
			}
		}
	}
	return generation
}
