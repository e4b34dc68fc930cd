package store

import (
	"context"
	"database/sql"
	"errors"
	"path"
	"slices"
	"strings"

	"nianbao/normalize"
)

// Linked is a page or a file that one links, by what it says itself.
type Linked struct {
	Candidate
	Agency Agency // zero where unknown
	Year   int
	Dated  string
}

// Page is a page that says whose report it is and of which year, and the files
// beside it that it links.
type Page struct {
	Linked
	Files []Linked
}

// Attachment says that a page and a report that it links are one.
type Attachment struct {
	Report, Page int64
	// What the report takes from the page, since it lacks it.
	Agency, Year, Dated bool
}

// What a report says itself, in SQL: what it took from a page left away.
const (
	ownAgency = `CASE WHEN EXISTS (SELECT 1 FROM attachment x WHERE x.report = r.id AND x.agency = 1) THEN NULL ELSE r.agency END`
	ownYear   = `CASE WHEN EXISTS (SELECT 1 FROM attachment x WHERE x.report = r.id AND x.year = 1) THEN NULL ELSE r.year END`
	ownDated  = `CASE WHEN EXISTS (SELECT 1 FROM attachment x WHERE x.report = r.id AND x.dated = 1) THEN NULL ELSE r.dated END`
)

// maxInArchive is how many files of an archive that a page links are looked at.
const maxInArchive = 200

