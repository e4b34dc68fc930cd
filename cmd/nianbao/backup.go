package main

import (
	"archive/zip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"nianbao/store"
)

type backupCmd struct {
	File      string `arg:"" help:"File to write, such as nianbao.zip. It must not be there yet."`
	WithBlobs bool   `help:"Put in the files that were added and what was read from them too, not only their names."`
}

func (c *backupCmd) Help() string {
	return `The copy shows one moment, also while others add reports. It is a ZIP file of tables as lines of JSON, from
which SQLite and PostgreSQL can be restored alike. Without --with-blobs, copy the files by yourself (the folder
"blobs" of the data folder, or the bucket). A file that is there is whole: it gets its name at the end.

Exit status: 0 done, 1 some files that belong in it are missing or damaged, 2 nothing is stored yet, or FILE is
there already, 130 stopped.

Examples:
  nianbao backup nianbao-2026-11.zip
  nianbao backup all.zip --with-blobs --db postgres://nianbao@db.example/nianbao`
}

func (c *backupCmd) Run(a *app) error {
	if _, err := os.Lstat(c.File); err == nil {
		return usage("name another file, or move that one away", "%s is there already", c.File)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	b, size, err := c.write(a, s)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "saved     %s in %s, %d MB\n", holds(b), c.File, (size+1<<20-1)>>20)
	if len(b.Missing) == 0 {
		return nil
	}
	for i, m := range b.Missing {
		if i == maxListed {
			fmt.Fprintf(a.err, "  … and %d more (manifest.json in the backup lists all)\n", len(b.Missing)-i)
			break
		}
		fmt.Fprintf(a.err, "  %s\n", m)
	}
	return &exitError{code: exitSome, msg: count(len(b.Missing), "file") + " could not be put in", hint: "add the files again and run: nianbao add"}
}

// write writes to a temporary name in the same folder and renames it.
func (c *backupCmd) write(a *app, s *store.Store) (b store.Backup, size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(c.File), "."+filepath.Base(c.File)+".partial-*")
	if err != nil {
		return b, 0, err
	}
	defer os.Remove(f.Name()) // does nothing once it is renamed
	p := newProgress(a, "saving", 1)
	b, err = s.Backup(a.ctx, f, c.WithBlobs, p.reached)
	p.end()
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if info, stat := f.Stat(); stat == nil {
		size = info.Size()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return b, 0, err
	}
	return b, size, os.Rename(f.Name(), c.File)
}

// holds says what a backup holds.
func holds(b store.Backup) string {
	text := fmt.Sprintf("%s with %s", count(int(b.Tables["report"]), "report"), count(int(b.Tables["observation"]), "value"))
	if b.Blobs > 0 {
		text += fmt.Sprintf(" and %s", count(int(b.Blobs), "stored file"))
	}
	return text
}

type restoreCmd struct {
	File string `arg:"" help:"Backup to restore."`
}

func (c *restoreCmd) Help() string {
	return `The store must be empty: name a new data folder, or an empty database. All is restored or nothing. Backups of
older versions are brought up to date.

Exit status: 0 done, 1 the file is no whole backup, 2 something is stored there already, 130 stopped.

Examples:
  nianbao restore nianbao-2026-11.zip --data /srv/nianbao
  nianbao restore nianbao-2026-11.zip --db postgres://nianbao@db.example/nianbao`
}

func (c *restoreCmd) Run(a *app) error {
	z, err := zip.OpenReader(c.File)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("restore: %w", err) // it names the file
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", c.File, err)
	}
	defer z.Close()
	s, err := a.create()
	if err != nil {
		return err
	}
	defer s.Close()
	p := newProgress(a, "restoring", 1)
	b, err := s.Restore(a.ctx, &z.Reader, p.reached)
	p.end()
	if errors.Is(err, store.ErrNotEmpty) {
		return usage("name a new data folder or an empty database", "%s is not empty", s.Database())
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "restored  %s from %s\n", holds(b), c.File)
	if b.Blobs == 0 && b.Tables["source"] > 0 {
		fmt.Fprintln(a.err, "the files themselves are not in the backup: copy them to where --blobs says (else: the folder blobs in the data folder)")
	}
	return nil
}
