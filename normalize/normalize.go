package normalize

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"nianbao/extract"
	"nianbao/normalize/prefilter"
	"nianbao/schema"
)

// Version names everything in this package that can change a Report.
const Version = "6"

// Normalize maps a Document to a Report. It never fails: what it cannot find or
// cannot be sure of is in the findings and under review.
func Normalize(doc *extract.Document) *Report { return normalize(doc, nil) }

// normalize is Normalize with what people say of cells and fields.
func normalize(doc *extract.Document, said map[string]*Said) *Report {
	if len(doc.Members) > 0 {
		return unpacked(doc)
	}
	lines := plainLines(doc)
	id := identify(doc, lines)
	id.say(said)
	rep := &Report{
		Agency: Agency{Name: id.agency}, Year: id.year, Dated: id.dated,
		Observations: []Observation{}, Findings: []Finding{},
		Attachments: attachments(doc),
	}
	rep.warn(doc)

	tables := find(doc)
	form, told := chooseForm(tables, id.year)
	if form == nil {
		rep.refuse(id)
		return rep
	}
	if f := sayForm(said); f != nil {
		form, told = f, true
	}
	rep.Form, rep.Claims = form.ID, id.claims
	rep.Findings = append(rep.Findings, id.findings...)
	if !told {
		rep.Findings = append(rep.Findings, Finding{Rule: "form_uncertain", Severity: Warning, IDs: formCells(id.year),
			Message: "the headings of table 二, which tell the form, were not read; form " + form.ID + " is taken by the year"})
	}
	if id.agency == "" {
		rep.Findings = append(rep.Findings, Finding{Rule: "agency_missing", Severity: Warning, Message: "no name of an agency in title, text or signature"})
	}
	if id.year == 0 {
		rep.Findings = append(rep.Findings, Finding{Rule: "year_missing", Severity: Warning, Message: "no year in title, 统计期限 or date of signature"})
	}

	used := []*template{statistics()}
	if form.ID != "2014" {
		used = []*template{proactive(), requests(), review()}
	}
	entries := map[string]*entry{}
	for _, t := range used {
		in := rep.choose(doc, t, tables[t], id)
		if in == nil {
			continue
		}
		in.doubtBlankRow()
		in.doubtBesideLeft()
		maps.Copy(entries, in.entries)
		if len(in.extra) > 0 {
			rep.Findings = append(rep.Findings, Finding{Rule: "row_unknown", Severity: Advice, Message: fmt.Sprintf("table %s has rows that no form has: %s", t.section, strings.Join(in.extra, "; "))})
		}
	}
	rep.observe(form, used, tables, entries, said, damaged(doc))
	rep.check(form)
	rep.checkProse(doc, lines)
	rep.checkWords(lines, id)
	rep.sort()
	return rep
}

// find looks for every statutory table among the document's tables, and in its
// running text for those that are not there. Form 2014 stands alone: where the
// tables of the later forms are, it is not looked for in the text.
func find(doc *extract.Document) map[*template][]*instance {
	parts := newParts(doc)
	out := map[*template][]*instance{}
	for _, t := range []*template{proactive(), requests(), statistics()} {
		out[t] = t.find(parts)
	}
	out[review()] = collectReview(parts)
	if len(out[proactive()])+len(out[statistics()]) == 0 {
		out[proactive()] = proactive().find([]*part{running(doc, proactive())})
	}
	if len(out[requests()])+len(out[statistics()]) == 0 {
		out[requests()] = requests().find([]*part{running(doc, requests())})
	}
	later := len(out[proactive()]) + len(out[requests()])
	if later > 0 && len(out[review()]) == 0 {
		out[review()] = collectReview([]*part{runningReview(doc)})
	}
	if later == 0 && len(out[statistics()]) == 0 {
		out[statistics()] = statistics().find([]*part{running(doc, statistics())})
	}
	return out
}

// find collects the printings of a table that are whole enough to be it.
func (t *template) find(parts []*part) []*instance {
	least := map[string]int{"二": 2, "三": 5, "统计表": 10}[t.section]
	return slices.DeleteFunc(t.collect(parts), func(in *instance) bool { return len(in.rows) < least })
}

// warn turns what the readers say of the file into findings.
func (r *Report) warn(doc *extract.Document) {
	for _, w := range doc.Warnings {
		msg := w.Message
		if w.Page > 0 {
			msg = fmt.Sprintf("page %d: %s", w.Page, msg)
		}
		r.Findings = append(r.Findings, Finding{Rule: w.Code, Severity: Warning, Message: msg})
	}
}

