package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// postgres keeps the database on a PostgreSQL server, in the first schema of the
// search path.
type postgres struct {
	config *pgx.ConnConfig
	name   string // without the password
}

// newPostgres reads the address of a database: postgres://user:password@host/name.
func newPostgres(address string) (postgres, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return postgres{}, errors.New("the address of the database must look like postgres://user:password@host/name")
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return postgres{}, err
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "nianbao"
	}
	q := u.Query()
	if q.Has("password") {
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return postgres{config: config, name: u.Redacted()}, nil
}

func (d postgres) String() string { return d.name }

func (d postgres) exists(ctx context.Context) (yes bool, err error) {
	db := stdlib.OpenDB(*d.config)
	defer db.Close()
	err = db.QueryRowContext(ctx, `SELECT to_regclass('goose_db_version') IS NOT NULL`).Scan(&yes)
	return yes, err
}

func (d postgres) connect() (write, read *sql.DB, err error) {
	write, read = stdlib.OpenDB(*d.config), stdlib.OpenDB(*d.config)
	for _, db := range []*sql.DB{write, read} {
		db.SetMaxOpenConns(readers)
		db.SetMaxIdleConns(readers)
	}
	return write, read, nil
}

func (d postgres) provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, translated{files})
}

// writers is the name of the lock that a writing transaction holds to its end.
const writers = 0x6e69616e62616f // "nianbao"

// begin waits for the other writers, of whatever program or machine: ids are
// given out in the order of commits, as SQLite does it. Every statement after
// the lock sees what the writer before has committed, which read committed (and
// no stricter level, whose snapshot would be older than the lock) stands for.
func (d postgres) begin(ctx context.Context, db *sql.DB) (transaction, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := c.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	t := &postgresTx{tx: tx, conn: c}
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(writers)); err != nil {
		return nil, errors.Join(fmt.Errorf("wait for other writers: %w", err), ignoreDone(t.rollback()))
	}
	return t, nil
}

// postgresTx sends statements that give nothing back together: a trip to the server
// and back takes longer than most of them. The driver keeps them prepared for as long
// as the connection lives.
type postgresTx struct {
	tx     *sql.Tx
	conn   *sql.Conn // that tx is on
	queued pgx.Batch
}

// together is how many statements wait at most.
const together = 1000

func (t *postgresTx) exec(ctx context.Context, query string, args []any) error {
	t.queued.Queue(query, slices.Clone(args)...) // the caller may use them again
	if t.queued.Len() < together {
		return ctx.Err()
	}
	return t.flush(ctx)
}

// flush sends what waits.
func (t *postgresTx) flush(ctx context.Context) error {
	if t.queued.Len() == 0 {
		return nil
	}
	b := t.queued
	t.queued = pgx.Batch{}
	return t.conn.Raw(func(c any) error { return c.(*stdlib.Conn).Conn().SendBatch(ctx, &b).Close() })
}

func (t *postgresTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	return t.tx.QueryContext(ctx, query, args...)
}

func (t *postgresTx) commit(ctx context.Context) error {
	if err := t.flush(ctx); err != nil {
		return errors.Join(err, ignoreDone(t.rollback()))
	}
	return errors.Join(t.tx.Commit(), t.conn.Close())
}

func (t *postgresTx) rollback() error { return errors.Join(t.tx.Rollback(), t.conn.Close()) }

// snapshots begins one: what a server reads beside it would take from the processors
// that are asked. Nor does the server get processes of its own for what is many rows and
// next to nothing done to them: to start them and hand rows on is two fifths of its time.
func (d postgres) snapshots(ctx context.Context, db *sql.DB, _ int) ([]*sql.Tx, error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, `SET LOCAL max_parallel_workers_per_gather = 0`); err != nil {
		return nil, errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return []*sql.Tx{tx}, nil
}

// observations: a row a report, of which the view observation makes one a cell.
func (d postgres) observations() string { return "observation_columns" }

func (d postgres) insertObservations(ctx context.Context, b *batch, report int64, rows []row) error {
	if len(rows) == 0 {
		return nil
	}
	cells, values, flags := make([]int16, len(rows)), make([]*int64, len(rows)), make([]int16, len(rows))
	for i := range rows {
		if rows[i].cell > math.MaxInt16 {
			return fmt.Errorf("more than %d different cells are stored", math.MaxInt16)
		}
		cells[i], flags[i] = int16(rows[i].cell), int16(rows[i].flags)
		if v, ok := rows[i].value.(int64); ok {
			values[i] = &v
		}
	}
	return b.exec(ctx, `INSERT INTO observation_columns (report, cells, vals, flags) VALUES ($1, $2, $3, $4)`, report, cells, values, flags)
}

// checkpoint: the server does it when it sees fit.
func (d postgres) checkpoint(context.Context, *sql.DB) error { return nil }

// translated are the migrations in the words of PostgreSQL. They are written for
// SQLite; three things are said differently.
type translated struct{ fs.FS }

func (t translated) Open(name string) (fs.File, error) {
	f, err := t.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return translatedFile{f, strings.NewReader(translate(string(b)))}, nil
}

type translatedFile struct {
	fs.File
	text io.Reader
}

func (f translatedFile) Read(b []byte) (int, error) { return f.text.Read(b) }

var (
	withoutRowID = regexp.MustCompile(`(?i)\)\s*WITHOUT\s+ROWID\s*;`)
	ownLine      = regexp.MustCompile(`(?m)^--postgres `)
	textColumn   = regexp.MustCompile(`(?im)(^[ \t]+\w+[ \t]+|\bADD COLUMN[ \t]+\w+[ \t]+)TEXT\b`)
)

// translate makes statements of the lines that are for PostgreSQL only, takes out
// WITHOUT ROWID, which is about how SQLite lays out a table, and makes text columns
// compare by their bytes, as SQLite does, so that both databases sort alike.
func translate(migration string) string {
	s := withoutRowID.ReplaceAllString(ownLine.ReplaceAllString(migration, ""), ");")
	return textColumn.ReplaceAllString(s, `${1}TEXT COLLATE "C"`)
}
