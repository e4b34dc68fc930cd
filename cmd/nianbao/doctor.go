package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"nianbao/extract/ocr/engine"
	"nianbao/extract/office/libreoffice"
	"nianbao/extract/pdf"
	"nianbao/pipeline"
	"nianbao/store"
)

type doctorCmd struct{ limitFlags }

func (c *doctorCmd) Help() string {
	return `Exit status: 0 all is well, 1 something must be mended first; the line says what.`
}

func (c *doctorCmd) Run(a *app) error {
	if err := c.validate(); err != nil {
		return err
	}
	bad := 0
	say := func(what string, err error, ok, hint string) {
		if err == nil {
			fmt.Fprintf(a.out, "ok    %-14s %s\n", what, ok)
			return
		}
		bad++
		fmt.Fprintf(a.out, "FAIL  %-14s %v\n      %-14s %s\n", what, err, "", hint)
	}

	jobs := c.Jobs
	if jobs == 0 {
		jobs = runtime.NumCPU()
	}
	say("program", nil, fmt.Sprintf("%s, %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH), "")
	say("limits", nil, fmt.Sprintf("%d at a time; each file at most %v, %d MB of memory, %d MB of size",
		jobs, c.Timeout, c.Memory, pipeline.DefaultLimits().Input>>20), "")

	c.store(a, say)
	cache := cacheDir()
	if cache == "" {
		say("cache folder", fmt.Errorf("no home folder is set"), "", "set HOME or XDG_CACHE_HOME; without it some PDFs take seconds longer")
	} else {
		say("cache folder", writable(cache), cache+" is writable", "set XDG_CACHE_HOME to a writable folder; without it some PDFs take seconds longer")
	}

	pool := c.pool(a)
	defer pool.Close()
	start := time.Now()
	_, err := pool.Do(a.ctx, pipeline.Extract, []byte("年报"), nil)
	say("worker", err, fmt.Sprintf("starts and answers in %v", time.Since(start).Round(time.Millisecond)), "the program must be able to start itself; check that its file is executable")
	start = time.Now()
	err = pdf.Prepare(cache)
	say("PDF engine", err, fmt.Sprintf("PDFium starts in %v", time.Since(start).Round(time.Millisecond)), "make the cache folder writable and leave 300 MB of memory free")
	font, err := pdf.ChineseFont()
	say("Chinese font", err, font, "apt-get install fonts-arphic-uming; without one, PDFs that do not embed their fonts come under review")
	none := func(what, why, hint string) {
		fmt.Fprintf(a.out, "none  %-14s %s\n      %-14s %s\n", what, why, "", hint)
	}
	if program := engine.Find(); program == "" {
		none("OCR", "there is no "+engine.Program+"; scans are not read", "build it by: go tool task build; it must lie beside this program or on PATH, or NIANBAO_OCR name it")
	} else if c, err := engine.Start(a.ctx, program, engine.DefaultLimits()); err != nil {
		say("OCR", err, "", "build it anew by: go tool task build; it needs the Debian packages libtesseract5, tesseract-ocr-eng and tesseract-ocr-chi-sim")
	} else {
		c.Close()
		for _, e := range c.Info().Engines {
			say("OCR", nil, e.String(), "")
		}
		for _, m := range c.Info().Missing {
			none("OCR", m.Name+": "+m.Reason, "without it, more values of scans come under review")
		}
	}
	if office := libreoffice.New(); office.Program == "" {
		none("LibreOffice", "not installed; .doc files of Word 6 and 95 and other rare office files are not read", libreoffice.Install)
	} else {
		version, err := office.Version(a.ctx)
		say("LibreOffice", err, version, "install it anew: "+libreoffice.Install)
	}
	if bad > 0 {
		return &exitError{code: exitSome, msg: fmt.Sprintf("%d of the above must be mended", bad)}
	}
	return nil
}

// store checks where rows and files are kept.
func (c *doctorCmd) store(a *app, say func(what string, err error, ok, hint string)) {
	if a.db == "" || a.blob == "" {
		err := writable(a.data)
		say("data folder", err, a.data+" is writable", "make the folder writable, or name another one: --data DIR")
		if err != nil {
			return
		}
	}
	ok, hint := "opens and is up to date", "if it is damaged, move the folder away and add the reports again, or restore a backup"
	if a.db != "" {
		hint = "check the address given by --db or NIANBAO_DB, and that the server lets this user make tables"
	}
	if a.blob != "" {
		hint += "; check the place given by --blobs or NIANBAO_BLOBS"
	}
	s, err := store.Open(a.ctx, a.data, a.where()...)
	if err == nil {
		ok = s.Database() + " " + ok
		if a.blob != "" { // a bucket may let itself be read and not written
			_, err = s.PutArtifact([]byte("nianbao doctor"))
		}
		err = errors.Join(err, s.Close())
	}
	say("database", err, ok, hint)
}

// writable makes dir where it is missing and writes a file into it.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	name := f.Name()
	if err := f.Close(); err != nil {
		return err
	}
	return os.Remove(filepath.Clean(name))
}
