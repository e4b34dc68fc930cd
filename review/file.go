package review

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
)

// The exchange file is lines of JSON, one correction each, in canonical order, so
// that the same corrections always give the same bytes: docs/format.md.

// wire is a correction as a line has it. What is in it names the correction, so it
// never changes.
type wire struct {
	Source   string     `json:"source"`
	Cell     string     `json:"cell"`
	Says     *wireValue `json:"says"`
	Read     wirePrint  `json:"read"`
	Reason   string     `json:"reason"`
	By       string     `json:"by"`
	At       string     `json:"at"`
	Replaces []string   `json:"replaces"`
}

type wireValue struct {
	State normalize.State `json:"state"`
	Value *json.Number    `json:"value"`
	Text  string          `json:"text,omitempty"` // of a field
}

type wirePrint struct {
	Text  string          `json:"text"`
	State normalize.State `json:"state"`
	Value *json.Number    `json:"value"`
}

func number(d *decimal.Decimal) *json.Number {
	if d == nil {
		return nil
	}
	n := json.Number(d.String())
	return &n
}

// line is the correction as its line, without the line feed.
func (c *Correction) line() []byte {
	w := wire{
		Source: c.Source, Cell: c.Cell, Read: wirePrint{c.Read.Text, c.Read.State, number(c.Read.Number)},
		Reason: c.Reason, By: c.By, At: c.At, Replaces: append([]string{}, c.Replaces...),
	}
	if c.Says != nil {
		w.Says = &wireValue{c.Says.State, number(c.Says.Number), c.Says.Text}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	// Texts and numbers cannot fail to be encoded.
	_ = e.Encode(w)
	return bytes.TrimRight(b.Bytes(), "\n")
}

// Write writes corrections in canonical order, each once.
func Write(w io.Writer, cs []Correction) error {
	cs = slices.Clone(cs)
	Sort(cs)
	out := bufio.NewWriter(w)
	last := ""
	for i := range cs {
		l := cs[i].line()
		if string(l) == last {
			continue
		}
		last = string(l)
		if _, err := out.Write(append(l, '\n')); err != nil {
			return fmt.Errorf("write corrections: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write corrections: %w", err)
	}
	return nil
}

// longestLine bounds a line of the file.
const longestLine = 1 << 20

// Parse reads an exchange file: all of it, or none where a line is wrong.
func Parse(r io.Reader) ([]Correction, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<16), longestLine)
	var out []Correction
	n := 0
	for lines.Scan() {
		n++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		c, err := parseLine(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out = append(out, *c)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n+1, err)
	}
	return out, nil
}

func parseLine(b []byte) (*Correction, error) {
	var w wire
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields() // what is not understood cannot be kept
	if err := d.Decode(&w); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if d.More() {
		return nil, fmt.Errorf("%w: something follows it", ErrInvalid)
	}
	c := &Correction{Source: w.Source, Cell: w.Cell, Reason: w.Reason, By: w.By, At: w.At, Replaces: w.Replaces,
		Read: Print{Text: w.Read.Text, State: w.Read.State}}
	var err error
	if c.Read.Number, err = parseNumber(w.Read.Value); err != nil {
		return nil, err
	}
	if w.Says != nil {
		c.Says = &Value{State: w.Says.State, Text: w.Says.Text}
		if c.Says.Number, err = parseNumber(w.Says.Value); err != nil {
			return nil, err
		}
	}
	return c, c.Check()
}

func parseNumber(n *json.Number) (*decimal.Decimal, error) {
	if n == nil {
		return nil, nil
	}
	if !digits().MatchString(n.String()) { // 1e999999999 would fill the machine
		return nil, fmt.Errorf("%w: the value %.40s is no plain number", ErrInvalid, n)
	}
	d, err := decimal.NewFromString(n.String())
	if err != nil {
		return nil, errors.Join(ErrInvalid, err)
	}
	return &d, nil
}
