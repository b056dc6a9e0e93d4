// This file finds the call that a value is an argument of, and the Klaviyo words around it.

package rules

import "strings"

// callWindow is how far back the opening bracket of a call is looked for, in bytes.
const callWindow = 2 << 10

// enclosingCall reads rest backwards to the opening parenthesis that encloses its end and names what stands before
// it. Arrays and object literals on the way are part of the argument; a block or the end of a statement is not.
func enclosingCall(rest string) Argument {
	a := Argument{}
	depth := 0
	list := true // still in the innermost list, whose literals are Before
	for i := len(rest) - 1; i >= max(0, len(rest)-callWindow); i-- {
		switch c := rest[i]; c {
		case '"', '\'', '`':
			open := opening(rest, i)
			if open < 0 {
				continue
			}
			if depth == 0 && list {
				a.Before = append([]string{rest[open+1 : i]}, a.Before...)
			}
			i = open
		case ')', ']', '}':
			depth++
		case ',':
			if depth == 0 {
				a.Position++
			}
		case ';':
			if depth == 0 {
				return Argument{}
			}
		case '(', '[', '{':
			if depth > 0 {
				depth--
				continue
			}
			if c == '(' {
				if a.Callee = callee(rest[:i]); a.Callee != "" {
					return a
				}
			}
			if c == '{' {
				if !opensLiteral(rest[:i]) {
					return Argument{}
				}
				a.Before = nil
			}
			list, a.Position = false, 0
		}
	}
	return Argument{}
}

// opening finds the quote that opens the literal whose closing quote is s[i]; -1 if it is not on the same line.
func opening(s string, i int) int {
	for j := i - 1; j >= 0 && s[j] != '\n'; j-- {
		if s[j] == s[i] && (j == 0 || s[j-1] != '\\') {
			return j
		}
	}
	return -1
}

// callee reads the dotted name at the end of s: "_learnq.push", "Klaviyo::Client.new". A chain may go over several
// lines and calls without arguments: "KlaviyoSDK().initialize".
func callee(s string) string {
	name := ""
	for {
		s = strings.TrimRight(s, " \t")
		i := len(s)
		for i > 0 && (isWord(s[i-1]) || strings.IndexByte(".$:?>-", s[i-1]) >= 0) {
			i--
		}
		name = strings.TrimLeft(s[i:], "?:>-") + name
		s = strings.TrimRight(s[:i], " \t\r\n")
		if !strings.HasPrefix(name, ".") || s == "" {
			return name
		}
		if call, ok := strings.CutSuffix(s, "()"); ok {
			s, name = call, "()"+name
		} else if !isWord(s[len(s)-1]) {
			return name
		}
	}
}

// opensLiteral tells whether a brace after s opens an object literal, not a block.
func opensLiteral(s string) bool {
	s = strings.TrimRight(s, " \t\r\n")
	return s == "" || strings.IndexByte("(,[:={", s[len(s)-1]) >= 0
}

// evidence collects the Klaviyo words on either side of a key.
func evidence(left, right string) Evidence {
	const near = 2 << 10
	around := strings.ToLower(left[max(0, len(left)-near):]) + "\x00" + strings.ToLower(right[:min(len(right), near/2)])
	var e Evidence
	if strings.Contains(around, "klaviyo") || strings.Contains(around, "_learnq") {
		e |= NearKlaviyo
	}
	if strings.Contains(around, "customer_properties") || strings.Contains(around, "$email") {
		e |= NearEventBody
	}
	if strings.Contains(around, "klaviyo-api-key") {
		e |= NearPrivate
	}
	for rest := around; ; {
		_, after, found := strings.Cut(rest, "klaviyo.com/")
		if !found {
			return e
		}
		rest = after
		switch {
		case strings.HasPrefix(after, "client/"):
			e |= NearClient
		case strings.HasPrefix(after, "api/track"), strings.HasPrefix(after, "api/identify"):
			e |= NearTrack
		case strings.HasPrefix(after, "api/"):
			e |= NearPrivate
		case strings.HasPrefix(after, "onsite/js/"):
			e |= NearLoader
		}
	}
}
