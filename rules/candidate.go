// This file says what a rule may claim.

package rules

import "strings"

// Candidate is what a rule may claim: a private key found in a text, or, where there is none to see, a word that tells
// of the habit that leads to one: the name of a variable, a placeholder.
type Candidate struct {
	Key        Key    // the zero Key if Word is set
	Word       string // a name or a placeholder, as written; "" if there is a key
	Start, End int    // the span in the text, in bytes
	Beside     int    // of a word: how far from it, in bytes, a key makes it moot, for then there is a key to see
}

// IsKey tells that there is a key, not a word.
func (c Candidate) IsKey() bool { return c.Key.form != 0 }

// NeedsSlot tells that the candidate counts only in a place made for a Klaviyo key: 34 letters without a digit
// are far more often the name of a primary key (pk_customersubscriptionpreferencehist) than a secret.
func (c Candidate) NeedsSlot() bool {
	return c.Key.form == Documented && (!strings.ContainsAny(c.Key.Raw()[len(prefix):], "0123456789") || isSample(c.Key.Raw()))
}

// isSample tells whether raw is the sample of Klaviyo's help page, or that of other scanners' tests.
func isSample(raw string) bool {
	return strings.HasPrefix(raw, prefix+"abc123def456ghi7") || strings.HasPrefix(raw, prefix+"abcd1234fghij5678")
}

// isKlaviyos tells whether the candidate is Klaviyo's key whatever it is used for: the exact forms are no one else's, the
// documented one is only where Klaviyo is spoken of.
func (c Candidate) isKlaviyos(s Slot) bool {
	return c.Key.form != Documented || !c.NeedsSlot() && (s.Near.Has(Beside) || s.Scheme || s.isKlaviyos() || s.Near.Has(Close) && s.File != ConfigFile)
}
