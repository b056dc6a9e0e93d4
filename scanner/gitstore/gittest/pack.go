// This file writes packs and their indexes, with deltas such as git does not make: on any base, in any order, cut
// anywhere, on bases that are in no pack or in another one.

package gittest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"os"
	"path/filepath"
	"sort"
)

// packStyle says how a pack is written.
type packStyle struct {
	index  int  // version 1 or 2; 0 for none
	deltas int  // in percent
	thin   bool // deltas may be on what is not in the pack
	twice  bool // some objects are in the pack twice
	level  int  // of zlib
	named  bool // pack-<hash>, as git wants it for a multi-pack-index
}

var packTypes = map[string]byte{"commit": 1, "tree": 2, "blob": 3, "tag": 4}

const (
	ofsDelta = 6
	refDelta = 7
)

// packed is an entry of a pack that is written.
type packed struct {
	id, base string
	off      int
	crc      uint32
}

// pack writes the objects into a pack in dir, an objects directory, and gives its name without the suffix.
func (m *maker) pack(dir string, ids []string, style packStyle) string {
	in := map[string]bool{}
	for _, id := range ids {
		in[id] = true
	}
	var entries []packed
	var byType [5][]string // what deltas may be built on, so far
	for _, id := range m.sorted(ids) {
		kind := packTypes[m.objects[id].Type]
		e := packed{id: id}
		if m.chance(style.deltas) {
			e.base = m.base(id, byType[kind], in, style.thin)
		}
		byType[kind] = append(byType[kind], id)
		entries = append(entries, e)
		if style.twice && m.chance(5) {
			entries = append(entries, packed{id: id})
		}
	}
	if m.chance(50) {
		m.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	}
	var out bytes.Buffer
	out.WriteString("PACK\x00\x00\x00\x02")
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(entries))))
	at := map[string]int{}
	for i := range entries {
		e := &entries[i]
		e.off = out.Len()
		m.entry(&out, e, at, style.level)
		at[e.id] = e.off
		e.crc = crc32.ChecksumIEEE(out.Bytes()[e.off:])
	}
	sum := m.sum(out.Bytes())
	out.Write(sum)
	name := filepath.Join(dir, "pack", "pack-"+hex.EncodeToString(sum))
	if !style.named {
		name = filepath.Join(dir, "pack", pick(m, []string{"a", "z", "pack-x"})+m.hex(6))
	}
	m.write(name+".pack", out.String())
	if style.index > 0 {
		m.write(name+".idx", string(m.index(entries, sum, style)))
	}
	return name
}

// sorted orders objects as they were made.
func (m *maker) sorted(ids []string) []string {
	ids = append([]string(nil), ids...)
	sort.Slice(ids, func(i, j int) bool { return m.place[ids[i]] < m.place[ids[j]] })
	return ids
}

// base chooses what a delta for id is built on: what it was made from, or any earlier object of its type.
func (m *maker) base(id string, earlier []string, in map[string]bool, thin bool) string {
	may := func(other string) bool { return in[other] || thin && (m.tangled || m.firm[other]) }
	if old := m.from[id]; old != "" && may(old) && m.chance(60) {
		return old
	}
	if thin && m.chance(40) {
		other := m.order[m.Intn(m.place[id]+1)]
		if m.objects[other].Type == m.objects[id].Type && other != id && may(other) {
			return other
		}
	}
	if len(earlier) == 0 {
		return ""
	}
	return earlier[len(earlier)-1-m.Intn(min(8, len(earlier)))]
}

// entry writes one entry of a pack.
func (m *maker) entry(out *bytes.Buffer, e *packed, at map[string]int, level int) {
	o := m.objects[e.id]
	kind, data, link := packTypes[o.Type], []byte(o.Data), []byte(nil)
	if e.base != "" {
		delta := m.delta(m.objects[e.base].Data, o.Data)
		if off, written := at[e.base]; len(delta) < 4 || o.Data == "" {
			// Git takes it for damage.
		} else if written && m.chance(70) {
			kind, data, link = ofsDelta, delta, offset(e.off-off)
		} else {
			raw, _ := hex.DecodeString(e.base)
			kind, data, link = refDelta, delta, raw
		}
	}
	size := len(data)
	b := kind<<4 | byte(size&15)
	for size >>= 4; size > 0; size >>= 7 {
		out.WriteByte(b | 0x80)
		b = byte(size & 0x7f)
	}
	out.WriteByte(b)
	out.Write(link)
	out.Write(m.deflate(data, level))
}

