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
	Jobs    int           `help:"Files read at a time (default: one a processor core)." placeholder:"N"`
	Timeout time.Duration `help:"Limit on the processor time for one file; it may take five times as long." default:"20s"`
	Memory  int64         `help:"Memory limit for one file, in MB." default:"512" placeholder:"MB"`
}

func (f limitFlags) validate() error {
	if f.Jobs < 0 || f.Timeout <= 0 || f.Memory < 32 {
		return usage("for example: --jobs 2 --timeout 20s --memory 512", "limits must be positive, and --memory at least 32")
	}
	return nil
}

// pool starts the pool of worker processes; the caller closes it.
func (f limitFlags) pool() *pipeline.Pool {
	l := pipeline.DefaultLimits()
	l.Jobs, l.Time, l.Memory = f.Jobs, f.Timeout, f.Memory<<20
	return pipeline.NewPool(f.command, l)
}

// command starts this program as a worker.
func (f limitFlags) command() *exec.Cmd {
	return pipeline.SelfCommand("worker", "--limit", f.Timeout.String(), "--cache", cacheDir())()
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
}

func (c *workerCmd) Run(*app) error {
	return pipeline.Worker(pipeline.Options{CacheDir: c.Cache}, c.Limit)
}
