package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nianbao/extract"
	"nianbao/normalize"
)

// AddSource records that a file was seen. It reports whether anything is new:
// the bytes, or that this path now shows them.
func (s *Store) AddSource(ctx context.Context, src Source) (isNew bool, err error) {
	err = s.batch(ctx, func(b *batch) error {
		isNew, err = b.addSource(ctx, src)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("record source %s: %w", src.Path, err)
	}
	return isNew, nil
}

func (b *batch) addSource(ctx context.Context, src Source) (isNew bool, err error) {
	now := b.s.timestamp()
	if err := b.exec(ctx,
		`INSERT INTO source (sha256, size, first_path, first_seen) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		src.SHA256, src.Size, src.Path, now); err != nil {
		return false, err
	}
	last, err := b.lastAt(ctx, src.Path)
	if err != nil || last == src.SHA256 {
		return false, err
	}
	id, err := b.next(ctx, &b.known.sighting, "sighting")
	if err != nil {
		return false, err
	}
	if err := b.exec(ctx, `INSERT INTO sighting (id, path, source, seen) VALUES ($1, $2, $3, $4)`, id, src.Path, src.SHA256, now); err != nil {
		return false, err
	}
	b.known.paths[src.Path] = src.SHA256
	report, err := b.reportOf(ctx, src.SHA256)
	if err != nil || report == 0 { // nor is anything known to be in it
		return true, err
	}
	if err := b.reidentify(ctx, src.SHA256); err != nil {
		return false, err
	}
	return true, b.touchSource(ctx, src.SHA256)
}

// Activate makes v the live versions of the steps.
func (s *Store) Activate(ctx context.Context, v Versions) error {
	err := s.batch(ctx, func(b *batch) error {
		for _, a := range [][2]string{{"extract", v.Extract}, {"normalize", v.Normalize}, {"index", v.Index}} {
			if err := b.exec(ctx,
				`INSERT INTO activation (step, version, since) VALUES ($1, $2, $3)
				 ON CONFLICT (step) DO UPDATE SET version = excluded.version, since = excluded.since
				 WHERE activation.version <> excluded.version`,
				a[0], a[1], s.timestamp()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("activate step versions: %w", err)
	}
	return nil
}

// pendingFrom is the anti-join that says what is to be done: sources without
// derivations of the wanted versions, or whose rows were made from others. Of
// extract any version will do: a file that needs a tool has that one's, every
// other file the first. Should there be several, a tool's counts. Of normalize it is
// the version that names the newest correction of the file, where there is one.
const pendingFrom = `
	FROM source s
	LEFT JOIN derivation x ON x.step = 'extract' AND x.input = s.sha256 AND x.version = (
		SELECT MAX(e.version) FROM derivation e
		WHERE e.step = 'extract' AND e.input = s.sha256 AND e.version IN ($1, $2, $3))
	LEFT JOIN (SELECT source, MAX(id) AS last FROM correction GROUP BY source) k ON k.source = s.sha256
	LEFT JOIN derivation n ON n.step = 'normalize' AND n.input = x.output
		AND n.version = CAST($4 AS TEXT) || COALESCE('` + reviewMark + `' || CAST(k.last AS TEXT), '')
	LEFT JOIN report r ON r.source = s.sha256 AND r.version = $5
		AND r.basis = COALESCE(n.output, n.error, x.error)
	WHERE r.id IS NULL`

func pendingArgs(v Versions) []any {
	return []any{v.Extract, v.By(OCR), v.By(Office), v.Normalize, v.Index}
}

// DependsOn reports whether the outputs of this version of extract depend on a
// tool for any stored file.
func (s *Store) DependsOn(ctx context.Context, extract string, t Tool) (yes bool, err error) {
	err = s.read.QueryRowContext(ctx,
		`SELECT EXISTS (SELECT 1 FROM derivation WHERE step = 'extract' AND version LIKE $1)`, extract+t.mark()+"%").Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("look for files that depend on %s: %w", t, err)
	}
	return yes, nil
}

// Document returns the Document artifact that the Report artifact of r was made
// from, "" where none is known.
func (s *Store) Document(ctx context.Context, r *Report) (sum string, err error) {
	err = s.read.QueryRowContext(ctx, `
		SELECT n.input FROM derivation x JOIN derivation n ON n.step = 'normalize' AND n.input = x.output
		WHERE x.step = 'extract' AND x.input = $1 AND n.output = $2
		ORDER BY n.input LIMIT 1`, r.Source, r.Basis).Scan(&sum)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("find the document of %s: %w", r.Path, err)
	}
	return sum, nil
}

// CountPending is the number of sources that Pending would return without limit. It
// counts those that are done, as going from derivations to reports takes a third of
// the time that pendingFrom takes.
func (s *Store) CountPending(ctx context.Context, v Versions) (n int, err error) {
	args := []any{v.Normalize, v.Index}
	versions := []string{v.Extract, v.By(OCR), v.By(Office)}
	slices.Sort(versions)
	versions = slices.Compact(versions)
	in := marks(&args, versions)
	newest := ""
	if len(versions) > 1 { // of the derivations that will do the last counts
		newest = ` AND NOT EXISTS (SELECT 1 FROM derivation e
			WHERE e.step = 'extract' AND e.input = x.input AND e.version IN (` + in + `) AND e.version > x.version)`
	}
	err = s.read.QueryRowContext(ctx, `
		SELECT (SELECT COUNT(*) FROM source) - (
			SELECT COUNT(*) FROM derivation x JOIN report r ON r.source = x.input AND r.version = $2
			LEFT JOIN derivation n ON n.step = 'normalize' AND n.input = x.output AND n.version = CAST($1 AS TEXT) || COALESCE(
				'`+reviewMark+`' || CAST((SELECT MAX(k.id) FROM correction k WHERE k.source = x.input) AS TEXT), '')
			WHERE x.step = 'extract' AND x.version IN (`+in+`)`+newest+`
				AND r.basis = COALESCE(n.output, n.error, x.error))`, args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what is to be done: %w", err)
	}
	return n, nil
}

// Pending returns at most limit sources that are to be worked on, those seen
// first before the others.
func (s *Store) Pending(ctx context.Context, v Versions, limit int) (_ []Pending, err error) {
	defer wrap(&err, "list what is to be done")
	rows, err := s.read.QueryContext(ctx, `
		SELECT s.sha256, s.size,
			COALESCE(`+pathOf("s.sha256")+`, s.first_path),
			COALESCE(x.output, ''), COALESCE(n.output, ''), COALESCE(n.error, x.error, ''), COALESCE(k.last, 0)`+pendingFrom+`
		ORDER BY `+seenOf("MIN", "s.sha256")+`, s.sha256 LIMIT $6`,
		append(pendingArgs(v), limit)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Pending
	for rows.Next() {
		var p Pending
		if err := rows.Scan(&p.SHA256, &p.Size, &p.Path, &p.Document, &p.Report, &p.Refusal, &p.Corrections); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// Forget drops the failed derivations of the given sources, so that their steps
// are tried again.
func (s *Store) Forget(ctx context.Context, sources []string) error {
	err := s.batch(ctx, func(b *batch) error {
		for _, src := range sources {
			if err := b.exec(ctx,
				`DELETE FROM derivation WHERE error IS NOT NULL AND (input = $1
				 OR input IN (SELECT x.output FROM derivation x WHERE x.step = 'extract' AND x.input = $1))`, src); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget failures: %w", err)
	}
	return nil
}

// Record stores what was derived from one source and replaces its rows, in one
// transaction.
func (s *Store) Record(ctx context.Context, derivations []Derivation, r Rows) error {
	err := s.batch(ctx, func(b *batch) error { return b.record(ctx, derivations, &r) })
	if err != nil {
		return fmt.Errorf("store the report of %s: %w", r.Source, err)
	}
	return nil
}

// Entry is a source with all that was made of it.
type Entry struct {
	Source      Source
	Derivations []Derivation
	Rows        Rows
}

// Load stores many sources with all that was made of them, in one transaction.
func (s *Store) Load(ctx context.Context, entries []Entry) error {
	return s.batch(ctx, func(b *batch) error {
		if err := b.learn(ctx, entries); err != nil {
			return fmt.Errorf("load reports: %w", err)
		}
		for i := range entries {
			e := &entries[i]
			_, err := b.addSource(ctx, e.Source)
			if err == nil {
				err = b.record(ctx, e.Derivations, &e.Rows)
			}
			if err != nil {
				return fmt.Errorf("load the report of %s: %w", e.Source.Path, err)
			}
		}
		return nil
	})
}

func (b *batch) record(ctx context.Context, derivations []Derivation, r *Rows) error {
	for _, d := range derivations {
		if err := b.exec(ctx,
			`INSERT INTO derivation (step, input, version, output, error) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			d.Step, d.Input, d.Version, null(d.Output), null(d.Error)); err != nil {
			return err
		}
	}
	return b.replaceRows(ctx, r)
}

