package store

import (
	"context"
	"database/sql"
	"path"
	"strings"

	"nianbao/normalize"
)

// Candidate is a report that lies beside another one of the same agency and year.
type Candidate struct {
	Report     int64
	Path       string
	Seen       int64 // the later, the greater
	Recognised bool  // its text was read from pixels
	Values     map[string]Value
}

// Twins says of one report which others it stands for, and what is to be told and
// doubted of it for that reason.
type Twins struct {
	Report   int64
	Others   []int64
	Findings []normalize.Finding
	Doubts   []string // cells
}

// Candidates returns the groups of reports of the same agency and year that stand
// side by side now: in one archive, or in one folder.
func (s *Store) Candidates(ctx context.Context) (_ [][]Candidate, err error) {
	defer wrap(&err, "look for reports that lie side by side")
	type key struct {
		agency int64
		year   int
		place  string
	}
	groups := map[key][]Candidate{}
	var order []key
	rows, err := s.read.QueryContext(ctx, `
		SELECT r.id, r.agency, r.year, g.id, g.path,
			CASE WHEN r.media_type LIKE 'image/%' OR EXISTS (SELECT 1 FROM derivation x
				WHERE x.step = 'extract' AND x.input = r.source AND x.version LIKE '%`+ocrMark+`%') THEN 1 ELSE 0 END
		FROM report r
		JOIN (SELECT agency, year FROM report WHERE form IS NOT NULL AND agency IS NOT NULL AND year IS NOT NULL
			GROUP BY agency, year HAVING COUNT(*) > 1) many ON many.agency = r.agency AND many.year = r.year
		JOIN sighted g ON g.source = r.source
		WHERE r.form IS NOT NULL AND g.id IN (SELECT MAX(n.id) FROM sighting n GROUP BY n.path)
		ORDER BY r.agency, r.year, r.id, g.id DESC, g.path`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	last := int64(-1)
	for rows.Next() {
		var c Candidate
		var k key
		if err := rows.Scan(&c.Report, &k.agency, &k.year, &c.Seen, &c.Path, &c.Recognised); err != nil {
			return nil, err
		}
		if c.Report == last { // an older sighting
			continue
		}
		last = c.Report
		var together bool
		if k.place, together = place(c.Path); !together {
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
			if g[i].Values, err = s.values(ctx, g[i].Report, nil, false); err != nil {
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

// RecordTwins replaces all that is known of twins.
func (s *Store) RecordTwins(ctx context.Context, twins []Twins) (err error) {
	defer wrap(&err, "store which reports are the same")
	return s.tx(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"twin", "twin_finding", "twin_doubt"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table); err != nil {
				return err
			}
		}
		for _, t := range twins {
			for _, other := range t.Others {
				if _, err := tx.ExecContext(ctx, `INSERT INTO twin (report, chosen) VALUES ($1, $2)`, other, t.Report); err != nil {
					return err
				}
			}
			for i, f := range t.Findings {
				if _, err := tx.ExecContext(ctx,
					`INSERT INTO twin_finding (report, seq, rule, severity, ids, message) VALUES ($1, $2, $3, $4, $5, $6)`,
					t.Report, i, f.Rule, string(f.Severity), strings.Join(f.IDs, " "), f.Message); err != nil {
					return err
				}
			}
			for _, id := range t.Doubts {
				// What is under review already is not counted twice.
				if _, err := tx.ExecContext(ctx, `
					INSERT INTO twin_doubt (report, cell)
					SELECT o.report, o.cell FROM observation o JOIN cell c ON c.id = o.cell
					WHERE o.report = $1 AND c.name = $2 AND (o.flags / $3) % 2 = 0`, t.Report, id, flagReview); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Overlay is what the twins of a report add to what it says itself.
func (s *Store) Overlay(ctx context.Context, report int64) (findings []normalize.Finding, doubts []string, err error) {
	defer wrap(&err, "read what twins say")
	if findings, err = s.findingRows(ctx, `SELECT rule, severity, ids, message FROM twin_finding WHERE report = $1 ORDER BY seq`, report); err != nil {
		return nil, nil, err
	}
	rows, err := s.read.QueryContext(ctx, `SELECT c.name FROM twin_doubt d JOIN cell c ON c.id = d.cell WHERE d.report = $1 ORDER BY c.name`, report)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, nil, err
		}
		doubts = append(doubts, id)
	}
	return findings, doubts, rows.Err()
}

func forgetTwins(ctx context.Context, tx *sql.Tx, report int64) error {
	for _, query := range []string{
		`DELETE FROM twin WHERE report = $1 OR chosen = $1`,
		`DELETE FROM twin_finding WHERE report = $1`,
		`DELETE FROM twin_doubt WHERE report = $1`,
	} {
		if _, err := tx.ExecContext(ctx, query, report); err != nil {
			return err
		}
	}
	return nil
}
