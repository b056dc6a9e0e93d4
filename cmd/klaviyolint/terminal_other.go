//go:build !windows

package main

import "os"

// showsColor tells whether the terminal f shows SGR sequences: all but those that colorWanted knows do.
func showsColor(*os.File) bool { return true }
