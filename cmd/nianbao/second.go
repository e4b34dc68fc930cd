package main

import (
	"context"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"nianbao/extract"
	"nianbao/normalize"
	"nianbao/pipeline"
	"nianbao/second"
)

// secondFormats are the formats that --second may name.
var secondFormats = map[string]string{
	"docx": extract.TypeDOCX, "xlsx": extract.TypeXLSX, "ofd": extract.TypeOFD, "pdf": extract.TypePDF,
	"html": extract.TypeHTML, "rtf": extract.TypeRTF, "doc": extract.TypeDOC, "xls": extract.TypeXLS, "odt": extract.TypeODT,
}

// secondReaders are the programs of --second by media type.
func secondReaders(flags map[string]string) (map[string]*second.Reader, error) {
	out := map[string]*second.Reader{}
	for format, program := range flags {
		mediaType, ok := secondFormats[format]
		if !ok {
			return nil, usage("one of: "+strings.Join(slices.Sorted(maps.Keys(secondFormats)), ", "), "--second knows no format %q", format)
		}
		path, err := exec.LookPath(program)
		if err == nil {
			path, err = filepath.Abs(path)
		}
		if err != nil {
			return nil, usage("build it, or name its path, for example: --second docx=./unioffice-docx", "--second %s=%s: there is no such program", format, program)
		}
		out[mediaType] = &second.Reader{Program: path, Limits: second.DefaultLimits()}
	}
	return out, nil
}

// readAgain has a second reader read a file and adds to its report what that
// one reads otherwise. What the program prints is parsed by a worker.
func readAgain(ctx context.Context, pool *pipeline.Pool, r *second.Reader, b []byte, report *normalize.Report) error {
	name := filepath.Base(r.Program)
	failed := func(err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		report.Findings = append(report.Findings, second.Failure(name, err))
		return nil
	}
	doc, err := r.Read(ctx, b)
	if err != nil {
		return failed(err)
	}
	res, err := pool.Do(ctx, pipeline.Normalize, doc, nil)
	if err != nil {
		return err
	}
	if res.Refusal != nil {
		return failed(fmt.Errorf("what it prints is no document: %s", res.Refusal.Detail))
	}
	other, err := pipeline.ParseReport(res.Report)
	if err != nil {
		return failed(err)
	}
	second.Compare(report, other, name)
	return nil
}
