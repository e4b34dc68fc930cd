package main

import (
	"errors"
	"fmt"
	"runtime/debug"
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
An archive (zip, rar, 7z, tar, gzip) gives a line for each file in it, and one of its own where something
in it could not be unpacked.

Exit status: 0 every file gave a report, 1 some did not, 2 wrong usage.

Examples:
  nianbao read report.pdf
  nianbao read reports/ > reports.jsonl
  nianbao read reports.zip
  curl -s https://www.example.gov.cn/report.html | nianbao read -
  nianbao read --second docx=./unioffice-docx report.docx`
}

// Run reads Jobs files at a time and prints in the order of the arguments. At
// most twice as many results wait for their turn.
func (c *readCmd) Run(a *app) (err error) {
	// Little is kept: to collect less often costs a few megabytes.
	debug.SetGCPercent(400)
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
	rd := &reading{a: a, pool: pool, pages: &pages{w: a.err}, seconds: seconds}
	defer func() { err = errors.Join(err, rd.close()) }()

	lines, refused := 0, 0
	for res := range inOrder(a.ctx, 2*pool.Jobs(), files, rd.file) {
		if res.err != nil {
			return res.err
		}
		lines++
		if res.refused {
			refused++
		}
		if len(res.line.Findings) > 0 && res.line.Form == nil {
			fmt.Fprintf(a.err, "%s: %s\n", res.line.Source.Path, reason(res.line.Findings))
		}
		if err := res.line.write(a.out); err != nil {
			return err
		}
	}
	if err := a.ctx.Err(); err != nil {
		return err
	}
	if refused > 0 {
		return &exitError{code: exitSome, msg: fmt.Sprintf("%d of %d files gave no report", refused, lines)}
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

// failed tells whether something could not be read: the file, or files of an archive.
func failed(r *normalize.Report) bool {
	return r.Form == "" && (len(r.Members) == 0 || slices.ContainsFunc(r.Findings, func(f normalize.Finding) bool { return f.Severity == normalize.Error }))
}

// outcome says in one line what became of a file that is no report.
func outcome(r *normalize.Report) string {
	if len(r.Members) == 0 {
		return reason(r.Findings)
	}
	s := count(len(r.Members), "file") + " in it"
	if len(r.Findings) > 0 {
		s += "; " + reason(r.Findings)
	}
	return s
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
