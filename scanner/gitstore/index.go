// This file decodes the index, versions 2, 3 and 4 (gitformat-index(5)).

package gitstore

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// Index is what the next commit would hold. Its entries are sorted by path, then stage.
type Index struct {
	Entries []IndexEntry
	Version int

	trees  cacheTree
	folded foldedNames     // nil where names are one only if their bytes are
	same   map[string]bool // true: a directory, with a slash at the end, whose entries are not here; see ChangedIndex
}

// IndexEntry is an entry of the index. In a sparse index a directory outside of the sparse checkout is one entry: its
// path ends with a slash, its mode is 0040000 and its ID that of the tree.
type IndexEntry struct {
	Path         string // any bytes
	ID           ID
	Mode         filemode.FileMode
	Stage        uint8 // 0, or 1 to 3 for the sides of a conflict
	IntentToAdd  bool
	SkipWorktree bool
}

// Index reads the index of the work tree, or the one that Env.IndexFile names, and the shared index that it is based
// on if it is split. errors.Is(err, fs.ErrNotExist) when there is none.
func (s *Store) Index() (*Index, error) {
	x, err := s.index(nil)
	if err == nil && s.foldsNames {
		x.folded = foldNames(x.Entries)
	}
	return x, err
}

func (s *Store) index(same func(cacheTree) []string) (*Index, error) {
	x, err := s.readIndex(s.indexFile, same)
	switch {
	case err != nil && missing(err):
		return nil, fmt.Errorf("read index %s: %w", s.where(s.indexFile), err)
	case err != nil:
		return nil, fmt.Errorf("read index %s: %w: remove it and run git reset to make it anew", s.where(s.indexFile), err)
	}
	return &x.Index, nil
}

func (s *Store) readIndex(name string, same func(cacheTree) []string) (*indexFile, error) {
	data, err := readRegular(name, maxTable)
	if err != nil {
		return nil, err
	}
	x, err := decodeIndex(data, s.idLen, same)
	if err != nil || x.link == nil {
		return x, err
	}
	link, err := decodeLink(x.link, s.idLen)
	if err != nil {
		return nil, err
	}
	if link.base.IsZero() {
		return x, x.finish()
	}
	shared := filepath.Join(s.GitDir, "sharedindex."+link.base.String())
	if !exists(shared) {
		shared = filepath.Join(filepath.Dir(name), filepath.Base(shared))
	}
	data, err = readRegular(shared, maxTable)
	if err != nil {
		// Not %w: to the caller a split index without its base is damaged, not absent.
		return nil, fmt.Errorf("read shared index %s: %v", s.where(shared), err) //nolint:errorlint
	}
	base, err := decodeIndex(data, s.idLen, nil)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read shared index %s: %w", s.where(shared), err)
	case base.link != nil:
		return nil, fmt.Errorf("read shared index %s: it is split itself", s.where(shared))
	}
	return x, x.merge(base, link)
}

// Has tells whether the index has an entry, at any stage, that git finds in the work tree at path.
func (x *Index) Has(path string) bool {
	i := x.search(path)
	return i < len(x.Entries) && x.Entries[i].Path == path || x.folded != nil && x.folded[foldName(path)]
}

// HasUnder tells whether the index has an entry that git finds below the directory, which may be a sparse directory's own.
func (x *Index) HasUnder(dir string) bool {
	dir += "/"
	i := x.search(dir)
	return i < len(x.Entries) && strings.HasPrefix(x.Entries[i].Path, dir) || x.folded != nil && x.folded[foldName(dir)]
}

func (x *Index) search(path string) int {
	return sort.Search(len(x.Entries), func(i int) bool { return x.Entries[i].Path >= path })
}

// indexFile is one file of an index as it is decoded.
type indexFile struct {
	Index
	link []byte // content of the extension "link": not nil when the index is split
}

var (
	errIndex      = errors.New("index is damaged")
	errPathLength = errors.New("path has not the length that its flags say, by which git reads it")
)

// decodeIndex proves the checksum, unless it is of zeros (index.skipHash), and decodes entries and extensions. Of an index
// that is not split, what is in the directories that same gives, in order, is left out; same may be nil.
func decodeIndex(data []byte, idLen int, same func(cacheTree) []string) (*indexFile, error) {
	if len(data) < 12+idLen || !bytes.HasPrefix(data, []byte("DIRC")) {
		return nil, fmt.Errorf("%w: not an index, or too short", errIndex)
	}
	body, sum := data[:len(data)-idLen], data[len(data)-idLen:]
	whole := make(chan bool, 1)
	go func() { // it takes as long as all the rest
		if bytes.Equal(sum, make([]byte, idLen)) {
			whole <- true
			return
		}
		h := newHash(idLen)
		h.Write(body)
		whole <- bytes.Equal(h.Sum(nil), sum)
	}()
	x := &indexFile{}
	err := x.decode(body, idLen, same)
	if !<-whole {
		return nil, fmt.Errorf("%w: checksum does not match", errIndex)
	}
	if err != nil {
		return nil, err
	}
	return x, nil
}

