//go:build !unix

// This file stands in for the flags of Unix where there are none.

package gitstore

const openFlags = 0
