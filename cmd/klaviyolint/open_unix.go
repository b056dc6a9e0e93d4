//go:build unix

package main

import (
	"os"
	"syscall"
)

// openFlags keep the opening of a named pipe from waiting for a writer.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK
