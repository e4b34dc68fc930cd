package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"nianbao/extract"
	"nianbao/extract/archive/archivetest"
	"nianbao/normalize"
	"nianbao/store"
)

// asWorker, set in the environment, makes the test program a worker that
// misbehaves as its input says.
const asWorker = "NIANBAO_TEST_WORKER"

func TestMain(m *testing.M) {
	switch os.Getenv(asWorker) {
	case "":
		goleak.VerifyTestMain(m)
	case "misbehave":
		if err := serve(os.Stdin, os.Stdout, Options{}, time.Minute, misbehave); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "ocr":
		if err := blind(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	default:
		o := Options{OCR: os.Getenv("HOSTILE_OCR")}
		if err := Worker(o, time.Minute); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

var hold [][]byte

func misbehave(req request, input []byte, o Options) (reply, []byte, []byte) {
	word, arg, _ := strings.Cut(string(input), " ")
	if req.Region != nil {
		return reply{}, []byte(fmt.Sprintf("%s %+v", input, *req.Region)), nil
	}
	switch word {
	case "hang":
		for {
			runtime.Gosched()
		}
	case "sleep":
		select {}
	case "grow":
		for {
			b := make([]byte, 4<<20)
			for i := range b {
				b[i] = 1
			}
			hold = append(hold, b)
		}
	case "crash":
		go panic("made to crash")
		select {}
	case "exit":
		os.Exit(0)
	case "garbage":
		os.Stdout.WriteString("this is no frame at all")
		os.Exit(0)
	case "scan": // takes longer than one page may, but not on any page
		for page := range 4 {
			o.Progress(page+1, 4)
			time.Sleep(150 * time.Millisecond)
		}
	case "stuck":
		o.Progress(1, 3)
		o.Progress(2, 3)
		select {}
	case "endless":
		for {
			o.Progress(1, 1)
		}
	case "archive": // arg is what is in it, "lie" something that is not handed on
		given := arg
		if arg == "lie" {
			given = "something else"
		}
		if err := o.Member([]byte(given)); err != nil {
			panic(err)
		}
		report, err := Artifact(&normalize.Report{Members: []extract.Member{{Name: "m", SHA256: Sum([]byte(arg)), Size: int64(len(arg))}}})
		if err != nil {
			panic(err)
		}
		return reply{MediaType: "test"}, []byte(`{"media_type":"test"}`), report
	case "picture":
		return reply{Tool: store.OCR, Failed: Extract, Refusal: &extract.Refusal{Code: extract.RefusedScan}}, nil, nil
	case "crash-once": // arg is a file that remembers
		if _, err := os.Stat(arg); err != nil {
			os.WriteFile(arg, nil, 0o644)
			os.Exit(1)
		}
	}
	if name, ok := strings.CutPrefix(arg, "agency "); ok {
		doc := fmt.Sprintf(`{"media_type":"test","title":%q}`, name)
		report, err := Artifact(&normalize.Report{Agency: normalize.Agency{Name: name}, Year: 2021, Form: "2021"})
		if err != nil {
			panic(err)
		}
		return reply{MediaType: "test"}, []byte(doc), report
	}
	return reply{MediaType: "test"}, []byte("doc"), []byte(fmt.Sprintf("%d %s", os.Getpid(), word))
}

func testPool(t *testing.T, kind string, change func(*Limits)) *Pool {
	t.Helper()
	l := DefaultLimits()
	l.Jobs = 1
	if change != nil {
		change(&l)
	}
	p := NewPool(func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), asWorker+"="+kind)
		return cmd
	}, l)
	t.Cleanup(p.Close)
	return p
}

