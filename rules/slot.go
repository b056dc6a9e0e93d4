// This file says what a slot is: what a value is plugged into, whatever the language. resolve.go finds it out.

package rules

import (
	"slices"
	"strings"
)

// Slot says what a value is plugged into. The parts are independent: a value may be a URL's parameter inside a call's
// argument. What is not there is zero.
type Slot struct {
	URL     URLPart
	Name    string   // the key, attribute, variable, property or option that holds the value, as written
	Another string   // the name whose default the value is: KLAVIYO_ID in companyId = env.KLAVIYO_ID || "…"
	Within  []string // the names of the objects, sections or parents that enclose Name, from the inside out
	Call    Argument
	Defines bool // of a word: it is given a value here, or is a name for one
	Scheme  bool // the scheme of the private API, Klaviyo-API-Key, stands directly before the value
	Near    Evidence
	Nearest Evidence // the one of Near that stands nearest, of those that tell what the value is used for
	File    FileKind // what becomes of the file that it stands in
}

// named tells whether one of the names that the value is given to is what match knows. match gets a name in lower
// case, letters and digits only: whole, its last part (payloadtoken, token of payload.token), and behind the name of what
// encloses it, if that is Klaviyo's (klaviyoaccount of account in klaviyo).
func (s Slot) named(match func(name string) bool) bool {
	for _, name := range []string{s.Name, s.Another, s.Call.Label} {
		if name != "" && (match(fold(name)) || match(fold(lastPart(name)))) {
			return true
		}
	}
	return s.Name != "" && s.isWithin(saysKlaviyo) && match(fold(s.Within[0])+fold(lastPart(s.Name)))
}

// isNamed is named for one name.
func (s Slot) isNamed(name string) bool {
	return s.named(func(n string) bool { return n == name })
}

// isWithin tells whether one of the names of what encloses the value is what match knows.
func (s Slot) isWithin(match func(name string) bool) bool {
	return slices.ContainsFunc(s.Within, func(name string) bool { return match(fold(name)) })
}

// URLPart is a place in a URL.
type URLPart struct {
	Host  string // lower case; "" in a relative URL
	Path  string // up to the value or the query, with the leading slash
	Param string // the query parameter that holds the value; "" when the value stands in the path
}

// Argument is a place in a call.
type Argument struct {
	Callee   string   // dotted, as written: "_learnq.push", "Klaviyo.initialize"; the variable of an array of commands
	Position int      // of the argument, from 0
	Label    string   // its label or keyword, or the object key inside it: "with", "account"
	Before   []string // the string literals before it in the same list: ["account"]
	More     bool     // another argument or item follows
}

// Evidence is the Klaviyo words around a value. It never makes a slot by itself, but tells whose slot it is.
type Evidence uint16

// The evidence that rules ask for.
const (
	NearKlaviyo   Evidence = 1 << iota // the word klaviyo, or _learnq
	NearLoader                         // the address of klaviyo.js
	NearTrack                          // an address of the track and identify APIs
	NearClient                         // an address of the client API
	NearPrivate                        // an address of the private API, or the scheme Klaviyo-API-Key
	NearEventBody                      // customer_properties or $email: the body of a track or identify call
	NearSubscribe                      // an address of the subscribe and back-in-stock forms
	NearSnippet                        // Django's middleware that writes klaviyo.js into pages
	Close                              // any of these within a few lines
	Beside                             // any of these on the same line
)

// Has tells whether any of what is in the evidence.
func (e Evidence) Has(what Evidence) bool { return e&what != 0 }

// String names the slot for a report: the URL, else the call with the argument, else the name.
func (s Slot) String() string {
	switch {
	case s.URL != URLPart{}:
		text := asName(s.URL.Host) + segments(s.URL.Path)
		if s.URL.Param != "" {
			text += "?" + asName(s.URL.Param)
		}
		return text
	case s.Call.Callee != "" && s.Call.Label != "":
		return asName(s.Call.Callee) + "(" + asName(s.Call.Label) + ":)"
	case s.Call.Callee != "" && len(s.Call.Before) > 0:
		names := make([]string, len(s.Call.Before))
		for i, literal := range s.Call.Before {
			names[i] = asName(literal)
		}
		return asName(s.Call.Callee) + "(" + strings.Join(names, ", ") + ")"
	case s.Call.Callee != "" && s.Name == "" && s.Another == "":
		return asName(s.Call.Callee) + "()"
	}
	if s.Name == "" {
		return asName(s.Another)
	}
	return asName(s.Name)
}

// asName returns what names a slot, or an ellipsis if it is no name but a value: long, or with a run of digits that may be
// a piece of a key.
func asName(s string) string {
	const longest, longestRun = 80, 12
	run := 0
	for i := range len(s) {
		if run++; !isLowerHex(s[i]) {
			run = 0
		}
		if run == longestRun || i == longest {
			return "…"
		}
	}
	return s
}

// segments is asName for the segments of a path.
func segments(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		parts[i] = asName(p)
	}
	return strings.Join(parts, "/")
}
