// This file measures how long reports take to be joined.

package report

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// shard returns a report of n findings, as a history has them.
func shard(number, n int) *scanner.Report {
	r := &scanner.Report{Version: "v1.2.3", Stats: scanner.Stats{Blobs: n, Commits: n, Bytes: int64(n)}}
	commit := &scanner.Commit{}
	for i := range n {
		raw := fmt.Sprintf("pk_AbC123_%034x", uint64(number*n+i)*0x9e3779b97f4a7c15)
		if i%10 == 0 {
			commit = &scanner.Commit{
				ID: fmt.Sprintf("%040x", number*n+i), Author: "Ann <ann@example.com>", Date: time.Unix(int64(i), 0), Subject: "add a theme",
			}
		}
		f := found(rules.ByID("loader-company-id"), rules.NewKey(rules.Site, raw), fmt.Sprintf("themes/%d/layout/theme-%d.liquid", number, i), 12,
			`<script async src="https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=`, `"></script>`)
		f.Slot, f.Commit, f.Reach = "static.klaviyo.com/onsite/js/klaviyo.js?company_id", commit, "head"
		r.Findings = append(r.Findings, f)
	}
	return r
}

// BenchmarkMerge joins 50 reports of 10,000 findings each, on one processor.
func BenchmarkMerge(b *testing.B) {
	var files [][]byte
	size := int64(0)
	for i := range 50 {
		var out bytes.Buffer
		require.NoError(b, JSON(&out, shard(i, 10_000), Options{}))
		files = append(files, out.Bytes())
		size += int64(out.Len())
	}
	b.SetBytes(size)
	for b.Loop() {
		began := time.Now()
		var parts []scanner.Part
		for _, f := range files {
			r, err := Read(bytes.NewReader(f))
			require.NoError(b, err)
			parts = append(parts, scanner.Part{Report: r})
		}
		b.ReportMetric(time.Since(began).Seconds(), "read-s")
		began = time.Now()
		r := scanner.Merge(parts)
		b.ReportMetric(time.Since(began).Seconds(), "merge-s")
		began = time.Now()
		require.NoError(b, JSON(io.Discard, r, Options{}))
		b.ReportMetric(time.Since(began).Seconds(), "write-s")
		require.Len(b, r.Findings, 500_000)
		parts = nil
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc-uint64(size))/1e6, "held-MB")
		runtime.KeepAlive(r)
	}
}

// BenchmarkRead reads a report of 10,000 findings.
func BenchmarkRead(b *testing.B) {
	var out bytes.Buffer
	require.NoError(b, JSON(&out, shard(1, 10_000), Options{}))
	b.SetBytes(int64(out.Len()))
	for b.Loop() {
		_, err := Read(bytes.NewReader(out.Bytes()))
		require.NoError(b, err)
	}
}
