// This file lists the rules.

package rules

// All holds the rules in the order in which they are asked: from the most specific slot to none at all. The first
// that claims a candidate names the finding.
var All = []*Rule{
	loaderCompanyID,
	loaderPath,
	onsiteAccount,
	clientCompanyID,
	trackToken,
	subscribeAccount,
	mobileInitialize,
	sdkPublicArgument,
	bundledVariable,
	publicSetting,
	shippedPrivateKey,
	apiKeyInURL,
	bundledPrivateName,
	privateNameInPublicSlot,
	browserPrivateAPI,
	misleadingPlaceholder,
	hardcodedPrivateKey,

	// These claim no candidate: the scanner decides them on the finished report.
	SharedKey,
	AccountMismatch,
	UnusedIgnore,
	IgnoreWithoutReason,
}

// ByID returns the rule with the ID, or nil.
func ByID(id string) *Rule {
	for _, r := range All {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Claim asks the rules in order who claims the candidate in the slot; nil if no one does. Rules of hygiene are about
// words, all others about keys.
func Claim(c Candidate, s Slot) *Rule {
	for _, r := range All {
		if r.Claims != nil && c.IsKey() == (r.Kind != Hygiene) && r.Claims(c, s) {
			return r
		}
	}
	return nil
}
