package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Selection chooses live reports and what is read of them.
type Selection struct {
	Years    []int    // all where empty
	Agencies []int64  // all where empty
	Cells    []string // all where nil, none where empty
	// Brief leaves out what comparing does not need: ID, Basis, MediaType, Pages, Dated
	// and Cells of the reports, and Parts.
	Brief bool

	pass bool // most reports are chosen: looking years up in an index takes longer than passing over others
}

// Live is a live report with the values that were asked for. Its maps are those of
// the next one once visit has returned.
type Live struct {
	Report
	Values map[string]Value // by cell; a cell the report does not have is missing
	// Parts are the sources of the cells that were taken from a part of the report,
	// by cell.
	Parts map[string]string
}

// Of how many agencies reports are read at a time: where at most fewCells are asked
// for, of a third for each transaction that reads, within limits. PostgreSQL reads the
// whole table each time, and SQLite takes a megabyte of SQL.
const (
	wholeAtOnce = 64
	fewAtOnce   = 1024
	mostAtOnce  = 50_000
	fewCells    = 50
)

// liveReaders is how many transactions read live reports, where they can see the same.
const liveReaders = 2

// rollback ends transactions that wrote nothing.
func rollback(txs []*sql.Tx) (err error) {
	for _, tx := range txs {
		err = errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return err
}

// EachLive hands the chosen reports to visit by agency, then year, with their
// number and how many there are. All come from one state of the store. Some reports
// are read while visit looks at those before.
func (s *Store) EachLive(ctx context.Context, sel Selection, visit func(n, all int, l *Live) error) (err error) {
	defer wrap(&err, "read reports")
	txs, err := s.dialect.snapshots(ctx, s.read, liveReaders)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rollback(txs)) }() // nothing was written
	tx := txs[0]
	cells, err := wantedCells(ctx, tx, sel.Cells)
	if err != nil {
		return err
	}
	agencies, err := selectedAgencies(ctx, tx, sel)
	if err != nil {
		return err
	}
	n, all, stored := 0, 0, 0
	where, args := sel.where(nil)
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM live l WHERE `+where, args...).Scan(&all); err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM live`).Scan(&stored); err != nil {
		return err
	}
	sel.pass = all > stored/2
	size := wholeAtOnce
	if sel.Cells != nil && len(sel.Cells) <= fewCells {
		size = min(max(fewAtOnce, len(agencies)/(3*len(txs))+1), mostAtOnce)
	}
	ctx, stop := context.WithCancel(ctx)
	type read struct {
		live *packedReports
		err  error
	}
	chunks := slices.Collect(slices.Chunk(agencies, size))
	used := make(chan *packedReports, 2*len(txs)) // room that was looked at is used again
	ahead := make([]chan read, len(txs))          // each transaction reads one chunk of so many
	for k := range txs {
		ahead[k] = make(chan read, 1)
		go func() {
			defer close(ahead[k])
			for i := k; i < len(chunks); i += len(txs) {
				live := &packedReports{}
				select {
				case live = <-used:
				default:
				}
				err := live.read(ctx, txs[k], sel, chunks[i], len(agencies), all)
				select {
				case ahead[k] <- read{live, err}:
				case <-ctx.Done():
					return
				}
				if err != nil {
					return
				}
			}
		}()
	}
	defer func() {
		stop()
		for k := range ahead {
			for range ahead[k] { // the transactions are used until these are closed
			}
		}
	}()
	l := Live{Values: map[string]Value{}, Parts: map[string]string{}}
	put := func(name string, v Value) { l.Values[name] = v }
	for i := range chunks {
		r, ok := <-ahead[i%len(txs)]
		if !ok {
			return ctx.Err()
		}
		live := r.live
		if r.err != nil {
			return r.err
		}
		for _, p := range live.order {
			clear(l.Values)
			clear(l.Parts)
			l.Report = live.reports[p.at].Report
			if err := eachCell(live.reports[p.at].cells, cells, put); err != nil {
				return fmt.Errorf("the report of %s for %d: %w", l.Agency.Name, l.Year, err)
			}
			for cell, source := range live.parts[l.ID] {
				if _, ok := l.Values[cell]; ok {
					l.Parts[cell] = source
				}
			}
			if err := visit(n, all, &l); err != nil {
				return err
			}
			n++
		}
		select {
		case used <- live:
		default:
		}
	}
	return ctx.Err()
}

