// This file writes the repair of a line where it is certain.

package sarif

import (
	"fmt"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// fixes returns the replacement of a key by the public key that it contains, if that is what belongs there: the key is
// one that contains it, it stands where the public key belongs, as it is, in a file as that is now.
func fixes(f *scanner.Finding) []*gosarif.Fix {
	public := f.Key.PublicKey()
	certain := public != "" && f.Public == public && f.Rule.Kind == rules.Misuse && f.Rule.Remedy == "" &&
		len(f.Via) == 0 && f.InFile() && f.Start.Line() == f.End.Line()
	if !certain {
		return nil
	}
	replacement := gosarif.NewReplacement(regionOf(f)).WithInsertedContent(gosarif.NewArtifactContent().WithText(public))
	fix := gosarif.NewFix().WithDescriptionText(fmt.Sprintf("Put the public key '%s' in place of the private key.", public))
	fix.AddArtifactChanges(gosarif.NewArtifactChange(artifact(f.Path)).WithReplacement(replacement))
	return []*gosarif.Fix{fix}
}
