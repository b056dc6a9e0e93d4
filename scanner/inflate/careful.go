// This file decodes at the end of the output, where the fast loop has no room.

package inflate

// careful decodes symbols until the block ends, a match is to be copied, or there is no room.
func (d *Decoder) careful(t *tables) stop {
	s := &d.src
	for {
		if !s.refill() {
			return needInput
		}
		e := t.lit[s.bits&litMask]
		if e&isSubtable != 0 {
			s.drop(litBits)
			e = t.lit[uint64(e>>16)+s.bits&(1<<(e>>8&15)-1)]
		}
		before := s.bits
		s.drop(uint64(e))
		switch {
		case e&isLiteral != 0:
			if d.w == len(d.out) {
				return needRoom
			}
			d.out[d.w] = byte(e >> 16)
			d.w++
			continue
		case e&isEnd != 0:
			return blockEnd
		case e&isSpecial != 0:
			return badCode
		}
		d.length = int(e>>16&0x1ff) + int(before>>(e>>8&15)&uint64(e>>25))

		o := t.dist[s.bits&distMask]
		if o&isSubtable != 0 {
			s.drop(distBits)
			o = t.dist[o>>16&0xffff+s.bits&(1<<(o>>8&15)-1)]
		}
		if o&isSpecial != 0 {
			return badCode
		}
		d.dist = int(o>>16&0xffff) + int(s.bits>>(o>>8&15)&(o>>32))
		s.drop(o)
		if d.dist > d.w {
			return badCode
		}
		return needCopy
	}
}

// copyMatch copies the match that a loop left. It gives false when there is no room for it.
func (d *Decoder) copyMatch() bool {
	for len(d.out)-d.w < d.length {
		if !d.grow() {
			return false
		}
	}
	from, to := d.out[d.w-d.dist:], d.out[d.w:d.w+d.length]
	for i := range to { // one by one, since they may overlap
		to[i] = from[i]
	}
	d.w += d.length
	return true
}
