// This file goes from block to block, and out of the fast loop and back where room ends.

package inflate

import "encoding/binary"

// blocks inflates all blocks of a stream.
func (d *Decoder) blocks() error {
	for {
		if !d.src.refill() {
			return ErrTruncated
		}
		final, kind := d.src.bits&1 != 0, d.src.bits>>1&3
		d.src.drop(3)
		var err error
		switch kind {
		case 0:
			err = d.stored()
		case 1:
			err = d.compressed(fixedTables())
		case 2:
			if err = d.readTables(); err == nil {
				err = d.compressed(&d.dynamic)
			}
		default:
			err = ErrCorrupt
		}
		if err != nil || final {
			return err
		}
	}
}

// stored copies a block that is stored as it is.
func (d *Decoder) stored() error {
	comp, at := d.src.comp, d.src.position()
	if len(comp)-at < 4 {
		return ErrTruncated
	}
	n, not := binary.LittleEndian.Uint16(comp[at:]), binary.LittleEndian.Uint16(comp[at+2:])
	if n != ^not {
		return ErrCorrupt
	}
	data := comp[at+4:]
	if len(data) < int(n) {
		return ErrTruncated
	}
	data = data[:n]
	for len(d.out)-d.w < len(data) {
		if !d.grow() {
			return ErrSize
		}
	}
	d.w += copy(d.out[d.w:], data)
	d.src.reset(comp, at+4+len(data))
	return nil
}

// compressed inflates the rest of a block with codes.
func (d *Decoder) compressed(t *tables) error {
	for {
		why := d.fast(t)
		if why == needRoom {
			if d.grow() {
				continue
			}
			why = d.careful(t)
		}
		switch why {
		case blockEnd:
			return nil
		case needInput:
			if !d.src.toTail() {
				return ErrTruncated
			}
		case needCopy:
			if !d.copyMatch() {
				return ErrSize
			}
		case needRoom:
			return ErrSize
		default:
			return ErrCorrupt
		}
	}
}

// grow makes out longer. It gives false when out has room for all that was declared.
func (d *Decoder) grow() bool {
	if len(d.out) >= d.size {
		return false
	}
	more := make([]byte, withSlack(min(d.size, max(2*len(d.out), 256))))
	copy(more, d.out[:d.w])
	d.out = more
	return true
}
