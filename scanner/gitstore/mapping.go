// This file guards the reading of mapped files.

package gitstore

import (
	"errors"
	"runtime/debug"
)

var errFault = errors.New("could not be read where it is mapped: it was cut off meanwhile, or its disk is damaged")

// catchFault ends a function that reads mapped bytes. When a file is cut off by somebody or its disk fails, such a read
// is a fault, which would end the process; here it becomes the function's error. Nothing mapped of a pack may leave the
// function, for outside nobody is on guard; indexes are looked at from everywhere, and a fault there ends the scan with
// an internal error. before is what debug.SetPanicOnFault(true) gave:
//
//	defer catchFault(debug.SetPanicOnFault(true), &err)
func catchFault(before bool, err *error) {
	debug.SetPanicOnFault(before)
	if p := recover(); p != nil {
		if _, fault := p.(interface{ Addr() uintptr }); !fault {
			panic(p)
		}
		*err = errFault
	}
}
