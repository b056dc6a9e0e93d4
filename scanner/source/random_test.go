// This file compares the history of random repositories with a scan of all that git says they hold.

package source

import (
	"context"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore/gittest"
)

var (
	repos = flag.Int("repos", 40, "how many random repositories are searched")
	seed  = flag.Int64("seed", 0, "the first of them")
	keep  = flag.String("keep", "", "a directory to make them in, where they stay")
)

// blobs is a source of blobs at hand.
type blobs []scanner.Blob

func (l blobs) Walk(_ context.Context, visit func(scanner.Blob) error) error {
	for _, b := range l {
		if err := visit(b); err != nil {
			return err
		}
	}
	return nil
}

// plain is what is scanned for a history in the plainest way: every content that git knows, at each of its places.
func plain(o *gittest.Oracle, rng *rand.Rand) blobs {
	kinds := map[string]scanner.BlobKind{
		"blob": scanner.BlobObject, "commit": scanner.CommitObject, "tag": scanner.TagObject,
	}
	var list blobs
	places := o.Places()
	rng.Shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
	seen := map[string]bool{}
	for _, p := range places {
		object := o.Objects[p.Object]
		b := scanner.Blob{
			Kind: kinds[object.Type], Path: p.Path, ID: p.Object, Data: []byte(object.Data), Again: seen[p.Object], Located: true, Reach: p.Reach,
		}
		if p.Path == "" {
			b.Path = nameless(p.Object, object)
		}
		if p.Commit != "" {
			b.Commit = plainCommit(p.Commit, o.Objects)
		}
		seen[p.Object] = true
		list = append(list, b)
	}
	for _, p := range o.Names(func(name string) bool { return strings.Contains(name, "pk_") }) {
		name, isRef := strings.CutPrefix(p.Path, "ref:")
		if !isRef {
			name = path.Base(name)
		}
		b := scanner.Blob{Kind: scanner.Name, Path: p.Path, Data: []byte(name), Again: true, Reach: p.Reach}
		if p.Commit != "" {
			b.Commit = plainCommit(p.Commit, o.Objects)
		}
		list = append(list, b)
	}
	return list
}

func nameless(id string, object gittest.Object) string {
	if object.Type == "tag" {
		for _, line := range strings.Split(object.Data, "\n") {
			if name, ok := strings.CutPrefix(line, "tag "); ok {
				return "tag:" + name
			}
		}
	}
	return object.Type + ":" + id
}

// generation counts the commits on the longest way to one.
func generation(id string, objects map[string]gittest.Object, known map[string]int) int {
	if known[id] == 0 {
		head, _, _ := strings.Cut(objects[id].Data, "\n\n")
		longest := 0
		for _, line := range strings.Split(head, "\n") {
			if parent, ok := strings.CutPrefix(line, "parent "); ok && objects[parent].Type == "commit" {
				longest = max(longest, generation(parent, objects, known))
			}
		}
		known[id] = longest + 1
	}
	return known[id]
}

func plainCommit(id string, objects map[string]gittest.Object) *scanner.Commit {
	data := objects[id].Data
	c := &scanner.Commit{ID: id, Generation: generation(id, objects, map[string]int{})}
	head, message, _ := strings.Cut(data, "\n\n")
	for _, line := range strings.Split(head, "\n") {
		who, ok := strings.CutPrefix(line, "author ")
		if !ok || c.Author != "" {
			continue
		}
		end := strings.LastIndex(who, ">") + 1
		c.Author = who[:end]
		when := strings.Fields(who[end:])
		if sec, err := strconv.ParseInt(when[0], 10, 64); err == nil && sec >= 0 && sec < 253402300799-86400 {
			zone, err := strconv.Atoi(when[1])
			if err != nil || zone <= -2400 || zone >= 2400 {
				zone = 0
			}
			c.Date = time.Unix(sec, 0).In(time.FixedZone("", (zone/100*60+zone%100)*60))
		}
	}
	paragraph, _, _ := strings.Cut(strings.TrimLeft(message, "\r\n"), "\n\n")
	c.Subject = strings.Join(strings.FieldsFunc(paragraph, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
	return c
}

// told lists all that a report says of its findings.
func told(r *scanner.Report) []string {
	list := []string{}
	for _, f := range r.Findings {
		line := fmt.Sprintf("%+q %v %v %s %s %q %q %v %q %q", f.Path, f.Start, f.End, f.Rule.ID, f.Fingerprint(), f.Slot,
			f.Via, f.Reach, f.Suppressed, f.Line.Text)
		if f.Commit != nil {
			line += fmt.Sprintf(" %s %q %v %q %d", f.Commit.ID, f.Commit.Author, f.Commit.Date.Unix(), f.Commit.Subject, f.Commit.Generation)
		}
		list = append(list, line)
	}
	slices.Sort(list)
	return list
}

// History finds in a repository, however it is stored, what a scan of every object at every place of it finds.
func TestHistoryOfRandomRepositories(t *testing.T) {
	gittest.Git(t, os.Getenv("CI") != "")
	var found atomic.Int64
	t.Cleanup(func() {
		if *repos >= 10 && !t.Failed() {
			assert.Greater(t, int(found.Load()), *repos, "the repositories hold too few keys to prove anything")
		}
	})
	for i := range *repos {
		at := *seed + int64(i)
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, at, gittest.Options{Keep: *keep})
			list := plain(r.Oracle(), rand.New(rand.NewSource(at)))
			want := scanner.Scan(t.Context(), list, scanner.Options{})
			store, err := gitstore.Open(r.Dir, gitstore.Env{})
			require.NoError(t, err, r)
			defer store.Close()
			got := scanner.Scan(t.Context(), &History{Store: store}, scanner.Options{})
			assert.Equal(t, told(want), told(got), r)
			assert.Equal(t, want.Stats, got.Stats, r)
			if !r.Said() {
				assert.Equal(t, want.Skipped, got.Skipped, r)
				assert.Equal(t, want.Complete(), got.Complete(), r)
			}
			found.Add(int64(len(got.Findings)))
		})
	}
}
