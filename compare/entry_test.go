package compare

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// What is written is what packages encoding/json and encoding/csv make of it.
func TestWriters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("a, \"\n\r\u00a0\\."))), rapid.SampledFrom([]string{"甲局", "<&>", "a\"b\\c", "\u2028\u2029", "\x7f\xff\x00\t", "…"}))
		var entries []Entry
		for range rapid.IntRange(0, 3).Draw(t, "entries") {
			division := texts.Draw(t, "division")
			e := Entry{
				Agency: texts.Draw(t, "agency"), Division: some(&division), Year: rapid.Int().Draw(t, "year"),
				Review: rapid.Bool().Draw(t, "review"), Path: texts.Draw(t, "path"),
			}
			if rapid.Bool().Draw(t, "a number") {
				d := decimal.New(rapid.OneOf(rapid.Int64(), rapid.Int64Range(-2_000_000, 2_000_000)).Draw(t, "digits"), int32(rapid.OneOf(rapid.IntRange(-7, 1), rapid.IntRange(-20, 3)).Draw(t, "exponent")))
				e.Numerator = new(Number).is(&d)
				if e.Numerator.String() != d.String() {
					t.Fatalf("%s is written as %s", d, e.Numerator)
				}
			}
			entries = append(entries, e)
		}
		var got, want bytes.Buffer
		w := NewJSON(&got)
		for _, e := range entries {
			if err := w.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(append([]Entry{}, entries...)); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Fatalf("JSON is\n%swant\n%s", &got, &want)
		}

		got.Reset()
		want.Reset()
		w = NewCSV(&got, Entry{})
		c := csv.NewWriter(&want)
		var names []string
		for _, f := range fields(reflect.TypeFor[Entry]()) {
			names = append(names, f.name)
		}
		err := c.Write(names)
		for _, e := range entries {
			number := ""
			if e.Numerator != nil {
				number = e.Numerator.String()
			}
			division := ""
			if e.Division != nil {
				division = *e.Division
			}
			err = errors.Join(err, w.Write(e), c.Write([]string{
				e.Agency, division, strconv.Itoa(e.Year), "", "", "", number, "", "", "", strconv.FormatBool(e.Review), "false", "false", "", "", "", "", "", e.Path, "",
			}))
		}
		if c.Flush(); err != nil || w.Close() != nil || c.Error() != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Fatalf("CSV is\n%swant\n%s", &got, &want)
		}
	})
}

// Small numbers are divided and compared as all others are.
func TestSmall(t *testing.T) {
	numbers := rapid.Custom(func(t *rapid.T) decimal.Decimal {
		n := rapid.OneOf(rapid.Int64Range(-12, 12), rapid.Int64Range(-999_999_999, 999_999_999), rapid.Int64()).Draw(t, "digits")
		return decimal.New(n, int32(rapid.SampledFrom([]int{0, 0, 0, -2, 3}).Draw(t, "exponent")))
	})
	rapid.Check(t, func(t *rapid.T) {
		var n [4]decimal.Decimal
		for i := range n {
			n[i] = numbers.Draw(t, "number")
		}
		if n[1].IsZero() || n[3].IsZero() {
			return
		}
		f, g := Figure{Numerator: &n[0], Denominator: &n[1]}, Figure{Numerator: &n[2], Denominator: &n[3]}
		if got, want := f.Rate(), n[0].DivRound(n[1], ratePlaces); !got.Equal(want) || got.String() != want.String() {
			t.Fatalf("%s / %s is %s, want %s", n[0], n[1], got, want)
		}
		want := n[0].Mul(n[3]).Cmp(n[2].Mul(n[1])) * n[1].Sign() * n[3].Sign()
		if got := f.Compare(g); got != want {
			t.Fatalf("%s / %s and %s / %s compare as %d, want %d", n[0], n[1], n[2], n[3], got, want)
		}
	})
}

// What is written of a figure in machine words is what its decimals say.
func TestFigureNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := decimal.New(rapid.OneOf(rapid.Int64Range(-12, 12), rapid.Int64()).Draw(t, "numerator"), 0)
		d := decimal.New(rapid.OneOf(rapid.Int64Range(-12, 12), rapid.Int64()).Draw(t, "denominator"), 0)
		slow := Figure{Numerator: &n}
		if rapid.Bool().Draw(t, "a rate") {
			slow.Denominator = &d
			if d.IsZero() {
				slow.Missing = ZeroDivisor
			}
		}
		quick := slow
		if quick.known() {
			quick.quick = quick.ratio()
		}
		show := func(f *Figure) string {
			return fmt.Sprint(new(Number).of(f), new(Number).ofNumerator(f), new(Number).ofDenominator(f))
		}
		if got, want := show(&quick), fmt.Sprint(slow.Value(), slow.Numerator, slow.Denominator); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
		for _, n := range []*Number{new(Number).of(&quick), new(Number).ofNumerator(&quick), new(Number).ofDenominator(&quick)} {
			if n == nil {
				continue
			}
			if n.String() != n.Decimal().String() {
				t.Fatalf("%s is the decimal %s", n, n.Decimal())
			}
			if got, want := n.Percent(), n.Decimal().Mul(decimal.New(100, 0)).StringFixed(1)+"%"; got != want {
				t.Fatalf("%s is %s, want %s", n, got, want)
			}
		}
	})
}
