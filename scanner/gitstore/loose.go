// This file reads loose objects, each a zlib stream in a file of its own.

package gitstore

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/zlib"
)

// maxLooseHeader is git's bound on "<type> <size>\0". Without one, a file of 521 KB makes a reader look for the
// zero byte through 512 MiB.
const maxLooseHeader = 32

// errLooseSize says that the content was read but has not the declared size.
var (
	errLooseSize = errors.New("size is not the declared one")
	errStructure = errors.New("trees, commits and tags larger than 256 MiB are not read")
)

func looseName(dir string, id ID) string {
	name := id.String()
	return filepath.Join(dir, name[:2], name[2:])
}

// looseReader reads one loose object after the other. The zero value is ready; it is for one goroutine.
type looseReader struct {
	br   *bufio.Reader
	zr   io.ReadCloser
	data []byte
}

// open starts on the stream in src and decodes the header.
func (l *looseReader) open(src io.Reader) (typ Type, size uint64, err error) {
	if l.br == nil {
		l.br = bufio.NewReaderSize(nil, 1<<15)
	}
	l.br.Reset(src)
	if l.zr == nil {
		l.zr, err = zlib.NewReader(l.br)
	} else {
		err = l.zr.(zlib.Resetter).Reset(l.br, nil)
	}
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return 0, 0, err
	}
	var head [maxLooseHeader]byte
	for i := range head {
		if _, err := io.ReadFull(l.zr, head[i:i+1]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, 0, err
		}
		if head[i] == 0 {
			return parseLooseHeader(head[:i])
		}
	}
	return 0, 0, errors.New("header of loose object is longer than 32 bytes")
}

func parseLooseHeader(head []byte) (Type, uint64, error) {
	word, digits, _ := bytes.Cut(head, []byte(" "))
	typ, ok := parseType(string(word))
	size, err := strconv.ParseUint(string(digits), 10, 64)
	if !ok || err != nil {
		return 0, 0, errors.New("header of loose object is damaged")
	}
	return typ, size, nil
}

// content reads what follows the header, at most limit bytes. whole is false when there is more. The slice is used
// again by the next call.
func (l *looseReader) content(limit int) (data []byte, whole bool, err error) {
	data = l.data[:0]
	for {
		if len(data) == cap(data) {
			data = append(data, make([]byte, max(4096, min(len(data), limit+1-len(data))))...)[:len(data)]
		}
		n, err := l.zr.Read(data[len(data):min(cap(data), limit+1)])
		data = data[:len(data)+n]
		if cap(data) <= 4<<20 {
			l.data = data
		} else {
			l.data = nil
		}
		switch {
		case len(data) > limit:
			return data, false, nil
		case err == io.EOF:
			return data, true, nil
		case err != nil:
			return nil, false, err
		}
	}
}

// readLoose reads a loose object whole.
func (s *Store) readLoose(name string) (Type, []byte, error) {
	f, _, err := openRegular(name)
	if err != nil {
		return 0, nil, err
	}
	defer f.Close()
	var l looseReader
	typ, size, err := l.open(f)
	if err != nil {
		return 0, nil, err
	}
	data, whole, err := l.content(maxObject)
	if err != nil {
		return 0, nil, err
	}
	if !whole {
		return 0, nil, errTooBig
	}
	if uint64(len(data)) != size {
		s.notef(s.where(name), "%w: %d bytes, declared are %d", errLooseSize, len(data), size)
	}
	return typ, data, nil
}

// readLooseID reads the first good loose copy of an object.
func (s *Store) readLooseID(id ID) (Type, []byte, error) {
	err := ErrMissing
	for _, dir := range s.dirs {
		typ, data, looseErr := s.readLoose(looseName(dir, id))
		if looseErr == nil {
			return typ, data, nil
		}
		if !missing(looseErr) {
			err = looseErr
		}
	}
	return 0, nil, err
}

// loose visits the loose objects that no pack has.
func (sw *sweep) loose() error {
	var fans []string
	for _, dir := range sw.s.dirs {
		for i := range 256 {
			fan := filepath.Join(dir, fmt.Sprintf("%02x", i))
			if exists(fan) {
				fans = append(fans, fan)
			}
		}
	}
	seen := &seenIDs{on: len(sw.s.dirs) > 1}
	var taken atomic.Int64
	return sw.parallel(min(workers(), len(fans)), func() error {
		var l looseReader
		for {
			k := int(taken.Add(1)) - 1
			if k >= len(fans) {
				return nil
			}
			if err := sw.fan(&l, fans[k], seen); err != nil {
				return err
			}
		}
	})
}

// seenIDs is a set of IDs, which is only kept when there are several object directories.
type seenIDs struct {
	on bool
	mu sync.Mutex
	m  map[ID]struct{}
}

func (s *seenIDs) add(id ID) bool {
	if !s.on {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.m[id]; ok {
		return false
	}
	if s.m == nil {
		s.m = map[ID]struct{}{}
	}
	s.m[id] = struct{}{}
	return true
}

// fan visits one of the 256 directories of loose objects.
func (sw *sweep) fan(l *looseReader, fan string, seen *seenIDs) error {
	entries, err := os.ReadDir(fan)
	if err != nil && !missing(err) {
		sw.s.notef(sw.s.where(fan), "list loose objects: %w; those not listed are not seen", pathless(err))
	}
	for _, e := range entries {
		id, ok := parseHexID([]byte(filepath.Base(fan) + e.Name()))
		if !ok || int(id.n) != sw.s.idLen || sw.packed(id) || !seen.add(id) {
			continue
		}
		if err := sw.looseObject(l, filepath.Join(fan, e.Name()), id); err != nil {
			return err
		}
	}
	return nil
}

func (sw *sweep) packed(id ID) bool {
	for _, p := range sw.s.allPacks() {
		if _, ok := p.idx.find(id.bytes()); ok && !sw.s.isGone(p) {
			return true
		}
	}
	return false
}

// looseObject visits the object in the file name.
func (sw *sweep) looseObject(l *looseReader, name string, id ID) error {
	where := sw.s.where(name)
	fail := func(typ Type, err error) error {
		if found, data, readErr := sw.s.read(id, nil, name); readErr == nil {
			sw.s.notef(where, "object is damaged here (%v); another copy of it was read: run git fsck", err)
			return sw.deliver(Object{ID: id, Type: found, Size: int64(len(data)), Data: data, Where: where})
		}
		return sw.deliver(Object{ID: id, Type: typ, Err: err, Where: where})
	}
	f, _, err := openRegular(name)
	if err != nil {
		return fail(0, err)
	}
	defer f.Close()
	typ, size, err := l.open(f)
	if err != nil {
		return fail(0, err)
	}
	if !sw.types.Has(typ) {
		sw.s.pass(1)
		return nil
	}
	limit := MaxInMemory
	if typ != BlobObject {
		limit = maxStructure
	}
	data, whole, err := l.content(limit)
	if err != nil {
		return fail(typ, err)
	}
	o := Object{ID: id, Type: typ, Size: int64(len(data)), Data: data, Where: where}
	if !whole {
		if typ != BlobObject {
			return fail(typ, errStructure)
		}
		o.Data, o.Size = nil, int64(min(size, 1<<62))
		o.Stream = &sizedReader{r: io.MultiReader(bytes.NewReader(data), l.zr), left: o.Size}
	} else if uint64(len(data)) != size {
		sw.s.notef(where, "%w: %d bytes, declared are %d; the bytes were read", errLooseSize, len(data), size)
	}
	return sw.deliver(o)
}
