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
	"sync"
	"sync/atomic"
)

// Selection chooses live reports and what is read of them.
type Selection struct {
	Years    []int    // all where empty
	Agencies []int64  // all where empty
	Cells    []string // all where nil, none where empty
	// Brief leaves out what comparing does not need: ID, Basis, MediaType, Pages, Dated
	// and Cells of the reports, and Parts.
	Brief bool
	// AnyOrder takes brief reports as they lie in the database, which is quicker than to
	// find those of one agency after the other.
	AnyOrder bool

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
	cells, err := wantedCells(ctx, txs[0], sel.Cells)
	if err != nil {
		return err
	}
	if len(sel.Years) > 0 {
		stored, err := years(ctx, txs[0])
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(stored, func(y int) bool { return !slices.Contains(sel.Years, y) }) {
			sel.Years = nil // all fit
		}
		sel.pass = len(sel.Years) > len(stored)/2
	}
	r := reading{sel: sel, txs: txs, cells: cells}
	n := 0
	l := Live{Values: map[string]Value{}, Parts: map[string]string{}}
	put := func(name string, v Value) { l.Values[name] = v }
	look := func(p *packedReport, agency Agency, parts map[string]string) error {
		clear(l.Values)
		clear(l.Parts)
		l.Report, l.Agency = p.Report, agency
		if err := eachCell(p.cells, cells, put); err != nil {
			return fmt.Errorf("the report of %s for %d: %w", l.Agency.Name, l.Year, err)
		}
		for cell, source := range parts {
			if _, ok := l.Values[cell]; ok {
				l.Parts[cell] = source
			}
		}
		err := visit(n, r.all, &l)
		n++
		return err
	}
	if sel.Brief && sel.AnyOrder {
		return r.anyOrder(ctx, look)
	}
	return r.inOrder(ctx, look)
}

// reading is what reading live reports takes.
type reading struct {
	sel      Selection
	txs      []*sql.Tx // they see the same
	cells    wanted
	agencies []Agency // that the chosen reports may be of, in order
	all      int      // how many reports are chosen
}

// look looks at a report of an agency, of which some cells are from parts.
type look func(p *packedReport, agency Agency, parts map[string]string) error

// prepare finds the agencies and counts the reports.
func (r *reading) prepare(ctx context.Context) (err error) {
	if r.agencies, err = selectedAgencies(ctx, r.txs[0], r.sel); err != nil {
		return err
	}
	where, args := r.sel.where(nil)
	return r.txs[0].QueryRowContext(ctx, `SELECT COUNT(*) FROM live l WHERE `+where, args...).Scan(&r.all)
}

