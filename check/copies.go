package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"nianbao/normalize"
	"nianbao/similar"
	"nianbao/store"
)

// alike is the share of a report's prose above which it counts as a copy.
const alike = 0.6

// Lines returns the lines of a report outside its tables, none where they are
// not stored.
type Lines func(ctx context.Context, r *store.Report) ([]string, error)

// Copies finds reports of a year, of all years where year is 0, whose prose is
// for the most part last year's or another agency's.
func Copies(ctx context.Context, src Source, lines Lines, year int) ([]Finding, error) {
	reports, err := src.Reports(ctx, store.Filter{})
	if err != nil {
		return nil, err
	}
	reports = slices.DeleteFunc(reports, func(r store.Report) bool { return !r.Live })
	texts := make([]*similar.Text, len(reports))
	for i := range reports {
		r := &reports[i]
		all, err := lines(ctx, r)
		if err != nil {
			return nil, fmt.Errorf("read the prose of %s %d: %w", r.Agency.Name, r.Year, err)
		}
		texts[i] = similar.New(r.Agency.ID, slices.DeleteFunc(all, isShort), r.Agency.Name)
	}
	var out []Finding
	for _, m := range similar.Find(texts, alike) {
		r, other := reports[m.Text], &reports[m.In]
		if year != 0 && r.Year != year {
			continue
		}
		rule, whose := "prose_of_another", fmt.Sprintf("that of %s %d", other.Agency.Name, other.Year)
		if other.Agency.ID == r.Agency.ID {
			rule, whose = "prose_of_before", fmt.Sprintf("that of %d", other.Year)
		}
		out = append(out, Finding{Report: r, Other: other, Finding: normalize.Finding{
			Rule: rule, Severity: normalize.Warning, IDs: []string{},
			Message: fmt.Sprintf("%.0f %% of the prose (%d of %d characters) also stands in %s; the longest passage has %d: “%s”",
				100*m.Share(), m.Shared, m.Of, whose, len([]rune(m.Passage)), shorten(m.Passage)),
		}})
	}
	return out, nil
}

// isShort tells headings, signatures and what else is no sentence.
func isShort(line string) bool {
	if !strings.ContainsAny(line, "。，,；;") {
		return true
	}
	n := 0
	for _, r := range line {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n < 16
}

// shorten keeps the two ends of a long passage.
func shorten(s string) string {
	const end = 30
	r := []rune(s)
	if len(r) <= 2*end+1 {
		return s
	}
	return string(r[:end]) + "…" + string(r[len(r)-end:])
}
