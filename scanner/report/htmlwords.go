// This file says in the plain words of the page what a report says in terms: how urgent a key is, where a place stands in
// a history, what a slot is, and what the whole report means.

package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// urgency is how soon a key has to be replaced; a higher one is sooner.
type urgency uint8

const (
	noted     urgency = iota // nobody reads it who should not
	past                     // not in the current version
	written                  // in the current version, for everyone who has the code
	published                // was where everyone can read it
	public                   // is where everyone can read it
)

func urgencyOf(f *scanner.Finding) urgency {
	maybe := current(f) || f.Reach == "" // what is not known may be
	switch {
	case !f.Exposes():
		return noted
	case f.Rule.Kind == rules.Misuse && maybe:
		return public
	case f.Rule.Kind == rules.Misuse:
		return published
	case maybe:
		return written
	}
	return past
}

// standing is how far a finding counts.
type standing uint8

const (
	fresh    standing = iota // it counts
	earlier                  // it was there before, and is only not counted as new
	excepted                 // somebody has decided that it does not count
)

func standingOf(f *scanner.Finding) standing {
	switch {
	case f.Suppressed == "":
		return fresh
	case strings.HasPrefix(f.Suppressed, scanner.AsKnown):
		return earlier
	}
	return excepted
}

// Known tells that nothing is new.
func (s standing) Known() bool { return s == earlier }

// current tells that the finding is in what the files or HEAD are now.
func current(f *scanner.Finding) bool { return f.Reach == "head" || f.Reach == "" && f.Commit == nil }

// Class names the urgency for the style sheet.
func (u urgency) Class() string {
	return [...]string{"noted", "past", "written", "published", "public"}[u]
}

// Badge says it in a few words.
func (u urgency) Badge() string {
	return [...]string{
		"To be noted", "Not in the current version", "In the code", "Was in public code", "Everyone can read it",
	}[u]
}

// Text says it in a sentence.
func (u urgency) Text() string {
	return [...]string{
		"The key is not where others can read it, but there is something to put right.",
		"The key is not in the current version, but in older ones or on other branches. Whoever has a copy of the repository can " +
			"read it there.",
		"The key is written into the code. Everyone who can read the repository, now or later, can use it.",
		"The key was in code of pages or apps, though not in the current version. If that was ever online, everyone could " +
			"read it.",
		"The key is in code that pages or apps bring to everyone who uses them. Treat it as stolen, and begin with it.",
	}[u]
}

// reachWords says where in a history the finding is; "" outside of one.
func reachWords(f *scanner.Finding) string {
	switch f.Reach {
	case "head":
		return "Still in the current version (HEAD)"
	case "ref":
		if f.Ref == "" {
			return "Not in the current version, but a branch or tag leads to it"
		}
		return "Not in the current version, but " + refWords(f.Ref) + " leads to it"
	case "stash":
		return "Only in work that was set aside (git stash)"
	case "reflog":
		return "Only in git's record of earlier states (reflog)"
	case "unreachable":
		return "Deleted, but still stored in the repository: nothing leads to it"
	case "":
		if f.Commit != nil {
			return "It is not known whether it is in the current version"
		}
		return ""
	}
	return Show(f.Reach)
}

// refWords names a ref: the branch main.
func refWords(ref string) string {
	for _, kind := range []struct{ prefix, noun string }{
		{"refs/heads/", "the history of the branch"}, {"refs/tags/", "the tag"}, {"refs/remotes/", "the history of the branch"},
	} {
		if name, ok := strings.CutPrefix(ref, kind.prefix); ok {
			return kind.noun + " " + Show(name)
		}
	}
	return Show(ref)
}

// objectWords says in what object a finding stands that is no file's; "" for a file.
func objectWords(f *scanner.Finding) string {
	if f.InFile() {
		return ""
	}
	switch objectKind(f.Path) {
	case "commit":
		return "The text of a commit"
	case "tag":
		return "The text of a tag"
	case "ref":
		return "The name of a branch or tag"
	case "blob":
		return "A content of which nothing says where it was"
	}
	return ""
}

// slotWords says what the key is plugged into, from what [rules.Slot.String] writes; "" if nothing is known.
func slotWords(slot string) string {
	slot = Show(slot)
	switch address, parameter, inQuery := strings.Cut(slot, "?"); {
	case slot == "":
		return ""
	case inQuery && address == "":
		return fmt.Sprintf("the parameter “%s” of an address", parameter)
	case inQuery:
		return fmt.Sprintf("the parameter “%s” of the address %s", parameter, address)
	}
	if callee, argument, ok := strings.Cut(strings.TrimSuffix(slot, ")"), "("); ok && strings.HasSuffix(slot, ")") {
		label, labelled := strings.CutSuffix(argument, ":")
		switch {
		case argument == "":
			return fmt.Sprintf("what is given to “%s”", callee)
		case labelled:
			return fmt.Sprintf("the “%s” that is given to “%s”", label, callee)
		}
		return fmt.Sprintf("what follows “%s” in “%s”", argument, callee)
	}
	if strings.Contains(slot, "/") {
		return "a part of the address " + slot
	}
	return fmt.Sprintf("the value of “%s”", slot)
}