// decode takes an index without its checksum.
func (x *indexFile) decode(body []byte, idLen int, same func(cacheTree) []string) error {
	x.Version = int(binary.BigEndian.Uint32(body[4:]))
	if x.Version < 2 || x.Version > 4 {
		return fmt.Errorf("index version %d is not known", x.Version)
	}
	n := binary.BigEndian.Uint32(body[8:])
	d := indexDecoder{rest: body[12:], idLen: idLen, version: x.Version, limit: 32 * (len(body) + idLen)}
	var leave []string
	ahead := d
	if same != nil {
		for range n {
			if !ahead.skip() {
				return fmt.Errorf("%w: %w", errIndex, io.ErrUnexpectedEOF)
			}
		}
		if err := x.extensions(ahead.rest, idLen); err != nil {
			return err
		}
		if x.link == nil {
			leave = same(x.trees)
		}
	}
	if leave == nil {
		x.Entries = make([]IndexEntry, min(int(n), len(body)/(42+idLen)))[:0]
	}
	for i := range n {
		e, err := d.entry()
		if err != nil {
			return fmt.Errorf("%w: entry %d: %w", errIndex, i, err)
		}
		for len(leave) > 0 && leave[0] < string(d.path) && !isIn(d.path, leave[0]) {
			leave = leave[1:]
		}
		if len(leave) > 0 && isIn(d.path, leave[0]) {
			continue
		}
		x.Entries = append(x.Entries, e)
		d.addPath(x.Entries)
	}
	d.cutPaths(x.Entries)
	if same == nil {
		if err := x.extensions(d.rest, idLen); err != nil {
			return err
		}
	} else if len(d.rest) != len(ahead.rest) {
		return fmt.Errorf("%w: %w", errIndex, errPathLength)
	}
	if x.link == nil {
		return x.finish()
	}
	return nil
}

// isIn tells whether the path begins with the directory. (It makes no string of it, as a call would.)
func isIn(path []byte, dir string) bool {
	return len(path) >= len(dir) && string(path[:len(dir)]) == dir
}

// indexDecoder decodes entries one after the other.
type indexDecoder struct {
	rest    []byte
	idLen   int
	version int
	path    []byte // of the entry before, on which version 4 builds
	spent   int    // bytes of paths so far
	limit   int    // of spent: a file of 1 MiB can spell paths of 16 GiB

	// The paths of the last entries, one after the other. A string for each of 80,000 would be half of the work.
	text []byte
	ends []int
}

// skip passes over an entry as its flags say that it is. What is wrong with it entry will find.
func (d *indexDecoder) skip() bool {
	n := 40 + d.idLen + 2
	if len(d.rest) < n+2 {
		return false
	}
	flags := binary.BigEndian.Uint16(d.rest[n-2:])
	if flags&flagExtended != 0 {
		n += 2
	}
	if length := int(flags & flagLength); d.version < 4 && length < flagLength {
		n = (n + length + 8) &^ 7
	} else {
		if d.version == 4 { // how much to cut from the path before
			for n < len(d.rest) && d.rest[n]&0x80 != 0 {
				n++
			}
			n++
		}
		end := bytes.IndexByte(d.rest[min(n, len(d.rest)):], 0)
		if end < 0 {
			return false
		}
		if n += end + 1; d.version < 4 {
			n = (n + 7) &^ 7
		}
	}
	if n > len(d.rest) {
		return false
	}
	d.rest = d.rest[n:]
	return true
}

// addPath keeps the path of the last entry until there are enough for a string.
func (d *indexDecoder) addPath(entries []IndexEntry) {
	const most = 64 << 10
	d.text = append(d.text, d.path...)
	d.ends = append(d.ends, len(d.text))
	if len(d.text) >= most {
		d.cutPaths(entries)
	}
}

// cutPaths gives the last of the entries their paths.
func (d *indexDecoder) cutPaths(entries []IndexEntry) {
	text, from := string(d.text), 0
	entries = entries[len(entries)-len(d.ends):]
	for i, end := range d.ends {
		entries[i].Path, from = text[from:end], end
	}
	d.text, d.ends = d.text[:0], d.ends[:0]
}

