package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"nianbao/extract"
	"nianbao/normalize"
	"nianbao/store"
)

// Store is what a Runner needs of the store.
type Store interface {
	AddSource(ctx context.Context, s store.Source) (isNew bool, err error)
	CountPending(ctx context.Context, v store.Versions) (int, error)
	Pending(ctx context.Context, v store.Versions, limit int) ([]store.Pending, error)
	Record(ctx context.Context, derivations []store.Derivation, rows store.Rows) error
	Activate(ctx context.Context, v store.Versions) error

	PutOriginal(b []byte) (string, error)
	PutArtifact(b []byte) (string, error)
	Get(name string) ([]byte, error)
}

// Runner carries out what is to be done in a store.
type Runner struct {
	Pool  *Pool
	Store Store
	// Started, if set, is told how many files are to be worked on; Done about
	// each of them. Neither is called by two goroutines at once.
	Started func(files int)
	Done    func(Outcome)
}

// Outcome is what became of one file.
type Outcome struct {
	Path   string
	Source string
	Report *normalize.Report // a refused file's report has no form
}

// Add stores a published file. It reports whether the file is new at this path.
func (r *Runner) Add(ctx context.Context, path string, b []byte) (sum string, isNew bool, err error) {
	if sum, err = r.Store.PutOriginal(b); err != nil {
		return "", false, err
	}
	isNew, err = r.Store.AddSource(ctx, store.Source{SHA256: sum, Size: int64(len(b)), Path: path})
	return sum, isNew, err
}

// batch is how many files are looked up at a time.
const batch = 500

// Run does all that is to be done, and returns when nothing is left, when ctx
// ends or when the store fails. What was finished by then stays; running again
// goes on from there.
func (r *Runner) Run(ctx context.Context) error {
	v := Wanted()
	if err := r.Store.Activate(ctx, v); err != nil {
		return err
	}
	n, err := r.Store.CountPending(ctx, v)
	if err != nil {
		return err
	}
	if r.Started != nil {
		r.Started(n)
	}
	done := map[string]bool{}
	for {
		work, err := r.Store.Pending(ctx, v, batch)
		if err != nil || len(work) == 0 {
			return err
		}
		for _, w := range work {
			if done[w.SHA256] {
				return fmt.Errorf("the rows of %s were stored and are still missing: the store is inconsistent", w.Path)
			}
			done[w.SHA256] = true
		}
		if err := r.runBatch(ctx, v, work); err != nil {
			return err
		}
	}
}

// runBatch works on all of work, Pool.Jobs at a time.
func (r *Runner) runBatch(ctx context.Context, v store.Versions, work []store.Pending) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan store.Pending)
	var wg sync.WaitGroup
	var finished sync.Mutex
	for range r.Pool.Jobs() {
		wg.Go(func() {
			for w := range todo {
				o, err := r.derive(ctx, v, w)
				if err != nil {
					cancel(fmt.Errorf("work on %s: %w", w.Path, err))
					return
				}
				finished.Lock()
				if r.Done != nil {
					r.Done(o)
				}
				finished.Unlock()
			}
		})
	}
	for _, w := range work {
		select {
		case todo <- w:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(todo)
	wg.Wait()
	return context.Cause(ctx)
}

// derive does what w lacks and stores it.
func (r *Runner) derive(ctx context.Context, v store.Versions, w store.Pending) (Outcome, error) {
	out := Outcome{Path: w.Path, Source: w.SHA256}
	rows := store.Rows{Source: w.SHA256, Version: v.Index}
	var made []store.Derivation
	var report []byte
	var refusal *extract.Refusal
	switch {
	case w.Report != "": // only the rows are missing
		var err error
		if report, err = r.Store.Get(w.Report); err != nil {
			return out, err
		}
		if rows.MediaType, rows.Pages, err = r.about(w.Document); err != nil {
			return out, err
		}
		rows.Basis = w.Report
	case w.Refusal != "":
		var f failure
		if err := json.Unmarshal([]byte(w.Refusal), &f); err != nil {
			return out, fmt.Errorf("read a stored refusal: %w", err)
		}
		refusal = &extract.Refusal{Code: f.Code, Detail: f.Detail}
		rows.Basis, rows.MediaType, rows.Pages = w.Refusal, f.MediaType, f.Pages
	default:
		from, input := Extract, w.SHA256
		if w.Document != "" {
			from, input = Normalize, w.Document
		}
		b, err := r.Store.Get(input)
		if err != nil {
			return out, err
		}
		res, err := r.Pool.Do(ctx, from, b)
		if err != nil {
			return out, err
		}
		if made, rows.Basis, err = r.keep(v, from, input, res); err != nil {
			return out, err
		}
		report, refusal = res.Report, res.Refusal
		rows.MediaType, rows.Pages = res.MediaType, res.Pages
	}
	if refusal != nil {
		out.Report = Refused(refusal)
	} else {
		var err error
		if out.Report, err = ParseReport(report); err != nil {
			return out, err
		}
	}
	rows.Report = out.Report
	// What is derived is kept even when the run is being cancelled.
	return out, r.Store.Record(context.WithoutCancel(ctx), made, rows)
}

// failure is how a refusal is stored.
type failure struct {
	Code      string `json:"code"`
	Detail    string `json:"detail"`
	MediaType string `json:"media_type"`
	Pages     int    `json:"pages"`
}

// about tells the media type and the number of pages of a Document artifact.
func (r *Runner) about(document string) (mediaType string, pages int, err error) {
	b, err := r.Store.Get(document)
	if err != nil {
		return "", 0, err
	}
	var d struct {
		MediaType string     `json:"media_type"`
		Pages     []struct{} `json:"pages"`
	}
	if err := json.Unmarshal(b, &d); err != nil {
		return "", 0, fmt.Errorf("read document artifact: %w", err)
	}
	return d.MediaType, len(d.Pages), nil
}

// keep stores the artifacts of res and returns its derivations and what the
// rows are made from.
func (r *Runner) keep(v store.Versions, from, input string, res *Result) (made []store.Derivation, basis string, err error) {
	fail := func(step, input, version string) ([]store.Derivation, string, error) {
		b, err := json.Marshal(failure{res.Refusal.Code, res.Refusal.Detail, res.MediaType, res.Pages})
		if err != nil {
			return nil, "", err
		}
		return append(made, store.Derivation{Step: step, Input: input, Version: version, Error: string(b)}), string(b), nil
	}
	document := input
	if from == Extract {
		if res.Failed == Extract {
			return fail(Extract, input, v.Extract)
		}
		if document, err = r.Store.PutArtifact(res.Document); err != nil {
			return nil, "", err
		}
		made = append(made, store.Derivation{Step: Extract, Input: input, Version: v.Extract, Output: document})
	}
	if res.Failed == Normalize {
		return fail(Normalize, document, v.Normalize)
	}
	if res.Report == nil {
		return nil, "", errors.New("a worker gave neither a report nor a reason")
	}
	if basis, err = r.Store.PutArtifact(res.Report); err != nil {
		return nil, "", err
	}
	return append(made, store.Derivation{Step: Normalize, Input: document, Version: v.Normalize, Output: basis}), basis, nil
}

// Wanted are the versions of the steps that this program makes.
func Wanted() store.Versions {
	return store.Versions{Extract: Versions[Extract], Normalize: Versions[Normalize], Index: Versions[Index]}
}
