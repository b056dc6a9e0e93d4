// This file reads single entries of a pack.

package gitstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"runtime/debug"
	"sync"

	"github.com/klaviyolint/klaviyolint/scanner/inflate"
)

// pack is a pack file with its index. It does not change after loading.
type pack struct {
	path  string // of the .pack file
	where string
	size  int64
	idx   *packIndex
	lost  []lostEntry // entries whose object could not even be named; only without an index of the pack's own
	gone  bool        // the file was there when the packs were listed and is not any more; guarded by Store.loadMu

	orderOnce sync.Once
	order     []uint32 // ranks by offset
}

// lostEntry is an entry of a pack that has no ID because it could not be read.
type lostEntry struct {
	off uint64
	err error
}

// The types of entries beyond those of objects.
const (
	ofsDelta Type = 6
	refDelta Type = 7
)

const packHeaderLen = 12

// maxEntryHeader is more than the longest header: 10 bytes of size, then 10 of offset or 32 of ID.
const maxEntryHeader = 64

// readWhole is up to which length a compressed entry is read in one piece where it is not mapped.
const readWhole = 4 << 20

// entryHeader is what stands before an entry's compressed data.
type entryHeader struct {
	typ  Type
	size uint64 // inflated, of the delta if it is one
	back uint64 // ofsDelta: how far before this entry its base begins
	base []byte // refDelta: the base's ID
	len  int    // bytes of the header
}

var errEntryHeader = errors.New("header of pack entry is damaged")

// parseEntryHeader decodes the header at the start of buf.
func parseEntryHeader(buf []byte, idLen int) (entryHeader, error) {
	var h entryHeader
	i, shift := 0, 4
	for more := true; more; i++ {
		if i >= len(buf) || shift > 60 {
			return h, errEntryHeader
		}
		b := buf[i]
		more = b&0x80 != 0
		if i == 0 {
			h.typ, h.size = Type(b>>4&7), uint64(b&0x0f)
			continue
		}
		h.size |= uint64(b&0x7f) << shift
		shift += 7
	}
	switch {
	case h.typ.valid():
	case h.typ == ofsDelta:
		for n := 0; ; n++ {
			if i >= len(buf) || n > 8 {
				return h, errEntryHeader
			}
			b := buf[i]
			i++
			if n > 0 {
				h.back = (h.back + 1) << 7
			}
			h.back |= uint64(b & 0x7f)
			if b&0x80 == 0 {
				break
			}
		}
		if h.back == 0 {
			return h, errEntryHeader
		}
	case h.typ == refDelta:
		if len(buf)-i < idLen {
			return h, errEntryHeader
		}
		h.base = buf[i : i+idLen]
		i += idLen
	default:
		return h, fmt.Errorf("type %d of pack entry is not known", h.typ)
	}
	h.len = i
	return h, nil
}

// parsePackHeader gives the number of objects that a pack declares.
func parsePackHeader(buf []byte) (uint32, error) {
	if len(buf) < packHeaderLen || !bytes.HasPrefix(buf, []byte("PACK")) {
		return 0, errors.New("not a pack")
	}
	if v := binary.BigEndian.Uint32(buf[4:]); v != 2 && v != 3 {
		return 0, fmt.Errorf("pack version %d is not known", v)
	}
	return binary.BigEndian.Uint32(buf[8:]), nil
}

// entryReader reads entries of one open pack. It is for one goroutine.
type entryReader struct {
	f      io.ReaderAt
	mapped []byte // the whole pack; nil where it cannot be mapped
	idLen  int
	limit  uint64 // of what an entry inflates to
	in     inflate.Decoder
	bufs   buffers
	spare  int64 // bytes of extents that no entry uses

	head [maxEntryHeader]byte // of the entry that was read last

	// Where the pack is not mapped:
	window []byte // bytes of it from at on: git writes a delta near its base, so most reads find theirs here
	at     uint64
	ahead  int // leapAhead if it is 0
}

// How much is read when an entry is not in the window, beyond what was asked for: when entries are walked in delta order,
// and when they are read one after the other.
const (
	leapAhead = 4 << 10
	readAhead = 64 << 10
)

