package pipeline

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"nianbao/extract"
	"nianbao/process"
	"nianbao/store"
)

// Limits bound what one file may cost.
type Limits struct {
	Jobs    int           // workers at a time; 0 means one a core
	Time    time.Duration // of the processor, for one file; for one page where OCR reads it
	Longest int           // how many times its time a file may take that OCR reads page by page
	Memory  int64         // resident bytes of one worker
	Input   int64         // bytes of one file
	Recycle int           // files after which a worker is replaced
}

// DefaultLimits suit reports: a text report takes milliseconds and megabytes.
func DefaultLimits() Limits {
	return Limits{
		Jobs:    runtime.NumCPU(),
		Time:    20 * time.Second,
		Longest: 200,
		Memory:  512 << 20,
		Input:   100 << 20,
		Recycle: 500,
	}
}

// Result is what the workers made of one file.
type Result struct {
	MediaType string
	Pages     int
	// Tool is what might make something else of the file if it were another one: it
	// was needed, whether it was at hand or not. "" where none was.
	Tool     store.Tool
	Document []byte           // artifact; nil where extract failed or was not asked for
	Report   []byte           // artifact; nil where a step failed
	Printed  []byte           // the observations, which Report lacks then; of Print only
	Failed   string           // the step that failed, or ""
	Refusal  *extract.Refusal // why it failed
}

// Pool runs workers: as many at a time as Limits.Jobs, each started when first
// needed and replaced after a kill, a crash or Limits.Recycle files. Its methods
// may be called by many goroutines.
type Pool struct {
	command func() *exec.Cmd
	limits  Limits
	slots   chan *worker // an empty slot is nil

	mu    sync.Mutex
	usage Usage
}

// Usage is what the workers that have ended used.
type Usage struct {
	CPU        time.Duration
	PeakMemory int64 // of the largest worker, in bytes
	Workers    int   // started
}

// NewPool makes a pool whose workers are started by command: a program that
// calls Worker, its standard streams untouched.
func NewPool(command func() *exec.Cmd, l Limits) *Pool {
	if l.Jobs <= 0 {
		l.Jobs = runtime.NumCPU()
	}
	p := &Pool{command: command, limits: l, slots: make(chan *worker, l.Jobs)}
	for range l.Jobs {
		p.slots <- nil
	}
	return p
}

// Jobs is the number of files that are worked on at a time.
func (p *Pool) Jobs() int { return p.limits.Jobs }

// Do carries out the steps from from on (Extract or Normalize) on input. What
// is wrong with the file is in the Result; an error means that ctx ended or
// that no worker can be started. If progress is set, it is told whenever OCR
// begins a page, counted from 1. What an archive holds is listed only.
func (p *Pool) Do(ctx context.Context, from string, input []byte, progress func(page, pages int)) (*Result, error) {
	return p.do(ctx, request{From: from}, input, hooks{progress: progress})
}

// Unpack is Do from Extract on for a file that may be an archive: member is given
// every file in it. Where a worker crashed on the way, the files come again.
func (p *Pool) Unpack(ctx context.Context, input []byte, progress func(page, pages int), member func(content []byte) error) (*Result, error) {
	return p.do(ctx, request{From: Extract}, input, hooks{progress, member})
}

// Print is Unpack for a Report that is printed and kept by nobody: its observations
// come as Options.Print of the worker gives them, which saves both sides the
// artifacts.
func (p *Pool) Print(ctx context.Context, input []byte, progress func(page, pages int), member func(content []byte) error) (*Result, error) {
	res, err := p.do(ctx, request{From: Extract, Print: true}, input, hooks{progress, member})
	if err != nil {
		return nil, err
	}
	if res.Refusal == nil {
		res.Printed = res.Document
	}
	res.Document = nil
	return res, nil
}

func (p *Pool) do(ctx context.Context, req request, input []byte, h hooks) (*Result, error) {
	var tool store.Tool
	res, err := p.ask(ctx, req, input, hooks{
		progress: func(page, pages int) {
			tool = store.OCR
			if h.progress != nil {
				h.progress(page, pages)
			}
		},
		member: func(content []byte) error {
			if h.member == nil {
				return nil
			}
			return h.member(content)
		},
	})
	if err != nil {
		return nil, err
	}
	// A file that was given up has no reply that could say so.
	res.Tool = cmp.Or(res.Tool, tool)
	return res, nil
}