// Pages returns the pages of which something can be learnt: those without tables,
// and those that link reports that lack their agency or year.
func (s *Store) Pages(ctx context.Context) (_ []Page, err error) {
	defer wrap(&err, "look for pages that link files beside them")
	unplaced := map[string]bool{} // by path
	err = query(ctx, s.read, `SELECT `+pathOf("r.source")+` FROM report r
		WHERE r.form IS NOT NULL AND (`+ownAgency+` IS NULL OR `+ownYear+` IS NULL)`, nil, func(rows *sql.Rows) error {
		var at sql.NullString
		err := rows.Scan(&at)
		unplaced[at.String] = true
		for i := range at.String { // an archive may be linked as a whole
			if strings.HasPrefix(at.String[i:], "!/") {
				unplaced[at.String[:i]] = true
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	where := ""
	if len(unplaced) == 0 {
		where = ` AND r.form IS NULL`
	}
	var found []*wantedPage
	err = query(ctx, s.read, `SELECT l.report, r.form IS NULL, COALESCE(`+pathOf("r.source")+`, ''), l.name
		FROM link l JOIN report r ON r.id = l.report
		WHERE `+ownAgency+` IS NOT NULL AND `+ownYear+` IS NOT NULL`+where+`
		ORDER BY l.report, l.seq, l.name`, nil, func(rows *sql.Rows) error {
		var p wantedPage
		var name string
		if err := rows.Scan(&p.report, &p.wanted, &p.path, &name); err != nil {
			return err
		}
		if n := len(found); n == 0 || found[n-1].report != p.report {
			found = append(found, &p)
		}
		last := found[len(found)-1]
		for _, at := range beside(p.path, name) {
			last.files = append(last.files, at)
			last.wanted = last.wanted || unplaced[at]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []Page
	for _, w := range found {
		if !w.wanted {
			continue
		}
		now, err := s.reportsAt(ctx, w.path)
		if err != nil {
			return nil, err
		}
		if len(now) == 0 || now[0].report != w.report { // another page took its place
			continue
		}
		p := Page{}
		if p.Linked, err = s.linked(ctx, w.report, w.path); err != nil {
			return nil, err
		}
		seen := map[int64]bool{w.report: true}
		for _, at := range w.files {
			reports, err := s.reportsAt(ctx, at)
			if err != nil {
				return nil, err
			}
			for _, r := range reports {
				if seen[r.report] {
					continue
				}
				seen[r.report] = true
				file, err := s.linked(ctx, r.report, r.path)
				if err != nil {
					return nil, err
				}
				if file.Form != "" {
					p.Files = append(p.Files, file)
				}
			}
		}
		if len(p.Files) > 0 {
			out = append(out, p)
		}
	}
	return out, nil
}

// wantedPage is a page, and where the files would stand that it links.
type wantedPage struct {
	report int64
	path   string
	wanted bool
	files  []string
}

// beside are the places where a file of this name would stand that a page links:
// in its folder, or where browsers put what belongs to a saved page.
func beside(page, name string) []string {
	sep := "/"
	if !strings.Contains(page, sep) && strings.Contains(page, `\`) {
		sep = `\`
		name = strings.ReplaceAll(name, "/", sep)
	}
	i := strings.LastIndex(page, sep)
	if i < 0 { // it came from no place
		return nil
	}
	folder, base := page[:i+1], page[i+1:]
	stem := strings.TrimSuffix(base, path.Ext(base))
	return []string{folder + name, folder + stem + "_files" + sep + name, folder + stem + ".files" + sep + name}
}

// placed is a report at a place.
type placed struct {
	report int64
	path   string
}

// reportsAt are the report whose file stands at a place now, or those in the
// archive there.
func (s *Store) reportsAt(ctx context.Context, at string) (out []placed, err error) {
	archive, name, within := strings.Cut(at, "!/")
	var source string
	err = s.read.QueryRowContext(ctx, `SELECT source FROM sighting WHERE path = $1 ORDER BY id DESC LIMIT 1`, archive).Scan(&source)
	if err == nil && within {
		err = s.read.QueryRowContext(ctx, `SELECT source FROM member WHERE archive = $1 AND name = $2 ORDER BY seq LIMIT 1`, source, name).Scan(&source)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	err = query(ctx, s.read, `SELECT r.id, '' FROM report r WHERE r.source = $1
		UNION ALL SELECT * FROM (SELECT r.id, '!/' || m.name FROM member m JOIN report r ON r.source = m.source WHERE m.archive = $1 ORDER BY m.seq LIMIT $2) members`,
		[]any{source, maxInArchive}, func(rows *sql.Rows) error {
			var p placed
			err := rows.Scan(&p.report, &p.path)
			p.path = at + p.path
			out = append(out, p)
			return err
		})
	return out, err
}

// linked reads what a report says itself.
func (s *Store) linked(ctx context.Context, report int64, at string) (l Linked, err error) {
	l.Report, l.Path = report, at
	err = s.read.QueryRowContext(ctx, `SELECT COALESCE(r.form, ''), COALESCE(a.id, 0), COALESCE(a.name, ''), COALESCE(a.division, ''),
		COALESCE(`+ownYear+`, 0), COALESCE(`+ownDated+`, '')
		FROM report r LEFT JOIN agency a ON a.id = `+ownAgency+` WHERE r.id = $1`, report).
		Scan(&l.Form, &l.Agency.ID, &l.Agency.Name, &l.Agency.Division, &l.Year, &l.Dated)
	if err != nil || l.Form == "" {
		return l, err
	}
	own, err := ownCells(ctx, s.read, report)
	if err != nil {
		return l, err
	}
	if l.Values, err = own.values(); err != nil {
		return l, err
	}
	l.Missing, err = s.missing(ctx, report)
	return l, err
}

// missing are the cells of tables that a report lacks.
func (s *Store) missing(ctx context.Context, report int64) (cells []string, err error) {
	told, err := s.findingRows(ctx, `SELECT rule, severity, ids, message FROM finding WHERE report = $1 AND rule = '`+missingTable+`' ORDER BY seq`, report)
	for _, f := range told {
		cells = append(cells, f.IDs...)
	}
	return cells, err
}

// RecordAttachments replaces all that is known of attachments.
func (s *Store) RecordAttachments(ctx context.Context, attached []Attachment) (err error) {
	defer wrap(&err, "store which page a file belongs to")
	return s.batch(ctx, func(b *batch) error {
		if err := b.detach(ctx, "true"); err != nil {
			return err
		}
		for _, a := range attached {
			if err := b.exec(ctx, `INSERT INTO attachment (report, page, agency, year, dated) VALUES ($1, $2, $3, $4, $5)`,
				a.Report, a.Page, flag(a.Agency), flag(a.Year), flag(a.Dated)); err != nil {
				return err
			}
			for _, c := range []struct {
				column string
				take   bool
			}{{"agency", a.Agency}, {"year", a.Year}, {"dated", a.Dated}} {
				if !c.take {
					continue
				}
				if err := b.exec(ctx, `UPDATE report SET `+c.column+` = (SELECT p.`+c.column+` FROM report p WHERE p.id = $1) WHERE id = $2`, a.Page, a.Report); err != nil {
					return err
				}
			}
			if err := b.touchReport(ctx, a.Report); err != nil {
				return err
			}
		}
		return nil
	})
}

// detach takes back what reports took from pages, where the attachment holds to a
// condition.
func (b *batch) detach(ctx context.Context, where string, args ...any) error {
	err := b.touch(ctx, `SELECT p.agency, p.year FROM placed p WHERE p.report IN (SELECT report FROM attachment WHERE `+where+`)`, args...)
	if err != nil {
		return err
	}
	for _, column := range []string{"agency", "year", "dated"} {
		if err := b.exec(ctx, `UPDATE report SET `+column+` = NULL
			WHERE id IN (SELECT report FROM attachment WHERE `+column+` = 1 AND `+where+`)`, args...); err != nil {
			return err
		}
	}
	return b.exec(ctx, `DELETE FROM attachment WHERE `+where, args...)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Covers returns the sources of the pages that hold no table of their own and link
// the report that they belong to.
func (s *Store) Covers(ctx context.Context) (_ map[string]bool, err error) {
	defer wrap(&err, "list pages that belong to reports")
	out := map[string]bool{}
	return out, query(ctx, s.read, `SELECT r.source FROM report r WHERE r.form IS NULL AND r.id IN (SELECT page FROM attachment)`, nil, func(rows *sql.Rows) error {
		var source string
		err := rows.Scan(&source)
		out[source] = true
		return err
	})
}

// places are where the pages of attached reports stand, by report: there the
// report belongs.
func (s *Store) places(ctx context.Context) (map[int64]string, error) {
	out := map[int64]string{}
	return out, query(ctx, s.read, `SELECT x.report, COALESCE(`+pathOf("r.source")+`, '') FROM attachment x JOIN report r ON r.id = x.page ORDER BY x.report, x.page DESC`, nil, func(rows *sql.Rows) error {
		var report int64
		var at string
		err := rows.Scan(&report, &at)
		out[report] = at
		return err
	})
}

// insertLinks stores which files a page links.
func (b *batch) insertLinks(ctx context.Context, report int64, all []normalize.Attachment) error {
	for i, a := range all {
		for _, name := range slices.Compact(slices.Sorted(slices.Values(a.Names))) {
			if err := b.exec(ctx, `INSERT INTO link (report, seq, name) VALUES ($1, $2, $3)`, report, i, name); err != nil {
				return err
			}
		}
	}
	return nil
}
