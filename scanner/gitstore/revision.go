// This file finds the object that a revision expression names, as gitrevisions(7) describes them.

package gitstore

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxExpression bounds a revision expression in bytes; each byte may be a step.
const maxExpression = 4096

// RevisionError says that an expression names nothing that the repository has, or is of a kind that is not read: whoever
// wrote it has to write another. That it names something which is missing or damaged is an error of another type.
type RevisionError struct {
	Text   string // the expression
	Reason string // and what to write instead
}

func (e *RevisionError) Error() string { return fmt.Sprintf("revision %q: %s", e.Text, e.Reason) }

const supported = "what is read: names of branches, tags and other refs, HEAD and its kin, @, IDs and their first digits, " +
	"~N, ^N, ^{commit|tree|blob|tag|object|}, NAME@{N} and @{-N}"

// errUnknown says that nothing has the name.
var errUnknown = errors.New("no branch, tag, other ref or object has that name")

// Resolve gives the object that a revision expression names: a ref's name, in full or short, in the order of git; HEAD,
// ORIG_HEAD, FETCH_HEAD, MERGE_HEAD; "@"; an ID or its first digits; what git describe prints; with any of ~N, ^N and
// ^{type} behind it; NAME@{N} and @{N} from the reflogs; @{-N}. Replace refs and grafts are not heeded.
//
// The error is a *RevisionError if another expression is wanted. errors.Is(err, ErrMissing) if the expression leads to
// an object that is not here, and errors.Is(err, ErrShallow) too if that is for a cut history; the error says what to do.
// A full ID is taken as it is: nothing is read to see whether it is here.
func (s *Store) Resolve(ctx context.Context, expr string) (ID, error) {
	id, err := s.resolve(ctx, expr)
	if errors.Is(err, errUnknown) {
		err = s.unknown(expr)
	}
	if wrong := (*RevisionError)(nil); err != nil && !errors.As(err, &wrong) {
		err = fmt.Errorf("revision %.200q: %w", expr, err)
	}
	return id, err
}

func (s *Store) resolve(ctx context.Context, expr string) (ID, error) {
	if len(expr) > maxExpression {
		return ID{}, &RevisionError{expr[:40] + "…", fmt.Sprintf("longer than %d bytes", maxExpression)}
	}
	base, steps, err := splitSteps(expr)
	if err != nil {
		return ID{}, err
	}
	want := typesOf(CommitObject)
	if len(steps) > 0 {
		want = steps[len(steps)-1].wants()
	}
	id, err := s.base(base, want)
	for i := len(steps) - 1; i >= 0 && err == nil; i-- {
		id, err = s.step(ctx, expr, id, steps[i])
	}
	return id, err
}

// step is a suffix of an expression.
type step struct {
	op   byte // '~', '^', or '{' for "^{type}"
	n    int
	word string // of "^{word}"
}

// wants says which of several objects with the same first digits a suffix can be about.
func (st step) wants() typeSet {
	switch {
	case st.op != '{' || st.word == "commit":
		return typesOf(CommitObject)
	case st.word == "tree":
		return typesOf(CommitObject, TreeObject)
	}
	return 0
}

// splitSteps takes an expression apart; the last suffix comes first.
func splitSteps(expr string) (base string, steps []step, err error) {
	base = expr
	for {
		name := strings.TrimRight(base, digits)
		if strings.HasSuffix(name, "~") || strings.HasSuffix(name, "^") {
			st := step{op: name[len(name)-1], n: 1}
			if number := base[len(name):]; number != "" {
				if st.n, err = strconv.Atoi(number); err != nil || st.n > math.MaxInt32 {
					return "", nil, &RevisionError{expr, "no commit has that many ancestors or parents"}
				}
			}
			base, steps = name[:len(name)-1], append(steps, st)
			continue
		}
		at := strings.LastIndex(base, "^{")
		if at < 0 || !strings.HasSuffix(base, "}") {
			return base, steps, nil
		}
		word := base[at+2 : len(base)-1]
		if _, ok := parseType(word); !ok && word != "" && word != "object" {
			return "", nil, &RevisionError{expr, fmt.Sprintf("^{%s} is not read; %s", word, supported)}
		}
		base, steps = base[:at], append(steps, step{op: '{', word: word})
	}
}