// damaged tells whether the file's readers repaired it, so that every value
// needs a proof of its own.
func damaged(doc *extract.Document) bool {
	return slices.ContainsFunc(doc.Warnings, func(w extract.Warning) bool {
		return w.Code == "damaged" || w.Code == "converted" || w.Code == "text_untrusted" || w.Code == "charset"
	})
}

// refuse says why there is no form: another kind of text, or a report of prose
// alone.
func (r *Report) refuse(id identity) {
	if !id.isReport {
		r.Agency, r.Year, r.Dated = Agency{}, 0, ""
		r.Findings = append(r.Findings, Finding{Rule: "not_a_report", Severity: Error, Message: "no title of an annual report on government information disclosure and none of its tables"})
		return
	}
	r.Findings = append(r.Findings, id.findings...)
	missing := "the report holds none of the statutory tables; before 2014 there was no national form, and tables may be published as pictures"
	if len(r.Attachments) > 0 {
		missing += fmt.Sprintf(", or in a file that the page links: read that one too (%s)", linked(r.Attachments))
	}
	r.Findings = append(r.Findings, Finding{Rule: "table_missing", Severity: Error, IDs: due(id.year), Message: missing})
}

// due lists the cells that a report of this year owes: none before 2019, when
// tables were appended by some agencies only.
func due(year int) []string {
	form := schema.Lookup("2021")
	switch {
	case year < 2019:
		return nil
	case year < 2021:
		form = schema.Lookup("2019")
	}
	var ids []string
	for i := range form.Cells {
		ids = append(ids, form.Cells[i].ID)
	}
	return ids
}

// formCells lists the cells in which the forms differ that a report for a year may be
// on; the year is 0 where it is not known.
func formCells(year int) []string {
	var ids []string
	pairs := [][2]string{{"2019", "2021"}, {"2021", "2019"}}
	if year < 2019 {
		pairs = append(pairs, [2]string{"2014", "2021"})
	}
	for _, pair := range pairs {
		a, b := schema.Lookup(pair[0]), schema.Lookup(pair[1])
		for i := range a.Cells {
			if b.Cell(a.Cells[i].ID) == nil {
				ids = append(ids, a.Cells[i].ID)
			}
		}
	}
	return ids
}

// chooseForm takes the form that the headings of table two name; told is false
// where they were not read. Then three rows of 其他处理 name the form of 2021,
// which one row does not rule out, and else the year decides.
func chooseForm(tables map[*template][]*instance, year int) (form *schema.Form, told bool) {
	votes := map[string]float64{}
	for _, in := range tables[proactive()] {
		for f, v := range in.forms {
			votes[f] += v
		}
	}
	three := tables[requests()]
	split := slices.ContainsFunc(three, func(in *instance) bool { return in.entries["requests.other.miscellaneous.total"] != nil })
	switch {
	case len(tables[proactive()]) == 0 && len(three) == 0 && len(tables[statistics()]) > 0:
		return schema.Lookup("2014"), true
	case len(tables[proactive()]) == 0 && len(three) == 0:
		return nil, false
	case votes["2019"] > votes["2021"]:
		return schema.Lookup("2019"), true
	case votes["2021"] > votes["2019"], split:
		return schema.Lookup("2021"), true
	case year >= 2021:
		return schema.Lookup("2021"), false
	}
	return schema.Lookup("2019"), false
}

