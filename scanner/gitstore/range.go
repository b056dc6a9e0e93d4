// This file finds what a range of commits brings in.

package gitstore

import (
	"bytes"
	"context"
	"errors"
	"slices"
)

// Brought is an object that a range of commits brings in: a commit of it, an annotated tag by which it was named, or a
// blob that stands at a path in the tree of a commit and in no tree of the commit's parents. Of a submodule, whose content
// is not here, it is the name: Object is then a commit of it, with a Path.
type Brought struct {
	Object ID
	Type   Type
	Path   string // any bytes; "" for commits and tags, and for a blob that was named
	Data   []byte // the content of a commit or a tag, not to be changed; nil for a blob
	Again  bool   // the blob was given at another path before
	// More says that a blob was given at 1,000 paths before this one. Once more, without a path, such a blob comes last.
	More bool

	// Commit is the first commit of the range that brings the blob to the path; for a commit it is the commit, for a tag
	// the tag's commit. It is zero for what a tree that was named has.
	Commit Commit

	// Reach is from where it can be reached, and Ref for "ref" one that leads to it: as [Place] has them.
	Reach, Ref string

	Of int // of a commit: how many commits the range has

	// Boundary lists the commits that the range begins at: excluded ones that are parents of its commits. It is the same
	// for all that a range brings in, and not to be changed.
	Boundary []ID
}

// Range gives to visit what the commits of revs bring in: each commit, parents before children, else the earliest first,
// and behind each commit the blobs that it brings in, unless an earlier one brought them to the same path: files,
// symbolic links, and names of submodules. A commit without parents, or whose parents are
// missing, brings in all that it has.
//
// What the range needs and the store does not have becomes a problem: commits and trees, also where a shallow clone's
// history is cut (ErrShallow), unless commits that are excluded lie between. A blob that is missing is visited as
// others are. There are bounds on how many paths a tree may spell;
// beyond them there is a problem, too. The error is the context's or visit's.
func (s *Store) Range(ctx context.Context, revs Revisions, visit func(Brought) error) error {
	r := &revisionRange{
		s: s, ctx: ctx, revs: revs, a: newAncestry(ctx, s), cut: s.shallow(),
		blobs: newTexts(), paths: map[string]uint32{}, seen: map[uint64]struct{}{},
	}
	r.visit = func(b Brought) error {
		b.Boundary = r.boundary
		return visit(b)
	}
	err := r.walk()
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return err
}

// revisionRange is the state of one Range.
type revisionRange struct {
	s        *Store
	ctx      context.Context
	revs     Revisions
	visit    func(Brought) error
	a        *ancestry
	cut      map[ID]bool // where a shallow clone's history ends
	tags     []namedTag
	roots    []namedRoot
	excluded map[ID]bool // what was named to be excluded
	head     []ID        // the tree of HEAD, if there is one
	diff     *comparison
	of       int            // commits that are listed
	age      map[uint32]int // the generations of those
	boundary []ID           // excluded parents of theirs

	blobs *texts
	count []uint16            // by blob: its paths
	paths map[string]uint32   // numbered
	seen  map[uint64]struct{} // blob and path
}

// namedTag is an annotated tag by which the range was named.
type namedTag struct {
	root   ID // what was named: the tag, or one that leads to it
	tag    Tag
	data   []byte
	commit uint32 // none if it leads to no commit
}

// nearest is from where something can be reached, and the ref that leads to it.
type nearest struct {
	reach reach
	ref   string
}

func (by nearest) tell(b *Brought) {
	if b.Reach = by.reach.String(); by.reach == fromRef {
		b.Ref = by.ref
	}
}

// namedRoot is a tree or a blob that was named.
type namedRoot struct {
	root ID // what was named: the object, or a tag that leads to it
	at   ID
}

func (r *revisionRange) walk() error {
	exclude, err := r.commits(r.revs.Exclude, true)
	if err != nil {
		return err
	}
	include, err := r.commits(r.revs.Include, false)
	if err != nil {
		return err
	}
	if _, err := r.a.partition(include, exclude); err != nil {
		return err
	}
	list := r.list()
	if err := r.nearness(list); err != nil {
		return err
	}
	if err := r.openHead(); err != nil {
		return err
	}
	r.diff = &comparison{s: r.s, ctx: r.ctx, steps: maxWalks + broughtSteps*len(list)}
	r.of, r.boundary = len(list), r.edge(list)
	r.age = make(map[uint32]int, len(list))
	if err := r.inOrder(list, func(n uint32) error {
		longest := 0
		for _, p := range r.a.parentsOf(n) {
			longest = max(longest, r.age[p])
		}
		r.age[n] = longest + 1
		return nil
	}); err != nil {
		return err
	}
	if err := r.visitNamed(); err != nil {
		return err
	}
	if err := r.inOrder(list, r.visitCommit); err != nil {
		return err
	}
	for blob, n := range r.count {
		if n > maxPaths {
			if err := r.visit(Brought{Object: makeID(r.blobs.at(uint32(blob))), Type: BlobObject, Again: true, More: true}); err != nil {
				return err
			}
		}
	}
	return nil
}

