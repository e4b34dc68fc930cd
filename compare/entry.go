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
type Number struct {
	digits int64            // where exact is nil: the number with its point moved
	places int              // by so many places
	exact  *decimal.Decimal // a number that does not fit a machine's word, or may not
}

// of, ofNumerator and ofDenominator make n a number of a figure and return it, nil where
// there is none. Figures in machine words, as nearly all are, are shown of those: to look
// at their decimals takes longer than to write them.
func (n *Number) of(f *Figure) *Number {
	switch q := f.quick; {
	case !q.small:
		return n.is(f.Value())
	case f.Denominator == nil:
		*n = Number{digits: q.numerator}
	default:
		*n = Number{digits: q.divided(), places: ratePlaces}
	}
	return n
}

func (n *Number) ofNumerator(f *Figure) *Number {
	if !f.quick.small {
		return n.is(f.Numerator)
	}
	*n = Number{digits: f.quick.numerator}
	return n
}

func (n *Number) ofDenominator(f *Figure) *Number {
	if f.Denominator == nil || !f.quick.small {
		return n.is(f.Denominator)
	}
	*n = Number{digits: f.quick.denominator}
	return n
}

// is makes n a decimal.
func (n *Number) is(d *decimal.Decimal) *Number {
	if d == nil {
		return nil
	}
	*n = Number{exact: d}
	return n
}

// Decimal is the number as a decimal.
func (n Number) Decimal() decimal.Decimal {
	if n.exact != nil {
		return *n.exact
	}
	return decimal.New(n.digits, -int32(n.places))
}

// MarshalJSON writes the digits as they are.
func (n Number) MarshalJSON() ([]byte, error) { return n.append(nil), nil }

func (n Number) String() string { return string(n.append(nil)) }

// Percent is the number in per cent, with one digit after the point, rounded half away
// from zero.
func (n Number) Percent() string { return string(n.appendPercent(nil)) }

func (n *Number) appendPercent(b []byte) []byte {
	if n.exact != nil || n.places != ratePlaces {
		return append(append(b, n.Decimal().Shift(2).StringFixed(1)...), '%')
	}
	const tenth = 1000 // of a per cent, in units of the last place of a rate
	v := n.digits
	if v < 0 {
		v = -v
	}
	v = (v + tenth/2) / tenth
	if n.digits < 0 && v > 0 {
		b = append(b, '-')
	}
	b = append(strconv.AppendInt(b, v/10, 10), '.', byte('0'+v%10))
	return append(b, '%')
}

// append adds the digits as a decimal writes them. Nearly all numbers fit a machine's
// word, and take a third of the time then.
func (n *Number) append(b []byte) []byte {
	c, places := n.digits, n.places
	if d := n.exact; d != nil {
		places = -int(d.Exponent())
		if places < 0 || places > ratePlaces || d.NumDigits() > 18 {
			return append(b, d.String()...)
		}
		c = d.CoefficientInt64()
	}
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
		var numerator, denominator, rate Number
		e := Entry{
			Agency: r.Agency.Name, Division: some(&r.Agency.Division), Year: r.Year, Form: r.Form,
			Level: some(&r.Body.Level), Kind: some(&r.Body.Kind), Source: r.Source, Path: r.Path,
		}
		for k := range r.Figures {
			i, f := indicators[k], &r.Figures[k]
			series = i.Series(r.Form)
			e.Indicator, e.Chinese, e.Series, e.Cells, e.Place = i.ID, i.Chinese, some(&series), i.cellList(r.Form), nil
			e.Numerator, e.Denominator, e.Rate = numerator.ofNumerator(f), denominator.ofDenominator(f), nil
			if f.Denominator != nil {
				e.Rate = rate.of(f)
			}
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
	for k, f := range fields(v.Type()) {
		if b = append(b, f.key...); k == 0 {
			b[len(b)-len(f.key)] = '{'
		}
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

// field is a field of a struct.
type field struct {
	name string // in JSON
	key  string // what stands before its value in JSON, with a comma
}

var fieldsOf sync.Map // by type

// fields returns the fields of a struct.
func fields(t reflect.Type) []field {
	if out, ok := fieldsOf.Load(t); ok {
		return out.([]field)
	}
	out := make([]field, t.NumField())
	for k := range out {
		name := t.Field(k).Tag.Get("json")
		out[k] = field{name, "," + string(appendText(nil, name)) + ":"}
	}
	fieldsOf.Store(t, out)
	return out
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

// escaped are the bytes that characters may begin with that are escaped: U+2028 and
// U+2029 begin with E2.
var escaped = func() (out [256]bool) {
	for c := range ' ' {
		out[c] = true
	}
	out['"'], out['\\'], out[0x7f], out[0xe2] = true, true, true, true
	return out
}()

// appendText adds a text in quotes.
func appendText(b []byte, s string) []byte {
	plain := true
	for i := 0; plain && i < len(s); i++ {
		plain = !escaped[s[i]]
	}
	if plain && utf8.ValidString(s) {
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
	var header []byte
	for k, f := range fields(reflect.TypeOf(like)) {
		if k > 0 {
			header = append(header, ',')
		}
		header = append(header, f.name...)
	}
	return &Writer{w: w, format: csvFormat{}, lines: append(header, '\n'), some: true}
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
