//go:build unix

// This file maps files into memory: no system call for each of a million entries, and no copy of them.

package gitstore

import (
	"math/bits"
	"os"
	"syscall"
)

// mapFile maps a file of size bytes. It gives nil if that cannot be done: some file systems do not offer it, and 32 bits
// do not address a large one.
func mapFile(f *os.File, size int64) []byte {
	if bits.UintSize < 64 || size <= 0 {
		return nil
	}
	data, err := syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil {
		return nil
	}
	return data
}

func unmap(data []byte) error {
	if data == nil {
		return nil
	}
	return syscall.Munmap(data)
}
