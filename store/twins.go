package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"nianbao/normalize"
)

// Candidate is a report that lies beside another one of the same agency and year.
type Candidate struct {
	Report     int64
	Path       string
	Seen       int64 // the later, the greater
	Form       string
	Recognised bool // its text was read from pixels
	Values     map[string]Value
	Missing    []string // cells of tables that it lacks
}

// Twins says of one report which others it stands for, which it takes cells from,
// and what is to be told and doubted of it for that reason.
type Twins struct {
	Report   int64
	Others   []int64
	Parts    []Part
	Findings []normalize.Finding
	Doubts   []string // cells
}

// Part is a report that holds tables of another one.
type Part struct {
	Report int64
	Cells  []string
}

// Candidates returns the groups of reports of the same agency and year that stand
// side by side now: in one archive, or in one folder. A report that a page links
// stands where the page does. They are those of one agency, of all where it is 0.
func (s *Store) Candidates(ctx context.Context, agency int64) (_ [][]Candidate, err error) {
	defer wrap(&err, "look for reports that lie side by side")
	type key struct {
		agency int64
		year   int
		place  string
	}
	groups := map[key][]Candidate{}
	var order []key
	pages, err := s.places(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, `
		SELECT r.id, r.agency, r.year, r.form, g.id, g.path,
			CASE WHEN r.media_type LIKE 'image/%' OR EXISTS (SELECT 1 FROM derivation x
				WHERE x.step = 'extract' AND x.input = r.source AND x.version LIKE '%`+OCR.mark()+`%') THEN 1 ELSE 0 END
		FROM report r
		JOIN (SELECT agency, year FROM report WHERE form IS NOT NULL AND agency IS NOT NULL AND year IS NOT NULL
			GROUP BY agency, year HAVING COUNT(*) > 1) many ON many.agency = r.agency AND many.year = r.year
		JOIN sighted g ON g.source = r.source
		WHERE r.form IS NOT NULL AND ($1 = 0 OR r.agency = $1) AND g.id IN (SELECT MAX(n.id) FROM sighting n GROUP BY n.path)
		ORDER BY r.agency, r.year, r.id, g.id DESC, g.path`, agency)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	last := int64(-1)
	for rows.Next() {
		var c Candidate
		var k key
		if err := rows.Scan(&c.Report, &k.agency, &k.year, &c.Form, &c.Seen, &c.Path, &c.Recognised); err != nil {
			return nil, err
		}
		if c.Report == last { // an older sighting
			continue
		}
		last = c.Report
		var together bool
		if k.place, together = place(cmp.Or(pages[c.Report], c.Path)); !together {
			continue
		}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], c)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var out [][]Candidate
	for _, k := range order {
		g := groups[k]
		if len(g) < 2 {
			continue
		}
		for i := range g {
			own, err := ownCells(ctx, s.read, g[i].Report)
			if err != nil {
				return nil, err
			}
			if g[i].Values, err = own.values(); err != nil {
				return nil, err
			}
			if g[i].Missing, err = s.missing(ctx, g[i].Report); err != nil {
				return nil, err
			}
		}
		out = append(out, g)
	}
	return out, nil
}

