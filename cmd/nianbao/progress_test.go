package main

import (
	"strings"
	"testing"

	"github.com/schollz/progressbar/v3"

	"nianbao/normalize"
	"nianbao/pipeline"
)

// A long scan gives a line now and then, a short one none.
func TestPages(t *testing.T) {
	for pages, want := range map[int]string{
		1:  "",
		10: "",
		11: "a.pdf: 10 of 11 pages read\n",
		35: "a.pdf: 10 of 35 pages read\na.pdf: 20 of 35 pages read\na.pdf: 30 of 35 pages read\n",
	} {
		var b strings.Builder
		p := newProgress(&app{err: &b}, "reading", 3)
		for page := range pages {
			p.begun("a.pdf", page+1, pages)
		}
		if b.String() != want {
			t.Errorf("%d pages:\n%swant\n%s", pages, b.String(), want)
		}
	}
}

// On a terminal the bar names the file and its page, until a file is done.
func TestPagesOnTerminal(t *testing.T) {
	var b strings.Builder
	p := newProgress(&app{err: &b}, "reading", 3)
	p.bar = progressbar.NewOptions(3, progressbar.OptionSetWriter(&b), progressbar.OptionSetDescription(p.what), progressbar.OptionSetWidth(5))
	p.begun("/srv/reports/某某市某某局政府信息公开工作年度报告二〇二一.pdf", 3, 12)
	if got := b.String(); !strings.Contains(got, "某某市某某局政府信息公开工作…, page 3/12 ") {
		t.Errorf("the bar says %q", got)
	}
	b.Reset()
	p.done(pipeline.Outcome{Path: "a.pdf", Report: &normalize.Report{}})
	if got := b.String(); !strings.Contains(got, "reading ") || strings.Contains(got, "page") {
		t.Errorf("after a file the bar says %q", got)
	}
}
