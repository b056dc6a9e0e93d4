// Package rules says what a Klaviyo private key looks like, what it is plugged into, and what is wrong with that: the
// key grammar (key.go, boundary.go), slots (slot.go, resolve.go) and the rules. It reads nothing and knows of no file,
// repository or report.
package rules

import "fmt"

// Kind sorts rules by what is wrong.
type Kind string

// The kinds of rules.
const (
	Misuse   Kind = "misuse"   // a private key where the public key belongs, or in code that ships to a browser or an app
	Exposure Kind = "exposure" // a private key anywhere else
	Hygiene  Kind = "hygiene"  // no key to see, but a habit that leads to one
)

// Level is how bad a finding is; a higher level is worse.
type Level uint8

// The levels, which are also SARIF's.
const (
	Note Level = iota + 1
	Warning
	Error
)

// String returns "note", "warning" or "error".
func (l Level) String() string {
	switch l {
	case Note:
		return "note"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return "none"
}

// ParseLevel reads what [Level.String] writes.
func ParseLevel(s string) (Level, error) {
	for _, l := range []Level{Note, Warning, Error} {
		if l.String() == s {
			return l, nil
		}
	}
	return 0, fmt.Errorf("level %q is not one of error, warning, note", s)
}

// Rule claims candidates by the slot they stand in, and says what is wrong and how to repair it.
// `klaviyolint explain`, the README's table, SARIF's help and every message are rendered from it.
type Rule struct {
	ID      string // kebab-case, never changed
	Title   string // lower case, no period: "private key as company_id of klaviyo.js"
	Problem string // completes the sentence "Private key pk_****ab12 …": where it stands and who can read it there
	Remedy  string // the one step that mends the line, a sentence; "" for what follows from Kind and key
	Help    string // Markdown: what, why, the repair with before and after
	Kind    Kind
	Level   Level
	// Claims tells whether the candidate in the slot is this rule's. It is nil if that shows only on the finished report.
	Claims func(Candidate, Slot) bool
	// Examples are run by one test for all rules.
	Examples []Example
}

// Example is a piece of a file and the rule that must claim what is in it. In Text, {site}, {hex}, {doc} and
// {alpha} stand for keys of each form (alpha: the documented form without a digit), and {public} for a public
// key: the test fills them in, so that the source holds no key. Path tells what kind of file it is: the test also puts
// a comment in that file's language before Text.
type Example struct {
	Path, Text string
	Right      bool // nothing may be found; else the rule that holds the example must claim the key
}

// Message says what is wrong with key, or with word where there is no key, and what to do, in Klaviyo's own order (help
// page "How to keep your account secure", "What to do if your private API key was exposed"): put the right value in
// place, then replace the key. public is the public key that belongs there, "" if it is not known.
func (r *Rule) Message(key Key, word, public string) string {
	if word != "" {
		return fmt.Sprintf("%s %s %s", word, r.Problem, r.Remedy)
	}
	text := fmt.Sprintf("Private key %s %s %s", key, r.Problem, r.remedy(public))
	if r.Kind == Hygiene {
		return text
	}
	return text + " " + Rotation
}

// remedy is the one step that mends the line of a key.
func (r *Rule) remedy(public string) string {
	switch {
	case r.Remedy != "":
		return r.Remedy
	case r.Kind == Exposure:
		return "Take it out of the file and read it from a secret store or the environment at run time."
	case public != "":
		return fmt.Sprintf("Put the account's public key there instead: %s.", public)
	}
	return "Put the account's public key there instead: the 6-character site ID that Klaviyo shows under Settings > API keys."
}

// Rotation is what to do with an exposed key.
const Rotation = "The key counts as stolen: in Klaviyo under Settings > API keys, create a new private key with a " +
	"label and a narrow scope for each integration that used this one, move them over, then delete this key."
