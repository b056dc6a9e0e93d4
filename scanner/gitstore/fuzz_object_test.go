// This file fuzzes the decoders of trees, commits and tags.

package gitstore

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzTree encodes again what was decoded.
func FuzzTree(f *testing.F) {
	f.Add([]byte("100644 name\x00aaaaaaaaaaaaaaaaaaaa40000 dir\x00bbbbbbbbbbbbbbbbbbbb"))
	f.Add([]byte("100644 name\x00aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa160000 \x00bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"))
	f.Add([]byte("0040000 ..\x00aaaaaaaaaaaaaaaaaaaa120000 a/b\n\x00bbbbbbbbbbbbbbbbbbbb1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, idLen := range []int{20, 32} {
			var out []byte
			n := 0
			err := ParseTree(data, idLen, func(e TreeEntry) bool {
				n++
				// The mode as it stands there: it may have zeros before it, or more digits than a mode has.
				mode, _, _ := bytes.Cut(data[len(out):], []byte(" "))
				if !strings.HasSuffix("00000000000"+string(mode), fmt.Sprintf("%o", uint32(e.Mode))) && len(mode) < 11 {
					t.Fatalf("mode %q is %o", mode, uint32(e.Mode))
				}
				if len(e.ID.bytes()) != idLen || strings.Contains(e.Name, "\x00") {
					t.Fatalf("%+v", e)
				}
				out = append(append(append(append(append(out, mode...), ' '), e.Name...), 0), e.ID.bytes()...)
				return true
			})
			if !bytes.HasPrefix(data, out) || err == nil && len(out) != len(data) {
				t.Fatalf("%q was read as %q: %v", data, out, err)
			}
			seen := 0
			stopped := ParseTree(data, idLen, func(TreeEntry) bool { seen++; return false })
			if seen != min(n, 1) || n > 0 && stopped != nil {
				t.Fatalf("stopped after %d: %v", seen, stopped)
			}
		}
	})
}

// FuzzCommit compares with a decoder of well-formed commits, and encodes again what was decoded.
func FuzzCommit(f *testing.F) {
	id := hashOf(BlobObject, "").String()
	f.Add([]byte("tree " + id + "\nparent " + id + "\nauthor A <a@b> 1 +0100\ncommitter C <> -1\n x\n\nsubject\n\nbody"))
	f.Add([]byte("tree " + id + "\nauthor > 9223372036854775808 +99999999\n"))
	f.Add([]byte("tree " + id + "\nauthor A <a@b> 1 -0030\ncommitter C <c> 4102444800 +0000\ngpgsig x\n y\n\n z\nencoding latin1\n\n\n\r\n s\n"))
	f.Add([]byte("tree " + id + id[:24] + "\nparent x\nparent " + id + "\n\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Commit
		var err error
		bounded(t, len(data), 16, func() { c, err = ParseCommit(ID{}, data) })
		if strings.ContainsAny(c.Subject(), "\r\n") {
			t.Fatalf("subject %q", c.Subject())
		}
		if !strings.HasSuffix(string(data), c.Message) {
			t.Fatalf("message %q is not the end of the commit", c.Message)
		}
		head, _, found := strings.Cut(string(data), "\n\n")
		if found && !strings.HasPrefix(head, "\n") && !strings.HasPrefix(string(data), "\n") {
			require.Equal(t, string(data[len(head)+2:]), c.Message)
		}
		for _, when := range []time.Time{c.AuthorDate, c.CommitDate} {
			if year := when.Year(); !when.IsZero() && (year < 1969 || year > 9999) {
				t.Fatalf("%v", when)
			}
			if _, err := when.MarshalJSON(); err != nil {
				t.Fatal(err)
			}
		}
		if err != nil {
			return
		}
		if first, ok := parseHexID([]byte(firstHeader(data, "tree "))); ok && first != c.Tree {
			t.Fatalf("tree %s, want %s", c.Tree, first)
		}
		again, err := ParseCommit(ID{}, encodeCommit(c))
		require.NoError(t, err)
		require.Equal(t, c.Tree, again.Tree)
		require.Equal(t, c.Parents, again.Parents)
		require.Equal(t, c.Message, again.Message)
		if strings.HasSuffix(c.Author, ">") && strings.HasSuffix(c.Committer, ">") {
			require.Equal(t, c.Author, again.Author)
			require.Equal(t, c.Committer, again.Committer)
			require.Equal(t, c.AuthorDate.Unix(), again.AuthorDate.Unix())
			require.Equal(t, c.CommitDate.Unix(), again.CommitDate.Unix())
		}
	})
}

func encodeCommit(c Commit) []byte {
	date := func(when time.Time) string {
		if when.IsZero() {
			return ""
		}
		return " " + fmt.Sprint(when.Unix()) + " +0000"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", c.Tree)
	for _, p := range c.Parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	fmt.Fprintf(&b, "author %s%s\ncommitter %s%s\n\n%s", c.Author, date(c.AuthorDate), c.Committer, date(c.CommitDate), c.Message)
	return b.Bytes()
}

// firstHeader gives what follows a key in the first line of the header that has it: to git no other counts.
func firstHeader(data []byte, key string) string {
	for line := range strings.SplitSeq(string(data), "\n") {
		value, ok := strings.CutPrefix(line, key)
		switch {
		case ok:
			return value
		case line == "" || line+" " == key:
			return ""
		}
	}
	return ""
}

// FuzzTag encodes again what was decoded.
func FuzzTag(f *testing.F) {
	id := hashOf(BlobObject, "").String()
	f.Add([]byte("object " + id + "\ntype commit\ntag v1\ntagger T <t> 1 +0000\n\nmessage"))
	f.Add([]byte("object " + id + "\ntype tree\ntag \n\n\nmessage\n-----BEGIN PGP SIGNATURE-----\n"))
	f.Add([]byte("type x\ntag a\ntag b\n tag c\nobject " + id[:39] + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var tag Tag
		var err error
		bounded(t, len(data), 16, func() { tag, err = ParseTag(ID{}, data) })
		if strings.Contains(tag.Name+tag.Tagger, "\n") || !strings.HasSuffix(string(data), tag.Message) {
			t.Fatalf("%+q", tag)
		}
		if tag.Name != firstHeader(data, "tag ") {
			t.Fatalf("%q is called %q", data, tag.Name)
		}
		if (err == nil) != (tag.Target.n != 0) {
			t.Fatalf("target %s: %v", tag.Target, err)
		}
		if err != nil {
			return
		}
		again, err := ParseTag(ID{}, fmt.Appendf(nil, "object %s\ntype %s\ntag %s\ntagger %s\n\n%s",
			tag.Target, tag.TargetType, tag.Name, tag.Tagger, tag.Message))
		require.NoError(t, err)
		tag.TagDate = again.TagDate // it is not written
		require.Equal(t, tag, again)
	})
}