// bytes gives n bytes of the pack from off on, or as many as there are, until the next call. They may be mapped: see
// catchFault.
func (r *entryReader) bytes(off uint64, n int) ([]byte, error) {
	if r.mapped != nil {
		rest := r.mapped[min(off, uint64(len(r.mapped))):]
		if len(rest) < n {
			return rest, io.ErrUnexpectedEOF
		}
		return rest[:n], nil
	}
	if off >= r.at && off-r.at <= uint64(len(r.window)) && len(r.window)-int(off-r.at) >= n {
		return r.window[off-r.at:][:n], nil
	}
	ahead := n + max(r.ahead, leapAhead)
	if cap(r.window) < ahead {
		r.window = make([]byte, ahead+n/4)
	}
	got, err := r.f.ReadAt(r.window[:ahead], int64(off))
	r.at, r.window = off, r.window[:got]
	if got < n {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return r.window, pathless(err)
	}
	return r.window[:n], nil
}

// header reads the header of the entry that stands in [off, end). What it says of the base is valid until the next call.
func (r *entryReader) header(off, end uint64) (h entryHeader, err error) {
	defer catchFault(debug.SetPanicOnFault(true), &err)
	if end <= off {
		return entryHeader{}, errEntryHeader
	}
	buf, _ := r.bytes(off, int(min(end-off, maxEntryHeader)))
	return r.parse(buf)
}

// parse decodes the header at the start of buf, from a copy: nothing that is kept may be mapped.
func (r *entryReader) parse(buf []byte) (entryHeader, error) {
	n := copy(r.head[:], buf)
	return parseEntryHeader(r.head[:n], r.idLen)
}

// readExtent reads an entry's bytes, or its first ones if they are more than readWhole and not mapped, and decodes the
// header.
func (r *entryReader) readExtent(off, end uint64) (entryHeader, []byte, error) {
	if end <= off {
		return entryHeader{}, nil, io.ErrUnexpectedEOF
	}
	n := end - off
	if r.mapped == nil {
		n = min(n, readWhole)
	}
	buf, err := r.bytes(off, int(n))
	if err != nil {
		return entryHeader{}, nil, err
	}
	h, err := r.parse(buf)
	return h, buf, err
}

// read inflates the entry that stands in [off, end) of the pack, into a slice of r.bufs. For a delta that is the
// delta. crc is checked where known.
func (r *entryReader) read(off, end uint64, crc uint32, crcKnown bool) (h entryHeader, data []byte, err error) {
	defer catchFault(debug.SetPanicOnFault(true), &err)
	h, buf, err := r.readExtent(off, end)
	if err != nil {
		return h, nil, err
	}
	if h.size > r.limit {
		return h, nil, errTooBig
	}
	if end-off > uint64(len(buf)) {
		src := io.NewSectionReader(r.f, int64(off)+int64(h.len), int64(end-off)-int64(h.len))
		data, err := inflateFrom(r.bufs.get(1<<20), src, h.size)
		return h, data, err
	}
	if crcKnown && crc32.ChecksumIEEE(buf) != crc {
		return h, nil, errors.New("CRC-32 of pack entry does not match its index")
	}
	// zlib inflates to 1,032 times its size at most; what is promised beyond is asked for when it is there.
	room := int(min(h.size, uint64(len(buf))*16+4096)) + inflate.Slack
	data, used, err := r.in.Zlib(r.bufs.get(room), buf[h.len:], int(h.size))
	if err != nil {
		r.bufs.put(data)
		return h, nil, err
	}
	r.spare += int64(len(buf) - h.len - used)
	return h, data, nil
}

// stream gives the content of an entry that is not a delta, to be read once.
func streamEntry(f io.ReaderAt, off, end uint64, h entryHeader) (io.Reader, error) {
	src := io.NewSectionReader(f, int64(off)+int64(h.len), int64(end-off)-int64(h.len))
	r, err := newZlibReader(src)
	if err != nil {
		return nil, err
	}
	return &sizedReader{r: r, left: int64(min(h.size, 1<<62))}, nil
}
