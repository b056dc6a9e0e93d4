package gitstore

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGenerations(t *testing.T) {
	of := func(parents ...[]uint32) []uint32 {
		g, node := &Graph{}, []uint32{}
		for i, list := range parents {
			node = append(node, uint32(i))
			from := uint32(len(g.parents))
			g.parents = append(g.parents, list...)
			g.commits = append(g.commits, commitNode{commit: uint32(i), from: from, to: uint32(len(g.parents))})
		}
		return g.generations(append(node, none)) // the last object is no commit
	}
	assert.Equal(t, []uint32{1, 2, 3}, of(nil, []uint32{0}, []uint32{1}))
	assert.Equal(t, []uint32{3, 2, 1}, of([]uint32{1}, []uint32{2}, nil))
	assert.Equal(t, []uint32{4, 1, 3, 2, 1}, of([]uint32{1, 2, 3}, nil, []uint32{3, 4}, []uint32{1}, nil), "the longest way counts")
	assert.Equal(t, []uint32{1, 2}, of([]uint32{2}, []uint32{0}), "what is not there counts for nothing")
	assert.Len(t, of([]uint32{1}, []uint32{2}, []uint32{0}, []uint32{0, 3}), 4, "what leads to itself comes to an end")

	// Very many that lead to very many, as somebody might make them.
	const n = 2000
	wide := make([][]uint32, 2*n)
	for i := range n {
		for p := range n {
			wide[i] = append(wide[i], uint32(n+p))
		}
	}
	assert.Equal(t, uint32(2), of(wide...)[0])
}
