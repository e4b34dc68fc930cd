package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"nianbao/extract"
	"nianbao/normalize"
	"nianbao/pipeline"
	"nianbao/store"
)

type addCmd struct {
	Files []string `arg:"" optional:"" name:"file" help:"Files, folders, or - for standard input. None: only finish what an earlier run left."`
	Retry bool     `help:"Read again those of these files that could not be read before; without files, all such files."`
	limitFlags
}

func (c *addCmd) Help() string {
	return `What was added before is not read again. A file whose content changed becomes a new report of the same
agency and year; the older one is kept. An archive (zip, rar, 7z, tar, gzip) is stored, and so is each
file in it. Ctrl-C loses nothing: the same command goes on from there.

Exit status: 0 every file gave a report, 1 some did not, 2 wrong usage, 130 stopped.

Examples:
  nianbao add report.pdf
  nianbao add reports/ --data /srv/nianbao
  nianbao add reports.zip
  curl -s https://www.example.gov.cn/report.html | nianbao add -`
}

func (c *addCmd) Run(a *app) error {
	if err := c.validate(); err != nil {
		return err
	}
	files, err := expand(c.Files)
	if err != nil {
		return err
	}
	s, err := a.create()
	if err != nil {
		return err
	}
	defer s.Close()
	pool := c.pool(a)
	defer pool.Close()

	sum := &addSummary{}
	r := &pipeline.Runner{Pool: pool, Store: s, Tools: a.tools()}
	start := time.Now()
	if err := c.keep(a, s, r, files, sum); err != nil {
		return err
	}
	var p *progress
	r.Started = func(n int) { p = newProgress(a, "reading", n) }
	r.Progress = func(path string, page, pages int) { p.begun(path, page, pages) }
	r.Done = func(o pipeline.Outcome) {
		sum.count(o.Path, o.Source, o.Report)
		p.done(o)
	}
	err = r.Run(a.ctx)
	if p != nil {
		p.end()
	}
	if err != nil {
		return err
	}
	if err := sum.cover(a.ctx, s); err != nil {
		return err
	}
	sum.elapsed = time.Since(start)
	return sum.print(a)
}

// keep stores the files before any of them is read: what is stored is read
// sooner or later, whatever happens to this run.
func (c *addCmd) keep(a *app, s *store.Store, r *pipeline.Runner, files []string, sum *addSummary) error {
	p := newProgress(a, "storing", len(files))
	defer p.end()
	var sources []string
	for _, path := range files {
		p.step()
		if err := a.ctx.Err(); err != nil {
			return err
		}
		b, refusal := a.load(path, pipeline.DefaultLimits().Input)
		if refusal != nil {
			sum.count(path, "", pipeline.Refused(refusal))
			continue
		}
		if path != stdinName {
			if abs, err := filepath.Abs(path); err == nil {
				path = abs
			}
		}
		source, isNew, err := r.Add(a.ctx, path, b)
		if err != nil {
			return err
		}
		sources = append(sources, source)
		if !isNew {
			sum.known++
		}
	}
	if !c.Retry {
		return nil
	}
	if len(files) == 0 {
		refused, err := s.Reports(a.ctx, store.Filter{Refused: true})
		if err != nil {
			return err
		}
		for _, r := range refused {
			sources = append(sources, r.Source)
		}
	}
	if err := s.Forget(a.ctx, sources); err != nil {
		return err
	}
	return nil
}

// maxListed is how many refused files the summary names.
const maxListed = 20

// addSummary is what add says at its end.
type addSummary struct {
	known                   int
	reports, cells, inDoubt int
	doubtful                int // reports with cells in doubt
	archives, members       int
	refused                 []refusedFile
	covers                  int // pages that only link the report
	overLimit               bool
	elapsed                 time.Duration
}

// refusedFile is a file that gave no report, and why.
type refusedFile struct{ source, line string }

func (s *addSummary) count(path, source string, r *normalize.Report) {
	if len(r.Members) > 0 {
		s.archives++
		s.members += len(r.Members)
	}
	if r.Form == "" {
		if !failed(r) {
			return
		}
		s.refused = append(s.refused, refusedFile{source, short(path) + ": " + reason(r.Findings)})
		s.overLimit = s.overLimit || r.Findings[0].Rule == extract.RefusedTooLarge
		return
	}
	s.reports++
	n := inDoubt(r)
	s.cells += len(r.Observations)
	s.inDoubt += n
	if n > 0 {
		s.doubtful++
	}
}

// cover takes pages off the refused files that turned out to link their report.
func (s *addSummary) cover(ctx context.Context, st *store.Store) error {
	covers, err := st.Covers(ctx)
	if err != nil {
		return err
	}
	n := len(s.refused)
	s.refused = slices.DeleteFunc(s.refused, func(f refusedFile) bool { return covers[f.source] })
	s.covers = n - len(s.refused)
	return nil
}

func (s *addSummary) print(a *app) error {
	fmt.Fprintf(a.out, "read      %s with %s in %v\n", count(s.reports, "report"), count(s.cells, "value"), s.elapsed.Round(10*time.Millisecond))
	if s.archives > 0 {
		fmt.Fprintf(a.out, "unpacked  %s with %s\n", count(s.archives, "archive"), count(s.members, "file"))
	}
	if s.covers > 0 {
		fmt.Fprintf(a.out, "pages     %s without tables, whose report they link\n", count(s.covers, "page"))
	}
	if s.known > 0 {
		fmt.Fprintf(a.out, "unchanged %s\n", count(s.known, "file"))
	}
	fmt.Fprintf(a.out, "in doubt  %s in %s\n", count(s.inDoubt, "value"), count(s.doubtful, "report"))
	fmt.Fprintf(a.out, "refused   %s\n", count(len(s.refused), "file"))
	slices.SortFunc(s.refused, func(a, b refusedFile) int { return strings.Compare(a.line, b.line) })
	for i, f := range s.refused {
		if i == maxListed {
			fmt.Fprintf(a.out, "  … and %d more (see: nianbao check)\n", len(s.refused)-i)
			break
		}
		fmt.Fprintf(a.out, "  %s\n", f.line)
	}
	if s.overLimit {
		fmt.Fprintln(a.err, "files over a limit are not read again by themselves: nianbao add --retry --timeout 60s --memory 1024")
	}
	if len(s.refused) > 0 {
		return &exitError{code: exitSome}
	}
	return nil
}

func inDoubt(r *normalize.Report) int {
	n := 0
	for i := range r.Observations {
		if r.Observations[i].Status == normalize.Review {
			n++
		}
	}
	return n
}
