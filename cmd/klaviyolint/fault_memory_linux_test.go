package main

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/adler32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// maxPeak is what the process may take, in bytes of resident memory.
const maxPeak = 250 << 20

// TestFaultMemory scans repositories that are small and make their reader large, in a process of its own, of which the
// peak is measured. One after the other, for they take all processors.
func TestFaultMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	planted := []place{at("a.env", "plant", "head")}
	program := filepath.Join(t.TempDir(), "klaviyolint")
	out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput() // without the race detector
	require.NoError(t, err, string(out))
	for _, f := range []fault{
		{name: "C05 loose header without end", make: func(r *repo) {
			r.plant()
			r.file(loose(r.id("HEAD:other.txt")), zeros("", 512<<20, ""))
		}, found: planted, skipped: []gap{{"object:*", "header of loose object"}}},
		{name: "C16 delta bomb of 4 GB", make: handPacked(deltaBomb(4<<30, 1)), found: planted, skipped: []gap{{"object:*", "larger than 1 GiB"}}},
		{name: "C16 delta bomb of 1,000 MB", make: handPacked(deltaBomb(1000<<20, 1)), found: planted, skipped: []gap{{"object:*", "larger than"}}},
		{name: "C16 40 delta bombs of 200 MB", make: handPacked(deltaBomb(200<<20, 40)), found: planted, skipped: []gap{{"object:*", "larger than"}}},
		{name: "C17 loose blob of 1 GiB of zeros, then the key", make: func(r *repo) {
			r.commitRepeated(strings.Repeat("\x00", 1<<20), 1<<10, false)
		}, found: planted},
		{name: "C17 packed blob of 1 GiB of zeros, then the key", make: func(r *repo) {
			r.commitRepeated(strings.Repeat("\x00", 1<<20), 1<<10, true)
		}, found: planted},
		{name: "C17 packed blob of 300 MB of zeros, no index", make: func(r *repo) {
			r.commitRepeated(strings.Repeat("\x00", 1<<20), 300, true)
			r.remove(r.only(".git/objects/pack/*.idx"))
		}, found: planted, skipped: []gap{{"objects/pack/*", "run git index-pack"}}},
		{name: "C17 blob of 300 MB of text", make: func(r *repo) {
			r.commitRepeated(strings.Repeat("a line like any other in a log, with a number: 1234567890\n", 1<<10), 300<<10/58, false)
		}, found: planted},
		{name: "C17 commit of 200 MB of zeros", make: func(r *repo) {
			r.plant()
			id := strings.Repeat("8", 40)
			r.file(loose(id), zeros(header("commit", 200<<20), 200<<20, ""))
		}, found: planted, skipped: []gap{{"object:8888*", "larger than"}}},
		{name: "C17 tree of 200 MB of zeros", make: func(r *repo) {
			r.plant()
			id := strings.Repeat("9", 40)
			r.file(loose(id), zeros(header("tree", 200<<20), 200<<20, ""))
		}, found: planted, skipped: []gap{{"", "larger than"}}},
		{name: "C22 200,000 deltas in a chain", make: func(r *repo) { r.deltaChain(200_000, true) }, found: planted},
		{name: "C22 20,000 deltas in a chain, no index", make: func(r *repo) { r.deltaChain(20_000, false) }, found: planted,
			skipped: []gap{{"objects/pack/*", "run git index-pack"}}},
		{name: "C23 200,000 objects in a pack", make: func(r *repo) {
			r.plant()
			p := r.newPack()
			for i := range 200_000 {
				data := fmt.Sprintln(i)
				p.add(hashOf("blob", data), entryHead(3, len(data))+stored(data))
			}
			r.addPack("pack-many", p)
		}, found: planted},
		{name: "T07 10^10 paths from 12 objects", make: func(r *repo) {
			id := r.object("blob", r.text())
			mode := "100644"
			for range 10 {
				var data strings.Builder
				for i := range 10 {
					data.WriteString(entry(mode, fmt.Sprint("n", i), id))
				}
				id, mode = r.object("tree", data.String()), "40000"
			}
			r.commitTree("plant", id)
		}, found: []place{at("n?/n?/n?/n?/n?/n?/n?/n?/n?/n?", "plant", "head")}, many: true,
			limits: []gap{{"object:*", "stands at more than 1000 paths"}, {"tree *", "it spells too many paths"}}},
		{name: "T08 200,000 entries in one tree", make: func(r *repo) {
			blob, other := r.object("blob", r.text()), unhex(r.object("blob", "nothing\n"))
			var data bytes.Buffer
			data.WriteString(entry("100644", "a.env", blob))
			for i := range 200_000 {
				fmt.Fprintf(&data, "100644 f%07d\x00%s", i, other)
			}
			r.commitTree("plant", r.object("tree", data.String()))
		}, found: planted},
		{name: "T17 a key at 100,000 paths", make: func(r *repo) {
			blob := unhex(r.object("blob", r.text()))
			var data bytes.Buffer
			for i := range 100_000 {
				fmt.Fprintf(&data, "100644 f%07d\x00%s", i, blob)
			}
			r.commitTree("plant", r.object("tree", data.String()))
		}, found: []place{at("f0000000", "plant", "head")}, many: true, limits: []gap{{"object:*", "stands at more than 1000 paths"}}},
	} {
		f.peak, f.run, f.once = maxPeak, measured(program), true
		t.Run(f.name, func(t *testing.T) { f.try(t) })
	}
	for name, reason := range map[string]string{
		"config": "larger", "HEAD": "larger", "objects/info/alternates": "larger", "packed-refs": "damaged", "shallow": "line",
		"FETCH_HEAD": "", "logs/HEAD": "damaged",
	} {
		f := fault{peak: maxPeak, run: measured(program), once: true, found: []place{at("a.env", "plant", "*")}, skipped: []gap{{name, reason}}}
		f.make = func(r *repo) {
			r.plant()
			if _, err := os.Stat(r.path(".git/" + name)); err != nil {
				r.file(".git/"+name, "")
			}
			require.NoError(r.t, os.Truncate(r.path(".git/"+name), 400<<20)) // takes no room on the disk
		}
		t.Run("A24 400 MB of zeros in "+name, func(t *testing.T) { f.try(t) })
	}
}

