package normalize

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"nianbao/extract"
)

// What is said once can be misread unseen; what is said twice alike cannot.
// So a scan's agency and year are what occurs most often, and a finding says
// where prints differ or there is only one.

// isScan tells whether any of a document's text was read from pixels.
func isScan(doc *extract.Document) bool {
	return slices.ContainsFunc(doc.Pages, func(p extract.Page) bool { return p.Reader == "ocr" || strings.HasPrefix(p.Reader, "ocr/") }) ||
		slices.ContainsFunc(doc.Tables, func(t extract.Table) bool {
			return slices.ContainsFunc(t.Cells, func(c extract.Cell) bool { return c.Recognised })
		})
}

// titles are the usual subjects of a title, the longest first.
var titles = [][]rune{[]rune("政府信息公开工作年度报告"), []rune("政府信息公开年度报告"), []rune("政府信息公开工作报告")}

// mendTitle restores a subject of which up to two characters were misread, so
// that the title is found. What is told from the title, agency and year, stays
// as it was read.
func mendTitle(s string) string {
	rs := []rune(s)
	if len(rs) > 60 || subject.MatchString(s) {
		return s
	}
	for _, want := range titles {
		for i := 0; i+len(want) <= len(rs); i++ {
			off := 0
			for k, r := range want {
				if rs[i+k] != r {
					off++
				}
			}
			if off <= 2 {
				copy(rs[i:], want)
				return string(rs)
			}
		}
	}
	return s
}

// agree merges names that differ as misreadings do, so that each speaks for the
// one that occurs most often. variants are those merged into each name.
func (v agencyVotes) agree() (merged agencyVotes, variants map[string][]string) {
	merged, variants = agencyVotes{}, map[string][]string{}
	names := slices.SortedFunc(maps.Keys(v), func(a, b string) int {
		if d := v[b].places - v[a].places; d != 0 {
			return d
		}
		if d := v[b].weight - v[a].weight; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, n := range names {
		to := n
		for _, m := range slices.Sorted(maps.Keys(merged)) {
			if misreadings(n, m) {
				to = m
				variants[m] = append(variants[m], n)
				break
			}
		}
		if merged[to] == nil {
			merged[to] = &agencyVote{}
		}
		merged[to].weight += v[n].weight
		if to == n {
			merged[to].places = v[n].places
		}
	}
	return merged, variants
}

// misreadings tells whether two names may be one, each read with a slip or two.
func misreadings(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > longest || len(y) > longest || max(len(x), len(y))-min(len(x), len(y)) > 1 {
		return false
	}
	return distance(x, y) <= max(1, len(x)/4)
}

// settleScanned takes the name that most speaks for, misreadings of it
// included, and says where it stands on one reading or the title says something
// else.
func (id *identity) settleScanned(v agencyVotes, inTitle string) {
	merged, variants := v.agree()
	id.agency = merged.best()
	other := variants[id.agency]
	if inTitle == "" {
		inTitle = "nobody"
	}
	switch {
	case id.agency == "":
	case id.agency != inTitle && !slices.Contains(other, inTitle):
		id.findings = append(id.findings, Finding{Rule: "agency_conflict", Severity: Warning,
			Message: fmt.Sprintf("text or signature name %s, and the title as it was read names %s", id.agency, inTitle)})
	case len(other) > 0:
		id.findings = append(id.findings, Finding{Rule: "agency_conflict", Severity: Warning,
			Message: fmt.Sprintf("the agency was read as %s and as %s", id.agency, strings.Join(other, ", "))})
	case merged[id.agency].places < 2:
		id.findings = append(id.findings, Finding{Rule: "agency_unproved", Severity: Warning,
			Message: id.agency + " was read in one place only, from pixels"})
	}
}

// proveYear adds the year before the date of signature to what speaks for a
// year, and says where that leaves it on one reading.
func (id *identity) proveYear(years yearVotes, signed int) {
	if len(years) > 0 && signed > 0 {
		years.add(signed-1, 2, "date of signature")
	}
	if y := years[years.best()]; len(years) == 1 && y != nil && len(y.where) == 1 {
		id.findings = append(id.findings, Finding{Rule: "year_unproved", Severity: Warning,
			Message: fmt.Sprintf("%d was read in one place only (%s), from pixels", years.best(), y.where[0])})
	}
}
