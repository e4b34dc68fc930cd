package twins

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"nianbao/normalize"
	"nianbao/store"
)

// Rules of the findings about files that a page links.
const (
	Attached     = "attached"      // what the file lacks is said by the page
	AttachedNone = "attached_none" // perhaps not this page's
)

// Attach tells which of the files that pages link are reports of the same agency and
// year as the page. One that does not say its own takes it from the page, unless
// the page may be a list of other agencies' reports, or pages of several agencies or
// years link it.
func Attach(pages []store.Page) (attached []store.Attachment, told []store.Twins) {
	pages = slices.SortedFunc(slices.Values(pages), func(a, b store.Page) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Report, b.Report))
	})
	var order []int64
	offers := map[int64][]offer{} // by report
	for i := range pages {
		p := &pages[i]
		own := slices.DeleteFunc(slices.Clone(p.Files), func(f store.Linked) bool { return speaksAgainst(p, &f) })
		list := len(own) < len(p.Files)
		for j := range own {
			f := &own[j]
			o := offer{page: p, file: f}
			if f.Agency.ID == 0 || f.Year == 0 {
				switch {
				case list:
					o.against = fmt.Sprintf("%s links it beside reports of other agencies or years", p.Path)
				case slices.ContainsFunc(own, func(other store.Linked) bool { return other.Report != f.Report && apart(f, &other) }):
					o.against = fmt.Sprintf("%s links it beside other reports with the same tables", p.Path)
				}
			}
			if offers[f.Report] == nil {
				order = append(order, f.Report)
			}
			offers[f.Report] = append(offers[f.Report], o)
		}
	}
	for _, report := range order {
		a, f := settle(offers[report])
		attached = append(attached, a...)
		if f != nil {
			told = append(told, store.Twins{Report: report, Findings: []normalize.Finding{*f}})
		}
	}
	return attached, told
}

// offer is a page that links a file which may be its own.
type offer struct {
	page    *store.Page
	file    *store.Linked
	against string // why it may not be
}

// settle decides over one file.
func settle(offers []offer) ([]store.Attachment, *normalize.Finding) {
	first := offers[0]
	f := first.file
	takesAgency, takesYear := f.Agency.ID == 0, f.Year == 0
	if takesAgency || takesYear {
		against := ""
		for _, o := range offers {
			switch {
			case o.against != "":
				against = o.against
			case o.page.Agency.ID != first.page.Agency.ID || o.page.Year != first.page.Year:
				against = fmt.Sprintf("it is linked by %s (%s, %d) and by %s (%s, %d)",
					first.page.Path, first.page.Agency.Name, first.page.Year, o.page.Path, o.page.Agency.Name, o.page.Year)
			}
		}
		if against != "" {
			none := finding(AttachedNone, normalize.Warning, nil, "agency and year of the page that links this file were not taken for its own, since "+against)
			return nil, &none
		}
	}
	var out []store.Attachment
	for i, o := range offers {
		a := store.Attachment{Report: f.Report, Page: o.page.Report}
		if i == 0 {
			a.Agency, a.Year, a.Dated = takesAgency, takesYear, f.Dated == "" && o.page.Dated != ""
		}
		out = append(out, a)
	}
	if !takesAgency && !takesYear && !out[0].Dated {
		return out, nil
	}
	var taken []string
	if takesAgency {
		taken = append(taken, "agency "+first.page.Agency.Name)
	}
	if takesYear {
		taken = append(taken, fmt.Sprintf("year %d", first.page.Year))
	}
	if out[0].Dated {
		taken = append(taken, "date "+first.page.Dated)
	}
	said := finding(Attached, normalize.Advice, nil, fmt.Sprintf("taken from the page that links this file, %s: %s", first.page.Path, strings.Join(taken, ", ")))
	return out, &said
}

// speaksAgainst tells whether a file says that it is another report than the page's.
func speaksAgainst(p *store.Page, f *store.Linked) bool {
	return f.Agency.ID != 0 && f.Agency.ID != p.Agency.ID || f.Year != 0 && f.Year != p.Year
}

// apart tells whether two files are neither the same report nor parts of one: they
// have tables in common, with other numbers.
func apart(a, b *store.Linked) bool {
	shared, differ := contrast(&a.Candidate, &b.Candidate)
	return len(differ) > 0 && (shared < leastShared || float64(shared-len(differ)) < leastEqual*float64(shared))
}
