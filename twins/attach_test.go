package twins

import (
	"fmt"
	"strings"
	"testing"

	"nianbao/store"
)

func TestAttach(t *testing.T) {
	file := func(id int64, agency int64, year int, change map[int]int64) store.Linked {
		l := store.Linked{Candidate: candidate(id, 20, change), Year: year}
		l.Agency = store.Agency{ID: agency, Name: fmt.Sprintf("agency%d", agency)}
		if agency == 0 {
			l.Agency.Name = ""
		}
		return l
	}
	page := func(id int64, agency int64, year int, files ...store.Linked) store.Page {
		p := store.Page{Linked: file(id, agency, year, nil), Files: files}
		p.Form, p.Values, p.Dated = "", nil, "2022-01-10"
		return p
	}
	other := map[int]int64{1: 91, 2: 92, 3: 93, 4: 94, 5: 95}
	for _, c := range []struct {
		name  string
		pages []store.Page
		want  string // report < page: what it takes; and the findings
		say   string
	}{
		{"nothing known", []store.Page{page(1, 7, 2021, file(2, 0, 0, nil))}, "2<1:ayd; attached 2", "1.html: agency agency7, year 2021, date 2022-01-10"},
		{"no year", []store.Page{page(1, 7, 2021, file(2, 7, 0, nil))}, "2<1:yd; attached 2", "year 2021, date"},
		{"all known", []store.Page{page(1, 7, 2021, file(2, 7, 2021, nil))}, "2<1:d; attached 2", "date"},
		{"of another agency", []store.Page{page(1, 7, 2021, file(2, 8, 2021, nil))}, ";", ""},
		{"of another agency, no year", []store.Page{page(1, 7, 2021, file(2, 8, 0, nil))}, ";", ""},
		{"of another year", []store.Page{page(1, 7, 2021, file(2, 0, 2020, nil))}, ";", ""},
		{"twins", []store.Page{page(1, 7, 2021, file(2, 0, 0, nil), file(3, 0, 0, nil))}, "2<1:ayd 3<1:ayd; attached 2 attached 3", ""},
		{"several reports", []store.Page{page(1, 7, 2021, file(2, 0, 0, nil), file(3, 0, 0, other))}, "; attached_none 2 attached_none 3", "other reports with the same tables"},
		{"a list", []store.Page{page(1, 7, 2021, file(2, 0, 0, nil), file(3, 8, 2021, nil))}, "; attached_none 2", "other agencies or years"},
		{"two pages", []store.Page{page(1, 7, 2021, file(2, 0, 0, nil)), page(3, 7, 2021, file(2, 0, 0, nil))}, "2<1:ayd 2<3:; attached 2", ""},
		{"two agencies", []store.Page{page(1, 7, 2021, file(2, 0, 0, nil)), page(3, 8, 2021, file(2, 0, 0, nil))}, "; attached_none 2", "(agency7, 2021) and by 3.html (agency8, 2021)"},
		{"two years", []store.Page{page(1, 7, 2021, file(2, 0, 0, nil)), page(3, 7, 2020, file(2, 0, 0, nil))}, "; attached_none 2", "2020"},
	} {
		attached, told := Attach(c.pages)
		var is, said []string
		for _, a := range attached {
			s := fmt.Sprintf("%d<%d:", a.Report, a.Page)
			if a.Agency {
				s += "a"
			}
			if a.Year {
				s += "y"
			}
			if a.Dated {
				s += "d"
			}
			is = append(is, s)
		}
		words := ""
		for _, w := range told {
			for _, f := range w.Findings {
				said = append(said, fmt.Sprintf("%s %d", f.Rule, w.Report))
				words += f.Message
			}
		}
		got := strings.TrimRight(strings.Join(is, " ")+"; "+strings.Join(said, " "), " ")
		if got != c.want || !strings.Contains(words, c.say) {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, got, words, c.want, c.say)
		}
	}
}
