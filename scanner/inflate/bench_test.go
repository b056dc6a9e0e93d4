// This file measures.

package inflate

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	std "hash/adler32"
	"io"
	"os"
	"testing"

	kzlib "github.com/klauspost/compress/zlib"
	"github.com/stretchr/testify/require"
)

// BenchmarkPack inflates all entries of the pack that KLAVIYOLINT_PACK names, in turns with others.
func BenchmarkPack(b *testing.B) {
	path := os.Getenv("KLAVIYOLINT_PACK")
	if path == "" {
		b.Skip("KLAVIYOLINT_PACK names no pack")
	}
	pack, err := os.ReadFile(path)
	require.NoError(b, err)
	var d Decoder
	type entry struct {
		comp []byte
		size int
	}
	var entries []entry
	var total, largest int
	for at, left := 12, binary.BigEndian.Uint32(pack[8:]); left > 0; left-- {
		typ, size, n := entryHeader(pack[at:])
		if at += n; typ == 7 {
			at += 20 // an ID of SHA-1
		}
		_, used, err := d.Zlib(nil, pack[at:], size)
		require.NoError(b, err)
		entries = append(entries, entry{pack[at : at+used], size})
		at += used
		total, largest = total+size, max(largest, size)
	}
	room := make([]byte, largest+Slack)
	src := new(bytes.Reader)
	reader := func(r io.ReadCloser) func(entry) error {
		return func(e entry) error {
			src.Reset(e.comp)
			if err := r.(zlib.Resetter).Reset(src, nil); err != nil {
				return err
			}
			if _, err := io.ReadFull(r, room[:e.size]); err != nil {
				return err
			}
			if _, err := r.Read(room[:1]); err != io.EOF { // it checks the checksum
				return fmt.Errorf("at the end: %w", err)
			}
			return nil
		}
	}
	first := func() io.Reader { return bytes.NewReader(entries[0].comp) }
	k, err := kzlib.NewReader(first())
	require.NoError(b, err)
	s, err := zlib.NewReader(first())
	require.NoError(b, err)
	for range 3 {
		for _, c := range []struct {
			name    string
			inflate func(entry) error
		}{
			{"inflate", func(e entry) error { _, _, err := d.Zlib(room, e.comp, e.size); return err }},
			{"klauspost", reader(k)},
			{"compress", reader(s)},
		} {
			b.Run(c.name, func(b *testing.B) {
				b.SetBytes(int64(total))
				for b.Loop() {
					for _, e := range entries {
						if err := c.inflate(e); err != nil {
							b.Fatal(err)
						}
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(entries)), "ns/entry")
			})
		}
	}
}

// entryHeader gives what is in the header of a pack's entry, and how many bytes it takes but for a base's ID.
func entryHeader(p []byte) (typ byte, size, n int) {
	typ, size = p[0]>>4&7, int(p[0]&15)
	for shift := 4; p[n]&0x80 != 0; shift += 7 {
		n++
		size |= int(p[n]&0x7f) << shift
	}
	n++
	if typ == 6 {
		for p[n]&0x80 != 0 {
			n++
		}
		n++
	}
	return typ, size, n
}

func BenchmarkAdler32(b *testing.B) {
	for _, n := range []int{64, 1024, 65536} {
		p := make([]byte, n)
		for name, sum := range map[string]func([]byte) uint32{"inflate": adler32, "std": std.Checksum} {
			b.Run(name, func(b *testing.B) {
				b.SetBytes(int64(n))
				for b.Loop() {
					sum(p)
				}
			})
		}
	}
}
