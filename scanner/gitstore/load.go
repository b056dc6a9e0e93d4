// This file lists the packs of a store and loads their indexes.

package gitstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
)

// load lists object directories and packs, once.
func (s *Store) load() { _ = s.loadFor(context.Background()) }

// loadFor is load for something that ends with ctx. If that is before all is known, the error is ctx's, and the next call
// goes on.
func (s *Store) loadFor(ctx context.Context) error {
	if s.loaded.Load() {
		return nil
	}
	s.listMu.Lock()
	defer s.listMu.Unlock()
	if s.loaded.Load() {
		return nil
	}
	dirs := s.objectDirs()
	s.loadMu.Lock()
	s.dirs = dirs
	s.loadMu.Unlock()
	if err := s.listPacksLocked(ctx); err != nil {
		return err
	}
	s.loaded.Store(true)
	return nil
}

// relist lists packs again, at most once in a store's life: a gc in the meantime puts objects into other packs and
// removes the ones that were listed. It tells whether it did.
func (s *Store) relist() bool {
	s.listMu.Lock()
	defer s.listMu.Unlock()
	if s.relisted {
		return false
	}
	s.relisted = true
	return s.listPacksLocked(context.Background()) == nil
}

// listPacksLocked adds the packs that are not known yet. Those without a usable index are read last: they may be built on
// objects of the others. The error is ctx's.
func (s *Store) listPacksLocked(ctx context.Context) error {
	known := map[string]bool{}
	for _, p := range s.allPacks() {
		known[p.path] = true
	}
	var bare []string
	for _, dir := range s.dirs {
		packs, indexes, err := packNames(dir)
		if err != nil {
			s.notef(s.where(filepath.Join(dir, "pack")), "list packs: %w; objects in packs are not seen: run git fsck", err)
		}
		for _, name := range slices.Sorted(maps.Keys(packs)) {
			if err := ctx.Err(); err != nil {
				return err
			}
			path := filepath.Join(dir, "pack", name+".pack")
			if known[path] {
				continue
			}
			if exists(filepath.Join(dir, "pack", name+".promisor")) {
				s.setPartial()
			}
			if !indexes[name] {
				s.notef(s.where(path), "pack has no index; its objects were read without: run git index-pack")
				bare = append(bare, path)
				continue
			}
			if !s.loadPack(path) {
				bare = append(bare, path)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(indexes)) {
			if !packs[name] {
				s.lonelyIndex(filepath.Join(dir, "pack", name+".idx"))
			}
		}
	}
	for _, path := range bare {
		p, err := s.indexPack(ctx, path)
		if over := ctx.Err(); over != nil {
			return over
		}
		if err != nil {
			s.notef(s.where(path), "read pack: %w; objects in it are not seen: run git fsck", err)
			continue
		}
		s.addPack(p)
	}
	return nil
}

// loadPack opens a pack and its index. It is false when the index is of no use, for the pack's objects can still be
// found by reading all of it.
func (s *Store) loadPack(path string) bool {
	p := &pack{path: path, where: s.where(path)}
	index := path[:len(path)-len("pack")] + "idx"
	raw, err := s.files.whole(index)
	if err == nil {
		p.idx, err = parsePackIndex(raw, s.idLen)
	}
	if err != nil {
		s.notef(s.where(index), "%w; the pack was read without: run git index-pack", err)
		return false
	}
	count, sum, size, err := s.packEnds(path)
	p.size = size
	switch {
	case err != nil:
		// Without the pack's header the index still says what should be there.
		s.notef(p.where, "read pack: %w; objects in it may not be seen: run git fsck", err)
	case int(count) != p.idx.n:
		s.notef(s.where(index), "index has %d objects, the pack %d; the pack was read without: run git index-pack",
			p.idx.n, count)
		return false
	case !bytes.Equal(sum, p.idx.packSum):
		if !s.fits(p) {
			s.notef(s.where(index), "index is of another pack; the pack was read without: run git index-pack")
			return false
		}
		s.notef(p.where, "pack is cut or damaged: its checksum is not the one in its index; run git fsck")
	}
	s.addPack(p)
	return true
}

// fits tells whether an index is of the pack that it is called like, although the pack's checksum is not the one in it:
// whether some of its entries are where it says, or would be beyond the pack's end if that were not cut.
func (s *Store) fits(p *pack) bool {
	const tried = 16
	n := min(p.idx.n, tried)
	for i := range n {
		rank := i * (p.idx.n / n)
		if p.idx.offset(rank) >= packEnd(p.size, s.idLen) {
			return true
		}
		if _, _, _, err := s.readEntry(place{p, rank}, nil); err == nil {
			return true
		}
	}
	return n == 0
}

// packEnds reads the number of objects at a pack's start and the checksum at its end.
func (s *Store) packEnds(path string) (count uint32, sum []byte, size int64, err error) {
	f, release, err := s.files.acquire(path)
	if err != nil {
		return 0, nil, 0, err
	}
	defer release()
	if size, err = fileSize(f); err != nil {
		return 0, nil, 0, err
	}
	head, sum := make([]byte, packHeaderLen), make([]byte, s.idLen)
	if size < int64(len(head)+len(sum)) {
		return 0, nil, size, errors.New("too short for a pack")
	}
	if _, err = f.ReadAt(head, 0); err == nil {
		_, err = f.ReadAt(sum, size-int64(len(sum)))
	}
	if err == nil {
		count, err = parsePackHeader(head)
	}
	return count, sum, size, pathless(err)
}

func fileSize(f *packFile) (int64, error) {
	fi, err := f.Stat()
	if err != nil {
		return 0, pathless(err)
	}
	return fi.Size(), nil
}

// lonelyIndex reports an index without its pack.
func (s *Store) lonelyIndex(path string) {
	err := errors.New("pack is missing; its objects are not seen: run git fsck")
	if raw, readErr := readRegular(path, maxTable); readErr == nil && len(raw) > 8+256*4 {
		at := 255 * 4
		if bytes.HasPrefix(raw, []byte("\xfftOc")) {
			at += 8
		}
		err = fmt.Errorf("pack of this index is missing, with %d objects: run git fsck", binary.BigEndian.Uint32(raw[at:]))
	}
	s.note(s.where(path), err)
}

func (s *Store) addPack(p *pack) {
	s.loadMu.Lock()
	defer s.loadMu.Unlock()
	s.packs = append(s.packs, p)
}

// allPacks gives the packs known so far; the slice is not changed later.
func (s *Store) allPacks() []*pack {
	s.loadMu.Lock()
	defer s.loadMu.Unlock()
	return s.packs[:len(s.packs):len(s.packs)]
}

// drop stops asking a pack for objects.
func (s *Store) drop(p *pack) {
	s.loadMu.Lock()
	defer s.loadMu.Unlock()
	p.gone = true
}

func (s *Store) isGone(p *pack) bool {
	s.loadMu.Lock()
	defer s.loadMu.Unlock()
	return p.gone
}
