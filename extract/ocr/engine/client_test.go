package engine

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"nianbao/process"
)

// asEngine, set in the environment, makes the test program an engine that
// misbehaves as its value says.
const asEngine = "NIANBAO_TEST_ENGINE"

func TestMain(m *testing.M) {
	how := os.Getenv(asEngine)
	if how == "" {
		goleak.VerifyTestMain(m)
		return
	}
	if err := pretend(how); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", Program, err)
		os.Exit(1)
	}
}

var hold [][]byte

// pretend is an engine process. The value of the first pixel of the first image
// says how to fail; "once FILE" makes only the first process fail.
func pretend(how string) error {
	hello := Hello{Engines: []Engine{{Name: "fake", Version: "1", Models: []Model{{Name: "m", SHA256: "00"}}}}}
	if file, once := strings.CutPrefix(how, "changed "); once && remembered(file) {
		hello.Engines[0].Version = "2"
	}
	switch how {
	case "no-cgo":
		return errors.New("built without cgo")
	case "other-protocol":
		process.WriteMessage(os.Stdout, maxFrame, Hello{Protocol: Protocol + 1})
		time.Sleep(time.Hour)
	case "silent":
		time.Sleep(time.Hour)
	case "no-protocol":
		fmt.Println("Usage: some other program")
		return nil
	}
	file, once := strings.CutPrefix(how, "once ")
	return Serve(os.Stdin, os.Stdout, hello, map[string]Reader{"fake": func(kind Kind, images []*image.Gray) ([]Line, error) {
		if m := misdeed(images[0].Pix[0]); !once || !remembered(file) {
			m.do()
			if m == fails {
				return nil, errors.New("the model is damaged")
			}
		}
		lines := make([]Line, len(images))
		for i, m := range images {
			if m.Pix[0] == byte(unreadable) {
				lines[i].Error = "nothing to see"
				continue
			}
			lines[i].Symbols = []Symbol{{Text: fmt.Sprint(m.Pix[len(m.Pix)-1]), X0: 0, X1: m.Rect.Dx(), Confidence: 1}}
		}
		return lines, nil
	}})
}

// remembered tells whether it was called with file before.
func remembered(file string) bool {
	if _, err := os.Stat(file); err == nil {
		return true
	}
	os.WriteFile(file, nil, 0o644)
	return false
}

type misdeed byte

const (
	none misdeed = iota
	crash
	exit
	hang
	sleep
	grow
	garbage
	die // in the middle of an answer
	liar
	fails
	unreadable
)

func (m misdeed) do() {
	switch m {
	case crash:
		go panic("made to crash")
		time.Sleep(time.Hour)
	case exit:
		os.Exit(0)
	case hang:
		for {
			runtime.Gosched()
		}
	case sleep:
		time.Sleep(time.Hour)
	case grow:
		for {
			b := make([]byte, 4<<20)
			for i := range b {
				b[i] = 1
			}
			hold = append(hold, b)
		}
	case garbage:
		os.Stdout.WriteString("this is no frame at all")
		time.Sleep(time.Hour)
	case die:
		os.Stdout.Write([]byte{0, 0, 1, 0, '{', '"'})
		os.Exit(1)
	case liar:
		process.WriteMessage(os.Stdout, maxFrame, reply{Lines: []Line{{Symbols: []Symbol{{Text: "1", X0: 5, X1: 500, Confidence: 1}}}}})
		time.Sleep(time.Hour)
	}
}

func command(how string) func() *exec.Cmd {
	return func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), asEngine+"="+how)
		return cmd
	}
}

func testClient(t *testing.T, how string, l Limits) *Client {
	t.Helper()
	c, err := StartCommand(t.Context(), command(how), l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// picture has pixels that differ in all rows and columns; its first says what
// the engine shall do, its last what it shall read.
func picture(m misdeed, last byte) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 30, 20))
	g.Pix[0], g.Pix[len(g.Pix)-1] = byte(m), last
	return g
}

func read(t *testing.T, c *Client, m misdeed) ([]Line, error) {
	t.Helper()
	return c.Read(t.Context(), "fake", Number, []*image.Gray{picture(m, 7)})
}

// fine checks that the client still reads.
func fine(t *testing.T, c *Client) {
	t.Helper()
	lines, err := read(t, c, none)
	if err != nil || len(lines) != 1 || lines[0].Text() != "7" {
		t.Errorf("the next image: %v, error %v", lines, err)
	}
}

func TestMisdeeds(t *testing.T) {
	limits := DefaultLimits()
	limits.Time, limits.Memory = 300*time.Millisecond, 100<<20
	c := testClient(t, "misbehave", limits)
	for _, test := range []struct {
		name  string
		do    misdeed
		want  error
		words string
	}{
		{"crash", crash, ErrCrashed, "panic: made to crash"},
		{"exit", exit, ErrCrashed, "ended"},
		{"hang", hang, ErrTime, "more than 300ms"},
		{"sleep", sleep, ErrTime, "without an answer"},
		{"grow", grow, ErrMemory, "100 MB"},
		{"garbage", garbage, ErrProtocol, "exceeds the limit"},
		{"die", die, ErrCrashed, "ended"},
		{"liar", liar, ErrProtocol, "at 5 to 500 of 30"},
		{"fails", fails, ErrEngine, "the model is damaged"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if runtime.GOOS != "linux" && (test.do == hang || test.do == grow) {
				t.Skip("processor time and memory are watched on Linux only")
			}
			before := c.Usage().Processes
			_, err := read(t, c, test.do)
			var failure *Failure
			if !errors.As(err, &failure) || failure.Engine != "fake" || !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.words) {
				t.Errorf("error %v, want a Failure by %v with %q", err, test.want, test.words)
			}
			fine(t, c)
			if got := c.Usage().Processes - before; got != 2 {
				t.Errorf("%d processes were started, want one to try again and one for the next image", got)
			}
		})
	}
}

