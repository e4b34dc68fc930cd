// Package guard ends a fuzz target on an input that takes too long. The fuzzer
// itself notices no hang: its time runs out and it reports success. It knows
// nothing of what is being tested.
package guard

import (
	"fmt"
	"os"
	"sync"
	"time"

	"nianbao/process"
)

// Limit is how much of the processor an input may take: far more than any input
// of a fuzzer needs, and less than the time that a target is run for.
const Limit = 5 * time.Second

// look is how often an input is looked at. Most are done before the first time.
const look = 200 * time.Millisecond

// Start begins to watch; the function it returns ends that. Should the process
// use more than Limit of the processor in between, it panics, which the fuzzer
// takes for a find. A busy machine makes no difference.
//
//	defer guard.Start()()
func Start() (stop func()) { return start(Limit) }

func start(limit time.Duration) (stop func()) {
	pid := os.Getpid()
	begin := time.Duration(-1)
	var mu sync.Mutex
	stopped := false
	var t *time.Timer
	check := func() {
		mu.Lock()
		defer mu.Unlock()
		used := process.Time(pid)
		switch {
		case stopped:
			return
		case begin < 0:
			begin = used
		case used-begin > limit:
			panic(fmt.Sprintf("an input takes more than %v of the processor", limit))
		}
		t.Reset(look)
	}
	mu.Lock()
	defer mu.Unlock()
	t = time.AfterFunc(look, check)
	return func() {
		mu.Lock()
		defer mu.Unlock()
		stopped = true
		t.Stop()
	}
}