// choose takes the one printing of a table that is the report's own. Two that
// differ and cannot be told apart put every value under review.
func (r *Report) choose(doc *extract.Document, t *template, found []*instance, id identity) *instance {
	if len(found) == 0 {
		return nil
	}
	best := found[0]
	for _, in := range found[1:] {
		if len(in.entries) > len(best.entries) {
			best = in
		}
	}
	var rivals []*instance
	for _, in := range found {
		if in != best && 2*len(in.entries) >= len(best.entries) && !in.same(best) {
			rivals = append(rivals, in)
		}
	}
	if len(rivals) == 0 {
		if foreign(doc, best, id) {
			r.Findings = append(r.Findings, Finding{Rule: "table_foreign", Severity: Warning, Message: fmt.Sprintf("the only table %s is headed as that of another year and was not taken", t.section)})
			return nil
		}
		if best.overtaken(doc, id) || damaged(doc) && best.strayed(doc, id) {
			r.doubt(best, fmt.Sprintf("the heading of table %s is not where it should be; it may be another year's", t.section))
		}
		return best
	}
	own := slices.DeleteFunc(append([]*instance{best}, rivals...), func(in *instance) bool { return foreign(doc, in, id) })
	// What stands before rows that lack their first one is not their heading.
	begun := func(in *instance) bool { return in.rows[0] }
	if len(own) == 1 && (own[0].rows[0] || !slices.ContainsFunc(append(rivals, best), begun)) {
		if own[0].strayed(doc, id) {
			r.doubt(own[0], fmt.Sprintf("table %s is printed %d times, and the one not headed as another year's stands in another section", t.section, len(rivals)+1))
			return own[0]
		}
		r.Findings = append(r.Findings, Finding{Rule: "table_repeated", Severity: Advice, Message: fmt.Sprintf("table %s is printed %d times; the others are headed as those of other years", t.section, len(rivals)+1)})
		return own[0]
	}
	if len(own) > 0 {
		best = own[0]
	}
	r.doubt(best, fmt.Sprintf("table %s is printed %d times with different numbers, and nothing says which is this report's", t.section, len(rivals)+1))
	return best
}

// doubt puts a whole table under review: it may not be this report's.
func (r *Report) doubt(in *instance, why string) {
	for _, e := range in.entries {
		e.misplaced = true
	}
	r.Findings = append(r.Findings, Finding{Rule: "table_ambiguous", Severity: Warning, IDs: slices.Sorted(maps.Keys(in.entries)), Message: why})
}

// same tells whether two printings say the same.
func (in *instance) same(o *instance) bool {
	for id, e := range o.entries {
		f := in.entries[id]
		if f == nil || f.reading.state != e.reading.state || !f.reading.value.Equal(e.reading.value) {
			return false
		}
	}
	return true
}

// foreign tells whether what stands right before a table names another year.
// Before a table in running text its own headings stand, too.
func foreign(doc *extract.Document, in *instance, id identity) bool {
	reach := 2
	if in.number == 0 {
		reach = 25
	}
	for i := in.line - 1; i >= max(0, in.line-reach) && i < len(doc.Lines); i-- {
		s := plain(doc.Lines[i].Text)
		if valuelike(s) && in.number == 0 {
			continue
		}
		if utf8.RuneCountInString(s) > 40 || section.MatchString(s) {
			return false
		}
		if m := anyYear.FindAllString(withoutNumbers(s), -1); len(m) > 0 && id.year > 0 {
			return !slices.Contains(m, strconv.Itoa(id.year))
		}
		if strings.Contains(s, "上年度") || strings.Contains(s, "上一年度") || strings.Contains(s, "去年") || strings.Contains(s, "上年同期") {
			return true
		}
	}
	return false
}

// documentNumber is how other documents are called: 国办发〔2021〕12号. Its year
// is none that a line speaks of.
var documentNumber = prefilter.MustCompile(`[〔\[(【〈［][12][0-9]{3}[〕\])】〉］]第?[0-9]+号?`)

// withoutNumbers is a line without the numbers of other documents.
func withoutNumbers(s string) string { return documentNumber.ReplaceAllString(s, "") }

// overtaken tells whether a heading of this year's table three stands below the
// only one that was found: a damaged file may have lost what it heads.
func (in *instance) overtaken(doc *extract.Document, id identity) bool {
	if in.template.section != "三" || id.year == 0 {
		return false
	}
	for _, line := range doc.Lines[min(in.line, len(doc.Lines)):] {
		s := plain(line.Text)
		if utf8.RuneCountInString(s) <= 40 && strings.Contains(s, "收到和处理") && strings.Contains(withoutNumbers(s), strconv.Itoa(id.year)) {
			return true
		}
	}
	return false
}

// strayed tells whether a table stands below the heading of another section,
// with no heading of this year between: a damaged file may have lost the table
// of its own section, or blocks of it changed places.
func (in *instance) strayed(doc *extract.Document, id identity) bool {
	for i := min(in.line, len(doc.Lines)) - 1; i >= 0; i-- {
		s := plain(doc.Lines[i].Text)
		switch {
		case section.MatchString(s):
			return !strings.Contains(s, in.template.subject)
		case id.year > 0 && utf8.RuneCountInString(s) <= 40 && strings.Contains(withoutNumbers(s), strconv.Itoa(id.year)):
			return false
		}
	}
	return false
}

var section = regexp.MustCompile(`^[一二三四五六][、.].{4,30}(?:情况|事项)$`)

