// This file reads loose objects, each a zlib stream in a file of its own.

package gitstore

import (
	"bufio"
	"bytes"
	"errors"
	"io"
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
	errStructure = errors.New("a tree, commit or tag larger than 256 MiB, or than 32 MiB and 64 times what holds it, is not read")
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
	f, stored, err := openRegular(name)
	if err != nil {
		return 0, nil, err
	}
	defer f.Close()
	var l looseReader
	typ, size, err := l.open(f)
	if err != nil {
		return 0, nil, err
	}
	data, whole, err := l.content(int(allowed(stored, maxObject)))
	if err != nil {
		return 0, nil, err
	}
	if !whole {
		return 0, nil, errTooBig
	}
	if uint64(len(data)) != size {
		s.notef(s.where(name), "%w: %d bytes, declared are %d; the bytes were read: run git fsck", errLooseSize, len(data), size)
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

// looseSweep is the state of sweeping the loose objects of a directory.
type looseSweep struct {
	*sweeping
	no    int // of the list in the catalogue
	list  *idList
	mu    sync.Mutex
	later []int // ranks of trees
}

// sweep visits the objects whose turn it is, but for those that a list before has.
func (ls *looseSweep) sweep() error {
	ranks := ls.later
	if !ls.turn.has(TreeObject) {
		for rank := range len(ls.list.ids) / ls.s.idLen {
			ranks = append(ranks, rank)
		}
	}
	var taken atomic.Int64
	return ls.parallel(min(workers(), (len(ranks)+63)/64), func(r *treeRecorder) error {
		var l looseReader
		for {
			k := int(taken.Add(1)) - 1
			if k >= len(ranks) {
				return nil
			}
			number, first := ls.g.objects.number(ls.no, ranks[k])
			if !first {
				continue
			}
			id := ls.g.objects.id(number)
			isTree, err := ls.object(r, &l, looseName(ls.list.dir, id), number, id)
			if err != nil {
				return err
			}
			if isTree {
				ls.mu.Lock()
				ls.later = append(ls.later, ranks[k])
				ls.mu.Unlock()
			}
		}
	})
}

// object visits the object in the file name, unless it is a tree and trees come later.
func (ls *looseSweep) object(r *treeRecorder, l *looseReader, name string, number uint32, id ID) (isTree bool, err error) {
	where := ls.s.where(name)
	deliver := func(o Object) (bool, error) {
		o.ID, o.Where = id, where
		if o.Type == TreeObject && o.Err == nil {
			if !ls.turn.has(o.Type) {
				return true, nil
			}
			r.put(r.record(number, o.Data, nil, nil))
		}
		return false, ls.deliver(number, o)
	}
	fail := func(typ Type, err error) (bool, error) {
		if found, data, readErr := ls.s.read(id, nil, name); readErr == nil {
			ls.s.notef(where, "object is damaged here (%v); another copy of it was read: run git fsck", err)
			return deliver(Object{Type: found, Size: int64(len(data)), Data: data})
		}
		return deliver(Object{Type: typ, Err: err})
	}
	f, stored, err := openRegular(name)
	if missing(err) {
		ls.isGone(number) // it may be in a pack by now
		return false, nil
	}
	if err != nil {
		return fail(0, err)
	}
	defer f.Close()
	typ, size, err := l.open(f)
	if err != nil {
		return fail(0, err)
	}
	if !ls.turn.has(typ) {
		return typ == TreeObject, nil
	}
	limit := MaxInMemory
	if typ != BlobObject {
		limit = int(allowed(stored, maxStructure))
	}
	data, whole, err := l.content(limit)
	if err != nil {
		return fail(typ, err)
	}
	o := Object{Type: typ, Size: int64(len(data)), Data: data}
	if !whole {
		if typ != BlobObject {
			return fail(typ, errStructure)
		}
		o.Data, o.Size = nil, int64(min(size, 1<<62))
		o.Stream = &sizedReader{r: io.MultiReader(bytes.NewReader(data), l.zr), left: o.Size}
	} else if uint64(len(data)) != size {
		ls.s.notef(where, "%w: %d bytes, declared are %d; the bytes were read: run git fsck", errLooseSize, len(data), size)
	}
	return deliver(o)
}
