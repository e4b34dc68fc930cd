package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"sync"

	"nianbao/extract"
	"nianbao/normalize"
	"nianbao/pipeline"
	"nianbao/second"
	"nianbao/store/blob"
)

// reading reads files without storing them, save that what archives hold lies in
// a temporary folder until it is read.
type reading struct {
	a     *app
	pool  *pipeline.Pool
	pages *pages
	// seconds are the second readers, by media type.
	seconds map[string]*second.Reader

	mu   sync.Mutex
	dir  string
	kept *blob.Store // nil before the first file of an archive
}

// result is one line of output, or why there is none.
type result struct {
	line    *line
	refused bool
	err     error
}

// inOrder calls f on some items at a time and gives what they send in the order
// of the items. It ends early with ctx, and returns when no f runs any more.
func inOrder[T any](ctx context.Context, atOnce int, items []T, f func(ctx context.Context, item T, send func(result))) iter.Seq[result] {
	return func(yield func(result) bool) {
		var running sync.WaitGroup
		defer running.Wait()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		turns := make(chan chan result, atOnce)
		running.Go(func() {
			defer close(turns)
			for _, item := range items {
				out := make(chan result)
				select {
				case turns <- out:
				case <-ctx.Done():
					return
				}
				running.Go(func() {
					defer close(out)
					f(ctx, item, func(r result) {
						select {
						case out <- r:
						case <-ctx.Done():
						}
					})
				})
			}
		})
		for out := range turns {
			for r := range out {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// file sends the lines of a file: one, or those of the files in it.
func (rd *reading) file(ctx context.Context, path string, send func(result)) {
	b, refusal := rd.a.load(path, pipeline.DefaultLimits().Input)
	if refusal != nil {
		send(result{line: newLine(path, "", "", 0, pipeline.Refused(refusal)), refused: true})
		return
	}
	report, own := rd.read(ctx, path, b, send)
	if report == nil {
		return
	}
	for r := range inOrder(ctx, 2*rd.pool.Jobs(), report.Members, func(ctx context.Context, m extract.Member, send func(result)) {
		path := extract.MemberPath(path, m.Name)
		content, err := rd.kept.Get(m.SHA256)
		if err != nil {
			send(result{err: fmt.Errorf("%s: %w", path, err)})
			return
		}
		rd.read(ctx, path, content, send)
	}) {
		send(r)
	}
	if len(report.Findings) > 0 {
		send(result{line: own, refused: failed(report)})
	}
}

// read reads one file and sends its line. An archive it unpacks and returns, with
// the line of its own.
func (rd *reading) read(ctx context.Context, path string, b []byte, send func(result)) (*normalize.Report, *line) {
	ask := rd.pool.Print
	if len(rd.seconds) > 0 { // they say more of observations
		ask = rd.pool.Unpack
	}
	res, err := ask(ctx, b, func(page, pages int) { rd.pages.begun(path, page, pages) }, rd.keep)
	if err != nil {
		send(result{err: err})
		return nil, nil
	}
	report, err := reportOf(res)
	if again := rd.seconds[res.MediaType]; again != nil && err == nil && res.Refusal == nil {
		err = readAgain(ctx, rd.pool, again, b, report)
	}
	if err != nil {
		send(result{err: fmt.Errorf("%s: %w", path, err)})
		return nil, nil
	}
	l := newPrintedLine(path, pipeline.Sum(b), res, report)
	if len(report.Members) > 0 {
		return report, l
	}
	send(result{line: l, refused: failed(report)})
	return nil, nil
}

// keep keeps a file of an archive until it is read.
func (rd *reading) keep(content []byte) (err error) {
	rd.mu.Lock()
	defer rd.mu.Unlock()
	if rd.kept == nil {
		if rd.dir, err = os.MkdirTemp("", "nianbao-"); err != nil {
			return err
		}
		if rd.kept, err = blob.Open(rd.a.ctx, rd.dir); err != nil {
			return err
		}
	}
	_, err = rd.kept.PutOriginal(content)
	return err
}

// close removes what was kept.
func (rd *reading) close() error {
	if rd.dir == "" {
		return nil
	}
	var err error
	if rd.kept != nil {
		err = rd.kept.Close()
	}
	return errors.Join(err, os.RemoveAll(rd.dir))
}
