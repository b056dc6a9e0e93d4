// This file tells from a path what a file is for.

package rules

// FileKind is what a file is for, as far as its path tells.
type FileKind uint8

// The kinds of files.
const (
	UnknownFile FileKind = iota
	BrowserFile          // shipped to browsers: pages, themes, bundles
	MobileFile           // shipped in an app
	ServerFile
	ConfigFile
	DocFile
)
