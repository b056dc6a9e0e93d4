// This file makes what stands in for the placeholders: keys, public keys, decoys and other random text.

package generator

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
)

// The alphabets of keys and decoys.
const (
	digits   = "0123456789"
	lower    = "abcdefghijklmnopqrstuvwxyz"
	upper    = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lowerHex = digits + "abcdef"
	alnum    = digits + upper + lower
)

var alphabets = map[string]string{
	"an": alnum, "AN": digits + upper, "la": digits + lower, "lo": lower, "up": upper, "dig": digits,
	"hex": lowerHex, "HEX": digits + "ABCDEF", "b32": lower + "234567", "b64u": alnum + "-_", "check": "*#$=",
}

// filler fills one sample's placeholders. A placeholder that is there twice has one value; all that belongs to an
// account in a sample belongs to the same one.
type filler struct {
	rng     *rand.Rand
	form    string            // of {key}
	decoys  *decoys           // where {decoy}, {vendor} and {placeholder} come from
	values  map[string]string // what has been filled in, by placeholder
	secrets []string          // the keys and decoys among the values: what an encoding of keys is about
	publics []string          // the public keys among them: what it is about when there is nothing else
}

var placeholders = regexp.MustCompile(`\{(key|site|hex|doc|alpha|public|other|list|letters|decoy|vendor|placeholder|identifier|md5|sha1|sha256|base64|hexblob|uuid)(\d*)(?::([a-z0-9-]+))?\}`)

// fill puts values in place of the placeholders in text.
func (f *filler) fill(text string) (string, error) {
	var err error
	filled := placeholders.ReplaceAllStringFunc(text, func(whole string) string {
		if v, ok := f.values[whole]; ok {
			return v
		}
		m := placeholders.FindStringSubmatch(whole)
		v, e := f.value(m[1], m[3])
		if e != nil {
			err = fmt.Errorf("fill %s: %w", whole, e)
		}
		f.values[whole] = v
		switch m[1] {
		case "key", "site", "hex", "doc", "alpha", "decoy", "vendor", "placeholder":
			f.secrets = append(f.secrets, v)
		case "public":
			f.publics = append(f.publics, v)
		}
		return v
	})
	return filled, err
}

// value makes a value of a kind; argument is what stands after a colon: a decoy's name or a length.
func (f *filler) value(kind, argument string) (string, error) {
	if kind == "key" {
		kind = f.form
	}
	switch kind {
	case "site":
		return "pk_" + f.account() + "_" + f.body(lowerHex), nil
	case "hex":
		return "pk_" + f.body(lowerHex), nil
	case "doc":
		return "pk_" + f.body(alnum), nil
	case "alpha", "letters":
		return "pk_" + f.random(lower, 34), nil
	case "public":
		return f.account(), nil
	case "other", "list":
		return f.publicKey(), nil
	case "decoy", "vendor", "placeholder", "identifier":
		return f.decoys.next(kind, argument, f.rng)
	case "uuid":
		h := f.random(lowerHex, 32)
		return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:], nil
	}
	n, err := strconv.Atoi(argument)
	if kind == "md5" || kind == "sha1" || kind == "sha256" {
		n, err = map[string]int{"md5": 16, "sha1": 20, "sha256": 32}[kind], nil
	}
	if err != nil {
		return "", fmt.Errorf("want a number of bytes: %w", err)
	}
	raw := make([]byte, n)
	for i := range raw {
		raw[i] = byte(f.rng.Uint32())
	}
	if kind == "base64" {
		return base64.StdEncoding.EncodeToString(raw), nil
	}
	return hex.EncodeToString(raw), nil
}

// account is the public key of the sample's account.
func (f *filler) account() string {
	if f.values["account"] == "" {
		f.values["account"] = f.publicKey()
	}
	return f.values["account"]
}

// publicKey makes a public key as Klaviyo makes them, of letters in both cases and a digit: not a word.
func (f *filler) publicKey() string {
	for {
		s := f.random(alnum, 6)
		if strings.ContainsAny(s, digits) && strings.ContainsAny(s, lower) && strings.ContainsAny(s, upper) {
			return s
		}
	}
}

// body makes the last 34 characters of a key; none that could be taken for a placeholder, and with alnum none that is
// hex or has no digit.
func (f *filler) body(alphabet string) string {
	for {
		s := f.random(alphabet, 34)
		distinct := map[rune]bool{}
		for _, c := range s {
			distinct[c] = true
		}
		isHex := strings.Trim(s, lowerHex) == ""
		if len(distinct) >= 10 && strings.ContainsAny(s, digits) && strings.ContainsAny(s, lower) && isHex == (alphabet == lowerHex) {
			return s
		}
	}
}

// encodable is what an encoding of keys is about.
func (f *filler) encodable() []string {
	if len(f.secrets) > 0 {
		return f.secrets
	}
	return f.publics
}

func (f *filler) random(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[f.rng.IntN(len(alphabet))]
	}
	return string(b)
}