// observe makes an observation of every cell of the form, and of the cells of
// another form whose rows the report prints. What people say of a cell takes the
// place of what was read.
func (r *Report) observe(form *schema.Form, used []*template, tables map[*template][]*instance, entries map[string]*entry,
	said map[string]*Said, damaged bool) {
	r.Observations = make([]Observation, 0, len(entries)+len(form.Cells))
	missing := map[string][]string{}
	add := func(id, unit string) {
		e := entries[id]
		o := Observation{ID: id, Unit: unit, State: Absent, Status: Review, Evidence: []Evidence{}}
		if e != nil {
			o.State, o.Status, o.Text, o.rec = e.reading.state, OK, e.text, e.rec
			if o.State == Reported || o.State == Derived {
				o.Value = &e.reading.value
			}
			if e.evidence != nil {
				o.Evidence = e.evidence
			}
			switch {
			case damaged: // what else was lost may make one sum hold by chance
				o.need = 2
			case e.unproved:
				o.need = 1
			}
			switch {
			case e.misplaced, damaged && o.State != Reported, o.State == Unreadable, o.State == Derived, o.State == Absent,
				e.rec != nil && form.Cell(id) == nil && !e.clear:
				o.Status = Review
			}
		}
		if s := said[id]; s != nil && s.Open == nil {
			o.say(s)
		} else if s != nil {
			o.Status = Review
		}
		if e == nil && o.State == Absent {
			missing[form.Cell(id).Table] = append(missing[form.Cell(id).Table], id)
		}
		r.Observations = append(r.Observations, o)
	}
	printed := func(id string) bool { // in a scan one of these rows may be taken for the other
		e := entries[id]
		return e != nil && e.reading.state != Unreadable && (e.rec == nil || e.clear)
	}
	other := printed("requests.other.total") && form.Cell("requests.other.total") == nil
	split := printed("requests.other.miscellaneous.total") && form.Cell("requests.other.miscellaneous.total") == nil
	both := bothOthers(form, entries)
	for i := range form.Cells {
		c := &form.Cells[i]
		// 其他处理 as one row in a 2021 report, as three in a 2019 one.
		if strings.HasPrefix(c.ID, "requests.other.") && entries[c.ID] == nil && (other || split) && !both {
			continue
		}
		add(c.ID, c.Unit)
	}
	for _, f := range schema.Forms() {
		if f == form || f.ID == "2014" {
			continue
		}
		for i := range f.Cells {
			if c := &f.Cells[i]; form.Cell(c.ID) == nil && entries[c.ID] != nil {
				add(c.ID, c.Unit)
			}
		}
	}
	if damaged && len(missing) > 0 { // what is left may be another year's table
		for i := range r.Observations {
			r.Observations[i].doubt()
		}
	}
	for _, id := range slices.Sorted(maps.Keys(said)) {
		if s := said[id]; s.Open != nil {
			r.Findings = append(r.Findings, *s.Open)
		}
	}
	for _, t := range used {
		ids := missing[t.section]
		switch {
		case len(ids) == 0:
		case len(tables[t]) == 0:
			r.Findings = append(r.Findings, Finding{Rule: "table_missing", Severity: Error, IDs: ids, Message: fmt.Sprintf("table %s was not found", t.section)})
		default:
			r.Findings = append(r.Findings, Finding{Rule: "row_missing", Severity: Warning, IDs: ids, Message: fmt.Sprintf("table %s lacks the rows or columns of %d cells", t.section, len(ids))})
		}
	}
}

// bothOthers tells whether 其他处理 was read in the rows of the form and in those of
// another one. No report prints both: those that are not the form's are in doubt, a
// row whose label is lost was taken for them.
func bothOthers(form *schema.Form, entries map[string]*entry) bool {
	own := false
	var foreign []*entry
	for id, e := range entries {
		switch {
		case !strings.HasPrefix(id, "requests.other.") || e.reading.state != Reported:
		case form.Cell(id) != nil:
			own = true
		default:
			foreign = append(foreign, e)
		}
	}
	if !own || len(foreign) == 0 {
		return false
	}
	for _, e := range foreign {
		e.misplaced = true
	}
	return true
}

// sort puts observations in the order of the forms and findings by weight.
func (r *Report) sort() {
	order := map[Severity]int{Error: 0, Warning: 1, Inconclusive: 2, Advice: 3}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return order[a.Severity] - order[b.Severity] })
	for i := range r.Findings {
		if r.Findings[i].IDs == nil {
			r.Findings[i].IDs = []string{}
		}
	}
}