// measured runs a program and watches how much memory it takes. What the system says of a process that has ended
// (maxrss) counts the process that started it, too.
func measured(program string) func(*repo, []string) *outcome {
	return func(r *repo, args []string) *outcome {
		ctx, cancel := context.WithTimeout(context.Background(), 6*deadline)
		defer cancel()
		cmd := exec.CommandContext(ctx, program, args...)
		var stdout, stderr bytes.Buffer
		cmd.Dir, cmd.Stdout, cmd.Stderr = r.dir, &stdout, &stderr
		require.NoError(r.t, cmd.Start())
		out := &outcome{}
		done := make(chan struct{})
		var watcher sync.WaitGroup
		watcher.Go(func() {
			for {
				out.peak = max(out.peak, highWater(cmd.Process.Pid))
				select {
				case <-done:
					return
				case <-time.After(5 * time.Millisecond):
				}
			}
		})
		_ = cmd.Wait()
		close(done)
		watcher.Wait()
		out.took = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime() // whatever else the machine does
		require.NoError(r.t, ctx.Err(), "killed after %s, with %d MB", out.took, out.peak>>20)
		out.code, out.stdout, out.stderr = cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
		return out
	}
}

// highWater is the largest resident size that a process has had, in bytes; 0 when it has ended.
func highWater(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int64
	fmt.Sscan(after, &kilobytes)
	return kilobytes << 10
}

// repeated is a zlib stream of some text, of a block again and again, and of more text. The block is compressed twice
// only: the second time with what stood before it, as it stands after any number of its like.
func repeated(before string, block []byte, n int, after string) string {
	out := bytes.NewBufferString("\x78\x9c")
	check := adler32.New()
	storedBlock := func(text string, final byte) {
		out.WriteByte(final)
		binary.Write(out, binary.LittleEndian, []uint16{uint16(len(text)), ^uint16(len(text))})
		out.WriteString(text)
		io.WriteString(check, text)
	}
	storedBlock(before, 0)
	var comp bytes.Buffer
	w, err := flate.NewWriter(&comp, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	w.Write(block)
	w.Flush()
	first := comp.Len()
	w.Write(block)
	w.Flush()
	out.Write(comp.Bytes()[:first])
	for range n - 1 {
		out.Write(comp.Bytes()[first:])
	}
	for range n {
		check.Write(block)
	}
	storedBlock(after, 1)
	return string(check.Sum(out.Bytes()))
}

// zeros is repeated for n MiB of zeros.
func zeros(before string, n int, after string) string {
	return repeated(before, make([]byte, 1<<20), n>>20, after)
}

// deltaBomb adds n deltas that make size bytes each, of a base of 64 KiB.
func deltaBomb(size, n int) func(*repo, *pack) {
	return func(_ *repo, p *pack) {
		base := p.object("blob", strings.Repeat("x", 1<<16))
		delta := deltaOf(1<<16, size, strings.Repeat("\x80", size>>16))
		raw := entryHead(refDelta, len(delta)) + unhex(base) + deflate(delta)
		for i := range n {
			p.add(fmt.Sprintf("%040x", i+1), raw)
		}
	}
}

// deltaChain adds a blob and n deltas, each on the one before. The last has the key.
func (r *repo) deltaChain(n int, index bool) {
	r.t.Helper()
	p := r.newPack()
	text := strings.Repeat("0123456789", 20)
	base := p.object("blob", text)
	for i := range n {
		insert := fmt.Sprintf("%010d", i)
		if i == n-1 {
			insert = "\n" + r.text()
		}
		next := insert + text[10:]
		id := hashOf("blob", next)
		delta := deltaOf(len(text), len(next), string(rune(len(insert)))+insert+"\x91\x0a"+string([]byte{byte(len(text) - 10)}))
		p.add(id, entryHead(refDelta, len(delta))+unhex(base)+stored(delta))
		base, text = id, next
	}
	r.addPack("pack-chain", p)
	if !index {
		r.remove(".git/objects/pack/pack-chain.idx")
	}
	r.commitTree("plant", r.object("tree", entry("100644", "a.env", base)))
}

// commitRepeated commits a.env of a block again and again and the key, as a loose object or in a pack.
func (r *repo) commitRepeated(block string, n int, packed bool) {
	r.t.Helper()
	after := "\n" + r.text()
	size := n*len(block) + len(after)
	h := sha1.New()
	io.WriteString(h, header("blob", size))
	for range n {
		io.WriteString(h, block)
	}
	io.WriteString(h, after)
	id := hex.EncodeToString(h.Sum(nil))
	if packed {
		p := r.newPack()
		p.add(id, entryHead(3, size)+repeated("", []byte(block), n, after))
		r.addPack("pack-big", p)
	} else {
		r.file(loose(id), repeated(header("blob", size), []byte(block), n, after))
	}
	r.commitTree("plant", r.object("tree", entry("100644", "a.env", id)))
}
