// Package stream writes the JSON of reports piece by piece, so that a report of any length needs the memory of one piece.
// Whatever it is given, what it writes has no raw key in it and can be shown in a terminal or a log as it is.
package stream

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/klaviyolint/klaviyolint/rules"
)

// Writer writes one JSON value, indented by two spaces. Its first error stops it, and Flush returns it.
type Writer struct {
	Compact bool // each piece in a line of its own: a third less to write, for files that only programs read

	out   *bufio.Writer
	open  []byte // the brackets to close, innermost last
	empty bool   // nothing was written yet in the innermost
	piece bytes.Buffer
	json  *json.Encoder // into piece
	lines []byte        // of the piece, indented
	safe  []byte        // of the piece, after Escape; all three are kept for the next
	err   error
}

// New returns a Writer to w.
func New(w io.Writer) *Writer {
	out := &Writer{out: bufio.NewWriterSize(w, 1<<16)}
	out.json = json.NewEncoder(&out.piece)
	out.json.SetEscapeHTML(false)
	return out
}

// Open begins an object ('{') or an array ('['), as the member name of the object that is open, or as the next element
// of the array that is open; name is then "".
func (w *Writer) Open(name string, bracket byte) {
	w.next(name)
	w.write(string(bracket))
	w.open = append(w.open, bracket+2) // } stands two behind {, and ] two behind [
	w.empty = true
}

// Close ends the innermost object or array.
func (w *Writer) Close() {
	last := len(w.open) - 1
	bracket := w.open[last]
	w.open = w.open[:last]
	if !w.empty {
		w.write("\n" + w.indent())
	}
	w.write(string(bracket))
	w.empty = false
}

// Put writes v as the member name, or as the next element (name is then ""). Its keys are masked in the finished text,
// where none can have been forgotten: a key is letters, digits and underscores, which JSON writes as they are. Each
// byte that is no UTF-8 becomes U+FFFD. Other characters stay what they were for a program that reads the JSON.
func (w *Writer) Put(name string, v any) {
	if w.err != nil {
		return
	}
	w.next(name)
	w.piece.Reset()
	if err := w.json.Encode(v); err != nil {
		w.err = fmt.Errorf("write %s as JSON: %w", describe(name), err)
		return
	}
	piece := bytes.TrimSuffix(w.piece.Bytes(), newline)
	if !w.Compact {
		w.lines = indent(w.lines[:0], piece, w.indent())
		piece = w.lines
	}
	text := rules.MaskBytes(piece)
	if !harmless(text) {
		w.safe = Escape(w.safe[:0], string(text), escapeJSON)
		text = w.safe
	}
	_, w.err = w.out.Write(text)
}

var newline = []byte{'\n'}

// Line returns v as JSON in one line, masked and harmless to show as what [Writer.Put] writes.
func Line(v any) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return Escape(nil, rules.Mask(strings.TrimSuffix(text.String(), "\n")), escapeJSON), nil
}

// Flush ends the text with a line end and returns the first error.
func (w *Writer) Flush() error {
	w.write("\n")
	if w.err != nil {
		return w.err
	}
	return w.out.Flush()
}

// next writes what stands between what was written last and the next value.
func (w *Writer) next(name string) {
	if len(w.open) > 0 {
		if !w.empty {
			w.write(",")
		}
		w.write("\n" + w.indent())
	}
	w.empty = false
	if name != "" {
		quoted, _ := json.Marshal(name)
		w.write(string(quoted) + ": ")
	}
}

func (w *Writer) indent() string { return strings.Repeat("  ", len(w.open)) }

func (w *Writer) write(s string) {
	if w.err == nil {
		_, w.err = w.out.WriteString(s)
	}
}

func describe(name string) string {
	if name == "" {
		return "an element"
	}
	return fmt.Sprintf("%q", name)
}

// Stamp returns t in UTC for the layout; "" when nobody knows the time, or when a commit claims a year that RFC 3339
// cannot write.
func Stamp(t time.Time, layout string) string {
	t = t.UTC()
	if t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return ""
	}
	return t.Format(layout)
}

// escapeJSON replaces a character of a JSON text by its \u escape, which stands for the same. Line ends are not part of
// a string but of the indentation: encoding/json has escaped those in strings, and all of C0.
func escapeJSON(dst []byte, r rune, raw string) []byte {
	if r == '\n' {
		return append(dst, raw...)
	}
	for _, unit := range utf16.Encode([]rune{r}) {
		dst = fmt.Appendf(dst, `\u%04x`, unit)
	}
	return dst
}
