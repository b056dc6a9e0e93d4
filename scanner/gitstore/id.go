// This file holds what objects are called: their IDs and types.

package gitstore

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// ID is an object's name: the hash of its type, size and content, 20 bytes in the object format SHA-1 and 32 in
// SHA-256. IDs are comparable; the zero value is no ID.
type ID struct {
	n uint8
	b [32]byte
}

// ParseID takes 40 or 64 hexadecimal digits of either case and gives the ID that they spell.
func ParseID(s string) (ID, error) {
	id, ok := parseHexID([]byte(s))
	if !ok {
		return ID{}, fmt.Errorf("parse object ID %.80q: want 40 or 64 hexadecimal digits", s)
	}
	return id, nil
}

func parseHexID(text []byte) (ID, bool) {
	var id ID
	if len(text) != 40 && len(text) != 64 {
		return ID{}, false
	}
	n, err := hex.Decode(id.b[:], text)
	if err != nil {
		return ID{}, false
	}
	id.n = uint8(n)
	return id, true
}

// makeID takes 20 or 32 raw bytes.
func makeID(raw []byte) ID {
	var id ID
	id.n = uint8(copy(id.b[:], raw))
	return id
}

// String gives the ID as lower-case hexadecimal digits, "" for no ID.
func (id ID) String() string { return hex.EncodeToString(id.b[:id.n]) }

// IsZero tells whether id is no ID, or the one of zeros by which git says "no object".
func (id ID) IsZero() bool { return id.b == [32]byte{} }

// Compare orders IDs by their bytes: negative when id comes before other, 0 when they are equal.
func (id ID) Compare(other ID) int { return bytes.Compare(id.b[:id.n], other.b[:other.n]) }

// Hash returns 64 bits of the ID.
func (id ID) Hash() uint64 { return binary.BigEndian.Uint64(id.b[:8]) }

func (id *ID) bytes() []byte { return id.b[:id.n] }

// Type is what an object holds. Its numbers are those of the pack format.
type Type uint8

// The types of objects.
const (
	CommitObject Type = 1
	TreeObject   Type = 2
	BlobObject   Type = 3
	TagObject    Type = 4
)

var typeNames = [...]string{CommitObject: "commit", TreeObject: "tree", BlobObject: "blob", TagObject: "tag"}

// String gives git's word for the type: "commit", "tree", "blob" or "tag", and "object" for any other.
func (t Type) String() string {
	if t.valid() {
		return typeNames[t]
	}
	return "object"
}

func (t Type) valid() bool { return t >= CommitObject && t <= TagObject }

func parseType(word string) (Type, bool) {
	for t, name := range typeNames {
		if name != "" && name == word {
			return Type(t), true
		}
	}
	return 0, false
}
