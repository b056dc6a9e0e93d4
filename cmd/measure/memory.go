// This file tells how much memory a process takes.

package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// watchMemory looks at a process's memory every few milliseconds. The function that it gives ends that and returns the
// most that was seen, in MiB; pages of files that are mapped, which the system can drop at any time, are not counted. It
// is 0 where there is no Linux.
func watchMemory(pid int) (peak func() float64) {
	stop, result := make(chan struct{}), make(chan float64)
	go func() {
		most := 0.0
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			select {
			case <-stop:
				tick.Stop()
				result <- most
				return
			case <-tick.C:
				most = max(most, anonymousMiB(pid))
			}
		}
	}()
	return func() float64 {
		close(stop)
		return <-result
	}
}

// anonymousMiB reads what proc(5) calls RssAnon.
func anonymousMiB(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := bytes.Cut(status, []byte("RssAnon:"))
	fields := bytes.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseFloat(string(fields[0]), 64)
	return kib / (1 << 10)
}
