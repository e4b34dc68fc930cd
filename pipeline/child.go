package pipeline

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"time"

	"nianbao/extract"
)

// worker is the parent's side of one child process.
type worker struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.ReadCloser
	stderr *tail
	served int
}

// memoryCheck is how often a busy worker's memory is looked at.
const memoryCheck = 20 * time.Millisecond

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

	timeout := time.NewTimer(l.Time)
	defer timeout.Stop()
	memory := time.NewTicker(memoryCheck)
	defer memory.Stop()
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
		case <-memory.C:
			if residentMemory(w.cmd.Process.Pid) > l.Memory {
				return nil, &extract.Refusal{
					Code:   extract.RefusedTooLarge,
					Detail: fmt.Sprintf("reading it takes more than %d MB of memory; raise --memory if the file is sound", l.Memory>>20),
				}
			}
		case <-timeout.C:
			return nil, &extract.Refusal{
				Code:   extract.RefusedTooLarge,
				Detail: fmt.Sprintf("reading it takes more than %v; raise --timeout if the file is sound", l.Time),
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func orNil(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}
