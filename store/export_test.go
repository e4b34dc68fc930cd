package store

import (
	"context"
	"errors"
)

// MakeSchema makes the tables of an older schema in an empty PostgreSQL database.
func MakeSchema(ctx context.Context, address string, schema int64) (err error) {
	d, err := newPostgres(address)
	if err != nil {
		return err
	}
	write, read, err := d.connect()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, write.Close(), read.Close()) }()
	p, err := d.provider(write)
	if err != nil {
		return err
	}
	_, err = p.UpTo(ctx, schema)
	return err
}
