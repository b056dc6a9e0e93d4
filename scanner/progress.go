// This file tells how far a scan is while it runs.

package scanner

import "sync/atomic"

// Progress counts what a scan does while it does it; whoever scans may read it at any time. The zero value is ready, and
// a nil *Progress counts nothing.
//
// Total and Done are the source's to count, in whatever it goes through: objects of a store, files. They say nothing
// unless the source is given the same Progress as the scan; a source that does not know how much there is leaves Total 0.
// A source whose walk comes to its end leaves Done at Total.
type Progress struct {
	Total    atomic.Int64 // how much there is to go through
	Done     atomic.Int64 // of it, what has been gone through: searched, skipped, or not of a kind to be searched
	Suspects atomic.Int64 // contents with a trace of a key whose place is looked up before they are judged; see ErrLocate
	Found    atomic.Int64 // findings, of one key in one path one; some of them may yet turn out to be suppressed
}

// Expect adds n to what there is to go through.
func (p *Progress) Expect(n int) {
	if p != nil {
		p.Total.Add(int64(n))
	}
}

// Pass adds n to what has been gone through.
func (p *Progress) Pass(n int) {
	if p != nil {
		p.Done.Add(int64(n))
	}
}

// progressOf is what a scan needs to count: findings that are new.
type progressOf struct {
	*Progress
	seen map[where]bool // guarded by scan.mu
}

// suspect counts a content that has to be located.
func (p *progressOf) suspect() {
	if p.Progress != nil {
		p.Suspects.Add(1)
	}
}

// found counts those findings that are not versions of one that has been counted.
func (p *progressOf) found(found []*Finding) {
	if p.Progress == nil {
		return
	}
	if p.seen == nil {
		p.seen = map[where]bool{}
	}
	for _, f := range found {
		if at := whereIs(f); !p.seen[at] {
			p.seen[at] = true
			p.Found.Add(1)
		}
	}
}
