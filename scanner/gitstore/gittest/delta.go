// This file makes deltas: instructions that copy from a base and insert what is new, cut at random places.

package gittest

import "strconv"

func itoa(n int) string { return strconv.Itoa(n) }

// deltaSize encodes a size: 7 bits per byte, least first.
func deltaSize(out []byte, n int) []byte {
	for ; n >= 0x80; n >>= 7 {
		out = append(out, byte(n)|0x80)
	}
	return append(out, byte(n))
}

// delta makes instructions that turn base into target.
func (m *maker) delta(base, target string) []byte {
	out := deltaSize(deltaSize(nil, len(base)), len(target))
	if len(target) > 1<<18 || len(base) > 1<<18 {
		return m.ends(out, base, target)
	}
	block := 3 + m.Intn(14)
	at := map[string]int{}
	for i := 0; i+block <= len(base); i++ {
		if old, had := at[base[i:i+block]]; !had || i-old > 100 && m.chance(30) {
			at[base[i:i+block]] = i
		}
	}
	begin := 0 // of what is to be inserted
	for i := 0; i+block <= len(target); {
		from, ok := at[target[i:i+block]]
		if !ok || m.chance(2) {
			i++
			continue
		}
		n := block
		for from+n < len(base) && i+n < len(target) && base[from+n] == target[i+n] {
			n++
		}
		for from > 0 && i > begin && base[from-1] == target[i-1] && m.chance(90) {
			from, i, n = from-1, i-1, n+1
		}
		out = m.insert(out, target[begin:i])
		out = m.copies(out, from, n)
		i += n
		begin = i
	}
	return m.insert(out, target[begin:])
}

// ends copies what is the same at both ends.
func (m *maker) ends(out []byte, base, target string) []byte {
	short := min(len(base), len(target))
	head := 0
	for head < short && base[head] == target[head] {
		head++
	}
	tail := 0
	for tail < short-head && base[len(base)-1-tail] == target[len(target)-1-tail] {
		tail++
	}
	out = m.copies(out, 0, head)
	out = m.insert(out, target[head:len(target)-tail])
	return m.copies(out, len(base)-tail, tail)
}

func (m *maker) insert(out []byte, text string) []byte {
	for len(text) > 0 {
		n := min(len(text), 127)
		if m.chance(20) {
			n = 1 + m.Intn(n)
		}
		out = append(append(out, byte(n)), text[:n]...)
		text = text[n:]
	}
	return out
}

// copies copies n bytes in one instruction or several.
func (m *maker) copies(out []byte, from, n int) []byte {
	for n > 0 {
		k := min(n, 0xffffff)
		if k > 0x10000 && m.chance(60) {
			k = 0x10000 // as git does, and written without a size
		} else if m.chance(25) {
			k = 1 + m.Intn(k)
		}
		at := len(out)
		out = append(out, 0x80)
		for i, v := 0, from; i < 4; i, v = i+1, v>>8 {
			if byte(v) != 0 || m.chance(5) {
				out[at] |= 1 << i
				out = append(out, byte(v))
			}
		}
		size := k
		if k == 0x10000 {
			size = 0
		}
		for i, v := 0, size; i < 3; i, v = i+1, v>>8 {
			if byte(v) != 0 {
				out[at] |= 0x10 << i
				out = append(out, byte(v))
			}
		}
		from, n = from+k, n-k
	}
	return out
}
