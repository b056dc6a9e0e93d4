// This file applies deltas (gitformat-pack(5), "Deltified representation").

package gitstore

import (
	"errors"
	"fmt"
)

var (
	errDelta  = errors.New("delta is damaged")
	errTooBig = errors.New("an object larger than 1 GiB, or than 32 MiB and 64 times what holds it, is not read")
)

// deltaSize reads a size as deltas write it: 7 bits per byte, least first.
func deltaSize(delta []byte) (size uint64, rest []byte, err error) {
	for i, b := range delta {
		if i > 8 {
			break
		}
		size |= uint64(b&0x7f) << (7 * i)
		if b&0x80 == 0 {
			return size, delta[i+1:], nil
		}
	}
	return 0, nil, errDelta
}

// deltaOp reads one instruction: a copy of n bytes of the base from off, or, when insert is not nil, its bytes.
func deltaOp(ops []byte) (off, n uint64, insert, rest []byte, err error) {
	op := ops[0]
	ops = ops[1:]
	if op&0x80 == 0 {
		if op == 0 || int(op) > len(ops) {
			return 0, 0, nil, nil, errDelta
		}
		return 0, uint64(op), ops[:op], ops[op:], nil
	}
	for i := range 7 {
		if op>>i&1 == 0 {
			continue
		}
		if len(ops) == 0 {
			return 0, 0, nil, nil, errDelta
		}
		if i < 4 {
			off |= uint64(ops[0]) << (8 * i)
		} else {
			n |= uint64(ops[0]) << (8 * (i - 4))
		}
		ops = ops[1:]
	}
	if n == 0 {
		n = 0x10000
	}
	return off, n, nil, ops, nil
}

// checkDelta goes through a delta without applying it and gives the size of its result. Memory is asked for only
// after that: a declared size alone is worth nothing. A result larger than limit is errTooBig.
func checkDelta(baseSize int, delta []byte, limit uint64) (size int, ops []byte, err error) {
	from, rest, err := deltaSize(delta)
	if err != nil {
		return 0, nil, err
	}
	to, rest, err := deltaSize(rest)
	if err != nil {
		return 0, nil, err
	}
	if from != uint64(baseSize) {
		return 0, nil, fmt.Errorf("delta is for a base of %d bytes, not of %d", from, baseSize)
	}
	if to > limit {
		return 0, nil, errTooBig
	}
	ops = rest
	sum := uint64(0)
	for len(rest) > 0 {
		off, n, insert, after, err := deltaOp(rest)
		if err != nil {
			return 0, nil, err
		}
		sum += n
		if insert == nil && off+n > from || sum > to {
			return 0, nil, errDelta
		}
		rest = after
	}
	if sum != to {
		return 0, nil, fmt.Errorf("delta makes %d bytes, declared are %d", sum, to)
	}
	return int(to), ops, nil
}

// applyDelta appends to dst what the instructions make of base. They have passed checkDelta.
func applyDelta(dst, base, ops []byte) []byte {
	for len(ops) > 0 {
		op := ops[0]
		if op&0x80 == 0 {
			dst = append(dst, ops[1:1+int(op)]...)
			ops = ops[1+int(op):]
			continue
		}
		off, n, _, rest, _ := deltaOp(ops)
		dst = append(dst, base[off:off+n]...)
		ops = rest
	}
	return dst
}