// commits follows tags to commits. What else is included is kept; what is missing is noted.
func (r *revisionRange) commits(ids []ID, exclude bool) ([]uint32, error) {
	seen, seenTag := map[ID]bool{}, map[ID]bool{}
	var numbers []uint32
	for _, id := range ids {
		if err := r.ctx.Err(); err != nil {
			return nil, err
		}
		if seen[id] || id.IsZero() {
			continue
		}
		seen[id] = true
		first := len(r.tags)
		at, typ, err := r.s.peelTags(id, func(tag Tag, data []byte) {
			if !exclude && !seenTag[tag.ID] {
				seenTag[tag.ID] = true
				r.tags = append(r.tags, namedTag{id, tag, bytes.Clone(data), none})
			}
		})
		switch {
		case err != nil && exclude:
			r.s.notef("object "+id.String(), "%w; what it leads to is not excluded", err)
		case err != nil:
			r.s.notef("object "+id.String(), "%w; what it leads to was not seen", err)
		case typ == CommitObject:
			n := r.a.number(at)
			numbers = append(numbers, n)
			for i := range r.tags[first:] {
				r.tags[first+i].commit = n
			}
		case !exclude:
			r.roots = append(r.roots, namedRoot{id, at})
		}
	}
	if exclude {
		r.excluded = seen
		return numbers, nil
	}
	r.tags = slices.DeleteFunc(r.tags, func(t namedTag) bool {
		return r.excluded[t.root] || !r.dated(t.tag.TagDate.Unix(), t.tag.TagDate.IsZero())
	})
	return numbers, nil
}

// dated tells whether a date, in seconds, is one that was asked for. What has none is taken for one.
func (r *revisionRange) dated(sec int64, none bool) bool {
	return none || (r.revs.Since.IsZero() || sec >= r.revs.Since.Unix()) && (r.revs.Until.IsZero() || sec <= r.revs.Until.Unix())
}

// list gives the commits of the range, and notes which are missing.
func (r *revisionRange) list() (list []uint32) {
	var ends []ID
	for n := range r.a.nodes {
		node := &r.a.nodes[n]
		if node.state != present || node.flags == 0 {
			continue
		}
		in := node.flags&(included|excluded) == included
		if r.noteGaps(uint32(n), in) {
			ends = append(ends, r.a.id(uint32(n)))
		}
		if in && r.dated(node.date, node.date == noDate) {
			node.listed = true
			list = append(list, uint32(n))
		}
	}
	if len(ends) > 0 {
		slices.SortFunc(ends, ID.Compare)
		r.s.choicef(ShallowClone, "commit "+ends[0].String(), "the range goes on beyond where the %w, here and at %d other commits: "+
			"run git fetch --unshallow (actions/checkout: fetch-depth: 0)", ErrShallow, len(ends)-1)
	}
	return list
}

// edge gives the parents of listed commits that are excluded.
func (r *revisionRange) edge(list []uint32) []ID {
	seen := map[uint32]bool{}
	var ids []ID
	for _, n := range list {
		for _, p := range r.a.parentsOf(n) {
			if node := r.a.nodes[p]; node.state == present && node.flags&excluded != 0 && !seen[p] {
				seen[p] = true
				ids = append(ids, r.a.id(p))
			}
		}
	}
	slices.SortFunc(ids, ID.Compare)
	return ids
}

// noteGaps notes the parents of a commit that should be here and are not. It tells whether the range ends at this commit
// because a shallow clone's history does. Where what is excluded ends so, more may be listed than is asked for, but
// not less.
func (r *revisionRange) noteGaps(n uint32, in bool) (end bool) {
	node := r.a.nodes[n]
	for _, p := range r.a.parentsOf(n) {
		if r.a.nodes[p].state != absent {
			continue
		}
		id, parent := r.a.id(n), r.a.id(p)
		switch {
		case !r.cut[id]:
			_, _, err := r.s.Read(parent)
			if err == nil {
				err = errors.New("not a commit: run git fsck")
			} else if errors.Is(err, ErrMissing) {
				err = r.s.gap(id, parent, r.cut)
			}
			r.s.notef("commit "+id.String(), "%w; what is before it was not seen", err)
		case in && (node.date == noDate || r.revs.Since.IsZero() || node.date >= r.revs.Since.Unix()):
			end = true
		}
	}
	return end
}

// openHead finds the tree that HEAD has now.
func (r *revisionRange) openHead() error {
	id, ok := r.s.Head()
	if !ok {
		return nil
	}
	tree, err := r.s.peelTo("HEAD", id, "tree")
	if err != nil {
		r.s.notef("HEAD", "read the tree of HEAD: %w; what it has counts as history", err)
		return nil
	}
	r.head = []ID{tree}
	return nil
}

