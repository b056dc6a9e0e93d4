// This file opens packs, and keeps them open.

package gitstore

import (
	"errors"
	"os"
	"sync"
)

// packFiles keeps a few packs open: a store of 200 must work with 64 descriptors.
type packFiles struct {
	mu    sync.Mutex
	open  map[string]*packFile
	clock int64

	unmapped bool // a test wants packs to be read as where they cannot be mapped
}

// packFile is an open pack.
type packFile struct {
	*os.File
	mapped []byte // the whole file; nil where it cannot be mapped

	users int
	used  int64
}

const maxOpenFiles = 12

// acquire opens a pack, or gives it when it is open; release must be called when it is no longer read.
func (c *packFiles) acquire(name string) (f *packFile, release func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f = c.open[name]
	if f == nil {
		c.shrink(maxOpenFiles - 1)
		opened, size, err := openRegular(name)
		if err != nil {
			return nil, nil, err
		}
		f = &packFile{File: opened}
		if !c.unmapped {
			f.mapped = mapFile(opened, size)
		}
		if c.open == nil {
			c.open = map[string]*packFile{}
		}
		c.open[name] = f
	}
	c.clock++
	f.users, f.used = f.users+1, c.clock
	return f, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		f.users--
	}, nil
}

// whole gives all of a file of at most maxTable bytes, mapped where possible: of a million objects the index has 28 MB, which
// need not be in memory twice. It remains mapped to the end of the process, for its tables are looked at from everywhere,
// and what is mapped and not looked at costs nothing but addresses.
func (c *packFiles) whole(name string) ([]byte, error) {
	if c.unmapped {
		return readRegular(name, maxTable)
	}
	f, size, err := openRegular(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var data []byte
	if size <= maxTable {
		data = mapFile(f, size)
	}
	if data == nil {
		return readRegular(name, maxTable)
	}
	return data, nil
}

// reader gives a reader of the pack's entries that inflates up to limit bytes of each.
func (f *packFile) reader(idLen int, limit uint64) *entryReader {
	return &entryReader{f: f.File, mapped: f.mapped, idLen: idLen, limit: limit}
}

func (f *packFile) close() error {
	return errors.Join(unmap(f.mapped), f.Close())
}

// shrink closes what was not used for the longest time until at most n files are open, as far as they are not in use.
func (c *packFiles) shrink(n int) {
	for len(c.open) > n {
		oldest := ""
		for name, f := range c.open {
			if f.users == 0 && (oldest == "" || f.used < c.open[oldest].used) {
				oldest = name
			}
		}
		if oldest == "" {
			return
		}
		c.open[oldest].close()
		delete(c.open, oldest)
	}
}

func (c *packFiles) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for name, f := range c.open {
		errs = append(errs, f.close())
		delete(c.open, name)
	}
	return errors.Join(errs...)
}
