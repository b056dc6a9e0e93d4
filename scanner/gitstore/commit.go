// This file decodes commits and tags, tolerantly: any bytes, any dates.

package gitstore

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Commit is a commit. Its texts come from outside: any bytes.
type Commit struct {
	ID, Tree          ID
	Parents           []ID
	Author, Committer string    // "Name <mail>"
	AuthorDate        time.Time // in the author's time zone; zero when it is no date of the years 1970 to 9999
	CommitDate        time.Time
	// Generation is how many commits are on the longest way that leads to it, itself among them, in what was asked for; 0
	// where only the commit was looked at.
	Generation int
	Message    string
}

// Subject gives the first paragraph of the message as one line, as git log --oneline does.
func (c Commit) Subject() string {
	text := strings.TrimLeft(c.Message, "\r\n")
	if i := strings.Index(text, "\n\n"); i >= 0 {
		text = text[:i]
	}
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}

// noDate stands for a date that is none.
const noDate = math.MinInt64

// commitLinks gives what a walk through history needs of a commit's content, without the texts that ParseCommit makes: of
// millions of commits only three lines matter. date is the committer's in seconds, or noDate. Of several trees and
// committers the first counts, to git as well. wrong is told of a tree or parent that is no ID of idLen bytes.
func commitLinks(data []byte, idLen int, wrong func(key string, value []byte)) (tree ID, parents []ID, date int64) {
	date = noDate
	dated := false
	headers(data, func(key string, value []byte) {
		switch key {
		case "tree", "parent":
			switch id, ok := parseHexID(value); {
			case !ok || int(id.n) != idLen:
				wrong(key, value)
			case key == "parent":
				parents = append(parents, id)
			case tree.n == 0:
				tree = id
			}
		case "committer":
			if dated {
				return
			}
			dated = true
			fields := bytes.Fields(value[bytes.LastIndexByte(value, '>')+1:])
			if len(fields) == 0 {
				return
			}
			if sec, err := strconv.ParseInt(string(fields[0]), 10, 64); err == nil && sec >= 0 {
				date = sec
			}
		}
	})
	return tree, parents, date
}

// ParseCommit decodes the content of the commit called id. The error says that it names no tree or a parent wrongly;
// what could be read is in the commit nevertheless.
func ParseCommit(id ID, data []byte) (Commit, error) {
	c := Commit{ID: id}
	var err error
	message := headers(data, func(key string, value []byte) {
		switch key {
		case "tree":
			if c.Tree.n == 0 {
				c.Tree, _ = parseHexID(value)
			}
		case "parent":
			parent, ok := parseHexID(value)
			if !ok {
				err = fmt.Errorf("decode commit %s: parent %.80q is no object ID", id, value)
				return
			}
			c.Parents = append(c.Parents, parent)
		case "author":
			if c.Author == "" {
				c.Author, c.AuthorDate = signature(value)
			}
		case "committer":
			if c.Committer == "" {
				c.Committer, c.CommitDate = signature(value)
			}
		}
	})
	c.Message = string(message)
	if c.Tree.n == 0 {
		err = fmt.Errorf("decode commit %s: it names no tree", id)
	}
	return c, err
}

// Tag is an annotated tag. Its texts come from outside: any bytes.
type Tag struct {
	ID, Target   ID
	TargetType   Type   // 0 when it is no type
	Name, Tagger string // Tagger is "Name <mail>"
	TagDate      time.Time
	Message      string
}

// ParseTag decodes the content of the tag called id. The error says that it names no object; what could be read is
// in the tag nevertheless.
func ParseTag(id ID, data []byte) (Tag, error) {
	t := Tag{ID: id}
	var seen [4]bool
	first := func(i int) bool { // of each key the first line counts, to git as well
		was := seen[i]
		seen[i] = true
		return !was
	}
	message := headers(data, func(key string, value []byte) {
		switch {
		case key == "object" && first(0):
			t.Target, _ = parseHexID(value)
		case key == "type" && first(1):
			t.TargetType, _ = parseType(string(value))
		case key == "tag" && first(2):
			t.Name = string(value)
		case key == "tagger" && first(3):
			t.Tagger, t.TagDate = signature(value)
		}
	})
	t.Message = string(message)
	if t.Target.n == 0 {
		return t, fmt.Errorf("decode tag %s: it names no object", id)
	}
	return t, nil
}

// headers gives "key value" lines to visit and returns what follows the first empty one. Lines that begin with a
// space go on with the value before (a signature does), which nobody here needs.
func headers(data []byte, visit func(key string, value []byte)) []byte {
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		if len(line) == 0 {
			return rest
		}
		data = rest
		if line[0] == ' ' {
			continue
		}
		key, value, _ := bytes.Cut(line, []byte(" "))
		if len(key) <= len("committer") {
			visit(string(key), value)
		}
	}
	return nil
}

// signature splits "Name <mail> 1700000000 +0100".
func signature(value []byte) (who string, when time.Time) {
	end := bytes.LastIndexByte(value, '>')
	if end < 0 {
		return string(value), time.Time{}
	}
	fields := bytes.Fields(value[end+1:])
	who = string(value[:end+1])
	if len(fields) == 0 {
		return who, time.Time{}
	}
	sec, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil || sec < 0 || sec > 253402300799-86400 { // the last second of 9999, in any time zone
		return who, time.Time{}
	}
	zone := time.UTC
	if len(fields) > 1 {
		if n, err := strconv.Atoi(string(fields[1])); err == nil && n != 0 && n > -2400 && n < 2400 {
			zone = time.FixedZone("", (n/100*60+n%100)*60)
		}
	}
	return who, time.Unix(sec, 0).In(zone)
}
