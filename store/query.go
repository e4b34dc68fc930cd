package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nianbao/normalize"
	"nianbao/review"
)

// Agency is one reporting body of the store.
type Agency struct {
	ID       int64
	Name     string
	Division string
}

// Report is one stored report.
type Report struct {
	ID        int64
	Source    string // SHA-256
	Basis     string // the Report artifact's SHA-256, or the refusal as JSON
	Path      string // newest place where its bytes were seen
	MediaType string
	Pages     int
	Agency    Agency
	Year      int    // 0 where unknown
	Form      string // "" where the file is no report
	Dated     string
	Cells     int
	InDoubt   int
	Reviewed  string // the fields (agency, year, form) of which a person spoke, with a space between
	Twin      bool   // says the same as a chosen one beside it, or is a part of it
	Live      bool   // false where newer bytes of the same agency and year were seen
}

// pathOf is the newest place of a source, in SQL.
func pathOf(source string) string {
	return `(SELECT path FROM (
		SELECT g.id, g.path FROM sighting g WHERE g.source = ` + source + `
		UNION ALL
		SELECT g.id, g.path || '!/' || m.name FROM member m JOIN sighting g ON g.source = m.archive WHERE m.source = ` + source + `
	) own_or_archive ORDER BY id DESC, path LIMIT 1)`
}

// seenOf is when a source was seen last (MAX) or first (MIN), in SQL.
func seenOf(end, source string) string {
	return `(SELECT ` + end + `(id) FROM (
		SELECT ` + end + `(g.id) AS id FROM sighting g WHERE g.source = ` + source + `
		UNION ALL
		SELECT ` + end + `(g.id) FROM member m JOIN sighting g ON g.source = m.archive WHERE m.source = ` + source + `
	) own_or_archive)`
}

var reportColumns = `
	r.id, r.source, r.basis, COALESCE(` + pathOf("r.source") + `, ''),
	r.media_type, r.pages, COALESCE(a.id, 0), COALESCE(a.name, ''), COALESCE(a.division, ''),
	COALESCE(r.year, 0), COALESCE(r.form, ''), COALESCE(r.dated, ''), r.cells, r.reviewed,
	COALESCE((SELECT l.in_doubt FROM live l WHERE l.report = r.id),
		r.in_doubt + COALESCE((SELECT SUM(d.more) FROM twin_in_doubt d WHERE d.report = r.id), 0)),
	EXISTS (SELECT 1 FROM twin t WHERE t.report = r.id),
	EXISTS (SELECT 1 FROM live l WHERE l.report = r.id)`

func scanReport(rows *sql.Rows) (r Report, err error) {
	err = rows.Scan(&r.ID, &r.Source, &r.Basis, &r.Path, &r.MediaType, &r.Pages,
		&r.Agency.ID, &r.Agency.Name, &r.Agency.Division, &r.Year, &r.Form, &r.Dated, &r.Cells, &r.Reviewed, &r.InDoubt, &r.Twin, &r.Live)
	return r, err
}

// Filter selects reports. Zero fields select all.
type Filter struct {
	Agency  int64
	Year    int
	Source  string
	Refused bool // only files that gave no report, nor belong to one; otherwise only those that did
}

// Reports returns the selected reports by agency, year and age, the live one of
// each agency and year first.
func (s *Store) Reports(ctx context.Context, f Filter) (_ []Report, err error) {
	defer wrap(&err, "list reports")
	where, args := "r.form IS NOT NULL", []any{}
	if f.Refused {
		where = "r.form IS NULL AND r.id NOT IN (SELECT page FROM attachment)"
	}
	add := func(cond string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(" AND "+cond, len(args))
	}
	if f.Agency != 0 {
		add("r.agency = $%d", f.Agency)
	}
	if f.Year != 0 {
		add("r.year = $%d", f.Year)
	}
	if f.Source != "" {
		add("r.source = $%d", f.Source)
	}
	return s.reports(ctx, where, args)
}