// Draw makes a picture, in PNG, of a region of a published file. What is wrong
// with the file is an *extract.Refusal.
func (p *Pool) Draw(ctx context.Context, original []byte, r Region) ([]byte, error) {
	res, err := p.ask(ctx, request{Region: &r}, original, hooks{
		progress: func(int, int) {},
		member:   func([]byte) error { return nil },
	})
	switch {
	case err != nil:
		return nil, err
	case res.Refusal != nil:
		return nil, res.Refusal
	}
	return res.Document, nil
}

// ask has a worker answer one request.
func (p *Pool) ask(ctx context.Context, req request, input []byte, h hooks) (*Result, error) {
	if int64(len(input)) > p.limits.Input {
		return &Result{Failed: req.From, Refusal: TooLarge(p.limits.Input)}, nil
	}
	var w *worker
	select {
	case w = <-p.slots:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { p.slots <- w }()

	for attempt := 1; ; attempt++ {
		if w == nil {
			var err error
			if w, err = p.start(); err != nil {
				return nil, fmt.Errorf("start a worker: %w", err)
			}
		}
		res, err := w.do(ctx, req, input, p.limits, h)
		if err == nil {
			if w.served >= p.limits.Recycle || process.Memory(w.cmd.Process.Pid) > p.limits.Memory/2 {
				p.retire(w)
				w = nil
			}
			return res, nil
		}
		tail := p.kill(w)
		w = nil
		var refusal *extract.Refusal
		var keep *keepError
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.As(err, &keep):
			return nil, fmt.Errorf("keep a file of an archive: %w", keep.error)
		case errors.As(err, &refusal): // over a limit: a second try would fare no better
			return &Result{Failed: req.From, Refusal: refusal}, nil
		case attempt == 2:
			return &Result{Failed: req.From, Refusal: &extract.Refusal{
				Code:   extract.RefusedDamaged,
				Detail: "its reader crashed twice" + tail + "; the file is likely damaged: fetch it again, or open it in a viewer and save it anew",
			}}, nil
		}
	}
}

// TooLarge is the refusal of a file of more than limit bytes.
func TooLarge(limit int64) *extract.Refusal {
	return &extract.Refusal{
		Code:   extract.RefusedTooLarge,
		Detail: fmt.Sprintf("the file is larger than %d MB; split it, or raise the limit", limit>>20),
	}
}

// Close ends all workers. No Do may be under way or follow.
func (p *Pool) Close() {
	for range p.limits.Jobs {
		if w := <-p.slots; w != nil {
			p.retire(w)
		}
	}
}

// Usage tells what workers used so far; after Close it is complete.
func (p *Pool) Usage() Usage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.usage
}

func (p *Pool) start() (*worker, error) {
	cmd := p.command()
	cmd.SysProcAttr = process.Attributes()
	w := &worker{cmd: cmd, stderr: &process.Stderr{}}
	cmd.Stderr = w.stderr
	var err error
	if w.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.out = bufio.NewReader(out)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.usage.Workers++
	p.mu.Unlock()
	return w, nil
}

// retire lets a healthy worker end by itself.
func (p *Pool) retire(w *worker) {
	peak := process.PeakMemory(w.cmd.Process.Pid)
	w.in.Close()
	done := time.AfterFunc(2*time.Second, func() { w.cmd.Process.Kill() })
	w.cmd.Wait()
	done.Stop()
	p.count(w, peak)
}

// kill ends a worker at once and returns what it last said, for people.
func (p *Pool) kill(w *worker) string {
	peak := process.PeakMemory(w.cmd.Process.Pid)
	w.cmd.Process.Kill()
	w.in.Close()
	w.cmd.Wait()
	p.count(w, peak)
	if cause := w.stderr.Cause(); cause != "" {
		return " (" + cause + ")"
	}
	return ""
}

func (p *Pool) count(w *worker, peak int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.usage.PeakMemory = max(p.usage.PeakMemory, peak)
	if s := w.cmd.ProcessState; s != nil {
		p.usage.CPU += s.UserTime() + s.SystemTime()
	}
}

// SelfCommand starts this very program again, as a worker.
func SelfCommand(args ...string) func() *exec.Cmd {
	return func() *exec.Cmd {
		self, err := os.Executable()
		if err != nil {
			self = os.Args[0]
		}
		return exec.Command(self, args...)
	}
}
