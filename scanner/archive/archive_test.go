package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// read lists what an archive holds: names and contents, problems, and what stands behind it.
func read(t *testing.T, data []byte) (found []string, problems []string) {
	t.Helper()
	require.True(t, Detect(data[:min(len(data), HeadLen)]))
	r, _ := NewReader(iotest.HalfReader(bytes.NewReader(data)), nil)
	for {
		m, err := r.Next()
		if errors.Is(err, io.EOF) {
			return found, problems
		}
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		if m.Err != nil {
			problems = append(problems, m.Err.Error())
			continue
		}
		content, err := io.ReadAll(r)
		if err != nil {
			problems = append(problems, err.Error())
		}
		switch {
		case m.Rest:
			found = append(found, fmt.Sprintf("rest %d at %d", len(content), m.Start))
		default:
			found = append(found, m.Name+"="+string(content))
		}
	}
}

func gzipped(name, content string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Name = name
	_, _ = w.Write([]byte(content))
	_ = w.Close()
	return b.String()
}

func TestGzip(t *testing.T) {
	found, problems := read(t, []byte(gzipped("a.txt", "one")+gzipped("", "two")+"more"))
	assert.Equal(t, []string{"a.txt=one", "=two"}, found[:2])
	assert.Contains(t, found[2], "rest 4")
	assert.Empty(t, problems)

	whole := gzipped("", strings.Repeat("some text ", 99))
	_, problems = read(t, []byte(whole[:len(whole)-9]))
	assert.Equal(t, []string{"gzip is damaged or cut off: unexpected EOF; what comes behind was not searched"}, problems)
	_, problems = read(t, []byte(whole[:len(whole)-8]+"\x00\x00\x00\x00\x00\x00\x00\x00"))
	assert.Len(t, problems, 1, "checksum")
}

// zipFile makes a zip as f writes it.
func zipFile(t *testing.T, f func(w *zip.Writer)) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f(w)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func create(t *testing.T, w *zip.Writer, h *zip.FileHeader, content string) {
	f, err := w.CreateHeader(h)
	require.NoError(t, err)
	_, err = f.Write([]byte(content))
	require.NoError(t, err)
}

func TestZip(t *testing.T) {
	inner := string(zipFile(t, func(w *zip.Writer) { create(t, w, &zip.FileHeader{Name: "x"}, "stored in stored") }))
	long := strings.Repeat("0123456789", 20_000)
	data := zipFile(t, func(w *zip.Writer) {
		create(t, w, &zip.FileHeader{Name: "dir/"}, "")
		create(t, w, &zip.FileHeader{Name: "stored.txt"}, "with a descriptor PK\x07\x08 behind it")
		create(t, w, &zip.FileHeader{Name: "deflated.txt", Method: zip.Deflate}, long)
		create(t, w, &zip.FileHeader{Name: "inner.zip"}, inner)
		create(t, w, &zip.FileHeader{Name: "long.txt"}, long)
		f, err := w.CreateRaw(&zip.FileHeader{Name: "sized", UncompressedSize64: 5, CompressedSize64: 5})
		require.NoError(t, err)
		_, _ = f.Write([]byte("sized"))
	})
	found, problems := read(t, data)
	assert.Empty(t, problems)
	require.Len(t, found, 7)
	assert.Equal(t, []string{"dir/=", "stored.txt=with a descriptor PK\x07\x08 behind it", "deflated.txt=" + long, "inner.zip=" + inner, "long.txt=" + long, "sized=sized"}, found[:6])
	assert.Contains(t, found[6], "rest ")
}

