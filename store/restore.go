package store

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// ErrNotEmpty says that a backup cannot be restored over what is stored.
var ErrNotEmpty = errors.New("something is stored there already")

// Restore fills an empty store from a backup: all rows, or none where it fails or
// is stopped. Blobs that the backup holds are put first; running again does not
// put them twice.
func (s *Store) Restore(ctx context.Context, z *zip.Reader, told Progress) (b Backup, err error) {
	defer wrap(&err, "restore the backup")
	if b, err = readManifest(z); err != nil {
		return b, err
	}
	current, err := s.provider.GetDBVersion(ctx)
	if err != nil {
		return b, err
	}
	if b.Schema > current || b.Schema < 1 {
		return b, fmt.Errorf("it is of schema %d and this program knows schema %d: use the version of nianbao that made it, or a newer one", b.Schema, current)
	}
	if err := s.batch(ctx, func(t *batch) error { return t.checkEmpty(ctx, "correction", "decision") }); err != nil {
		return b, err
	}
	p := tracker{told: told, all: b.Blobs}
	for _, n := range b.Tables {
		p.all += n
	}
	if err := s.restoreBlobs(ctx, z, b.Blobs, &p); err != nil {
		return b, err
	}

	// The rows go into the schema that they came from, and are brought up to date
	// like any older store.
	if b.Schema < current {
		if _, err := s.provider.DownTo(ctx, b.Schema); err != nil {
			return b, fmt.Errorf("make the tables of schema %d: %w", b.Schema, err)
		}
	}
	err = s.batch(ctx, func(t *batch) error {
		if err := t.restore(ctx, z, b, &p); err != nil || b.Schema < current {
			return err
		}
		return t.rebuild(ctx)
	})
	if up := s.migrate(context.WithoutCancel(ctx)); up != nil {
		err = errors.Join(err, fmt.Errorf("bring the database up to date: %w", up))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.cells)
	return b, err
}

func readManifest(z *zip.Reader) (b Backup, err error) {
	f, err := z.Open(manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return b, errors.New("this is no backup, or not a whole one: it has no " + manifestName)
	}
	if err != nil {
		return b, err
	}
	defer f.Close()
	if err := json.NewDecoder(io.LimitReader(f, 1<<30)).Decode(&b); err != nil {
		return b, fmt.Errorf("%s: %w", manifestName, err)
	}
	if b.Format != backupFormat {
		return b, fmt.Errorf("its format is %q, and this program reads %q", b.Format, backupFormat)
	}
	return b, nil
}

// checkEmpty fails where there are sources, reports, or rows of more tables.
func (b *batch) checkEmpty(ctx context.Context, more ...string) error {
	for _, table := range append(more, "source", "report") {
		var n int64
		if err := b.scan(ctx, &n, `SELECT COUNT(*) FROM `+table); err != nil {
			return err
		}
		if n > 0 {
			return ErrNotEmpty
		}
	}
	return nil
}

// blobLimit bounds one blob; files above it are never stored.
const blobLimit = 1 << 30

