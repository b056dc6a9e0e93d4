// This file opens a pseudo terminal, which takes no dependency on Linux.

package main

import (
	"bytes"
	"context"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// openTerminal returns both ends of a terminal with as many columns: what is written to it, and what it is written with.
func openTerminal(t *testing.T, columns uint16) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { master.Close() })
	control := func(request uintptr, arg unsafe.Pointer) {
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, master.Fd(), request, uintptr(arg))
		if errno != 0 {
			t.Skip(errno)
		}
	}
	var locked, number int32
	control(syscall.TIOCSPTLCK, unsafe.Pointer(&locked))
	control(syscall.TIOCGPTN, unsafe.Pointer(&number))
	control(syscall.TIOCSWINSZ, unsafe.Pointer(&[4]uint16{24, columns}))
	slave, err = os.OpenFile("/dev/pts/"+strconv.Itoa(int(number)), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

// slow is a source that takes a while.
type slow struct {
	progress *scanner.Progress
	steps    int
}

func (s slow) Walk(ctx context.Context, visit func(scanner.Blob) error) error {
	s.progress.Expect(1000 * s.steps)
	for range s.steps {
		time.Sleep(100 * time.Millisecond)
		if err := visit(scanner.Blob{Path: "a.env", Data: []byte("KLAVIYO_PUBLIC_KEY=" + keys["HEX"])}); err != nil {
			return err
		}
		s.progress.Pass(1000)
	}
	return ctx.Err()
}

// On a terminal a scan shows from one second on how far it is, in one line, and wipes it before the report.
func TestMeterOnTerminal(t *testing.T) {
	t.Setenv("CI", "")
	t.Setenv("TERM", "xterm")
	const columns = 60
	master, terminal := openTerminal(t, columns)
	shown := make(chan string)
	go func() {
		text, buf := "", make([]byte, 4096)
		for !strings.Contains(text, "END") {
			n, err := master.Read(buf)
			text += string(buf[:n])
			if err != nil {
				break
			}
		}
		shown <- text
	}()
	flags := &scanFlags{format: "text", failOn: "warning", noun: "objects"}
	var report bytes.Buffer
	a := &app{stdout: &report, stderr: terminal}
	flags.progress = a.progress(flags)
	require.NotNil(t, flags.progress)
	began := time.Now()
	require.NoError(t, a.scan(t.Context(), slow{flags.progress, 16}, flags))
	took := time.Since(began)
	_, err := terminal.WriteString("END")
	require.NoError(t, err)
	text := <-shown
	assert.Contains(t, text, " of 16,000 objects (")
	assert.NotContains(t, text, "\n")
	var s screen
	updates := strings.Split(text, "\r")
	for _, update := range updates {
		assert.Less(t, len(update), columns)
		assert.LessOrEqual(t, strings.Count(update, "objects"), 1)
	}
	assert.LessOrEqual(t, len(updates), int((took-time.Second)/meterPeriod)+5)
	_, _ = s.Write([]byte(text))
	assert.Equal(t, "END", s.text(), "the line is gone before anything else is written")
	assert.Contains(t, report.String(), "1 finding")
	assert.Equal(t, exitFindings, a.exit)

	// Nobody wants it.
	for name, flags := range map[string]*scanFlags{"-q": {quiet: true}, "--no-progress": {noProgress: true}} {
		assert.Nil(t, a.progress(flags), name)
	}
	t.Setenv("TERM", "dumb")
	assert.Nil(t, a.progress(flags))
	t.Setenv("TERM", "xterm")
	t.Setenv("CI", "true")
	assert.Nil(t, a.progress(flags))
}

// What ends within a second shows nothing.
func TestNoMeterForShortScan(t *testing.T) {
	t.Setenv("CI", "")
	t.Setenv("TERM", "xterm")
	master, terminal := openTerminal(t, 80)
	flags := &scanFlags{format: "text", failOn: "warning"}
	a := &app{stdout: &bytes.Buffer{}, stderr: terminal}
	flags.progress = a.progress(flags)
	began := time.Now()
	require.NoError(t, a.scan(t.Context(), slow{flags.progress, 1}, flags))
	if time.Since(began) > meterDelay {
		t.Skip("it took longer")
	}
	_, err := terminal.WriteString("END")
	require.NoError(t, err)
	buf := make([]byte, 100)
	n, err := master.Read(buf)
	require.NoError(t, err)
	assert.Equal(t, "END", string(buf[:n]))
}
