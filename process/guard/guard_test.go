package guard

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain makes the test program one whose input never ends, if it is told so.
func TestMain(m *testing.M) {
	if os.Getenv("NIANBAO_TEST_HANG") != "" {
		defer start(200 * time.Millisecond)()
		for {
		}
	}
	os.Exit(m.Run())
}

func TestHang(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("processes are watched on Linux only")
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "NIANBAO_TEST_HANG=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "panic: an input takes more than 200ms of the processor") {
		t.Errorf("an input that never ends: %v, %s", err, out)
	}
}

func TestEnds(t *testing.T) {
	for range 1000 {
		Start()()
	}
	stop := Start()
	stop()
	stop()
}
