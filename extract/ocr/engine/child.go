package engine

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"nianbao/process"
)

// child is the client's side of one process.
type child struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.ReadCloser
	stderr *process.Stderr
	served int // images
}

// limitCheck is how often a busy process's memory and processor time are looked at.
const limitCheck = 100 * time.Millisecond

// patience is how much longer than its processor time a request may take, so
// that a busy machine fails the same images as an idle one.
const patience = 5

// keptFree is how many bytes of memory that the engines free glibc keeps for them:
// to give each line's back to the system and ask for it anew costs a twentieth of the
// time. The client's limit of memory stands.
const keptFree = "268435456"

func startChild(cmd *exec.Cmd) (*child, error) {
	// Tesseract's threads cost four times the processor time of one and gain
	// nothing on single lines. OpenMP looks at its environment before main.
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "OMP_THREAD_LIMIT=1", "MALLOC_TRIM_THRESHOLD_="+keptFree, "MALLOC_MMAP_THRESHOLD_="+keptFree)
	cmd.SysProcAttr = process.Attributes()
	w := &child{cmd: cmd, stderr: &process.Stderr{}}
	cmd.Stderr = w.stderr
	var err error
	if w.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if w.out, err = cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return w, nil
}

// helloTime is how long a process may take to say what it is: it loads no model
// for that.
const helloTime = 6 * time.Second

// hello waits for what the process says first.
func (w *child) hello(ctx context.Context, l Limits) (Hello, error) {
	l.Time = min(l.Time, helloTime)
	return await(ctx, w, l, func() (hello Hello, err error) {
		if _, err := process.ReadMessage(w.out, maxFrame, &hello, 0); err != nil {
			return hello, unread(err)
		}
		if err := hello.check(); err != nil {
			return hello, fmt.Errorf("%w: %w", ErrProtocol, err)
		}
		return hello, nil
	})
}

// read sends one request and waits for its reply. After any error the process
// must be killed: its stream is in an unknown state.
func (w *child) read(ctx context.Context, req request, pixels []byte, l Limits) ([]Line, error) {
	go func() {
		// A broken pipe here shows as a missing reply below.
		_ = process.WriteMessage(w.in, maxFrame, req, pixels)
	}()
	lines, err := await(ctx, w, l, func() ([]Line, error) {
		var rep reply
		if _, err := process.ReadMessage(w.out, maxFrame, &rep, 0); err != nil {
			return nil, unread(err)
		}
		if err := rep.check(req); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrProtocol, err)
		}
		if rep.Error != "" {
			return nil, fmt.Errorf("%w: %s", ErrEngine, rep.Error)
		}
		return rep.Lines, nil
	})
	if err == nil {
		w.served += len(req.Images)
	}
	return lines, err
}

// unread tells a stream that ended from one that makes no sense.
func unread(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return ErrCrashed
	}
	return fmt.Errorf("%w: %w", ErrProtocol, err)
}

// await waits for answer, the end of ctx, or a limit. In the last two cases
// answer runs on until the process is killed.
func await[T any](ctx context.Context, w *child, l Limits, answer func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	answered := make(chan result, 1)
	go func() {
		v, err := answer()
		answered <- result{v, err}
	}()
	timeout := time.NewTimer(patience * l.Time)
	defer timeout.Stop()
	check := time.NewTicker(limitCheck)
	defer check.Stop()
	pid := w.cmd.Process.Pid
	used := process.Time(pid)
	var none T
	for {
		select {
		case r := <-answered:
			return r.value, r.err
		case <-check.C:
			if process.Memory(pid) > l.Memory {
				return none, fmt.Errorf("%w: more than %d MB", ErrMemory, l.Memory>>20)
			}
			if process.Time(pid)-used > l.Time {
				return none, fmt.Errorf("%w: more than %v", ErrTime, l.Time)
			}
		case <-timeout.C:
			return none, fmt.Errorf("%w: more than %v without an answer", ErrTime, patience*l.Time)
		case <-ctx.Done():
			return none, ctx.Err()
		}
	}
}

// retire lets a healthy process end by itself.
func (w *child) retire() Usage {
	peak := process.PeakMemory(w.cmd.Process.Pid)
	w.in.Close()
	done := time.AfterFunc(2*time.Second, func() { w.cmd.Process.Kill() })
	w.cmd.Wait()
	done.Stop()
	return w.usage(peak)
}

// kill ends a process at once.
func (w *child) kill() Usage {
	peak := process.PeakMemory(w.cmd.Process.Pid)
	w.cmd.Process.Kill()
	w.in.Close()
	w.cmd.Wait()
	return w.usage(peak)
}

func (w *child) usage(peak int64) Usage {
	s := w.cmd.ProcessState
	return Usage{CPU: s.UserTime() + s.SystemTime(), PeakMemory: peak}
}

// cause is why the process says it ended, once it was waited for, or "".
func (w *child) cause() string {
	if c := w.stderr.Cause(); c != "" {
		return c
	}
	return w.stderr.Line(Program+": ", w.cmd.Path+": ") // the second where a library is missing
}