// The flags of an entry.
const (
	flagExtended     = 0x4000
	flagStage        = 0x3000
	flagLength       = 0x0fff // of the path; all bits set when it is longer
	flagSkipWorktree = 0x4000 // of the extended flags
	flagIntentToAdd  = 0x2000
)

// entry decodes the next entry but for its path, which is then in d.path.
func (d *indexDecoder) entry() (IndexEntry, error) {
	var e IndexEntry
	n := 40 + d.idLen + 2
	if len(d.rest) < n+2 {
		return e, io.ErrUnexpectedEOF
	}
	raw := d.rest
	e.Mode = filemode.FileMode(binary.BigEndian.Uint32(raw[24:]))
	e.ID = makeID(raw[40 : 40+d.idLen])
	flags := binary.BigEndian.Uint16(raw[40+d.idLen:])
	e.Stage = uint8(flags & flagStage >> 12)
	if flags&flagExtended != 0 {
		if d.version < 3 {
			return e, errors.New("extended flags in version 2")
		}
		more := binary.BigEndian.Uint16(raw[n:])
		e.SkipWorktree, e.IntentToAdd = more&flagSkipWorktree != 0, more&flagIntentToAdd != 0
		n += 2
	}
	length := int(flags & flagLength)
	if d.version == 4 {
		err := d.compressedPath(raw[n:])
		if err == nil && len(d.path) != length && (length < flagLength || len(d.path) < length) {
			err = errPathLength
		}
		return e, err
	}
	end := bytes.IndexByte(raw[n:], 0)
	if end < 0 {
		return e, io.ErrUnexpectedEOF
	}
	if end != length && (length < flagLength || end < length) {
		return e, errPathLength
	}
	d.path = raw[n : n+end]
	// One to eight zero bytes make the entry's length a multiple of eight.
	n = (n + end + 8) &^ 7
	if n > len(raw) {
		return e, io.ErrUnexpectedEOF
	}
	d.rest = raw[n:]
	return e, nil
}

// compressedPath decodes a path of version 4: how many bytes to cut from the path before, then what to add.
func (d *indexDecoder) compressedPath(raw []byte) error {
	cut := uint64(0)
	for i := 0; ; i++ {
		if i >= len(raw) || i > 8 {
			return io.ErrUnexpectedEOF
		}
		if i > 0 {
			cut = (cut + 1) << 7
		}
		cut |= uint64(raw[i] & 0x7f)
		if raw[i]&0x80 == 0 {
			raw = raw[i+1:]
			break
		}
	}
	end := bytes.IndexByte(raw, 0)
	if cut > uint64(len(d.path)) || end < 0 {
		return errors.New("path is not built on the one before")
	}
	d.path = append(d.path[:len(d.path)-int(cut)], raw[:end]...)
	if d.spent += len(d.path); len(d.path) > maxPath || d.spent > d.limit {
		return errors.New("path is too long")
	}
	d.rest = raw[end+1:]
	return nil
}

// extensions goes through what follows the entries. Names that begin with a capital may be passed over.
func (x *indexFile) extensions(data []byte, idLen int) error {
	for len(data) > 0 {
		if len(data) < 8 {
			return fmt.Errorf("%w: %d bytes too many", errIndex, len(data))
		}
		name, size := string(data[:4]), binary.BigEndian.Uint32(data[4:])
		data = data[8:]
		if uint64(size) > uint64(len(data)) {
			return fmt.Errorf("%w: extension %q is cut", errIndex, name)
		}
		switch {
		case name == "link":
			x.link = append([]byte{}, data[:size]...)
		case name == "TREE":
			x.trees = decodeCacheTree(data[:size], idLen)
		case name == "sdir" || name[0] >= 'A' && name[0] <= 'Z':
		default:
			return fmt.Errorf("index has the extension %q, which is not known and may not be passed over", name)
		}
		data = data[size:]
	}
	return nil
}

// finish proves that no path is empty and sorts the entries, which git wrote sorted.
func (x *indexFile) finish() error {
	for i := 1; i < len(x.Entries); i++ {
		if order(&x.Entries[i-1], &x.Entries[i]) > 0 {
			slices.SortStableFunc(x.Entries, func(a, b IndexEntry) int { return order(&a, &b) })
			break
		}
	}
	if len(x.Entries) > 0 && x.Entries[0].Path == "" {
		return fmt.Errorf("%w: an entry without a path", errIndex)
	}
	return nil
}

func order(a, b *IndexEntry) int {
	if c := strings.Compare(a.Path, b.Path); c != 0 {
		return c
	}
	return cmp.Compare(a.Stage, b.Stage)
}
