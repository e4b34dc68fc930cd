package export

import (
	"context"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/shopspring/decimal"

	"nianbao/store"
)

// Places and digits of the Parquet column value.
const (
	parquetScale     = 6
	parquetPrecision = 18
)

// parquetRow is a line of the long form. value is DECIMAL(18, 6); exact holds the
// digits of any number, also of one that does not fit.
type parquetRow struct {
	Agency   string   `parquet:"agency,dict"`
	Division *string  `parquet:"division,dict"`
	Year     int32    `parquet:"year"`
	Form     string   `parquet:"form,dict"`
	Cell     string   `parquet:"cell,dict"`
	Chinese  string   `parquet:"chinese,dict"`
	English  string   `parquet:"english,dict"`
	Value    *int64   `parquet:"value,decimal(6:18)"`
	Exact    *string  `parquet:"exact,dict"`
	Unit     string   `parquet:"unit,dict"`
	State    string   `parquet:"state,dict"`
	Status   string   `parquet:"status,dict"`
	Source   string   `parquet:"source,dict"`
	Part     *string  `parquet:"part,dict"`
	Path     string   `parquet:"path,dict"`
	Reviewed bool     `parquet:"reviewed"`
	Fields   *string  `parquet:"report_reviewed,dict"`
	Text     *string  `parquet:"text,dict"`
	Page     *int32   `parquet:"page"`
	X0       *float64 `parquet:"x0"`
	Y0       *float64 `parquet:"y0"`
	X1       *float64 `parquet:"x1"`
	Y1       *float64 `parquet:"y1"`
	Table    *int32   `parquet:"table"`
	Row      *int32   `parquet:"row"`
	Column   *int32   `parquet:"column"`
	Reader   *string  `parquet:"reader,dict"`
	// How sure the reader was, 0 to 1.
	Confidence *float64 `parquet:"confidence"`
}

// rowGroup is how many rows are kept before they are written.
const rowGroup = 1 << 17

// Parquet writes the long form as one Parquet file, compressed with zstd. The
// columns of evidence are there and null where it is not asked for.
func Parquet(ctx context.Context, w io.Writer, src Source, o Options) error {
	p := parquet.NewGenericWriter[parquetRow](w,
		parquet.Compression(&parquet.Zstd),
		parquet.MaxRowsPerRowGroup(rowGroup),
		parquet.CreatedBy("nianbao", "", ""),
	)
	var buffer []parquetRow
	err := each(ctx, src, o, func(_ *store.Report, rows []Row) error {
		buffer = buffer[:0]
		for i := range rows {
			buffer = append(buffer, newParquetRow(&rows[i], o.Evidence != nil))
		}
		_, err := p.Write(buffer)
		return err
	})
	if err != nil {
		return err // the file is thrown away: its end is not written
	}
	return p.Close()
}

func newParquetRow(r *Row, evidence bool) parquetRow {
	out := parquetRow{
		Agency: r.Report.Agency.Name, Division: known(r.Report.Agency.Division), Year: int32(r.Report.Year), Form: r.Report.Form,
		Cell: r.Cell, Chinese: r.Chinese, English: r.English,
		Unit: r.Unit, State: string(r.State), Status: string(r.Status), Source: r.Report.Source, Part: known(r.Part), Path: r.Report.Path, Reviewed: r.Reviewed,
		Fields: known(r.Report.Reviewed),
	}
	if r.Value != nil {
		exact := r.Value.String()
		out.Exact, out.Value = &exact, unscaled(*r.Value)
	}
	if !evidence {
		return out
	}
	out.Text = known(r.Text)
	if e := r.Evidence; e != nil {
		out.Reader, out.Confidence = known(e.Reader), &e.Confidence
		if e.Page > 0 {
			page := int32(e.Page)
			out.Page = &page
		}
		if e.Box != nil {
			out.X0, out.Y0, out.X1, out.Y1 = &e.Box[0], &e.Box[1], &e.Box[2], &e.Box[3]
		}
		if p := e.Place; p != nil {
			table, row, column := int32(p.Table), int32(p.Row), int32(p.Column)
			out.Table, out.Row, out.Column = &table, &row, &column
		}
	}
	return out
}

// unscaled is d in millionths, nil where it does not fit exactly.
func unscaled(d decimal.Decimal) *int64 {
	text, part, _ := strings.Cut(d.Abs().String(), ".")
	if len(text) > parquetPrecision-parquetScale || len(part) > parquetScale {
		return nil
	}
	n := d.Shift(parquetScale).IntPart()
	return &n
}

func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
