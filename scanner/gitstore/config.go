// This file reads the few keys of a repository's config that say how it is stored. Nothing else of a config is looked
// at: no include is followed, no command is known. go-git's decoder does not serve: it refuses the whole file for a
// name that is not UTF-8, for [section.sub], and for a key on its section's line, all of which git reads.

package gitstore

import (
	"strings"
)

// config maps "section.key" or "section.subsection.key" to its last value, section and key in lower case.
type config map[string]string

// parseConfig reads what git-config(1) calls the syntax, as far as it is clear, and passes over lines that are not.
func parseConfig(data []byte) config {
	c := config{}
	section := ""
	lines := strings.Split(string(data), "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines[i], "\ufeff"))
		if strings.HasPrefix(line, "[") {
			name, rest, ok := configSection(line)
			if !ok {
				continue
			}
			section, line = name, strings.TrimSpace(rest)
		}
		if line == "" || line[0] == '#' || line[0] == ';' || section == "" {
			continue
		}
		for strings.HasSuffix(line, `\`) && i+1 < len(lines) {
			i++
			line = line[:len(line)-1] + strings.TrimRight(lines[i], " \t\r")
		}
		key, value, found := strings.Cut(line, "=")
		if !found {
			value = "true"
		}
		c[section+"."+strings.ToLower(strings.TrimSpace(key))] = configValue(value)
	}
	return c
}

// configSection reads "[section]", "[section "sub"]" or the old "[section.sub]", and gives what follows it.
func configSection(line string) (name, rest string, ok bool) {
	quoted := false
	for i := 1; i < len(line); i++ {
		switch {
		case quoted && line[i] == '\\':
			i++
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ']' && !quoted:
			section, sub, found := strings.Cut(line[1:i], " ")
			name = strings.ToLower(section)
			if found {
				name += "." + configValue(sub)
			}
			return name, line[i+1:], true
		}
	}
	return "", "", false
}

// configValue takes off quotes, escapes, and a comment at the end.
func configValue(text string) string {
	var b strings.Builder
	quoted := false
	text = strings.TrimSpace(text)
	for i := 0; i < len(text); i++ {
		switch ch := text[i]; {
		case ch == '"':
			quoted = !quoted
		case ch == '\\' && i+1 < len(text):
			i++
			switch text[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case 'b':
				b.WriteByte('\b')
			default:
				b.WriteByte(text[i])
			}
		case (ch == '#' || ch == ';') && !quoted:
			return strings.TrimRight(b.String(), " \t")
		default:
			b.WriteByte(ch)
		}
	}
	return b.String()
}

func (c config) bool(key string) bool {
	switch strings.ToLower(c[key]) {
	case "true", "yes", "on", "1":
		return true
	}
	return false
}
