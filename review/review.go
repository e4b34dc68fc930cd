// Package review holds what people say of cells, and of the agency, year and form of a
// report, over what was read: corrections with name and reason, which are added and never changed; which of them count; the
// file that carries them elsewhere; and what is in doubt, worst first.
//
// It knows no SQL and reads no reports. How a correction changes a report is
// normalize's.
package review

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
	"nianbao/schema"
)

// Correction is what one person said of one cell of one file. It may confirm what
// was read.
type Correction struct {
	Source string // SHA-256 of the file
	Cell   string // or a field of the report: agency, year or form
	Says   *Value // nil: whatever was said before is withdrawn
	Read   Print  // what was read when it was said, by itself
	Reason string
	By     string
	At     string // when, RFC 3339 in UTC
	// Replaces are the keys of what the person saw and set aside, ascending.
	Replaces []string
}

// Value is what a cell holds.
type Value struct {
	State  normalize.State  // reported, blank, dash or absent
	Number *decimal.Decimal // where it is reported
	Text   string           // of a field instead of a number
}

// Print is what was read in a cell.
type Print struct {
	Text   string
	State  normalize.State
	Number *decimal.Decimal
}

// PrintOf is what was read in a cell where nobody says anything.
func PrintOf(o *normalize.Observation) Print {
	r := o.Read()
	return Print{Text: bounded(r.Text), State: r.State, Number: r.Value}
}

// PrintOfField is what was read of a field where nobody says anything.
func PrintOfField(r *normalize.Report, id string) Print {
	p := Print{Text: bounded(r.ReadField(id)), State: normalize.Reported}
	if p.Text == "" {
		p.State = normalize.Absent
	}
	return p
}

// longestPrint is how many characters of a print are kept.
const longestPrint = 1000

// bounded makes a print what every database keeps. Bytes that are no text become
// what they become in an artifact.
func bounded(text string) string {
	runes := []rune(strings.ReplaceAll(text, "\x00", "\uFFFD"))
	return string(runes[:min(len(runes), longestPrint)])
}

// Key names a correction by all that it says.
func (c *Correction) Key() string {
	sum := sha256.Sum256(c.line())
	return hex.EncodeToString(sum[:])
}

// Confirms tells whether a correction says what was read.
func (c *Correction) Confirms() bool { return c.Says != nil && c.Says.isRead(c.Read) }

func (v *Value) isRead(p Print) bool {
	return v.State == p.State && equal(v.Number, p.Number) && (v.Text == "" || v.Text == p.Text)
}

func equal(a, b *decimal.Decimal) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// String says the value for people.
func (v *Value) String() string {
	switch {
	case v == nil:
		return "nothing"
	case v.Number != nil:
		return v.Number.String()
	case v.Text != "":
		return v.Text
	}
	return string(v.State)
}

// String says what was read for people.
func (p Print) String() string {
	switch {
	case p.Text != "":
		return "“" + strings.Join(strings.Fields(p.Text), " ") + "”"
	case p.State == normalize.Blank:
		return "a blank"
	}
	return "nothing (" + string(p.State) + ")"
}

var (
	sha    = regexp.MustCompile(`^[0-9a-f]{64}$`)
	cellID = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)*$`)
	// digits bounds what a number may cost. Counting that far takes milliseconds to
	// compile.
	digits = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-?[0-9]{1,1000}(\.[0-9]{1,1000})?$`) })
)

// Bounds, in characters.
const (
	longestName   = 100
	longestReason = 1000
	longestCell   = 200
)

// ErrInvalid says that something is no correction.
var ErrInvalid = errors.New("this is no correction")

// Check tells what is wrong with a correction.
func (c *Correction) Check() error {
	no := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
	}
	switch {
	case !sha.MatchString(c.Source):
		return no("source is no SHA-256")
	case !cellID.MatchString(c.Cell) || len(c.Cell) > longestCell:
		return no("cell %q is none", c.Cell)
	}
	if v := c.Says; v != nil {
		switch v.State {
		case normalize.Reported, normalize.Blank, normalize.Dash, normalize.Absent:
		default:
			return no("a person may say that a cell is reported, blank, dash or absent, not %q", v.State)
		}
		if normalize.IsField(c.Cell) {
			if err := CheckField(c.Cell, v.Text); err != nil || v.Number != nil || v.State != normalize.Reported {
				return no("%q is no %s", v.String(), c.Cell)
			}
		} else if (v.Number != nil) != (v.State == normalize.Reported) || v.Text != "" {
			return no("a value belongs to what is reported, and to nothing else")
		}
	}
	switch c.Read.State {
	case normalize.Reported, normalize.Derived:
	case normalize.Blank, normalize.Dash, normalize.Absent, normalize.Unreadable:
		if c.Read.Number != nil {
			return no("what was read is %s with a value", c.Read.State)
		}
	default:
		return no("what was read has the unknown state %q", c.Read.State)
	}
	for _, d := range []*decimal.Decimal{c.number(), c.Read.Number} {
		if d != nil && !digits().MatchString(d.String()) {
			return no("a value has too many digits")
		}
	}
	if c.Read.Text != bounded(c.Read.Text) {
		return no("the print is too long or no text")
	}
	if err := line("by", c.By, longestName); err != nil {
		return no("%v", err)
	}
	if err := line("reason", c.Reason, longestReason); err != nil {
		return no("%v", err)
	}
	if at, err := time.Parse(time.RFC3339, c.At); err != nil || at.UTC().Format(time.RFC3339) != c.At {
		return no("at is no time such as 2026-01-31T08:00:00Z")
	}
	for i, key := range c.Replaces {
		if !sha.MatchString(key) || i > 0 && c.Replaces[i-1] >= key {
			return no("replaces is no ascending list of keys")
		}
	}
	return nil
}

// CheckField tells what is wrong with a text that is said of a field.
func CheckField(id, text string) error {
	switch id {
	case normalize.FieldYear:
		if !year.MatchString(text) {
			return fmt.Errorf("%q is no year such as 2021", text)
		}
	case normalize.FieldForm:
		if schema.Lookup(text) == nil {
			var all []string
			for _, f := range schema.Forms() {
				all = append(all, f.ID)
			}
			return fmt.Errorf("%q is no form: the forms are %s", text, strings.Join(all, ", "))
		}
	case normalize.FieldAgency:
		return line("the name", text, longestName)
	default:
		return fmt.Errorf("%q is no field", id)
	}
	return nil
}

var year = regexp.MustCompile(`^20(0[89]|[1-9][0-9])$`)

func (c *Correction) number() *decimal.Decimal {
	if c.Says == nil {
		return nil
	}
	return c.Says.Number
}

// line holds a text to one line of no more than so many characters.
func line(what, text string, longest int) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("%s is empty", what)
	case strings.TrimSpace(text) != text:
		return fmt.Errorf("%s begins or ends with a space", what)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return fmt.Errorf("%s is not one line of text", what)
	case utf8.RuneCountInString(text) > longest:
		return fmt.Errorf("%s has more than %d characters", what, longest)
	}
	return nil
}

// Sort puts corrections in their canonical order: by file, cell and time.
func Sort(cs []Correction) {
	slices.SortFunc(cs, func(a, b Correction) int {
		if n := cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.Cell, b.Cell), strings.Compare(a.At, b.At)); n != 0 {
			return n
		}
		return strings.Compare(a.Key(), b.Key()) // dear, and seldom asked for
	})
}
