package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"nianbao/normalize"
)

// known is what a batch looked up of sources and paths, kept up as it writes.
type known struct {
	paths   map[string]string // the source seen last at a path, "" where there is none
	reports map[string]int64  // the report of a source, 0 where there is none
	// The last numbers given out, 0 where nobody asked yet.
	report, sighting, agency int64
}

// next gives out the number that follows all those of a table.
func (b *batch) next(ctx context.Context, last *int64, table string) (int64, error) {
	if *last == 0 {
		if err := b.scan(ctx, last, `SELECT COALESCE(MAX(id), 0) FROM `+table); err != nil {
			return 0, err
		}
	}
	*last++
	return *last, nil
}

// lastAt returns the source that was seen last at a path, "" where there is none.
func (b *batch) lastAt(ctx context.Context, path string) (string, error) {
	if _, ok := b.known.paths[path]; !ok {
		if err := b.learnPaths(ctx, []string{path}); err != nil {
			return "", err
		}
	}
	return b.known.paths[path], nil
}

// reportOf returns the number of the report of a source, 0 where there is none.
func (b *batch) reportOf(ctx context.Context, source string) (int64, error) {
	if _, ok := b.known.reports[source]; !ok {
		if err := b.learnReports(ctx, []string{source}); err != nil {
			return 0, err
		}
	}
	return b.known.reports[source], nil
}

// learn looks up at once what entries are going to ask for one by one.
func (b *batch) learn(ctx context.Context, entries []Entry) error {
	paths, sources, agencies := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range entries {
		e := &entries[i]
		paths[e.Source.Path], sources[e.Source.SHA256], sources[e.Rows.Source] = true, true, true
		agencies[e.Rows.agency().Name] = true
	}
	if err := b.learnPaths(ctx, slices.Sorted(maps.Keys(paths))); err != nil {
		return err
	}
	if err := b.learnReports(ctx, slices.Sorted(maps.Keys(sources))); err != nil {
		return err
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(agencies)), chunk) {
		var args []any
		text := `SELECT id, name, division FROM agency WHERE name IN (` + marks(&args, some) + `)`
		err := b.query(ctx, text, args, func(rows *sql.Rows) error {
			var id int64
			var a normalize.Agency
			err := rows.Scan(&id, &a.Name, &a.Division)
			b.agencies[a] = id
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) learnPaths(ctx context.Context, paths []string) error {
	for some := range slices.Chunk(paths, chunk) {
		var args []any
		text := `SELECT path, source FROM sighting WHERE id IN (
			SELECT MAX(id) FROM sighting WHERE path IN (` + marks(&args, some) + `) GROUP BY path)`
		stored := map[string]string{}
		err := b.query(ctx, text, args, func(rows *sql.Rows) error {
			var path, source string
			err := rows.Scan(&path, &source)
			stored[path] = source
			return err
		})
		if err != nil {
			return err
		}
		for i, path := range some {
			b.known.paths[path] = stored[args[i].(string)] // which is clean
		}
	}
	return nil
}

func (b *batch) learnReports(ctx context.Context, sources []string) error {
	for some := range slices.Chunk(sources, chunk) {
		for _, source := range some {
			b.known.reports[source] = 0
		}
		var args []any
		text := `SELECT id, source FROM report WHERE source IN (` + marks(&args, some) + `)`
		err := b.query(ctx, text, args, func(rows *sql.Rows) error {
			var id int64
			var source string
			err := rows.Scan(&id, &source)
			b.known.reports[source] = id
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