// where is the condition for the chosen reports of live l, of these agencies where
// there are any.
func (sel Selection) where(agencies []Agency) (where string, args []any) {
	where = "true"
	if len(sel.Years) > 0 {
		column := "l.year"
		if sel.pass {
			column = "+l.year" // an expression: no index has it
		}
		where += " AND " + column + " IN (" + marks(&args, sel.Years) + ")"
	}
	if len(sel.Agencies) > 0 {
		where += " AND l.agency IN (" + marks(&args, sel.Agencies) + ")"
	}
	if len(agencies) > 0 {
		// SQLite takes long over many parameters.
		in := []byte(" AND l.agency IN (")
		for i, a := range agencies {
			if i > 0 {
				in = append(in, ',')
			}
			in = strconv.AppendInt(in, a.ID, 10)
		}
		where += string(append(in, ')'))
	}
	return where, args
}

// selectedAgencies returns the agencies that the chosen reports may be of, in order.
func selectedAgencies(ctx context.Context, tx *sql.Tx, sel Selection) (out []Agency, err error) {
	text, args := `SELECT id, name, division FROM agency`, []any(nil)
	if len(sel.Agencies) > 0 {
		text += ` WHERE id IN (` + marks(&args, sel.Agencies) + `)`
	}
	var a Agency
	err = query(ctx, tx, text, args, func(rows *sql.Rows) error {
		err := rows.Scan(&a.ID, &a.Name, &a.Division)
		out = append(out, a)
		return err
	})
	slices.SortFunc(out, func(a, b Agency) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Division, b.Division))
	})
	return out, err
}

// wantedCells finds the cells with these names, all where names is nil.
func wantedCells(ctx context.Context, tx *sql.Tx, names []string) (wanted, error) {
	all, err := cellIDs(ctx, tx)
	if err != nil {
		return wanted{}, err
	}
	var out []string
	for name, id := range all {
		if names != nil && !slices.Contains(names, name) {
			continue
		}
		for int64(len(out)) <= id {
			out = append(out, "")
		}
		out[id] = name
	}
	return newWanted(out), nil
}

// packedReport is a live report with its cells as they are stored.
type packedReport struct {
	Report
	cells []byte
}

// packedReports are live reports in memory.
type packedReports struct {
	reports []packedReport
	order   []position
	kept    arena
	parts   map[int64]map[string]string // by report and cell the source of the part it is from
}

// position is where a report comes in order: these are sorted instead of the reports,
// which are large.
type position struct{ agency, year, at int }

