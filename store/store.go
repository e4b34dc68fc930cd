// Package store keeps what was seen, what was derived from it, and the rows that
// comparing needs, in one SQL database; published files and artifacts lie beside
// it as blobs (package blob). Everything in its rows can be rebuilt from the
// originals, the sightings and what people said of cells.
//
// It runs on SQLite and on PostgreSQL with the same SQL and migrations; what they
// do differently is in sqlite.go and postgres.go, and package storetest says what
// both have to do. It reads no reports and derives nothing itself.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/pressly/goose/v3"

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
// makes of some files depends on a tool of the machine too: OCR and Office are the
// identities of the tools, or "" where no stored file is known to depend on one.
type Versions struct{ Extract, OCR, Office, Normalize, Index string }

// Tool is a program beside this one that extract needs for some files.
type Tool string

// Tools. A file needs one of them at most.
const (
	OCR    Tool = "ocr"    // for what is only shown as pixels
	Office Tool = "office" // for office files that no reader of ours reads
)

// mark stands between the version of extract and the identity of a tool.
func (t Tool) mark() string { return "+" + string(t) + ":" }

// By is the version under which extract's outputs are kept for files that needed
// a tool.
func (v Versions) By(t Tool) string {
	if id := *v.identity(t); id != "" {
		return v.Extract + t.mark() + id
	}
	return v.Extract
}

// Know notes the identity of a tool.
func (v *Versions) Know(t Tool, identity string) { *v.identity(t) = identity }

// Knows tells whether the identity of a tool is known.
func (v Versions) Knows(t Tool) bool { return *v.identity(t) != "" }

func (v *Versions) identity(t Tool) *string {
	switch t {
	case OCR:
		return &v.OCR
	case Office:
		return &v.Office
	}
	return new(string)
}

// Pending is a source whose rows are not what Versions would make them. What is
// already derived is filled in.
type Pending struct {
	Source
	Document string // Document artifact, "" where it is yet to be made
	Report   string // Report artifact, "" where it is yet to be made
	Refusal  string // why a step failed, as JSON, or ""
	// Corrections is the number of its newest correction, 0 where there is none.
	Corrections int64
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
	// Resolution says which agency the report counts for, and ResolvedBy by what that was
	// told; without it the report counts for the agency that it prints until it is
	// resolved.
	Resolution *Resolution
	ResolvedBy Resolver
}

// Store is an open database and its blobs. Its methods may be called by many
// goroutines and processes; writers wait for one another.
type Store struct {
	*blob.Store
	dialect  dialect
	write    *sql.DB
	read     *sql.DB
	provider *goose.Provider // of the migrations
	now      func() time.Time

	mu    sync.Mutex
	cells map[string]int64 // numbers of cells, which never change
}

// dialect is what the databases do differently.
type dialect interface {
	fmt.Stringer // where it is, for people
	exists(ctx context.Context) (bool, error)
	connect() (write, read *sql.DB, err error)
	provider(db *sql.DB) (*goose.Provider, error)

	// begin begins a transaction that waits for all other writers.
	begin(ctx context.Context, db *sql.DB) (transaction, error)
	// snapshots begins at most so many transactions, one at least, that see the store as
	// it is at one moment.
	snapshots(ctx context.Context, db *sql.DB, most int) ([]*sql.Tx, error)
	// observations is the table in which the observations of reports are; observation
	// shows a row for each.
	observations() string
	insertObservations(ctx context.Context, b *batch, report int64, rows []row) error
	checkpoint(ctx context.Context, db *sql.DB) error
}

// transaction is a writing transaction.
type transaction interface {
	queryer
	// exec may put a statement off until something is asked or the transaction ends:
	// what it fails with may be said then.
	exec(ctx context.Context, query string, args []any) error
	commit(ctx context.Context) error
	rollback() error
}

// readers is how many connections read at once.
const readers = 6

// location is where a store is.
type location struct{ dir, database, blobs string }

// Option says that a part of the store lies elsewhere than in the data folder.
type Option func(*location)

// WithDatabase keeps the rows in the PostgreSQL database of this address
// (postgres://user:password@host/name), in the data folder where it is empty.
func WithDatabase(address string) Option { return func(l *location) { l.database = address } }

// WithBlobs keeps the blobs where this says (see blob.Open), in the data folder
// where it is empty.
func WithBlobs(where string) Option { return func(l *location) { l.blobs = where } }

// ErrNone says that there is no store yet.
var ErrNone = errors.New("nothing is stored there yet")

// Open opens the store of the data folder dir and makes it where it is missing.
// Requests to S3 end with ctx.
func Open(ctx context.Context, dir string, options ...Option) (*Store, error) {
	return open(ctx, dir, options, true)
}

// OpenExisting opens the store of the data folder dir, or fails with ErrNone.
func OpenExisting(ctx context.Context, dir string, options ...Option) (*Store, error) {
	return open(ctx, dir, options, false)
}

func open(ctx context.Context, dir string, options []Option, create bool) (_ *Store, err error) {
	l := location{dir: dir}
	for _, o := range options {
		o(&l)
	}
	var d dialect = sqlite{filepath.Join(dir, databaseName), &statements{byText: map[string]*sql.Stmt{}}}
	if l.database != "" {
		if d, err = newPostgres(l.database); err != nil {
			return nil, fmt.Errorf("open store: %w", err)
		}
	}
	s := &Store{dialect: d, now: time.Now, cells: map[string]int64{}}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("open store %s: %w", d, err), s.Close())
		}
	}()
	if !create {
		if exists, err := d.exists(ctx); err != nil {
			return nil, err
		} else if !exists {
			return nil, ErrNone
		}
	}
	if s.write, s.read, err = d.connect(); err != nil {
		return nil, err
	}
	if s.provider, err = d.provider(s.write); err != nil {
		return nil, err
	}
	if err = s.migrate(ctx); err != nil {
		return nil, fmt.Errorf("bring the database up to date: %w", err)
	}
	if s.Store, err = blob.Open(ctx, cmp.Or(l.blobs, filepath.Join(dir, "blobs"))); err != nil {
		return nil, err
	}
	return s, nil
}

// migrate brings the tables up to date. Every migration is a transaction: of
// programs that open a store together, those that come too late with one fail as a
// whole, and look again what is left to do.
func (s *Store) migrate(ctx context.Context) (err error) {
	const tries, pause = 20, 100 * time.Millisecond
	for range tries {
		if _, err = s.provider.Up(ctx); err == nil {
			return s.complete(ctx)
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
	}
	return err
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
	if s.Store != nil {
		err = errors.Join(err, s.Store.Close())
	}
	return err
}

// Database says where the rows are, for people: the file, or the address of the
// server without its password.
func (s *Store) Database() string { return s.dialect.String() }

func (s *Store) timestamp() string { return s.now().UTC().Format(time.RFC3339) }

// Checkpoint brings all that is committed from SQLite's log into the database
// file.
func (s *Store) Checkpoint(ctx context.Context) error {
	if err := s.dialect.checkpoint(ctx, s.write); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}
