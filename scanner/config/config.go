// Package config reads .klaviyolint.yaml, in which a repository says what is not to be scanned, what it knows of its
// findings, and which public key is its own. The file comes with what is scanned, so it is read as what an enemy wrote:
// bounded, without aliases, and what is not known is an error.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klaviyolint/klaviyolint/rules"
)

// Name is the file that is looked for in the directory that is scanned.
const Name = ".klaviyolint.yaml"

// File is a configuration. The zero value configures nothing.
type File struct {
	// PublicKeys lists the public keys of the accounts that the code is for.
	PublicKeys []string
	// Exclude lists doublestar patterns, relative to the directory that is scanned, of what is left out.
	Exclude []string
	// Levels holds the levels of rules that differ from their own; 0 turns a rule off.
	Levels map[*rules.Rule]rules.Level
	// Ignore lists what suppresses findings.
	Ignore []Ignore
}

// Ignore suppresses the findings that it describes in all that it says. It says a fingerprint, a path or both.
type Ignore struct {
	Fingerprint string      // of the finding
	Path        string      // a doublestar pattern, relative to the directory that is scanned
	Rule        *rules.Rule // nil: any
	Reason      string
	History     bool // for findings of the history only

	Line, Column int    // where it stands, from 1
	Text         string // its line
}

// String returns what the entry describes, as it may stand in a sentence: "path: docs/**".
func (i *Ignore) String() string {
	text := ""
	for _, field := range [][2]string{{"fingerprint", i.Fingerprint}, {"path", i.Path}} {
		if field[1] != "" {
			text += ", " + field[0] + ": " + field[1]
		}
	}
	if i.Rule != nil {
		text += ", rule: " + i.Rule.ID
	}
	return text[min(len(text), 2):]
}

// maxSize bounds what is read of a configuration, in bytes.
const maxSize = 1 << 20

// Find reads the configuration in dir. There need not be one. A link is not followed: it may lead out of the tree.
func Find(dir string) (File, error) {
	name := filepath.Join(dir, Name)
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return File{}, nil // a directory that cannot be entered is the scan's to report
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		return File{}, fmt.Errorf("read configuration %s: is a symbolic link", name)
	}
	return Read(name)
}

// Read reads the configuration at name.
func Read(name string) (File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return File{}, fmt.Errorf("read configuration: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxSize {
		return File{}, fmt.Errorf("read configuration %s: not a file of at most %d bytes", name, maxSize)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return File{}, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(name, data)
}

// Parse reads the configuration in data, which came from name. What it does not know is an error that names the line.
func Parse(name string, data []byte) (File, error) {
	if len(data) > maxSize {
		return File{}, fmt.Errorf("read configuration %s: it is larger than %d bytes", name, maxSize)
	}
	f, err := parse(data)
	if err != nil {
		return File{}, fmt.Errorf("read configuration %s: %w", name, err)
	}
	return f, nil
}