func do(t *testing.T, p *Pool, input string) *Result {
	t.Helper()
	res, err := p.Do(t.Context(), Extract, []byte(input), nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func wantRefusal(t *testing.T, res *Result, code, words string) {
	t.Helper()
	if res.Refusal == nil || res.Refusal.Code != code || !strings.Contains(res.Refusal.Detail, words) {
		t.Errorf("refusal %v, want %s with %q", res.Refusal, code, words)
	}
	if res.Failed != Extract || res.Report != nil {
		t.Errorf("failed at %q with report %q, want none and %s", res.Failed, res.Report, Extract)
	}
}

// fine checks that the pool still answers.
func fine(t *testing.T, p *Pool) {
	t.Helper()
	if res := do(t, p, "fine"); res.Refusal != nil || !strings.HasSuffix(string(res.Report), " fine") || string(res.Document) != "doc" {
		t.Errorf("the next file: %+v", res)
	}
}

func TestHang(t *testing.T) {
	p := testPool(t, "misbehave", func(l *Limits) { l.Time = 300 * time.Millisecond })
	for _, how := range []string{"hang", "sleep"} {
		wantRefusal(t, do(t, p, how), extract.RefusedTooLarge, "--timeout")
		fine(t, p)
	}
}

func TestMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("memory is watched on Linux only")
	}
	p := testPool(t, "misbehave", func(l *Limits) { l.Memory = 100 << 20 })
	wantRefusal(t, do(t, p, "grow"), extract.RefusedTooLarge, "100 MB of memory")
	fine(t, p)
	if got := p.Usage(); got.PeakMemory < 100<<20 || got.PeakMemory > 500<<20 {
		t.Errorf("peak memory %d MB, want it seen and stopped near 100 MB", got.PeakMemory>>20)
	}
}

func TestCrash(t *testing.T) {
	p := testPool(t, "misbehave", nil)
	wantRefusal(t, do(t, p, "crash"), extract.RefusedDamaged, "panic: made to crash")
	wantRefusal(t, do(t, p, "exit"), extract.RefusedDamaged, "crashed twice")
	wantRefusal(t, do(t, p, "garbage"), extract.RefusedDamaged, "crashed twice")
	fine(t, p)
	if got := p.Usage().Workers; got != 7 {
		t.Errorf("%d workers were started, want two a crash and one more", got)
	}
}

func TestCrashOnce(t *testing.T) {
	p := testPool(t, "misbehave", nil)
	res := do(t, p, "crash-once "+filepath.Join(t.TempDir(), "seen"))
	if res.Refusal != nil || len(res.Report) == 0 {
		t.Errorf("a file that crashes its worker once: %+v, want it read by the next", res)
	}
}

func TestRecycle(t *testing.T) {
	p := testPool(t, "misbehave", func(l *Limits) { l.Recycle = 2 })
	first := string(do(t, p, "a").Report)
	second := string(do(t, p, "a").Report)
	third := string(do(t, p, "a").Report)
	if first != second || second == third {
		t.Errorf("workers %s, %s, %s: want a new one after two files", first, second, third)
	}
}

