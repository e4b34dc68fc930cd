package pipeline

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"syscall"
	"time"

	"nianbao/extract"
	"nianbao/extract/ocr"
	"nianbao/normalize"
	"nianbao/review"
	"nianbao/store"
)

// Worker is the child side: it answers requests on standard input until the
// stream ends. The program runs it as its hidden command "worker"; limit is the
// parent's time limit for one file. Should the parent have died, the worker ends
// itself some time after.
func Worker(o Options, limit time.Duration) error {
	// Ctrl-C reaches the whole process group; the parent decides what it means.
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// Nothing a library prints may fall into the protocol.
	out := os.Stdout
	os.Stdout = os.Stderr
	runtime.GOMAXPROCS(2)
	governMemory()
	debug.SetTraceback("single")
	o.recogniser = ocr.New(o.engines)
	defer o.recogniser.Close()
	return serve(os.Stdin, out, o, limit, perform)
}

// baseMemory is the heap that a worker should get by with: text PDFs do.
const baseMemory = 56 << 20

// governMemory keeps a worker small. Garbage is collected eagerly above
// baseMemory; where that much is truly in use, as when the second PDF engine is
// compiled for the first time, the bound rises, lest the collector run all the
// time. What is in use is known after each collection, when the bound is set anew.
func governMemory() {
	debug.SetGCPercent(400)
	bound := int64(baseMemory)
	debug.SetMemoryLimit(bound)
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	type sentinel struct{ self *sentinel }
	var collected func(*sentinel)
	collected = func(*sentinel) {
		metrics.Read(live)
		want := max(baseMemory, int64(live[0].Value.Uint64())*5/4)
		if want > bound || want < bound/2 {
			bound = want
			debug.SetMemoryLimit(bound)
		}
		runtime.SetFinalizer(new(sentinel), collected)
	}
	collected(nil)
}

// performer carries out one request.
type performer func(req request, input []byte, o Options) (reply, []byte, []byte)

func serve(in io.Reader, out io.Writer, o Options, limit time.Duration, do performer) error {
	in = bufio.NewReader(in)
	for {
		var req request
		frames, err := readMessage(in, &req, 1)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read request: %w", err)
		}
		watchdog := time.AfterFunc(2*patience*limit, func() { os.Exit(3) })
		var broken error
		o.Progress = func(page, pages int) {
			watchdog.Reset(2 * patience * limit)
			if err := writeMessage(out, reply{Progress: &progress{page, pages}}, nil, nil); err != nil && broken == nil {
				broken = err
			}
		}
		o.Member = func(content []byte) error {
			if err := writeMessage(out, reply{Member: true}, content, nil); err != nil && broken == nil {
				broken = err
			}
			return broken
		}
		rep, doc, report := do(req, frames[0], o)
		watchdog.Stop()
		if broken == nil {
			broken = writeMessage(out, rep, doc, report)
		}
		if broken != nil {
			return fmt.Errorf("write reply: %w", broken)
		}
	}
}

// perform runs the steps from req.From on, or draws a region. A panic becomes
// the refusal of this file.
func perform(req request, input []byte, o Options) (rep reply, docBytes, reportBytes []byte) {
	step := req.From
	told := o.Progress
	o.Progress = func(page, pages int) {
		rep.Tool = store.OCR
		if told != nil {
			told(page, pages)
		}
	}
	fail := func(err error) {
		rep.Failed, rep.Refusal = step, asRefusal(step, err)
		reportBytes = nil
	}
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(os.Stderr, "panic: %v\n%s", p, debug.Stack())
			fail(fmt.Errorf("the reader failed on it (%v)", p))
		}
	}()

	var doc *extract.Document
	var err error
	if req.Region != nil {
		if docBytes, err = draw(input, req.Region, o); err != nil {
			fail(err)
		}
		return
	}
	if req.From == Extract {
		var tool store.Tool
		rep.MediaType, doc, tool, err = read(input, o)
		rep.Tool = cmp.Or(rep.Tool, tool)
		if err == nil {
			err = doc.Bounded()
		}
		if err != nil {
			fail(err)
			return
		}
		rep.Pages = len(doc.Pages)
		if !req.Print {
			docBytes, err = Artifact(doc)
		}
		if err != nil {
			fail(err)
			return
		}
	} else {
		doc = new(extract.Document)
		if err = json.Unmarshal(input, doc); err != nil {
			fail(fmt.Errorf("read document artifact: %w", err))
			return
		}
		rep.MediaType, rep.Pages = doc.MediaType, len(doc.Pages)
	}
	step = Normalize
	report := normalize.Normalize(doc)
	report = normalize.Corrected(doc, report, review.Resolve(req.Corrections, report))
	err = sound(report)
	if err == nil && req.Print {
		docBytes, err = o.Print(report.Observations)
		report.Observations = nil
	}
	if err == nil {
		reportBytes, err = Artifact(report)
	}
	if err != nil {
		fail(err)
	}
	return
}

// sound holds a Report to what everything downstream relies on.
func sound(r *normalize.Report) error {
	if r == nil {
		return errors.New("no report was made of it")
	}
	seen := make(map[string]bool, len(r.Observations))
	for i := range r.Observations {
		id := r.Observations[i].ID
		if seen[id] {
			return fmt.Errorf("cell %s was given twice", id)
		}
		seen[id] = true
	}
	return nil
}

// asRefusal keeps a Refusal as it is and calls any other failure damage.
func asRefusal(step string, err error) *extract.Refusal {
	var r *extract.Refusal
	if errors.As(err, &r) {
		return r
	}
	return &extract.Refusal{Code: extract.RefusedDamaged, Detail: fmt.Sprintf("%s: %v", step, err)}
}
