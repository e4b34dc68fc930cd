package export

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// File writes a file that is either not there (or what it was) or whole: under
// another name in the same folder, then renamed.
func File(path string, write func(io.Writer) error) (err error) {
	t, err := os.CreateTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, gone(os.Remove(t.Name())))
		}
	}()
	b := bufio.NewWriterSize(t, 1<<20)
	err = write(b)
	if err == nil {
		err = b.Flush()
	}
	if err == nil {
		err = t.Chmod(0o644)
	}
	if err == nil {
		err = t.Sync()
	}
	if err = errors.Join(err, t.Close()); err != nil {
		return err
	}
	if err := os.Rename(t.Name(), path); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// gone: what is to be removed may be gone already.
func gone(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// Folder writes a folder that is either not there or whole. There must be none of
// that name yet.
func Folder(path string, write func(dir string) error) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("export: %s: %w", path, os.ErrExist)
	} else if !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("export: %w", err)
	}
	t, err := os.MkdirTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(t))
		}
	}()
	if err := os.Chmod(t, 0o755); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if err := write(t); err != nil {
		return err
	}
	if err := os.Rename(t, path); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// ZipFolder writes what fill puts into a folder as one zip file.
func ZipFolder(ctx context.Context, path string, fill func(dir string) error) (err error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := fill(dir); err != nil {
		return err
	}
	return File(path, func(w io.Writer) error { return Zip(ctx, w, dir) })
}
