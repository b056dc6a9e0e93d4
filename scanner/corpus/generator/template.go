// Package generator makes a labelled corpus from templates and a seed. The templates (testdata/corpus) are files as
// users write them, with placeholders where a key stands, so that no file of this repository holds a key; the README
// there says how they are written. The same templates and seed give the same bytes.
package generator

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// template is one file, or a few that belong together, and what must be found there.
type template struct {
	source    string   // the file of templates it stands in, without its extension
	rules     []string // one for each finding; empty for a look-alike
	files     []file
	forms     []string // key forms to make a plain sample of each; empty: one of them, mostly hex
	encodings []string // to make a sample of each
	variants  int      // how many samples of a look-alike, each with other decoys
	whole     bool     // also make a sample with the whole file encoded
	encoded   bool     // make no plain sample: the file is made for the encoded value
}

// file is one file of a template.
type file struct {
	path, text string
	crlf       bool
}

// name says which template it is, for people and for its random numbers.
func (t *template) name() string { return t.source + "/" + t.files[0].path }

// header begins a template.
const header = "@@@ "

// readTemplates reads the templates of the directory's .txt files, by file name and place in the file.
func readTemplates(dir string) ([]template, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("read templates: no .txt file in %q", dir)
	}
	slices.Sort(names)
	var all []template
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read templates: %w", err)
		}
		some, err := parse(strings.TrimSuffix(filepath.Base(name), ".txt"), string(data))
		if err != nil {
			return nil, fmt.Errorf("read templates: %s: %w", name, err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// parse reads the templates of one file. What stands before the first header is a comment.
func parse(source, text string) ([]template, error) {
	var all []template
	_, text, _ = strings.Cut("\n"+text, "\n"+header)
	for part := range strings.SplitSeq(text, "\n"+header) {
		head, body, _ := strings.Cut(part, "\n")
		words := strings.Fields(head)
		if len(words) < 2 {
			return nil, fmt.Errorf("header %q: want rules and a path", head)
		}
		f := file{path: words[1], text: strings.TrimRight(body, "\n") + "\n"}
		options := words[2:]
		if i := slices.Index(options, "crlf"); i >= 0 {
			f.crlf, options = true, slices.Delete(options, i, i+1)
		}
		if words[0] == "+" {
			if len(all) == 0 || len(options) > 0 {
				return nil, fmt.Errorf("header %q: a further file takes no options and follows another", head)
			}
			last := &all[len(all)-1]
			last.files = append(last.files, f)
			continue
		}
		t := template{source: source, files: []file{f}, variants: 1, whole: true}
		if words[0] != "none" {
			t.rules = strings.Split(words[0], ",")
		}
		for _, option := range options {
			if err := t.set(option); err != nil {
				return nil, fmt.Errorf("header %q: %w", head, err)
			}
		}
		all = append(all, t)
	}
	return all, nil
}

// set reads an option of a header.
func (t *template) set(option string) error {
	name, value, _ := strings.Cut(option, "=")
	var err error
	switch name {
	case "forms":
		t.forms = strings.Split(value, ",")
		if value == "all" {
			t.forms = []string{"site", "hex", "doc", "alpha"}
		}
	case "enc":
		t.encodings = strings.Split(value, ",")
	case "x":
		t.variants, err = strconv.Atoi(value)
	case "bare":
		t.whole = false
	case "encoded":
		t.whole, t.encoded = false, true
	default:
		err = fmt.Errorf("unknown option %q", option)
	}
	return err
}
