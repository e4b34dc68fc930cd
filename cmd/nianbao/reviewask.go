package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"nianbao/store"
)

// ask goes through doubts, worst first, and asks what each cell holds.
func (c *reviewCmd) ask(a *app, s *store.Store) error {
	all, err := c.doubts(a, s)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(a.out, "nothing is in doubt")
		return err
	}
	r, end := c.runner(a, s)
	defer end()
	in := listen(a)
	said, skipped := 0, 0
	defer func() { fmt.Fprintf(a.out, "\n%d said, %d skipped\n", said, skipped) }()
	for i := range all {
		sub, err := (&subject{report: all[i].report, id: all[i].ID}).again(a, s)
		if err != nil {
			return err
		}
		d, err := doubtOf(a, s, sub)
		if err != nil {
			return err
		}
		if d == nil { // another answer settled it
			continue
		}
		fmt.Fprintf(a.out, "\n[%d of %d] ", i+1, len(all))
		if err := printDoubt(a.out, sub, d); err != nil {
			return err
		}
		v, err := c.answer(in, sub)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if v == nil {
			skipped++
			continue
		}
		if err := c.take(a, s, r, sub, v); err != nil {
			return err
		}
		said++
	}
	return nil
}

// answer asks until it gets a verdict with its reason; nil where the cell is skipped,
// io.EOF where there is no more to come.
func (c *reviewCmd) answer(in *answers, sub *subject) (*verdict, error) {
	for {
		text, err := in.next("value, Enter = as shown, b = blank, d = dash, a = absent, s = skip, q = quit: ")
		if err != nil {
			return nil, err
		}
		one := reviewCmd{Value: &text, AsPrinted: c.AsPrinted}
		switch text {
		case "q":
			return nil, io.EOF
		case "s":
			return nil, nil
		case "":
			one = reviewCmd{Confirm: true}
		case "b":
			one = reviewCmd{Blank: true}
		case "d":
			one = reviewCmd{Dash: true}
		case "a":
			one = reviewCmd{Absent: true}
		}
		v, err := one.verdict(sub)
		var wrong *exitError
		if errors.As(err, &wrong) && wrong.code == exitUsage {
			fmt.Fprintf(in.w, "%v\n", err)
			continue
		}
		if err != nil {
			return nil, err
		}
		prompt := "how is it known? "
		if c.Reason != "" {
			prompt = fmt.Sprintf("how is it known? Enter = %s: ", c.Reason)
		}
		for {
			reason, err := in.next(prompt)
			if err != nil {
				return nil, err
			}
			if reason != "" {
				c.Reason = reason
			}
			if c.Reason != "" {
				return v, nil
			}
		}
	}
}

// answers are the lines that a person types.
type answers struct {
	ctx   context.Context
	lines <-chan string
	err   *error // why they ended; to be read once lines is closed
	w     io.Writer
}

// listen reads lines beside, so that Ctrl-C ends the wait for one.
func listen(a *app) *answers {
	lines := make(chan string)
	in := &answers{ctx: a.ctx, lines: lines, err: new(error), w: a.err}
	go func() {
		defer close(lines)
		s := bufio.NewScanner(a.in)
		for s.Scan() {
			select {
			case lines <- strings.TrimSpace(s.Text()):
			case <-a.ctx.Done():
				return
			}
		}
		*in.err = s.Err()
	}()
	return in
}

// next asks for one line; io.EOF where there is none any more.
func (in *answers) next(prompt string) (string, error) {
	fmt.Fprint(in.w, prompt)
	select {
	case line, ok := <-in.lines:
		if ok {
			return line, nil
		}
		fmt.Fprintln(in.w)
		if *in.err != nil {
			return "", fmt.Errorf("read the answer: %w", *in.err)
		}
		return "", io.EOF
	case <-in.ctx.Done():
		fmt.Fprintln(in.w)
		return "", in.ctx.Err()
	}
}
