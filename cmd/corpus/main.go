// Command corpus makes and scores the labelled corpus:
//
//	go run ./cmd/corpus generate -seed 1 -o DIR
//	go run ./cmd/corpus score DIR
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/klaviyolint/klaviyolint/scanner/corpus"
	"github.com/klaviyolint/klaviyolint/scanner/corpus/generator"
)

const usage = `usage: corpus generate [-seed N] [-templates DIR] -o DIR
       corpus score DIR`

// errFailed says that a corpus was scored and did not pass; the score has been printed.
var errFailed = errors.New("the corpus does not pass")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		if errors.Is(err, errFailed) {
			os.Exit(1)
		}
		os.Exit(2)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New(usage)
	}
	switch args[0] {
	case "generate":
		return generate(args[1:])
	case "score":
		return score(args[1:])
	}
	return fmt.Errorf("unknown command %q\n%s", args[0], usage)
}

func generate(args []string) error {
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	seed := flags.Uint64("seed", 1, "the same seed gives the same corpus")
	templates := flags.String("templates", "testdata/corpus", "the directory of templates")
	out := flags.String("o", "", "the directory to write; must be new or empty")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *out == "" || flags.NArg() > 0 {
		return errors.New(usage)
	}
	labels, err := generator.Generate(*templates, *seed, *out)
	if err != nil {
		return err
	}
	placements := 0
	for _, l := range labels {
		if len(l.Rules) > 0 {
			placements++
		}
	}
	fmt.Printf("%d placements, %d look-alikes in %s\n", placements, len(labels)-placements, *out)
	return nil
}

func score(args []string) error {
	if len(args) != 1 {
		return errors.New(usage)
	}
	s, err := corpus.Run(context.Background(), args[0])
	if err != nil {
		return err
	}
	if _, err := s.WriteTo(os.Stdout); err != nil {
		return fmt.Errorf("write score: %w", err)
	}
	if !s.Passed() {
		return errFailed
	}
	return nil
}
