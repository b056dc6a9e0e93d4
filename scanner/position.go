// This file counts lines and columns.

package scanner

import (
	"bytes"
	"unicode/utf8"
)

// Position is a place in a content. The zero value is its start.
type Position struct {
	Offset int64 // bytes before it
	Lines  int   // line ends (\n) before it
	Chars  int   // characters before it on its line
	UTF16  int   // the same in UTF-16 code units, as SARIF counts columns
}

// Line is the line's number, from 1.
func (p Position) Line() int { return p.Lines + 1 }

// Column is the character's number in the line, from 1.
func (p Position) Column() int { return p.Chars + 1 }

// ColumnUTF16 is the UTF-16 code unit's number in the line, from 1.
func (p Position) ColumnUTF16() int { return p.UTF16 + 1 }

// After returns the position behind text, which begins at p. A byte that is no UTF-8 counts as one character.
func (p Position) After(text []byte) Position {
	p.Offset += int64(len(text))
	if n := bytes.Count(text, newline); n > 0 {
		p.Lines += n
		p.Chars, p.UTF16 = 0, 0
		text = text[bytes.LastIndexByte(text, '\n')+1:]
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		p.Chars++
		p.UTF16++
		if r > 0xffff {
			p.UTF16++
		}
	}
	return p
}

var newline = []byte{'\n'}
