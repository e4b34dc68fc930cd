// Package store keeps what was seen, what was derived from it, and the rows that
// comparing needs, in one SQL database; published files and artifacts lie beside
// it as blobs (package blob). Everything in its rows can be rebuilt from the
// originals and sightings.
//
// It runs on SQLite. Its SQL keeps to what PostgreSQL also understands, and
// package storetest says what a second backend has to do. It reads no reports
// and derives nothing itself.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the database/sql driver "sqlite"

	"nianbao/normalize"
	"nianbao/store/blob"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Source is one published file, known by its bytes.
type Source struct {
	SHA256 string
	Size   int64
	Path   string // where it was seen
}

// Versions are the versions of the steps whose outputs are wanted. What extract
// makes of a file that needed OCR depends on the OCR engines too: OCR is their
// identity, or "" where no stored file is known to depend on it.
type Versions struct{ Extract, OCR, Normalize, Index string }

// ocrMark stands between the version of extract and the identity of the engines.
const ocrMark = "+ocr:"

// Recognised is the version under which extract's outputs are kept for files
// that needed OCR.
func (v Versions) Recognised() string {
	if v.OCR == "" {
		return v.Extract
	}
	return v.Extract + ocrMark + v.OCR
}

// Pending is a source whose rows are not what Versions would make them. What is
// already derived is filled in.
type Pending struct {
	Source
	Document string // Document artifact, "" where it is yet to be made
	Report   string // Report artifact, "" where it is yet to be made
	Refusal  string // why a step failed, as JSON, or ""
}

// Derivation is what one step made of one input: Output or Error is set.
type Derivation struct {
	Step, Input, Version string
	Output               string // SHA-256 of the artifact
	Error                string // the refusal as JSON
}

// Rows are the live rows of one source.
type Rows struct {
	Source    string
	Basis     string // the Report artifact, or the refusal as JSON
	Version   string // of the index step
	MediaType string
	Pages     int
	Report    *normalize.Report
}

// Store is an open database and its blobs. Its methods may be called by many
// goroutines and processes; writers wait for one another.
type Store struct {
	*blob.Folder
	dir   string
	write *sql.DB // one connection: SQLite has one writer
	read  *sql.DB
	now   func() time.Time
}

// ErrNone says that the data folder holds no store yet.
var ErrNone = errors.New("nothing is stored there yet")

// Open opens the store in dir and makes it where it is missing.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return open(ctx, dir)
}

// OpenExisting opens the store in dir, or fails with ErrNone.
func OpenExisting(ctx context.Context, dir string) (*Store, error) {
	if _, err := os.Stat(filepath.Join(dir, databaseName)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open store %s: %w", dir, ErrNone)
	} else if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return open(ctx, dir)
}

const databaseName = "nianbao.db"

func open(ctx context.Context, dir string) (_ *Store, err error) {
	s := &Store{dir: dir, now: time.Now}
	defer func() {
		if err != nil {
			s.Close()
			err = fmt.Errorf("open store %s: %w", dir, err)
		}
	}()
	// Committed rows survive a crash of the program; after a power cut the last
	// ones may be missing, and are derived again.
	dsn := "file:" + filepath.Join(dir, databaseName) +
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_txlock=immediate"
	if s.write, err = sql.Open("sqlite", dsn); err != nil {
		return nil, err
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite", dsn); err != nil {
		return nil, err
	}
	s.read.SetMaxOpenConns(4)
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.write, sub)
	if err != nil {
		return nil, err
	}
	if _, err = p.Up(ctx); err != nil {
		return nil, fmt.Errorf("bring the database up to date: %w", err)
	}
	if s.Folder, err = blob.Open(filepath.Join(dir, "blobs")); err != nil {
		return nil, err
	}
	return s, nil
}

// Close closes the database and the blobs.
func (s *Store) Close() error {
	var err error
	if s.read != nil {
		err = errors.Join(err, s.read.Close())
	}
	if s.write != nil {
		err = errors.Join(err, s.write.Close())
	}
	if s.Folder != nil {
		err = errors.Join(err, s.Folder.Close())
	}
	return err
}

// tx runs f in a writing transaction.
func (s *Store) tx(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return tx.Commit()
}

// ignoreDone: a transaction whose context ended is rolled back already.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

func (s *Store) timestamp() string { return s.now().UTC().Format(time.RFC3339) }

// Checkpoint brings all that is committed from the log into the database file.
func (s *Store) Checkpoint(ctx context.Context) error {
	if _, err := s.write.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}
