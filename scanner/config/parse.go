// This file turns the YAML of a configuration into its fields, one kind of value after the other. It walks the nodes by
// hand, because the errors have to name lines, and what is not expected has to be an error.

package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"

	"github.com/klaviyolint/klaviyolint/rules"
)

const (
	maxEntries = 1000 // of a list
	maxText    = 500  // bytes of a value; a pattern may be longer
	maxPattern = 4096
)

// parse reads the whole of data.
func parse(data []byte) (File, error) {
	var f File
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document, another yaml.Node
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		return f, err
	}
	if err := decoder.Decode(&another); !errors.Is(err, io.EOF) {
		return f, fail(&another, "a configuration is one YAML document")
	}
	lines := bytes.Split(data, []byte{'\n'})
	err := fields(document.Content[0], "the configuration", map[string]func(*yaml.Node) error{
		"public-key": func(n *yaml.Node) error { return publicKeys(n, &f.PublicKeys) },
		"exclude":    func(n *yaml.Node) error { return list(n, "exclude", pattern(&f.Exclude)) },
		"rules":      func(n *yaml.Node) error { return levels(n, &f) },
		"ignore": func(n *yaml.Node) error {
			return list(n, "ignore", func(n *yaml.Node) error { return ignore(n, lines, &f) })
		},
	}, "public-key", "exclude", "rules", "ignore")
	return f, err
}

// fail is an error about what stands at n.
func fail(n *yaml.Node, format string, args ...any) error {
	if n.Line == 0 {
		return fmt.Errorf(format, args...)
	}
	return fmt.Errorf("line %d: "+format, append([]any{n.Line}, args...)...)
}

// plain refuses what YAML has besides values: names that stand for another part of the file can make a small file a huge
// one.
func plain(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return fail(n, "anchors and aliases (& and *) are not allowed; put a value that begins so in quotes")
	case n.Style&yaml.TaggedStyle != 0:
		return fail(n, "tags (!) are not allowed; put a value that begins so in quotes")
	}
	return nil
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// fields reads a mapping of known fields; known lists them as an error does.
func fields(n *yaml.Node, what string, read map[string]func(*yaml.Node) error, known ...string) error {
	return pairs(n, what, func(key, value *yaml.Node) error {
		r, ok := read[key.Value]
		if !ok {
			return fail(key, "unknown field %q (known fields: %s)", clip(key.Value), strings.Join(known, ", "))
		}
		return r(value)
	})
}

// pairs reads a mapping. Nothing at all is an empty one.
func pairs(n *yaml.Node, what string, read func(key, value *yaml.Node) error) error {
	if err := plain(n); err != nil || isNull(n) {
		return err
	}
	if n.Kind != yaml.MappingNode {
		return fail(n, "%s has to be fields with values (field: value)", what)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if err := plain(key); err != nil {
			return err
		}
		if key.Kind != yaml.ScalarNode || seen[key.Value] {
			return fail(key, "field %q of %s stands twice or is no word", clip(key.Value), what)
		}
		seen[key.Value] = true
		if err := read(key, value); err != nil {
			return err
		}
	}
	return nil
}

// list reads a list. Nothing at all is an empty one.
func list(n *yaml.Node, what string, read func(*yaml.Node) error) error {
	if err := plain(n); err != nil || isNull(n) {
		return err
	}
	switch {
	case n.Kind != yaml.SequenceNode:
		return fail(n, "%s has to be a list (- value)", what)
	case len(n.Content) > maxEntries:
		return fail(n, "%s has more than %d entries", what, maxEntries)
	}
	for _, entry := range n.Content {
		if err := read(entry); err != nil {
			return err
		}
	}
	return nil
}

// text reads a value that is a text of at most most bytes.
func text(n *yaml.Node, what string, most int) (string, error) {
	switch err := plain(n); {
	case err != nil:
		return "", err
	case n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" || isNull(n):
		return "", fail(n, "%s has to be a text", what)
	case len(n.Value) > most:
		return "", fail(n, "%s is longer than %d bytes", what, most)
	}
	return strings.TrimSpace(n.Value), nil
}

// pattern reads a pattern into a list.
func pattern(to *[]string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		p, err := text(n, "a pattern of exclude", maxPattern)
		*to = append(*to, p)
		return err
	}
}

