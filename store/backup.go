package store

import (
	"archive/zip"
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/klauspost/compress/flate"

	"nianbao/store/blob"
)

// A backup is a ZIP file that both databases can be restored from:
//
//	tables/NAME.jsonl   the rows of a table, one JSON array a line; the first
//	                    line names the columns
//	originals/SHA-256   the published files, where asked for
//	artifacts/SHA-256   what was derived from them, where asked for
//	manifest.json       what there is; it comes last, so a file that has it is whole
const (
	backupFormat   = "nianbao backup 1"
	manifestName   = "manifest.json"
	tablesFolder   = "tables/"
	originalFolder = "originals/"
	artifactFolder = "artifacts/"
)

// tables are the tables of the store and the order of their rows in a backup. A
// table comes after those that its rows point to.
var tables = []struct{ name, order string }{
	{"source", "sha256"},
	{"sighting", "id"},
	{"derivation", "step, input, version"},
	{"activation", "step"},
	{"agency", "id"},
	{"cell", "id"},
	{"report", "id"},
	{"observation", "report, cell"},
	{"observation_wide", "report, cell"},
	{"finding", "report, seq"},
	{"member", "archive, seq"},
	{"link", "report, seq, name"},
	{"attachment", "report, page"},
	{"twin", "report"},
	{"twin_finding", "report, seq"},
	{"twin_doubt", "report, cell"},
	{"twin_cell", "report, cell"},
	{"correction", "id"},
	{"identity", "report"},
	{"decision", "id"},
}

// Backup says what a backup holds.
type Backup struct {
	Format  string           `json:"format"`
	Schema  int64            `json:"schema"` // number of the newest migration
	Made    string           `json:"made"`
	Tables  map[string]int64 `json:"tables"`            // rows by table
	Blobs   int64            `json:"blobs"`             // how many are in it
	Missing []string         `json:"missing,omitempty"` // blobs that should be in it, and why they are not
}

// Progress is told how far a long run is.
type Progress func(done, all int64)

// Backup writes a copy of the store as it is now to w, with the published files
// and the artifacts where blobs is set. Others may go on writing to the store
// meanwhile.
func (s *Store) Backup(ctx context.Context, w io.Writer, blobs bool, told Progress) (_ Backup, err error) {
	defer wrap(&err, "back up the store")
	b := Backup{Format: backupFormat, Made: s.timestamp(), Tables: map[string]int64{}}
	if b.Schema, err = s.provider.GetDBVersion(ctx); err != nil {
		return b, err
	}
	txs, err := s.dialect.snapshots(ctx, s.read, 1)
	if err != nil {
		return b, err
	}
	tx := txs[0]
	defer func() { err = errors.Join(err, rollback(txs)) }()

	p := tracker{told: told}
	counts := make([]string, 0, len(tables)+2)
	for _, t := range tables {
		counts = append(counts, t.name)
	}
	if blobs {
		counts = append(counts, originals, artifacts)
	}
	for _, from := range counts {
		var n int64
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+from).Scan(&n); err != nil {
			return b, err
		}
		p.all += n
	}

	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.DefaultCompression)
	})
	for _, t := range tables {
		f, err := z.Create(tablesFolder + t.name + ".jsonl")
		if err != nil {
			return b, err
		}
		if b.Tables[t.name], err = dump(ctx, tx, f, `SELECT * FROM `+t.name+` ORDER BY `+t.order, &p); err != nil {
			return b, fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	if blobs {
		for _, kind := range []struct{ from, folder string }{{originals, originalFolder}, {artifacts, artifactFolder}} {
			if err := s.dumpBlobs(ctx, tx, z, kind.from, kind.folder, &b, &p); err != nil {
				return b, err
			}
		}
	}
	f, err := z.CreateHeader(&zip.FileHeader{Name: manifestName, Method: zip.Deflate, Modified: time.Time{}})
	if err != nil {
		return b, err
	}
	e := json.NewEncoder(f)
	e.SetIndent("", "  ")
	if err := e.Encode(b); err != nil {
		return b, err
	}
	return b, z.Close()
}

// The names of the blobs.
const (
	originals = `(SELECT sha256 AS name FROM source) blobs`
	artifacts = `(SELECT DISTINCT output AS name FROM derivation WHERE output IS NOT NULL) blobs`
)

// tracker counts what is done.
type tracker struct {
	told      Progress
	done, all int64
}

// often is after how many rows progress is told.
const often = 10_000

func (p *tracker) step() {
	p.done++
	if p.told != nil && (p.done%often == 0 || p.done == p.all) {
		p.told(p.done, p.all)
	}
}

// dump writes the rows of a query as lines of JSON.
func dump(ctx context.Context, tx *sql.Tx, w io.Writer, query string, p *tracker) (n int64, err error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	if err := json.NewEncoder(out).Encode(columns); err != nil {
		return 0, err
	}
	values, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	var line []byte
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return n, err
		}
		line = line[:0]
		for i, v := range values {
			line = append(line, "[,"[min(i, 1)])
			if line, err = appendValue(line, v); err != nil {
				return n, fmt.Errorf("column %s: %w", columns[i], err)
			}
		}
		if _, err := out.Write(append(line, ']', '\n')); err != nil {
			return n, err
		}
		n++
		p.step()
	}
	return n, errors.Join(rows.Err(), out.Flush())
}

func appendValue(line []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(line, "null"...), nil
	case int64:
		return strconv.AppendInt(line, v, 10), nil
	case string:
		b, err := json.Marshal(v)
		return append(line, b...), err
	}
	return line, fmt.Errorf("a value is a %T: only whole numbers and texts can be backed up", v)
}

func (s *Store) dumpBlobs(ctx context.Context, tx *sql.Tx, z *zip.Writer, from, folder string, b *Backup, p *tracker) error {
	rows, err := tx.QueryContext(ctx, `SELECT name FROM `+from+` ORDER BY name`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		p.step()
		content, err := s.Get(name)
		if errors.Is(err, blob.ErrMissing) || errors.Is(err, blob.ErrDamaged) {
			// The rest is worth saving.
			b.Missing = append(b.Missing, err.Error())
			continue
		}
		if err != nil {
			return err
		}
		f, err := z.Create(folder + name)
		if err != nil {
			return err
		}
		if _, err := f.Write(content); err != nil {
			return err
		}
		b.Blobs++
	}
	return rows.Err()
}
