// This file fuzzes, and holds results against those of two other implementations.

package inflate

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"io"
	"testing"

	kflate "github.com/klauspost/compress/flate"
	"github.com/stretchr/testify/require"
)

// limit is how much the others may inflate.
const limit = 1 << 20

// FuzzZlib takes data as a stream, then as blocks to which the right header and checksum are added.
//
// No difference to Go's compress/flate is known for whole streams, see TestLengthCodes for one that cannot be seen.
func FuzzZlib(f *testing.F) {
	for _, data := range samples() {
		data = data[:min(len(data), 400)]
		for _, level := range []int{0, 1, 9, flate.HuffmanOnly} {
			comp := deflated(f, data, level, 150)
			f.Add(comp)
			f.Add(comp[2:])
		}
	}
	var b bitWriter
	b.dynamicWith(newCode(inOrder(map[int]int{1: 1, 2: 1, 3: 1, 4: 1, 11: 1, 12: 229, 13: 49, 14: 1, 15: 2})), plainCode)
	f.Add(b.buf)
	f.Fuzz(func(t *testing.T, data []byte) {
		src := bytes.NewReader(data)
		var want []byte
		r, err := zlib.NewReader(src)
		if err == nil {
			want, err = io.ReadAll(io.LimitReader(r, limit))
		}
		same(t, data, want, len(data)-src.Len(), err)

		src = bytes.NewReader(data)
		want, err = io.ReadAll(io.LimitReader(flate.NewReader(src), limit))
		used := len(data) - src.Len()
		if err != nil {
			used = len(data)
		}
		other, otherErr := io.ReadAll(io.LimitReader(kflate.NewReader(bytes.NewReader(data)), limit))
		require.Equal(t, err == nil, otherErr == nil)
		require.True(t, err != nil || bytes.Equal(want, other))
		same(t, zlibOf(data[:used], want), want, used+6, err)
	})
}

// same proves that comp gives want, in used bytes, or no result whatever is declared if wantErr is not nil.
func same(t *testing.T, comp, want []byte, used int, wantErr error) {
	if len(want) >= limit {
		return
	}
	var d Decoder
	for _, room := range []int{0, len(want), len(want) + Slack} {
		for _, size := range []int{len(want), len(want) + 1, max(len(want)-1, 0), 1 << 30} {
			buf := make([]byte, room+1)
			out, n, err := d.Zlib(buf[:0:room], comp, size)
			require.Zero(t, buf[room])
			if wantErr == nil && size == len(want) {
				require.NoError(t, err)
				require.Equal(t, used, n)
				require.True(t, bytes.Equal(want, out))
				continue
			}
			require.Error(t, err)
			require.Empty(t, out)
			require.LessOrEqual(t, cap(out), max(room, 4*len(comp), 2*limit)+Slack)
		}
	}
}

// FuzzRoundTrip compresses data, inflates it, cuts it off everywhere, and changes a bit.
func FuzzRoundTrip(f *testing.F) {
	for _, data := range samples() {
		f.Add(data[:min(len(data), 300)], 6, 0, 12)
		f.Add(data[:min(len(data), 300)], 0, 100, 34)
		f.Add(data[:min(len(data), 300)], -2, 33, 56)
	}
	f.Fuzz(func(t *testing.T, data []byte, level, every, flip int) {
		data = data[:min(len(data), 1<<14)]
		level = (level&0x7fffffff)%12 - 2
		if every = max(every, 0); every > 0 {
			every = max(every, len(data)/50)
		}
		comp := deflated(t, data, level, every)
		var d Decoder
		out, used, err := d.Zlib(nil, comp, len(data))
		require.NoError(t, err)
		require.Equal(t, len(comp), used)
		require.True(t, bytes.Equal(data, out))
		for n := 0; n < len(comp); n += 1 + len(comp)/500 {
			_, _, err = d.Zlib(out, comp[:n:n], len(data))
			require.ErrorIs(t, err, ErrTruncated)
		}

		flip = (flip & 0x7fffffff) % (8 * len(comp))
		comp[flip/8] ^= 1 << (flip % 8)
		src := bytes.NewReader(comp)
		var want []byte
		r, err := zlib.NewReader(src)
		if err == nil {
			want, err = io.ReadAll(io.LimitReader(r, limit))
		}
		same(t, comp, want, len(comp)-src.Len(), err)
	})
}
