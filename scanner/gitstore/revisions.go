// This file reads what git rev-list takes on its command line: revisions, ranges, and words for all refs of a kind.

package gitstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Revisions says which commits are meant: those that Include leads to, without those that Exclude leads to.
type Revisions struct {
	// Include and Exclude name commits, or annotated tags that lead to some. A tag that is included counts itself; so
	// does, with all that is in it, a tree or a blob.
	Include, Exclude []ID

	// Since and Until bound the committer's date, both inclusive; the zero time is no bound. Each commit counts by its
	// own date: unlike for git log --since, one with a wrong date hides none behind it.
	Since, Until time.Time

	// Named are refs that lead to what is included, or are about to, as what a push sends. What HEAD does not lead to counts
	// as reached by them, and no other ref is looked at. Without any, all refs and reflogs may be.
	Named []Ref
}

// maxWords bounds how many revisions are named.
const maxWords = 100_000

// Revisions reads words as git rev-list does: A, ^A, A..B, A...B, ^A...; A^@, A^!, A^-N; --all, --branches, --tags,
// --remotes, and --not, which turns round what follows. An empty side of a range is HEAD, but not for both. An ID of zeros, by which
// git's hooks and CI systems say "no commit", excludes nothing. The errors are those of Resolve; each revision that is
// given is known to be here.
func (s *Store) Revisions(ctx context.Context, words []string) (Revisions, error) {
	p := &revisionParser{ctx: ctx, s: s}
	if len(words) > maxWords {
		return Revisions{}, fmt.Errorf("more than %d revisions", maxWords)
	}
	for _, word := range words {
		if err := p.word(word); err != nil {
			return Revisions{}, err
		}
	}
	return p.revs, nil
}

// Everything gives what all refs, HEADs, stashes and reflogs lead to.
func (s *Store) Everything() Revisions {
	var r Revisions
	for _, ref := range s.Refs() {
		r.Include = append(r.Include, ref.Target)
	}
	for _, e := range s.Reflog() {
		for _, id := range []ID{e.Old, e.New} {
			if !id.IsZero() && s.Has(id) { // that an object once was is not that it should be
				r.Include = append(r.Include, id)
			}
		}
	}
	return r
}

type revisionParser struct {
	ctx  context.Context
	s    *Store
	not  bool
	revs Revisions
}

// word reads one word.
func (p *revisionParser) word(word string) error {
	switch word {
	case "--not":
		p.not = !p.not
		return nil
	case "--all":
		return p.refs(func(name string) bool { return strings.HasPrefix(name, "refs/") || pathBase(name) == "HEAD" })
	case "--branches":
		return p.refs(func(name string) bool { return strings.HasPrefix(name, "refs/heads/") })
	case "--tags":
		return p.refs(func(name string) bool { return strings.HasPrefix(name, "refs/tags/") })
	case "--remotes":
		return p.refs(func(name string) bool { return strings.HasPrefix(name, "refs/remotes/") })
	}
	if left, right, ok := strings.Cut(word, ".."); ok && word != ".." {
		if end := strings.TrimPrefix(right, "."); left == "" && (end == "" || end == "HEAD" || end == "@") {
			// git says nothing, and lists nothing. It is what becomes of "$BASE..HEAD" when BASE is not set.
			return &RevisionError{word, "nothing can be in it: it ends where it begins, for an empty side is HEAD"}
		}
		if symmetric, ok := strings.CutPrefix(right, "."); ok {
			return p.difference(word, left, symmetric)
		}
		if err := p.add(left, !p.not); err != nil {
			return err
		}
		return p.add(right, p.not)
	}
	not := p.not
	if rest, ok := strings.CutPrefix(word, "^"); ok {
		word, not = rest, !not
	}
	if name, ok := strings.CutSuffix(word, "^@"); ok {
		return p.parents(name, 0, not)
	}
	if name, ok := strings.CutSuffix(word, "^!"); ok {
		if err := p.parents(name, 0, !not); err != nil {
			return err
		}
		return p.add(name, not)
	}
	if i := strings.LastIndex(word, "^-"); i >= 0 && strings.Trim(word[i+2:], digits) == "" {
		n := 1
		if number := word[i+2:]; number != "" {
			var err error
			if n, err = strconv.Atoi(number); err != nil || n < 1 {
				return &RevisionError{word, "want the number of a parent, from 1 on, behind ^-"}
			}
		}
		if err := p.parents(word[:i], n, !not); err != nil {
			return err
		}
		return p.add(word[:i], not)
	}
	if word == "" {
		return &RevisionError{word, "is empty"}
	}
	return p.add(word, not)
}

