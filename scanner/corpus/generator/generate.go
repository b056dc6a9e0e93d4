// This file crosses templates with key forms and encodings, and writes the corpus.

package generator

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klaviyolint/klaviyolint/scanner/corpus"
)

// The marks around a region: what an encoding of texts applies to.
const open, shut = "«", "»"

// Generate reads the templates in the directory templates and writes the corpus of seed into dir, which must be new
// or empty. It returns the labels that it wrote.
func Generate(templates string, seed uint64, dir string) ([]corpus.Label, error) {
	all, err := readTemplates(templates)
	if err != nil {
		return nil, err
	}
	shapes, err := readDecoys(templates)
	if err != nil {
		return nil, err
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("generate corpus: %q is not empty", dir)
	}
	g := &generation{seed: seed, dir: dir, made: map[string]int{}}
	for i := range all {
		if i == 0 || all[i].source != all[i-1].source {
			g.decoys = &decoys{all: shapes, turn: map[string]int{}}
		}
		if err := g.cross(i, &all[i]); err != nil {
			return nil, fmt.Errorf("generate corpus: template %s: %w", all[i].name(), err)
		}
	}
	return g.labels, g.writeLabels()
}

// generation is one run of [Generate].
type generation struct {
	seed   uint64
	dir    string
	decoys *decoys
	labels []corpus.Label
	made   map[string]int // samples of the same template, form and encoding
}

// keyForms are the forms that count anywhere; letters only count in a Klaviyo slot, so a template asks for them.
var keyForms = []string{"site", "hex", "doc"}

// rotation is what whole files are encoded as, one after the other.
var rotation = []string{
	"utf16le-bom", "zip", "utf16be-bom", "gzip", "utf16le", "crlf", "utf32le-bom", "zip-stored", "utf16be", "utf32be-bom", "utf8-bom",
}

// cross makes the samples of the template at index i: plain, with each form; with each of its encodings; and in a file
// that is encoded as a whole.
func (g *generation) cross(i int, t *template) error {
	forms := t.forms
	if forms == nil {
		forms = []string{[]string{"hex", "site", "hex", "doc"}[i%4]}
	}
	if !t.takesForm() {
		forms = forms[:1]
	}
	plain := forms
	if t.encoded {
		plain = nil
	}
	for _, form := range plain {
		for range t.variants {
			if err := g.sample(t, form, "plain"); err != nil {
				return err
			}
		}
	}
	encodings := t.encodings
	if t.whole {
		encodings = append(slices.Clone(encodings), rotation[i%len(rotation)])
	}
	if t.forms == nil {
		forms = keyForms
	}
	for j, encoding := range encodings {
		if err := g.sample(t, forms[(i+j)%len(forms)], encoding); err != nil {
			return err
		}
	}
	return nil
}

// takesForm tells whether the template holds a key whose form is crossed.
func (t *template) takesForm() bool {
	return slices.ContainsFunc(t.files, func(f file) bool {
		return slices.ContainsFunc(placeholders.FindAllStringSubmatch(f.text, -1), func(m []string) bool { return m[1] == "key" })
	})
}

// sample makes one sample and its label.
func (g *generation) sample(t *template, form, encoding string) error {
	number := fmt.Sprintf("%04d", len(g.labels)+1)
	same := strings.Join([]string{t.name(), t.files[0].text, form, encoding}, "\x00")
	sum := fnv.New64a()
	fmt.Fprint(sum, same, g.made[same]) // what is added to the templates changes no other sample's keys
	g.made[same]++
	f := &filler{rng: rand.New(rand.NewPCG(g.seed, sum.Sum64())), form: form, decoys: g.decoys, values: map[string]string{}}
	label := corpus.Label{Sample: number, Rules: t.rules, Encoding: encoding}
	for i, file := range t.files {
		text, err := f.fill(file.text)
		if err != nil {
			return err
		}
		// Only the first file is encoded; the others are there beside it.
		chain := strings.Split(encoding, "+")
		if i > 0 {
			chain = []string{"plain"}
		}
		if file.crlf {
			chain = append([]string{"crlf"}, chain...)
		}
		name, data, err := encode(chain, file.path, text, f.encodable())
		if err != nil {
			return err
		}
		if i == 0 {
			label.Path = name
		}
		if err := g.write(path.Join(number, name), data); err != nil {
			return err
		}
	}
	kind := form
	if !t.takesForm() {
		kind = "fixed"
		if len(t.rules) == 0 {
			kind = "none"
		}
	}
	label.Name = strings.Join([]string{t.source, t.files[0].path, kind, encoding}, " / ")
	g.labels = append(g.labels, label)
	return nil
}

// encode applies a chain of encodings to a file: those of keys and of texts to its regions, or where it has none to
// its keys; then those of whole files. The marks of the regions go.
func encode(chain []string, name, text string, keys []string) (string, []byte, error) {
	for _, step := range chain {
		if _, whole := wholeEncodings[step]; whole || step == "plain" {
			continue
		}
		var err error
		if text, err = encodeText(step, text, keys); err != nil {
			return "", nil, err
		}
	}
	data := []byte(strings.NewReplacer(open, "", shut, "").Replace(text))
	for _, step := range chain {
		if whole := wholeEncodings[step]; whole != nil {
			name, data = whole(name, data)
		}
	}
	return name, data, nil
}

// encodeText applies one step to the regions of text, which keep their marks for the next step.
func encodeText(step, text string, keys []string) (string, error) {
	if !strings.Contains(text, open) {
		for _, key := range keys {
			text = strings.ReplaceAll(text, key, open+key+shut)
		}
	}
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, open)
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		region, after, closed := strings.Cut(rest, shut)
		if !closed {
			return "", fmt.Errorf("a region is not closed")
		}
		encoded, err := encodeRegion(step, out.String(), region, keys)
		if err != nil {
			return "", err
		}
		out.WriteString(open + encoded + shut)
		text = after
	}
}

func encodeRegion(step, before, region string, keys []string) (string, error) {
	if byKey := keyEncodings[step]; byKey != nil {
		for _, key := range keys {
			region = strings.ReplaceAll(region, key, byKey(key))
		}
		return region, nil
	}
	if byText := textEncodings[step]; byText != nil {
		return byText(region), nil
	}
	if _, known := splits[step]; known {
		return split(step, before, region, keys)
	}
	return "", fmt.Errorf("unknown encoding %q", step)
}

// write writes a file of the corpus.
func (g *generation) write(name string, data []byte) error {
	full := filepath.Join(g.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return fmt.Errorf("write sample: %w", err)
	}
	if err := os.WriteFile(full, data, 0o644); err != nil {
		return fmt.Errorf("write sample: %w", err)
	}
	return nil
}

func (g *generation) writeLabels() error {
	var b strings.Builder
	if err := corpus.WriteLabels(&b, g.labels); err != nil {
		return err
	}
	return g.write(corpus.LabelFile, []byte(b.String()))
}
