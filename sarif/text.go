// This file makes text from outside fit for a SARIF file: sentences that deceive no reader, paths as URIs, names.

package sarif

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/sarif/stream"
)

// plain returns s for a sentence that a person reads on a page: with U+FFFD for each byte that is no UTF-8 and for each
// character that would change what is seen.
func plain(s string) string {
	return string(stream.Escape(nil, s, func(dst []byte, r rune, raw string) []byte {
		if r == '[' {
			return append(dst, raw...)
		}
		return utf8.AppendRune(dst, utf8.RuneError)
	}))
}

// uri returns path as a relative URI, from the root or, of an absolute path, from that of the machine: RFC 3986, keys masked. A colon is always encoded, or
// the first segment would be taken for a scheme (commit:3f2a…). Bytes that are no UTF-8 stay apart from each other.
func uri(path string) string {
	path = strings.TrimLeft(rules.Mask(path), "/")
	if path == "" {
		return "unknown"
	}
	var out strings.Builder
	for i := range len(path) {
		c := path[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9',
			strings.IndexByte("/-._~!$&'()*+,;=@", c) >= 0:
			out.WriteByte(c)
		default:
			const digits = "0123456789ABCDEF"
			out.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return out.String()
}

// pascal turns loader-company-id into LoaderCompanyId.
func pascal(id string) string {
	var out strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		if word != "" {
			out.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return out.String()
}

// sentence begins s with a capital and ends it with a period.
func sentence(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	s = strings.ToUpper(string(r)) + s[size:]
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// semantic is the grammar of https://semver.org, section "Is there a suggested regular expression".
var semantic = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)` +
		`(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?` +
		`(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$`)
})

// semanticVersion returns version without the v that Go puts before it, or "" when it is no semantic version.
func semanticVersion(version string) string {
	version = strings.TrimPrefix(version, "v")
	if !semantic().MatchString(version) {
		return ""
	}
	return version
}
