// This file indents JSON. encoding/json's own indenting takes longer than all else that is done to a piece.

package stream

import "bytes"

// indent appends src, the JSON of one value without blanks between its tokens, to dst: each member and element on a line of
// its own, behind prefix and two spaces for each level, as json.Indent does.
func indent(dst, src []byte, prefix string) []byte {
	const unit = "  "
	depth := 0
	line := func() {
		dst = append(dst, '\n')
		dst = append(dst, prefix...)
		for range depth {
			dst = append(dst, unit...)
		}
	}
	for len(src) > 0 {
		c := src[0]
		src = src[1:]
		switch c {
		case '"':
			end := textEnd(src)
			dst = append(append(dst, '"'), src[:end]...)
			src = src[end:]
		case '{', '[':
			dst = append(dst, c)
			if len(src) > 0 && src[0] == c+2 { // } stands two behind {, and ] two behind [
				dst = append(dst, src[0])
				src = src[1:]
				continue
			}
			depth++
			line()
		case '}', ']':
			depth--
			line()
			dst = append(dst, c)
		case ',':
			dst = append(dst, ',')
			line()
		case ':':
			dst = append(dst, ": "...)
		default: // of a number, true, false, null
			dst = append(dst, c)
		}
	}
	return dst
}

// textEnd returns where the text that src begins in ends, behind its closing quote.
func textEnd(src []byte) int {
	for at := 0; ; at++ {
		n := bytes.IndexByte(src[at:], '"')
		if n < 0 {
			return len(src)
		}
		at += n
		escapes := 0
		for at-escapes > 0 && src[at-escapes-1] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return at + 1
		}
	}
}
