// Package blob keeps byte strings under their SHA-256: published files as they
// are, artifacts compressed. They lie in a folder or in a bucket of S3, under the
// same names: ab/cdef… for originals, ab/cdef….zst for artifacts, by the SHA-256
// of the bytes before compression. What is stored never changes; writing the same
// bytes again does nothing, and what is read is checked against its name. The
// package knows nothing of what the bytes mean.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// ErrMissing says that no blob has the name asked for.
var ErrMissing = errors.New("blob is missing")

// ErrDamaged says that a blob is not what its name says.
var ErrDamaged = errors.New("its content was changed")

// Store keeps blobs. Its methods may be called by many goroutines, and several
// programs may use one place.
type Store struct {
	place place
	enc   *zstd.Encoder
	dec   *zstd.Decoder
}

// place is where blobs lie, by a key. What lies there is whole.
type place interface {
	// get fails with fs.ErrNotExist where the key is not there.
	get(key string) ([]byte, error)
	// put does nothing where the key is there; only else are the bytes made.
	put(key string, bytes func() []byte) error
}

// Open opens the blobs at where: a folder, which is made where it is missing, or
// s3://bucket/prefix. Requests to S3 end with ctx.
func Open(ctx context.Context, where string) (*Store, error) {
	open := func() (place, error) { return openFolder(where) }
	if strings.HasPrefix(where, "s3://") {
		open = func() (place, error) { return openS3(ctx, where) }
	}
	p, err := open()
	if err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return nil, err
	}
	return &Store{place: p, enc: enc, dec: dec}, nil
}

// Close frees what the store holds.
func (s *Store) Close() error {
	s.dec.Close()
	return s.enc.Close()
}

// PutOriginal stores b as it is and returns its name.
func (s *Store) PutOriginal(b []byte) (string, error) {
	name := sum(b)
	if err := s.place.put(key(name), func() []byte { return b }); err != nil {
		return name, fmt.Errorf("store blob: %w", err)
	}
	return name, nil
}

// PutArtifact stores b compressed and returns its name.
func (s *Store) PutArtifact(b []byte) (string, error) {
	name := sum(b)
	if err := s.place.put(key(name)+".zst", func() []byte { return s.enc.EncodeAll(b, nil) }); err != nil {
		return name, fmt.Errorf("store blob: %w", err)
	}
	return name, nil
}

// Get returns the blob of this name and checks that it is whole.
func (s *Store) Get(name string) ([]byte, error) {
	if len(name) != 2*sha256.Size || strings.Trim(name, "0123456789abcdef") != "" {
		return nil, fmt.Errorf("read blob %q: not a SHA-256", name)
	}
	b, err := s.place.get(key(name) + ".zst")
	if err == nil {
		if b, err = s.dec.DecodeAll(b, nil); err != nil {
			err = fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	} else if errors.Is(err, fs.ErrNotExist) {
		if b, err = s.place.get(key(name)); errors.Is(err, fs.ErrNotExist) {
			err = ErrMissing
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read blob %s: %w", name, err)
	}
	if got := sum(b); got != name {
		return nil, fmt.Errorf("read blob %s: %w (it is %s)", name, ErrDamaged, got)
	}
	return b, nil
}

func key(name string) string { return name[:2] + "/" + name[2:] }

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}