func (s *Store) restoreBlobs(ctx context.Context, z *zip.Reader, want int64, p *tracker) error {
	var n int64
	for _, f := range z.File {
		folder, name := path.Split(f.Name)
		put := s.PutOriginal
		switch folder {
		case originalFolder:
		case artifactFolder:
			put = s.PutArtifact
		default:
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		content, err := readEntry(f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		got, err := put(content)
		if err != nil {
			return err
		}
		if got != name {
			return fmt.Errorf("%s: its content was changed (it is %s)", f.Name, got)
		}
		n++
		p.step()
	}
	if n != want {
		return fmt.Errorf("it holds %d blobs, and its manifest says %d", n, want)
	}
	return nil
}

func readEntry(f *zip.File) ([]byte, error) {
	if f.UncompressedSize64 > blobLimit {
		return nil, fmt.Errorf("%d bytes are too many", f.UncompressedSize64)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r) // which ends at the size that the header says
	return content, errors.Join(err, r.Close())
}

// restore replaces what an empty store holds (versions, cells) by the rows of the
// backup.
func (b *batch) restore(ctx context.Context, z *zip.Reader, manifest Backup, p *tracker) error {
	want := manifest.Tables
	if err := b.checkEmpty(ctx); err != nil {
		return err
	}
	for name := range want {
		if !slices.ContainsFunc(tables, func(t struct{ name, order string }) bool { return t.name == name }) {
			return fmt.Errorf("this program knows no table %q", name)
		}
	}
	for _, t := range slices.Backward(tables) {
		if _, has := want[t.name]; !has {
			continue
		}
		table := t.name
		if table == observationTable && manifest.Schema >= columnSchema {
			table = b.s.dialect.observations()
		}
		if err := b.exec(ctx, `DELETE FROM `+table); err != nil {
			return err
		}
	}
	for _, t := range tables {
		if _, has := want[t.name]; !has { // it is younger than the backup
			continue
		}
		restore := b.restoreTable
		if t.name == observationTable && manifest.Schema >= columnSchema {
			restore = b.restoreObservations
		}
		n, err := restore(ctx, z, t.name, p)
		if err == nil && n != want[t.name] {
			err = fmt.Errorf("it has %d rows, and the manifest says %d", n, want[t.name])
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return nil
}

// observationTable is stored in the way of each database from columnSchema on.
const (
	observationTable = "observation"
	columnSchema     = 4
)

func (b *batch) restoreTable(ctx context.Context, z *zip.Reader, table string, p *tracker) (int64, error) {
	var one, many string
	var args []any
	var width int
	insert := func(query string, rows int) error {
		for n := rows * width; len(args) >= n && len(args) > 0; args = args[:copy(args, args[n:])] {
			if err := b.exec(ctx, query, args[:n]...); err != nil {
				return err
			}
		}
		return nil
	}
	n, err := b.eachRow(ctx, z, table, p, func(columns []string) error {
		one, many, width = insertRows(table, columns, 1), insertRows(table, columns, rowsAtOnce), len(columns)
		return nil
	}, func(row []any) error {
		args = append(args, row...)
		return insert(many, rowsAtOnce)
	})
	if err != nil {
		return n, err
	}
	return n, insert(one, 1)
}

// enough is how many reports are kept packed until they are made live, at about 300
// bytes each. Those beyond are read again.
const enough = 100_000

// restoreObservations puts observations back report by report; the rows of a report
// follow one another.
func (b *batch) restoreObservations(ctx context.Context, z *zip.Reader, table string, p *tracker) (int64, error) {
	var at [4]int
	var report int64
	var of cells
	flush := func() error {
		if wide := func(r row) bool { return r.flags&flagWide != 0 }; len(b.stored) < enough && !slices.ContainsFunc(of, wide) {
			b.stored[report] = of.ready()
		}
		err := b.s.dialect.insertObservations(ctx, b, report, of)
		of = of[:0]
		return err
	}
	n, err := b.eachRow(ctx, z, table, p, func(columns []string) error {
		for i, name := range []string{"report", "cell", "value", "flags"} {
			if at[i] = slices.Index(columns, name); at[i] < 0 {
				return fmt.Errorf("it has no column %q", name)
			}
		}
		return nil
	}, func(r []any) error {
		id, ok := r[at[0]].(int64)
		cell, also := r[at[1]].(int64)
		flags, too := r[at[3]].(int64)
		if !ok || !also || !too {
			return errors.New("a number is missing")
		}
		if id != report {
			if err := flush(); err != nil {
				return err
			}
			report = id
		}
		of = append(of, row{cell: cell, packed: packed{value: r[at[2]], flags: int(flags)}})
		return nil
	})
	if err != nil {
		return n, err
	}
	return n, flush()
}

// eachRow hands over the rows of a table in a backup, after the names of its columns.
// A row is valid until the next.
func (b *batch) eachRow(ctx context.Context, z *zip.Reader, table string, p *tracker, begin func(columns []string) error, row func(row []any) error) (n int64, err error) {
	f, err := z.Open(tablesFolder + table + ".jsonl")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 1<<16), rowLimit)
	if !lines.Scan() {
		return 0, errors.Join(errors.New("the line with the names of the columns is missing"), lines.Err())
	}
	var columns []string
	if err := json.Unmarshal(lines.Bytes(), &columns); err != nil {
		return 0, fmt.Errorf("names of the columns: %w", err)
	}
	if err := b.checkColumns(ctx, table, columns); err != nil {
		return 0, err
	}
	if err := begin(columns); err != nil {
		return 0, err
	}
	values := make([]any, 0, len(columns))
	for lines.Scan() {
		if values, err = appendRow(values[:0], lines.Bytes(), len(columns)); err == nil {
			err = row(values)
		}
		if err != nil {
			return n, fmt.Errorf("row %d: %w", n+1, err)
		}
		n++
		p.step()
	}
	if err := lines.Err(); err != nil {
		return n, fmt.Errorf("row %d: %w", n+1, err)
	}
	return n, nil
}

// rowLimit bounds a row of a table; real ones have some kilobytes at most.
const rowLimit = 16 << 20

// appendRow reads a line: an array of whole numbers, texts and nulls.
func appendRow(args []any, line []byte, columns int) ([]any, error) {
	if row, ok := appendNumbers(args, line); ok && len(row)-len(args) == columns {
		return row, nil
	}
	var values []json.RawMessage
	if err := json.Unmarshal(line, &values); err != nil {
		return args, err
	}
	if len(values) != columns {
		return args, fmt.Errorf("it has %d values for %d columns", len(values), columns)
	}
	for _, v := range values {
		var value any
		var err error
		switch {
		case string(v) == "null":
		case v[0] == '"':
			var text string
			err = json.Unmarshal(v, &text)
			value = text
		default:
			value, err = strconv.ParseInt(string(v), 10, 64)
		}
		if err != nil {
			return args, err
		}
		args = append(args, value)
	}
	return args, nil
}

// appendNumbers reads a line of short whole numbers and nulls without spaces, as most
// lines are, or gives up.
func appendNumbers(args []any, line []byte) ([]any, bool) {
	if len(line) < 3 || line[0] != '[' || line[len(line)-1] != ']' {
		return args, false
	}
	for field := range bytes.SplitSeq(line[1:len(line)-1], []byte{','}) {
		if string(field) == "null" {
			args = append(args, nil)
			continue
		}
		digits := bytes.TrimPrefix(field, []byte{'-'})
		if len(digits) == 0 || len(digits) > 18 || digits[0] == '0' && len(field) > 1 {
			return args, false
		}
		var n int64
		for _, c := range digits {
			if c < '0' || c > '9' {
				return args, false
			}
			n = n*10 + int64(c-'0')
		}
		if len(digits) < len(field) {
			n = -n
		}
		args = append(args, n)
	}
	return args, true
}

// checkColumns: only what the table has may stand in a statement.
func (b *batch) checkColumns(ctx context.Context, table string, columns []string) error {
	rows, err := b.tx.QueryContext(ctx, `SELECT * FROM `+table+` WHERE 1 = 0`)
	if err != nil {
		return err
	}
	defer rows.Close()
	known, err := rows.Columns()
	if err != nil {
		return err
	}
	for i, c := range columns {
		if !slices.Contains(known, c) || slices.Contains(columns[:i], c) {
			return fmt.Errorf("it has a column %q that the store has not", c)
		}
	}
	if len(columns) == 0 {
		return errors.New("it has no columns")
	}
	return rows.Err()
}

// insertRows is the statement that inserts so many rows.
func insertRows(table string, columns []string, rows int) string {
	all := make([]string, rows)
	for r := range all {
		one := make([]string, len(columns))
		for c := range one {
			one[c] = fmt.Sprintf("$%d", r*len(columns)+c+1)
		}
		all[r] = "(" + strings.Join(one, ", ") + ")"
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES %s", table, strings.Join(columns, ", "), strings.Join(all, ", "))
}
