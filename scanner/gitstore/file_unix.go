//go:build unix

// This file holds the flags that keep an open from hanging on a FIFO or following a link.

package gitstore

import "syscall"

const openFlags = syscall.O_NONBLOCK | syscall.O_NOFOLLOW | syscall.O_NOCTTY
