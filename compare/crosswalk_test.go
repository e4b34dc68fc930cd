package compare

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nianbao/dataset"
	"nianbao/schema"
)

// Every cell of a form says what became of it in the next; what is not the same
// has a reason; no line is idle.
func TestCrosswalk(t *testing.T) {
	forms := schema.Forms()
	for i, f := range forms[:len(forms)-1] {
		for _, c := range f.Cells {
			s, ok := crosswalk()[f.ID][c.ID]
			if !ok {
				t.Errorf("form %s: nothing is said of %s", f.ID, c.ID)
			}
			if (len(s.cells) == 0) != (s.relation == None) {
				t.Errorf("form %s: %s is %v with the counterparts %v", f.ID, c.ID, s.relation, s.cells)
			}
			if (s.reason == "") != (s.relation == Same) {
				t.Errorf("form %s: %s is %v because %q", f.ID, c.ID, s.relation, s.reason)
			}
			// The same concept has the same id in every form.
			if forms[i+1].Cell(c.ID) != nil && (len(s.cells) != 1 || s.cells[0] != c.ID) && c.ID != "requests.other.total" {
				t.Errorf("form %s: %s exists in form %s and its counterparts are %v", f.ID, c.ID, forms[i+1].ID, s.cells)
			}
			for _, there := range s.cells {
				if a, b := f.Cell(c.ID).Unit, forms[i+1].Cell(there).Unit; a != b && s.relation == Same {
					t.Errorf("%s (%s) and %s (%s) are the same", c.ID, a, there, b)
				}
			}
		}
	}
	for _, r := range dataset.Records(data, "data/crosswalk.csv", "from,cells,to,counterparts,relation,reason") {
		used := false
		for _, c := range schema.Lookup(r[0]).Cells {
			used = used || matches(r[1], c.ID)
		}
		if !used {
			t.Errorf("no cell of form %s fits %s", r[0], r[1])
		}
	}
}

func TestCounterparts(t *testing.T) {
	for _, c := range []struct{ from, cells, to, there, relation string }{
		{"2019", "requests.received.total", "2021", "requests.received.total", "same"},
		{"2021", "requests.received.total", "2019", "requests.received.total", "same"},
		{"2019", "requests.other.business", "2021", "requests.other.fee_unpaid.business requests.other.miscellaneous.business requests.other.not_supplemented.business", "same"},
		{"2021", "requests.other.fee_unpaid.business requests.other.miscellaneous.business requests.other.not_supplemented.business", "2019", "requests.other.business", "same"},
		{"2021", "requests.other.fee_unpaid.business", "2019", "", "none"},
		{"2014", "proactive.normative.issued", "2021", "proactive.normative.issued", "changed"},
		{"2019", "requests.refused.third_party.total", "2014", "requests.refused.trade_secret.total requests.refused.privacy.total", "changed"},
		{"2014", "capacity.staff.full_time", "2021", "", "none"},
		{"2021", "proactive.rules.repealed", "2014", "", "none"},
		{"2021", "litigation.direct.corrected litigation.after_review.corrected", "2014", "litigation.corrected", "same"},
	} {
		there, relation, reasons := counterparts(c.from, strings.Fields(c.cells), c.to)
		if d := cmp.Diff(c.there+" "+c.relation, strings.Join(there, " ")+" "+relation.String()); d != "" {
			t.Errorf("%s of %s in %s:\n%s", c.cells, c.from, c.to, d)
		}
		if (len(reasons) == 0) != (relation == Same) {
			t.Errorf("%s of %s in %s is %v because %q", c.cells, c.from, c.to, relation, reasons)
		}
	}
}

func TestSeries(t *testing.T) {
	for _, c := range []struct{ indicator, form, want string }{
		{"disclosure", "2021", "2019+2021"},
		{"disclosure", "2014", "2014"},
		{"other", "2019", "2019+2021"},
		{"litigation_loss", "2021", "2019+2021"},
		{"conclusion", "2019", "2019+2021"},
		{"review_correction_decided", "2019", "2019+2021"},
	} {
		if got := Find(c.indicator).Series(c.form); got != c.want {
			t.Errorf("%s of form %s makes a series over %s, want %s", c.indicator, c.form, got, c.want)
		}
	}
	// What runs on is one series from either end; what does not has a reason.
	all := Indicators()
	for _, f := range schema.Forms() {
		for _, c := range f.Cells {
			all = append(all[:len(all):len(all)], OfCell(c.ID))
		}
	}
	for _, i := range all {
		for _, a := range i.Forms() {
			for _, b := range i.Forms() {
				if i.Series(a) != i.Series(b) && strings.Contains(i.Series(a), b) {
					t.Errorf("%s: the series of %s is %s and that of %s %s", i.ID, a, i.Series(a), b, i.Series(b))
				}
				if r, reasons := i.Across(a, b); (len(reasons) == 0) != (r == Same) {
					t.Errorf("%s from %s to %s is %v because %q", i.ID, a, b, r, reasons)
				}
			}
		}
	}
}

func TestOfCell(t *testing.T) {
	if OfCell("speed") != nil {
		t.Error("there is a cell called speed")
	}
	i := OfCell("requests.other.total")
	if d := cmp.Diff([]string{"2019", "2021"}, i.Forms()); d != "" {
		t.Error(d)
	}
	if got := len(i.Cells("2021")); got != 3 {
		t.Errorf("其他处理 adds up %d cells in form 2021, want 3", got)
	}
}
