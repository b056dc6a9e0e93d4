// This file reads the texts and numbers of a report: without keys, however they are written, and within bounds.

package report

import (
	"encoding/base64"
	"math"
	"strings"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// to reads a text, without keys.
func (d *document) to(to *string) error {
	text, err := d.string()
	if err != nil {
		return err
	}
	if s, held := d.texts[string(text)]; held {
		*to = s
		return nil
	}
	*to = d.once(scanner.Conceal(string(text)))
	return nil
}

// toBytes reads a text for [exact], which hides keys in what it stands for.
func (d *document) toBytes(to *string) error {
	text, err := d.string()
	*to = string(text)
	return err
}

// toHash reads a text that should be a hash, which holds no key.
func (d *document) toHash(to *string) error {
	text, err := d.string()
	if err != nil {
		return err
	}
	if n := len(text); n != 32 && n != 40 && n != 64 || !isHex(text) {
		*to = d.once(scanner.Conceal(string(text)))
		return nil
	}
	if s, held := d.texts[string(text)]; held {
		*to = s
		return nil
	}
	*to = d.once(string(text))
	return nil
}

// once returns the text, which is held once however often it is read.
func (d *document) once(text string) string {
	s, held := d.texts[text]
	if !held {
		s = text
		if len(text) < 1<<10 && len(d.texts) < 1<<20 { // what is longer seldom stands twice
			d.texts[s] = s
		}
	}
	return s
}

func isHex[T string | []byte](s T) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// The most that reports may count. The sums of many are still numbers that JSON can hold.
const (
	maxCount = 1 << 40
	maxBytes = 1 << 50
)

func (d *document) toCount(to *int) error {
	n, err := d.atMost(maxCount)
	*to = int(n)
	return err
}

// toPlace reads a line's or a column's number. Readers of SARIF drop what has one that does not fit into 32 bits.
func (d *document) toPlace(to *int) error {
	n, err := d.atMost(math.MaxInt32)
	*to = int(n)
	return err
}

// exact returns the text that bytes, its base64, holds; shown if there are none.
func exact(bytes, shown string) string {
	if bytes == "" {
		return shown
	}
	text, err := base64.StdEncoding.DecodeString(bytes)
	if err != nil {
		return shown
	}
	concealed := scanner.Conceal(string(text))
	if scanner.Conceal(scanner.AsJSON(concealed)) != shown { // hiding may have hit it
		return shown
	}
	return concealed
}

// clip cuts a text for an error.
func clip(s string) string {
	const most = 100
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
