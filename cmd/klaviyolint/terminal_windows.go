// This file turns on colours in the console of Windows.

package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// showsColor tells whether the terminal f shows SGR sequences. Windows Terminal does at once; the older console has to be
// told, and before Windows 10 it cannot:
// https://learn.microsoft.com/en-us/windows/console/console-virtual-terminal-sequences
func showsColor(f *os.File) bool {
	handle := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(handle, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(handle, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
