package html

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nianbao/extract"
	"nianbao/extract/extracttest"
)

func TestGolden(t *testing.T) { extracttest.Golden(t, "testdata/*.txtar", Read) }

func TestCharset(t *testing.T) {
	doc, err := Read([]byte("<meta charset=utf-8><title>\xC4\xEA\xB1\xA8</title><p>\xCA\xFD\xFF12</p>"))
	if err != nil {
		t.Fatal(err)
	}
	if doc.Title != "年报" || doc.Lines[0].Text != "数\uFFFD12" || len(doc.Warnings) != 1 || doc.Warnings[0].Code != "charset" {
		t.Errorf("Read = %+v", doc)
	}
}

func TestRefusals(t *testing.T) {
	for name, test := range map[string]struct{ in, code string }{
		"nothing":  {" \n", extract.RefusedEmpty},
		"tags":     {strings.Repeat("<p>", maxTags+1), extract.RefusedTooLarge},
		"bytes":    {strings.Repeat("x", maxBytes+1), extract.RefusedTooLarge},
		"too deep": {strings.Repeat("<table><tr><td>", 600), extract.RefusedDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read([]byte(test.in))
			var refusal *extract.Refusal
			if !errors.As(err, &refusal) || refusal.Code != test.code {
				t.Errorf("Read: %v, want a refusal %s", err, test.code)
			}
		})
	}
}

// Pages made to take long or to grow are read within the limits.
func TestHostile(t *testing.T) {
	const n = 20_000
	for name, in := range map[string]string{
		"spans":    "<table>" + strings.Repeat("<tr>"+strings.Repeat("<td rowspan=65534 colspan=1000>x", 3), n/3) + "</table>",
		"rowspans": "<table><tr>" + strings.Repeat("<td rowspan=65534>x", 900) + strings.Repeat("<tr><td>y", n) + "</table>",
		"columns":  "<table><tr>" + strings.Repeat("<td>x", n) + "</table>",
		"nested":   strings.Repeat(strings.Repeat("<table><tr><td>x<td>", 100)+strings.Repeat("</table>", 100), n/200),
		"bodies":   "<body " + strings.Repeat("a ", n) + ">" + strings.Repeat("<body b=1>", n),
		"sheet":    "<style>" + strings.Repeat("a{display:none}", n) + "</style>" + strings.Repeat("<a>x</a>", n),
		"rows":     strings.Repeat("<div style=display:table-row>", 400) + strings.Repeat("<i>x</i>", n),
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := Read([]byte(in))
			if err != nil {
				t.Fatal(err)
			}
			if got := extracttest.Size(doc); got > len(in) {
				t.Errorf("%d bytes became %d", len(in), got)
			}
		})
	}
}

// A table written with any noise of markup is read back as it was.
func TestTableRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := extracttest.DrawTable(t, "html")
		want.Line = 1
		page := writeTable(t, want)
		doc, err := Read([]byte(page))
		if err != nil {
			t.Fatal(err)
		}
		if len(doc.Tables) != 1 {
			t.Fatalf("%d tables in %s", len(doc.Tables), page)
		}
		if diff := cmp.Diff(want, doc.Tables[0]); diff != "" {
			t.Fatalf("(-want +got):\n%s\n%s", diff, page)
		}
	})
}

func writeTable(t *rapid.T, table extract.Table) string {
	pick := func(from ...string) string { return rapid.SampledFrom(from).Draw(t, "noise") }
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;")
	var b strings.Builder
	b.WriteString("<p>前</p>" + pick("", "<div><center>", "<table><tr><td>") + pick("<table>", "<TABLE border=1 class=MsoNormalTable>") + pick("", "<tbody>", "<colgroup><col width=1><col></colgroup>"))
	at := 0
	for r := range table.Rows {
		b.WriteString(pick("", "\n", "<!-- 行 -->") + pick("<tr>", "<TR style='height:20pt'>"))
		for ; at < len(table.Cells) && table.Cells[at].Row == r; at++ {
			c := &table.Cells[at]
			tag := pick("td", "th", "TD")
			fmt.Fprintf(&b, "<%s rowspan=%d colspan='%d'>", tag, c.Height(), c.Width())
			b.WriteString(pick("", " ", "\n\t", "&nbsp;", "<o:p></o:p>", "<span style='display:none'>9</span>", "\u200b", "<!--9-->", "<script>9</script>"))
			for i, line := range strings.Split(c.Text, "\n") {
				if i > 0 {
					b.WriteString(pick("<br>", "<br/>\n", "<p>", "<div></div>"))
				}
				open, end, _ := strings.Cut(pick("|", "<span>|</span>", "<b><font face=宋体>|</font></b>", "<a href=x>|</a>"), "|")
				for _, half := range halves(escape.Replace(line)) {
					b.WriteString(open + half + end)
				}
			}
			b.WriteString(pick("", "&nbsp;", " ", "<!-- -->") + pick("", "</"+tag+">"))
		}
		b.WriteString(pick("", "</tr>"))
	}
	b.WriteString("</table>")
	return b.String()
}

// halves cuts a text outside its entities.
func halves(s string) []string {
	if r := []rune(s); len(r) > 1 && !strings.Contains(s, "&") {
		return []string{string(r[:1]), string(r[1:])}
	}
	return []string{s}
}

func BenchmarkRead(b *testing.B) {
	var page strings.Builder
	page.WriteString("<meta charset=utf-8><title>年报</title>")
	for i := range 200 {
		page.WriteString("<h2>一、总体情况</h2><p class=MsoNormal style='text-indent:21pt'><span style='font-family:宋体'>本机关持续做好政府信息公开各项工作，按期答复申请人。</span></p><table class=MsoTableGrid>")
		for r := range 20 {
			fmt.Fprintf(&page, "<tr style='height:20pt'><td width=189 valign=center style='width:142pt'><p class=MsoNormal><span>规章%d</span></p></td>", r)
			for c := range 7 {
				fmt.Fprintf(&page, "<td width=60><p class=MsoNormal align=center><span style='font-size:10pt'>%d</span></p></td>", i+r*c)
			}
			page.WriteString("</tr>")
		}
		page.WriteString("</table>")
	}
	in := []byte(page.String())
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(in); err != nil {
			b.Fatal(err)
		}
	}
}

// A file may be written into an address in several ways.
func TestDataURI(t *testing.T) {
	for src, want := range map[string]string{
		"data:image/png;base64,YWJj":             "abc",
		"DATA:image/png;charset=x;base64,YW\nJj": "abc",
		"data:image/png;base64,YWI%3D":           "ab",
		"data:image/png;base64,YWI":              "ab",
		"data:image/png;base64,YWJj!":            "abc",
		"data:image/png,abc":                     "",
		"data:image/png;base64":                  "",
		"a.png":                                  "",
	} {
		if got := dataURI(src); string(got) != want {
			t.Errorf("dataURI(%q) = %q, want %q", src, got, want)
		}
	}
}
