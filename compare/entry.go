package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"reflect"
	"runtime"
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

// append adds what String gives. Nearly all numbers fit a machine's word, and take a
// third of the time then.
func (n *Number) append(b []byte) []byte {
	d := (*decimal.Decimal)(n)
	places := -int(d.Exponent())
	if places < 0 || places > ratePlaces || d.NumDigits() > 18 {
		return append(b, d.String()...)
	}
	c := d.CoefficientInt64()
	for ; places > 0 && c%10 == 0; places-- {
		c /= 10
	}
	if places == 0 {
		return strconv.AppendInt(b, c, 10)
	}
	if c < 0 {
		b, c = append(b, '-'), -c
	}
	unit := powers[places]
	b = append(strconv.AppendInt(b, c/unit, 10), '.')
	for c, unit = c%unit, unit/10; unit > 0; unit /= 10 {
		b = append(b, byte('0'+c/unit%10))
	}
	return b
}

// powers of ten.
var powers = [ratePlaces + 1]int64{1, 10, 100, 1000, 10_000, 100_000, 1_000_000}

// Entries gives the figures of a report one by one. An entry is the next one once it
// was used.
func (r *Row) Entries(indicators []*Indicator) iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		var series string
		e := Entry{
			Agency: r.Agency.Name, Division: some(&r.Agency.Division), Year: r.Year, Form: r.Form,
			Level: some(&r.Body.Level), Kind: some(&r.Body.Kind), Source: r.Source, Path: r.Path,
		}
		for k := range r.Figures {
			i, f := indicators[k], &r.Figures[k]
			series = i.Series(r.Form)
			e.Indicator, e.Chinese, e.Series, e.Cells, e.Place = i.ID, i.Chinese, some(&series), i.cellList(r.Form), nil
			e.Numerator, e.Denominator, e.Rate = (*Number)(f.Numerator), (*Number)(f.Denominator), (*Number)(f.Rate())
			e.Missing, e.Review, e.Blanks, e.Reviewed = some(&f.Missing), f.Review, f.Blanks, f.Reviewed
			if !yield(&e) {
				return
			}
		}
	}
}

// some returns p where there is something in it.
func some[T comparable](p *T) *T {
	var none T
	if *p == none {
		return nil
	}
	return p
}

// Writer writes entries, one struct or a pointer to it each, all of one type.
type Writer struct {
	w      io.Writer
	format format
	lines  []byte // yet to be written
	some   bool   // was written or is yet to be
}

// format is how entries are written.
type format interface {
	// append adds an entry; what parts entries stands before it.
	append(b []byte, entry reflect.Value) ([]byte, error)
	// begin makes the start of all of what append made of the first entry.
	begin(b []byte)
	// end is what stands behind the last entry.
	end(some bool) string
}

// bufferSize is how much is written at a time: lines are short and many.
const bufferSize = 1 << 16

// Write writes an entry.
func (w *Writer) Write(entry any) (err error) {
	if w.lines, err = w.format.append(w.lines, reflect.Indirect(reflect.ValueOf(entry))); err != nil {
		return err
	}
	if !w.some {
		w.format.begin(w.lines)
		w.some = true
	}
	if len(w.lines) >= bufferSize {
		return w.flush()
	}
	return nil
}

func (w *Writer) flush() error {
	if len(w.lines) == 0 {
		return nil
	}
	_, err := w.w.Write(w.lines)
	w.lines = w.lines[:0]
	return err
}

// WriteParts writes n parts one after the other, of which some are made at the same
// time; part hands on the entries of one.
func (w *Writer) WriteParts(n int, part func(k int, write func(entry any) error) error) error {
	type made struct {
		lines []byte
		err   error
	}
	used := make(chan []byte, runtime.GOMAXPROCS(0)) // room that was written
	encode := func(k int) (m made) {
		select {
		case m.lines = <-used:
		default:
		}
		m.err = part(k, func(entry any) (err error) {
			m.lines, err = w.format.append(m.lines, reflect.Indirect(reflect.ValueOf(entry)))
			return err
		})
		return m
	}
	ahead := make(chan chan made, runtime.GOMAXPROCS(0)-1)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		defer close(ahead)
		for k := range n {
			one := make(chan made, 1)
			select {
			case ahead <- one:
			case <-stop:
				return
			}
			go func() { one <- encode(k) }()
		}
	}()
	for one := range ahead {
		m := <-one
		if m.err != nil {
			return m.err
		}
		if len(m.lines) == 0 {
			continue
		}
		if !w.some {
			w.format.begin(m.lines)
			w.some = true
		}
		if err := w.flush(); err != nil {
			return err
		}
		if _, err := w.w.Write(m.lines); err != nil {
			return err
		}
		select {
		case used <- m.lines[:0]:
		default:
		}
	}
	return nil
}

// Close ends what was written; it does not close the file.
func (w *Writer) Close() error {
	w.lines = append(w.lines, w.format.end(w.some)...)
	return w.flush()
}

// NewJSON writes an array on one line.
func NewJSON(w io.Writer) *Writer { return &Writer{w: w, format: jsonFormat{}} }

type jsonFormat struct{}

func (jsonFormat) append(b []byte, v reflect.Value) (_ []byte, err error) {
	b = append(b, ',')
	for k, name := range fields(v.Type()) {
		b = append(b, "{,"[min(k, 1)])
		b = appendText(b, name)
		b = append(b, ':')
		if b, err = appendJSON(b, v.Field(k)); err != nil {
			return b, fmt.Errorf("write JSON: %w", err)
		}
	}
	return append(b, '}'), nil
}

func (jsonFormat) begin(b []byte) { b[0] = '[' }

func (jsonFormat) end(some bool) string {
	if some {
		return "]\n"
	}
	return "[]\n"
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
		return f.Addr().Interface().(*Number).append(b), nil // it is behind a pointer
	}
	return b, fmt.Errorf("a field of type %s", f.Type())
}

// NewCSV writes CSV (RFC 4180, UTF-8 without a byte order mark, lines end in LF)
// with a header of the JSON names; what is null in JSON is empty. The header is
// that of like even where there are no entries.
func NewCSV(w io.Writer, like any) *Writer {
	header := strings.Join(fields(reflect.TypeOf(like)), ",") + "\n"
	return &Writer{w: w, format: csvFormat{}, lines: []byte(header), some: true}
}

type csvFormat struct{}

func (csvFormat) append(b []byte, v reflect.Value) (_ []byte, err error) {
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
			return b, fmt.Errorf("write CSV: %w", err)
		}
	}
	return append(b, '\n'), nil
}

func (csvFormat) begin([]byte)    {}
func (csvFormat) end(bool) string { return "" }

// appendQuoted adds a field of CSV, in quotes where package encoding/csv would put it
// in quotes, which takes longer over it.
func appendQuoted(b []byte, s string) []byte {
	first, _ := utf8.DecodeRuneInString(s)
	// To look for one byte is quicker than for one of several.
	if s == "" || s != `\.` && !unicode.IsSpace(first) && strings.IndexByte(s, ',') < 0 && strings.IndexByte(s, '"') < 0 &&
		strings.IndexByte(s, '\n') < 0 && strings.IndexByte(s, '\r') < 0 {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}
