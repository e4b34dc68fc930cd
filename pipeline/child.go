package pipeline

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"time"

	"nianbao/extract"
	"nianbao/process"
)

// worker is the parent's side of one child process.
type worker struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.Reader
	stderr *process.Stderr
	served int
}

// limitCheck is how often a busy worker's memory and processor time are looked at.
const limitCheck = 100 * time.Millisecond

// patience is how much longer than its processor time a file may take, so that
// a busy machine refuses the same files as an idle one.
const patience = 5

// answer is one message of a worker.
type answer struct {
	rep    reply
	frames [][]byte
	err    error
}

// listen passes on the messages of a worker up to the one that ends its work on
// a request, or until done is closed.
func (w *worker) listen(answers chan<- answer, done <-chan struct{}) {
	for {
		var a answer
		a.frames, a.err = readMessage(w.out, &a.rep, 2)
		select {
		case answers <- a:
		case <-done:
			return
		}
		if a.err != nil || a.rep.Progress == nil && !a.rep.Member {
			return
		}
	}
}

// do sends one request and waits for the reply, the end of ctx, or a limit,
// which it reports as a *extract.Refusal. Whenever a page is begun, the limits on
// time start anew. After any error the worker must be killed: its stream is in an
// unknown state.
func (w *worker) do(ctx context.Context, req request, input []byte, l Limits, h hooks) (*Result, error) {
	answers := make(chan answer)
	done := make(chan struct{})
	defer close(done)
	go func() {
		// A broken pipe here shows as a missing reply below.
		_ = writeMessage(w.in, req, input)
	}()
	go w.listen(answers, done)

	allowed := time.Duration(l.Longest) * l.Time // for the whole of a file with pages
	var whole <-chan time.Time
	timeout := time.NewTimer(patience * l.Time)
	defer timeout.Stop()
	check := time.NewTicker(limitCheck)
	defer check.Stop()
	pid := w.cmd.Process.Pid
	start := process.Time(pid)
	used := start
	what := "it" // is being read
	for {
		select {
		case a := <-answers:
			if a.err != nil {
				return nil, fmt.Errorf("read a worker's reply: %w", a.err)
			}
			if a.rep.Member {
				if err := h.member(a.frames[0]); err != nil {
					return nil, &keepError{err}
				}
				continue
			}
			if at := a.rep.Progress; at != nil {
				timeout.Reset(patience * l.Time)
				if whole == nil {
					whole = time.After(patience * allowed)
				}
				used = process.Time(pid)
				what = fmt.Sprintf("page %d of %d", at.Page, at.Pages)
				h.progress(at.Page, at.Pages)
				continue
			}
			w.served++
			return &Result{
				MediaType: a.rep.MediaType, Pages: a.rep.Pages, Tool: a.rep.Tool, Failed: a.rep.Failed, Refusal: a.rep.Refusal,
				Document: orNil(a.frames[0]), Report: orNil(a.frames[1]),
			}, nil
		case <-check.C:
			if process.Memory(pid) > l.Memory {
				return nil, &extract.Refusal{
					Code:   extract.RefusedTooLarge,
					Detail: fmt.Sprintf("reading it takes more than %d MB of memory; raise --memory if the file is sound", l.Memory>>20),
				}
			}
			switch now := process.Time(pid); {
			case now-used > l.Time:
				return nil, tooSlow(what, l.Time)
			case now-start > allowed:
				return nil, tooSlow("it", allowed)
			}
		case <-timeout.C:
			return nil, tooSlow(what, l.Time)
		case <-whole:
			return nil, tooSlow("it", allowed)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// hooks are told what happens while a worker is busy.
type hooks struct {
	progress func(page, pages int)
	member   func(content []byte) error
}

// keepError says that a file of an archive could not be kept, which is no fault
// of the archive.
type keepError struct{ error }

func (e *keepError) Unwrap() error { return e.error }

func tooSlow(what string, limit time.Duration) *extract.Refusal {
	return &extract.Refusal{
		Code:   extract.RefusedTooLarge,
		Detail: fmt.Sprintf("reading %s takes more than %v; raise --timeout if the file is sound", what, limit),
	}
}

func orNil(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}
