package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"nianbao/pipeline"
)

// limitFlags are the flags of the commands that read files.
type limitFlags struct {
	Jobs int `help:"Files read at a time (default: one a processor core)." placeholder:"N"`
	fileLimitFlags
}

// fileLimitFlags are the flags of the commands that open a file.
type fileLimitFlags struct {
	Timeout time.Duration `help:"Limit on the processor time for one file, or for one page of a scan; it may take five times as long." default:"20s"`
	Memory  int64         `help:"Memory limit for one file, in MB." default:"512" placeholder:"MB"`
}

func (f limitFlags) validate() error {
	if f.Jobs < 0 {
		return usage("for example: --jobs 2", "--jobs must be positive")
	}
	return f.fileLimitFlags.validate()
}

func (f fileLimitFlags) validate() error {
	if f.Timeout <= 0 || f.Memory < 32 {
		return usage("for example: --timeout 20s --memory 512", "limits must be positive, and --memory at least 32")
	}
	return nil
}

// pool starts the pool of worker processes; the caller closes it.
func (f limitFlags) pool(a *app) *pipeline.Pool { return f.workers(a, f.Jobs) }

// workers starts a pool of so many processes, 0 for one a core.
func (f fileLimitFlags) workers(a *app, jobs int) *pipeline.Pool {
	l := pipeline.DefaultLimits()
	l.Jobs, l.Time, l.Memory = jobs, f.Timeout, f.Memory<<20
	return pipeline.NewPool(func() *exec.Cmd { // this program as a worker
		return pipeline.SelfCommand("worker", "--limit", f.Timeout.String(), "--cache", cacheDir(), "--ocr", a.ocr.program)()
	}, l)
}

// cacheDir is where compiled code is kept between runs: it saves the first PDF
// that needs the second engine some seconds.
func cacheDir() string {
	base, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(base, "nianbao")
}

// workerCmd is the child process in which files are parsed.
type workerCmd struct {
	Limit time.Duration `default:"20s"`
	Cache string
	OCR   string `name:"ocr"`
}

func (c *workerCmd) Run(*app) error {
	return pipeline.Worker(pipeline.Options{CacheDir: c.Cache, OCR: c.OCR, Print: printObservations}, c.Limit)
}
