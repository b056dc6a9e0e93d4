package main

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFaultPacks scans repositories with packs of all kinds, and damaged ones: the damage is named, the rest is scanned.
func TestFaultPacks(t *testing.T) {
	t.Parallel()
	planted := []place{at("a.env", "plant", "head")}
	faults := []fault{
		{
			name: "C20 multi-pack-index, bitmap, .rev", make: func(r *repo) {
				r.plant()
				r.git("-c", "pack.writeReverseIndex=true", "repack", "-q", "-d")
				r.commit("last", "z.txt", "z\n")
				r.git("-c", "pack.writeReverseIndex=true", "repack", "-q", "-d", "--write-midx")
				r.git("multi-pack-index", "write", "--bitmap")
				r.only(".git/objects/pack/multi-pack-index-*.bitmap")
			},
			found: planted,
		},
		{
			name: "C20 multi-pack-index, bitmap and .rev of any bytes", make: func(r *repo) {
				r.plant()
				r.git("repack", "-q", "-a", "-d")
				name := strings.TrimSuffix(r.only(".git/objects/pack/*.pack"), "pack")
				for _, file := range []string{name + "rev", name + "bitmap", ".git/objects/pack/multi-pack-index", ".git/objects/info/commit-graph"} {
					r.file(file, "garbage")
				}
			},
			found: planted,
		},
		{
			name: "C20 multi-pack-index without the indexes", make: func(r *repo) {
				r.plant()
				r.git("repack", "-q", "-a", "-d", "--write-midx")
				r.remove(r.only(".git/objects/pack/*.idx"))
			},
			found:   planted,
			skipped: []gap{{"objects/pack/*.pack", "pack has no index; its objects were read without"}},
		},
		{
			name: "C20 cruft pack", make: func(r *repo) {
				r.plant()
				r.git("reset", "-q", "--hard", "HEAD~1")
				r.remove(".git/ORIG_HEAD")
				r.remove(".git/logs")
				r.git("repack", "-q", "-d", "--cruft")
				r.only(".git/objects/pack/*.mtimes")
			},
			found: []place{at("a.env", "plant", "unreachable")},
		},
		{
			name: "C20 packs of any name", make: packed(func(r *repo) {
				for _, end := range []string{"pack", "idx"} {
					r.move(r.only(".git/objects/pack/*."+end), ".git/objects/pack/\xff any\n."+end)
				}
				r.remove(".git/objects/pack/*.rev")
			}),
			found: planted,
		},
		{
			name: "C20 index version 1", make: func(r *repo) {
				r.plant()
				r.git("-c", "pack.indexVersion=1", "repack", "-q", "-a", "-d")
			},
			found: planted,
		},
		{
			name: "C20 .keep", make: packed(func(r *repo) { r.file(r.packName()+".keep", "") }), found: planted,
		},
		{
			name: "C20 .promisor", make: packed(func(r *repo) { r.file(r.packName()+".promisor", "") }), found: planted,
		},
		{
			name: "C20 pack of nothing", make: func(r *repo) {
				r.plant()
				r.file(".git/objects/pack/pack-e.pack", sealed("PACK\x00\x00\x00\x02\x00\x00\x00\x00"))
			},
			found:   planted,
			skipped: []gap{{"objects/pack/pack-e.pack", "pack has no index"}},
		},
		{
			name: "C08 pack cut in half", make: packedFirst(func(r *repo, pack string) {
				r.change(pack, func(data []byte) []byte { return data[:len(data)/2] })
			}),
			found:   []place{at("a.env", "plant", "*")},
			skipped: []gap{{"objects/pack/*.pack", "checksum"}, {"object:*", ""}},
		},
		{
			name: "C08 pack of no bytes", make: packedFirst(func(r *repo, pack string) { r.file(pack, "") }),
			found:   []place{at("a.env", "plant", "*")},
			skipped: []gap{{"objects/pack/*.pack", "too short"}, {"object:*", ""}},
		},
		{
			name: "C08 pack of zero bytes", make: packedFirst(func(r *repo, pack string) {
				r.change(pack, func(data []byte) []byte { return make([]byte, len(data)) })
			}),
			found:   []place{at("a.env", "plant", "*")},
			skipped: []gap{{"objects/pack/*.pack", "not a pack"}, {"object:*", ""}},
		},
		{
			name: "C09 bytes flipped in a pack", make: packedFirst(func(r *repo, pack string) {
				off := r.offsetOf(r.id("HEAD~1:other.txt"))
				r.change(pack, func(data []byte) []byte {
					data[off+6] ^= 0x55
					return data
				})
			}),
			found:   planted,
			skipped: []gap{{"object:*", "CRC-32"}},
		},
		{
			name: "C09 a pack's checksum flipped", make: packed(func(r *repo) {
				r.change(r.packName()+".pack", func(data []byte) []byte {
					data[len(data)-3] ^= 1
					return data
				})
			}),
			found:   planted,
			skipped: []gap{{"objects/pack/*.pack", "checksum"}},
		},
		{
			name: "C10 no index", make: packed(func(r *repo) { r.remove(r.packName() + ".idx") }), found: planted,
			skipped: []gap{{"objects/pack/*.pack", "run git index-pack"}},
		},
		{
			name: "C11 index of any bytes", make: packed(func(r *repo) { r.file(r.packName()+".idx", strings.Repeat("garbage ", 1000)) }),
			found: planted, skipped: []gap{{"objects/pack/*.idx", "run git index-pack"}},
		},
		{
			name: "C11 index cut", make: packed(func(r *repo) {
				r.change(r.packName()+".idx", func(data []byte) []byte { return data[:len(data)/2] })
			}),
			found: planted, skipped: []gap{{"objects/pack/*.idx", "run git index-pack"}},
		},
		{
			name: "C11 index lists one object less", make: packed(func(r *repo) {
				r.change(r.packName()+".idx", func(data []byte) []byte { return withoutObject(data, r.id("HEAD:a.env")) })
			}),
			found: planted, skipped: []gap{{"objects/pack/*.idx", "the pack was read without"}},
		},
		{
			name: "C11 pack and index list one object less", make: packed(func(r *repo) {
				blob := r.id("HEAD:a.env")
				r.change(r.packName()+".idx", func(data []byte) []byte { return withoutObject(data, blob) })
				r.change(r.packName()+".pack", func(data []byte) []byte {
					binary.BigEndian.PutUint32(data[8:], binary.BigEndian.Uint32(data[8:])-1)
					return data
				})
			}),
			skipped: []gap{{"object:*", "CRC-32"}},
		},
		{
			name: "C12 index of another pack", make: packedFirst(func(r *repo, _ string) {
				first := strings.TrimSuffix(r.read("../first"), "\n")
				r.git("repack", "-q", "-d")
				for _, name := range r.glob(".git/objects/pack/*.idx") {
					if name != first+".idx" {
						r.file(first+".idx", r.read(name))
					}
				}
			}),
			found: planted, skipped: []gap{{"objects/pack/*", ""}},
		},
		{name: "C13 delta on itself", make: handPacked(deltaCircle(1)), found: planted, skipped: circleGap},
		{name: "C14 deltas on each other", make: handPacked(deltaCircle(2)), found: planted, skipped: circleGap},
		{name: "C14 1,000 deltas on each other", make: handPacked(deltaCircle(1000)), found: planted, skipped: circleGap},
		{
			name: "C13 delta on itself, no index", make: func(r *repo) {
				handPacked(deltaCircle(1))(r)
				r.remove(".git/objects/pack/pack-hand.idx")
			},
			found:   planted,
			skipped: []gap{{"objects/pack/pack-hand.pack", "run git index-pack"}, {"objects/pack/pack-hand.pack, offset *", "missing"}},
		},
		{
			name: "C15 delta on what is not there", make: handPacked(func(_ *repo, p *pack) {
				p.onto(strings.Repeat("1", 40), strings.Repeat("2", 40), deltaOf(4, 4, "\x90\x04"))
			}),
			found: planted, skipped: []gap{{"object:1111*", "object is missing"}},
		},
		{
			name: "C15 delta by an offset before the pack", make: handPacked(func(_ *repo, p *pack) {
				p.add(strings.Repeat("1", 40), entryHead(ofsDelta, 4)+"\xff\xff\x7f"+deflate(deltaOf(4, 4, "\x90\x04")))
			}),
			found: planted, skipped: []gap{{"object:1111*", "delta"}},
		},
		{
			name: "C15 delta by an offset into the middle of an entry", make: handPacked(func(_ *repo, p *pack) {
				p.object("blob", "base")
				p.add(strings.Repeat("1", 40), entryHead(ofsDelta, 4)+"\x05"+deflate(deltaOf(4, 4, "\x90\x04")))
			}),
			found: planted, skipped: []gap{{"object:1111*", "delta"}},
		},
		{name: "C15 delta for a larger base", make: badDelta(deltaOf(5, 4, "\x90\x04")), found: planted, skipped: []gap{{"object:1111*", "base of 5 bytes"}}},
		{name: "C15 delta that declares more than it makes", make: badDelta(deltaOf(4, 1<<40, "\x90\x04")), found: planted, skipped: []gap{{"object:1111*", "1 GiB"}}},
		{name: "C15 delta that copies from beyond", make: badDelta(deltaOf(4, 4, "\x91\x02\x04")), found: planted, skipped: []gap{{"object:1111*", "delta is damaged"}}},
		{name: "C15 delta with the reserved instruction", make: badDelta(deltaOf(4, 4, "\x00\x90\x04")), found: planted, skipped: []gap{{"object:1111*", "delta is damaged"}}},
		{name: "C15 delta cut", make: badDelta("\x04"), found: planted, skipped: []gap{{"object:1111*", "delta is damaged"}}},
		{
			name: "C15 entry declares more than it holds", make: handPacked(func(_ *repo, p *pack) {
				p.add(strings.Repeat("1", 40), entryHead(3, 1<<40)+deflate("x"))
			}),
			found: planted, skipped: []gap{{"object:1111*", "size is wrong"}},
		},
		{
			name: "C15 entry declares less than it holds", make: handPacked(func(_ *repo, p *pack) {
				p.add(strings.Repeat("1", 40), entryHead(3, 1)+deflate("more than one"))
			}),
			found: planted, skipped: []gap{{"object:1111*", "as many bytes as declared"}},
		},
		{
			name: "C15 entry of an unknown type", make: handPacked(func(_ *repo, p *pack) {
				p.add(strings.Repeat("1", 40), entryHead(5, 1)+deflate("x"))
			}),
			found: planted, skipped: []gap{{"object:1111*", ""}},
		},
		{
			name: "C15 index leads beyond the pack", make: handPacked(func(_ *repo, p *pack) {
				p.object("blob", "x")
				p.entries[0].off = 1 << 30
			}),
			found: planted, skipped: []gap{{"object:*", ""}},
		},
		{
			name: "C15 two names for one entry, none for the next", make: handPacked(func(r *repo, p *pack) {
				p.object("blob", "x")
				p.object("blob", "hidden "+r.text())
				p.entries[1].off, p.entries[1].crc = p.entries[0].off, p.entries[0].crc
			}),
			found: planted, skipped: []gap{{"object:*", "CRC-32"}, {"objects/pack/pack-hand.pack", "one entry to two objects"}},
		},
		{
			name: "C15 an object between two entries", make: handPacked(func(r *repo, p *pack) {
				hidden := "hidden " + r.text()
				p.add(hashOf("blob", "x"), entryHead(3, 1)+deflate("x")+entryHead(3, len(hidden))+deflate(hidden))
			}),
			found: planted, skipped: []gap{{"objects/pack/pack-hand.pack", "belong to no object"}},
		},
		{
			name: "C15 bytes behind the last entry", make: handPacked(func(r *repo, p *pack) {
				p.object("blob", "x")
				p.data = append(p.data, deflate(r.text())...)
			}),
			found: planted, skipped: []gap{{"object:*", "CRC-32"}},
		},
		{
			name: "C19 pack gone, index there", make: packedFirst(func(r *repo, pack string) { r.remove(pack) }),
			found:   []place{at("a.env", "plant", "*")},
			skipped: []gap{{"objects/pack/*.idx", "pack of this index is missing, with 3 objects: run git fsck"}},
		},
		{
			name: "C19 pack is a symbolic link", make: packed(func(r *repo) {
				r.move(r.packName()+".pack", "../outside")
				r.link("../../../../outside", strings.TrimSuffix(r.only(".git/objects/pack/*.idx"), "idx")+"pack")
			}),
			skipped: []gap{{"objects/pack/*.pack", "not a regular file"}, {"", "missing"}},
		},
		{
			name: "C18 the same objects in two packs and loose, one damaged", make: func(r *repo) {
				r.plant()
				r.git("repack", "-q", "-a")
				name := r.packName()
				copied := filepath.Join(r.dir, ".git/objects/pack/copy")
				r.file(copied+".idx", r.read(name+".idx"))
				r.file(copied+".pack", r.read(name + ".pack")[:200])
			},
			found:   planted,
			skipped: []gap{{"objects/pack/copy.pack", ""}},
		},
	}
	try(t, faults)
}

