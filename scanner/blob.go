// This file holds the pipeline's input: blobs, and the sources that yield them.

package scanner

import (
	"context"
	"errors"
	"io"
	"time"
)

// A Source walks its blobs. It calls visit for each, from several goroutines at once if it likes; what a blob holds
// is valid until visit returns. Content that cannot be read is a blob with Err set, and the walk goes on. Walk
// returns an error only when nothing more can be had from the source: visit's own, or the context's.
type Source interface {
	Walk(ctx context.Context, visit func(Blob) error) error
}

// ErrLocate is what visit answers to a blob whose path is not known yet (BlobObject or Name with an empty Path) and whose
// content has a trace of a key: the source finds out where the content stands and visits it again, as often as
// there are paths, with Again set. Contents without a trace never need a path, which is what makes a history of
// 800,000 objects cheap.
var ErrLocate = errors.New("content has a trace of a key: visit it again with its path")

// BlobKind tells what a blob's content is.
type BlobKind uint8

// The kinds of blobs.
const (
	File         BlobKind = iota // a file of a directory, standard input
	BlobObject                   // a git blob
	CommitObject                 // a git commit, header and message
	TagObject                    // an annotated tag, header and message
	Name                         // the last name of Path, which is also the Data: of a file, a directory, a ref
	OtherObject                  // what git stores besides: a tree, a damaged pack (with Err)
)

// LeftOut tells why something is left out on purpose. It may be a directory, with all that is in it.
type LeftOut uint8

// The reasons for leaving out.
const (
	Excluded LeftOut = iota + 1 // by the user's patterns
	Ignored                     // git ignores it and does not track it
)

// Blob is one piece of content with its path. A content larger than a window comes as several blobs that overlap.
type Blob struct {
	Kind  BlobKind
	Path  string   // slash-separated, any bytes; "" while unknown (history)
	ID    string   // git object ID; "" outside git
	Data  []byte   // the content, or the window of it that begins at Start
	Start Position // where Data begins in the content; the zero value is the content's start
	Fresh []Span   // the parts of Data to search; nil: all of it. The rest is only context, or was searched already
	// Open opens the whole content again, from its start; nil if Data is all of it. It is called while the first window is
	// visited, if at all.
	Open  func() (io.ReadCloser, error)
	Err   error // why the content could not be read; Data is then nil
	Gap   Gap   // with Err: the kind of gap that it is, if it is of one that can be accepted
	Again bool  // visited before (see ErrLocate): not counted again, and taken for [Grace] after the scan was told to end

	// Located says that the names in Path are visited by themselves: a source that finds out paths late finds out names, too.
	Located bool

	LeftOut LeftOut // why the content is not to be scanned; Data is then nil, and the blob is only counted

	Before *Before // what stood at Path before, whose findings are known; nil if nothing did, or that does not matter

	Commit *Commit // the commit that brought the content to Path; nil outside history
	Ref    string  // with Reach "ref", one ref that leads to it
	Reach  string  // from where it can be reached: head, ref, stash, reflog, unreachable; "" outside history, or not known
}

// Span is the half-open range [Start, End) of a blob's Data, in bytes.
type Span struct{ Start, End int }

// Commit is what a report says of a commit. Its texts come from outside: any bytes.
type Commit struct {
	ID      string
	Author  string // "Name <mail>"
	Date    time.Time
	Subject string
	// Generation is how many commits are on the longest way that leads to it, itself among them, in all of the history, or
	// in the range that is scanned; 0 if that is not known. It tells which of two is the earlier where their dates do not.
	Generation int
}
