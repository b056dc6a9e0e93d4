// This file tests the checksum.

package inflate

import (
	"bytes"
	std "hash/adler32"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAdler32(t *testing.T) {
	random := make([]byte, 3000)
	rand.New(rand.NewSource(1)).Read(random)
	for n := range random {
		require.Equal(t, std.Checksum(random[:n]), adler32(random[:n]))
	}
	highest := bytes.Repeat([]byte{0xff}, 1<<24)
	for n := range 3000 {
		require.Equal(t, std.Checksum(highest[:n]), adler32(highest[:n]))
	}
	require.Equal(t, std.Checksum(highest), adler32(highest))
}
