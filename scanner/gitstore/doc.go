// This file holds the package's description and its limits.

// Package gitstore reads a git repository of others, fast and unharmed: opening, refs, packs in delta order, loose
// objects, alternates, commits, trees, index, where a blob stands in history, and what a range of commits brings in.
//
// The repository may be hostile or broken. Git is never run, nothing that a repository's configuration names is
// followed or executed, nothing is written, only regular files are opened, and every walk is iterative, with a
// seen-set, and bounded by what was read instead of what was declared. What cannot be read is never passed over in
// silence: it is an Object with Err, a Problem, or an error.
//
// The formats are those of gitformat-pack(5), gitformat-index(5), gitrepository-layout(5) and, for the object formats
// SHA-1 and SHA-256, hash-function-transition.
package gitstore

// MaxInMemory is the size in bytes above which a blob that is not a delta, and on which no delta is built, is
// delivered as a stream.
const MaxInMemory = 16 << 20

const (
	// maxStructure bounds trees, commits and tags, which are read whole: a tree of a million files takes 40 MB.
	maxStructure = 256 << 20

	// leastBound and maxGrowth bound what is made of few bytes, whatever else is allowed: what a pack or a file of n bytes
	// holds may take leastBound, or maxGrowth*n where that is more. A pack of 1,120 bytes can declare a delta result of
	// 4 GiB, and hold it; histories of text inflate to forty times their size.
	leastBound = 32 << 20
	maxGrowth  = 64

	// maxObject bounds an object that has to be whole in memory: the result of a delta, or the base of one.
	maxObject = 1 << 30

	// maxText bounds the small files of a repository: HEAD, a ref, commondir, a .git file, config.
	maxText = 1 << 20

	// maxTable bounds the large ones that are read whole: packed-refs, shallow, a reflog, the index, a pack index.
	maxTable = 4 << 30

	// maxDepth bounds how deep directories may nest in a tree or below refs.
	maxDepth = 4096

	// maxPath bounds the length of a path in bytes: names and levels multiply.
	maxPath = 1 << 16

	// maxPaths bounds the paths that are listed for one blob: twelve trees can spell 10^10 of them.
	maxPaths = 1000
)

// allowed gives how large what is made of n bytes may be, at most limit.
func allowed(n int64, limit uint64) uint64 {
	return min(limit, max(leastBound, uint64(max(n, 0))*maxGrowth))
}
