package main

import (
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"nianbao/pipeline"
)

// progress shows how far a run is: a bar on a terminal, lines elsewhere.
type progress struct {
	a      *app
	what   string
	bar    *progressbar.ProgressBar // nil where there is no terminal
	pages  pages
	n, all int
}

// newProgress begins a part of the run with so many files to go.
func newProgress(a *app, what string, files int) *progress {
	p := &progress{a: a, what: what, pages: pages{w: a.err}, all: files}
	if terminal(a.err) && files > 0 {
		p.bar = progressbar.NewOptions(files,
			progressbar.OptionSetWriter(a.err),
			progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionFullWidth(),
		)
	}
	return p
}

// step moves the bar.
func (p *progress) step() {
	p.n++
	if p.bar != nil {
		// The bar is decoration: a terminal that refuses it is no reason to stop.
		_ = p.bar.Add(1)
	}
}

// reached moves the bar to where a run says it is.
func (p *progress) reached(done, all int64) {
	if p.bar != nil && all > 0 {
		p.bar.ChangeMax64(all)
		_ = p.bar.Set64(done) // as above
	}
}

// begun tells which page of a file is being read.
func (p *progress) begun(path string, page, pages int) {
	if p.bar == nil {
		p.pages.begun(path, page, pages)
		return
	}
	p.bar.Describe(fmt.Sprintf("%s, page %d/%d", clip(filepath.Base(path), nameWidth), page, pages))
}

// nameWidth is where the name of a file is clipped beside a bar.
const nameWidth = 30

// done tells what became of a file. What an archive holds is still to come.
func (p *progress) done(o pipeline.Outcome) {
	if n := len(o.Report.Members); n > 0 {
		p.all += n
		if p.bar != nil {
			p.bar.AddMax(n)
		}
	}
	if p.bar != nil {
		p.bar.Describe(p.what)
		p.step()
		return
	}
	p.step()
	r := o.Report
	what := outcome(r)
	if r.Form != "" {
		what = fmt.Sprintf("%s %s, form %s, %s", orUnknown(r.Agency.Name, "agency unknown"), yearText(r.Year), r.Form, count(len(r.Observations), "value"))
		if n := inDoubt(r); n > 0 {
			what += fmt.Sprintf(", %d in doubt", n)
		}
	}
	fmt.Fprintf(p.a.err, "%d/%d %s: %s\n", p.n, p.all, short(o.Path), what)
}

// end clears the bar.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Exit()
		fmt.Fprint(p.a.err, "\r\x1b[K")
	}
}

// pagesALine is how many pages of a scan are read for every line that says so.
const pagesALine = 10

// pages tells how far a scan is, a line every so many pages. Its method may be
// called by many goroutines.
type pages struct {
	w  io.Writer
	mu sync.Mutex
}

// begun is told that a page is being read, counted from 1.
func (p *pages) begun(path string, page, pages int) {
	done := page - 1
	if done == 0 || done%pagesALine != 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.w, "%s: %d of %d pages read\n", short(path), done, pages)
}
