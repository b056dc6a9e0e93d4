// This file counts how far the walk over a store is.

package source

import (
	"sync"

	"github.com/klaviyolint/klaviyolint/scanner"
)

// tally counts what one walk goes through, of a number that was promised. What the walk goes past without a visit it
// hears of all at once, such as the trees of a pack; it is spread over the visits, or the rate would say nothing about the
// time that is left.
type tally struct {
	progress *scanner.Progress
	promised int

	mu            sync.Mutex
	visited, past int
	counted       int // in progress
	over          bool
}

// visit counts an object that is visited. It may be called from several goroutines.
func (t *tally) visit() {
	if t.progress == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.visited++
	t.count()
}

// pass counts objects that are not visited.
func (t *tally) pass(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.past += n
	t.count()
}

// count brings the progress up to date: it is as far as the visits are on their way to all that there will be.
func (t *tally) count() {
	visits := max(t.promised-t.past, t.visited, 1)
	if done := t.promised * t.visited / visits; done > t.counted && !t.over {
		t.progress.Pass(done - t.counted)
		t.counted = done
	}
}

// finish says that the walk is at its end: what was promised and has not come, such as the second of two copies, is
// passed too, and what comes later is not counted.
func (t *tally) finish() {
	if t.progress == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over {
		t.over = true
		t.progress.Pass(t.promised - t.counted)
	}
}
