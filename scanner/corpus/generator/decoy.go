// This file makes what looks like a Klaviyo key and is none. The shapes stand in the templates' decoys.tsv.

package generator

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// decoy is a shape: of another vendor's key, an identifier, or a placeholder.
type decoy struct {
	kind  string // vendor, identifier, name or placeholder
	name  string
	shape string // text with <alphabet:length> for what is random
}

// decoys deals the shapes one after the other, so that each comes up as often as the others in each file of templates.
type decoys struct {
	all  []decoy
	turn map[string]int
}

// readDecoys reads decoys.tsv of the directory: kind, name, shape and what it is, between tabs.
func readDecoys(dir string) ([]decoy, error) {
	data, err := os.ReadFile(filepath.Join(dir, "decoys.tsv"))
	if err != nil {
		return nil, fmt.Errorf("read decoys: %w", err)
	}
	var all []decoy
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) != 4 {
			return nil, fmt.Errorf("read decoys: line %q: want kind, name, shape and what it is", line)
		}
		all = append(all, decoy{kind: cells[0], name: cells[1], shape: cells[2]})
	}
	return all, nil
}

// fits tells whether the decoy is of a kind: "decoy" is any, "vendor" without a name all that are values of somebody
// and nothing that a person typed.
func (d *decoy) fits(kind, name string) bool {
	if name != "" && name != d.name {
		return false
	}
	return kind == "decoy" || kind == d.kind || kind == "vendor" && name == "" && d.kind == "identifier"
}

// next makes the next decoy of a kind, or the one with the name.
func (d *decoys) next(kind, name string, rng *rand.Rand) (string, error) {
	var fit []decoy
	for _, each := range d.all {
		if each.fits(kind, name) {
			fit = append(fit, each)
		}
	}
	if len(fit) == 0 {
		return "", fmt.Errorf("no decoy of kind %q with name %q", kind, name)
	}
	turn := d.turn[kind+name]
	d.turn[kind+name]++
	return fit[turn%len(fit)].make(rng), nil
}

var random = regexp.MustCompile(`<([A-Za-z0-9]+):(\d+)>`)

func (d *decoy) make(rng *rand.Rand) string {
	f := filler{rng: rng}
	return random.ReplaceAllStringFunc(d.shape, func(part string) string {
		m := random.FindStringSubmatch(part)
		n, _ := strconv.Atoi(m[2]) // the expression allows only digits
		if m[1] == "host64" {      // Clerk: the address of the frontend API and a dollar sign
			return base64.RawStdEncoding.EncodeToString([]byte(f.random(lower, n) + ".accounts.dev$"))
		}
		return f.random(alphabets[m[1]], n)
	})
}
