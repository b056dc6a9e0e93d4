// This file puts a hook into a directory, takes it out again, and tells what stands there. Nothing is written through a
// link, and each file comes under its name when it is whole.

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/klaviyolint/klaviyolint/scanner/report"
)

// slot is where the hook of a name stands, or would.
type slot struct {
	hook    hook
	dir     string
	file    string   // klaviyolint's: NAME, or NAME.legacy if a manager has NAME and runs that
	now     standing // at file
	main    standing // at NAME
	earlier standing // at before-klaviyolint/NAME
	by      *manager // who has NAME, if it is not klaviyolint; nil for nobody known
}

// standing is what stands at a place.
type standing struct {
	exists        bool
	mode          fs.FileMode // of a link, the link's
	runs          bool        // git would run it
	text          string      // "" if it is no text of the size that scripts have
	ours, changed bool        // klaviyolint's script; somebody has changed it
	binary        string      // with ours: the program that it runs
}

// mostScript is more bytes than anybody's script of a hook has.
const mostScript = 1 << 20

func standingAt(name string) (standing, error) {
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return standing{}, nil
	} else if err != nil {
		return standing{}, err
	}
	s := standing{exists: true, mode: info.Mode(), runs: executable(name)}
	target, err := os.Stat(name)
	if err != nil || !target.Mode().IsRegular() || target.Size() > mostScript {
		return s, nil //nolint:nilerr // a link to nothing: git runs nothing
	}
	f, err := os.Open(name)
	if err != nil {
		return s, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostScript))
	if err != nil {
		return s, fmt.Errorf("read %s: %w", name, err)
	}
	s.text = string(data)
	if s.mode.IsRegular() {
		s.ours, s.changed, s.binary = knownScript(s.text)
	}
	return s, nil
}

// executable tells whether git would run a file. On Windows it looks for a first line with #!, or just tries.
func executable(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular() && (runtime.GOOS == "windows" || info.Mode()&0o111 != 0)
}

// kept is where a hook is kept that was there before; keptName is that for people, from the directory of hooks.
func (at *slot) kept() string     { return filepath.Join(at.dir, earlierDir, at.hook.name) }
func (at *slot) keptName() string { return earlierDir + "/" + at.hook.name }

// slotIn looks at what stands in dir.
func slotIn(dir string, h hook) (*slot, error) {
	at := &slot{hook: h, dir: dir, file: filepath.Join(dir, h.name)}
	var err error
	if at.main, err = standingAt(at.file); err != nil {
		return at, err
	}
	at.now = at.main
	if at.earlier, err = standingAt(at.kept()); err != nil || at.main.ours {
		return at, err
	}
	if at.by = managerOf(dir, at.main.text); at.by != nil && at.by.legacy {
		at.file += ".legacy"
		at.now, err = standingAt(at.file)
	}
	return at, err
}

// obstacle says why the hook cannot be installed; nil if it can.
func (at *slot) obstacle(p *hookPlace) error {
	switch {
	case at.now.mode.IsDir():
		return fmt.Errorf("%s is a directory", at.file)
	case at.now.ours && at.now.changed:
		return fmt.Errorf("%s is klaviyolint's, and was changed since: to have it written anew, delete it", at.file)
	case at.now.ours || !at.now.exists:
		return nil
	case at.earlier.exists:
		return fmt.Errorf("%s is not klaviyolint's, and %s is kept from an earlier install: merge them into the first, and delete the second",
			at.file, at.keptName())
	case p.tracks(at.file):
		return fmt.Errorf("%s is tracked by git, so klaviyolint does not move it: add to it the line: klaviyolint hook run %s \"$@\" || exit",
			at.file, at.hook.name)
	}
	return nil
}

