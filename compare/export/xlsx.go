package export

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"nianbao/schema"
	"nianbao/store"
)

// ErrTooManyRows says that a workbook cannot hold so much.
var ErrTooManyRows = errors.New("a workbook holds 5 million observations, or 100000 reports in the wide form: export fewer years or agencies, or another format")

const (
	maxSheets = 5       // of the long form
	maxWide   = 100_000 // rows of the wide form
)

// XLSX writes a workbook: the long form, or the wide one, on a sheet with a
// frozen header in Chinese, and a data dictionary. Numbers are numbers as far as
// Excel keeps their digits, and text where it does not.
func XLSX(ctx context.Context, w io.Writer, src Source, o Options, wide bool) (err error) {
	f := excelize.NewFile()
	defer func() { err = cmp.Or(err, f.Close()) }() // removes its temporary files
	if err := f.SetDocProps(&excelize.DocProperties{
		Title: "政府信息公开工作年度报告数据", Creator: "nianbao", LastModifiedBy: "nianbao", Language: "zh-CN",
		Created: fixedTime, Modified: fixedTime,
	}); err != nil {
		return err
	}
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	b := &book{file: f, head: head}
	if wide {
		err = b.wide(ctx, src, o)
	} else {
		err = b.long(ctx, src, o)
	}
	if err != nil {
		return err
	}
	if err := b.dictionary(o, wide); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return writeSorted(f, w)
}

// fixedTime stands in the document's properties.
const fixedTime = "2000-01-01T00:00:00Z"

// book is a workbook that is being written, sheet after sheet.
type book struct {
	file   *excelize.File
	head   int // style of a header
	stream *excelize.StreamWriter
	row    int
	sheets int
}

// begin starts a sheet with a header.
func (b *book) begin(name string, header []any, widths []float64, frozen int) error {
	if b.sheets == 0 {
		if err := b.file.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	b.sheets++
	var err error
	if b.stream, err = b.file.NewStreamWriter(name); err != nil {
		return err
	}
	for i, width := range widths {
		if err := b.stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	corner, err := excelize.CoordinatesToCellName(frozen+1, 2)
	if err != nil {
		return err
	}
	if err := b.stream.SetPanes(&excelize.Panes{Freeze: true, XSplit: frozen, YSplit: 1, TopLeftCell: corner, ActivePane: "bottomRight"}); err != nil {
		return err
	}
	b.row = 0
	for i, h := range header {
		header[i] = excelize.Cell{StyleID: b.head, Value: h}
	}
	return b.add(header)
}

func (b *book) add(values []any) error {
	b.row++
	cell, err := excelize.CoordinatesToCellName(1, b.row)
	if err != nil {
		return err
	}
	return b.stream.SetRow(cell, values)
}

func (b *book) long(ctx context.Context, src Source, o Options) error {
	columns := fieldsOf(o)
	begin := func() error {
		var header []any
		var widths []float64
		for _, f := range columns {
			header = append(header, f.Chinese)
			widths = append(widths, map[string]float64{"agency": 24, "cell": 34, "chinese": 44, "english": 34}[f.Name])
			if widths[len(widths)-1] == 0 {
				widths[len(widths)-1] = 12
			}
		}
		name := "观测值"
		if b.sheets > 0 {
			name = fmt.Sprintf("观测值%d", b.sheets+1)
		}
		return b.begin(name, header, widths, 1)
	}
	if err := begin(); err != nil {
		return err
	}
	values := make([]any, len(columns))
	err := each(ctx, src, o, func(_ *store.Report, rows []Row) error {
		for k := range rows {
			if b.row == excelize.TotalRows {
				if b.sheets == maxSheets {
					return ErrTooManyRows
				}
				if err := b.stream.Flush(); err != nil {
					return err
				}
				if err := begin(); err != nil {
					return err
				}
			}
			for i := range columns {
				values[i] = columns[i].typed(&rows[k])
			}
			if err := b.add(values); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.stream.Flush()
}

func (b *book) wide(ctx context.Context, src Source, o Options) error {
	var header []any
	var widths []float64
	for _, h := range wideHead {
		header = append(header, h.chinese)
		widths = append(widths, 14)
	}
	widths[0] = 24
	cells := cellsOfForms()
	for _, c := range cells {
		header = append(header, c.Chinese()+"（"+c.Unit+"）")
		widths = append(widths, 16)
	}
	if err := b.begin("报告", header, widths, 1); err != nil {
		return err
	}
	err := each(ctx, src, o, func(r *store.Report, rows []Row) error {
		if b.row > maxWide {
			return ErrTooManyRows
		}
		head, byCell := wideRow(r, rows)
		values := make([]any, 0, len(head)+len(cells))
		for _, h := range head {
			values = append(values, h)
		}
		values[2] = r.Year
		for _, c := range cells {
			var v any
			if row := byCell[c.ID]; row != nil {
				v = number(row.Value)
			}
			values = append(values, v)
		}
		return b.add(values)
	})
	if err != nil {
		return err
	}
	return b.stream.Flush()
}

// dictionary says what the columns and the cells are.
func (b *book) dictionary(o Options, wide bool) error {
	if err := b.begin("数据字典", []any{"类别", "名称", "中文", "英文", "单位", "表式", "说明"}, []float64{10, 44, 60, 44, 8, 8, 70}, 0); err != nil {
		return err
	}
	if wide {
		for _, h := range wideHead {
			if err := b.add([]any{"列", h.name, h.chinese}); err != nil {
				return err
			}
		}
	} else {
		for _, f := range fieldsOf(o) {
			if err := b.add([]any{"列", f.Name, f.Chinese, nil, nil, nil, f.Description}); err != nil {
				return err
			}
		}
	}
	for _, form := range schema.Forms() {
		for i := range form.Cells {
			c := &form.Cells[i]
			if err := b.add([]any{"指标项", c.ID, c.Chinese(), c.English(), c.Unit, form.ID}); err != nil {
				return err
			}
		}
	}
	return b.stream.Flush()
}

// typed is a column's value as a spreadsheet's cell.
func (f *Field) typed(r *Row) any {
	if f.Name == "value" {
		return number(r.Value)
	}
	text := f.of(r)
	if f.Type == "boolean" {
		return text == "true"
	}
	if f.Type == "string" || text == "" {
		if text == "" {
			return nil
		}
		return text
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		return text
	}
	return number(&d)
}

// excelDigits is how many digits a spreadsheet keeps.
const excelDigits = 15

// number is d as a number where a spreadsheet keeps it, else as text.
func number(d *decimal.Decimal) any {
	if d == nil {
		return nil
	}
	text := d.String()
	digits := strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(text), "0")
	if len(digits) > excelDigits {
		return text
	}
	if d.IsInteger() {
		return d.IntPart()
	}
	return d.InexactFloat64()
}

// writeSorted writes the workbook with its parts in order: excelize writes the
// streamed ones in any.
func writeSorted(f *excelize.File, w io.Writer) (err error) {
	t, err := os.CreateTemp("", "nianbao-*.xlsx")
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, t.Close(), os.Remove(t.Name())) }()
	// Not into the buffer in memory that excelize offers.
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(t) })
	if _, err := f.WriteToBuffer(); err != nil {
		return err
	}
	size, err := t.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	r, err := zip.NewReader(t, size)
	if err != nil {
		return err
	}
	slices.SortFunc(r.File, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) })
	z := zip.NewWriter(w)
	for _, part := range r.File {
		if err := z.Copy(part); err != nil {
			return err
		}
	}
	return z.Close()
}
