// Package blob keeps byte strings under their SHA-256: published files as they
// are, artifacts compressed. What is stored never changes; writing the same
// bytes again does nothing. It knows nothing of what the bytes mean.
package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// ErrMissing says that no blob has the name asked for.
var ErrMissing = errors.New("blob is missing")

// Folder keeps blobs as files: ab/cdef… for originals, ab/cdef….zst for
// artifacts, named by the SHA-256 of the bytes before compression.
type Folder struct {
	dir string
	enc *zstd.Encoder
	dec *zstd.Decoder
}

// Open opens the folder of blobs at dir and makes it where it is missing.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
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
	return &Folder{dir: dir, enc: enc, dec: dec}, nil
}

// Close frees what the folder holds.
func (f *Folder) Close() error {
	f.dec.Close()
	return f.enc.Close()
}

// PutOriginal stores b as it is and returns its name.
func (f *Folder) PutOriginal(b []byte) (string, error) {
	name := sum(b)
	return name, f.put(f.path(name), func() []byte { return b })
}

// PutArtifact stores b compressed and returns its name.
func (f *Folder) PutArtifact(b []byte) (string, error) {
	name := sum(b)
	return name, f.put(f.path(name)+".zst", func() []byte { return f.enc.EncodeAll(b, nil) })
}

// Get returns the blob of this name and checks that it is whole.
func (f *Folder) Get(name string) ([]byte, error) {
	if len(name) != 2*sha256.Size {
		return nil, fmt.Errorf("read blob %q: not a SHA-256", name)
	}
	path := f.path(name)
	b, err := os.ReadFile(path + ".zst")
	switch {
	case err == nil:
		if b, err = f.dec.DecodeAll(b, nil); err != nil {
			return nil, fmt.Errorf("read blob %s: %w", name, err)
		}
	case errors.Is(err, fs.ErrNotExist):
		if b, err = os.ReadFile(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read blob %s: %w", name, ErrMissing)
		}
		fallthrough
	default:
		if err != nil {
			return nil, fmt.Errorf("read blob %s: %w", name, err)
		}
	}
	if got := sum(b); got != name {
		return nil, fmt.Errorf("read blob %s: its content was changed (it is %s)", name, got)
	}
	return b, nil
}

// put writes a file that is either not there or whole: to a temporary name in
// the same folder, to the disk, then renamed.
func (f *Folder) put(path string, encoded func() []byte) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("store blob: %w", err)
	}
	t, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return fmt.Errorf("store blob: %w", err)
	}
	defer os.Remove(t.Name()) // does nothing once it is renamed
	_, err = t.Write(encoded())
	if err == nil {
		err = t.Chmod(0o644)
	}
	if err == nil {
		err = t.Sync()
	}
	if err = errors.Join(err, t.Close()); err != nil {
		return fmt.Errorf("store blob: %w", err)
	}
	if err := os.Rename(t.Name(), path); err != nil {
		return fmt.Errorf("store blob: %w", err)
	}
	return nil
}

func (f *Folder) path(name string) string {
	return filepath.Join(f.dir, name[:2], name[2:])
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}
