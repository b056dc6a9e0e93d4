// This file reads JSON value by value, within bounds: what is not wanted is passed over without being kept, and nothing is
// held but the text that is being read. encoding/json holds each element whole, however long a hostile one is.

package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxText  = 16 << 20 // bytes of a text that is kept
	maxDepth = 64       // of values in values
)

// parser reads one JSON value (RFC 8259). Its errors say in which line of the input it went wrong.
type parser struct {
	in      io.Reader
	buf     []byte
	at, end int // what of buf is still to be read
	line    int // from 1
	depth   int
	name    []byte // of the member that is being read
	text    []byte // of the text that is being read, if it does not lie in buf as it is
}

func newParser(in io.Reader) *parser {
	return &parser{in: in, buf: make([]byte, 64<<10), line: 1}
}

// errDamaged is wrapped by errors that say that the input is no JSON, or not what it should be.
var errDamaged = errors.New("damaged")

func (p *parser) damaged(format string, args ...any) error {
	return fmt.Errorf("%w in line %d: %s", errDamaged, p.line, fmt.Sprintf(format, args...))
}

// fill makes room for at least one more byte to read. At the end of the input it returns [io.EOF].
func (p *parser) fill() error {
	if p.at < p.end {
		return nil
	}
	for range 100 { // a reader that gives nothing again and again is broken
		n, err := p.in.Read(p.buf)
		if p.at, p.end = 0, n; n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// more is fill where the input must not end.
func (p *parser) more() error {
	err := p.fill()
	if errors.Is(err, io.EOF) {
		return p.damaged("it ends in the middle")
	}
	return err
}

// blank passes over blanks and line ends. At the end of the input it returns [io.EOF].
func (p *parser) blank() error {
	for {
		for ; p.at < p.end; p.at++ {
			switch p.buf[p.at] {
			case '\n':
				p.line++
			case ' ', '\t', '\r':
			default:
				return nil
			}
		}
		if err := p.fill(); err != nil {
			return err
		}
	}
}

// peek returns the next byte that is no blank.
func (p *parser) peek() (byte, error) {
	if err := p.blank(); errors.Is(err, io.EOF) {
		return 0, p.damaged("it ends in the middle")
	} else if err != nil {
		return 0, err
	}
	return p.buf[p.at], nil
}

// expect reads the byte c.
func (p *parser) expect(c byte) error {
	got, err := p.peek()
	if err != nil {
		return err
	}
	if got != c {
		return p.unexpected("%q was expected", c)
	}
	p.at++
	return nil
}

// unexpected says what the next byte is not.
func (p *parser) unexpected(wanted string, args ...any) error {
	c := p.buf[p.at]
	if mark := bytes.Repeat([]byte{c}, 7); strings.IndexByte("<=>|", c) >= 0 && bytes.HasPrefix(p.buf[p.at:p.end], mark) {
		return fmt.Errorf("has a conflict that git left, in line %d: take both sides, and see that each line but the last ends with a comma", p.line)
	}
	return p.damaged("%q where "+wanted, append([]any{c}, args...)...)
}

// object reads an object. member reads the value of each member; the name is valid until it does.
func (p *parser) object(member func(name []byte) error) error {
	return p.list('{', '}', func() error {
		name, err := p.string()
		if err != nil {
			return err
		}
		p.name = append(p.name[:0], name...)
		if err := p.expect(':'); err != nil {
			return err
		}
		return member(p.name)
	})
}

// array reads an array. element reads each.
func (p *parser) array(element func() error) error { return p.list('[', ']', element) }

func (p *parser) list(first, last byte, element func() error) error {
	if err := p.expect(first); err != nil {
		return err
	}
	if p.depth++; p.depth > maxDepth {
		return p.damaged("more than %d values in each other", maxDepth)
	}
	defer func() { p.depth-- }()
	c, err := p.peek()
	if err != nil {
		return err
	}
	if c == last {
		p.at++
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		c, err := p.peek()
		if err != nil {
			return err
		}
		p.at++
		switch c {
		case last:
			return nil
		case ',':
		default:
			p.at--
			return p.unexpected("a comma or %q was expected", last)
		}
	}
}

// string reads a text, which is valid until the next is read.
func (p *parser) string() ([]byte, error) {
	if err := p.expect('"'); err != nil {
		return nil, err
	}
	if n := bytes.IndexByte(p.buf[p.at:p.end], '"'); n >= 0 && plainText(p.buf[p.at:p.at+n]) {
		text := p.buf[p.at : p.at+n]
		p.at += n + 1
		return text, nil
	}
	p.text = p.text[:0]
	err := p.rest(func(piece ...byte) error {
		if len(p.text)+len(piece) > maxText {
			return p.damaged("a text of more than %d bytes", maxText)
		}
		p.text = append(p.text, piece...)
		return nil
	})
	if err == nil && !utf8.Valid(p.text) {
		err = p.damaged("a text that is no UTF-8")
	}
	return p.text, err
}

// plainText tells that a text stands for itself.
func plainText(text []byte) bool {
	for _, c := range text {
		if c < ' ' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// rest reads what follows of a text, and gives its pieces to take.
func (p *parser) rest(take func(piece ...byte) error) error {
	for {
		if err := p.more(); err != nil {
			return err
		}
		n := p.at
		for n < p.end && p.buf[n] >= ' ' && p.buf[n] != '"' && p.buf[n] != '\\' {
			n++
		}
		if err := take(p.buf[p.at:n]...); err != nil {
			return err
		}
		if p.at = n; n == p.end {
			continue
		}
		c := p.buf[n]
		p.at++
		switch c {
		case '"':
			return nil
		case '\\':
			r, err := p.escape()
			if err != nil {
				return err
			}
			if err := take(utf8.AppendRune(nil, r)...); err != nil {
				return err
			}
		default:
			return p.damaged("a control character in a text")
		}
	}
}

// escapes are the characters that have a short escape.
var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads what follows a backslash. Half a pair of surrogates is U+FFFD.
func (p *parser) escape() (rune, error) {
	c, err := p.next()
	if err != nil {
		return 0, err
	}
	if r, ok := escapes[c]; ok {
		return r, nil
	}
	if c != 'u' {
		return 0, p.damaged("an escape that is none")
	}
	high, err := p.unit()
	if err != nil || !utf16.IsSurrogate(high) {
		return high, err
	}
	// The second half stands directly behind, or there is none. Both its first bytes have to be seen before they are read.
	if err := p.keep(2); err != nil {
		return 0, err
	}
	if p.buf[p.at] != '\\' || p.buf[p.at+1] != 'u' || high >= 0xdc00 {
		return utf8.RuneError, nil
	}
	if err := p.keep(6); err != nil {
		return 0, err
	}
	at := p.at
	p.at += 2
	low, err := p.unit()
	if r := utf16.DecodeRune(high, low); err != nil || r != utf8.RuneError {
		return r, err
	}
	p.at = at // another escape follows, with its own meaning
	return utf8.RuneError, nil
}

// keep makes the next n bytes stand in buf.
func (p *parser) keep(n int) error {
	if p.end-p.at >= n {
		return nil
	}
	p.end = copy(p.buf, p.buf[p.at:p.end])
	p.at = 0
	for p.end < n {
		m, err := p.in.Read(p.buf[p.end:])
		if p.end += m; err != nil && p.end < n {
			if errors.Is(err, io.EOF) {
				err = p.damaged("it ends in the middle")
			}
			return err
		}
	}
	return nil
}

// unit reads four hex digits.
func (p *parser) unit() (rune, error) {
	var unit rune
	for range 4 {
		c, err := p.next()
		if err != nil {
			return 0, err
		}
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, p.damaged("an escape that is none")
		}
		unit = unit<<4 | rune(c)
	}
	return unit, nil
}

// next reads a byte.
func (p *parser) next() (byte, error) {
	if err := p.more(); err != nil {
		return 0, err
	}
	c := p.buf[p.at]
	p.at++
	return c, nil
}

// word reads a number, true, false or null, which is valid until the next is read.
func (p *parser) word() ([]byte, error) {
	const longest = 64 // of a number
	if _, err := p.peek(); err != nil {
		return nil, err
	}
	p.text = p.text[:0]
	for {
		err := p.fill()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		c := p.buf[p.at]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '-' || c == '+') {
			break
		}
		if p.text = append(p.text, c); len(p.text) > longest {
			return nil, p.damaged("a number of more than %d digits", longest)
		}
		p.at++
	}
	if len(p.text) == 0 {
		return nil, p.damaged("%q where a value was expected", p.buf[p.at])
	}
	if !isCount(p.text) && !json.Valid(p.text) {
		return nil, p.damaged("a value that is none")
	}
	return p.text, nil
}

// isCount tells that text is a whole number, not below 0, as JSON writes it.
func isCount(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return text[0] != '0' || len(text) == 1
}

// count reads a whole number, not below 0 and not larger than JavaScript can tell from the next.
func (p *parser) count() (int64, error) {
	text, err := p.word()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || !isCount(text) || n > 1<<53 {
		return 0, p.damaged("%.40q where a count was expected", text)
	}
	return n, nil
}

// atMost reads a count that is not above most.
func (p *parser) atMost(most int64) (int64, error) {
	n, err := p.count()
	if err == nil && n > most {
		err = p.damaged("%d where no more than %d makes sense", n, most)
	}
	return n, err
}

// maxSeconds is more than any scan takes: the sum of many is still a number.
const maxSeconds = 1e12

// seconds reads a number that is not below 0.
func (p *parser) seconds() (float64, error) {
	text, err := p.word()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseFloat(string(text), 64)
	if err != nil || n < 0 || n > maxSeconds {
		return 0, p.damaged("%.40q where a time was expected", text)
	}
	return n, nil
}

// truth reads true or false.
func (p *parser) truth() (bool, error) {
	text, err := p.word()
	if err != nil {
		return false, err
	}
	if s := string(text); s != "true" && s != "false" {
		return false, p.damaged("%.40q where true or false was expected", text)
	}
	return text[0] == 't', nil
}

// skip passes over a value.
func (p *parser) skip() error {
	c, err := p.peek()
	if err != nil {
		return err
	}
	switch c {
	case '{':
		return p.object(func([]byte) error { return p.skip() })
	case '[':
		return p.array(p.skip)
	case '"':
		p.at++
		return p.rest(func(...byte) error { return nil })
	}
	_, err = p.word()
	return err
}
