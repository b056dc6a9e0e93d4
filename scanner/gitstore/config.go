// This file reads the few keys of a repository's config that say how it is stored. Nothing else of a config is looked
// at: no include is followed, no command is known. go-git's decoder does not serve: it refuses the whole file for a
// name that is not UTF-8, for [section.sub], and for a key on its section's line, all of which git reads.

package gitstore

import (
	"strings"
)

// config maps "section.key" or "section.subsection.key" to its last value, section and key in lower case.
type config map[string]string

// parseConfig reads a configuration as git's config.c does, but for one thing: where git refuses the whole file, the
// line is passed over.
func parseConfig(data []byte) config {
	c := config{}
	p := configParser{text: strings.TrimPrefix(string(data), "\ufeff")}
	section := ""
	for p.at < len(p.text) {
		switch ch := p.next(); {
		case isSpace(ch):
		case ch == '[':
			if name, ok := p.section(); ok {
				section = name
			} else {
				p.line()
			}
		case isLetter(ch):
			p.at--
			key, value, ok := p.variable()
			if !ok {
				p.line()
			} else if section != "" {
				c[section+"."+key] = value
			}
		default:
			p.line() // a comment, or nothing that git reads
		}
	}
	return c
}

// configParser goes through a configuration byte by byte.
type configParser struct {
	text string
	at   int
}

// next gives a byte, "\r\n" as "\n", and "\n" at the end.
func (p *configParser) next() byte {
	rest := p.text[min(p.at, len(p.text)):]
	p.at++
	switch {
	case rest == "":
		return '\n'
	case strings.HasPrefix(rest, "\r\n"):
		p.at++
		return '\n'
	}
	return rest[0]
}

// line goes on to the end of the line, if it is not behind it.
func (p *configParser) line() {
	if p.at > 0 && p.at <= len(p.text) && p.text[p.at-1] == '\n' {
		return
	}
	for p.next() != '\n' {
		continue
	}
}

func isSpace(ch byte) bool { return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' }

func isLetter(ch byte) bool { return 'a' <= ch|0x20 && ch|0x20 <= 'z' }

func isKeyChar(ch byte) bool { return isLetter(ch) || '0' <= ch && ch <= '9' || ch == '-' }

// section reads what follows "[": "name]", "name.sub]", the old form, or "name "sub"]".
func (p *configParser) section() (string, bool) {
	begin := p.at
	for {
		switch ch := p.next(); {
		case ch == ']':
			return strings.ToLower(p.text[begin : p.at-1]), true
		case ch != '\n' && isSpace(ch):
			name := strings.ToLower(p.text[begin : p.at-1])
			for ch != '\n' && isSpace(ch) {
				ch = p.next()
			}
			if ch != '"' {
				return "", false
			}
			sub, ok := p.subsection()
			return name + "." + sub, ok
		case !isKeyChar(ch) && ch != '.':
			return "", false
		}
	}
}

// subsection reads what follows the first quote of a section's second name.
func (p *configParser) subsection() (string, bool) {
	var sub strings.Builder
	for {
		ch := p.next()
		if ch == '"' {
			return sub.String(), p.next() == ']'
		}
		if ch == '\\' {
			ch = p.next()
		}
		if ch == '\n' {
			return "", false
		}
		sub.WriteByte(ch)
	}
}

// variable reads "key = value", or a key alone, which is true.
func (p *configParser) variable() (key, value string, ok bool) {
	begin := p.at
	for p.at < len(p.text) && isKeyChar(p.text[p.at]) {
		p.at++
	}
	key = strings.ToLower(p.text[begin:p.at])
	ch := p.next()
	for ch == ' ' || ch == '\t' {
		ch = p.next()
	}
	switch ch {
	case '\n':
		return key, "true", true
	case '=':
		value, ok = p.value()
		return key, value, ok
	}
	return "", "", false
}

// value takes off quotes, escapes, space at both ends, and a comment. Space within counts as blanks.
func (p *configParser) value() (string, bool) {
	var b strings.Builder
	quoted, comment, blanks := false, false, 0
	for {
		ch := p.next()
		switch {
		case ch == '\n':
			return b.String(), !quoted
		case comment:
			continue
		case isSpace(ch) && !quoted:
			if b.Len() > 0 {
				blanks++
			}
			continue
		case (ch == ';' || ch == '#') && !quoted:
			comment = true
			continue
		}
		b.WriteString(strings.Repeat(" ", blanks))
		blanks = 0
		switch ch {
		case '"':
			quoted = !quoted
		case '\\':
			escaped := p.next()
			if escaped == '\n' {
				continue
			}
			i := strings.IndexByte(`tbn\"`, escaped)
			if i < 0 {
				return "", false
			}
			b.WriteByte("\t\b\n\\\""[i])
		default:
			b.WriteByte(ch)
		}
	}
}

func (c config) bool(key string) bool {
	switch strings.ToLower(c[key]) {
	case "true", "yes", "on", "1":
		return true
	}
	return false
}
