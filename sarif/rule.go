// This file turns rules into SARIF's reporting descriptors.
//
// GitHub shows help.markdown on the alert's page, sorts alerts by level, then by precision, and makes a rule with a
// security-severity a security alert: above 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1 low; 9.0 itself is
// read in two ways. It shows the first 10 tags. GitLab reads tags of the form CWE-798, GitHub those of the form
// external/cwe/cwe-798; the number makes GitLab file the result under secret detection.

package sarif

import (
	"strings"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/klaviyolint/klaviyolint/rules"
	"github.com/klaviyolint/klaviyolint/scanner"
)

// catalogue is the rules of a run, each with its place.
type catalogue struct {
	descriptors []*gosarif.ReportingDescriptor
	index       map[*rules.Rule]int
}

// newCatalogue lists all, and behind them what rules the findings have besides, so that no result is without a rule.
func newCatalogue(all []*rules.Rule, found []*scanner.Finding) catalogue {
	c := catalogue{descriptors: []*gosarif.ReportingDescriptor{}, index: map[*rules.Rule]int{}}
	for _, rule := range all {
		c.add(rule)
	}
	for _, f := range found {
		c.add(f.Rule)
	}
	return c
}

func (c *catalogue) add(rule *rules.Rule) {
	if _, ok := c.index[rule]; ok {
		return
	}
	c.index[rule] = len(c.descriptors)
	c.descriptors = append(c.descriptors, descriptor(rule))
}

func descriptor(rule *rules.Rule) *gosarif.ReportingDescriptor {
	help := rule.Markdown()
	d := gosarif.NewRule(rule.ID).
		WithName(pascal(rule.ID)).
		WithShortDescription(gosarif.NewMultiformatMessageString(sentence(rule.Title))).
		WithFullDescription(gosarif.NewMultiformatMessageString(fullDescription(rule))).
		WithHelpURI(homeURI + "/blob/main/docs/rules.md#" + rule.ID).
		WithHelp(gosarif.NewMultiformatMessageString(help).WithMarkdown(help))
	d.DefaultConfiguration = &gosarif.ReportingConfiguration{Level: rule.Level.String()}
	// Not d.PropertyBag, which is hidden behind this field and never written.
	d.Properties = gosarif.Properties{
		"tags":              tags(rule),
		"precision":         precision(rule.Level),
		"problem.severity":  problemSeverity(rule.Level),
		"security-severity": securitySeverity(rule),
	}
	return d
}

// fullDescription is the rule's problem as a sentence. What a habit is told of need not be a key, so there it is the first
// paragraph of the help.
func fullDescription(rule *rules.Rule) string {
	if rule.Kind != rules.Hygiene {
		return sentence("A private key " + rule.Problem)
	}
	paragraph, _, _ := strings.Cut(strings.TrimSpace(rule.Help), "\n\n")
	return sentence(strings.ReplaceAll(strings.Join(strings.Fields(paragraph), " "), "**", ""))
}

// tags names the weakness CWE-798, use of hard-coded credentials, only where a credential is exposed: with it, GitLab
// files a result under secret detection.
func tags(rule *rules.Rule) []string {
	if rule.Kind == rules.Hygiene {
		return []string{"security", "klaviyo", string(rule.Kind)}
	}
	return []string{"security", "CWE-798", "external/cwe/cwe-798", "klaviyo", string(rule.Kind)}
}

func precision(level rules.Level) string {
	if level == rules.Error {
		return "very-high"
	}
	return "high"
}

func problemSeverity(level rules.Level) string {
	if level == rules.Error || level == rules.Warning {
		return level.String()
	}
	return "recommendation"
}

// securitySeverity is a number, as the string that GitHub wants.
func securitySeverity(rule *rules.Rule) string {
	switch {
	case rule.Level == rules.Error && rule.Kind == rules.Misuse:
		return "9.5"
	case rule.Level == rules.Error && rule.Kind == rules.Exposure:
		return "8.5"
	case rule.Level >= rules.Warning:
		return "5.0"
	}
	return "2.0"
}
