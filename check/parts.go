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

// parts holds a government's report, which counts its whole division, against
// those of its departments that are stored: together they must not have more.
func (s *stock) parts() []Finding {
	type key struct {
		place, division string
		year            int
	}
	whole := map[key]*store.Report{}
	for i := range s.live {
		r := &s.live[i]
		if place, ok := strings.CutSuffix(r.Agency.Name, "人民政府"); ok && place != "" {
			whole[key{place, r.Agency.Division, r.Year}] = r
		}
	}
	members := map[*store.Report][]*store.Report{}
	var order []*store.Report
	for i := range s.live {
		r := &s.live[i]
		name := []rune(r.Agency.Name)
		// The longest government whose name the agency's begins with.
		for n := len(name) - 2; n >= 2; n-- {
			w := whole[key{string(name[:n]), r.Agency.Division, r.Year}]
			if w == nil || w == r {
				continue
			}
			if rest := ofWork.Replace(string(name[n:])); !lower.MatchString(rest) && !strings.HasPrefix(rest, "人民政府") {
				if members[w] == nil {
					order = append(order, w)
				}
				members[w] = append(members[w], r)
			}
			break
		}
	}
	var out []Finding
	for _, w := range order {
		for _, cell := range wholes() {
			if f := s.exceeds(w, members[w], cell); f != nil {
				out = append(out, *f)
			}
		}
	}
	return out
}

// lower tells the name of a body of a lower division, such as a county's, once
// the words of a department's work that look like one are gone.
var (
	lower  = regexp.MustCompile(`^\p{Han}{1,9}?(?:市|县|区|旗|州|盟|镇|乡|街道)\p{Han}+`)
	ofWork = strings.NewReplacer("城市", "", "城镇", "", "市场", "", "城乡", "")
)

// exceeds adds the departments' counts of a cell up.
func (s *stock) exceeds(w *store.Report, parts []*store.Report, cell string) *Finding {
	var total, sum figure
	v, ok := s.values[w.ID][cell]
	if !total.add(v, ok, false) {
		return nil
	}
	var largest *store.Report
	var most figure
	n := 0
	for _, p := range parts {
		v, ok := s.values[p.ID][cell]
		if v.Number == nil { // counts as nothing
			continue
		}
		var one figure
		one.add(v, ok, false)
		sum.add(v, ok, false)
		n++
		if largest == nil || one.value.GreaterThan(most.value) {
			largest, most = p, one
		}
	}
	if !sum.value.GreaterThan(total.value) {
		return nil
	}
	noun := "departments"
	if n == 1 {
		noun = "department"
	}
	return &Finding{Report: *w, Other: largest, Finding: normalize.Finding{
		Rule: "parts_exceed_whole", Severity: severity(normalize.Warning, total, sum), IDs: []string{cell},
		Message: fmt.Sprintf("%s: the government has %s, its %d %s stored together %s, %s alone %s", cell, total.value, n, noun, sum.value, largest.Agency.Name, most.value),
	}}
}

var wholes = sync.OnceValue(func() []string {
	var out []string
	for _, r := range dataset.Records(data, "data/parts.csv", "cell") {
		out = append(out, r[0])
	}
	return out
})
