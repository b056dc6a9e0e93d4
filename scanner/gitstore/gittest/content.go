// This file makes contents that grow by small edits, with keys in them, whole, disguised, and in halves.

package gittest

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"strings"
)

const (
	digits = "0123456789abcdef"
	alnum  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

func (m *maker) from62(letters string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[m.Intn(len(letters))]
	}
	return string(b)
}

func (m *maker) hex(n int) string { return m.from62(digits, n) }

// key gives a key, often one that is in the repository already.
func (m *maker) key() string {
	if len(m.keys) > 0 && m.chance(60) {
		return pick(m, m.keys)
	}
	key := "pk_"
	switch m.Intn(5) {
	case 0, 1:
		key += m.hex(34)
	case 2, 3:
		key += m.from62(alnum, 6) + "_" + m.hex(34)
	default:
		key += m.from62(alnum, 34)
	}
	m.keys = append(m.keys, key)
	return key
}

// wound stands in the middle of keys that a later edit heals: then both halves are copied by a delta, and it is only
// at the joint that there is a key.
const wound = "~!~"

// line gives a line of a file with a key, or a part of one.
func (m *maker) line() string {
	key := m.key()
	switch m.Intn(12) {
	case 0:
		key = key[:1+m.Intn(len(key)-1)]
	case 1:
		key = key[m.Intn(len(key)):]
	case 2, 3:
		at := m.Intn(len(key))
		key = key[:at] + wound + key[at:]
	case 4:
		key = strings.NewReplacer("p", `\u0070`, "_", `\x5f`).Replace(key[:4]) + key[4:]
	case 5:
		key = "pk%5F" + key[3:]
	}
	text := fmt.Sprintf(pick(m, []string{
		`<script src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=%s"></script>`,
		`KLAVIYO_PRIVATE_KEY=%s`, `NEXT_PUBLIC_KLAVIYO_KEY="%s"`, `{"company_id": "%s", "n": 1}`,
		`klaviyo.init({account: '%s'})`, `Authorization: Klaviyo-API-Key %s`, `%s`, `x%s`,
		`Klaviyo.initialize("%s")`, `https://a.klaviyo.com/client/events/?company_id=%s&x=1`,
	}), key)
	switch m.Intn(12) {
	case 0:
		return base64.StdEncoding.EncodeToString([]byte(text))
	case 1:
		return strings.ReplaceAll(text, "_", "&#95;")
	case 2:
		return strings.Repeat(m.hex(50)+" ", 1+m.Intn(60)) + text + strings.Repeat(" "+m.hex(30), m.Intn(40))
	}
	return text
}

// text gives lines, some with keys.
func (m *maker) text() string {
	n := m.Intn(25)
	if m.chance(8) {
		n *= 30
	}
	var b strings.Builder
	for range n {
		if m.chance(4) || n < 4 && m.chance(25) {
			b.WriteString(m.line() + pick(m, []string{"\n", "\n", "\r\n", ""}))
		} else {
			b.WriteString(m.hex(1+m.Intn(60)) + " " + pick(m, []string{"klaviyo", "pk_", "the", "k", "key"}) + "\n")
		}
	}
	return b.String()
}

func wide(text string, big bool) string {
	var b strings.Builder
	for i := range len(text) {
		if big {
			b.Write([]byte{0, text[i]})
		} else {
			b.Write([]byte{text[i], 0})
		}
	}
	return b.String()
}

// content gives the first version of a file.
func (m *maker) content() string {
	switch m.Intn(30) {
	case 0:
		return ""
	case 1:
		return "\xff\xfe" + wide(m.text()+m.line(), false)
	case 2:
		return wide(m.line()+"\n"+m.text(), true)
	case 3:
		return base64.StdEncoding.EncodeToString([]byte(m.text() + m.line() + "\n" + m.text()))
	case 4:
		return "\x00\x01\x02\xff" + m.line() + "\x00" + m.text()
	case 5:
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		fmt.Fprint(w, m.text(), m.line(), "\n", m.text())
		w.Close()
		return b.String()
	case 6, 7:
		if m.chance(2) {
			// More than a window of the scanner.
			return strings.Repeat(m.hex(1023)+"\n", 5000) + m.line() + m.text()
		}
		return strings.Repeat(m.hex(100)+"\n", m.Intn(2500)) + m.line() + "\n" + m.text()
	}
	return m.text()
}

// edit gives the next version of a content: some bytes more, fewer, others or elsewhere, often near a key.
func (m *maker) edit(text string) string {
	for range 1 + m.Intn(3) {
		from := m.Intn(len(text) + 1)
		if near := strings.Index(text[from:], "pk"); near >= 0 && m.chance(60) {
			from = min(len(text), from+near+m.Intn(50))
		}
		to := min(len(text), from+m.Intn(40))
		switch m.Intn(11) {
		case 0:
			text = text[:from] + m.line() + "\n" + text[from:]
		case 1:
			text = text[:from] + m.hex(1+m.Intn(30)) + text[from:]
		case 2:
			text = text[:from] + text[to:]
		case 3:
			text = text[:from] + m.hex(to-from) + text[to:]
		case 4:
			text = text[:from] + wound + text[from:]
		case 5, 6:
			text = strings.ReplaceAll(text, wound, "")
		case 7:
			// Half of a key here, the other half from elsewhere.
			key := m.key()
			at := m.Intn(len(key))
			text = text[:from] + key[:at] + "\n" + key[at:] + text[from:]
		case 8:
			if at := strings.IndexByte(text[from:], '\n'); at >= 0 {
				text = text[:from+at] + text[from+at+1:]
			}
		case 9:
			if len(text) < 1<<17 {
				text += text[from:to] + text[:from]
			}
		case 10:
			text = text[to:] + text[:from]
		}
	}
	return text
}

// name gives a file's or a directory's name.
func (m *maker) name() string {
	switch m.Intn(40) {
	case 0:
		return m.key()
	case 1:
		return "a\xff\xfe"
	case 2:
		return "new\nline\t\"quoted\""
	case 3:
		return "-x " + m.key() + ".bak"
	case 4:
		return `back\slash`
	case 5:
		return "ünï"
	case 6:
		return pick(m, []string{"...", " ", "a.", ".klaviyo", "*?[", "a:b"})
	}
	if len(m.names) > 0 && m.chance(60) {
		return pick(m, m.names)
	}
	name := m.hex(1+m.Intn(3)) + pick(m, []string{"", "", ".js", ".liquid", ".env", ".json", ".md", ".html", ".swift", ".gz", ".min.js"})
	m.names = append(m.names, name)
	return name
}

// path gives the path of a file.
func (m *maker) path() string {
	depth := m.Intn(4)
	if m.chance(3) {
		depth += m.Intn(40)
	}
	path := ""
	for range depth {
		path += pick(m, []string{"a", "b", "src", "theme", m.name()}) + "/"
	}
	return path + m.name()
}
