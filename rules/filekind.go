// This file tells what becomes of a file: whether its text ships to browsers or apps, or stays on a server.

package rules

// FileKind is what becomes of a file.
type FileKind uint8

// The kinds of files.
const (
	UnknownFile FileKind = iota
	BrowserFile          // ships to browsers: pages, themes, bundles, client components
	MobileFile           // ships with an app
	ServerFile           // runs on a server, in a build or in a test
	ConfigFile           // settings, data
	DocumentFile         // prose
)

// KindOfFile tells what becomes of the file at path, which has slashes. head is the beginning of its content.
func KindOfFile(path string, head []byte) FileKind {
	return UnknownFile
}
