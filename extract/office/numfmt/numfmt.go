// Package numfmt shows numbers as spreadsheets do, by the codes of their
// formats: decimals, thousands, percent, dates, text around the number. It
// leaves out what no report uses: fractions, colours, conditions.
package numfmt

import (
	"math"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Differ says whether a text shows another number than the one that is stored:
// it was rounded, or scaled. Texts that are no plain numbers, dates for
// instance, do not count.
func Differ(shown, stored string) bool {
	a, err := decimal.NewFromString(strings.ReplaceAll(strings.TrimSpace(shown), ",", ""))
	if err != nil {
		return strings.Contains(shown, "##") || percent(shown)
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(stored), 64)
	if err != nil {
		return false
	}
	b, err := decimal.NewFromString(General(f))
	return err == nil && !a.Equal(b)
}

func percent(s string) bool {
	s, found := strings.CutSuffix(strings.TrimSpace(s), "%")
	_, err := strconv.ParseFloat(s, 64)
	return found && err == nil
}

// General is a number in the format General: up to 15 digits count.
func General(v float64) string {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return "#NUM!"
	}
	s := strconv.FormatFloat(v, 'g', 15, 64)
	if d, err := decimal.NewFromString(s); err == nil && math.Abs(v) < 1e15 && (math.Abs(v) >= 1e-9 || v == 0) {
		return d.String()
	}
	return strings.ToUpper(s)
}
