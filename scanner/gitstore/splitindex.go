// This file puts a split index together with the shared index that it is based on.

package gitstore

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// indexLink is the extension "link": the shared index, and which of its entries are deleted or replaced.
type indexLink struct {
	base             ID
	deleted, changed ewah
}

func decodeLink(data []byte, idLen int) (indexLink, error) {
	var l indexLink
	if len(data) < idLen {
		return l, fmt.Errorf("%w: extension \"link\" is cut", errIndex)
	}
	l.base, data = makeID(data[:idLen]), data[idLen:]
	if len(data) == 0 {
		return l, nil
	}
	var err error
	if l.deleted, data, err = decodeEWAH(data); err == nil {
		l.changed, _, err = decodeEWAH(data)
	}
	if err != nil {
		return l, fmt.Errorf("%w: extension \"link\": %w", errIndex, err)
	}
	return l, nil
}

// merge applies the entries of x, a split index, to its base. The first of them have no path: they take the place of
// the base's entries that are marked as changed, in order. The others are new.
func (x *indexFile) merge(base *indexFile, l indexLink) error {
	const deleted = 1
	marks := make([]uint8, len(base.Entries))
	next := 0
	err := l.changed.each(len(marks), func(i int) error {
		if next >= len(x.Entries) {
			return errors.New("more entries are marked as changed than there are")
		}
		e := x.Entries[next]
		if e.Path != "" && e.Path != base.Entries[i].Path {
			return errors.New("a changed entry has another path")
		}
		next++
		e.Path = base.Entries[i].Path
		base.Entries[i] = e
		return nil
	})
	if err == nil {
		err = l.deleted.each(len(marks), func(i int) error {
			marks[i] = deleted
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("%w: split index: %w", errIndex, err)
	}
	type key struct {
		path  string
		stage uint8
	}
	added := x.Entries[next:]
	replaced := make(map[key]bool, len(added))
	for _, e := range added {
		replaced[key{e.Path, e.Stage}] = true
	}
	entries := append([]IndexEntry(nil), added...)
	for i, e := range base.Entries {
		if marks[i] != deleted && !replaced[key{e.Path, e.Stage}] {
			entries = append(entries, e)
		}
	}
	x.Entries = entries
	return x.finish()
}

// ewah is a compressed bitmap (gitformat-index(5) and Git's ewah/ewok.h).
type ewah []byte // words of 8 bytes

func decodeEWAH(data []byte) (words ewah, rest []byte, err error) {
	errCut := errors.New("bitmap is cut")
	if len(data) < 8 {
		return nil, nil, errCut
	}
	n := uint64(binary.BigEndian.Uint32(data[4:])) * 8
	data = data[8:]
	if uint64(len(data)) < n+4 {
		return nil, nil, errCut
	}
	return ewah(data[:n]), data[n+4:], nil
}

// each gives the bits that are set to visit, in order. A bit beyond limit is an error.
func (w ewah) each(limit int, visit func(int) error) error {
	errRange := errors.New("bitmap is longer than the shared index")
	pos := uint64(0)
	for len(w) > 0 {
		// A marker: 1 bit of value, 32 bits of how many words have all bits so, 31 bits of how many plain ones follow.
		marker := binary.BigEndian.Uint64(w)
		w = w[8:]
		run, plain := marker>>1&0xffffffff*64, marker>>33
		if marker&1 == 1 {
			if pos+run > uint64(limit)+63 {
				return errRange
			}
			for i := pos; i < pos+run; i++ {
				if i >= uint64(limit) {
					break
				}
				if err := visit(int(i)); err != nil {
					return err
				}
			}
		}
		pos += run
		if uint64(len(w))/8 < plain {
			return errors.New("bitmap is damaged")
		}
		for range plain {
			word := binary.BigEndian.Uint64(w)
			w = w[8:]
			for bit := uint64(0); word>>bit != 0; bit++ {
				if word>>bit&1 == 0 {
					continue
				}
				if pos+bit >= uint64(limit) {
					return errRange
				}
				if err := visit(int(pos + bit)); err != nil {
					return err
				}
			}
			pos += 64
		}
	}
	return nil
}
