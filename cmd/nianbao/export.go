package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"nianbao/compare/export"
	"nianbao/normalize"
	"nianbao/store"
)

type exportCmd struct {
	Format        string   `help:"csv, xlsx, parquet or package." enum:"csv,xlsx,parquet,package" required:""`
	Out           string   `help:"File to write, or folder (or .zip file) of a package; - for CSV on standard output." required:"" placeholder:"PATH"`
	Wide          bool     `help:"One report a line, one cell a column (csv, xlsx)."`
	Year          []int    `help:"Only these years." placeholder:"YEAR"`
	Agency        []string `help:"Only agencies whose names contain this." placeholder:"NAME"`
	ExcludeReview bool     `help:"Leave out values under review."`
	Evidence      bool     `help:"With the print and the place (page and box, or table, row and column) of every value."`
	Title         string   `help:"Title of a package." default:"政府信息公开工作年度报告数据"`
	Publisher     string   `help:"Who publishes a package." default:"nianbao"`
	Licence       string   `help:"Licence of a package, by its id." default:"CC0-1.0"`
}

var licenceID = regexp.MustCompile(`^[-a-zA-Z0-9._]+$`)

func (c *exportCmd) Help() string {
	return `Exports the newest report of every agency and year. The same data gives the same bytes. A file is written
under another name and renamed when it is whole; an interrupted export leaves what was there.

csv      one observation a line, UTF-8: agency, division, year, form, cell, names, value, unit, state, status,
         source; --wide: one report a line
xlsx     a workbook with Chinese headers and a data dictionary; up to 5 sheets of a million lines
parquet  typed columns, value as DECIMAL(18,6) and exact as text
package  a Frictionless data package: observations, reports, cells, indicators and their figures as CSV, with
         datapackage.json, README.md and CITATION.cff; a folder, or a zip where PATH ends in .zip

--evidence reads the artifact of every report, about two milliseconds of processor time each: an export
takes two to three times as long.

Exit status: 0 done, 1 it could not be written, 2 wrong usage or nothing stored fits, 130 stopped.

Examples:
  nianbao export --format csv --out 2023.csv --year 2023
  nianbao export --format csv --out - --agency 统计局 | head
  nianbao export --format xlsx --wide --out reports.xlsx
  nianbao export --format parquet --out all.parquet
  nianbao export --format package --out data.zip --publisher 某某研究所 --licence CC-BY-4.0`
}

func (c *exportCmd) Run(a *app) error {
	if err := c.check(a); err != nil {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	o, err := c.options(a, s)
	if err != nil {
		return err
	}
	var p *progress
	o.Progress = func(_, all int) {
		if p == nil && terminal(a.err) {
			p = newProgress(a, "exporting", all)
		}
		if p != nil {
			p.step()
		}
	}
	err = c.write(a, s, *o)
	if p != nil {
		p.end()
	}
	if errors.Is(err, fs.ErrExist) {
		return usage("remove it or name another one", "%s is there already", c.Out)
	}
	if errors.Is(err, export.ErrTooManyRows) {
		return &exitError{code: exitSome, msg: "the workbook was not written", hint: err.Error()}
	}
	return err
}

// check looks for flags that do not go together.
func (c *exportCmd) check(a *app) error {
	switch {
	case c.Out == stdinName && c.Format != "csv":
		return usage("name a file: --out PATH", "only CSV goes to standard output")
	case c.Wide && c.Format != "csv" && c.Format != "xlsx":
		return usage("leave --wide out", "--wide goes with csv and xlsx only")
	case !licenceID.MatchString(c.Licence):
		return usage("for example: --licence CC-BY-4.0", "%q is no id of a licence", c.Licence)
	case c.Wide && c.Evidence:
		return usage("leave --wide out", "the wide form has no room for --evidence")
	}
	if c.Out == stdinName {
		return nil
	}
	if dir, err := os.Stat(filepath.Dir(c.Out)); err != nil || !dir.IsDir() {
		return usage("make it first", "there is no folder %s", filepath.Dir(c.Out))
	}
	if out, err := os.Stat(c.Out); err == nil && out.IsDir() && c.Format != "package" {
		return usage("name a file in it", "%s is a folder", c.Out)
	}
	return nil
}

// options chooses what is exported; something must be.
func (c *exportCmd) options(a *app, s *store.Store) (*export.Options, error) {
	o := &export.Options{Years: c.Year, ExcludeReview: c.ExcludeReview}
	if len(c.Agency) > 0 {
		all, err := s.Agencies(a.ctx, "")
		if err != nil {
			return nil, err
		}
		for _, ag := range all {
			if slices.ContainsFunc(c.Agency, func(n string) bool { return strings.Contains(ag.Name, n) }) {
				o.Agencies = append(o.Agencies, ag.ID)
			}
		}
		if len(o.Agencies) == 0 {
			return nil, usage("export without --agency takes all", "no agency fits --agency %s", strings.Join(c.Agency, ","))
		}
	}
	some := errors.New("some")
	err := s.EachLive(a.ctx, store.Selection{Years: o.Years, Agencies: o.Agencies, Cells: []string{}}, func(int, int, *store.Live) error { return some })
	if err == nil {
		return nil, usage("see what is stored: nianbao status", "no report fits, so there is nothing to export")
	}
	if !errors.Is(err, some) {
		return nil, err
	}
	if c.Evidence {
		o.Evidence = func(r *store.Report) (*normalize.Report, error) {
			report, _, err := whole(a.ctx, s, r)
			return report, err
		}
	}
	return o, nil
}

func (c *exportCmd) write(a *app, s *store.Store, o export.Options) error {
	if c.Format == "package" {
		return c.writePackage(a.ctx, s, o)
	}
	write := func(w io.Writer) error {
		switch {
		case c.Format == "parquet":
			return export.Parquet(a.ctx, w, s, o)
		case c.Format == "xlsx":
			return export.XLSX(a.ctx, w, s, o, c.Wide)
		case c.Wide:
			return export.WideCSV(a.ctx, w, s, o)
		}
		return export.CSV(a.ctx, w, s, o)
	}
	if c.Out == stdinName {
		return write(a.out)
	}
	return export.File(c.Out, write)
}

func (c *exportCmd) writePackage(ctx context.Context, s *store.Store, o export.Options) error {
	steps, err := s.Activated(ctx)
	if err != nil {
		return err
	}
	about := export.About{
		Name: "nianbao-data", Title: c.Title, Publisher: c.Publisher, Licence: c.Licence, Program: programVersion(), Steps: steps,
	}
	fill := func(dir string) error { return export.Package(ctx, dir, s, o, about) }
	if strings.HasSuffix(strings.ToLower(c.Out), ".zip") {
		return export.ZipFolder(ctx, c.Out, fill)
	}
	return export.Folder(c.Out, fill)
}
