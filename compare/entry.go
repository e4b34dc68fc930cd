package compare

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Entry is one figure as other programs get it.
type Entry struct {
	Agency      string  `json:"agency"`
	Division    *string `json:"division"`
	Year        int     `json:"year"`
	Form        string  `json:"form"`
	Indicator   string  `json:"indicator"`
	Chinese     string  `json:"chinese"`
	Numerator   *Number `json:"numerator"`
	Denominator *Number `json:"denominator"` // null for a plain count
	Rate        *Number `json:"rate"`        // null for a plain count and where there is none
	Missing     *string `json:"missing"`     // why there is no figure
	Review      bool    `json:"review"`
	Blanks      bool    `json:"blanks"`
	Series      *string `json:"series"` // the forms it may be compared with
	Level       *string `json:"level"`
	Kind        *string `json:"kind"`
	Cells       string  `json:"cells"`  // what it rests on
	Source      string  `json:"source"` // SHA-256 of the file
	Path        string  `json:"path"`
	Place       *string `json:"place"` // where the cells stand in the file, where that was asked for
}

// Number is an exact decimal that JSON shows as a number.
type Number decimal.Decimal

// MarshalJSON writes the digits as they are.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(n.String()), nil }

func (n Number) String() string { return decimal.Decimal(n).String() }

// Entries returns the figures of a report one by one.
func (r *Row) Entries(indicators []*Indicator) []Entry {
	out := make([]Entry, 0, len(r.Figures))
	for k, f := range r.Figures {
		i := indicators[k]
		out = append(out, Entry{
			Agency: r.Agency.Name, Division: known(r.Agency.Division), Year: r.Year, Form: r.Form,
			Indicator: i.ID, Chinese: i.Chinese,
			Numerator: (*Number)(f.Numerator), Denominator: (*Number)(f.Denominator), Rate: (*Number)(f.Rate()),
			Missing: known(f.Missing), Review: f.Review, Blanks: f.Blanks,
			Series: known(i.Series(r.Form)), Level: known(r.Body.Level), Kind: known(r.Body.Kind),
			Cells: strings.Join(i.Cells(r.Form), " "), Source: r.Source, Path: r.Path,
		})
	}
	return out
}

func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Writer writes entries, one struct each, all of one type.
type Writer interface {
	Write(entry any) error
	Close() error // ends what was written; does not close the file
}

// NewJSON writes an array on one line.
func NewJSON(w io.Writer) Writer { return &jsonWriter{w: w} }

type jsonWriter struct {
	w    io.Writer
	some bool
}

func (j *jsonWriter) Write(entry any) error {
	var b bytes.Buffer
	b.WriteByte(',')
	if !j.some {
		b.Reset()
		b.WriteByte('[')
		j.some = true
	}
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(entry); err != nil {
		return err
	}
	_, err := j.w.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	return err
}

func (j *jsonWriter) Close() error {
	end := "]\n"
	if !j.some {
		end = "[]\n"
	}
	_, err := io.WriteString(j.w, end)
	return err
}

// NewCSV writes CSV (RFC 4180, UTF-8 without a byte order mark, lines end in LF)
// with a header of the JSON names; what is null in JSON is empty. The header is
// that of like even where there are no entries.
func NewCSV(w io.Writer, like any) Writer {
	c := &csvWriter{w: csv.NewWriter(w)}
	t := reflect.TypeOf(like)
	var header []string
	for k := range t.NumField() {
		header = append(header, t.Field(k).Tag.Get("json"))
	}
	c.err = c.w.Write(header)
	return c
}

type csvWriter struct {
	w   *csv.Writer
	err error
}

func (c *csvWriter) Write(entry any) error {
	if c.err != nil {
		return c.err
	}
	v := reflect.ValueOf(entry)
	record := make([]string, v.NumField())
	for k := range record {
		f := v.Field(k)
		if f.Kind() == reflect.Pointer {
			if f.IsNil() {
				continue
			}
			f = f.Elem()
		}
		switch x := f.Interface().(type) {
		case string:
			record[k] = x
		case int:
			record[k] = strconv.Itoa(x)
		case bool:
			record[k] = strconv.FormatBool(x)
		case fmt.Stringer:
			record[k] = x.String()
		default:
			return fmt.Errorf("write CSV: a field of type %T", x)
		}
	}
	return c.w.Write(record)
}

func (c *csvWriter) Close() error {
	c.w.Flush()
	if c.err != nil {
		return c.err
	}
	return c.w.Error()
}
