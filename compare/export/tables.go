package export

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"nianbao/compare"
	"nianbao/schema"
	"nianbao/store"
)

// The tables of a package, and what they hold.

// csvResource describes a CSV file as this package writes them.
func csvResource(name, title, description string, s tableSchema) resource {
	s.MissingValues = []string{""}
	return resource{
		Profile: "tabular-data-resource", Name: name, Path: name + ".csv", Title: title, Description: description,
		Format: "csv", Mediatype: "text/csv", Encoding: "utf-8", Schema: s,
	}
}

func observations(o Options) resource {
	var s tableSchema
	for _, f := range fieldsOf(o) {
		field := schemaField{Name: f.Name, Type: f.Type, Title: f.Chinese, Description: f.Description}
		if f.Required || f.Enum != nil {
			field.Constraints = &constraints{f.Required, f.Enum}
		}
		s.Fields = append(s.Fields, field)
	}
	s.PrimaryKey = []string{"source", "cell"}
	s.ForeignKeys = []foreignKey{{[]string{"source"}, reference{"reports", []string{"source"}}}}
	return csvResource("observations", "观测值", "One cell of one report a line. A silence is not a zero: state says how the report shows it.", s)
}

func column(name, kind, description string) schemaField {
	return schemaField{Name: name, Type: kind, Description: description}
}

var reportsResource = csvResource("reports", "报告", "The reports and the files they were read from.", tableSchema{
	Fields: []schemaField{
		column("source", "string", "SHA-256 of the file"), column("path", "string", "where it was seen last"),
		column("media_type", "string", "what the file is"), column("pages", "integer", "pages, 0 where it has none"),
		column("agency", "string", "reporting body as printed"), column("division", "string", "GB/T 2260 code, empty where not resolved"),
		column("level", "string", "read off the name, empty where it does not tell"), column("kind", "string", "kind of body, read off the name"),
		column("year", "integer", "year reported on"), column("form", "string", "statutory form"),
		column("dated", "date", "date of signature"), column("cells", "integer", "values read"), column("review", "integer", "values under review"),
		column("reviewed", "string", reportReviewed),
	},
	PrimaryKey: []string{"source"},
})

func (p *packer) reports(ctx context.Context, w io.Writer, src Source, o Options) error {
	c := csv.NewWriter(w)
	if err := c.Write(columnNames(reportsResource)); err != nil {
		return err
	}
	sel := store.Selection{Years: o.Years, Agencies: o.Agencies, Cells: []string{}}
	err := src.EachLive(ctx, sel, func(_, _ int, l *store.Live) error {
		p.n++
		b := compare.BodyOf(l.Agency)
		return c.Write([]string{
			l.Source, l.Path, l.MediaType, strconv.Itoa(l.Pages), l.Agency.Name, l.Agency.Division, b.Level, b.Kind,
			strconv.Itoa(l.Year), l.Form, l.Dated, strconv.Itoa(l.Cells), strconv.Itoa(l.InDoubt), l.Reviewed,
		})
	})
	if err != nil {
		return err
	}
	c.Flush()
	return c.Error()
}

func columnNames(r resource) []string {
	var out []string
	for _, f := range r.Schema.Fields {
		out = append(out, f.Name)
	}
	return out
}

var cellsResource = csvResource("cells", "指标项", "The cells of the statutory forms.", tableSchema{
	Fields: []schemaField{
		column("form", "string", "statutory form"), column("cell", "string", "id of the cell"), column("unit", "string", "unit of its value"),
		column("chinese", "string", "its labels as printed"), column("english", "string", "its name in English"),
	},
	PrimaryKey: []string{"form", "cell"},
})

func writeCells(w io.Writer) error {
	c := csv.NewWriter(w)
	if err := c.Write(columnNames(cellsResource)); err != nil {
		return err
	}
	for _, f := range schema.Forms() {
		for i := range f.Cells {
			cell := &f.Cells[i]
			if err := c.Write([]string{f.ID, cell.ID, cell.Unit, cell.Chinese(), cell.English()}); err != nil {
				return err
			}
		}
	}
	c.Flush()
	return c.Error()
}

var indicatorsResource = csvResource("indicators", "指标", "Figures made of cells, by form.", tableSchema{
	Fields: []schemaField{
		column("indicator", "string", "id"), column("form", "string", "statutory form"),
		column("chinese", "string", "name in Chinese"), column("english", "string", "name in English"),
		column("source", "string", "notice: printed in the form itself; practice: used by assessments"),
		column("numerator", "string", "cells that are added up, or with - taken away"), column("denominator", "string", "the same; empty for a count"),
		column("series", "string", "forms whose figures make one series with these"),
	},
	PrimaryKey: []string{"indicator", "form"},
})

func writeIndicators(w io.Writer) error {
	c := csv.NewWriter(w)
	if err := c.Write(columnNames(indicatorsResource)); err != nil {
		return err
	}
	for _, i := range compare.Indicators() {
		for _, form := range i.Forms() {
			numerator, denominator := i.Formula(form)
			if err := c.Write([]string{i.ID, form, i.Chinese, i.English, i.Source,
				strings.Join(numerator, " "), strings.Join(denominator, " "), i.Series(form)}); err != nil {
				return err
			}
		}
	}
	c.Flush()
	return c.Error()
}

var figuresResource = csvResource("figures", "指标值", "Indicators worked out for every report, with numerator and denominator. There is no rate over zero, nor where a cell is missing.", tableSchema{
	Fields: []schemaField{
		column("source", "string", "SHA-256 of the file"), column("agency", "string", "reporting body"), column("year", "integer", "year reported on"),
		column("indicator", "string", "id"), column("numerator", "number", "exact"), column("denominator", "number", "exact; empty for a count"),
		column("rate", "number", "numerator over denominator, six digits after the point"), column("missing", "string", "why there is no figure"),
		column("review", "boolean", "it rests on a value under review"), column("blanks", "boolean", "blank cells were counted as zero"),
		column("reviewed", "boolean", "a person corrected or confirmed a value it rests on, or agency, year or form of its report"),
		column("series", "string", "forms whose figures it may be compared with"),
	},
	PrimaryKey:  []string{"source", "indicator"},
	ForeignKeys: []foreignKey{{[]string{"source"}, reference{"reports", []string{"source"}}}},
})

func writeFigures(ctx context.Context, w io.Writer, src Source, o Options) error {
	c := csv.NewWriter(w)
	if err := c.Write(columnNames(figuresResource)); err != nil {
		return err
	}
	indicators := compare.Indicators()
	opts := compare.Options{Indicators: indicators, Years: o.Years, Agencies: o.Agencies, ExcludeReview: o.ExcludeReview}
	err := compare.Each(ctx, src, opts, func(r *compare.Row) error {
		for k, f := range r.Figures {
			if f.Missing == compare.OtherForm || f.Missing == compare.NoOutside {
				continue
			}
			if err := c.Write([]string{r.Source, r.Agency.Name, strconv.Itoa(r.Year), indicators[k].ID,
				plain(f.Numerator), plain(f.Denominator), plain(f.Rate()), f.Missing,
				strconv.FormatBool(f.Review), strconv.FormatBool(f.Blanks), strconv.FormatBool(f.Reviewed), indicators[k].Series(r.Form)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.Flush()
	return c.Error()
}
