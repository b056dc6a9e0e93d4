//go:build unix

package main

import (
	"os"
	"syscall"
)

// openFlags keep the opening of a named pipe from waiting for whoever is to write, or to read.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK
