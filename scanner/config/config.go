// Package config reads .klaviyolint.yaml, in which a repository says what is not to be scanned.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"go.yaml.in/yaml/v4"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// Name is the file that is looked for in the directory that is scanned.
const Name = ".klaviyolint.yaml"

// File is a configuration file. The zero value is no configuration.
type File struct {
	// Exclude lists doublestar patterns, relative to the file's directory, of what is not scanned.
	Exclude []string `yaml:"exclude"`
}

// maxSize bounds what is read of a configuration, in bytes.
const maxSize = 1 << 20

// Find reads the configuration in dir, a slash-separated path. There need not be one.
func Find(dir string) (File, error) {
	name := path.Join(dir, Name)
	if _, err := os.Lstat(name); errors.Is(err, os.ErrNotExist) {
		return File{}, nil
	}
	return Read(name)
}

// Read reads the configuration at name. Fields that it does not know are errors that name the line.
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
	var f File
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return File{}, fmt.Errorf("read configuration %s: %w (known fields: exclude)", name, err)
	}
	return f, nil
}

// Globs returns the globs that the configuration in dir makes, with include and exclude of the command line added.
func (f File) Globs(dir string, include, exclude []string) scanner.Globs {
	return scanner.Globs{Base: path.Clean(dir), Include: include, Exclude: append(f.Exclude[:len(f.Exclude):len(f.Exclude)], exclude...)}
}
