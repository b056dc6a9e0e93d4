// This file searches a blob as a source yields it: in windows, in its layers, and in the archives that it is or holds.

package scanner

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner/archive"
	"github.com/klaviyolint/klaviyolint/scanner/layer"
)

// inspection is the search of one blob. What it finds in members of archives it says of their place in the blob.
type inspection struct {
	scan   *scan
	ctx    context.Context // the search ends when it does
	blob   Blob
	bounds *archive.Bounds // shared by all archives in the blob

	claimed    int  // candidates that rules have claimed, and words that they were asked about
	memberWork int  // bytes that have been decoded in members of archives
	reopened   bool // the blob is a window of what is read as a whole
	found      []*Finding
	comments   []*comment
}

// maxClaimed bounds what is found, and what words are looked at, in one blob. Nobody reads more; a megabyte of keys in an archive would take all memory.
const maxClaimed = 5_000

// errEnough ends the search of a blob in which maxClaimed has been found.
var errEnough = errors.New("enough has been found")

// content is what windows are taken from: the blob, or a member of an archive in it.
type content struct {
	name   string   // that tells what kind of file it is
	via    []string // the layers around it
	member *member  // nil for the blob
}

// member is where an archive's member stands in the blob.
type member struct{ start, end Position }

// run searches the blob.
func (in *inspection) run() error {
	err := in.search()
	in.hashLines()
	if !errors.Is(err, errEnough) {
		return err
	}
	err = in.problem(nil, fmt.Sprintf("holds more than %d candidates: what comes behind them was not searched", maxClaimed))
	if err == nil && in.reopened {
		return ErrWhole
	}
	return err
}

func (in *inspection) search() error {
	b := in.blob
	if b.Start.Offset > 0 || b.Kind == Name || !archive.Detect(b.Data) {
		return in.slices(b)
	}
	reader := io.Reader(bytes.NewReader(b.Data))
	windowed := len(b.Fresh) > 0 && b.Fresh[len(b.Fresh)-1].End < len(b.Data)
	if windowed {
		if b.Open == nil {
			return in.problem(nil, "is an archive, and only its first part is at hand: extract it and scan the files")
		}
		whole, err := b.Open()
		if err != nil {
			if err := in.problem(nil, fmt.Sprintf("is an archive larger than %d MiB: %v", WindowSize>>20, err)); err != nil {
				return err
			}
			return in.slices(b)
		}
		defer whole.Close()
		reader, in.reopened = whole, true
	}
	if !windowed {
		return in.archive(reader, &content{name: b.Path})
	}
	read := &archive.Counter{Reader: reader}
	err := in.archive(read, &content{name: b.Path})
	if !b.Again {
		in.scan.bytes.Add(max(0, read.N-int64(freshLen(b)))) // the first window has been counted
	}
	return cmp.Or(err, ErrWhole)
}

// slices searches data larger than a window piece by piece, so that what is decoded of it stays small.
func (in *inspection) slices(b Blob) error {
	c := &content{name: b.Path}
	if len(b.Data) <= WindowSize {
		return in.window(b, nil, c)
	}
	const step = WindowSize - 2*WindowOverlap
	lines := &lineCounter{data: b.Data, start: b.Start, pos: b.Start}
	for from := 0; from < len(b.Data); from += step {
		to := min(len(b.Data), from+step)
		low, high := max(0, from-WindowOverlap), min(len(b.Data), to+WindowOverlap)
		piece := b
		piece.Data, piece.Fresh = b.Data[low:high], within(b.Fresh, Span{from, to}, low)
		piece.Start = Position{Offset: b.Start.Offset + int64(low)} // lines are counted only where there is something to tell
		if err := in.ctx.Err(); err != nil {
			return err
		}
		if err := in.window(piece, lines, c); err != nil {
			return err
		}
	}
	return nil
}

// lineCounter tells positions in data, in ascending order.
type lineCounter struct {
	data       []byte
	at         int
	start, pos Position // of the data, of data[at]
}

func (l *lineCounter) position(offset int) Position {
	l.pos, l.at = l.pos.After(l.data[l.at:offset]), offset
	return l.pos
}

// within returns the parts of fresh that lie in s, counted from base.
func within(fresh []Span, s Span, base int) []Span {
	if fresh == nil {
		return []Span{{s.Start - base, s.End - base}}
	}
	parts := []Span{}
	for _, f := range fresh {
		if from, to := max(f.Start, s.Start), min(f.End, s.End); from < to {
			parts = append(parts, Span{from - base, to - base})
		}
	}
	return parts
}

// window searches one window of a content. lines tells the place of its first byte in the content, if the blob does not.
func (in *inspection) window(b Blob, lines *lineCounter, c *content) error {
	w := window{in: in, content: c, blob: b, lines: lines}
	err := w.run()
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	plain := b.Kind == File && c.member == nil
	if len(w.hits) == 0 && (!plain || !w.ignores) {
		return err
	}
	b.Start = w.start()
	found := in.findings(b, w.hits)
	if plain || len(found) > 0 {
		comments := commentsIn(b)
		heard(found, comments)
		if plain {
			in.comments = append(in.comments, inFresh(comments, b)...)
		}
	}
	in.found = append(in.found, c.placed(found)...)
	return err
}

