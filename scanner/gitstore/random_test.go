// This file compares Sweep and Locate with the real git and the plainest search, on random repositories.

package gitstore_test

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore/gittest"
)

var (
	repos = flag.Int("repos", 40, "how many random repositories are compared with git")
	seed  = flag.Int64("seed", 0, "the first of them")
	keep  = flag.String("keep", "", "a directory to make them in, where they stay")
	knots = flag.Bool("tangled", false, "let thin packs be built on each other, in circles of packs")
)

// Sweep gives exactly the objects that git gives, each once, and Locate the places that a list of all files of all
// commits gives.
func TestRandomRepositories(t *testing.T) {
	t.Parallel()
	gittest.Git(t, os.Getenv("CI") != "")
	for i := range *repos {
		at := *seed + int64(i)
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			t.Parallel()
			compare(t, gittest.New(t, at, gittest.Options{Keep: *keep, Tangled: *knots}), at%2 == 0)
		})
	}
}

func compare(t *testing.T, r *gittest.Repo, unmapped bool) {
	want := r.Oracle()
	s, err := gitstore.Open(r.Dir, gitstore.Env{})
	require.NoError(t, err, r)
	defer s.Close()
	if unmapped {
		s.Unmapped()
	}
	got := map[string]gittest.Object{}
	var ids []gitstore.ID // what is located: all but trees
	var faults []string
	var mu sync.Mutex
	graph, err := s.Sweep(t.Context(), func(o gitstore.Object) (bool, error) {
		data := o.Data
		if o.Stream != nil {
			data, o.Err = io.ReadAll(o.Stream)
		}
		mu.Lock()
		defer mu.Unlock()
		id := o.ID.String()
		_, twice := got[id]
		if o.Err != nil || twice {
			faults = append(faults, fmt.Sprintf("%s %s of %s, twice %v: %v", o.Type, id, o.Where, twice, o.Err))
		}
		got[id] = gittest.Object{Type: o.Type.String(), Data: string(data)}
		if o.Type != gitstore.TreeObject {
			ids = append(ids, o.ID)
		}
		return o.Type != gitstore.TreeObject, nil
	}, nil)
	require.NoError(t, err, r)
	require.Empty(t, faults, r)
	for id, o := range want.Objects {
		require.True(t, got[id] == o, "%s %s is %s with %d bytes, not %d\n%s", o.Type, id, got[id].Type, len(got[id].Data), len(o.Data), r)
	}
	require.Len(t, got, len(want.Objects), r)
	places, err := graph.Locate(t.Context())
	require.NoError(t, err)
	requirePlaces(t, r, want.Places(), places)
	if !r.Said() {
		assert.Empty(t, s.Problems(), r)
	}
	for _, id := range ids[:min(len(ids), 40)] {
		typ, data, err := s.Read(id)
		require.NoError(t, err, r)
		require.True(t, gittest.Object{Type: typ.String(), Data: string(data)} == want.Objects[id.String()], "%s\n%s", id, r)
	}
}

func requirePlaces(t *testing.T, r *gittest.Repo, want []gittest.Place, got []gitstore.Place) {
	t.Helper()
	missing := map[gittest.Place]bool{}
	for _, p := range want {
		missing[p] = true
	}
	var wrong []string
	for _, p := range got {
		is := gittest.Place{Object: p.Object.String(), Path: p.Path, Commit: p.Commit.ID.String(), Reach: p.Reach, Ref: p.Ref}
		if !missing[is] {
			wrong = append(wrong, fmt.Sprintf("got  %+q", is))
		}
		delete(missing, is)
	}
	for p := range missing {
		wrong = append(wrong, fmt.Sprintf("want %+q", p))
	}
	require.Empty(t, wrong, "%s\n%s", strings.Join(wrong, "\n"), r)
}