// reports returns the reports for which a condition holds, in the order of Reports.
func (s *Store) reports(ctx context.Context, where string, args []any) ([]Report, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT`+reportColumns+`
		FROM report r LEFT JOIN agency a ON a.id = r.agency WHERE `+where+`
		ORDER BY a.name NULLS FIRST, a.division NULLS FIRST, r.year NULLS FIRST,
			`+seenOf("MAX", "r.source")+` DESC NULLS LAST, r.id DESC`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Report
	for rows.Next() {
		r, err := scanReport(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// LiveReports returns the live reports of a year, of all years where year is 0,
// by agency and year.
func (s *Store) LiveReports(ctx context.Context, year int) (_ []Report, err error) {
	reports, err := s.Reports(ctx, Filter{Year: year})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(reports, func(r Report) bool { return !r.Live }), nil
}

// Agencies returns the agencies that have reports: the one called exactly name,
// or else all whose names contain it. An empty name selects all.
func (s *Store) Agencies(ctx context.Context, name string) (_ []Agency, err error) {
	defer wrap(&err, "find agency "+name)
	rows, err := s.read.QueryContext(ctx, `
		SELECT a.id, a.name, a.division FROM agency a
		WHERE a.id IN (SELECT r.agency FROM report r WHERE r.form IS NOT NULL)
		ORDER BY a.name, a.division`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var exact, part []Agency
	for rows.Next() {
		var a Agency
		if err := rows.Scan(&a.ID, &a.Name, &a.Division); err != nil {
			return nil, err
		}
		if a.Name == name {
			exact = append(exact, a)
		}
		if strings.Contains(a.Name, name) {
			part = append(part, a)
		}
	}
	if len(exact) > 0 {
		return exact, rows.Err()
	}
	return part, rows.Err()
}

// Values returns the values of the named cells of one report, all cells where
// none is named. A cell that the report does not have is missing from the map.
func (s *Store) Values(ctx context.Context, report int64, cells []string) (_ map[string]Value, err error) {
	defer wrap(&err, "read values")
	said, err := cellsOf(ctx, s.read, report, cells)
	if err != nil {
		return nil, err
	}
	return said.values()
}

// Finding is one finding and the report it is about.
type Finding struct {
	Report Report
	normalize.Finding
}

// Findings returns the findings of live reports and of refused files, by agency
// and year. Zero fields of f select all.
func (s *Store) Findings(ctx context.Context, f Filter) (_ []Finding, err error) {
	defer wrap(&err, "list findings")
	reports, err := s.Reports(ctx, f)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, r := range reports {
		if !r.Live && r.Form != "" && r.Year != 0 && r.Agency.ID != 0 {
			continue
		}
		fs, err := s.findingsOf(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, fs...)
	}
	return out, nil
}

func (s *Store) findingsOf(ctx context.Context, r Report) ([]Finding, error) {
	own, err := s.findingRows(ctx, `SELECT rule, severity, ids, message FROM finding WHERE report = $1 ORDER BY seq`, r.ID)
	if err != nil {
		return nil, err
	}
	if r.Live || r.Form != "" && (r.Agency.ID == 0 || r.Year == 0) {
		o, err := s.Overlay(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		own = o.Findings(own)
	}
	out := make([]Finding, len(own))
	for i, f := range own {
		out[i] = Finding{Report: r, Finding: f}
	}
	return out, nil
}

// findingRows reads the findings that a query about one report selects.
func (s *Store) findingRows(ctx context.Context, query string, report int64) ([]normalize.Finding, error) {
	rows, err := s.read.QueryContext(ctx, query, report)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []normalize.Finding
	for rows.Next() {
		var f normalize.Finding
		var ids string
		if err := rows.Scan(&f.Rule, &f.Severity, &ids, &f.Message); err != nil {
			return nil, err
		}
		f.IDs = strings.Fields(ids)
		out = append(out, f)
	}
	return out, rows.Err()
}

// noReport selects the rows of files that gave none; an archive is among them only
// where something in it could not be unpacked, a page not where it links its report.
const noReport = `r.form IS NULL AND r.id NOT IN (SELECT page FROM attachment) AND (r.source NOT IN (SELECT m.archive FROM member m)
	OR EXISTS (SELECT 1 FROM finding e WHERE e.report = r.id AND e.severity = 'error'))`

// Status counts what is stored.
type Status struct {
	Sources    int     `json:"sources"`
	Reports    int     `json:"reports"`    // live
	Superseded int     `json:"superseded"` // of the same agency and year as a live one
	Unplaced   int     `json:"unplaced"`   // reports whose agency or year is unknown
	Refused    int     `json:"refused"`
	Twins      int     `json:"twins"`    // reports that say the same as a chosen one
	Parts      int     `json:"parts"`    // reports that hold tables of a chosen one
	Pages      int     `json:"pages"`    // without tables, which link their report
	Archives   int     `json:"archives"` // of the sources
	Members    int     `json:"members"`  // sources that archives hold
	Agencies   int     `json:"agencies"`
	Cells      int     `json:"cells"`      // of live reports
	InDoubt    int     `json:"in_doubt"`   // of live reports
	Reviewed   int     `json:"reviewed"`   // cells that a person corrected or confirmed
	Placed     int     `json:"placed"`     // reports whose agency, year or form a person corrected or confirmed
	Reopened   int     `json:"reopened"`   // cells and fields of which people's words do not count any more
	Unresolved int     `json:"unresolved"` // of the agencies: nothing certain says where they are
	ByForm     []Group `json:"by_form"`
	ByRefusal  []Group `json:"by_refusal"`
}

// Group is a count under a name.
type Group struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Status counts what is stored.
func (s *Store) Status(ctx context.Context) (st Status, err error) {
	defer wrap(&err, "count what is stored")
	one := func(dest *int, query string) {
		if err == nil {
			err = s.read.QueryRowContext(ctx, query).Scan(dest)
		}
	}
	one(&st.Sources, `SELECT COUNT(*) FROM source`)
	one(&st.Reports, `SELECT COUNT(*) FROM live`)
	one(&st.Unplaced, `SELECT COUNT(*) FROM report WHERE form IS NOT NULL AND (agency IS NULL OR year IS NULL)`)
	one(&st.Superseded, `SELECT COUNT(*) FROM report WHERE form IS NOT NULL AND agency IS NOT NULL AND year IS NOT NULL`)
	one(&st.Twins, `SELECT COUNT(*) FROM twin WHERE part = 0`)
	one(&st.Parts, `SELECT COUNT(*) FROM twin WHERE part = 1`)
	st.Superseded -= st.Reports + st.Twins + st.Parts
	one(&st.Archives, `SELECT COUNT(DISTINCT archive) FROM member`)
	one(&st.Members, `SELECT COUNT(DISTINCT source) FROM member`)
	one(&st.Pages, `SELECT COUNT(*) FROM report WHERE form IS NULL AND id IN (SELECT page FROM attachment)`)
	one(&st.Refused, `SELECT COUNT(*) FROM report r WHERE `+noReport)
	one(&st.Agencies, `SELECT COUNT(DISTINCT agency) FROM live`)
	one(&st.Unresolved, `SELECT COUNT(DISTINCT l.agency) FROM live l JOIN identity i ON i.report = l.report
		WHERE i.outcome IN ('', 'ambiguous', 'contradictory', 'unknown')`)
	one(&st.Cells, `SELECT COALESCE(SUM(cells), 0) FROM live_report`)
	one(&st.InDoubt, `SELECT COALESCE(SUM(in_doubt), 0) FROM live`)
	one(&st.Reviewed, `SELECT COALESCE(SUM(o.flags / 1024 % 2), 0) FROM `+correctedCells+`
		JOIN cell c ON c.name = k.cell JOIN observation o ON o.report = r.id AND o.cell = c.id`)
	one(&st.Placed, `SELECT COUNT(*) FROM report WHERE reviewed <> ''`)
	one(&st.Reopened, `SELECT COUNT(*) FROM `+correctedCells+`
		WHERE EXISTS (SELECT 1 FROM finding f WHERE f.report = r.id AND f.ids = k.cell AND f.rule IN ('`+review.Changed+`', '`+review.Differ+`'))`)
	if err != nil {
		return st, err
	}
	if st.ByForm, err = s.groups(ctx, `SELECT form, COUNT(*) FROM live GROUP BY form ORDER BY form`); err != nil {
		return st, err
	}
	st.ByRefusal, err = s.groups(ctx, `
		SELECT f.rule, COUNT(*) FROM report r JOIN finding f ON f.report = r.id AND f.seq = (
			SELECT MIN(e.seq) FROM finding e WHERE e.report = r.id AND e.severity = 'error')
		WHERE `+noReport+` GROUP BY f.rule ORDER BY f.rule`)
	return st, err
}

// correctedCells are the cells (k) of stored reports (r) of which people said
// something.
const correctedCells = `(SELECT DISTINCT source, cell FROM correction) k JOIN report r ON r.source = k.source`

func (s *Store) groups(ctx context.Context, query string) ([]Group, error) {
	rows, err := s.read.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Group{}
	for rows.Next() {
		var g Group
		if err := rows.Scan(&g.Name, &g.Count); err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, rows.Err()
}

// Artifact returns the Report artifact of r; false where its file was refused.
func (r *Report) Artifact() (sum string, ok bool) {
	return r.Basis, !strings.HasPrefix(r.Basis, "{")
}

// ErrNoReport says that no such report is stored.
var ErrNoReport = errors.New("no such report")

// Years returns the years of which live reports are stored, ascending.
func (s *Store) Years(ctx context.Context) (_ []int, err error) {
	defer wrap(&err, "list years")
	return years(ctx, s.read)
}

// years steps from year to year in the index: there are few, of many reports each.
func years(ctx context.Context, q queryer) (out []int, err error) {
	var y int
	err = query(ctx, q, `
		WITH RECURSIVE stored(year) AS (
			SELECT MIN(year) FROM live
			UNION ALL
			SELECT (SELECT MIN(l.year) FROM live l WHERE l.year > stored.year) FROM stored WHERE stored.year IS NOT NULL
		)
		SELECT year FROM stored WHERE year IS NOT NULL ORDER BY year`, nil, func(rows *sql.Rows) error {
		err := rows.Scan(&y)
		out = append(out, y)
		return err
	})
	return out, err
}
