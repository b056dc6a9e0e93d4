// This file reads single objects, in any order.

package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"sync"
)

// Read gives the type and the content of an object, which must not be changed. errors.Is(err, ErrMissing) when no
// pack and no loose file has it. For many objects Sweep is faster by far.
func (s *Store) Read(id ID) (Type, []byte, error) {
	if typ, data, ok := s.lookUp(id); ok {
		return typ, data, nil
	}
	s.load()
	typ, data, err := s.read(id, nil, "")
	if err != nil && (missing(err) || errors.Is(err, ErrMissing)) && s.relist() {
		typ, data, err = s.read(id, nil, "")
	}
	if errors.Is(err, ErrMissing) && s.Partial() {
		return 0, nil, fmt.Errorf("read object %s: %w: %w", id, err, ErrPromised)
	}
	if err != nil {
		return 0, nil, fmt.Errorf("read object %s: %w", id, err)
	}
	return typ, data, nil
}

// read tries each copy of an object but those in the pack and the loose file named.
func (s *Store) read(id ID, except *pack, exceptLoose string) (Type, []byte, error) {
	if int(id.n) != s.idLen {
		return 0, nil, ErrMissing
	}
	var firstErr error
	for _, p := range s.allPacks() {
		if p == except || s.isGone(p) {
			continue
		}
		rank, ok := p.idx.find(id.bytes())
		if !ok {
			continue
		}
		typ, data, err := s.readPacked(p, rank, except)
		if err == nil {
			return typ, data, nil
		}
		firstErr = errors.Join(firstErr, fmt.Errorf("%s: %w", p.where, err))
	}
	for _, dir := range s.dirs {
		name := looseName(dir, id)
		if name == exceptLoose {
			continue
		}
		typ, data, err := s.readLoose(name)
		if err == nil {
			return typ, data, nil
		}
		if !missing(err) {
			firstErr = errors.Join(firstErr, fmt.Errorf("%s: %w", s.where(name), err))
		}
	}
	if firstErr == nil {
		firstErr = ErrMissing
	}
	return 0, nil, firstErr
}

// place is where an entry stands.
type place struct {
	p    *pack
	rank int
}

// deltaLink is a delta on the way from an object to what it is built on.
type deltaLink struct {
	place
	delta []byte // nil when it is to be read again: the deltas of a long chain may be too much to keep
}

// maxKept bounds the deltas of one chain that are kept, in bytes.
const maxKept = 8 << 20

// Has tells whether some pack or loose file has the object, be it damaged or not.
func (s *Store) Has(id ID) bool {
	s.load()
	for _, p := range s.allPacks() {
		if _, ok := p.idx.find(id.bytes()); ok && !s.isGone(p) {
			return true
		}
	}
	return int(id.n) == s.idLen && slices.ContainsFunc(s.dirs, func(dir string) bool { return exists(looseName(dir, id)) })
}

// readPacked reads an entry and what its delta is built on: first down the chain, noting its links, then up again.
func (s *Store) readPacked(p *pack, rank int, except *pack) (Type, []byte, error) {
	var chain []deltaLink
	kept := 0
	seen := map[place]bool{}
	at := place{p, rank}
	var typ Type
	var data []byte
	for {
		if cached, ok := s.bases.get(at); ok {
			typ, data = cached.typ, cached.data
			break
		}
		if seen[at] {
			return 0, nil, errors.New("delta is built on itself")
		}
		seen[at] = true
		h, content, base, err := s.readEntry(at, except)
		if err != nil {
			return 0, nil, err
		}
		if h.typ.valid() {
			typ, data = h.typ, content
			s.bases.put(at, typ, data)
			break
		}
		if kept += len(content); kept > maxKept {
			content = nil
		}
		chain = append(chain, deltaLink{at, content})
		if base.p == nil {
			// A loose base, or none.
			if typ, data, err = s.readLooseID(makeID(h.base)); err != nil {
				return 0, nil, fmt.Errorf("base %s of its delta: %w", makeID(h.base), err)
			}
			break
		}
		at = base
	}
	for i := len(chain) - 1; i >= 0; i-- {
		delta := chain[i].delta
		if delta == nil {
			var err error
			if _, delta, _, err = s.readEntry(chain[i].place, except); err != nil {
				return 0, nil, err
			}
		}
		size, ops, err := checkDelta(len(data), delta, allowed(p.size, maxObject))
		if err != nil {
			return 0, nil, err
		}
		data = applyDelta(make([]byte, 0, size), data, ops)
		s.bases.put(chain[i].place, typ, data)
	}
	return typ, data, nil
}

