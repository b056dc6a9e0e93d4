// This file writes the repair of a line where it is certain.

package sarif

import (
	"fmt"
	"strings"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// fixes returns the replacement of a key by the public key that it contains, if that is what belongs there: it stands where
// the public key belongs, as it is, in a file of which the scan saw what is there, and nothing calls the place private.
// Where something does, the name is as wrong as the value, and code that reads it may want the private key.
func fixes(f *scanner.Finding, opts Options) []*gosarif.Fix {
	public := f.Key.PublicKey()
	certain := public != "" && f.Public == public && f.Rule.Kind == rules.Misuse && f.Rule.Remedy == "" &&
		len(f.Via) == 0 && f.InFile() && f.Start.Line() == f.End.Line() &&
		!strings.Contains(strings.ToLower(f.Slot), "private")
	if !certain {
		return nil
	}
	replacement := gosarif.NewReplacement(regionOf(f)).WithInsertedContent(gosarif.NewArtifactContent().WithText(public))
	fix := gosarif.NewFix().WithDescriptionText(fmt.Sprintf("Put the public key '%s' in place of the private key.", public))
	fix.AddArtifactChanges(gosarif.NewArtifactChange(opts.artifact(f.Path)).WithReplacement(replacement))
	return []*gosarif.Fix{fix}
}
