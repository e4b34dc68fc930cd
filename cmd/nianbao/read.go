package main

import (
	"fmt"
	"slices"

	"nianbao/normalize"
	"nianbao/pipeline"
)

type readCmd struct {
	Files  []string          `arg:"" name:"file" help:"Files, folders, or - for standard input."`
	Second map[string]string `help:"Have a program of yours read files of one format again, and say where it reads otherwise (docs/second-reader.md)." placeholder:"FORMAT=PROGRAM"`
	limitFlags
}

func (c *readCmd) Help() string {
	return `Each file gives one JSON object on a line of its own, in the order of the arguments; docs/format.md
describes it. A file that is no annual report gives its line too: "form" is null, and a finding says why.

Exit status: 0 every file gave a report, 1 some did not, 2 wrong usage.

Examples:
  nianbao read report.pdf
  nianbao read reports/ > reports.jsonl
  curl -s https://www.example.gov.cn/report.html | nianbao read -
  nianbao read --second docx=./unioffice-docx report.docx`
}

// Run reads Jobs files at a time and prints in the order of the arguments. At
// most twice as many results wait for their turn.
func (c *readCmd) Run(a *app) error {
	if err := c.validate(); err != nil {
		return err
	}
	seconds, err := secondReaders(c.Second)
	if err != nil {
		return err
	}
	files, err := expand(c.Files)
	if err != nil {
		return err
	}
	pool := c.pool(a)
	defer pool.Close()

	type result struct {
		line *line
		err  error
	}
	waiting := make(chan chan result, 2*pool.Jobs())
	p := &pages{w: a.err}
	ctx := a.ctx
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		defer close(waiting)
		for _, path := range files {
			r := make(chan result, 1)
			select {
			case waiting <- r:
			case <-stop:
				return
			}
			b, refusal := a.load(path, pipeline.DefaultLimits().Input)
			if refusal != nil {
				r <- result{line: newLine(path, "", "", 0, pipeline.Refused(refusal))}
				continue
			}
			go func() {
				res, err := pool.Do(ctx, pipeline.Extract, b, func(page, pages int) { p.begun(path, page, pages) })
				if err != nil {
					r <- result{err: err}
					return
				}
				report, err := reportOf(res)
				if second := seconds[res.MediaType]; second != nil && err == nil && res.Refusal == nil {
					err = readAgain(ctx, pool, second, b, report)
				}
				if err != nil {
					r <- result{err: fmt.Errorf("%s: %w", path, err)}
					return
				}
				r <- result{line: newLine(path, pipeline.Sum(b), res.MediaType, res.Pages, report)}
			}()
		}
	}()

	refused := 0
	for r := range waiting {
		res := <-r
		if res.err != nil {
			return res.err
		}
		if res.line.Form == nil {
			refused++
			fmt.Fprintf(a.err, "%s: %s\n", res.line.Source.Path, reason(res.line.Findings))
		}
		if err := writeJSON(a.out, res.line); err != nil {
			return err
		}
	}
	if refused > 0 {
		return &exitError{code: exitSome, msg: fmt.Sprintf("%d of %d files gave no report", refused, len(files))}
	}
	return nil
}

// reportOf is the Report of a Result, made of the refusal where there is one.
func reportOf(r *pipeline.Result) (*normalize.Report, error) {
	if r.Refusal != nil {
		return pipeline.Refused(r.Refusal), nil
	}
	return pipeline.ParseReport(r.Report)
}

// reason says in one line why a file gave no report: the first error is why.
func reason(findings []normalize.Finding) string {
	if len(findings) == 0 {
		return "not a report"
	}
	f := findings[0]
	if i := slices.IndexFunc(findings, func(f normalize.Finding) bool { return f.Severity == normalize.Error }); i >= 0 {
		f = findings[i]
	}
	return f.Rule + ": " + f.Message
}