// read reads the chosen reports of some agencies in place of those before. There are
// about as many for each as for all, of which there are so many.
func (out *packedReports) read(ctx context.Context, tx *sql.Tx, sel Selection, some []Agency, agencies, all int) error {
	at := make(map[int64]int, len(some))
	for i, a := range some {
		at[a.ID] = i
	}
	var of []Agency // nil where the condition would name all
	if len(some) < agencies {
		of = some
	}
	where, args := sel.where(of)
	// Source and path, a line each, are one text: a column less, and in one place in memory.
	columns, from := "l.agency, l.year, l.form, l.source || '\n' || l.path, l.in_doubt, l.reviewed, l.cells", `live l`
	var agency, parts int64
	var form, packed sql.RawBytes
	var r packedReport
	var sourcePath string
	dest := []any{&agency, &r.Year, &form, &sourcePath, &r.InDoubt, &r.Reviewed, &packed}
	if !sel.Brief {
		columns += `, r.id, l.joined, r.basis, r.media_type, r.pages, COALESCE(r.dated, ''), r.cells`
		from += ` JOIN report r ON r.id = l.report`
		dest = append(dest, &r.ID, &parts, &r.Basis, &r.MediaType, &r.Pages, &r.Dated, &r.Cells)
	}
	expected := 16
	if agencies > 0 {
		expected += all * len(some) / agencies * 9 / 8
	}
	out.reports, out.order = slices.Grow(out.reports[:0], expected), slices.Grow(out.order[:0], expected)
	out.parts = map[int64]map[string]string{}
	out.kept.clear()
	var joined []int64
	forms := map[string]string{}
	err := query(ctx, tx, `SELECT `+columns+` FROM `+from+` WHERE `+where, args, func(rows *sql.Rows) error {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		if r.Form = forms[string(form)]; r.Form == "" {
			r.Form = string(form)
			forms[r.Form] = r.Form
		}
		r.Source, r.Path, _ = strings.Cut(sourcePath, "\n")
		i := at[agency]
		r.Agency, r.Live = some[i], true
		r.cells = out.kept.copy(packed)
		if parts > 0 {
			joined = append(joined, r.ID)
		}
		out.order = append(out.order, position{i, r.Year, len(out.reports)})
		out.reports = append(out.reports, r)
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(out.order, func(p, q position) int { return cmp.Or(p.agency-q.agency, p.year-q.year) })
	for ids := range slices.Chunk(joined, chunk) {
		if err := readParts(ctx, tx, ids, out.parts); err != nil {
			return err
		}
	}
	return nil
}

// arena holds the bytes of many.
type arena struct {
	blocks [][]byte
	at     int // block that is filled
}

// copy returns a copy of b.
func (a *arena) copy(b []byte) []byte {
	for a.at < len(a.blocks) && len(a.blocks[a.at])+len(b) > cap(a.blocks[a.at]) {
		a.at++
	}
	if a.at == len(a.blocks) {
		a.blocks = append(a.blocks, make([]byte, 0, max(arenaSize, len(b))))
	}
	block := &a.blocks[a.at]
	from := len(*block)
	*block = append(*block, b...)
	return (*block)[from:len(*block):len(*block)]
}

// clear makes room: what was copied is gone.
func (a *arena) clear() {
	for i := range a.blocks {
		a.blocks[i] = a.blocks[i][:0]
	}
	a.at = 0
}

const arenaSize = 1 << 18

// chunk is how many reports a query may name.
const chunk = 256

// readParts says which cells are those of parts, and of which.
func readParts(ctx context.Context, tx *sql.Tx, ids []int64, parts map[int64]map[string]string) error {
	var args []any
	return query(ctx, tx, `
		SELECT j.report, c.name, r.source
		FROM twin_cell j JOIN cell c ON c.id = j.cell JOIN report r ON r.id = j.part
		WHERE j.report IN (`+marks(&args, ids)+`)`, args, func(rows *sql.Rows) error {
		var report int64
		var cell, source string
		if err := rows.Scan(&report, &cell, &source); err != nil {
			return err
		}
		if parts[report] == nil {
			parts[report] = map[string]string{}
		}
		parts[report][cell] = source
		return nil
	})
}

// queryer is a database or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// query runs a query and hands its rows over.
func query(ctx context.Context, q queryer, text string, args []any, row func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, text, args...)
	return drain(rows, err, row)
}

// drain hands over the rows that a query gave.
func drain(rows *sql.Rows, err error, row func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// marks adds values to the arguments of a query and returns their placeholders.
func marks[T any](args *[]any, values []T) string {
	out := make([]string, len(values))
	for i, v := range values {
		*args = append(*args, v)
		out[i] = fmt.Sprintf("$%d", len(*args))
	}
	return strings.Join(out, ", ")
}

// Activated returns the versions of the steps whose outputs are live, by step.
func (s *Store) Activated(ctx context.Context) (_ map[string]string, err error) {
	defer wrap(&err, "read the versions of steps")
	rows, err := s.read.QueryContext(ctx, `SELECT step, version FROM activation`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var step, version string
		if err := rows.Scan(&step, &version); err != nil {
			return nil, err
		}
		out[step] = version
	}
	return out, rows.Err()
}