// headline says what the report means: a headline, a sentence or two, and their tone.
func headline(r *scanner.Report, found counts, keys keyCounts) (title, lead, tone string) {
	known := keys.knownWords()
	but := known
	if r.Shard.Of > 0 {
		but += fmt.Sprintf(" This is shard %s of the history: the others may hold more.", r.Shard)
	}
	if !r.Complete() {
		but += " Not all could be scanned, so there may be more."
	}
	switch exposed, public := keys.exposed, keys.public; {
	case exposed > 0:
		title = plural(exposed, "private Klaviyo key") + " " + isAre(exposed) + " exposed"
		lead = "No key was found in pages or apps, but whoever can read the code can use " + itThem(exposed) + "."
		if keys.known > 0 {
			lead = strings.Replace(lead, "No key", "No new key", 1)
		}
		if public > 0 {
			lead = fmt.Sprintf("%s in pages or apps, where everyone can read %s, or could.", ofThem(public, exposed), itThem(public))
		}
		return title, lead + but, "danger"
	case found.all > 0:
		title = plural(found.all, "thing") + " to put right"
		lead = "No exposed private key of Klaviyo was found" + found.but() + ", but something that leads to one."
		if !r.Complete() {
			lead = "In what could be scanned, no exposed private key of Klaviyo was found" + found.but() +
				", but something that leads to one."
		}
		return title, lead + but, "warning"
	case known != "":
		title = "No new private key" + partly(r)
		if live := keys.known; live > 0 {
			title += fmt.Sprintf(", but %s %s still there", plural(live, "known one"), isAre(live))
		}
		return title, "This is not an all-clear." + but, "warning"
	case !scannedAny(r.Stats):
		return "Nothing was scanned", nothingWords(r), "warning"
	case !r.Complete():
		return "No private key" + partly(r),
			"This is not an all-clear: what could not be scanned may hold keys. None was found in the rest" + found.but() + ".",
			"warning"
	case r.Shard.Of > 0 || len(r.Skipped) > 0:
		lead = "No text with the form of a Klaviyo private key was found" + found.but() + "."
		if len(r.Skipped) > 0 {
			lead += " What was left out on purpose, listed below, was not scanned and may hold keys."
		}
		if r.Shard.Of > 0 {
			lead += " This is not an all-clear: the other shards of the history may hold keys. Only all of them, joined, " +
				"tell that there is none."
		}
		return "No private key" + partly(r), lead, "calm"
	}
	scope := "This says nothing of what was not part of this scan: other repositories, earlier versions, what is online, " +
		"settings of apps and hosts."
	if r.Stats.Commits > 0 {
		scope = strings.Replace(scope, "earlier versions, ", "", 1)
	}
	return "No private key of Klaviyo was found",
		"No text with the form of a Klaviyo private key is in what was scanned" + found.but() + ". " + scope, "good"
}

// keyCounts is what a headline says of the keys.
type keyCounts struct {
	exposed, public int // with something new: those that count as stolen, and of them those that everyone can, or could, read
	known           int // that count as stolen, with nothing new
	things          int // else known before: what is to be noted of keys, and what has none
}

// knownWords says, after another sentence, what was known before the scan and is still there; "" for nothing. A key that
// also counts is not said again.
func (c keyCounts) knownWords() string {
	switch {
	case c.known > 0:
		return fmt.Sprintf(" %s known before %s still there, listed below, and as exposed as any other.",
			plural(c.known, "private key"), isAre(c.known))
	case c.things > 0:
		return fmt.Sprintf(" %s known before %s still there, listed below.", plural(c.things, "thing"), isAre(c.things))
	}
	return ""
}

// nothingWords says why nothing was scanned.
func nothingWords(r *scanner.Report) string {
	switch left := leftOut(r.Stats); {
	case left != "":
		return "All that was there was left out: " + left + ". This is not an all-clear."
	case r.Complete() && len(r.Skipped) == 0:
		return "No file and no git object was there to read. This is not an all-clear."
	}
	return "What was there could not be read. This is not an all-clear."
}

// ofThem says: It is, Both are, All 3 are, 2 of them are.
func ofThem(n, all int) string {
	switch {
	case all == 1:
		return "It is"
	case n == all && n == 2:
		return "Both are"
	case n == all:
		return fmt.Sprintf("All %d are", n)
	}
	return fmt.Sprintf("%d of them %s", n, isAre(n))
}

func itThem(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}