// visitNamed visits the tags, trees and blobs by which the range was named.
func (r *revisionRange) visitNamed() error {
	if len(r.tags)+len(r.roots) == 0 {
		return nil
	}
	near := map[ID]nearest{}
	for how, refs := range r.s.startsByReach() {
		for _, ref := range refs {
			if _, nearer := near[ref.Target]; !nearer {
				near[ref.Target] = nearest{reach(how), ref.Name}
			}
		}
	}
	nearestTo := func(id ID) nearest {
		if by, ok := near[id]; ok {
			return by
		}
		return nearest{reach: unreachable}
	}
	for _, t := range r.tags {
		b := Brought{Object: t.tag.ID, Type: TagObject, Data: t.data}
		by := nearestTo(t.root)
		if t.commit != none {
			c, _, err := r.commit(t.commit)
			if err != nil {
				return err
			}
			b.Commit = c
			if by.reach == fromRef && r.a.nodes[t.commit].near == fromHead {
				by.reach = fromHead
			}
		}
		by.tell(&b)
		if err := r.visit(b); err != nil {
			return err
		}
	}
	for _, root := range r.roots {
		id, by := root.at, nearestTo(root.root)
		typ, err := r.s.typeOf(id, nil)
		switch {
		case err != nil:
			r.s.notef("object "+id.String(), "%w; it was not seen", err)
			err = nil
		case typ == TreeObject:
			err = r.files(id, nil, Commit{}, by)
		default:
			b := Brought{Object: id, Type: typ}
			by.tell(&b)
			err = r.visit(b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// commit reads a commit. The error is only the context's: it was read before.
func (r *revisionRange) commit(n uint32) (Commit, []byte, error) {
	if err := r.ctx.Err(); err != nil {
		return Commit{}, nil, err
	}
	id := r.a.id(n)
	_, data, err := r.s.Read(id)
	if err != nil {
		r.s.notef("commit "+id.String(), "%w; it was not seen", err)
		return Commit{ID: id}, nil, nil
	}
	c, err := ParseCommit(id, data)
	c.Generation = r.age[n]
	if err != nil {
		r.s.notef("commit "+id.String(), "%w; what it brings in may not all be seen", err)
	}
	return c, data, nil
}

// visitCommit visits a commit and what it brings in.
func (r *revisionRange) visitCommit(n uint32) error {
	c, data, err := r.commit(n)
	if err != nil {
		return err
	}
	by := nearest{reach: r.a.nodes[n].near}
	if by.reach != unreachable {
		by.ref = r.a.refs[r.a.nodes[n].ref]
	}
	if data != nil {
		b := Brought{Object: c.ID, Type: CommitObject, Data: data, Commit: c, Of: r.of}
		by.tell(&b)
		if err := r.visit(b); err != nil {
			return err
		}
	}
	tree := r.a.tree(n)
	if tree.IsZero() {
		return nil // noted above
	}
	var before []ID
	for _, p := range r.a.parentsOf(n) {
		if r.a.nodes[p].state == present {
			before = append(before, r.a.tree(p))
		}
	}
	return r.files(tree, before, c, by)
}

// files visits what a tree has and none of those before.
func (r *revisionRange) files(tree ID, before []ID, c Commit, by nearest) error {
	if by.reach == fromHead {
		by.reach = fromRef // HEAD's history has it; whether HEAD's tree does is seen below
	}
	return r.diff.walk(tree, before, r.head, func(e *listed, path string, inHead bool) error {
		id, typ := makeID(e.id), BlobObject
		if e.isModule() {
			typ = CommitObject
		}
		b := Brought{Object: id, Type: typ, Path: path, Commit: c}
		if first := r.first(&b); !first {
			return nil
		}
		if by.tell(&b); inHead {
			b.Reach, b.Ref = fromHead.String(), ""
		}
		return r.visit(b)
	})
}

// first tells whether the blob was not at the path before, as far as that is kept, and notes in b whether it was at others.
func (r *revisionRange) first(b *Brought) bool {
	blob, _ := r.blobs.add(b.Object.bytes())
	if blob == none {
		return true
	}
	if int(blob) == len(r.count) {
		r.count = append(r.count, 0)
	}
	at, known := r.paths[b.Path]
	if known {
		if _, ok := r.seen[uint64(blob)<<32|uint64(at)]; ok {
			return false
		}
	}
	b.Again = r.count[blob] > 0
	if b.More = r.count[blob] >= maxPaths; b.More {
		r.count[blob] = maxPaths + 1
		return true
	}
	if !known {
		at = uint32(len(r.paths))
		r.paths[b.Path] = at
	}
	r.count[blob]++
	r.seen[uint64(blob)<<32|uint64(at)] = struct{}{}
	return true
}
