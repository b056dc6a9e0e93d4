// This file adds a report to the page that GitHub Actions shows for a step.

package main

import (
	"cmp"
	"fmt"
	"os"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/report"
)

// stepSummary names the file of the page; "" outside GitHub Actions.
func (f *scanFlags) stepSummary() string {
	if !f.writes("github") {
		return ""
	}
	return os.Getenv("GITHUB_STEP_SUMMARY")
}

// openStepSummary opens the file to be added to, in which commands before may have written.
func openStepSummary(name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("write the summary to %q, which GITHUB_STEP_SUMMARY names: %w", name, cause(err))
	}
	return file, nil
}

// tryStepSummary tells whether a page can be added to the file, if there is to be any.
func tryStepSummary(name string) error {
	if name == "" {
		return nil
	}
	file, err := openStepSummary(name)
	if err != nil {
		return err
	}
	return file.Close()
}

// addStepSummary adds a page of the report to the file, whole or not at all.
func addStepSummary(name string, r *scanner.Report) error {
	if name == "" {
		return nil
	}
	file, err := openStepSummary(name)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil {
		err = report.StepSummary(file, r, report.MaxStepSummary-int(min(info.Size(), report.MaxStepSummary)))
	}
	// Some file systems say only when it is closed that there is no room.
	if err = cmp.Or(err, file.Close()); err == nil {
		return nil
	}
	err = fmt.Errorf("write the summary to %q, which GITHUB_STEP_SUMMARY names: %w", name, cause(err))
	if info != nil && info.Mode().IsRegular() { // what is none, such as a pipe, cannot be cut
		if cut := os.Truncate(name, info.Size()); cut != nil {
			return fmt.Errorf("%w; and take out what is written of it: %w", err, cause(cut))
		}
	}
	return err
}