// place is the archive or else the folder of a file, false for what came from no
// place.
func place(file string) (string, bool) {
	if i := strings.LastIndex(file, "!/"); i >= 0 {
		return file[:i+1], true
	}
	file = strings.ReplaceAll(file, `\`, "/")
	return path.Dir(file), strings.Contains(file, "/")
}

// RecordTwins replaces all that is known of twins, of those of one agency where it
// is not 0.
func (s *Store) RecordTwins(ctx context.Context, agency int64, twins []Twins) (err error) {
	defer wrap(&err, "store which reports are the same")
	return s.batch(ctx, func(b *batch) error {
		before, err := b.overlays(ctx)
		if err != nil {
			return err
		}
		for _, table := range []string{"twin", "twin_finding", "twin_doubt", "twin_cell"} {
			if err := b.exec(ctx, `DELETE FROM `+table+`
				WHERE $1 = 0 OR report IN (SELECT id FROM report WHERE agency = $1)`, agency); err != nil {
				return err
			}
		}
		told := map[int64]int{} // how many findings of a report
		for _, t := range twins {
			for _, other := range t.Others {
				if err := b.exec(ctx, `INSERT INTO twin (report, chosen, part) VALUES ($1, $2, 0)`, other, t.Report); err != nil {
					return err
				}
			}
			for _, p := range t.Parts {
				if err := b.exec(ctx, `INSERT INTO twin (report, chosen, part) VALUES ($1, $2, 1)`, p.Report, t.Report); err != nil {
					return err
				}
				for _, id := range p.Cells {
					if err := b.exec(ctx, `INSERT INTO twin_cell (report, cell, part) SELECT $1, c.id, $2 FROM cell c WHERE c.name = $3`, t.Report, p.Report, id); err != nil {
						return err
					}
				}
			}
			for _, f := range t.Findings {
				if err := b.exec(ctx,
					`INSERT INTO twin_finding (report, seq, rule, severity, ids, message) VALUES ($1, $2, $3, $4, $5, $6)`,
					t.Report, told[t.Report], f.Rule, string(f.Severity), strings.Join(f.IDs, " "), f.Message); err != nil {
					return err
				}
				told[t.Report]++
			}
			for _, id := range t.Doubts {
				// What is under review already is not counted twice. Where a person
				// looked, it is settled which of the twins is right.
				if err := b.exec(ctx, `
					INSERT INTO twin_doubt (report, cell)
					SELECT o.report, o.cell FROM observation o JOIN cell c ON c.id = o.cell
					WHERE o.report = $1 AND c.name = $2 AND (o.flags / $3) % 2 = 0 AND (o.flags / $4) % 2 = 0`,
					t.Report, id, flagReview, flagReviewed); err != nil {
					return err
				}
			}
		}
		after, err := b.overlays(ctx)
		if err != nil {
			return err
		}
		for report := range before {
			if before[report] == after[report] {
				delete(after, report)
				delete(before, report)
			}
		}
		maps.Copy(after, before)
		for report := range after {
			if err := b.touchReport(ctx, report); err != nil {
				return err
			}
		}
		return nil
	})
}

// overlays are what twins make of the reports that they change, by report.
func (b *batch) overlays(ctx context.Context) (map[int64]string, error) {
	out := map[int64]string{}
	err := b.query(ctx, `
		SELECT report, 't' AS what, chosen, part FROM twin
		UNION ALL
		SELECT report, 'd', cell, 0 FROM twin_doubt
		UNION ALL
		SELECT report, 'c', cell, part FROM twin_cell
		ORDER BY 1, 2, 3, 4`, nil, func(rows *sql.Rows) error {
		var report, a, c int64
		var what string
		err := rows.Scan(&report, &what, &a, &c)
		out[report] += fmt.Sprint(what, a, " ", c, " ")
		return err
	})
	return out, err
}

// Overlay is what twins and parts add to what a report says itself.
type Overlay struct {
	Doubts []string // cells under review
	Parts  []PartReport

	told []normalize.Finding
}

// PartReport is a part of a report and the cells taken from it.
type PartReport struct {
	Report Report
	Cells  []string

	findings []normalize.Finding
}

// Findings are those of the whole, made of those that the report has itself. A
// table that a part holds is not missing.
func (o *Overlay) Findings(own []normalize.Finding) []normalize.Finding {
	supplied := map[string]bool{}
	for _, p := range o.Parts {
		for _, id := range p.Cells {
			supplied[id] = true
		}
	}
	var out []normalize.Finding
	for _, f := range own {
		if f.Rule != missingTable || slices.ContainsFunc(f.IDs, func(id string) bool { return !supplied[id] }) {
			out = append(out, f)
		}
	}
	for _, p := range o.Parts {
		for _, f := range p.findings {
			if f.Rule != missingTable { // what no part holds the report itself tells
				out = append(out, f)
			}
		}
	}
	return append(out, o.told...)
}

const missingTable = "table_missing"

// Overlay reads what twins and parts add to a report.
func (s *Store) Overlay(ctx context.Context, report int64) (o *Overlay, err error) {
	defer wrap(&err, "read what twins say")
	o = &Overlay{}
	if o.told, err = s.findingRows(ctx, `SELECT rule, severity, ids, message FROM twin_finding WHERE report = $1 ORDER BY seq`, report); err != nil {
		return nil, err
	}
	if o.Doubts, err = s.names(ctx, `SELECT c.name FROM twin_doubt d JOIN cell c ON c.id = d.cell WHERE d.report = $1 ORDER BY c.name`, report); err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, `SELECT`+reportColumns+`
		FROM report r LEFT JOIN agency a ON a.id = r.agency JOIN twin t ON t.report = r.id
		WHERE t.chosen = $1 AND t.part = 1 ORDER BY r.id`, report)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanReport(rows)
		if err != nil {
			return nil, err
		}
		o.Parts = append(o.Parts, PartReport{Report: r})
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range o.Parts {
		p := &o.Parts[i]
		if p.Cells, err = s.names(ctx, `SELECT c.name FROM twin_cell j JOIN cell c ON c.id = j.cell WHERE j.part = $1 ORDER BY c.name`, p.Report.ID); err != nil {
			return nil, err
		}
		if p.findings, err = s.findingRows(ctx, `SELECT rule, severity, ids, message FROM finding WHERE report = $1 ORDER BY seq`, p.Report.ID); err != nil {
			return nil, err
		}
		told, err := s.findingRows(ctx, `SELECT rule, severity, ids, message FROM twin_finding WHERE report = $1 ORDER BY seq`, p.Report.ID)
		if err != nil {
			return nil, err
		}
		p.findings = append(p.findings, told...)
	}
	return o, nil
}

// names reads one column of names about a report.
func (s *Store) names(ctx context.Context, query string, report int64) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, query, report)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, rows.Err()
}

func (b *batch) forgetTwins(ctx context.Context, report int64) error {
	if err := b.detach(ctx, "(report = $1 OR page = $1)", report); err != nil {
		return err
	}
	for _, query := range []string{
		`DELETE FROM twin WHERE report = $1 OR chosen = $1`,
		`DELETE FROM twin_finding WHERE report = $1`,
		`DELETE FROM twin_doubt WHERE report = $1`,
		`DELETE FROM twin_cell WHERE report = $1 OR part = $1`,
	} {
		if err := b.exec(ctx, query, report); err != nil {
			return err
		}
	}
	return nil
}
