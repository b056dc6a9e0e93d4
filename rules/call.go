// This file finds the call that a value is an argument of.

package rules

import (
	"slices"
	"strings"
)

// callWindow is how far back the opening bracket of a call is looked for, in bytes.
const callWindow = 2 << 10

// enclosingCall reads rest backwards to the opening parenthesis that encloses its end and names what stands before
// it. Arrays and object literals on the way are part of the argument; a block or the end of a statement is not. name
// is the value's, which rest ends before.
func enclosingCall(rest, name string) Argument {
	if receiver := messageReceiver(rest); receiver != "" && name != "" {
		return Argument{Callee: receiver + "." + name}
	}
	a := Argument{}
	depth := 0
	list := true // still in the innermost list, whose literals are Before
	limit := max(0, len(rest)-callWindow)
	for i := len(rest) - 1; i >= limit; i-- {
		switch c := rest[i]; c {
		case '"', '\'', '`':
			if isApostrophe(rest, i) {
				continue
			}
			open := opening(rest, i, limit)
			if open < 0 {
				continue
			}
			if depth == 0 && list {
				a.Before = append(a.Before, rest[open+1:i])
			}
			i = open
		case '/':
			if start := commentEnding(rest[limit:i+1], false); start >= 0 {
				i = limit + start
			}
		case '\n':
			if start := commentEnding(rest[limit:i], true); start >= 0 {
				i = limit + start
			}
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
			switch {
			case c == '(':
				a.Callee = callee(rest[:i])
			case c == '[' && !list:
				a.Callee = queue(rest[:i])
			case c == '{' && !opensLiteral(rest[:i]):
				return Argument{}
			case c == '{':
				a.Before = nil
			}
			if a.Callee != "" {
				if len(a.Before) == 0 {
					a.Label = name
				}
				slices.Reverse(a.Before)
				return a
			}
			list, a.Position = false, 0
		}
	}
	return Argument{}
}

// messageReceiver names the receiver when rest ends where the selector of an Objective-C message begins:
// [Klaviyo initialize:@"…"], [[Klaviyo shared] initialize:@"…"].
func messageReceiver(rest string) string {
	s := strings.TrimRight(rest, " ")
	if len(s) == len(rest) {
		return ""
	}
	if t, ok := strings.CutSuffix(s, "]"); ok {
		if s = t[:max(0, strings.LastIndexByte(t, ' '))]; s == "" {
			return ""
		}
	}
	if i := dotted(s); i > 0 && s[i-1] == '[' {
		return s[i:]
	}
	return ""
}

// queue names the variable that an array of commands is given to: var _learnq = [["account", "…"]].
func queue(s string) string {
	s = trimSpace(s)
	t := strings.TrimRight(s, "=|")
	if t == s {
		return ""
	}
	name, _ := nameAtEnd(t)
	return name
}

// opening finds the quote that opens the literal whose closing quote is s[i]; -1 if it is not on the same line, or
// before limit.
func opening(s string, i, limit int) int {
	for j := i - 1; j >= limit && s[j] != '\n'; j-- {
		if s[j] == s[i] && !isApostrophe(s, j) {
			return j
		}
	}
	return -1
}

// isApostrophe tells whether the quote s[i] stands in a word, as in don't, or is escaped. What stands between a lone
// letter and a word may be a literal's prefix: f'…'.
func isApostrophe(s string, i int) bool {
	if i == 0 {
		return false
	}
	if s[i-1] == '\\' {
		return true
	}
	return s[i] == '\'' && i > 1 && i+1 < len(s) && isAlnum(s[i-1]) && isAlnum(s[i-2]) && isAlnum(s[i+1])
}

// callee reads the dotted name at the end of s: "_learnq.push", "Klaviyo::Client.new", window["_learnq"].push. A chain
// may go over several lines and calls without arguments: "KlaviyoSDK().initialize".
func callee(s string) string {
	name := ""
	for {
		s = strings.TrimRight(s, " \t")
		i := len(s)
		for i > 0 && (isWord(s[i-1]) || strings.IndexByte(".$:?!>-", s[i-1]) >= 0) {
			i--
		}
		name = strings.TrimLeft(s[i:], "?!:>-") + name
		s = strings.TrimRight(s[:i], space)
		if !strings.HasPrefix(name, ".") || s == "" {
			return name
		}
		if call, ok := strings.CutSuffix(s, "()"); ok {
			s, name = call, "()"+name
		} else if index, rest := nameAtEnd(s); strings.HasSuffix(s, "]") && index != "" {
			s, name = rest, "."+index+name
		} else if !isWord(s[len(s)-1]) {
			return name
		}
	}
}

// opensLiteral tells whether a brace after s opens an object literal, not a block.
func opensLiteral(s string) bool {
	s = trimSpace(s)
	return s == "" || strings.IndexByte("(,[:={", s[len(s)-1]) >= 0
}
