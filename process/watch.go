package process

import (
	"context"
	"errors"
	"os/exec"
	"time"
)

// Limits of a child that does one thing and ends.
type Limits struct {
	Time   time.Duration // of the processors; the clock may show Patience times as much
	Memory int64         // resident bytes
}

// Patience is how much longer than its processor time a child may take, so that
// a busy machine stops the same ones as an idle one.
const Patience = 4

// What a child is ended for.
var (
	ErrTime   = errors.New("it takes too long")
	ErrMemory = errors.New("it takes too much memory")
)

const watchEvery = 50 * time.Millisecond

// Watch waits for a child that was started, and has it killed where it goes
// beyond its limits or ctx ends. It returns what cmd.Wait does, or why the child
// was killed.
func Watch(ctx context.Context, cmd *exec.Cmd, l Limits, kill func()) error {
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	timeout := time.NewTimer(Patience * l.Time)
	defer timeout.Stop()
	check := time.NewTicker(watchEvery)
	defer check.Stop()
	pid := cmd.Process.Pid
	var why error
	for why == nil {
		select {
		case err := <-done:
			return err
		case <-check.C:
			switch {
			case Memory(pid) > l.Memory:
				why = ErrMemory
			case Time(pid) > l.Time:
				why = ErrTime
			}
		case <-timeout.C:
			why = ErrTime
		case <-ctx.Done():
			why = ctx.Err()
		}
	}
	kill()
	<-done
	return why
}
