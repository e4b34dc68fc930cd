package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"nianbao/agency"
	"nianbao/normalize"
)

// Named is a report and what says whom it is by.
type Named struct {
	Report  int64
	Source  string
	Agency  int64  // it counts for this one
	Printed string // name of the agency as it was read
	Year    int
	Claims  []normalize.Claim
	Paths   []string // where it was seen, the first place first
}

// Resolution says which agency a report counts for.
type Resolution struct {
	Report     int64
	Agency     agency.Identity
	Outcome    agency.Outcome
	Candidates []string // divisions that are possible
	Credit     string   // 统一社会信用代码
}

// Resolver is what told which agencies reports are by: the version of the code, and
// how many decisions it knew.
type Resolver struct {
	Version   string
	Decisions int
}

const namedColumns = `SELECT i.report, r.source, COALESCE(r.agency, 0), i.printed, COALESCE(r.year, 0), i.claims
	FROM identity i JOIN report r ON r.id = i.report`

// Unresolved returns at most limit reports, those with the smallest numbers above
// after, whose agency was not told by this resolver.
func (s *Store) Unresolved(ctx context.Context, by Resolver, after int64, limit int) (_ []Named, err error) {
	defer wrap(&err, "list the reports whose agency is to be resolved")
	return s.named(ctx, namedColumns+` WHERE i.report > $1 AND (i.version <> $2 OR i.decisions <> $3) ORDER BY i.report LIMIT $4`,
		after, by.Version, by.Decisions, limit)
}

// NamedBy returns the reports that count for an agency, by year.
func (s *Store) NamedBy(ctx context.Context, agency int64) (_ []Named, err error) {
	defer wrap(&err, "list the reports of an agency")
	return s.named(ctx, namedColumns+` WHERE r.agency = $1 ORDER BY r.year, i.report`, agency)
}

