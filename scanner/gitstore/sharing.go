// This file lets walkers of one pack help each other: a history may be one large delta tree.

package gitstore

import (
	"context"
	"sync"
	"sync/atomic"
)

// sharing hands entries from walkers that have much left to do to those that have nothing.
type sharing struct {
	walkers int
	idle    atomic.Int64
	frames  chan walkFrame
	over    chan struct{} // closed when all have been idle
	close   sync.Once
}

func newSharing(walkers int) *sharing {
	return &sharing{walkers: walkers, frames: make(chan walkFrame), over: make(chan struct{})}
}

// offer gives f to a walker that waits, if one does.
func (s *sharing) offer(f walkFrame) bool {
	if s.idle.Load() == 0 { // spares most of the time the look at the channel
		return false
	}
	select {
	case s.frames <- f:
		return true
	default:
		return false
	}
}

// rest lets w, which has no root left, walk what others offer until they are done too. One that still walks what it was
// given when all others leave is not counted as idle: it needs nobody.
func (s *sharing) rest(ctx context.Context, w *packWalker) error {
	for {
		if s.idle.Add(1) == int64(s.walkers) {
			s.close.Do(func() { close(s.over) })
		}
		select {
		case f := <-s.frames:
			s.idle.Add(-1)
			if err := w.adopt(f); err != nil {
				return err
			}
		case <-s.over:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}
