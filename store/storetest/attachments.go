package storetest

import (
	"fmt"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/normalize"
	"nianbao/store"
)

// attachments: which pages link what beside them, and what follows where that is
// taken for theirs.
func attachments(t *testing.T, b Backend) {
	page := func(agency string, names ...string) *normalize.Report {
		r := &normalize.Report{Agency: normalize.Agency{Name: agency}, Year: 2021, Dated: "2022-01-31",
			Findings: []normalize.Finding{{Rule: "table_missing", Severity: normalize.Error, Message: "m"}}}
		for _, n := range names {
			r.Attachments = append(r.Attachments, normalize.Attachment{Names: []string{n, "x-" + n}})
		}
		return r
	}
	file := func() *normalize.Report { return report("", 0, observation("x", "1")) }
	listed := func() string {
		t.Helper()
		pages, err := b.Pages(t.Context())
		ok(t, err)
		var out []string
		for _, p := range pages {
			s := fmt.Sprintf("%s %s %d:", p.Path, p.Agency.Name, p.Year)
			for _, f := range p.Files {
				s += fmt.Sprintf(" %s/%s/%d/%d", f.Path, f.Agency.Name, f.Year, len(f.Values))
			}
			out = append(out, s)
		}
		return strings.Join(out, "; ")
	}
	for _, f := range []struct {
		path, name string
		r          *normalize.Report
	}{
		{"/d/page.html", "page", page("甲局", "a.xls", "gone.xls")},
		{"/d/a.xls", "a", file()},
		{"/e/a.xls", "elsewhere", report("", 0, observation("x", "2"))},
		{"/d/saved.html", "saved", page("乙局", "b.xls")},
		{"/d/saved_files/x-b.xls", "b", report("", 2021, observation("x", "3"))},
		{"/d/full.html", "full", func() *normalize.Report {
			r := report("丁局", 2021)
			r.Attachments = page("", "d.xls").Attachments
			return r
		}()},
		{"/d/d.xls", "d", report("丁局", 2021, observation("x", "4"))},
		{"-", "nowhere", page("丙局", "a.xls")},
	} {
		seen(t, b, f.path, f.name)
		record(t, b, v1, f.name, f.r)
	}
	// A page with tables is of interest only where it links a report that lacks
	// something; what stands elsewhere is not linked.
	equal(t, "pages", listed(), "/d/page.html 甲局 2021: /d/a.xls//0/1; /d/saved.html 乙局 2021: /d/saved_files/x-b.xls//2021/1")

	pages, err := b.Pages(t.Context())
	ok(t, err)
	ids := map[string]int64{}
	for _, p := range pages {
		ids[p.Path] = p.Report
		for _, f := range p.Files {
			ids[f.Path] = f.Report
		}
	}
	attach := []store.Attachment{{Report: ids["/d/a.xls"], Page: ids["/d/page.html"], Agency: true, Year: true, Dated: true}, {Report: ids["/d/saved_files/x-b.xls"], Page: ids["/d/saved.html"], Agency: true}}
	for range 2 { // recording is repeatable
		ok(t, b.RecordAttachments(t.Context(), attach))
	}
	live := func() string {
		t.Helper()
		rs, err := b.LiveReports(t.Context(), 2021)
		ok(t, err)
		var out []string
		for _, r := range rs {
			out = append(out, fmt.Sprintf("%s %s %s", r.Path, r.Agency.Name, r.Dated))
		}
		return strings.Join(out, "; ")
	}
	equal(t, "live", live(), "/d/d.xls 丁局 ; /d/saved_files/x-b.xls 乙局 ; /d/a.xls 甲局 2022-01-31")
	equal(t, "what pages and files say themselves", listed(), "/d/page.html 甲局 2021: /d/a.xls//0/1; /d/saved.html 乙局 2021: /d/saved_files/x-b.xls//2021/1")
	covers, err := b.Covers(t.Context())
	ok(t, err)
	equal(t, "covers", covers, map[string]bool{sha("page"): true, sha("saved"): true})
	st, err := b.Status(t.Context())
	ok(t, err)
	equal(t, "pages, refused and unplaced files", []int{st.Pages, st.Refused, st.Unplaced}, []int{2, 1, 1})
	refused, err := b.Reports(t.Context(), store.Filter{Refused: true})
	ok(t, err)
	equal(t, "refused", []string{refused[0].Source}, []string{sha("nowhere")})

	// A file is compared where its page stands.
	seen(t, b, "/d/twin.html", "twin")
	record(t, b, v1, "twin", report("乙局", 2021, observation("x", "3")))
	groups, err := b.Candidates(t.Context(), 0)
	ok(t, err)
	if len(groups) != 2 || len(groups[0]) != 2 || groups[0][0].Path != "/d/saved_files/x-b.xls" {
		t.Errorf("side by side lie %+v, want the file of 乙局 and its twin first", groups)
	}

	// A page read anew says nothing of its file until that is computed again.
	record(t, b, v1, "page", page("甲局"))
	equal(t, "live without the page", live(), "/d/d.xls 丁局 ; /d/twin.html 乙局 ")
	equal(t, "pages without links", listed(), "/d/saved.html 乙局 2021: /d/saved_files/x-b.xls//2021/1")
	record(t, b, v1, "page", page("甲局", "a.xls"))
	seen(t, b, "/d/page.html", "other")
	record(t, b, v1, "other", page("甲局"))
	equal(t, "another page in its place", listed(), "/d/saved.html 乙局 2021: /d/saved_files/x-b.xls//2021/1")

	// In an archive, and of an archive.
	inside := []extract.Member{{Name: "f/p.html", SHA256: sha("p"), Size: 7}, {Name: "f/1.xls", SHA256: sha("one"), Size: 7}, {Name: "2.xls", SHA256: sha("two"), Size: 7}}
	seen(t, b, "/z/all.zip", "zip")
	record(t, b, v1, "zip", &normalize.Report{Members: inside})
	record(t, b, v1, "p", page("戊局", "1.xls", "2.xls"))
	record(t, b, v1, "one", report("", 0, observation("x", "5")))
	record(t, b, v1, "two", report("", 0, observation("x", "6")))
	seen(t, b, "/z/page.html", "of archive")
	record(t, b, v1, "of archive", page("己局", "all.zip"))
	equal(t, "pages and archives", listed(), "/d/saved.html 乙局 2021: /d/saved_files/x-b.xls//2021/1; "+
		"/z/all.zip!/f/p.html 戊局 2021: /z/all.zip!/f/1.xls//0/1; "+
		"/z/page.html 己局 2021: /z/all.zip!/f/1.xls//0/1 /z/all.zip!/2.xls//0/1")
	ok(t, b.RecordAttachments(t.Context(), nil))
	equal(t, "live without attachments", live(), "/d/d.xls 丁局 ; /d/twin.html 乙局 ")
}