func TestZipThatCannotBeRead(t *testing.T) {
	raw := func(method, flags uint16) []byte {
		return zipFile(t, func(w *zip.Writer) {
			f, err := w.CreateRaw(&zip.FileHeader{Name: "a", Method: method, Flags: flags, UncompressedSize64: 5, CompressedSize64: 5})
			require.NoError(t, err)
			_, _ = f.Write([]byte("12345"))
			create(t, w, &zip.FileHeader{Name: "b"}, "found")
		})
	}
	for about, data := range map[string][]byte{
		"is encrypted: extract it and scan the result":                                                  raw(0, 1),
		"is compressed with method 12, which klaviyolint does not read: extract it and scan the result": raw(12, 0),
	} {
		found, problems := read(t, data)
		assert.Equal(t, []string{`member "a" ` + about}, problems)
		assert.Equal(t, "b=found", found[0])
	}
	deflated := zipFile(t, func(w *zip.Writer) {
		create(t, w, &zip.FileHeader{Name: "a", Method: zip.Deflate}, strings.Repeat("some text ", 99))
	})
	_, problems := read(t, deflated[:40])
	require.Len(t, problems, 1)
	assert.Contains(t, problems[0], `member "a" is damaged or cut off: `)
}

// What only begins like an archive is none.
func TestNoArchive(t *testing.T) {
	for _, data := range []string{
		"", "PK", "PK\x03\x04", "PK\x03\x04 is how a zip begins, and this is a text about it that goes on",
		"\x1f\x8b\x08", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff", "\x1f\x8b\x08\xff\x00\x00\x00\x00\x00\xff rest of it",
		"\x89PNG\r\n\x1a\n", "wOF2",
	} {
		assert.False(t, Detect([]byte(data)), "%q", data)
	}
}

func TestBounds(t *testing.T) {
	bomb := gzipped("", strings.Repeat("\x00", MinInflated+1))
	r, _ := NewReader(strings.NewReader(bomb), nil)
	_, err := r.Next()
	require.NoError(t, err)
	n, err := io.Copy(io.Discard, r)
	require.ErrorIs(t, err, ErrTooLarge)
	assert.LessOrEqual(t, n, int64(MinInflated+1<<20))
	_, err = r.Next()
	require.ErrorIs(t, err, io.EOF)

	r, _ = NewReader(strings.NewReader(strings.Repeat(gzipped("", ""), MaxMembers+1)), nil)
	for err = nil; err == nil; {
		_, err = r.Next()
	}
	assert.ErrorIs(t, err, ErrTooMany)
}

func fuzzArchive(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		Detect(data)
		r, _ := NewReader(bytes.NewReader(data), nil)
		last := int64(0)
		for {
			m, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			require.True(t, err != nil || m.Start >= last)
			_, _ = io.Copy(io.Discard, r)
			require.LessOrEqual(t, r.Offset(), int64(len(data)))
			last = r.Offset()
		}
	})
}

func FuzzGzip(f *testing.F) {
	f.Add([]byte(gzipped("a", "b") + gzipped("", "c") + "d"))
	fuzzArchive(f)
}

func FuzzZip(f *testing.F) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	_, _ = w.CreateHeader(&zip.FileHeader{Name: "a", Method: zip.Deflate})
	_, _ = w.Create("b")
	_ = w.Close()
	f.Add(b.Bytes())
	fuzzArchive(f)
}

func FuzzTar(f *testing.F) {
	f.Add(tarFile(f, "a", "b", strings.Repeat("c", 200), gzipped("", "d")))
	fuzzArchive(f)
}

// tarFile makes a tar of names and contents.
func tarFile(t testing.TB, files ...string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o600, Size: int64(len(files[i+1]))}))
		_, err := w.Write([]byte(files[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestTar(t *testing.T) {
	long := strings.Repeat("d/", 150) + "name"
	data := tarFile(t, "a.txt", "one", "b.gz", gzipped("", "two"), long, "three")
	found, problems := read(t, data)
	assert.Equal(t, []string{"a.txt=one", "b.gz=" + gzipped("", "two"), long + "=three"}, found[:3])
	assert.Empty(t, problems)
	_, problems = read(t, data[:513])
	assert.Len(t, problems, 1, "cut off")
	assert.False(t, Detect([]byte(strings.Repeat("x", 257)+"ustar"+strings.Repeat("x", 300))), "no checksum")
}
