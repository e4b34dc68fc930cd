// Package second reads a file again by a program that is no part of this one and
// compares what both make of it. Such a program gets the file on standard input
// and prints a Document as JSON (docs/second-reader.md); it runs as a child
// process with limits, in a temporary folder of its own.
//
// It does not know formats or tables; what a Document says is for normalize.
package second

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"nianbao/normalize"
	"nianbao/process"
)

// Rules of the findings.
const (
	Differs = "second_reader_differs"
	Failed  = "second_reader_failed"
)

// Reader is a program that reads files of one format.
type Reader struct {
	Program string
	Limits  Limits
}

// Limits of one reading.
type Limits struct {
	process.Limits
	Output int // bytes
}

// DefaultLimits suit reports in office formats.
func DefaultLimits() Limits {
	return Limits{Limits: process.Limits{Time: 20 * time.Second, Memory: 512 << 20}, Output: 64 << 20}
}

// Read has the program read a file. What it prints is foreign, and to be parsed
// where foreign bytes are.
func (r *Reader) Read(ctx context.Context, b []byte) ([]byte, error) {
	dir, err := os.MkdirTemp("", "nianbao-second-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command(r.Program)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "HOME=" + dir, "TMPDIR=" + dir}
	cmd.Stdin = bytes.NewReader(b)
	cmd.SysProcAttr = process.Attributes()
	cmd.WaitDelay = time.Second
	out, said := &bounded{left: r.Limits.Output}, &process.Stderr{}
	cmd.Stdout, cmd.Stderr = out, said
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start it: %w", err)
	}
	err = process.Watch(ctx, cmd, r.Limits.Limits, func() {
		// An error means that it has ended.
		_ = cmd.Process.Kill()
	})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case out.full:
		return nil, fmt.Errorf("it prints more than %d MB", r.Limits.Output>>20)
	case err != nil:
		if line := strings.TrimSpace(said.String()); line != "" {
			line, _, _ = strings.Cut(line, "\n")
			return nil, fmt.Errorf("%w: %s", err, line)
		}
		return nil, err
	}
	return out.b.Bytes(), nil
}

// bounded is a buffer that takes so much and then fails.
type bounded struct {
	b    bytes.Buffer
	left int
	full bool
}

func (w *bounded) Write(p []byte) (int, error) {
	if len(p) > w.left {
		w.full = true
		return 0, errors.New("too much output")
	}
	w.left -= len(p)
	return w.b.Write(p)
}

// Failure is the finding for a second reading that came to nothing.
func Failure(program string, err error) normalize.Finding {
	return normalize.Finding{Rule: Failed, Severity: normalize.Warning, IDs: []string{},
		Message: fmt.Sprintf("%s could not read the file again: %v", program, err)}
}

// shown is how many differing cells a message spells out.
const shown = 5

// Compare adds to a report what another reading of the file says otherwise: one
// finding with the cells whose values differ, which come under review.
func Compare(r, other *normalize.Report, program string) {
	if r.Form == "" && other.Form == "" {
		return
	}
	if r.Form != other.Form {
		r.Findings = append(r.Findings, normalize.Finding{Rule: Differs, Severity: normalize.Warning, IDs: []string{},
			Message: fmt.Sprintf("%s finds the form %s, not %s", program, cmp.Or(other.Form, "none"), cmp.Or(r.Form, "none"))})
		return
	}
	theirs := map[string]*normalize.Observation{}
	for i := range other.Observations {
		theirs[other.Observations[i].ID] = &other.Observations[i]
	}
	ids, spelt := []string{}, []string{}
	for i := range r.Observations {
		o := &r.Observations[i]
		t := theirs[o.ID]
		delete(theirs, o.ID)
		if t == nil && o.Value != nil || t != nil && !same(o, t) {
			ids = append(ids, o.ID)
			spelt = append(spelt, fmt.Sprintf("%s %s / %s", o.ID, text(o), text(t)))
			o.Status = normalize.Review
		}
	}
	for id, t := range theirs {
		if t.Value != nil {
			ids = append(ids, id)
			spelt = append(spelt, fmt.Sprintf("%s nothing / %s", id, text(t)))
		}
	}
	if len(ids) == 0 {
		return
	}
	slices.Sort(ids)
	slices.Sort(spelt)
	more := ""
	if len(spelt) > shown {
		spelt, more = spelt[:shown], fmt.Sprintf(" and %d more", len(ids)-shown)
	}
	r.Findings = append(r.Findings, normalize.Finding{Rule: Differs, Severity: normalize.Warning, IDs: ids,
		Message: fmt.Sprintf("%s reads otherwise: %s%s", program, strings.Join(spelt, ", "), more)})
}

// same: do two observations hold the same value? How a silence is printed is no
// difference.
func same(a, b *normalize.Observation) bool {
	if a.Value == nil || b.Value == nil {
		return a.Value == b.Value
	}
	return a.Value.Equal(*b.Value)
}

func text(o *normalize.Observation) string {
	if o == nil || o.Value == nil {
		return "nothing"
	}
	return o.Value.String()
}