var circleGap = []gap{{"object:*", "built on itself"}}

// packed plants the key, packs everything, and goes on with change.
func packed(change func(*repo)) func(*repo) {
	return func(r *repo) {
		r.plant()
		r.begin("repack", func() { r.git("repack", "-q", "-a", "-d") })
		change(r)
	}
}

// packedFirst packs only the first commit, which the key is not in, and goes on with damage to the pack.
func packedFirst(damage func(r *repo, pack string)) func(*repo) {
	return func(r *repo) {
		r.commit("first", "other.txt", "nothing, but enough of it that there is something to damage\n")
		r.git("repack", "-q", "-a", "-d")
		pack := r.only(".git/objects/pack/*.pack")
		r.commit("plant", "a.env", r.text())
		r.file("../first", strings.TrimSuffix(pack, ".pack")+"\n")
		damage(r, pack)
	}
}

// handPacked plants the key and adds a pack that write writes.
func handPacked(write func(*repo, *pack)) func(*repo) {
	return func(r *repo) {
		r.plant()
		p := r.newPack()
		write(r, p)
		r.addPack("pack-hand", p)
	}
}

// badDelta adds a delta on "base".
func badDelta(delta string) func(*repo) {
	return handPacked(func(_ *repo, p *pack) { p.onto(strings.Repeat("1", 40), p.object("blob", "base"), delta) })
}