func (s *Store) named(ctx context.Context, text string, args ...any) ([]Named, error) {
	var out []Named
	rows, err := s.read.QueryContext(ctx, text, args...)
	err = drain(rows, err, func(rows *sql.Rows) error {
		var n Named
		var claims string
		if err := rows.Scan(&n.Report, &n.Source, &n.Agency, &n.Printed, &n.Year, &claims); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(claims), &n.Claims); err != nil {
			return fmt.Errorf("claims of report %d: %w", n.Report, err)
		}
		out = append(out, n)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Paths, err = s.Paths(ctx, out[i].Source); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// RecordResolutions lets reports count for the agencies that they were resolved to.
// No observation changes.
func (s *Store) RecordResolutions(ctx context.Context, by Resolver, rs []Resolution) error {
	err := s.batch(ctx, func(b *batch) error {
		for _, r := range rs {
			id, err := b.agency(ctx, normalize.Agency{Name: r.Agency.Name, Division: r.Agency.Division})
			if err != nil {
				return err
			}
			var now sql.NullInt64
			if err := b.scan(ctx, &now, `SELECT agency FROM report WHERE id = $1`, r.Report); err != nil {
				return err
			}
			if now.Int64 != id {
				if err := b.touchReport(ctx, r.Report); err != nil {
					return err
				}
				if err := b.exec(ctx, `UPDATE report SET agency = $1 WHERE id = $2`, id, r.Report); err != nil {
					return err
				}
				if err := b.touchReport(ctx, r.Report); err != nil {
					return err
				}
			}
			if err := b.exec(ctx, `UPDATE identity SET version = $1, decisions = $2, outcome = $3, candidates = $4, credit = $5 WHERE report = $6`,
				by.Version, by.Decisions, string(r.Outcome), strings.Join(r.Candidates, " "), r.Credit, r.Report); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store which agency reports are by: %w", err)
	}
	return nil
}

// identify keeps what a report says of who it is by, to be resolved, unless the
// report gives its division itself.
func (b *batch) identify(ctx context.Context, report int64, rows *Rows) error {
	if err := b.exec(ctx, `DELETE FROM identity WHERE report = $1`, report); err != nil {
		return err
	}
	r, res := rows.Report, rows.Resolution
	if res == nil {
		res = &Resolution{}
	}
	if !rows.SaysWhose() || r.Agency.Division != "" {
		return nil
	}
	claims := r.Claims
	if claims == nil {
		claims = []normalize.Claim{}
	}
	text, err := json.Marshal(claims)
	if err != nil {
		return err
	}
	return b.exec(ctx, `INSERT INTO identity (report, printed, claims, version, decisions, outcome, candidates, credit) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		report, r.Agency.Name, string(text), rows.ResolvedBy.Version, rows.ResolvedBy.Decisions, string(res.Outcome), strings.Join(res.Candidates, " "), res.Credit)
}

// SaysWhose tells whether the agency of a file is to be resolved: it is a report, or a
// page that links files which may be.
func (r *Rows) SaysWhose() bool {
	return r.Report.Agency.Name != "" && (r.Report.Form != "" || len(r.Report.Attachments) > 0)
}

// agency is the one that the report counts for.
func (r *Rows) agency() normalize.Agency {
	if r.Resolution != nil && r.SaysWhose() && r.Report.Agency.Division == "" {
		return normalize.Agency{Name: r.Resolution.Agency.Name, Division: r.Resolution.Agency.Division}
	}
	return r.Report.Agency
}

// reidentify has the reports of a source resolved again, and of those in it where it
// is an archive: they were seen at another place.
func (b *batch) reidentify(ctx context.Context, source string) error {
	return b.exec(ctx, `UPDATE identity SET version = '' WHERE report IN (
		SELECT r.id FROM report r WHERE r.source = $1
		UNION SELECT r.id FROM member m JOIN report r ON r.source = m.source WHERE m.archive = $1)`, source)
}

// Decisions returns all that was decided about agencies, in order.
func (s *Store) Decisions(ctx context.Context) (out agency.Decisions, err error) {
	defer wrap(&err, "list the decisions on agencies")
	rows, err := s.read.QueryContext(ctx, `SELECT body FROM decision ORDER BY id`)
	return out, drain(rows, err, func(rows *sql.Rows) error {
		var body string
		if err := rows.Scan(&body); err != nil {
			return err
		}
		var d agency.Decision
		if err := json.Unmarshal([]byte(body), &d); err != nil {
			return err
		}
		out = append(out, d)
		return nil
	})
}

// Decide appends decisions; those that are there already are passed over. It returns
// how many were new. Reports that they may concern are to be resolved again: those of
// the agency that a decision is about, and where one is undone all that were decided.
func (s *Store) Decide(ctx context.Context, ds agency.Decisions) (added int, err error) {
	defer wrap(&err, "store decisions on agencies")
	err = s.batch(ctx, func(b *batch) error {
		for _, d := range ds {
			var there int
			if err := b.scan(ctx, &there, `SELECT COUNT(*) FROM decision WHERE uid = $1`, d.ID); err != nil {
				return err
			}
			if there > 0 {
				continue
			}
			if err := b.knowDecision(ctx, d); err != nil {
				return err
			}
			body, err := json.Marshal(d)
			if err != nil {
				return err
			}
			if err := b.exec(ctx, `INSERT INTO decision (id, uid, body) SELECT COALESCE(MAX(id), 0) + 1, $1, $2 FROM decision`, d.ID, string(body)); err != nil {
				return err
			}
			added++
		}
		return nil
	})
	return added, err
}

// knowDecision counts one decision more for reports that it cannot concern.
func (b *batch) knowDecision(ctx context.Context, d agency.Decision) error {
	const others = `UPDATE identity SET decisions = decisions + 1
		WHERE decisions = (SELECT COUNT(*) FROM decision) AND `
	if d.Kind == agency.Undo {
		return b.exec(ctx, others+`outcome <> $1`, string(agency.Decided))
	}
	return b.exec(ctx, others+`report NOT IN (
		SELECT r.id FROM agency a JOIN report r ON r.agency = a.id
		WHERE a.name = $1 OR SUBSTR(a.name, 1, LENGTH($2)) = $2)`, d.Agency.Name, strings.TrimSuffix(agency.Scoped(d.Agency.Name, "."), "."))
}

// Standing is an agency with what is stored of it.
type Standing struct {
	Agency
	Reports     int // live and older
	First, Last int // years, 0 where none is known
	Outcomes    map[agency.Outcome]int
	Candidates  []string // divisions that are possible for some of its reports
	Printed     []string // names that its reports print
	Credits     []string // 统一社会信用代码 that they give
}

// Standings returns all agencies that have reports, by name and division.
func (s *Store) Standings(ctx context.Context) (out []Standing, err error) {
	defer wrap(&err, "list agencies")
	at := map[int64]int{}
	rows, err := s.read.QueryContext(ctx, `
		SELECT a.id, a.name, a.division, COUNT(*), COALESCE(MIN(r.year), 0), COALESCE(MAX(r.year), 0)
		FROM agency a JOIN report r ON r.agency = a.id WHERE r.form IS NOT NULL
		GROUP BY a.id, a.name, a.division ORDER BY a.name, a.division`)
	err = drain(rows, err, func(rows *sql.Rows) error {
		st := Standing{Outcomes: map[agency.Outcome]int{}}
		err := rows.Scan(&st.ID, &st.Name, &st.Division, &st.Reports, &st.First, &st.Last)
		at[st.ID] = len(out)
		out = append(out, st)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, err = s.read.QueryContext(ctx, `
		SELECT r.agency, i.outcome, i.candidates, i.printed, i.credit, COUNT(*)
		FROM identity i JOIN report r ON r.id = i.report WHERE r.agency IS NOT NULL
		GROUP BY r.agency, i.outcome, i.candidates, i.printed, i.credit
		ORDER BY r.agency, i.outcome, i.candidates, i.printed, i.credit`)
	return out, drain(rows, err, func(rows *sql.Rows) error {
		var id int64
		var outcome agency.Outcome
		var candidates, printed, credit string
		var n int
		if err := rows.Scan(&id, &outcome, &candidates, &printed, &credit, &n); err != nil {
			return err
		}
		i, ok := at[id]
		if !ok {
			return nil
		}
		st := &out[i]
		st.Outcomes[outcome] += n
		st.Candidates = appendNew(st.Candidates, strings.Fields(candidates)...)
		st.Printed = appendNew(st.Printed, printed)
		if credit != "" {
			st.Credits = appendNew(st.Credits, credit)
		}
		return nil
	})
}

func appendNew(out []string, more ...string) []string {
	for _, m := range more {
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}
