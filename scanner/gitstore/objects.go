// This file counts objects, for whoever wants to know how far a sweep is.

package gitstore

import (
	"path/filepath"
)

// Objects counts the objects that the store promises: those that its packs declare, and its loose files. An object that
// is stored several times counts each time. Nothing is read of a pack but its header. What cannot be counted is 0 here
// and a Problem when it is read.
func (s *Store) Objects() int {
	n := 0
	for _, dir := range s.objectDirs() {
		packs, _, _ := packNames(dir)
		for name := range packs {
			n += declared(filepath.Join(dir, "pack", name+".pack"))
		}
		n += len(s.looseIDs(dir)) / s.idLen
	}
	return n
}

// declared gives the number of objects that a pack declares. It opens the file for itself: of a repository with hundreds
// of submodules each counts its packs before any is read.
func declared(name string) int {
	f, size, err := openRegular(name)
	if err != nil {
		return 0
	}
	defer f.Close()
	var head [packHeaderLen]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return 0
	}
	count, err := parsePackHeader(head[:])
	if err != nil {
		return 0
	}
	return int(min(int64(count), size)) // an entry takes more than a byte, whatever is declared
}