// offset encodes how far back a base is.
func offset(back int) []byte {
	out := []byte{byte(back & 0x7f)}
	for back >>= 7; back > 0; back >>= 7 {
		back--
		out = append([]byte{0x80 | byte(back&0x7f)}, out...)
	}
	return out
}

// index encodes an index of version 1 or 2.
func (m *maker) index(entries []packed, sum []byte, style packStyle) []byte {
	sort.Slice(entries, func(i, j int) bool {
		if entries[i].id != entries[j].id {
			return entries[i].id < entries[j].id
		}
		return entries[i].off < entries[j].off
	})
	var out, ids, crcs, offs, large []byte
	var fan [256]uint32
	far := 1 << 31 // from where offsets stand in the table of large ones
	if m.chance(30) {
		far = 13 + m.Intn(4000) // git wants one small offset at least
	}
	for _, e := range entries {
		raw, _ := hex.DecodeString(e.id)
		for i := int(raw[0]); i < 256; i++ {
			fan[i]++
		}
		if style.index == 1 {
			ids = append(binary.BigEndian.AppendUint32(ids, uint32(e.off)), raw...)
			continue
		}
		ids = append(ids, raw...)
		crcs = binary.BigEndian.AppendUint32(crcs, e.crc)
		if e.off < far {
			offs = binary.BigEndian.AppendUint32(offs, uint32(e.off))
		} else {
			offs = binary.BigEndian.AppendUint32(offs, 1<<31|uint32(len(large)/8))
			large = binary.BigEndian.AppendUint64(large, uint64(e.off))
		}
	}
	if style.index == 2 {
		out = append(out, "\xfftOc\x00\x00\x00\x02"...)
	}
	for _, n := range fan {
		out = binary.BigEndian.AppendUint32(out, n)
	}
	for _, part := range [][]byte{ids, crcs, offs, large, sum} {
		out = append(out, part...)
	}
	return append(out, m.sum(out)...)
}

// looseWriter deflates, with one writer for each level.
type looseWriter struct {
	writers map[int]*zlib.Writer
	buf     bytes.Buffer
}

// deflate gives a zlib stream; now and then it has several blocks.
func (m *maker) deflate(data []byte, level int) []byte {
	l := &m.loosen
	if l.writers == nil {
		l.writers = map[int]*zlib.Writer{}
	}
	if l.writers[level] == nil {
		l.writers[level], _ = zlib.NewWriterLevel(nil, level)
	}
	w := l.writers[level]
	l.buf.Reset()
	w.Reset(&l.buf)
	if len(data) > 0 && m.chance(5) {
		n := m.Intn(len(data))
		w.Write(data[:n])
		w.Flush()
		data = data[n:]
	}
	w.Write(data)
	w.Close()
	return l.buf.Bytes()
}

// loose writes a loose object.
func (m *maker) loose(dir, id string) {
	o := m.objects[id]
	level := pick(m, []int{zlib.BestSpeed, zlib.BestSpeed, zlib.DefaultCompression, zlib.NoCompression, zlib.HuffmanOnly, 9})
	head := []byte(o.Type + " " + itoa(len(o.Data)) + "\x00")
	fan := filepath.Join(dir, id[:2])
	err := os.Mkdir(fan, 0o755)
	if err == nil || os.IsExist(err) {
		err = os.WriteFile(filepath.Join(fan, id[2:]), m.deflate(append(head, o.Data...), level), 0o444)
	}
	if err != nil && !os.IsPermission(err) {
		m.t.Fatal(err)
	}
}
