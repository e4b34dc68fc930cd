package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the database/sql driver "sqlite"
)

const databaseName = "nianbao.db"

// sqlite keeps the database as a file of the data folder.
type sqlite struct {
	path string
	kept *statements
}

// statements are those that transactions of the writer used, prepared for all that
// follow: to prepare one takes about as long as to carry it out.
type statements struct {
	mu     sync.Mutex
	byText map[string]*sql.Stmt
}

// mostStatements is how many are kept: texts with lists have any number of forms.
const mostStatements = 200

func (s *statements) get(query string) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byText[query]
}

// keep prepares statements. It waits for the connection, so no transaction may be
// open here. One that fails is prepared by the transaction that needs it.
func (s *statements) keep(ctx context.Context, db *sql.DB, queries []string) {
	for _, q := range queries {
		s.mu.Lock()
		known := s.byText[q] != nil || len(s.byText) >= mostStatements
		s.mu.Unlock()
		if known {
			continue
		}
		prepared, err := db.PrepareContext(ctx, q)
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.byText[q] == nil {
			s.byText[q], prepared = prepared, nil
		}
		s.mu.Unlock()
		if prepared != nil { // another one came first
			_ = prepared.Close()
		}
	}
}

func (d sqlite) exists(context.Context) (bool, error) {
	_, err := os.Stat(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (d sqlite) connect() (write, read *sql.DB, err error) {
	if err := os.MkdirAll(filepath.Dir(d.path), 0o755); err != nil {
		return nil, nil, err
	}
	// Committed rows survive a crash of the program; after a power cut the last
	// ones may be missing, and are derived again.
	dsn := "file:" + d.path +
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_txlock=immediate"
	// The writer keeps more pages: hashes go into the indexes at random places.
	if write, err = sql.Open("sqlite", dsn+"&_pragma=cache_size(-65536)"); err != nil {
		return nil, nil, err
	}
	write.SetMaxOpenConns(1) // there is one writer
	if read, err = sql.Open("sqlite", dsn); err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(readers)
	return write, read, nil
}

func (d sqlite) provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, files)
}

// begin: the transaction takes the lock of the file at once, as the data source
// name asks for.
func (d sqlite) begin(ctx context.Context, db *sql.DB) (transaction, error) {
	tx, err := db.BeginTx(ctx, nil)
	return &sqliteTx{tx: tx, db: db, kept: d.kept, statements: map[string]*sql.Stmt{}}, err
}

// sqliteTx prepares its statements, as most are used again.
type sqliteTx struct {
	tx         *sql.Tx
	db         *sql.DB
	kept       *statements
	statements map[string]*sql.Stmt // of this transaction, with which they end
	fresh      []string             // those of them that are not kept
}

func (t *sqliteTx) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := t.statements[query]; s != nil {
		return s, nil
	}
	if kept := t.kept.get(query); kept != nil {
		s := t.tx.StmtContext(ctx, kept)
		t.statements[query] = s
		return s, nil
	}
	s, err := t.tx.PrepareContext(ctx, query)
	if err == nil {
		t.statements[query] = s
		t.fresh = append(t.fresh, query)
	}
	return s, err
}

func (t *sqliteTx) exec(ctx context.Context, query string, args []any) error {
	s, err := t.prepared(ctx, query)
	if err == nil {
		_, err = s.ExecContext(ctx, args...)
	}
	return err
}

func (t *sqliteTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := t.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (t *sqliteTx) commit(ctx context.Context) error {
	if err := t.tx.Commit(); err != nil {
		return err
	}
	t.kept.keep(ctx, t.db, t.fresh)
	return nil
}

func (t *sqliteTx) rollback() error { return t.tx.Rollback() }

// snapshots: a transaction that only reads sees the file as it was when it first read.
// Where nobody committed meanwhile, they see the same: data_version, asked on one
// connection, changes with every commit of others. Where somebody does all the time
// there is one.
func (d sqlite) snapshots(ctx context.Context, db *sql.DB, most int) (txs []*sql.Tx, err error) {
	begin := func() error {
		tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return err
		}
		txs = append(txs, tx)
		var n int
		return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM activation`).Scan(&n)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, rollback(txs))
		}
	}()
	if most < 2 {
		err = begin()
		return txs, err
	}
	watch, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, watch.Close()) }()
	const tries = 3
	for range tries {
		var before, after int64
		if err := watch.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&before); err != nil {
			return nil, err
		}
		for range most {
			if err := begin(); err != nil {
				return txs, err
			}
		}
		if err := watch.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&after); err != nil {
			return txs, err
		}
		if after == before {
			return txs, nil
		}
		if err := rollback(txs); err != nil {
			return nil, err
		}
		txs = nil
	}
	err = begin()
	return txs, err
}

// rowsAtOnce is how many observations one statement inserts. More gain nothing.
const rowsAtOnce = 32

var (
	insertObservation  = `INSERT INTO observation (report, cell, value, flags) VALUES (?, ?, ?, ?)`
	insertObservations = insertObservation + strings.Repeat(", (?, ?, ?, ?)", rowsAtOnce-1)
)

func (d sqlite) observations() string { return "observation" }

func (d sqlite) insertObservations(ctx context.Context, b *batch, report int64, rows []row) error {
	args := make([]any, 0, 4*rowsAtOnce)
	for len(rows) > 0 {
		n, query := rowsAtOnce, insertObservations
		if len(rows) < n {
			n, query = 1, insertObservation
		}
		args = args[:0]
		for i := range rows[:n] {
			args = append(args, report, rows[i].cell, rows[i].value, rows[i].flags)
		}
		if err := b.exec(ctx, query, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (d sqlite) checkpoint(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err
}

func (d sqlite) String() string { return d.path }
