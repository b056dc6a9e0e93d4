// This file reads single objects that may be large.

package gitstore

import "fmt"

// Visit reads one object and gives it to visit as [Store.Sweep] does: whole, or as a stream when it is a blob larger
// than MaxInMemory that is no delta. errors.Is(err, ErrMissing) when the store does not have it; else the error is
// that of reading, or visit's.
func (s *Store) Visit(id ID, visit func(Object) error) error {
	if int(id.n) == s.idLen && !s.loaded.Load() {
		for _, dir := range s.lookupDirs() {
			if done, err := s.visitLargeLoose(looseName(dir, id), id, visit); done {
				return err
			}
		}
		if typ, data, ok := s.lookUp(id); ok {
			return visit(Object{ID: id, Type: typ, Size: int64(len(data)), Data: data})
		}
	}
	s.load()
	for _, p := range s.allPacks() {
		if done, err := s.visitLargePacked(p, id, visit); done {
			return err
		}
	}
	for _, dir := range s.dirs {
		if done, err := s.visitLargeLoose(looseName(dir, id), id, visit); done {
			return err
		}
	}
	typ, data, err := s.Read(id)
	if err != nil {
		return err
	}
	return visit(Object{ID: id, Type: typ, Size: int64(len(data)), Data: data})
}

// visitLargePacked visits the object if the pack has it as a large blob; done tells whether it does.
func (s *Store) visitLargePacked(p *pack, id ID, visit func(Object) error) (done bool, err error) {
	rank, ok := p.idx.find(id.bytes())
	if !ok || s.isGone(p) {
		return false, nil
	}
	f, release, err := s.files.acquire(p.path)
	if err != nil {
		return false, nil // Read says what is wrong with the pack, or finds another copy
	}
	defer release()
	off := p.idx.offset(rank)
	end := p.extentEnd(off)
	if end <= off {
		return false, nil
	}
	var head [maxEntryHeader]byte
	n, _ := f.ReadAt(head[:min(uint64(len(head)), end-off)], int64(off))
	h, err := parseEntryHeader(head[:n], s.idLen)
	if err != nil || h.typ != BlobObject || h.size <= MaxInMemory {
		return false, nil
	}
	r, err := streamEntry(f, off, end, h)
	if err != nil {
		return true, fmt.Errorf("read object %s: %s: %w", id, p.where, err)
	}
	return true, visit(Object{ID: id, Type: h.typ, Size: int64(min(h.size, 1<<62)), Stream: r, Where: p.where})
}

// visitLargeLoose is visitLargePacked for the loose file at name.
func (s *Store) visitLargeLoose(name string, id ID, visit func(Object) error) (done bool, err error) {
	f, _, err := openRegular(name)
	if err != nil {
		return false, nil
	}
	defer f.Close()
	var l looseReader
	typ, size, err := l.open(f)
	if err != nil || typ != BlobObject || size <= MaxInMemory {
		return false, nil
	}
	r := &sizedReader{r: l.zr, left: int64(min(size, 1<<62))}
	return true, visit(Object{ID: id, Type: typ, Size: r.left, Stream: r, Where: s.where(name)})
}
