// This file decodes pack indexes, versions 1 and 2 (gitformat-pack(5)), and makes one from a list.

package gitstore

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"slices"
	"sort"
)

// packIndex says where in a pack which object is. Entries are called by their rank, the place of their ID in order.
// The tables stay as they are in the file: 28 bytes for each object in SHA-1.
type packIndex struct {
	idLen   int
	n       int
	fanout  [256]uint32
	ids     []byte
	crcs    []byte // nil when not known
	offs    []byte // 4 bytes each; with the top bit set, the rest is an index into large
	large   []byte // 8 bytes each
	packSum []byte
}

func newHash(idLen int) hash.Hash {
	if idLen == 32 {
		return sha256.New()
	}
	return sha1.New()
}

// parsePackIndex decodes an index and proves that it is whole: sizes, order, bounds and its checksum.
func parsePackIndex(raw []byte, idLen int) (*packIndex, error) {
	if len(raw) < 256*4+2*idLen {
		return nil, errors.New("decode pack index: too short")
	}
	body := raw[:len(raw)-idLen]
	h := newHash(idLen)
	h.Write(body)
	if !bytes.Equal(h.Sum(nil), raw[len(body):]) {
		return nil, errors.New("decode pack index: checksum does not match")
	}
	x := &packIndex{idLen: idLen, packSum: body[len(body)-idLen:]}
	body = body[:len(body)-idLen]
	var err error
	if bytes.HasPrefix(body, []byte("\xfftOc")) {
		err = x.decodeV2(body)
	} else {
		err = x.decodeV1(body)
	}
	if err == nil {
		err = x.check()
	}
	if err != nil {
		return nil, fmt.Errorf("decode pack index: %w", err)
	}
	return x, nil
}

func (x *packIndex) decodeFanout(table []byte) error {
	last := uint32(0)
	for i := range x.fanout {
		v := binary.BigEndian.Uint32(table[4*i:])
		if v < last {
			return errors.New("fan-out table is not in order")
		}
		x.fanout[i], last = v, v
	}
	x.n = int(last)
	return nil
}

func (x *packIndex) decodeV2(body []byte) error {
	if len(body) < 8+256*4 {
		return errors.New("too short")
	}
	if v := binary.BigEndian.Uint32(body[4:]); v != 2 {
		return fmt.Errorf("version %d is not known", v)
	}
	if err := x.decodeFanout(body[8:]); err != nil {
		return err
	}
	body = body[8+256*4:]
	if len(body)/(x.idLen+8) < x.n {
		return errors.New("fewer objects than its fan-out table says")
	}
	x.ids, body = body[:x.n*x.idLen], body[x.n*x.idLen:]
	x.crcs, body = body[:x.n*4], body[x.n*4:]
	x.offs, x.large = body[:x.n*4], body[x.n*4:]
	return nil
}

func (x *packIndex) decodeV1(body []byte) error {
	if err := x.decodeFanout(body); err != nil {
		return err
	}
	body = body[256*4:]
	step := 4 + x.idLen
	if len(body) != x.n*step {
		return errors.New("size is not what its fan-out table says")
	}
	x.ids, x.offs = make([]byte, 0, x.n*x.idLen), make([]byte, 0, x.n*4)
	for ; len(body) > 0; body = body[step:] {
		off := binary.BigEndian.Uint32(body)
		if off>>31 != 0 {
			// An offset above 2 GiB is plain in version 1.
			x.large = binary.BigEndian.AppendUint64(x.large, uint64(off))
			off = 1<<31 | uint32(len(x.large)/8-1)
		}
		x.offs = binary.BigEndian.AppendUint32(x.offs, off)
		x.ids = append(x.ids, body[4:step]...)
	}
	return nil
}

// check proves that later look-ups cannot go out of bounds and that binary search works.
func (x *packIndex) check() error {
	for i := range x.n {
		id := x.idBytes(i)
		if i > 0 && bytes.Compare(x.idBytes(i-1), id) > 0 {
			return errors.New("objects are not in order")
		}
		if first := id[0]; uint32(i) >= x.fanout[first] || first > 0 && uint32(i) < x.fanout[first-1] {
			return errors.New("fan-out table does not fit the objects")
		}
		off := binary.BigEndian.Uint32(x.offs[4*i:])
		if off>>31 != 0 && int(off&^(1<<31)) >= len(x.large)/8 {
			return errors.New("offset is out of the table of large offsets")
		}
	}
	return nil
}

func (x *packIndex) idBytes(rank int) []byte { return x.ids[rank*x.idLen : (rank+1)*x.idLen] }

func (x *packIndex) id(rank int) ID { return makeID(x.idBytes(rank)) }

func (x *packIndex) offset(rank int) uint64 {
	off := binary.BigEndian.Uint32(x.offs[4*rank:])
	if off>>31 == 0 {
		return uint64(off)
	}
	return binary.BigEndian.Uint64(x.large[8*int(off&^(1<<31)):])
}

// crc gives the CRC-32 of the entry's bytes in the pack, if the index knows it.
func (x *packIndex) crc(rank int) (uint32, bool) {
	if x.crcs == nil {
		return 0, false
	}
	return binary.BigEndian.Uint32(x.crcs[4*rank:]), true
}

// find gives the rank of an ID, the first one if the index has it more than once.
func (x *packIndex) find(id []byte) (int, bool) {
	if len(id) != x.idLen {
		return 0, false
	}
	lo, hi := 0, int(x.fanout[id[0]])
	if id[0] > 0 {
		lo = int(x.fanout[id[0]-1])
	}
	rank := lo + sort.Search(hi-lo, func(i int) bool { return bytes.Compare(x.idBytes(lo+i), id) >= 0 })
	return rank, rank < hi && bytes.Equal(x.idBytes(rank), id)
}

// packEntry is an entry of a pack that was read without an index.
type packEntry struct {
	id  ID
	off uint64
}

// makePackIndex sorts entries into an index. It has no CRCs: the entries were read already, and proved by zlib's.
func makePackIndex(entries []packEntry, idLen int) *packIndex {
	slices.SortFunc(entries, func(a, b packEntry) int { return a.id.Compare(b.id) })
	x := &packIndex{idLen: idLen, n: len(entries)}
	for _, e := range entries {
		x.ids = append(x.ids, e.id.bytes()...)
		off := uint32(e.off)
		if e.off>>31 != 0 {
			x.large = binary.BigEndian.AppendUint64(x.large, e.off)
			off = 1<<31 | uint32(len(x.large)/8-1)
		}
		x.offs = binary.BigEndian.AppendUint32(x.offs, off)
		x.fanout[e.id.b[0]]++
	}
	for i := 1; i < 256; i++ {
		x.fanout[i] += x.fanout[i-1]
	}
	return x
}
