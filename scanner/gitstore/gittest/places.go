// This file works out where blobs, commits, tags and names stand in history.

package gittest

import (
	"slices"
	"strings"
)

// spot is an object at a path.
type spot struct{ id, path string }

// standing is what is known of a spot.
type standing struct {
	commit string // the first that brought it there
	level  int
	ref    string
}

// Places lists the places of all blobs, commits and tags.
func (o *Oracle) Places() []Place {
	found := o.found(func(e Entry) (spot, bool) {
		return spot{e.ID, e.Path}, e.Mode != modeTree && e.Mode != modeModule
	})
	nearest := map[string]int{}
	var places []Place
	for at, is := range found {
		if o.Objects[at.id].Type == "" {
			continue // taken away by gc
		}
		places = append(places, o.placed(at.id, at.path, is))
		if best, ok := nearest[at.id]; !ok || is.level < best {
			nearest[at.id] = is.level
		}
	}
	for id, object := range o.Objects {
		is := standing{level: o.levelOf(id), ref: o.leading[id]}
		switch object.Type {
		case "commit":
			is.commit = id
		case "tag":
			if target := o.peel(id, func(string) {}); o.commits[target].tree != "" {
				is.commit = target
				if is.level == byRef && o.levelOf(target) == byHead {
					is.level = byHead
				}
			}
		case "blob":
			is = o.named(id)
			if best, ok := nearest[id]; ok && best <= is.level {
				continue
			}
		default:
			continue
		}
		places = append(places, o.placed(id, "", is))
	}
	slices.SortFunc(places, func(a, b Place) int {
		return strings.Compare(a.Object+a.Path+"\x00"+a.Commit, b.Object+b.Path+"\x00"+b.Commit)
	})
	return places
}

func (o *Oracle) placed(id, path string, is standing) Place {
	p := Place{Object: id, Path: path, Commit: is.commit, Reach: levels[is.level]}
	if is.level == byRef {
		if p.Ref = is.ref; p.Ref == "" {
			p.Ref = "HEAD"
		}
	}
	return p
}

// before orders commits: the nearest, then the earliest, then the smallest ID.
func (o *Oracle) before(a, b string) bool {
	x, y := o.commits[a], o.commits[b]
	switch {
	case o.levelOf(a) != o.levelOf(b):
		return o.levelOf(a) < o.levelOf(b)
	case x.date != y.date:
		return x.date < y.date
	}
	return a < b
}

// found finds where the spots that spotOf picks stand.
func (o *Oracle) found(spotOf func(Entry) (spot, bool)) map[spot]standing {
	found := o.inCommits(spotOf)
	o.inNamedTrees(found, spotOf)
	o.inOtherTrees(found, spotOf)
	return found
}

// inCommits finds, for each spot in any commit, the first commit that has it while none of its parents does.
func (o *Oracle) inCommits(spotOf func(Entry) (spot, bool)) map[spot]standing {
	spots := map[string]map[spot]bool{} // by tree
	of := func(commit string) map[spot]bool {
		tree := o.commits[commit].tree
		if spots[tree] == nil {
			spots[tree] = map[spot]bool{}
			for e := range o.below(tree) {
				if at, ok := spotOf(e); ok {
					spots[tree][at] = true
				}
			}
		}
		return spots[tree]
	}
	found := map[spot]standing{}
	for id, c := range o.commits {
		for at := range of(id) {
			old := slices.ContainsFunc(c.parents, func(p string) bool { return of(p)[at] })
			if first, ok := found[at]; !old && (!ok || o.before(id, first.commit)) {
				found[at] = standing{commit: id, level: o.levelOf(id), ref: o.leading[id]}
			}
		}
	}
	head := map[spot]bool{}
	if c := o.resolve(o.head); o.commits[c].tree != "" {
		head = of(c)
	}
	for at, is := range found {
		switch {
		case head[at]:
			is.level = byHead
		case is.level == byHead:
			is.level = byRef // it was there, and is not any more
		}
		found[at] = is
	}
	return found
}

// inNamedTrees adds what refs and reflogs lead to without a commit: by a tag of a tree.
func (o *Oracle) inNamedTrees(found map[spot]standing, spotOf func(Entry) (spot, bool)) {
	for level, ids := range o.roots {
		for _, id := range ids {
			if o.Objects[id].Type != "tree" {
				continue
			}
			for e := range o.below(id) {
				at, ok := spotOf(e)
				if is, known := found[at]; ok && (!known || level < is.level) {
					is.level, is.ref = level, o.namedRef(id)
					found[at] = is
				}
			}
		}
	}
}

// namedRef gives the preferred ref that names an object, directly or by tags.
func (o *Oracle) namedRef(id string) string {
	best := ""
	for name, value := range o.refs {
		if name == "refs/stash" || o.peel(o.resolve(value), func(string) {}) != id {
			continue
		}
		if best == "" || preference(name) < preference(best) || preference(name) == preference(best) && name < best {
			best = name
		}
	}
	return best
}

// named tells how near a blob is that a ref or a reflog names.
func (o *Oracle) named(id string) standing {
	for level, ids := range o.roots {
		if slices.Contains(ids, id) {
			return standing{level: level, ref: o.namedRef(id)}
		}
	}
	return standing{level: byNothing}
}

// topmost lists the trees that are in no other tree and in no commit.
func (o *Oracle) topmost() []string {
	below := map[string]bool{}
	for _, c := range o.commits {
		below[c.tree] = true
	}
	for id, object := range o.Objects {
		if object.Type != "tree" {
			continue
		}
		for _, e := range o.entries(id) {
			if e.Mode == modeTree {
				below[e.ID] = true
			}
		}
	}
	var trees []string
	for id, object := range o.Objects {
		if object.Type == "tree" && !below[id] {
			trees = append(trees, id)
		}
	}
	return trees
}

// inOtherTrees adds what is in no commit and in no tree that a ref names, at the paths in the topmost trees that have it.
func (o *Oracle) inOtherTrees(found map[spot]standing, spotOf func(Entry) (spot, bool)) {
	placed := map[string]bool{}
	for at := range found {
		placed[at.id] = true
	}
	for _, id := range o.topmost() {
		for e := range o.below(id) {
			at, ok := spotOf(e)
			if _, known := found[at]; ok && !known && (at.id == "" || !placed[at.id]) {
				found[at] = standing{level: byNothing}
			}
		}
	}
}

// Names lists the places of the files and directories, and of the refs, whose name holds what holds tells. Path is the
// path up to that name, or "ref:" and the ref's full name; Object is "". A name that stands only in trees without a
// commit has no Commit.
func (o *Oracle) Names(holds func(name string) bool) []Place {
	found := o.found(func(e Entry) (spot, bool) {
		return spot{path: e.Path}, holds(e.Path[strings.LastIndexByte(e.Path, '/')+1:])
	})
	var places []Place
	for at, is := range found {
		places = append(places, o.placed("", at.path, is))
	}
	for name := range o.refs {
		if holds(name) {
			places = append(places, Place{Path: "ref:" + name, Reach: levels[byRef], Ref: name})
		}
	}
	slices.SortFunc(places, func(a, b Place) int { return strings.Compare(a.Path, b.Path) })
	return places
}
