package process

import (
	"bytes"
	"os"
	"runtime"
	"strings"
	"testing"
)

func TestFrameLimit(t *testing.T) {
	var b bytes.Buffer
	if err := WriteMessage(&b, 10, 1, make([]byte, 11)); err == nil {
		t.Error("a frame over the limit was written")
	}
	b.Reset()
	if err := WriteMessage(&b, 11, 1, make([]byte, 11)); err != nil {
		t.Fatal(err)
	}
	var header int
	if _, err := ReadMessage(&b, 10, &header, 1); err == nil || !strings.Contains(err.Error(), "11 bytes") {
		t.Errorf("reading a frame over the limit: %v", err)
	}
}

func TestUsage(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("processes are watched on Linux only")
	}
	pid := os.Getpid()
	if m, peak := Memory(pid), PeakMemory(pid); m < 1<<20 || peak < m/2 {
		t.Errorf("memory %d, peak %d", m, peak)
	}
	before := Time(pid)
	for n := 0; Time(pid) == before; n++ {
		if n > 1e6 {
			t.Fatal("processor time stands still")
		}
	}
	if Memory(-1) != 0 || PeakMemory(-1) != 0 || Time(-1) != 0 {
		t.Error("a process that does not exist uses something")
	}
}

func TestStderr(t *testing.T) {
	var s Stderr
	s.Write([]byte("a warning\npanic: this\n\ngoroutine 1\n"))
	s.Write(bytes.Repeat([]byte("x"), 10_000))
	if got := s.Cause(); got != "panic: this" {
		t.Errorf("cause %q", got)
	}
	if got := s.Line("none", "a w"); got != "a warning" {
		t.Errorf("line %q", got)
	}
}