// base finds what an expression names before its suffixes.
func (s *Store) base(name string, want typeSet) (ID, error) {
	if id, ok := parseHexID([]byte(name)); ok && int(id.n) == s.idLen {
		return id, nil
	}
	unread := func(what string) error { return &RevisionError{name, what + "; " + supported} }
	if strings.Contains(name, ":") {
		return ID{}, unread(`":text" and "revision:path" are not read: a range is made of commits`)
	}
	if at := strings.LastIndex(name, "@{"); at >= 0 && strings.HasSuffix(name, "}") {
		switch word := name[at+2 : len(name)-1]; {
		case strings.HasPrefix(word, "-") && at == 0:
			before, err := s.branchBefore(word[1:])
			if err != nil {
				return ID{}, &RevisionError{name, err.Error()}
			}
			name = before
		case word != "" && strings.Trim(word, digits) == "":
			return s.entryOf(name[:at], word)
		default:
			return ID{}, unread("upstreams and dates in @{…} are not read")
		}
	}
	if id, ok := parseHexID([]byte(name)); ok && int(id.n) == s.idLen { // @{-N} on no branch
		return id, nil
	}
	if name == "@" {
		name = "HEAD"
	}
	if ref, id, err := s.named(name); err != nil || ref != "" {
		return id, err
	}
	if i := strings.LastIndex(name, "-g"); i > 0 { // git describe: "v2.1-5-g1234567"
		if id, err := s.abbreviated(name[i+2:], typesOf(CommitObject)); !errors.Is(err, errUnknown) {
			return id, err
		}
	}
	return s.abbreviated(name, want)
}

// expansions are the full names that a short one may stand for, in the order of git's rules.
func expansions(name string) []string {
	return []string{
		name, "refs/" + name, "refs/tags/" + name, "refs/heads/" + name, "refs/remotes/" + name,
		"refs/remotes/" + name + "/HEAD",
	}
}

// named finds a ref by its name, full or short; its full name is "" if there is none. The error is that of a damaged one.
func (s *Store) named(name string) (full string, id ID, err error) {
	if name == "" {
		return "", ID{}, errUnknown
	}
	for _, full := range expansions(name) {
		if id, ok := s.ref(full); ok {
			return full, id, nil
		}
	}
	for _, p := range s.Problems() {
		if slices.Contains(expansions(name), p.Path) {
			return "", ID{}, p.Err
		}
	}
	if name == "HEAD" && !s.reftable {
		return "", ID{}, &RevisionError{name, "it is on a branch without commits"}
	}
	return "", ID{}, nil
}

// ref finds a ref by its full name.
func (s *Store) ref(full string) (ID, bool) {
	if full == "FETCH_HEAD" || full == "MERGE_HEAD" { // a ref for each line; the first counts
		return s.firstLine(full)
	}
	s.readRefs()
	i, ok := slices.BinarySearchFunc(s.refs, full, func(r Ref, name string) int { return strings.Compare(r.Name, name) })
	if !ok {
		return ID{}, false
	}
	return s.refs[i].Target, true
}

// unknown says what may be the reason that nothing has the name.
func (s *Store) unknown(expr string) error {
	reason := errUnknown.Error()
	switch {
	case s.reftable:
		return errors.New("the names of refs are not known, for this repository's ref storage is not read: " +
			"give an ID, or run git refs migrate --ref-format=files")
	case len(s.shallow()) > 0:
		reason += " in this shallow clone; fetch it: git fetch --unshallow, and git fetch origin NAME for another branch " +
			"(actions/checkout: fetch-depth: 0)"
	default:
		reason += "; git branch -a and git tag list the names, and git fetch gets what only the server has"
	}
	return &RevisionError{expr, reason}
}

