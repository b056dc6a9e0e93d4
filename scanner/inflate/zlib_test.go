// This file tests whole streams: what compressors write, cut off, changed, with wrong sizes, into all sorts of room.

package inflate

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"fmt"
	"math"
	"math/rand"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// deflated compresses data. every is after how many bytes it is flushed; 0 is never.
func deflated(t testing.TB, data []byte, level, every int) []byte {
	var buf bytes.Buffer
	w, err := zlib.NewWriterLevel(&buf, level)
	require.NoError(t, err)
	for every > 0 && len(data) > every {
		_, err := w.Write(data[:every])
		require.NoError(t, err)
		require.NoError(t, w.Flush())
		data = data[every:]
	}
	_, err = w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return buf.Bytes()
}

// samples are contents of all kinds.
func samples() map[string][]byte {
	r := rand.New(rand.NewSource(1))
	random := make([]byte, 70_000)
	r.Read(random)
	var text bytes.Buffer
	words := bytes.Fields([]byte("tree parent author committer the of and a to in is if for return func err nil 0 1 2 { } ( )"))
	for text.Len() < 150_000 {
		text.Write(words[int(math.Abs(r.NormFloat64())*8)%len(words)])
		text.WriteByte(" \n"[r.Intn(2)])
	}
	skewed := make([]byte, 50_000)
	for i := range skewed {
		skewed[i] = byte(r.ExpFloat64() * 3)
	}
	s := map[string][]byte{
		"random": random, "text": text.Bytes(), "skewed": skewed, "zeros": make([]byte, 1<<20),
		"far": append(append(bytes.Clone(random[:300]), make([]byte, 32768-300)...), random[:300]...),
	}
	for _, n := range []int{0, 1, 2, 10, 31, 32, 33, 100, 257, 258, 259, 1000} {
		s[fmt.Sprint("text ", n)] = text.Bytes()[:n]
	}
	return s
}

func TestRoundTrip(t *testing.T) {
	var d Decoder
	for name, data := range samples() {
		for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
			for _, every := range []int{0, 7, 1000} {
				if every == 7 && len(data) > 60_000 {
					continue
				}
				comp := deflated(t, data, level, every)
				out, used, err := d.Zlib(nil, append(comp, "what follows"...), len(data))
				require.NoError(t, err, "%s level %d", name, level)
				require.Equal(t, len(comp), used)
				require.True(t, bytes.Equal(data, out), "%s level %d", name, level)
			}
		}
	}
}

func TestRoom(t *testing.T) {
	var d Decoder
	text := samples()["text"]
	for n := range 300 {
		comp := deflated(t, text[:n], 6, 0)
		buf := bytes.Repeat([]byte{0xaa}, n+2*Slack)
		for _, room := range []int{0, n / 2, max(n-1, 0), n, n + 1, n + 15, n + 16, n + 17, n + Slack, n + Slack + 1} {
			out, _, err := d.Zlib(buf[:0:room], comp, n)
			require.NoError(t, err)
			require.Equal(t, string(text[:n]), string(out))
			require.Equal(t, bytes.Repeat([]byte{0xaa}, len(buf)-room), buf[room:])
			if room >= n && n > 0 {
				require.Same(t, &buf[0], &out[0], "allocates though there is room")
			}
			clear(buf[:room])
		}
	}
}

func TestWrongSize(t *testing.T) {
	var d Decoder
	for name, data := range samples() {
		for _, level := range []int{0, 1, 6} {
			comp := deflated(t, data, level, 0)
			for _, size := range []int{-1, math.MinInt, 0, 1, len(data) / 2, len(data) - 1, len(data) + 1, len(data) + Slack,
				1 << 30, math.MaxInt - 1, math.MaxInt} {
				if size == len(data) {
					continue
				}
				for _, room := range []int{0, len(data), len(data) + 2*Slack} {
					out, used, err := d.Zlib(make([]byte, 0, room), comp, size)
					require.ErrorIs(t, err, ErrSize, "%s declared %d", name, size)
					require.Zero(t, used)
					require.Empty(t, out)
				}
			}
		}
	}
}

// TestDeclared proves that what is declared is not allocated before it comes.
func TestDeclared(t *testing.T) {
	var d Decoder
	for _, comp := range [][]byte{deflated(t, []byte("small"), 6, 0), append([]byte{0x78, 0x9c}, make([]byte, 100_000)...)} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 10 {
			_, _, err := d.Zlib(nil, comp, math.MaxInt)
			require.Error(t, err)
		}
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(10*4*len(comp)+100_000))
	}
}

func TestTruncated(t *testing.T) {
	var d Decoder
	for name, data := range samples() {
		data = data[:min(len(data), 3000)]
		for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
			comp := deflated(t, data, level, 1100)
			for n := range comp {
				for _, room := range []int{0, len(data)} {
					_, _, err := d.Zlib(make([]byte, 0, room), comp[:n:n], len(data))
					require.ErrorIs(t, err, ErrTruncated, "%s level %d at %d", name, level, n)
				}
			}
		}
	}
}

func TestChecksum(t *testing.T) {
	var d Decoder
	comp := deflated(t, []byte("some text, some text"), 6, 0)
	for i := 1; i <= 4; i++ {
		bad := bytes.Clone(comp)
		bad[len(bad)-i] ^= 1
		_, _, err := d.Zlib(nil, bad, 20)
		require.ErrorIs(t, err, ErrChecksum)
	}
}

func TestHeader(t *testing.T) {
	var d Decoder
	data := samples()["far"]
	comp := deflated(t, data, 9, 0)
	set := func(method, flags int) []byte {
		flags |= (31 - (method<<8|flags)%31) % 31
		return append([]byte{byte(method), byte(flags)}, comp[2:]...)
	}
	for window := range 8 {
		// That distances are within the window is not looked at, as in zlib unless it is compiled with INFLATE_STRICT.
		out, _, err := d.Zlib(nil, set(window<<4|8, 0), len(data))
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, out))
	}
	for _, bad := range [][]byte{set(0x88, 0), set(0xf8, 0), set(0x77, 0), set(0x79, 0), append([]byte{0x78, 0x9d}, comp[2:]...)} {
		_, _, err := d.Zlib(nil, bad, len(data))
		require.ErrorIs(t, err, ErrHeader)
	}
	_, _, err := d.Zlib(nil, set(0x78, 0x20), len(data))
	require.ErrorIs(t, err, ErrDict)
}

func TestNoAllocation(t *testing.T) {
	var d Decoder
	data := samples()["text"]
	comp, buf := deflated(t, data, 6, 0), make([]byte, 0, len(data)+Slack)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		if _, _, err := d.Zlib(buf, comp, len(data)); err != nil {
			t.Error(err)
		}
	}))
}