// refs adds what the refs of a kind lead to. One that leads to nothing becomes a problem.
func (p *revisionParser) refs(of func(name string) bool) error {
	for _, ref := range p.s.Refs() {
		if of(ref.Name) {
			p.put(ref.Target, p.not)
		}
	}
	return p.ctx.Err()
}

func (p *revisionParser) put(id ID, not bool) {
	if not {
		p.revs.Exclude = append(p.revs.Exclude, id)
	} else {
		p.revs.Include = append(p.revs.Include, id)
	}
}

// add adds what an expression names; "" is HEAD.
func (p *revisionParser) add(expr string, not bool) error {
	if isZeros(expr) {
		if not {
			return nil
		}
		return &RevisionError{expr, "says that there is no commit, because a branch was deleted: there is nothing to scan"}
	}
	id, err := p.resolve(expr)
	if err == nil {
		p.put(id, not)
	}
	return err
}

// resolve finds what an expression names, and that it is here.
func (p *revisionParser) resolve(expr string) (ID, error) {
	if expr == "" {
		expr = "HEAD"
	}
	id, err := p.s.Resolve(p.ctx, expr)
	if err != nil {
		return ID{}, err
	}
	at, _, err := p.s.peelTags(id, nil)
	switch {
	case err == nil:
		return id, nil
	case !errors.Is(err, ErrMissing):
		return ID{}, fmt.Errorf("revision %.200q: %w", expr, err)
	case len(p.s.shallow()) > 0:
		return ID{}, fmt.Errorf("revision %.200q: %w: %w: run git fetch --unshallow (actions/checkout: fetch-depth: 0)",
			expr, err, ErrShallow)
	case p.s.Partial():
		return ID{}, fmt.Errorf("revision %.200q: %w, and this is a partial clone: run git fetch --refetch --no-filter", expr, err)
	}
	return ID{}, fmt.Errorf("revision %.200q: %w: git fetch origin %s may get it; after a forced push it may be gone, "+
		"then name the branch to compare with instead", expr, err, at)
}

// parents adds the parents of a commit, or the n-th.
func (p *revisionParser) parents(expr string, n int, not bool) error {
	if rest, ok := strings.CutPrefix(expr, "^"); ok {
		expr, not = rest, !not
	}
	id, err := p.resolve(expr)
	if err != nil {
		return err
	}
	c, err := p.s.commitOf(expr, id)
	if err != nil {
		return err
	}
	if n > len(c.Parents) {
		return &RevisionError{expr, fmt.Sprintf("commit %s has %d parents", c.ID, len(c.Parents))}
	}
	for i, parent := range c.Parents {
		if n != 0 && i+1 != n {
			continue
		}
		if err := p.s.here(c, parent); err != nil {
			return fmt.Errorf("revision %.200q: %w", expr, err)
		}
		p.put(parent, not)
	}
	return nil
}

// difference adds A...B: what one of both leads to, but not the other.
func (p *revisionParser) difference(word, left, right string) error {
	if isZeros(left) || isZeros(right) {
		return p.add(right, p.not)
	}
	var sides [2]ID
	for i, expr := range []string{left, right} {
		id, err := p.resolve(expr)
		if err != nil {
			return err
		}
		c, err := p.s.commitOf(word, id)
		if err != nil {
			return err
		}
		sides[i] = c.ID
		p.put(id, p.not)
	}
	bases, err := p.s.mergeBases(p.ctx, sides[0], sides[1])
	for _, id := range bases {
		p.put(id, !p.not)
	}
	return err
}

// isZeros tells the ID that stands for no commit.
func isZeros(expr string) bool {
	id, err := ParseID(expr)
	return err == nil && id.IsZero()
}