// publicKeys reads a public key or a list of them.
func publicKeys(n *yaml.Node, to *[]string) error {
	if n.Kind == yaml.SequenceNode {
		return list(n, "public-key", func(n *yaml.Node) error { return publicKey(n, to) })
	}
	return publicKey(n, to)
}

// Compiled when the first is read: most repositories have no configuration, and hooks have no time.
var (
	isPublicKey   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9]{6}$`) })
	isFingerprint = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{32}$`) })
)

// publicKey reads a public key. A wrong value is not repeated: it may be the private one.
func publicKey(n *yaml.Node, to *[]string) error {
	value, err := text(n, "public-key", maxText)
	switch {
	case err != nil:
		return err
	case strings.HasPrefix(value, "pk_"):
		return fail(n, "public-key holds a private API key: put the account's public key there, the 6-character site ID, and "+
			"replace the private one in Klaviyo, for it counts as stolen")
	case !isPublicKey().MatchString(value):
		return fail(n, "public-key has to be the account's public key, 6 letters and digits, or a list of such keys")
	}
	*to = append(*to, value)
	return nil
}

// levels reads the levels of rules.
func levels(n *yaml.Node, f *File) error {
	f.Levels = map[*rules.Rule]rules.Level{}
	return pairs(n, "rules", func(key, value *yaml.Node) error {
		r, err := rule(key)
		if err != nil {
			return err
		}
		level, err := text(value, "the level of "+r.ID, maxText)
		if err != nil {
			return err
		}
		if level == "off" {
			f.Levels[r] = 0
			return nil
		}
		if f.Levels[r], err = rules.ParseLevel(level); err != nil {
			return fail(value, "level %q of %s is not one of error, warning, note, off", clip(level), r.ID)
		}
		return nil
	})
}

// rule reads the ID of a rule.
func rule(n *yaml.Node) (*rules.Rule, error) {
	id, err := text(n, "a rule", maxText)
	if err != nil {
		return nil, err
	}
	r := rules.ByID(id)
	if r == nil {
		return nil, fail(n, "unknown rule %q: the nearest is %s; run klaviyolint rules to see all", clip(id), rules.Nearest(id).ID)
	}
	return r, nil
}

// ignore reads an entry of the list ignore.
func ignore(n *yaml.Node, lines [][]byte, f *File) error {
	i := Ignore{Line: n.Line, Column: n.Column}
	if n.Line > 0 && n.Line <= len(lines) {
		i.Text = strings.TrimSuffix(string(lines[n.Line-1]), "\r")
	}
	err := fields(n, "an entry of ignore", map[string]func(*yaml.Node) error{
		"fingerprint": func(n *yaml.Node) (err error) {
			i.Fingerprint, err = text(n, "fingerprint", maxText)
			if err == nil && !isFingerprint().MatchString(i.Fingerprint) {
				err = fail(n, "fingerprint has to be the 32 hex digits that -v and the JSON report show for a finding")
			}
			return err
		},
		"path":   func(n *yaml.Node) (err error) { i.Path, err = text(n, "path", maxPattern); return err },
		"reason": func(n *yaml.Node) (err error) { i.Reason, err = text(n, "reason", maxText); return err },
		"rule":   func(n *yaml.Node) (err error) { i.Rule, err = rule(n); return err },
		"history": func(n *yaml.Node) error {
			if i.History = n.Value == "true"; n.Kind != yaml.ScalarNode || !i.History && n.Value != "false" {
				return fail(n, "history has to be true or false")
			}
			return plain(n)
		},
	}, "fingerprint", "path", "rule", "history", "reason")
	switch {
	case err != nil:
		return err
	case i.Fingerprint == "" && i.Path == "":
		return fail(n, "an entry of ignore needs a fingerprint or a path")
	case i.Reason == "":
		return fail(n, "an entry of ignore needs a reason: why is %s no finding?", clip(i.String()))
	}
	f.Ignore = append(f.Ignore, i)
	return nil
}

// clip cuts a value for an error. Keys are masked first, so that none is cut through.
func clip(s string) string {
	const most = 100
	s = rules.Mask(s)
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
