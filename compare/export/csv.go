package export

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"nianbao/normalize"
	"nianbao/store"
)

// CSV writes the long form: RFC 4180, UTF-8 without a byte order mark, lines end
// in LF, one observation a line.
func CSV(ctx context.Context, w io.Writer, src Source, o Options) error {
	c := csv.NewWriter(w)
	columns := fieldsOf(o)
	record := make([]string, len(columns))
	for i, f := range columns {
		record[i] = f.Name
	}
	if err := c.Write(record); err != nil {
		return err
	}
	err := each(ctx, src, o, func(_ *store.Report, rows []Row) error {
		for k := range rows {
			for i := range columns {
				record[i] = columns[i].of(&rows[k])
			}
			if err := c.Write(record); err != nil {
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

// wideHead are the columns of the wide form before those of the cells.
var wideHead = []struct{ name, chinese string }{
	{"agency", "机关"}, {"division", "行政区划代码"}, {"year", "年度"}, {"form", "表式"}, {"dated", "落款日期"},
	{"source", "文件SHA-256"}, {"path", "文件路径"}, {"review", "待核对指标项"}, {"blank", "空白或划线指标项"}, {"reviewed", "人工核对指标项"},
}

// wideRow is a report as a line of the wide form. A cell without a number stays
// empty; which cells are under review and which are blank or dashed is told in
// columns of their own, so that no silence passes for a zero.
func wideRow(r *store.Report, rows []Row) (head []string, values map[string]*Row) {
	values = make(map[string]*Row, len(rows))
	reviewed := strings.Fields(r.Reviewed)
	var review, blank []string
	for i := range rows {
		row := &rows[i]
		values[row.Cell] = row
		if row.Status == normalize.Review {
			review = append(review, row.Cell)
		}
		if row.State == normalize.Blank || row.State == normalize.Dash {
			blank = append(blank, row.Cell)
		}
		if row.Reviewed {
			reviewed = append(reviewed, row.Cell)
		}
	}
	return []string{
		r.Agency.Name, r.Agency.Division, strconv.Itoa(r.Year), r.Form, r.Dated,
		r.Source, r.Path, strings.Join(review, " "), strings.Join(blank, " "), strings.Join(reviewed, " "),
	}, values
}

// WideCSV writes the wide form: one report a line, one cell a column, those of all
// forms, the newest form's first.
func WideCSV(ctx context.Context, w io.Writer, src Source, o Options) error {
	c := csv.NewWriter(w)
	var header []string
	for _, h := range wideHead {
		header = append(header, h.name)
	}
	cells := cellsOfForms()
	for _, cell := range cells {
		header = append(header, cell.ID)
	}
	if err := c.Write(header); err != nil {
		return err
	}
	err := each(ctx, src, o, func(r *store.Report, rows []Row) error {
		record, values := wideRow(r, rows)
		for _, cell := range cells {
			text := ""
			if row := values[cell.ID]; row != nil {
				text = plain(row.Value)
			}
			record = append(record, text)
		}
		return c.Write(record)
	})
	if err != nil {
		return err
	}
	c.Flush()
	return c.Error()
}
