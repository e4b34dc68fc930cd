package compare

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

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
	Reviewed    bool    `json:"reviewed"`
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
			Missing: known(f.Missing), Review: f.Review, Blanks: f.Blanks, Reviewed: f.Reviewed,
			Series: known(i.Series(r.Form)), Level: known(r.Body.Level), Kind: known(r.Body.Kind),
			Cells: i.cellList(r.Form), Source: r.Source, Path: r.Path,
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
func NewJSON(w io.Writer) Writer { return &jsonWriter{w: bufio.NewWriterSize(w, bufferSize)} }

// bufferSize is how much is written at a time: lines are short and many.
const bufferSize = 1 << 16

type jsonWriter struct {
	w    *bufio.Writer
	some bool
	line []byte
}

func (j *jsonWriter) Write(entry any) (err error) {
	b := append(j.line[:0], ',')
	if !j.some {
		b[0] = '['
		j.some = true
	}
	v := reflect.ValueOf(entry)
	for k, name := range fields(v.Type()) {
		b = append(b, "{,"[min(k, 1)])
		b = appendText(b, name)
		b = append(b, ':')
		if b, err = appendJSON(b, v.Field(k)); err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
	}
	j.line = append(b, '}')
	_, err = j.w.Write(j.line)
	return err
}

func (j *jsonWriter) Close() error {
	end := "]\n"
	if !j.some {
		end = "[]\n"
	}
	if _, err := j.w.WriteString(end); err != nil {
		return err
	}
	return j.w.Flush()
}

var namesOf sync.Map // names of fields by type

// fields returns the JSON names of a struct's fields.
func fields(t reflect.Type) []string {
	if names, ok := namesOf.Load(t); ok {
		return names.([]string)
	}
	names := make([]string, t.NumField())
	for k := range names {
		names[k] = t.Field(k).Tag.Get("json")
	}
	namesOf.Store(t, names)
	return names
}

var numberType = reflect.TypeFor[Number]()

// appendJSON adds a field as package encoding/json writes it without escaping HTML,
// which takes four times as long.
func appendJSON(b []byte, f reflect.Value) ([]byte, error) {
	if f.Kind() == reflect.Pointer {
		if f.IsNil() {
			return append(b, "null"...), nil
		}
		f = f.Elem()
	}
	if f.Kind() == reflect.String {
		return appendText(b, f.String()), nil
	}
	return appendField(b, f)
}

// appendText adds a text in quotes.
func appendText(b []byte, s string) []byte {
	plain := utf8.ValidString(s)
	for i := 0; plain && i < len(s); i++ {
		// U+2028 and U+2029, which are escaped too, begin with E2.
		plain = s[i] >= ' ' && s[i] != '"' && s[i] != '\\' && s[i] != 0x7f && s[i] != 0xe2
	}
	if plain {
		b = append(b, '"')
		b = append(b, s...)
		return append(b, '"')
	}
	var quoted bytes.Buffer
	e := json.NewEncoder(&quoted)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a string is always written
	}
	return append(b, bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...)
}

// appendField adds a field that is no text, as JSON and CSV show it alike.
func appendField(b []byte, f reflect.Value) ([]byte, error) {
	switch {
	case f.Kind() == reflect.Int:
		return strconv.AppendInt(b, f.Int(), 10), nil
	case f.Kind() == reflect.Bool:
		return strconv.AppendBool(b, f.Bool()), nil
	case f.Type() == numberType:
		return append(b, f.Interface().(Number).String()...), nil
	}
	return b, fmt.Errorf("a field of type %s", f.Type())
}

// NewCSV writes CSV (RFC 4180, UTF-8 without a byte order mark, lines end in LF)
// with a header of the JSON names; what is null in JSON is empty. The header is
// that of like even where there are no entries.
func NewCSV(w io.Writer, like any) Writer {
	c := &csvWriter{w: bufio.NewWriterSize(w, bufferSize)}
	_, c.err = c.w.WriteString(strings.Join(fields(reflect.TypeOf(like)), ",") + "\n")
	return c
}

type csvWriter struct {
	w    *bufio.Writer
	err  error
	line []byte
}

func (c *csvWriter) Write(entry any) (err error) {
	if c.err != nil {
		return c.err
	}
	v := reflect.ValueOf(entry)
	b := c.line[:0]
	for k := range v.NumField() {
		if k > 0 {
			b = append(b, ',')
		}
		f := v.Field(k)
		if f.Kind() == reflect.Pointer {
			if f.IsNil() {
				continue
			}
			f = f.Elem()
		}
		if f.Kind() == reflect.String {
			b = appendQuoted(b, f.String())
		} else if b, err = appendField(b, f); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	c.line = append(b, '\n')
	_, err = c.w.Write(c.line)
	return err
}

// appendQuoted adds a field of CSV, in quotes where package encoding/csv would put it
// in quotes, which takes longer over it.
func appendQuoted(b []byte, s string) []byte {
	first, _ := utf8.DecodeRuneInString(s)
	if s == "" || s != `\.` && !unicode.IsSpace(first) && !strings.ContainsAny(s, ",\"\r\n") {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}

func (c *csvWriter) Close() error {
	if c.err != nil {
		return c.err
	}
	return c.w.Flush()
}
