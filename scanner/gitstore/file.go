// This file opens files: regular ones only, whole ones up to a bound, never by what a symbolic link says.

package gitstore

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

var errNotRegular = errors.New("not a regular file, and no other is opened")

// openRegular opens a regular file for reading. A FIFO, a device or a symbolic link is errNotRegular. The file is
// looked at before it is opened, for opening alone can hang or act, and after, for it can be exchanged between.
func openRegular(name string) (*os.File, int64, error) {
	before, err := os.Lstat(name)
	if err != nil {
		return nil, 0, pathless(err)
	}
	if !before.Mode().IsRegular() {
		return nil, 0, errNotRegular
	}
	f, err := os.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, 0, pathless(err)
	}
	after, err := f.Stat()
	if err == nil && !after.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		f.Close()
		return nil, 0, pathless(err)
	}
	return f, after.Size(), nil
}

// readRegular reads a regular file of at most limit bytes.
func readRegular(name string, limit int64) ([]byte, error) {
	f, size, err := openRegular(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > limit {
		return nil, fmt.Errorf("larger than %d bytes is not read", limit)
	}
	// One byte more than there seems to be, so that the end is seen without growing. A file of zeros takes no room on a
	// disk, so not more than is read is asked for when much is said to be there.
	const most = 64 << 20
	data := make([]byte, 0, min(size, most)+1)
	for {
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case err == io.EOF:
			return data, nil
		case err != nil:
			return nil, pathless(err)
		case int64(len(data)) > limit:
			return nil, fmt.Errorf("larger than %d bytes is not read", limit)
		case len(data) == cap(data):
			data = append(data, make([]byte, max(512, len(data)/4))...)[:len(data)]
		}
	}
}

// maxLine is more than a line of a list of refs needs: IDs, who and when, a name.
const maxLine = 1 << 16

// lines reads a list line by line, so that a file of zeros, which can be of any size and take no room on a disk, takes
// no memory either.
type lines struct {
	name string
	err  error // why not all of it could be read
}

// each gives the lines with their ends; of those that are longer than maxLine, what fits.
func (l *lines) each(yield func([]byte) bool) {
	f, size, err := openRegular(l.name)
	if err != nil {
		l.err = err
		return
	}
	defer f.Close()
	if size > maxTable {
		l.err = fmt.Errorf("larger than %d bytes is not read", int64(maxTable))
		return
	}
	r := bufio.NewReaderSize(io.LimitReader(f, maxTable), maxLine)
	for {
		line, err := r.ReadSlice('\n')
		if len(line) > 0 && !yield(line) {
			return
		}
		for err == bufio.ErrBufferFull {
			_, err = r.ReadSlice('\n')
		}
		if err != nil {
			if err != io.EOF {
				l.err = pathless(err)
			}
			return
		}
	}
}

// pathless takes the path out of an error of package os: who reports it says the path in their own words.
func pathless(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// isDir follows symbolic links: a linked .git or objects directory is a common way to share a store.
func isDir(name string) bool {
	fi, err := os.Stat(name)
	return err == nil && fi.IsDir()
}

// exists does not follow symbolic links.
func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
