// This file holds the commands that tell about rules.

package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/klaviyolint/klaviyolint/rules"
)

func (a *app) rulesCommand() *cobra.Command {
	var markdown bool
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if markdown {
				_, err := fmt.Fprint(a.stdout, rules.Document())
				return err
			}
			w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			for _, r := range rules.All {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.ID, r.Level, r.Kind, r.Title)
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "write all that is known of each, as docs/rules.md")
	return cmd
}

func (a *app) explainCommand() *cobra.Command {
	ids := make([]string, len(rules.All))
	for i, r := range rules.All {
		ids[i] = r.ID
	}
	return &cobra.Command{
		Use:       "explain RULE",
		Short:     "Explain a rule: what is wrong, why it matters, how to repair it",
		Args:      cobra.ExactArgs(1),
		ValidArgs: ids,
		RunE: func(_ *cobra.Command, args []string) error {
			r := rules.ByID(args[0])
			if r == nil {
				return &hinted{fmt.Errorf("rule %q is not one of %s", args[0], strings.Join(ids, ", ")), "the nearest is " + rules.Nearest(args[0]).ID + "; run klaviyolint rules to see what each is for"}
			}
			_, err := fmt.Fprintf(a.stdout, "%s (%s, %s): %s\n\n%s\n", r.ID, r.Level, r.Kind, r.Title, r.Markdown())
			return err
		},
	}
}
