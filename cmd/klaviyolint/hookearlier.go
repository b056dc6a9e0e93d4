// This file keeps a hook that was there before, so that it runs as if it still were. Some hooks are one program under
// many names and go by the one that they are called by, so it keeps its name, in a directory of its own.

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// earlierDir is in the directory of hooks.
const earlierDir = "before-klaviyolint"

// keepEarlier moves the hook at file to where it is kept. A link is made anew, for from there another way leads to the
// same place.
func keepEarlier(file, kept string) error {
	dir := filepath.Dir(kept)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if target, relative := relativeLink(file); relative {
		if err := os.Symlink("../"+target, kept); err != nil {
			return err
		}
		if err := os.Remove(file); err != nil {
			return errors.Join(err, os.Remove(kept))
		}
	} else if err := os.Rename(file, kept); err != nil {
		return err
	}
	linkBeside(dir)
	return nil
}

// putBack undoes keepEarlier, and replaces what is at file.
func putBack(kept, file string) error {
	if target, relative := relativeLink(kept); relative && strings.HasPrefix(target, "../") {
		link := file + ".tmp"
		if err := os.Symlink(strings.TrimPrefix(target, "../"), link); err != nil {
			return err
		}
		if err := os.Rename(link, file); err != nil {
			return errors.Join(err, os.Remove(link))
		}
		if err := os.Remove(kept); err != nil {
			return err
		}
	} else if err := os.Rename(kept, file); err != nil {
		return err
	}
	tidyEarlier(filepath.Dir(kept))
	return nil
}

// relativeLink returns where a link leads, if it is one that counts from where it stands.
func relativeLink(name string) (target string, ok bool) {
	target, err := os.Readlink(name)
	return target, err == nil && !filepath.IsAbs(target)
}

// linkBeside makes links to what stands beside the hooks: a hook may look for its parts in its own directory. Where
// there can be no links, as on some Windows, it has to look elsewhere.
func linkBeside(dir string) {
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil {
		return
	}
	for _, e := range entries {
		name := e.Name()
		if name != earlierDir && !slices.Contains(hookNames(), strings.TrimSuffix(name, ".legacy")) &&
			!strings.HasSuffix(name, ".sample") && !strings.HasSuffix(name, ".tmp") {
			_ = os.Symlink("../"+name, filepath.Join(dir, name))
		}
	}
}

// tidyEarlier removes the directory and the links in it when no hook is left.
func tidyEarlier(dir string) {
	for _, name := range hookNames() {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if target, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil && target == "../"+e.Name() {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	_ = os.Remove(dir) // if nothing else is in it
}
