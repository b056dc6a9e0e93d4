// This file compares findings with each other: the same key in several projects, keys of several accounts. It says
// something only in clear cases, and nothing of a history, which has many versions of everything.

package scanner

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/klaviyolint/klaviyolint/rules"
)

// crossCheck returns what found, the findings of keys, tells when they are seen together.
func crossCheck(found []*Finding) []*Finding {
	var keys []*Finding
	for _, f := range found {
		if f.Suppressed == "" && f.HasKey() && f.Rule.Claims != nil && !f.History && !forShow(f.relative()) {
			keys = append(keys, f)
		}
	}
	slices.SortFunc(keys, inOrder)
	return append(sharedKeys(keys), mismatches(keys)...)
}

// publicNear returns the public keys beside a key that tells its account.
func publicNear(h hit) []string {
	if h.Key.PublicKey() == "" {
		return nil
	}
	return rules.PublicKeysNear(h.text, h.Candidate)
}

// again returns a finding of rule where f stands.
func (f *Finding) again(rule *rules.Rule, detail string) *Finding {
	other := *f
	other.Rule, other.Level, other.Detail = rule, rule.Level, detail
	return &other
}

// sharedKeys returns a finding for each place of a key in another project than its first. Where the public key belongs, a
// private one is a mistake, not a use.
func sharedKeys(keys []*Finding) []*Finding {
	places := map[string][]*Finding{}
	var order []string
	for _, f := range keys {
		if f.Rule.Kind != rules.Exposure || project(f.relative()) == "" {
			continue
		}
		id := f.Key.Fingerprint("")
		if places[id] == nil {
			order = append(order, id)
		}
		places[id] = append(places[id], f)
	}
	var found []*Finding
	for _, id := range order {
		uses := places[id]
		first := project(uses[0].relative())
		for _, f := range uses {
			if own := project(f.relative()); own != first {
				found = append(found, f.again(rules.SharedKey, elsewhere(uses, own)))
			}
		}
	}
	return found
}

// elsewhere names the places of a key in other projects than own: the first of each, and no more than a few.
func elsewhere(uses []*Finding, own string) string {
	const few = 3
	var names []string
	seen := map[string]bool{own: true}
	for _, f := range uses {
		p := project(f.relative())
		if seen[p] {
			continue
		}
		if seen[p] = true; len(names) == few {
			names = append(names, "elsewhere")
			break
		}
		names = append(names, fmt.Sprintf("'%s', line %d", f.Path, f.Start.Line()))
	}
	return "The same key stands in " + strings.Join(names, "; ") + "."
}

// mismatches returns a finding for each key that tells its account, where another one stands beside it or in the
// configuration.
func mismatches(keys []*Finding) []*Finding {
	accounts := map[string][]string{} // of the keys in a file: a public key that is one of these has its partner
	for _, f := range keys {
		if account := f.Key.PublicKey(); account != "" {
			accounts[f.Path] = append(accounts[f.Path], account)
		}
	}
	var found []*Finding
	for _, f := range keys {
		account := f.Key.PublicKey()
		if account == "" {
			continue
		}
		near := f.PublicNear
		paired := slices.ContainsFunc(near, func(public string) bool { return contains(accounts[f.Path], public) })
		if len(near) > 0 && !paired && near[0] != samplePublicKey {
			found = append(found, f.again(rules.AccountMismatch,
				fmt.Sprintf("The private key is of account %s, the public key beside it is %s.", account, near[0])))
			continue
		}
		if f.policy != nil && len(f.policy.PublicKeys) > 0 && !contains(f.policy.PublicKeys, account) {
			found = append(found, f.again(rules.AccountMismatch, fmt.Sprintf("The private key is of account %s, "+
				"the configuration's public-key is %s.", account, strings.Join(f.policy.PublicKeys, ", "))))
		}
	}
	return found
}

// samplePublicKey is the one in Klaviyo's documentation, and in many a template.
const samplePublicKey = "AbC123"

// contains heeds no case: a public key in the wrong one is a slip of another kind.
func contains(keys []string, account string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, account) })
}

// Names of directories, in lower case.
var (
	// holders hold a project in each of their directories.
	holders = words("apps packages services projects sites clients stores shops themes plugins extensions workers websites")
	// sides are projects when they stand at the top: the parts that one product is made of.
	sides = words("frontend backend web website server api worker mobile admin dashboard storefront theme")
	// inner are the directories inside one project.
	inner = words("src app lib config conf settings public static assets bin scripts include includes internal pkg cmd " +
		"components pages routes layout snippets sections templates views styles build dist out")
	// shows hold what is not in use: keys in them are samples.
	shows = words("doc docs documentation example examples sample samples demo demos test tests testing spec specs __tests__ " +
		"testdata fixture fixtures mock mocks __mocks__ e2e cypress vendor node_modules third_party")
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}

// project returns the part of a file's path that names the project it belongs to; "" if that is not clear. A project is a
// directory in one that holds projects (apps/web), if the file is a setting of it or in a directory that projects have:
// apps/users/models.py is a part of one project. Or it is at the top and a side of a product (backend).
func project(file string) string {
	dirs := strings.Split(path.Dir(file), "/")
	for i, d := range dirs {
		d = strings.ToLower(d)
		switch {
		case inner[d]:
			return ""
		case i == 0 && sides[d]:
			return dirs[0]
		case holders[d]:
			if i+1 == len(dirs) || inner[strings.ToLower(dirs[i+1])] {
				return ""
			}
			if i+2 < len(dirs) && inner[strings.ToLower(dirs[i+2])] || i+2 == len(dirs) && isSetting(path.Base(file)) {
				return strings.Join(dirs[:i+2], "/")
			}
			return ""
		}
	}
	return ""
}

// isSetting tells that a file in a project's own directory belongs to the project as a whole.
func isSetting(name string) bool {
	return name[0] == '.' || strings.HasPrefix(name, "config.") || strings.HasPrefix(name, "settings.") || slices.Contains([]string{".env", ".yml", ".yaml", ".json", ".toml", ".ini", ".properties"}, path.Ext(name))
}

// forShow tells that a file is no part of a product that runs: documentation, tests, examples.
func forShow(file string) bool {
	for d := range strings.SplitSeq(strings.ToLower(path.Dir(file)), "/") {
		if shows[d] {
			return true
		}
	}
	name := strings.ToLower(path.Base(file))
	return slices.Contains([]string{".md", ".mdx", ".rst", ".adoc"}, path.Ext(name)) ||
		strings.Contains(name, ".test.") || strings.Contains(name, ".spec.") ||
		strings.Contains(name, "example") || strings.Contains(name, "sample")
}
