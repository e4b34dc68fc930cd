package pipeline

import (
	"fmt"
	"nianbao/fixtures/hostile"
	"nianbao/process"
	"os"
	"runtime/pprof"
	"testing"
	"time"
)

func TestZZ(t *testing.T) {
	name := os.Getenv("ZZ")
	for _, f := range hostile.Files() {
		if f.Name == name {
			b := f.Make()
			w, _ := os.Create("/tmp/hz/prof/cpu")
			pprof.StartCPUProfile(w)
			stop := func() {
				pprof.StopCPUProfile()
				w.Close()
				fmt.Println(name, len(b), process.PeakMemory(os.Getpid())>>20)
			}
			time.AfterFunc(20*time.Second, func() { stop(); os.Exit(0) })
			rep, _, _ := perform(request{From: Extract}, b, Options{})
			stop()
			fmt.Println(rep.Refusal)
		}
	}
}
