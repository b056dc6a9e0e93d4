// This file reads a pack that has no index of its own: it goes through all of it and hashes what it finds.

package gitstore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"

	"github.com/klauspost/compress/zlib"
)

// packScan is the state of indexing one pack.
type packScan struct {
	s      *Store
	p      *pack
	ctx    context.Context
	file   *packFile
	f      io.ReaderAt // the same, until ctx ends
	offs   []uint64    // of the entries, in order
	kinds  []Type
	bases  []uint32 // by place in the pack, for deltas by offset
	end    uint64   // where the last entry that could be read ends
	forest *deltaForest
	ids    []ID              // by place in the pack; zero while not known
	refs   map[ID][]uint32   // deltas that wait for the object that they are built on
	errs   map[uint32]error  // why an entry could not be read
	bigs   map[uint32]uint64 // entries too large for memory, with their size
	hash   hash.Hash
}

// indexPack makes an index of the pack at path. Objects that could be read are in it; the other entries are lost. When
// ctx ends first, whatever it returns is of no use.
func (s *Store) indexPack(ctx context.Context, path string) (*pack, error) {
	f, release, err := s.files.acquire(path)
	if err != nil {
		return nil, err
	}
	defer release()
	size, err := fileSize(f)
	if err != nil {
		return nil, err
	}
	p := &pack{path: path, where: s.where(path), size: size}
	sc := &packScan{
		s: s, p: p, ctx: ctx, file: f, f: endingFile{ctx, f}, hash: newHash(s.idLen),
		refs: map[ID][]uint32{}, errs: map[uint32]error{}, bigs: map[uint32]uint64{},
	}
	if err := sc.scan(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := sc.plant(); err != nil {
		return nil, err
	}
	if err := sc.resolve(); err != nil {
		return nil, err
	}
	var entries []packEntry
	for pos, id := range sc.ids {
		off := sc.offs[pos]
		if !id.IsZero() {
			entries = append(entries, packEntry{id, off})
			continue
		}
		err := sc.errs[uint32(pos)]
		if err == nil {
			err = errBase
		}
		p.lost = append(p.lost, lostEntry{off, err})
	}
	p.idx = makePackIndex(entries, s.idLen)
	return p, nil
}

// scan finds where the entries begin, by inflating one after the other.
func (sc *packScan) scan() error {
	src := &countingReader{br: bufio.NewReaderSize(io.NewSectionReader(sc.f, 0, sc.p.size), 1<<16)}
	head, err := src.br.Peek(packHeaderLen)
	if err != nil {
		return errors.New("too short for a pack")
	}
	count, err := parsePackHeader(head)
	if err != nil {
		return err
	}
	src.skip(packHeaderLen)
	sc.end = packEnd(sc.p.size, sc.s.idLen)
	var zr io.ReadCloser
	for n := uint32(0); n < count; n++ {
		off := uint64(src.n)
		pos := uint32(len(sc.offs))
		h, err := sc.header(src, off, pos)
		if err == nil {
			var size int64
			zr, size, err = skipStream(zr, src)
			if err == nil && uint64(size) != h.size {
				sc.errs[pos] = fmt.Errorf("%d bytes, declared are %d", size, h.size)
			}
			if err == nil && h.size > MaxInMemory && h.typ == BlobObject {
				sc.bigs[pos] = h.size
			}
		}
		if err != nil {
			// Where the next entry begins cannot be known.
			sc.p.lost = append(sc.p.lost, lostEntry{off, fmt.Errorf(
				"%w; with it %d objects of the pack are not seen: run git fsck", err, count-n)})
			sc.offs, sc.kinds, sc.bases = sc.offs[:pos], sc.kinds[:pos], sc.bases[:pos]
			sc.end = off
			break
		}
		sc.end = uint64(src.n)
	}
	for id, deltas := range sc.refs {
		for len(deltas) > 0 && int(deltas[len(deltas)-1]) >= len(sc.offs) {
			deltas = deltas[:len(deltas)-1]
		}
		sc.refs[id] = deltas
	}
	return nil
}

// plant makes the forest of what scan found.
func (sc *packScan) plant() error {
	t, err := newForest(len(sc.offs), sc.end)
	if err != nil {
		return err
	}
	for pos, off := range sc.offs {
		t.order = append(t.order, off<<t.shift|uint64(pos))
	}
	t.kind = sc.kinds
	t.link(sc.bases)
	sc.forest, sc.ids = t, make([]ID, len(sc.offs))
	return nil
}

// header reads an entry's header and adds the entry to the forest.
func (sc *packScan) header(src *countingReader, off uint64, pos uint32) (entryHeader, error) {
	buf, _ := src.br.Peek(maxEntryHeader)
	h, err := parseEntryHeader(buf, sc.s.idLen)
	if err != nil {
		return h, err
	}
	base := none
	switch h.typ {
	case ofsDelta:
		if at, ok := slices.BinarySearch(sc.offs, off-h.back); ok && h.back <= off {
			base = uint32(at)
		} else {
			sc.errs[pos] = errors.New("base of its delta is not an entry of the pack")
		}
	case refDelta:
		id := makeID(h.base)
		sc.refs[id] = append(sc.refs[id], pos)
	}
	sc.offs, sc.kinds, sc.bases = append(sc.offs, off), append(sc.kinds, h.typ), append(sc.bases, base)
	src.skip(h.len)
	return h, nil
}

// skipStream inflates a zlib stream to nowhere and gives its size.
func skipStream(zr io.ReadCloser, src *countingReader) (io.ReadCloser, int64, error) {
	var err error
	if zr == nil {
		zr, err = zlib.NewReader(src)
	} else {
		err = zr.(zlib.Resetter).Reset(src, nil)
	}
	if err != nil {
		return nil, 0, err
	}
	n, err := io.Copy(io.Discard, zr)
	return zr, n, err
}

// countingReader knows how far it is. It reads byte by byte where the inflater wants that, so nothing is read ahead.
type countingReader struct {
	br *bufio.Reader
	n  int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.br.Read(p)
	r.n += int64(n)
	return n, err
}

func (r *countingReader) ReadByte() (byte, error) {
	b, err := r.br.ReadByte()
	if err == nil {
		r.n++
	}
	return b, err
}

func (r *countingReader) skip(n int) {
	n, _ = r.br.Discard(n)
	r.n += int64(n)
}

// resolve hashes all objects, in delta order. Which object a delta by ID is built on comes out on the way.
func (sc *packScan) resolve() error {
	t := sc.forest
	w := &packWalker{
		ctx: sc.ctx, p: sc.p, forest: t,
		r:      sc.file.reader(sc.s.idLen, allowed(sc.p.size, maxObject)),
		rescue: func(uint32) (Type, []byte, bool) { return 0, nil, false },
		visit:  sc.named,
	}
	w.fail = func(pos uint32, err error) error {
		if sc.errs[pos] == nil {
			sc.errs[pos] = err
		}
		return nil
	}
	w.r.f = sc.f
	for pos, kind := range t.kind {
		if !kind.valid() {
			continue
		}
		pos := uint32(pos)
		if size, ok := sc.bigs[pos]; ok && (t.first[pos] == none || size > w.r.limit) {
			if err := sc.big(pos, size); err != nil {
				sc.errs[pos] = err
			}
			continue
		}
		if err := w.root(pos); err != nil {
			return err
		}
	}
	// What still waits is built on objects outside of the pack, if on anything. Each may be what others wait for.
	for {
		before := len(sc.refs)
		for id, deltas := range sc.refs {
			typ, data, err := sc.s.read(id, nil, "")
			if err != nil {
				continue
			}
			delete(sc.refs, id)
			if err := w.onto(deltas, typ, data); err != nil {
				return err
			}
		}
		if len(sc.refs) == before {
			break
		}
	}
	for id, deltas := range sc.refs {
		for _, pos := range deltas {
			if sc.errs[pos] == nil {
				sc.errs[pos] = fmt.Errorf("base %s of its delta: %w", id, ErrMissing)
			}
		}
	}
	return nil
}

// named takes an object's content, finds out its name, and adds the deltas that waited for it.
func (sc *packScan) named(o walked) (*entries, error) {
	sc.hash.Reset()
	sc.hash.Write(objectHeader(o.typ, uint64(len(o.data))))
	sc.hash.Write(o.data)
	sc.name(o.pos)
	return nil, nil
}

func (sc *packScan) name(pos uint32) {
	id := makeID(sc.hash.Sum(nil))
	sc.ids[pos] = id
	for _, delta := range sc.refs[id] {
		sc.forest.add(pos, delta)
	}
	delete(sc.refs, id)
}

// big names an object too large for memory.
func (sc *packScan) big(pos uint32, size uint64) error {
	t := sc.forest
	h := entryHeader{typ: t.kind[pos], size: size}
	var head [maxEntryHeader]byte
	n, _ := sc.f.ReadAt(head[:], int64(t.off(pos)))
	parsed, err := parseEntryHeader(head[:n], sc.s.idLen)
	if err != nil {
		return err
	}
	h.len = parsed.len
	r, err := streamEntry(sc.f, t.off(pos), t.entryEnd(pos), h)
	if err != nil {
		return err
	}
	sc.hash.Reset()
	sc.hash.Write(objectHeader(h.typ, size))
	if _, err := io.Copy(sc.hash, r); err != nil {
		return err
	}
	sc.name(pos)
	return nil
}

// objectHeader is what is hashed before an object's content, and stands in a loose file before it.
func objectHeader(typ Type, size uint64) []byte {
	return append(strconv.AppendUint([]byte(typ.String()+" "), size, 10), 0)
}
