package check

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"nianbao/dataset"
	"nianbao/normalize"
	"nianbao/store"
)

// ruleCells count 规章, which few bodies can make.
var ruleCells = []string{
	"proactive.rules.issued", "proactive.rules.repealed", "proactive.rules.in_force",
	"proactive.rules.made", "proactive.rules.published", "proactive.rules.public_total",
}

// bodies finds 规章 counted by bodies that can make none.
func (s *stock) bodies() []Finding {
	var out []Finding
	for i := range s.live {
		r := &s.live[i]
		who, no := unable(r.Agency)
		if !no {
			continue
		}
		var ids, shown []string
		var all figure
		for _, c := range ruleCells {
			v, ok := s.values[r.ID][c]
			if ok && v.Number != nil && v.Number.IsPositive() {
				all.add(v, ok, false)
				ids = append(ids, c)
				shown = append(shown, c+" "+v.Number.String())
			}
		}
		if len(ids) > 0 {
			out = append(out, Finding{Report: *r, Finding: normalize.Finding{
				Rule: "rules_by_other_body", Severity: severity(normalize.Warning, all), IDs: ids,
				Message: fmt.Sprintf("%s, but %s can make no 规章", strings.Join(shown, ", "), who),
			}})
		}
	}
	return out
}

// unable tells whether an agency is known to be able to make no rules. By its
// name alone a city may be one with districts or one below a prefecture; its
// division tells.
func unable(a store.Agency) (who string, no bool) {
	for _, k := range bodyKinds() {
		if k.name.MatchString(a.Name) {
			return k.who, !k.rules
		}
	}
	if strings.HasSuffix(a.Name, "市人民政府") && len(a.Division) == 6 && !strings.HasSuffix(a.Division, "00") {
		return "cities below a prefecture", true
	}
	return "", false
}

type bodyKind struct {
	rules bool
	name  *regexp.Regexp
	who   string
}

// bodyKinds are tried in their order.
var bodyKinds = sync.OnceValue(func() []bodyKind {
	var out []bodyKind
	for _, r := range dataset.Records(data, "data/bodies.csv", "rules,name,who") {
		out = append(out, bodyKind{r[0] == "yes", regexp.MustCompile(r[1]), r[2]})
	}
	return out
})