// install writes the script, and says what it did.
func (at *slot) install(s script) (string, error) {
	chain := at.now.exists && !at.now.ours
	chained := chain || at.earlier.exists
	text := s.text(at.hook, chained)
	if at.now.ours && at.now.text == text && at.now.runs {
		return "is installed already", nil
	}
	mode := fs.FileMode(0o755)
	if at.now.runs && at.now.mode.IsRegular() {
		mode = at.now.mode.Perm()
	}
	temporary, err := at.write(text, mode)
	if err != nil {
		return "", err
	}
	if chain {
		if err := keepEarlier(at.file, at.kept()); err != nil {
			return "", errors.Join(err, os.Remove(temporary))
		}
	}
	if err := os.Rename(temporary, at.file); err != nil {
		err = errors.Join(err, os.Remove(temporary))
		if chain {
			err = errors.Join(err, putBack(at.kept(), at.file))
		}
		return "", err
	}
	return at.told(chained, at.now.ours), nil
}

// told says what an install did.
func (at *slot) told(chained, again bool) string {
	text := "installed"
	if again {
		text = "brought up to date"
	}
	if at.by != nil {
		text += "; " + at.by.name + " runs it before its own hooks, as " + filepath.Base(at.file)
	}
	if chained {
		order := "before"
		if at.hook.first {
			order = "after"
		}
		text += "; the hook that was there runs " + order + " it, as " + at.keptName()
	}
	return text
}

// write writes the script to a temporary file beside its place.
func (at *slot) write(text string, mode fs.FileMode) (name string, err error) {
	name = fmt.Sprintf("%s.%d.tmp", at.file, os.Getpid())
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return "", fmt.Errorf("write %s: %w", at.file, cause(err))
	}
	_, err = f.WriteString(text)
	if err == nil && at.now.exists && runtime.GOOS != "windows" {
		err = f.Chmod(mode) // as the hook that it stands for, whatever the umask is
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(name))
	}
	return name, nil
}

// uninstall puts back what was there before, and says what it did.
func (at *slot) uninstall() (string, error) {
	if at.earlier.exists {
		if err := putBack(at.kept(), at.file); err != nil {
			return "", err
		}
		return "uninstalled; the hook that was there before is back", nil
	}
	return "uninstalled", os.Remove(at.file)
}

// status says what git would run, and whether klaviyolint is in it.
func (at *slot) status(p *hookPlace) (text string, runs bool) {
	switch {
	case !at.main.exists && at.by == nil:
		return "nothing", false
	case at.main.exists && !at.main.runs:
		return "nothing: the file there is not executable, so git ignores it", false
	case at.now.ours && at.now.changed:
		return "klaviyolint's script, changed since it was installed: it may call klaviyolint", false
	case at.now.ours && !at.now.runs:
		return "nothing: " + filepath.Base(at.file) + " is klaviyolint's, but not executable", false
	case at.now.ours && !executable(filepath.FromSlash(at.now.binary)):
		return "klaviyolint's script, but klaviyolint is not at " + at.now.binary, false
	case at.now.ours:
		return at.order(), true
	case at.by != nil:
		switch file, found := at.by.calls(p.top, at.hook.name, at.main.text); found {
		case called:
			return at.by.name + ", and " + file + " calls klaviyolint", true
		case mayCall:
			return at.by.name + ", and " + file + " may call klaviyolint: see that it runs klaviyolint hook run " + at.hook.name, false
		}
		return at.by.name + ", without klaviyolint", false
	}
	switch inScript(at.main.text, at.hook.name, false) {
	case called:
		return "a hook that is not klaviyolint's, and calls it", true
	case mayCall:
		return "a hook that is not klaviyolint's, and may call it: see that it runs klaviyolint hook run " + at.hook.name +
			", and ends with its exit code", false
	}
	return "a hook that is not klaviyolint's", false
}

// order says in which order klaviyolint and others run.
func (at *slot) order() string {
	text := "klaviyolint (" + at.now.binary + ")"
	earlier := at.keptName()
	switch {
	case at.earlier.exists && !at.earlier.runs:
		text += "; " + earlier + " is not executable, so it does not run"
	case at.earlier.exists && at.hook.first:
		text += ", then " + earlier
	case at.earlier.exists:
		text = earlier + ", then " + text
	}
	if at.by != nil {
		text += ", then " + at.by.name
	}
	return report.Show(text)
}
