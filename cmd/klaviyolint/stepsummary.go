// This file adds a report to the page that GitHub Actions shows for a step.

package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/report"
)

// stepSummary names the file of the page; "" outside GitHub Actions.
func (f *scanFlags) stepSummary() string {
	if f.format != "github" {
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
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	if err := report.StepSummary(file, r, report.MaxStepSummary-int(min(info.Size(), report.MaxStepSummary))); err != nil {
		return errors.Join(fmt.Errorf("write the summary: %w", err), file.Truncate(info.Size()))
	}
	return nil
}