func (b *batch) replaceRows(ctx context.Context, r *Rows) error {
	id, err := b.reportOf(ctx, r.Source)
	if err != nil {
		return err
	}
	if id == 0 {
		if id, err = b.next(ctx, &b.known.report, "report"); err != nil {
			return err
		}
		b.known.reports[r.Source] = id
	} else {
		if err := b.touchReport(ctx, id); err != nil {
			return err
		}
		if err := b.touchSource(ctx, r.Source); err != nil {
			return err
		}
		for _, table := range []string{b.s.dialect.observations(), "observation_wide", "finding", "link"} {
			if err := b.exec(ctx, `DELETE FROM `+table+` WHERE report = $1`, id); err != nil {
				return err
			}
		}
		if err := b.forgetTwins(ctx, id); err != nil {
			return err
		}
		if err := b.exec(ctx, `DELETE FROM report WHERE id = $1`, id); err != nil {
			return err
		}
	}

	if err := b.replaceMembers(ctx, r.Source, r.Report.Members); err != nil {
		return err
	}
	var agency sql.NullInt64
	if by := r.agency(); by.Name != "" {
		if agency.Int64, err = b.agency(ctx, by); err != nil {
			return err
		}
		agency.Valid = true
	}
	inDoubt := 0
	for i := range r.Report.Observations {
		if r.Report.Observations[i].Status == normalize.Review {
			inDoubt++
		}
	}
	var said []string
	for i := range r.Report.Said {
		said = append(said, r.Report.Said[i].ID)
	}
	var year any
	if r.Report.Year != 0 {
		year = r.Report.Year
	}
	if err := b.exec(ctx,
		`INSERT INTO report (id, source, basis, version, media_type, pages, agency, year, form, dated, cells, in_doubt, reviewed)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		id, r.Source, r.Basis, r.Version, r.MediaType, r.Pages, agency, year,
		null(r.Report.Form), null(r.Report.Dated), len(r.Report.Observations), inDoubt, strings.Join(said, " ")); err != nil {
		return err
	}
	if err := b.identify(ctx, id, r); err != nil {
		return err
	}
	if err := b.observations(ctx, id, r.Report.Observations); err != nil {
		return err
	}
	if err := b.insertLinks(ctx, id, r.Report.Attachments); err != nil {
		return err
	}
	for i, f := range r.Report.Findings {
		if err := b.exec(ctx,
			`INSERT INTO finding (report, seq, rule, severity, ids, message) VALUES ($1, $2, $3, $4, $5, $6)`,
			id, i, f.Rule, string(f.Severity), strings.Join(f.IDs, " "), f.Message); err != nil {
			return err
		}
	}
	if len(r.Report.Members) > 0 {
		if err := b.reidentify(ctx, r.Source); err != nil {
			return err
		}
		if err := b.touchSource(ctx, r.Source); err != nil {
			return err
		}
	}
	if agency.Valid && r.Report.Year != 0 && r.Report.Form != "" { // it has no twins yet
		b.touched[agencyYear{agency.Int64, r.Report.Year}] = true
	}
	return nil
}

// replaceMembers lists the files of an archive; those that are new become sources.
func (b *batch) replaceMembers(ctx context.Context, archive string, members []extract.Member) error {
	if err := b.exec(ctx, `DELETE FROM member WHERE archive = $1`, archive); err != nil {
		return err
	}
	if len(members) == 0 {
		return nil
	}
	var path string
	if err := b.scan(ctx, &path, `SELECT first_path FROM source WHERE sha256 = $1`, archive); err != nil {
		return err
	}
	now := b.s.timestamp()
	for i, m := range members {
		if err := b.exec(ctx,
			`INSERT INTO source (sha256, size, first_path, first_seen) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			m.SHA256, m.Size, extract.MemberPath(path, m.Name), now); err != nil {
			return err
		}
		if err := b.exec(ctx,
			`INSERT INTO member (archive, seq, name, source) VALUES ($1, $2, $3, $4)`, archive, i, m.Name, m.SHA256); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) observations(ctx context.Context, report int64, obs []normalize.Observation) error {
	rows := make(cells, len(obs))
	seen := make(map[int64]bool, len(obs))
	for i := range obs {
		o := &obs[i]
		cell, err := b.cell(ctx, o.ID, o.Unit)
		if err != nil {
			return err
		}
		if seen[cell] {
			return fmt.Errorf("the report has two values for cell %s", o.ID)
		}
		seen[cell] = true
		p, err := pack(o)
		if err != nil {
			return err
		}
		rows[i] = row{cell: cell, packed: p}
		if p.wide != "" {
			if err := b.exec(ctx,
				`INSERT INTO observation_wide (report, cell, value) VALUES ($1, $2, $3)`, report, cell, p.wide); err != nil {
				return err
			}
		}
	}
	// In the order of the primary key, which is the order of the table.
	slices.SortFunc(rows, func(x, y row) int { return cmp.Compare(x.cell, y.cell) })
	b.stored[report] = rows.ready()
	return b.s.dialect.insertObservations(ctx, b, report, rows)
}

// null stores the empty string as NULL.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// wrap says what was being done when err came up.
func wrap(err *error, doing string) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", doing, *err)
	}
}