// step takes one suffix.
func (s *Store) step(ctx context.Context, expr string, id ID, st step) (ID, error) {
	if st.op == '{' {
		return s.peelTo(expr, id, st.word)
	}
	c, err := s.commitOf(expr, id)
	if err != nil {
		return ID{}, err
	}
	if st.op == '^' && st.n == 0 {
		return c.ID, nil
	}
	if st.op == '^' {
		if st.n > len(c.Parents) {
			return ID{}, &RevisionError{expr, fmt.Sprintf("commit %s has %d parents", c.ID, len(c.Parents))}
		}
		return c.Parents[st.n-1], s.here(c, c.Parents[st.n-1])
	}
	seen := map[ID]bool{} // commits that lead to each other can be made, if IDs are not checked
	for k := range st.n {
		if err := ctx.Err(); err != nil {
			return ID{}, err
		}
		if len(c.Parents) == 0 || seen[c.ID] {
			return ID{}, &RevisionError{expr, fmt.Sprintf("the history before it ends after %d, not %d", k, st.n)}
		}
		seen[c.ID] = true
		if err := s.here(c, c.Parents[0]); err != nil {
			return ID{}, err
		}
		if c, err = s.commitOf(expr, c.Parents[0]); err != nil {
			return ID{}, err
		}
	}
	return c.ID, nil
}

// here tells by its error that a parent of a commit is not in the store.
func (s *Store) here(of Commit, parent ID) error {
	_, _, err := s.Read(parent)
	if errors.Is(err, ErrMissing) {
		return s.gap(of.ID, parent, s.shallow())
	}
	return err
}

// gap says why a commit's parent is not here, and what to do.
func (s *Store) gap(of, parent ID, cut map[ID]bool) error {
	switch {
	case cut[of]:
		return fmt.Errorf("parent %s of commit %s: %w: %w there: run git fetch --unshallow (actions/checkout: fetch-depth: 0)",
			parent, of, ErrMissing, ErrShallow)
	case s.Partial():
		return fmt.Errorf("parent %s of commit %s: %w, and this is a partial clone: run git fetch --refetch --no-filter",
			parent, of, ErrMissing)
	}
	return fmt.Errorf("parent %s of commit %s: %w: run git fsck", parent, of, ErrMissing)
}

// commitOf follows tags to a commit.
func (s *Store) commitOf(expr string, id ID) (Commit, error) {
	id, typ, err := s.peelTags(id, nil)
	if err != nil {
		return Commit{}, err
	}
	if typ != CommitObject {
		return Commit{}, &RevisionError{expr, fmt.Sprintf("%s is a %s, not a commit", id, typ)}
	}
	_, data, err := s.Read(id)
	if err != nil {
		return Commit{}, err
	}
	c, err := ParseCommit(id, data)
	if c.Tree.n == 0 {
		return Commit{}, err
	}
	return c, nil
}

// maxTags bounds how far tags may lead to each other.
const maxTags = 1000

// peelTags follows tags, giving each to visit unless that is nil, and gives what they lead to.
func (s *Store) peelTags(id ID, visit func(tag Tag, data []byte)) (at ID, typ Type, err error) {
	for range maxTags {
		var tag Tag
		typ, err = s.typeOf(id, func(data []byte) (err error) {
			tag, err = ParseTag(id, data)
			if err == nil && visit != nil {
				visit(tag, data)
			}
			return err
		})
		if err != nil || typ != TagObject {
			return id, typ, err
		}
		id = tag.Target
	}
	return ID{}, 0, fmt.Errorf("tags lead to each other more than %d times, %s is one of them", maxTags, id)
}

// peelTo follows tags and commits to an object of the type that the word names.
func (s *Store) peelTo(expr string, id ID, word string) (ID, error) {
	typ, err := s.typeOf(id, nil)
	want, _ := parseType(word)
	if err != nil || word == "object" || want == TagObject && typ == TagObject {
		return id, err
	}
	if id, typ, err = s.peelTags(id, nil); err != nil || word == "" {
		return id, err
	}
	if typ == CommitObject && want == TreeObject {
		c, err := s.commitOf(expr, id)
		return c.Tree, err
	}
	if typ != want {
		return ID{}, &RevisionError{expr, fmt.Sprintf("%s is a %s, and leads to no %s", id, typ, word)}
	}
	return id, nil
}

// typeOf gives the type of an object; the content of a tag goes to visit unless that is nil.
func (s *Store) typeOf(id ID, visit func(tag []byte) error) (typ Type, err error) {
	err = s.Visit(id, func(o Object) error {
		typ = o.Type
		if visit != nil && typ == TagObject {
			return visit(o.Data)
		}
		return nil
	})
	return typ, err
}