// deltaCircle adds n deltas, each on the next, the last on the first.
func deltaCircle(n int) func(*repo, *pack) {
	return func(_ *repo, p *pack) {
		id := func(i int) string { return fmt.Sprintf("%040x", i%n+1) }
		for i := range n {
			p.onto(id(i), id(i+1), deltaOf(4, 4, "\x90\x04"))
		}
	}
}

func (r *repo) glob(pattern string) []string {
	r.t.Helper()
	names, err := filepath.Glob(r.path(pattern))
	require.NoError(r.t, err)
	return names
}

// packName is the only pack, without its suffix.
func (r *repo) packName() string {
	r.t.Helper()
	return strings.TrimSuffix(r.only(".git/objects/pack/*.pack"), ".pack")
}

// offsetOf gives where an object stands in the only pack.
func (r *repo) offsetOf(id string) int {
	r.t.Helper()
	for line := range strings.Lines(r.git("verify-pack", "-v", r.only(".git/objects/pack/*.idx"))) {
		if strings.HasPrefix(line, id) {
			var typ string
			var size, comp, off int
			_, err := fmt.Sscanf(line[len(id):], "%s %d %d %d", &typ, &size, &comp, &off)
			require.NoError(r.t, err)
			return off
		}
	}
	r.t.Fatalf("%s is not in the pack", id)
	return 0
}

// sealed adds the checksum.
func sealed(data string) string {
	sum := sha1.Sum([]byte(data))
	return data + string(sum[:])
}

// withoutObject takes an object out of an index of version 2.
func withoutObject(index []byte, id string) []byte {
	raw := []byte(unhex(id))
	n := int(binary.BigEndian.Uint32(index[8+255*4:]))
	ids := index[8+256*4:][:n*20]
	rank := 0
	for !bytes.Equal(ids[rank*20:][:20], raw) {
		rank++
	}
	out := bytes.Clone(index[:8])
	for i := range 256 {
		count := binary.BigEndian.Uint32(index[8+i*4:])
		if i >= int(raw[0]) {
			count--
		}
		out = binary.BigEndian.AppendUint32(out, count)
	}
	table := index[8+256*4:]
	for _, width := range []int{20, 4, 4} {
		out = append(append(out, table[:rank*width]...), table[(rank+1)*width:n*width]...)
		table = table[n*width:]
	}
	return []byte(sealed(string(out) + string(table[:20])))
}
