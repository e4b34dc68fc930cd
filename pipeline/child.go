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
	out    io.ReadCloser
	stderr *process.Stderr
	served int
}

// limitCheck is how often a busy worker's memory and processor time are looked at.
const limitCheck = 20 * time.Millisecond

// patience is how much longer than its processor time a file may take, so that
// a busy machine refuses the same files as an idle one.
const patience = 5

// do sends one request and waits for the reply, the end of ctx, or a limit,
// which it reports as a *extract.Refusal. After any error the worker must be
// killed: its stream is in an unknown state.
func (w *worker) do(ctx context.Context, from string, input []byte, l Limits) (*Result, error) {
	type answer struct {
		rep    reply
		frames [][]byte
		err    error
	}
	answers := make(chan answer, 1)
	go func() {
		// A broken pipe here shows as a missing reply below.
		_ = writeMessage(w.in, request{From: from}, input)
	}()
	go func() {
		var a answer
		a.frames, a.err = readMessage(w.out, &a.rep, 2)
		answers <- a
	}()

	timeout := time.NewTimer(patience * l.Time)
	defer timeout.Stop()
	check := time.NewTicker(limitCheck)
	defer check.Stop()
	pid := w.cmd.Process.Pid
	used := process.Time(pid)
	for {
		select {
		case a := <-answers:
			if a.err != nil {
				return nil, fmt.Errorf("read a worker's reply: %w", a.err)
			}
			w.served++
			return &Result{
				MediaType: a.rep.MediaType, Pages: a.rep.Pages, Failed: a.rep.Failed, Refusal: a.rep.Refusal,
				Document: orNil(a.frames[0]), Report: orNil(a.frames[1]),
			}, nil
		case <-check.C:
			if process.Memory(pid) > l.Memory {
				return nil, &extract.Refusal{
					Code:   extract.RefusedTooLarge,
					Detail: fmt.Sprintf("reading it takes more than %d MB of memory; raise --memory if the file is sound", l.Memory>>20),
				}
			}
			if process.Time(pid)-used > l.Time {
				return nil, tooSlow(l.Time)
			}
		case <-timeout.C:
			return nil, tooSlow(l.Time)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func tooSlow(limit time.Duration) *extract.Refusal {
	return &extract.Refusal{
		Code:   extract.RefusedTooLarge,
		Detail: fmt.Sprintf("reading it takes more than %v; raise --timeout if the file is sound", limit),
	}
}

func orNil(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}
