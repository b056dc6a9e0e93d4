// This file tells what becomes of a file: whether its text ships to browsers or apps, or stays on a server. The path
// tells it where frameworks give directories and names a meaning; else marks in the text do.

package rules

import (
	"bytes"
	"slices"
	"strings"
)

// FileKind is what becomes of a file.
type FileKind uint8

// The kinds of files.
const (
	UnknownFile  FileKind = iota
	BrowserFile           // ships to browsers: pages, themes, bundles, client components
	MobileFile            // ships with an app
	ServerFile            // runs on a server, in a build or in a test
	ConfigFile            // settings, data
	DocumentFile          // prose
)

// Ships tells that whoever uses the product gets the file's text.
func (k FileKind) Ships() bool { return k == BrowserFile || k == MobileFile }

// maxHead is how much of a file is searched for marks, in bytes.
const maxHead = 128 << 10

// KindOfFile tells what becomes of the file at path, which has slashes; ones of a member of an archive stand behind
// the archive's. head is the beginning of its content.
func KindOfFile(path string, head []byte) FileKind {
	path = strings.ToLower(path)
	dirs := strings.Split(path, "/")
	name := dirs[len(dirs)-1]
	dirs = dirs[:len(dirs)-1]
	ext := extension(name)
	head = head[:min(len(head), maxHead)]
	if bytes.IndexByte(head[:min(len(head), 64)], 0) >= 0 { // UTF-16, UTF-32; marks are ASCII
		head = bytes.ReplaceAll(head, []byte{0}, nil)
	}
	f := fileAt{path: "/" + path, name: name, ext: ext, dirs: dirs}
	switch {
	case f.isTest():
		return ServerFile
	case slices.Contains(documentExtensions, ext) && !f.in(publicDirs):
		return DocumentFile
	case f.isServer():
		return ServerFile
	case f.isShipped(head):
		return BrowserFile
	case f.isApp(head):
		return MobileFile
	case slices.Contains(scriptExtensions, ext):
		return scriptKind(f, head)
	case slices.Contains(serverExtensions, ext):
		return ServerFile
	case slices.Contains(configExtensions, ext), strings.HasPrefix(name, ".env"), strings.HasPrefix(name, "dockerfile"):
		return ConfigFile
	}
	return UnknownFile
}

// fileAt is a path in lower case and its parts.
type fileAt struct {
	path, name, ext string
	dirs            []string
}