func TestCancel(t *testing.T) {
	p := testPool(t, "misbehave", nil)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := p.Do(ctx, Extract, []byte("sleep"), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	fine(t, p)
}

// Every page that OCR begins gives a file new patience, up to a bound.
func TestPages(t *testing.T) {
	p := testPool(t, "misbehave", func(l *Limits) { l.Time = 100 * time.Millisecond; l.Longest = 5 })
	var pages []string
	res, err := p.Do(t.Context(), Extract, []byte("scan"), func(page, n int) {
		pages = append(pages, fmt.Sprintf("%d/%d", page, n))
	})
	if err != nil {
		t.Fatal(err)
	}
	if res.Refusal != nil || res.Tool != store.OCR || strings.Join(pages, " ") != "1/4 2/4 3/4 4/4" {
		t.Errorf("a long scan: %+v after pages %v, want it read after four", res, pages)
	}
	if res := do(t, p, "plain"); res.Tool != "" {
		t.Error("a file after a scan counts as one")
	}
	res = do(t, p, "stuck")
	wantRefusal(t, res, extract.RefusedTooLarge, "page 2 of 3 takes more than 100ms")
	if res.Tool != store.OCR {
		t.Error("a scan that was given up does not count as one")
	}
	wantRefusal(t, do(t, p, "endless"), extract.RefusedTooLarge, "reading it takes more than 500ms")
	fine(t, p)
}

func TestCancelWithinPages(t *testing.T) {
	p := testPool(t, "misbehave", nil)
	ctx, cancel := context.WithCancel(t.Context())
	last := 0
	_, err := p.Do(ctx, Extract, []byte("stuck"), func(page, _ int) {
		if last = page; page == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || last != 2 {
		t.Errorf("stopped on page %d with %v, want context.Canceled on page 2", last, err)
	}
	fine(t, p)
}

func TestInputLimit(t *testing.T) {
	p := testPool(t, "misbehave", func(l *Limits) { l.Input = 10 })
	wantRefusal(t, do(t, p, "more than ten bytes"), extract.RefusedTooLarge, "larger")
}

func TestNoWorker(t *testing.T) {
	p := NewPool(func() *exec.Cmd { return exec.Command(filepath.Join(t.TempDir(), "none")) }, DefaultLimits())
	defer p.Close()
	if _, err := p.Do(t.Context(), Extract, nil, nil); err == nil || !strings.Contains(err.Error(), "start a worker") {
		t.Errorf("error %v, want that no worker starts", err)
	}
}

func TestParallel(t *testing.T) {
	p := testPool(t, "misbehave", func(l *Limits) { l.Jobs = 3; l.Recycle = 5 })
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			input := fmt.Sprintf("file%d", i)
			if i%10 == 3 {
				input = "crash"
			}
			res, err := p.Do(t.Context(), Extract, []byte(input), nil)
			if err != nil {
				t.Error(err)
			} else if input != "crash" && !strings.HasSuffix(string(res.Report), " "+input) {
				t.Errorf("%s got the answer %q", input, res.Report)
			}
		})
	}
	wg.Wait()
}

const page = `<html><head><title>甲市统计局2021年政府信息公开工作年度报告</title></head><body>
<h1>甲市统计局2021年政府信息公开工作年度报告</h1><p>没有表格。</p></body></html>`

func TestSteps(t *testing.T) {
	p := testPool(t, "real", nil)
	res := do(t, p, page)
	if res.Refusal != nil || res.MediaType != "text/html" || res.Document == nil || res.Report == nil {
		t.Fatalf("reading a page: %+v", res)
	}
	again, err := p.Do(t.Context(), Normalize, res.Document, nil)
	if err != nil {
		t.Fatal(err)
	}
	if string(again.Report) != string(res.Report) || again.Document != nil {
		t.Errorf("normalizing the Document again gives another Report:\n%s\n%s", again.Report, res.Report)
	}
	wantRefusal(t, do(t, p, ""), extract.RefusedEmpty, "no content")
	res, err = p.Do(t.Context(), Normalize, []byte("no document"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.Failed != Normalize || res.Refusal == nil {
		t.Errorf("normalizing rubbish: %+v", res)
	}
}

// Archives that are made to harm give one finding each, within 512 MB and ten
// seconds of the processor.
func TestTraps(t *testing.T) {
	const member = 100 << 20
	p := testPool(t, "real", func(l *Limits) { l.Time = 10 * time.Second; l.Memory = 512 << 20 })
	for _, trap := range archivetest.Traps(member) {
		files := 0
		res, err := p.Unpack(t.Context(), trap.Bytes, nil, func([]byte) error { files++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		var findings []normalize.Finding
		if res.Refusal != nil {
			findings = Refused(res.Refusal).Findings
		} else if report, err := ParseReport(res.Report); err != nil {
			t.Fatal(err)
		} else {
			findings = report.Findings
		}
		if len(findings) != 1 || findings[0].Rule != trap.Code || strings.Contains(findings[0].Message, "--") {
			t.Errorf("%s: findings %v, want %s and nothing else", trap.Name, findings, trap.Code)
		}
		if files != trap.Files && trap.Files >= 0 {
			t.Errorf("%s: %d files were handed on, want %d", trap.Name, files, trap.Files)
		}
	}
}
