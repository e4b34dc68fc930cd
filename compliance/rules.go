package compliance

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed data/rules.json
var national []byte

// Rules are what reports are judged by.
type Rules struct {
	levels []level
	rules  []Rule
}

type level struct {
	Level string `json:"level"`
	Name  string `json:"name"` // a regular expression over the agency's name
	re    *regexp.Regexp
}

// Rule is one demand and its points.
type Rule struct {
	ID     string   `json:"id"`
	Kind   string   `json:"kind"` // deadline, heading, words, form, printed, numbers, findings
	Points int      `json:"points"`
	Title  string   `json:"title"`
	Basis  string   `json:"basis"`
	Levels []string `json:"levels"` // none means all
	From   int      `json:"from"`   // report years; 0 means no bound
	To     int      `json:"to"`

	Due      string   `json:"due"`      // deadline: month and day of the year after
	Patterns []string `json:"patterns"` // heading, words: regular expressions that must all be found
	Form     string   `json:"form"`     // form
	Table    string   `json:"table"`    // printed: the section number of a table
	Cells    []string `json:"cells"`    // numbers
	Findings []string `json:"findings"` // findings: rules, or what they begin with before a dot
	Whole    bool     `json:"whole"`    // findings: that there are none says something only of a report all of whose cells were read

	res []*regexp.Regexp
}

// file is a file of rules. Its levels come before those it is added to; a rule
// replaces the one of its id.
type file struct {
	Levels []level  `json:"levels"`
	Rules  []Rule   `json:"rules"`
	Drop   []string `json:"drop"` // ids of rules that do not hold
}

// National returns the rules that hold everywhere. Broken data is a defect of the
// program, which the tests show.
func National() *Rules { return nationalRules() }

var nationalRules = sync.OnceValue(func() *Rules {
	r, err := (&Rules{}).With(bytes.NewReader(national))
	if err != nil {
		panic(fmt.Sprintf("compliance: data/rules.json: %v", err))
	}
	return r
})

// largest bounds a file of rules.
const largest = 1 << 20

// With returns the rules with those of a file added.
func (r *Rules) With(in io.Reader) (*Rules, error) {
	b, err := io.ReadAll(io.LimitReader(in, largest+1))
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	if len(b) > largest {
		return nil, fmt.Errorf("read rules: more than %d bytes", largest)
	}
	var f file
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	out := &Rules{}
	for _, l := range f.Levels {
		if l.re, err = regexp.Compile(l.Name); err != nil {
			return nil, fmt.Errorf("level %s: %w", l.Level, err)
		}
		out.levels = append(out.levels, l)
	}
	out.levels = append(out.levels, r.levels...)
	out.rules = slices.DeleteFunc(slices.Clone(r.rules), func(x Rule) bool { return slices.Contains(f.Drop, x.ID) })
	for _, x := range f.Rules {
		if err := x.compile(); err != nil {
			return nil, fmt.Errorf("rule %s: %w", x.ID, err)
		}
		if i := slices.IndexFunc(out.rules, func(o Rule) bool { return o.ID == x.ID }); i >= 0 {
			out.rules[i] = x
		} else {
			out.rules = append(out.rules, x)
		}
	}
	return out, nil
}

// compile says what a rule lacks.
func (x *Rule) compile() error {
	need := func(ok bool, field string) error {
		if !ok {
			return fmt.Errorf("kind %q needs %q", x.Kind, field)
		}
		return nil
	}
	switch {
	case x.ID == "" || x.Title == "":
		return fmt.Errorf("id or title is missing")
	case x.Points < 0 || x.Points > 1000:
		return fmt.Errorf("points %d are not between 0 and 1000", x.Points)
	}
	switch x.Kind {
	case "deadline":
		if _, err := time.Parse("01-02", x.Due); err != nil {
			return fmt.Errorf("due %q is no month and day such as 01-31", x.Due)
		}
	case "heading", "words":
		for _, p := range x.Patterns {
			re, err := regexp.Compile(p)
			if err != nil {
				return err
			}
			x.res = append(x.res, re)
		}
		return need(len(x.Patterns) > 0, "patterns")
	case "form":
		return need(x.Form != "", "form")
	case "printed":
		return need(x.Table != "", "table")
	case "numbers":
		return need(len(x.Cells) > 0, "cells")
	case "findings":
		return need(len(x.Findings) > 0, "findings")
	default:
		return fmt.Errorf("unknown kind %q", x.Kind)
	}
	return nil
}

// Level says of what level an agency is, by its name.
func (r *Rules) Level(agency string) string {
	for _, l := range r.levels {
		if l.re.MatchString(agency) {
			return l.Level
		}
	}
	return ""
}

// applies tells whether a rule holds for a report.
func (x *Rule) applies(level string, year int) bool {
	return (len(x.Levels) == 0 || slices.Contains(x.Levels, level)) && (x.From == 0 || year >= x.From) && (x.To == 0 || year <= x.To)
}

// names tells whether the rule is about findings of this name.
func (x *Rule) names(finding string) bool {
	return slices.ContainsFunc(x.Findings, func(f string) bool { return finding == f || strings.HasPrefix(finding, f+".") })
}
