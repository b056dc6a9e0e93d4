// This file reads contents of any size in windows of a fixed one.

package source

import "github.com/klaviyolint/klaviyolint/scanner"

// buffer is a window with what fills it from files.
type buffer struct{ scanner.Buffer }
