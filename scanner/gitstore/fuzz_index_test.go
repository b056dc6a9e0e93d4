// This file fuzzes the index, split and sparse ones too.

package gitstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/format/index"
	"github.com/stretchr/testify/require"
)

// FuzzIndex decodes an index, puts it together with a shared one if it is split, and compares with go-git's decoder.
func FuzzIndex(f *testing.F) {
	head := func(version, entries byte) []byte {
		return []byte("DIRC\x00\x00\x00" + string(version) + "\x00\x00\x00" + string(entries))
	}
	plain := append(make([]byte, 62), "a\x00"...) // of 64 bytes
	plain[61] = 1                                 // the name's length
	prefixed := append(bytes.Clone(plain[:62]), "\x00a\x00"...)
	f.Add(slices.Concat(head(2, 1), plain))
	longer := append(bytes.Clone(plain[:61]), "\x03\x01b/c\x00"...)
	f.Add(slices.Concat(head(4, 2), prefixed, longer))
	extended := append(bytes.Clone(plain[:62]), "\x40\x00a\x00\x00\x00\x00\x00\x00\x00"...)
	extended[60] |= 0x40
	f.Add(slices.Concat(head(3, 1), extended))
	f.Add(slices.Concat(head(2, 0), []byte("link\x00\x00\x00\x2c"), make([]byte, 44)))
	f.Add(slices.Concat(head(2, 0), []byte("link"), linkOf(0b101, 0b10)))
	dir := append(bytes.Clone(plain[:62]), "a/\x00\x00\x00\x00\x00\x00\x00\x00"...)
	dir[26], dir[27], dir[61] = 0x40, 0, 2
	f.Add(slices.Concat(head(2, 1), dir, []byte("sdir\x00\x00\x00\x00TREE\x00\x00\x00\x03a\x000")))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = sealed(data)
		var x *indexFile
		var err error
		bounded(t, len(data), 400, func() { x, err = decodeIndex(data, 20, nil) })
		if err != nil {
			return
		}
		if x.link == nil {
			requireOrdered(t, x)
			requireWithout(t, x, data)
			agreeOnStaged(t, x, data)
			return
		}
		l, err := decodeLink(x.link, 20)
		if err != nil {
			return
		}
		base := &indexFile{}
		for i := range 300 {
			base.Entries = append(base.Entries, IndexEntry{Path: fmt.Sprintf("f%03d", i)})
		}
		own := len(x.Entries)
		if x.merge(base, l) == nil {
			requireOrdered(t, x)
			if len(x.Entries) > 300+own {
				t.Fatalf("%d entries of 300 and %d", len(x.Entries), own)
			}
		}
	})
}

// linkOf makes the extension of a split index, from the bits of the shared one's entries that are deleted and replaced.
func linkOf(deleted, replaced uint64) []byte {
	body := bytes.Repeat([]byte{7}, 20)
	for _, bits := range []uint64{deleted, replaced} {
		body = binary.BigEndian.AppendUint32(body, 64)    // bits
		body = binary.BigEndian.AppendUint32(body, 2)     // words
		body = binary.BigEndian.AppendUint64(body, 1<<33) // a marker: one plain word
		body = binary.BigEndian.AppendUint64(body, bits)
		body = binary.BigEndian.AppendUint32(body, 0) // where the last marker is
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}

func requireOrdered(t *testing.T, x *indexFile) {
	t.Helper()
	for i, e := range x.Entries {
		if e.Path == "" || i > 0 && x.Entries[i-1].Path > e.Path {
			t.Fatalf("entry %d is %q", i, e.Path)
		}
		if !x.Has(e.Path) {
			t.Fatalf("%q is not found", e.Path)
		}
	}
	x.HasUnder("a")
}

// requireWithout leaves a directory out.
func requireWithout(t *testing.T, x *indexFile, data []byte) {
	t.Helper()
	less, err := decodeIndex(data, 20, func(trees cacheTree) []string {
		for i := range trees { // no node leads out of the tree
			if n := &trees[i]; n.end <= i || n.end > len(trees) {
				t.Fatalf("node %d ends at %d", i, n.end)
			}
		}
		return []string{"a/"}
	})
	require.NoError(t, err)
	outside := func(entries []IndexEntry) (kept []IndexEntry) {
		for _, e := range entries {
			if !strings.HasPrefix(e.Path, "a/") {
				kept = append(kept, e)
			}
		}
		return kept
	}
	require.Equal(t, outside(x.Entries), outside(less.Entries))
}

// agreeOnStaged compares with go-git's decoder where that can read the index.
func agreeOnStaged(t *testing.T, x *indexFile, data []byte) {
	t.Helper()
	var theirs index.Index
	if index.NewDecoder(bytes.NewReader(data)).Decode(&theirs) != nil || len(theirs.Entries) != len(x.Entries) {
		return
	}
	type entry struct {
		path, id    string
		mode        uint32
		stage       int
		later, skip bool
	}
	var want, got []entry
	for _, e := range theirs.Entries {
		want = append(want, entry{e.Name, e.Hash.String(), uint32(e.Mode), int(e.Stage), e.IntentToAdd, e.SkipWorktree})
	}
	for _, e := range x.Entries {
		got = append(got, entry{e.Path, e.ID.String(), uint32(e.Mode), int(e.Stage), e.IntentToAdd, e.SkipWorktree})
	}
	require.ElementsMatch(t, want, got)
}
