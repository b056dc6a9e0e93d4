//go:build unix

package source

import (
	"os"
	"syscall"
)

// openFlags keep the opening of what has become a named pipe or a link since it was listed from hanging or leading
// out of the tree.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK | syscall.O_NOFOLLOW