// inOrder reads the reports of some agencies, then those of the next.
func (r *reading) inOrder(ctx context.Context, look look) error {
	if err := r.prepare(ctx); err != nil {
		return err
	}
	size := wholeAtOnce
	if r.sel.Cells != nil && len(r.sel.Cells) <= fewCells {
		size = min(max(fewAtOnce, len(r.agencies)/(3*len(r.txs))+1), mostAtOnce)
	}
	ctx, stop := context.WithCancel(ctx)
	type read struct {
		live *packedReports
		err  error
	}
	chunks := slices.Collect(slices.Chunk(r.agencies, size))
	used := make(chan *packedReports, 2*len(r.txs)) // room that was looked at is used again
	ahead := make([]chan read, len(r.txs))          // each transaction reads one chunk of so many
	for k := range r.txs {
		ahead[k] = make(chan read, 1)
		go func() {
			defer close(ahead[k])
			for i := k; i < len(chunks); i += len(r.txs) {
				live := room(used)
				err := r.readOrdered(ctx, r.txs[k], chunks[i], live)
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
	for i, chunk := range chunks {
		read, ok := <-ahead[i%len(r.txs)]
		if !ok {
			return ctx.Err()
		}
		live := read.live
		if read.err != nil {
			return read.err
		}
		for _, p := range live.order {
			report := &live.reports[p.at]
			if err := look(report, chunk[p.agency], live.parts[report.ID]); err != nil {
				return err
			}
		}
		reuse(used, live)
	}
	return ctx.Err()
}

// Where reports may come in any order: in how many ranges those of all agencies are read,
// of how many numbers of agencies at least, and how many reports are handed on together.
const (
	ranges        = 32
	leastRange    = 16
	reportsAtOnce = 512
)

// anyOrder reads the reports of agencies with some numbers, then, whichever transaction
// is free, those of the next. A transaction alone reads all at once, as one does where
// agencies are named.
func (r *reading) anyOrder(ctx context.Context, look look) error {
	var first, last sql.NullInt64
	err := r.txs[0].QueryRowContext(ctx, `SELECT (SELECT MIN(agency) FROM live), (SELECT MAX(agency) FROM live)`).Scan(&first, &last)
	if err != nil || !last.Valid {
		return err
	}
	whole := last.Int64 - first.Int64 + 1
	width := whole
	if len(r.txs) > 1 && len(r.sel.Agencies) == 0 {
		width = max(whole/ranges, leastRange)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	const ahead = 32 // as many as are read while the first transaction prepares
	full, used := make(chan *packedReports, ahead), make(chan *packedReports, ahead)
	prepared := make(chan struct{})
	var next atomic.Int64 // number of an agency
	next.Store(first.Int64)
	var readers sync.WaitGroup
	for k, tx := range r.txs {
		readers.Go(func() {
			if k == 0 {
				if err := r.prepare(ctx); err != nil {
					cancel(err)
					return
				}
				close(prepared)
			}
			live := room(used)
			hand := func() error {
				select {
				case full <- live:
				case <-ctx.Done():
					return ctx.Err()
				}
				live = room(used)
				return nil
			}
			for {
				from := next.Add(width) - width
				if from > last.Int64 {
					break
				}
				where, args := r.sel.where(nil)
				if width < whole {
					where += fmt.Sprintf(" AND l.agency BETWEEN %d AND %d", from, from+width-1)
				}
				err := r.read(ctx, tx, where, args, func(p *packedReport, _ bool) error {
					live.add(p)
					if len(live.reports) < reportsAtOnce {
						return nil
					}
					return hand()
				})
				if err != nil {
					cancel(err)
					return
				}
			}
			if err := hand(); err != nil {
				cancel(err)
			}
		})
	}
	go func() {
		readers.Wait()
		close(full)
	}()
	defer func() {
		cancel(nil)
		for range full { // the transactions are used until it is closed
		}
	}()
	select {
	case <-prepared:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	agencies := make(map[int64]Agency, len(r.agencies))
	for _, a := range r.agencies {
		agencies[a.ID] = a
	}
	for live := range full {
		for i := range live.reports {
			p := &live.reports[i]
			if err := look(p, agencies[p.Agency.ID], nil); err != nil {
				return err
			}
		}
		reuse(used, live)
	}
	return context.Cause(ctx)
}

// room returns reports that were looked at, or new ones, to read others in their place.
func room(used <-chan *packedReports) *packedReports {
	select {
	case live := <-used:
		live.clear()
		return live
	default:
		return &packedReports{}
	}
}

// reuse makes room of reports, unless there is enough of it.
func reuse(used chan<- *packedReports, live *packedReports) {
	select {
	case used <- live:
	default:
	}
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
	// A line each in one column, of which the name may have several.
	text, args := "SELECT id, division || '\n' || name FROM agency", []any(nil)
	if len(sel.Agencies) > 0 {
		text += ` WHERE id IN (` + marks(&args, sel.Agencies) + `)`
	}
	var a Agency
	var texts string
	err = query(ctx, tx, text, args, func(rows *sql.Rows) error {
		err := rows.Scan(&a.ID, &texts)
		a.Division, a.Name, _ = strings.Cut(texts, "\n")
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

// add adds a copy of a report.
func (out *packedReports) add(p *packedReport) {
	out.reports = append(out.reports, *p)
	added := &out.reports[len(out.reports)-1]
	added.cells = out.kept.copy(p.cells)
}

// clear makes room for others.
func (out *packedReports) clear() {
	out.reports, out.order, out.parts = out.reports[:0], out.order[:0], nil
	out.kept.clear()
}

// readOrdered reads the chosen reports of some agencies. There are about as many for each
// as for all.
func (r *reading) readOrdered(ctx context.Context, tx *sql.Tx, some []Agency, out *packedReports) error {
	at := make(map[int64]int, len(some))
	for i, a := range some {
		at[a.ID] = i
	}
	var of []Agency // nil where the condition would name all
	if len(some) < len(r.agencies) {
		of = some
	}
	expected := 16 + r.all*len(some)/len(r.agencies)*9/8
	out.reports, out.order = slices.Grow(out.reports, expected), slices.Grow(out.order, expected)
	var joined []int64
	where, args := r.sel.where(of)
	err := r.read(ctx, tx, where, args, func(p *packedReport, parts bool) error {
		if parts {
			joined = append(joined, p.ID)
		}
		out.order = append(out.order, position{at[p.Agency.ID], p.Year, len(out.reports)})
		out.add(p)
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(out.order, func(p, q position) int { return cmp.Or(p.agency-q.agency, p.year-q.year) })
	out.parts = map[int64]map[string]string{}
	for ids := range slices.Chunk(joined, chunk) {
		if err := readParts(ctx, tx, ids, out.parts); err != nil {
			return err
		}
	}
	return nil
}

// read hands on the reports that fit a condition, of their agencies the numbers, and
// whether they have parts. A report is the next one, and its cells are gone, once it was
// looked at.
func (r *reading) read(ctx context.Context, tx *sql.Tx, where string, args []any, each func(p *packedReport, parts bool) error) error {
	// Texts, a line each, are one: a column takes about as long as its contents. The path
	// may have lines itself.
	columns, from := "l.agency, l.year, concat_ws('\n', l.form, l.reviewed, l.source, l.path), l.in_doubt, l.cells", `live l`
	var year, inDoubt, parts int64 // database/sql makes others of texts
	var packed sql.RawBytes
	var p packedReport
	var texts string
	p.Live = true
	dest := []any{&p.Agency.ID, &year, &texts, &inDoubt, &packed}
	if !r.sel.Brief {
		columns += `, r.id, l.joined, r.basis, r.media_type, r.pages, COALESCE(r.dated, ''), r.cells`
		from += ` JOIN report r ON r.id = l.report`
		dest = append(dest, &p.ID, &parts, &p.Basis, &p.MediaType, &p.Pages, &p.Dated, &p.Cells)
	}
	var few []byte
	return query(ctx, tx, `SELECT `+columns+` FROM `+from+` WHERE `+where, args, func(rows *sql.Rows) error {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		p.Year, p.InDoubt = int(year), int(inDoubt)
		p.Form, texts, _ = strings.Cut(texts, "\n")
		p.Reviewed, texts, _ = strings.Cut(texts, "\n")
		p.Source, p.Path, _ = strings.Cut(texts, "\n")
		if p.cells = packed; r.sel.Cells != nil {
			few = only(few[:0], packed, r.cells)
			p.cells = few
		}
		return each(&p, parts > 0)
	})
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

const arenaSize = 1 << 15

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
