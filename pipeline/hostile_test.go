package pipeline

import (
	"flag"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"nianbao/extract/ocr/engine"
	"nianbao/extract/pdf"
	"nianbao/fixtures/hostile"
	"nianbao/fixtures/score"
)

var (
	hostileAll = flag.Bool("hostile", false, "have TestHostile read all of its files, which takes minutes, and not only a sample")
	damages    = flag.Int("damages", 3, "how often TestHostile damages the sound file of every format")
)

// What a hostile file may cost the worker that reads it and what that starts.
// PDFium, which is compiled once a machine, is there before.
const (
	mostTime   = 10 * time.Second // of the processor
	mostMemory = 512 << 20        // resident at any time
)

// sample is which share of the hostile files is read unless all are asked for.
const sample = 5

// TestHostile has a run read what was made to harm it, sound reports among it.
// Every file must end by itself, short of the limits, with the finding that is
// due, and none may stop the run or spoil another.
func TestHostile(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("processes are watched on Linux only")
	}
	limits := DefaultLimits()
	limits.Jobs, limits.Recycle = 1, 1 // what a worker used is what its file cost
	limits.Time, limits.Memory = mostTime, mostMemory
	pool := NewPool(hostileWorker(t), limits)
	t.Cleanup(pool.Close)
	s, _ := testStore(t)
	r := &Runner{Pool: pool, Store: s}

	byName := map[string]hostile.File{}
	first := map[string]string{} // of the files of the same bytes, which are one source
	only := os.Getenv("HOSTILE")
	files := slices.Concat(hostile.Sound(), hostile.Files(), hostile.Damaged(*damages))
	slices.SortFunc(files, func(a, b hostile.File) int { return strings.Compare(a.Name, b.Name) }) // the sample is always the same
	for i, f := range files {
		if byName[f.Name].Make != nil {
			t.Fatalf("two files are called %s", f.Name)
		}
		byName[f.Name] = f
		if !strings.Contains(f.Name, only) || !*hostileAll && only == "" && f.Truth == nil && i%sample > 0 {
			continue
		}
		b := f.Make()
		add(t, r, f.Name, string(b))
		if sum := Sum(b); first[sum] == "" {
			first[sum] = f.Name
		}
	}
	type cost struct {
		name   string
		time   time.Duration
		memory int64
	}
	var costs []cost
	var total time.Duration
	seen := map[string]bool{}
	r.Done = func(o Outcome) {
		c := cost{o.Path, 0, 0}
		pool.mu.Lock()
		c.time, c.memory = pool.usage.CPU-total, pool.usage.PeakMemory
		total, pool.usage.PeakMemory = pool.usage.CPU, 0
		pool.mu.Unlock()
		costs = append(costs, c)
		seen[o.Path] = true
		f := byName[o.Path]
		found := []string{}
		for _, x := range o.Report.Findings {
			found = append(found, x.Rule)
			for _, words := range []string{"--timeout", "--memory", "crashed twice", "the reader failed on it"} {
				if strings.Contains(x.Message, words) {
					t.Errorf("%s: %s", o.Path, x.Message)
				}
			}
		}
		switch {
		case f.Truth != nil:
			count, misses := score.Compare(*f.Truth, o.Report)
			if count.Right != count.Cells || count.Silent > 0 {
				t.Errorf("%s: %d of %d cells are right: %v", o.Path, count.Right, count.Cells, misses[:min(3, len(misses))])
			}
		case len(found) == 0 && len(o.Report.Observations) == 0 && len(o.Report.Members) == 0:
			t.Errorf("%s: nothing was read and nothing found", o.Path)
		case f.Due != nil && (o.Report.Form != "" || !slices.ContainsFunc(found, func(r string) bool { return slices.Contains(f.Due, r) })):
			t.Errorf("%s: form %q, findings %v, want one of %v", o.Path, o.Report.Form, o.Report.Findings, f.Due)
		}
		if c.time > mostTime || c.memory > mostMemory {
			t.Errorf("%s costs %v and %d MB", o.Path, c.time, c.memory>>20)
		}
	}
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range first {
		if !seen[name] {
			t.Errorf("%s was not read", name)
		}
	}
	slices.SortFunc(costs, func(a, b cost) int { return int(b.time - a.time) })
	t.Logf("%d files, %v of the processor in all; the most time:", len(costs), total)
	for _, c := range costs[:min(12, len(costs))] {
		t.Logf("%8v %4d MB  %s", c.time.Round(10*time.Millisecond), c.memory>>20, c.name)
	}
	slices.SortFunc(costs, func(a, b cost) int { return int(b.memory - a.memory) })
	t.Log("the most memory:")
	for _, c := range costs[:min(12, len(costs))] {
		t.Logf("%8v %4d MB  %s", c.time.Round(10*time.Millisecond), c.memory>>20, c.name)
	}
}

// hostileWorker starts a worker that has an OCR program that reads nothing, so
// that pictures are prepared for it, and no LibreOffice.
func hostileWorker(t *testing.T) func() *exec.Cmd {
	t.Helper()
	if err := pdf.Prepare(""); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "ocr")
	script := fmt.Sprintf("#!/bin/sh\n%s=ocr exec %s\n", asWorker, os.Args[0])
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), asWorker+"=hostile", "PATH=", "HOSTILE_OCR="+program)
		return cmd
	}
}

// blind is an OCR program that sees no text.
func blind() error {
	see := func(_ engine.Kind, lines []*image.Gray) ([]engine.Line, error) {
		return make([]engine.Line, len(lines)), nil
	}
	return engine.Serve(os.Stdin, os.Stdout, engine.Hello{Engines: []engine.Engine{{Name: engine.Tesseract, Version: "0"}}},
		map[string]engine.Reader{engine.Tesseract: see})
}
