// This file encodes: a key inside its text, a marked region of a file, or the whole file.

package generator

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode/utf16"
)

// keyEncodings write a key another way in the place where it stands.
var keyEncodings = map[string]func(key string) string{
	"percent-underscore": func(k string) string { return strings.ReplaceAll(k, "_", "%5F") },
	"percent-lower":      func(k string) string { return strings.ReplaceAll(k, "_", "%5f") },
	"percent-first":      func(k string) string { return "%70" + k[1:] },
	"percent-all":        each("%%%02X"),
	"u-underscore":       func(k string) string { return strings.ReplaceAll(k, "_", `\u005f`) },
	"u-first":            func(k string) string { return `\u0070` + k[1:] },
	"u-all":              each(`\u%04x`),
	"u-brace":            each(`\u{%x}`),
	"x-underscore":       func(k string) string { return strings.ReplaceAll(k, "_", `\x5F`) },
	"x-first":            func(k string) string { return `\x70` + k[1:] },
	"x-all":              each(`\x%02x`),
	"html-underscore":    func(k string) string { return strings.ReplaceAll(k, "_", "&#95;") },
	"html-hex":           func(k string) string { return strings.ReplaceAll(k, "_", "&#x5F;") },
	"html-named":         func(k string) string { return strings.ReplaceAll(k, "_", "&lowbar;") },
	"html-all":           each("&#%d;"),
	"html-all-hex":       each("&#x%x;"),
	"qp-soft":            func(k string) string { return k[:len(k)/2] + "=\r\n" + k[len(k)/2:] },
	"qp-underscore":      func(k string) string { return strings.ReplaceAll(k, "_", "=5F") },
	"markdown":           func(k string) string { return strings.ReplaceAll(k, "_", `\_`) },
	"continued":          func(k string) string { return k[:len(k)/2] + "\\\n" + k[len(k)/2:] },
}

func each(format string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, format, s[i])
		}
		return b.String()
	}
}

// textEncodings write a whole value another way.
var textEncodings = map[string]func(text string) string{
	"percent":       func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") },
	"form":          url.QueryEscape,
	"json":          func(s string) string { return jsonString(s, false) },
	"json-slash":    func(s string) string { return strings.ReplaceAll(jsonString(s, false), "/", `\/`) },
	"json-html":     func(s string) string { return strings.ReplaceAll(jsonString(s, true), "=", `\u003d`) },
	"html":          strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace,
	"html-equals":   strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&#x22;", "'", "&#x27;", "=", "&#x3D;").Replace,
	"qp":            quotedPrintable,
	"base64":        func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64-raw":    func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },
	"base64url":     func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) },
	"base64url-raw": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"wrap60":        wrap(60),
	"wrap64":        wrap(64),
	"wrap76":        wrap(76),
	"basic":         func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s + ":")) },
	"hex":           func(s string) string { return hex.EncodeToString([]byte(s)) },
	"hex-upper":     func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"gzip-base64":   func(s string) string { return base64.StdEncoding.EncodeToString(gzipped([]byte(s))) },
	"powershell":    func(s string) string { return base64.StdEncoding.EncodeToString(utf16Of(s, binary.LittleEndian)) },
	"newline":       func(s string) string { return s + "\n" }, // echo key | base64
}

// wholeEncodings write the whole file another way; the file may get another path.
var wholeEncodings = map[string]func(p string, data []byte) (string, []byte){
	"crlf": func(p string, d []byte) (string, []byte) {
		d = bytes.ReplaceAll(d, []byte("\r\n"), []byte("\n"))
		return p, bytes.ReplaceAll(d, []byte("\n"), []byte("\r\n"))
	},
	"utf16le":     func(p string, d []byte) (string, []byte) { return p, utf16Of(string(d), binary.LittleEndian) },
	"utf16be":     func(p string, d []byte) (string, []byte) { return p, utf16Of(string(d), binary.BigEndian) },
	"utf16le-bom": func(p string, d []byte) (string, []byte) { return p, utf16Of("\ufeff"+string(d), binary.LittleEndian) },
	"utf16be-bom": func(p string, d []byte) (string, []byte) { return p, utf16Of("\ufeff"+string(d), binary.BigEndian) },
	"utf32le-bom": func(p string, d []byte) (string, []byte) { return p, utf32Of("\ufeff"+string(d), binary.LittleEndian) },
	"utf32be-bom": func(p string, d []byte) (string, []byte) { return p, utf32Of("\ufeff"+string(d), binary.BigEndian) },
	"utf8-bom":    func(p string, d []byte) (string, []byte) { return p, append([]byte("\ufeff"), d...) },
	"gzip":        func(p string, d []byte) (string, []byte) { return p + ".gz", gzipped(d) },
	"zip":         func(p string, d []byte) (string, []byte) { return "export.zip", zipped(p, d) },
	"zip-stored":  func(p string, d []byte) (string, []byte) { return "theme.zip", stored(p, d) },
}

func jsonString(s string, html bool) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(html)
	_ = enc.Encode(s) // a string can always be encoded, and a strings.Builder takes everything
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(b.String(), "\n"), `"`), `"`)
}

func wrap(columns int) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for len(s) > columns {
			b.WriteString(s[:columns] + "\n")
			s = s[columns:]
		}
		return b.String() + s
	}
}

// quotedPrintable encodes as a mailer does: lines of at most 76 characters.
func quotedPrintable(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		column := 0
		for i := range len(line) {
			if line[i] == '\n' {
				b.WriteString("\r\n")
				break
			}
			unit := line[i : i+1]
			if line[i] == '=' || line[i] >= 0x7f {
				unit = fmt.Sprintf("=%02X", line[i])
			}
			if column+len(unit) > 75 {
				b.WriteString("=\r\n")
				column = 0
			}
			b.WriteString(unit)
			column += len(unit)
		}
	}
	return b.String()
}

func utf16Of(s string, order binary.ByteOrder) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, 0, 0)
		order.PutUint16(out[len(out)-2:], u)
	}
	return out
}

func utf32Of(s string, order binary.ByteOrder) []byte {
	var out []byte
	for _, r := range s {
		out = append(out, 0, 0, 0, 0)
		order.PutUint32(out[len(out)-4:], uint32(r))
	}
	return out
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data) // a bytes.Buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

// zipped is an archive with the file at its path and one before it.
func zipped(name string, data []byte) []byte { return archive(zip.Deflate, name, data) }

// stored is the same without compression.
func stored(name string, data []byte) []byte { return archive(zip.Store, name, data) }

func archive(method uint16, name string, data []byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, member := range []struct {
		name string
		data []byte
	}{{path.Join(path.Dir(name), "NOTICE.txt"), []byte("Exported by the store's administrator.\n")}, {name, data}} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: member.name, Method: method})
		if err == nil {
			_, _ = f.Write(member.data)
		}
	}
	_ = w.Close()
	return b.Bytes()
}
