// Package config reads .klaviyolint.yaml, in which a repository says what is not to be scanned.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v4"
)

// Name is the file that is looked for in the directory that is scanned.
const Name = ".klaviyolint.yaml"

// File is a configuration. The zero value configures nothing.
type File struct {
	// Exclude lists doublestar patterns, relative to the directory that is scanned, of what is left out.
	Exclude []string `yaml:"exclude"`
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

// Parse reads the configuration in data, which came from name. Fields that it does not know are errors that name the
// line.
func Parse(name string, data []byte) (File, error) {
	var f File
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return File{}, fmt.Errorf("read configuration %s: %w (known fields: exclude)", name, err)
	}
	return f, nil
}