func TestOnce(t *testing.T) {
	for _, m := range []misdeed{crash, garbage, die, liar, fails} {
		c := testClient(t, "once "+filepath.Join(t.TempDir(), "seen"), DefaultLimits())
		lines, err := read(t, c, m)
		if err != nil || lines[0].Text() != "7" {
			t.Errorf("an image whose first process fails: %v, error %v; want it read by the next", lines, err)
		}
	}
}

func TestChanged(t *testing.T) {
	c := testClient(t, "changed "+filepath.Join(t.TempDir(), "seen"), DefaultLimits())
	if _, err := read(t, c, crash); !errors.Is(err, ErrChanged) {
		t.Errorf("error %v, want that the engine changed", err)
	}
}

func TestStartFails(t *testing.T) {
	limits := DefaultLimits()
	limits.Time = 100 * time.Millisecond
	for how, want := range map[string]string{
		"no-cgo":         "built without cgo",
		"other-protocol": "version 2",
		"silent":         "too long",
		"no-protocol":    "protocol",
	} {
		if _, err := StartCommand(t.Context(), command(how), limits); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", how, err, want)
		}
	}
	if _, err := Start(t.Context(), filepath.Join(t.TempDir(), "none"), limits); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want that there is no such program", err)
	}
}

func TestBatches(t *testing.T) {
	c := testClient(t, "misbehave", DefaultLimits())
	part := picture(none, 1).SubImage(image.Rect(3, 2, 10, 9)).(*image.Gray)
	part.Pix[6*part.Stride+6] = 90
	big := image.NewGray(image.Rect(0, 0, 4096, 4096)) // no other image goes with it
	big.Pix[len(big.Pix)-1] = 100
	var images []*image.Gray
	for i := range 3*maxBatch + 5 {
		images = append(images, picture(none, byte(i)))
	}
	images[70] = image.NewGray(image.Rect(0, 0, 0, 5))
	images[80] = picture(unreadable, 0)
	images[90] = part
	images[100] = big
	lines, err := c.Read(t.Context(), "fake", Text, images)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range lines {
		text, wrong := fmt.Sprint(i), ""
		switch i {
		case 70:
			text, wrong = "", "0×5 pixels"
		case 80:
			text, wrong = "", "nothing to see"
		}
		if l.Text() != text || !strings.HasPrefix(l.Error, wrong) || (l.Error == "") != (wrong == "") {
			t.Errorf("image %d: %+v, want %q, error %q", i, l, text, wrong)
		}
	}
	if got := c.Usage().Processes; got != 1 {
		t.Errorf("%d processes", got)
	}
}

func TestRecycle(t *testing.T) {
	limits := DefaultLimits()
	limits.Recycle = 2
	c := testClient(t, "misbehave", limits)
	for range 5 {
		fine(t, c)
	}
	if got := c.Usage().Processes; got != 3 {
		t.Errorf("%d processes for five images, want 3", got)
	}
}

func TestCancel(t *testing.T) {
	c := testClient(t, "misbehave", DefaultLimits())
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := c.Read(ctx, "fake", Number, []*image.Gray{picture(sleep, 0)}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	fine(t, c)
}

func TestUnknownEngine(t *testing.T) {
	c := testClient(t, "misbehave", DefaultLimits())
	if _, err := c.Read(t.Context(), "other", Number, nil); err == nil || !strings.Contains(err.Error(), "other") {
		t.Errorf("error %v, want that there is no such engine", err)
	}
}

func TestParallel(t *testing.T) {
	c := testClient(t, "misbehave", DefaultLimits())
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			lines, err := c.Read(t.Context(), "fake", Number, []*image.Gray{picture(none, byte(i))})
			if err != nil || lines[0].Text() != fmt.Sprint(i) {
				t.Errorf("image %d: %v, error %v", i, lines, err)
			}
		})
	}
	wg.Wait()
}

// TestOrphan checks that the process ends with its parent's end of the stream.
func TestOrphan(t *testing.T) {
	cmd := command("misbehave")()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("an engine whose input ended: %v", err)
	}
}

func TestFind(t *testing.T) {
	t.Setenv(programEnv, "/somewhere/else")
	if got := Find(); got != "/somewhere/else" {
		t.Errorf("found %q, want what %s says", got, programEnv)
	}
	t.Setenv(programEnv, "")
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	if got := Find(); got != "" {
		t.Errorf("found %q where there is none", got)
	}
	program := filepath.Join(dir, Program)
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := Find(); got != program {
		t.Errorf("found %q, want %q on PATH", got, program)
	}
}
