package engine

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sync"
	"time"
)

// Program is the name of the engine program, and how its messages begin.
const Program = "nianbao-ocr"

// programEnv names the program by its path.
const programEnv = "NIANBAO_OCR"

// Find is the path of the engine program: what NIANBAO_OCR says, else
// nianbao-ocr beside the running program, else on PATH; "" where there is none.
// A path that NIANBAO_OCR gives is not checked, so that Start can say what is
// wrong with it.
func Find() string {
	if p := os.Getenv(programEnv); p != "" {
		return p
	}
	if self, err := os.Executable(); err == nil {
		if p, err := exec.LookPath(filepath.Join(filepath.Dir(self), Program)); err == nil {
			return p
		}
	}
	if p, err := exec.LookPath(Program); err == nil {
		return p
	}
	return ""
}

// Limits bound what an engine process may cost.
type Limits struct {
	Time    time.Duration // of the processor, for one request of at most 64 images
	Memory  int64         // resident bytes
	Recycle int           // images after which the process is replaced
}

// DefaultLimits suit lines of a page at 200 to 400 dpi.
func DefaultLimits() Limits {
	return Limits{Time: 60 * time.Second, Memory: 768 << 20, Recycle: 10_000}
}

// What can go wrong with an engine process, as wrapped by a Failure.
var (
	ErrCrashed  = errors.New("the process ended")
	ErrTime     = errors.New("it took too long")
	ErrMemory   = errors.New("it took too much memory")
	ErrProtocol = errors.New("it did not keep to the protocol")
	ErrChanged  = errors.New("its engines or models changed while it was in use")
	ErrEngine   = errors.New("the engine cannot be used") // as it says itself
)

// Failure says that images could not be read by two processes one after the
// other, or that no process could be started. It wraps one of the errors above,
// or what the system said.
type Failure struct {
	Engine string // "" where no process could be started
	Err    error
}

func (f *Failure) Error() string {
	if f.Engine == "" {
		return fmt.Sprintf("start OCR: %v", f.Err)
	}
	return fmt.Sprintf("OCR by %s: %v", f.Engine, f.Err)
}

func (f *Failure) Unwrap() error { return f.Err }

// Client reads images by an engine process, which it starts anew after a
// failure and after Limits.Recycle images. Its methods may be called by many
// goroutines; they take turns.
type Client struct {
	command func() *exec.Cmd
	limits  Limits
	info    Hello

	mu    sync.Mutex
	child *child // nil where it must be started
	usage Usage
}

// Usage is what the processes of a Client used that have ended.
type Usage struct {
	CPU        time.Duration
	PeakMemory int64 // of the largest process, in bytes
	Processes  int   // started
}

// Start starts program (see Find) and learns which engines it has. They load
// their models when first asked. The caller must Close the Client.
func Start(ctx context.Context, program string, l Limits) (*Client, error) {
	return StartCommand(ctx, func() *exec.Cmd { return exec.Command(program) }, l)
}

// StartCommand is Start for a program that is started by command, its standard
// streams untouched.
func StartCommand(ctx context.Context, command func() *exec.Cmd, l Limits) (*Client, error) {
	c := &Client{command: command, limits: l}
	var err error
	if c.child, c.info, err = c.start(ctx); err != nil {
		return nil, &Failure{Err: err}
	}
	return c, nil
}

// Info is what the process said of itself.
func (c *Client) Info() Hello { return c.info }

// Read reads images with an engine of Info. It gives a Line an image, in their
// order; what is wrong with one image is in its Line. Images that fail with
// their process are given to a fresh one once more, then the error is a
// *Failure. Other errors are ctx's, and that there is no such engine.
func (c *Client) Read(ctx context.Context, engine string, kind Kind, images []*image.Gray) ([]Line, error) {
	if _, ok := c.info.Engine(engine); !ok {
		return nil, fmt.Errorf("OCR by %s: no such engine in %s", engine, c.command().Path)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := make([]Line, len(images))
	for start := 0; start < len(images); {
		n, pixels := 0, 0
		for _, m := range images[start:min(start+maxBatch, len(images))] {
			s := size{m.Rect.Dx(), m.Rect.Dy()}
			if err := s.check(); err != nil {
				if n == 0 {
					lines[start].Error = err.Error()
				}
				break
			}
			if pixels += s.W * s.H; pixels > maxPixels {
				break
			}
			n++
		}
		if n == 0 {
			start++
			continue
		}
		got, err := c.read(ctx, engine, kind, images[start:start+n])
		if err != nil {
			return nil, err
		}
		copy(lines[start:], got)
		start += n
	}
	return lines, nil
}

// read reads one batch, in a second process where the first fails.
func (c *Client) read(ctx context.Context, engine string, kind Kind, images []*image.Gray) ([]Line, error) {
	req, pixels := pack(engine, kind, images)
	for attempt := 1; ; attempt++ {
		lines, err := c.attempt(ctx, req, pixels)
		switch {
		case err == nil:
			return lines, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case attempt == 2, errors.Is(err, ErrChanged):
			return nil, &Failure{Engine: engine, Err: err}
		}
	}
}

func (c *Client) attempt(ctx context.Context, req request, pixels []byte) ([]Line, error) {
	if c.child == nil {
		w, info, err := c.start(ctx)
		if err != nil {
			return nil, err
		}
		if !reflect.DeepEqual(info, c.info) {
			return nil, c.fail(w, ErrChanged)
		}
		c.child = w
	}
	lines, err := c.child.read(ctx, req, pixels, c.limits)
	if err != nil {
		err = c.fail(c.child, err)
		c.child = nil
		return nil, err
	}
	if c.child.served >= c.limits.Recycle {
		c.count(c.child.retire())
		c.child = nil
	}
	return lines, nil
}

// fail ends a process that failed with err, and adds what it said of a crash.
func (c *Client) fail(w *child, err error) error {
	c.count(w.kill())
	if cause := w.cause(); cause != "" && errors.Is(err, ErrCrashed) {
		return fmt.Errorf("%w (%s)", err, cause)
	}
	return err
}

// Close ends the process. No Read may be under way or follow.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.child != nil {
		c.count(c.child.retire())
		c.child = nil
	}
}

// Usage tells what processes used so far; after Close it is complete.
func (c *Client) Usage() Usage {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.usage
}

func (c *Client) count(u Usage) {
	c.usage.CPU += u.CPU
	c.usage.PeakMemory = max(c.usage.PeakMemory, u.PeakMemory)
}

// start starts a process and waits for its hello.
func (c *Client) start(ctx context.Context) (*child, Hello, error) {
	w, err := startChild(c.command())
	if err != nil {
		return nil, Hello{}, err
	}
	c.usage.Processes++
	hello, err := w.hello(ctx, c.limits)
	if err == nil {
		return w, hello, nil
	}
	return nil, Hello{}, c.fail(w, err)
}