var (
	scriptExtensions = []string{"js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "astro", "coffee"}

	// pageExtensions are of files that are sent as they are, or from which a page is made whose scripts run in browsers.
	pageExtensions = []string{"html", "htm", "xhtml", "vue", "svelte", "liquid", "hbs", "handlebars", "mustache"}

	// sentExtensions are of files that a web server sends as they are when they stand in a public directory. A .php there
	// is run.
	sentExtensions = []string{"js", "mjs", "cjs", "json", "map", "css", "xml", "svg", "txt", "webmanifest", "ts", "jsx", "tsx", "md"}

	documentExtensions = []string{"md", "mdx", "markdown", "rst", "adoc", "txt", "org", "tex", "pod"}

	serverExtensions = []string{
		"php", "py", "rb", "go", "ex", "exs", "rs", "cs", "vb", "fs", "pl", "sh", "bash", "zsh", "fish", "ps1", "psm1",
		"scala", "clj", "lua", "sql", "java", "kt", "kts", "groovy", "rake", "erl", "hs", "r", "jl", "cls",
	}
	configExtensions = []string{
		"json", "json5", "jsonc", "yaml", "yml", "toml", "ini", "conf", "cfg", "properties", "xml", "tf", "tfvars", "env",
		"plist", "har", "ipynb", "csv", "lock", "gradle", "xcconfig",
	}
)

// Directories by which frameworks tell what becomes of a file.
var (
	publicDirs = []string{"public", "static", "wwwroot", "htdocs", "dist", "www", "assets", "_next", "_site"}
	serverDirs = []string{
		"server", "functions", "lambda", "lambdas", "backend", "bin", "cron", "cloudfunctions", "edge-functions",
		"serverless", "migrations",
	}
	testDirs = []string{"test", "tests", "__tests__", "spec", "specs", "__mocks__", "cypress", "e2e", "fixtures", "__fixtures__"}
)

func (f fileAt) in(dirs []string) bool {
	return slices.ContainsFunc(f.dirs, func(d string) bool { return slices.Contains(dirs, d) })
}

func (f fileAt) has(part string) bool { return strings.Contains(f.path, part) }

func (f fileAt) isTest() bool {
	return f.in(testDirs) || strings.Contains(f.name, ".test.") || strings.Contains(f.name, ".spec.") ||
		strings.Contains(f.name, "_test.") || strings.Contains(f.name, "_spec.") || strings.HasPrefix(f.name, "test_")
}

// isServer tells whether the path is of what frameworks run on a server or in a build only: route handlers of Next.js,
// API routes of Next.js, Gatsby and Medusa, functions of Netlify, Vercel, Firebase and Supabase, +server of SvelteKit.
func (f fileAt) isServer() bool {
	script := slices.Contains(scriptExtensions, f.ext)
	switch {
	case f.has("/.next/static/"), f.has("/.output/public/"), f.has("/build/static/"), slices.Contains(pageExtensions, f.ext):
		return false
	case f.has("/.next/server/"), f.has("/.output/server/"), f.has("/pages/api/"), f.has("/src/api/"), f.has("/app/api/"):
		return true
	case script && (strings.Contains(f.name, ".server.") || strings.Contains(f.name, ".config.") || strings.Contains(f.name, ".backend.")):
		return true
	case script && (strings.HasPrefix(f.name, "+server.") || strings.HasPrefix(f.name, "route.") || strings.HasPrefix(f.name, "middleware.") ||
		strings.HasPrefix(f.name, "gatsby-node.") || strings.HasPrefix(f.name, "server.") || strings.HasPrefix(f.name, "gulpfile.")):
		return true
	case script && len(f.dirs) > 0 && f.dirs[0] == "api":
		return true
	}
	return f.in(serverDirs)
}

// isShipped tells whether the path is of what goes to browsers as it is: pages, the assets of a Shopify theme, public
// directories, bundles and their source maps, a service worker, Angular's environments.
func (f fileAt) isShipped(head []byte) bool {
	switch {
	case slices.Contains(pageExtensions, f.ext), strings.HasSuffix(f.name, ".js.map"), strings.HasSuffix(f.name, ".css.map"), strings.HasSuffix(f.name, ".mjs.map"):
		return true
	case !slices.Contains(sentExtensions, f.ext):
		return false
	case f.in([]string{"node_modules", "vendor"}): // a library, which ships only as a part of something else
		return false
	case f.in([]string{"dist"}) && containsAny(head, moduleMarks): // made for Node
		return false
	case f.in(publicDirs), f.has("/.next/static/"), f.has("/build/static/"), f.has("/view/frontend/web/"), f.has("/app/storefront/"),
		f.has("/resources/js/"), f.has("/app/javascript/"), f.has("/skin/frontend/"), f.has("/cartridge/client/"), f.has("/wp-content/themes/"):
		return true
	case strings.HasSuffix(f.name, ".min.js"), strings.HasSuffix(f.name, ".bundle.js"), strings.HasSuffix(f.name, ".chunk.js"),
		strings.Contains(f.name, ".client."):
		return true
	case slices.Contains([]string{"sw.js", "sw.ts", "service-worker.js", "service-worker.ts", "serviceworker.js", "theme.js"}, f.name):
		return true
	}
	return f.has("/environments/environment") && f.ext == "ts"
}

// isApp tells whether the file ships with a mobile app.
func (f fileAt) isApp(head []byte) bool {
	switch f.ext {
	case "swift":
		return !bytes.Contains(head, []byte("import Vapor"))
	case "m", "mm", "storyboard", "xib", "dart":
		return !f.in([]string{"bin"})
	case "java", "kt":
		return f.has("/android/") || containsAny(head, androidMarks)
	case "xml":
		return f.has("/res/values") || f.name == "androidmanifest.xml"
	case "plist":
		return f.name == "info.plist" || f.has("/ios/")
	}
	return slices.Contains(scriptExtensions, f.ext) && containsAny(head, nativeMarks)
}

// Marks in the text that tell where it runs. They are searched in files that have a candidate only.
var (
	androidMarks = marks("import android", "import com.klaviyo.", "androidx.")
	moduleMarks  = marks(`exports, "__esModule"`, "exports, '__esModule'", "#!/usr/bin/env node")
	nativeMarks  = marks("'react-native'", `"react-native"`, "klaviyo-react-native-sdk", "@capacitor/core", "@nativescript/core")
	clientMarks  = marks(
		"use client'", `use client"`, "useEffect(", "useState(", "useCallback(", "useRef(", "onClick=", "onSubmit=", "onChange=",
		"document.querySelector", "document.getElementById", "document.addEventListener", "document.createElement", "document.cookie",
		"window.", "localStorage", "sessionStorage", "navigator.", "XMLHttpRequest", "createApp(", "ReactDOM", "createRoot(", "$(document)",
		"_learnq", "addEventListener(",
	)
	serverMarks = marks(
		"use server'", `use server"`, "server-only", "NextResponse", "NextApiRequest", "next/server", "getServerSideProps",
		"getStaticProps", "exports.handler", "express(", "require('express", `require("express`, "from 'express", `from "express`,
		"fastify", "process.argv", "from 'fs", `from "fs`, "require('fs", `require("fs`, "node:", "createServer(", "defineEventHandler",
		"export const loader", "export async function loader", "export function loader", "export const action", "export async function action",
		"@nestjs/", "require('dotenv", `require("dotenv`, "Deno.serve", "Deno.env", "import * as functions", "firebase-functions",
		"createServerFn", "import.meta.env.SSR", "event.waitUntil", "__dirname",
	)
)

func marks(words ...string) [][]byte {
	out := make([][]byte, len(words))
	for i, w := range words {
		out[i] = []byte(w)
	}
	return out
}

func containsAny(text []byte, words [][]byte) bool {
	return slices.ContainsFunc(words, func(w []byte) bool { return bytes.Contains(text, w) })
}

// scriptKind tells where a script runs by what it uses. A module that a server renders and a browser runs, such as a
// page of Next.js with getServerSideProps, has marks of both, and then nothing is said.
func scriptKind(f fileAt, head []byte) FileKind {
	directive := containsAny(head[:min(len(head), 2<<10)], clientMarks[:2])
	client, server := containsAny(head, clientMarks), containsAny(head, serverMarks)
	switch {
	case f.ext == "astro": // what stands between its dashes runs on the server
		return UnknownFile
	case directive, client && !server:
		return BrowserFile
	case server && !client:
		return ServerFile
	}
	return UnknownFile
}

// extension returns what stands behind the last dot of a name; of a Blade template, which is no PHP, "blade".
func extension(name string) string {
	if strings.HasSuffix(name, ".blade.php") {
		return "blade"
	}
	return name[strings.LastIndexByte(name, '.')+1:]
}

// inScript tells whether the text that a candidate follows has opened a page's script and not closed it.
func inScript(left string) bool {
	i := strings.LastIndex(left, "<script")
	return i >= 0 && !strings.Contains(left[i:], "</script")
}