// readEntry inflates an entry and says where the base of its delta is: nowhere, with p nil, if in no pack.
func (s *Store) readEntry(at place, except *pack) (entryHeader, []byte, place, error) {
	f, release, err := s.files.acquire(at.p.path)
	if err != nil {
		return entryHeader{}, nil, place{}, err
	}
	defer release()
	off := at.p.idx.offset(at.rank)
	crc, known := at.p.idx.crc(at.rank)
	h, data, err := s.readOne(f, at.p.size, off, at.p.extentEnd(off), crc, known)
	if err != nil || h.typ.valid() {
		return h, data, place{}, err
	}
	if h.typ == ofsDelta {
		if h.back > off {
			return h, nil, place{}, errDelta
		}
		rank, ok := at.p.rankAt(off - h.back)
		if !ok {
			return h, nil, place{}, errors.New("base of its delta is not in the index")
		}
		return h, data, place{at.p, rank}, nil
	}
	if rank, ok := at.p.idx.find(h.base); ok {
		return h, data, place{at.p, rank}, nil
	}
	for _, p := range s.allPacks() {
		if p == except || s.isGone(p) {
			continue
		}
		if rank, ok := p.idx.find(h.base); ok {
			return h, data, place{p, rank}, nil
		}
	}
	return h, data, place{}, nil
}

// byOffset lists a pack's ranks in order of offset, made when the first object is read out of order.
func (p *pack) byOffset() []uint32 {
	p.orderOnce.Do(func() { p.order = ranksByOffset(p.idx) })
	return p.order
}

// ranksByOffset lists the ranks of an index in order of offset.
func ranksByOffset(x *packIndex) []uint32 {
	// Numbers sort ten times faster than ranks whose offsets are looked up to compare them.
	shift := bits.Len(uint(x.n))
	order := make([]uint64, x.n)
	for rank := range order {
		order[rank] = min(x.offset(rank), 1<<(64-shift)-1)<<shift | uint64(rank)
	}
	slices.Sort(order)
	ranks := make([]uint32, x.n)
	for i, at := range order {
		ranks[i] = uint32(at & (1<<shift - 1))
	}
	return ranks
}

func (p *pack) search(off uint64) (order []uint32, i int) {
	order = p.byOffset()
	lo, hi := 0, len(order)
	for lo < hi {
		mid := (lo + hi) / 2
		if p.idx.offset(int(order[mid])) < off {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return order, lo
}

// extentEnd is where the entry at off ends at the latest.
func (p *pack) extentEnd(off uint64) uint64 {
	end := uint64(max(p.size-int64(p.idx.idLen), 0))
	if order, i := p.search(off + 1); i < len(order) {
		end = min(end, p.idx.offset(int(order[i])))
	}
	return end
}

func (p *pack) rankAt(off uint64) (int, bool) {
	order, i := p.search(off)
	if i == len(order) || p.idx.offset(int(order[i])) != off {
		return 0, false
	}
	return int(order[i]), true
}

// readers are entryReaders that nobody uses: their buffers take longer to make than most entries to read.
var readers = sync.Pool{New: func() any { return new(entryReader) }}

// readOne reads one entry of a pack of size bytes as entryReader does, into a slice of its own that is no larger than it must be.
func (s *Store) readOne(f *packFile, size int64, off, end uint64, crc uint32, crcKnown bool) (entryHeader, []byte, error) {
	r := readers.Get().(*entryReader)
	defer readers.Put(r)
	r.f, r.mapped, r.idLen, r.limit, r.window = f.File, f.mapped, s.idLen, allowed(size, maxObject), r.window[:0]
	h, data, err := r.read(off, end, crc, crcKnown)
	r.f, r.mapped = nil, nil
	h.base = bytes.Clone(h.base)
	if err == nil && cap(data)-len(data) > len(data)/4 {
		exact := bytes.Clone(data)
		r.bufs.put(data)
		data = exact
	}
	return h, data, err
}

// maxCached bounds what baseCache keeps, in bytes.
const maxCached = 48 << 20

// baseCache keeps contents that deltas are likely to be built on.
type baseCache struct {
	mu   sync.Mutex
	m    map[place]cachedBase
	old  map[place]cachedBase // what was kept before m was half full: each is asked for again or forgotten
	size int
}

type cachedBase struct {
	typ  Type
	data []byte
}

func (c *baseCache) get(at place) (cachedBase, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b, ok := c.m[at]
	if !ok {
		if b, ok = c.old[at]; ok {
			c.add(at, b)
		}
	}
	return b, ok
}

func (c *baseCache) put(at place, typ Type, data []byte) {
	if len(data) > maxCached/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.m[at]; !ok {
		c.add(at, cachedBase{typ, data})
	}
}

func (c *baseCache) add(at place, b cachedBase) {
	if c.size += len(b.data) + 128; c.size > maxCached/2 || c.m == nil {
		c.old, c.m, c.size = c.m, map[place]cachedBase{}, len(b.data)+128
	}
	c.m[at] = b
}
