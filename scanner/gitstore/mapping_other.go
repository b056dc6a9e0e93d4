//go:build !unix

// This file stands in for mapping where there is none.

package gitstore

import "os"

func mapFile(*os.File, int64) []byte { return nil }

func unmap([]byte) error { return nil }
