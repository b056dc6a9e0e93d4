// Package corpus scores the scanner on a labelled directory: what it must find, and what it must leave alone. Any
// directory can be scored that holds a file labels.jsonl and, for each sample, a directory of its own:
//
//	labels.jsonl
//	0001/layout/theme.liquid
//	0002/.env
//
// The package knows nothing of how a corpus came about; scanner/corpus/generator makes one.
package corpus

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// LabelFile is the name of the file with the labels, at the top of a corpus.
const LabelFile = "labels.jsonl"

// Label says what is right for one sample; it is one line of [LabelFile].
type Label struct {
	Sample   string   `json:"sample"`   // the directory: "0001"
	Name     string   `json:"name"`     // for people: slot/file/form/encoding
	Path     string   `json:"path"`     // the file that matters, below the sample's directory
	Rules    []string `json:"rules"`    // the rules of the findings, one for each finding; empty: nothing may be found
	Encoding string   `json:"encoding"` // how what is to be found is written: "plain", "base64", "base64+utf16le-bom"
}

// ReadLabels reads the labels of the corpus in dir. A label that is twice there or names no sample is an error.
func ReadLabels(dir string) ([]Label, error) {
	file, err := os.Open(filepath.Join(dir, LabelFile))
	if err != nil {
		return nil, fmt.Errorf("read labels: %w", err)
	}
	defer file.Close()
	var labels []Label
	seen := map[string]bool{}
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		var l Label
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("read labels: line %d: %w", n, err)
		}
		if l.Sample == "" || !filepath.IsLocal(l.Sample) || seen[l.Sample] {
			return nil, fmt.Errorf("read labels: line %d: sample %q is empty, outside or twice there", n, l.Sample)
		}
		seen[l.Sample] = true
		labels = append(labels, l)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read labels: %w", err)
	}
	return labels, nil
}

// WriteLabels writes labels as [ReadLabels] reads them.
func WriteLabels(w io.Writer, labels []Label) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, l := range labels {
		if l.Rules == nil {
			l.Rules = []string{}
		}
		if err := enc.Encode(l); err != nil {
			return fmt.Errorf("write labels: %w", err)
		}
	}
	return nil
}