// findings turns what rules claim into findings.
func (in *inspection) findings(b Blob, hits []hit) []*Finding {
	var found []*Finding
	rulers := rulers{blob: &b}
	for i := range hits {
		h := &hits[i]
		if h.rule == nil {
			continue
		}
		start, end := rulers.positions(h)
		f := &Finding{
			Rule: h.rule, Key: h.Key, Word: h.Word, Public: h.Key.PublicKey(), PublicNear: h.publicNear, Path: b.Path,
			Start: start, End: end, Slot: h.slot, Via: h.via, Line: h.line, Commit: b.Commit, Reach: b.Reach, Ref: b.Ref,
			History: b.Kind != File,
		}
		if b.Kind == Name {
			f.Slot, f.Detail = "name", "The key is in the name itself."
		}
		found = append(found, f)
	}
	return found
}

// placed gives the findings in a member the place of the member; the line and column in it stand behind its name.
func (c *content) placed(found []*Finding) []*Finding {
	if c.member == nil {
		return found
	}
	for _, f := range found {
		via := slices.Concat(c.via, f.Via)
		via[len(c.via)-1] += fmt.Sprintf(":%d:%d", f.Start.Line(), f.Start.Column())
		f.Start, f.End, f.Via = c.member.start, c.member.end, via
	}
	return found
}

// archive searches the members of an archive, which stands in c.
func (in *inspection) archive(source io.Reader, c *content) error {
	var r *archive.Reader
	r, in.bounds = archive.NewReader(endingReader{in.ctx, source}, in.bounds)
	for {
		m, err := r.Next()
		if over := in.ctx.Err(); over != nil { // what the reader says of it would be taken for damage
			return over
		}
		switch {
		case errors.Is(err, io.EOF):
		case err != nil:
			err = in.problem(c.via, err.Error())
		case m.Rest:
			return in.remains(r, c)
		case m.Err != nil:
			if err := in.problem(c.via, m.Err.Error()); err != nil {
				return err
			}
			continue
		default:
			if err := in.member(r, m, c); err != nil {
				return err
			}
			continue
		}
		if err == nil || errors.Is(err, io.EOF) {
			return in.remains(r, c)
		}
		return err
	}
}

// remains searches what stands behind an archive, or behind what of it can be read, as it is.
func (in *inspection) remains(r *archive.Reader, c *content) error {
	b := in.blob
	b.Start, b.Data, b.Fresh, b.Open = Position{Offset: r.Offset()}, nil, nil, nil
	if c.member != nil {
		b.Start = Position{}
	}
	return in.read(r.Remains(), b, c)
}

// member searches a member of an archive.
func (in *inspection) member(r *archive.Reader, m archive.Member, c *content) error {
	inner := &content{via: slices.Concat(c.via, []string{layerOf(m)}), member: c.member, name: m.Name}
	if m.Name == "" {
		inner.name = withoutSuffix(c.name)
	}
	if c.member == nil {
		inner.member = &member{start: Position{Offset: m.Start}}
	}
	first := len(in.found)
	b := in.blob
	b.Data, b.Fresh, b.Start = []byte(m.Name+"\n"+m.Notes), nil, Position{}
	err := in.window(b, nil, inner)
	if err == nil {
		err = in.memberContent(bufio.NewReaderSize(r, archive.HeadLen), inner)
	}
	if c.member == nil {
		end := Position{Offset: r.Offset()}
		for _, f := range in.found[first:] {
			f.End = end
		}
	}
	return err
}

func (in *inspection) memberContent(r *bufio.Reader, c *content) error {
	head, _ := r.Peek(archive.HeadLen)
	if archive.Detect(head) {
		if len(c.via) < layer.MaxDepth {
			return in.archive(r, c)
		}
		return in.problem(c.via, "holds an archive, encoded more than 4 times: extract it and scan the files")
	}
	b := in.blob
	b.Start, b.Data, b.Fresh, b.Open = Position{}, nil, nil, nil
	return in.read(r, b, c)
}

// read searches what r yields in windows.
func (in *inspection) read(r io.Reader, b Blob, c *content) error {
	buf := in.scan.buffers.Get().(*Buffer)
	defer in.scan.buffers.Put(buf)
	return buf.Visit(r, 0, b, func(b Blob) error {
		if err := in.ctx.Err(); err != nil {
			return err
		}
		if b.Err != nil {
			return in.problem(c.via, b.Err.Error())
		}
		return in.window(b, nil, c)
	})
}

// layerOf names a member as a layer.
func layerOf(m archive.Member) string {
	if m.Layer != "gzip" {
		return m.Layer + ":" + rules.Mask(m.Name)
	}
	return m.Layer
}

// withoutSuffix returns the name of what a compressed file holds.
func withoutSuffix(name string) string {
	switch suffix := strings.ToLower(path.Ext(name)); suffix {
	case ".gz":
		return name[:len(name)-len(suffix)]
	case ".tgz":
		return name[:len(name)-len(suffix)] + ".tar"
	case ".svgz":
		return name[:len(name)-1]
	}
	return name
}

// problem lists what is not searched. Where the path is not known yet the blob is wanted again with its path.
func (in *inspection) problem(via []string, reason string) error {
	if in.blob.Path == "" {
		return ErrLocate
	}
	if len(via) > 0 {
		reason = strings.Join(via, ", then ") + ": " + reason
	}
	in.scan.skip(in.blob, rules.Mask(reason))
	return nil
}
