package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"nianbao/extract"
	"nianbao/normalize"
	"nianbao/review"
	"nianbao/store"
	"nianbao/store/blob"
)

// Store is what a Runner needs of the store.
type Store interface {
	AddSource(ctx context.Context, s store.Source) (isNew bool, err error)
	CountPending(ctx context.Context, v store.Versions) (int, error)
	Pending(ctx context.Context, v store.Versions, limit int) ([]store.Pending, error)
	DependsOn(ctx context.Context, extract string, t store.Tool) (bool, error)
	Record(ctx context.Context, derivations []store.Derivation, rows store.Rows) error
	Reports(ctx context.Context, f store.Filter) ([]store.Report, error)
	Document(ctx context.Context, r *store.Report) (sum string, err error)
	Correct(ctx context.Context, cs []review.Correction) (added []review.Correction, err error)
	Corrections(ctx context.Context, source string) (cs []review.Correction, last int64, err error)
	Activate(ctx context.Context, v store.Versions) error
	Settler

	PutOriginal(b []byte) (string, error)
	PutArtifact(b []byte) (string, error)
	Get(name string) ([]byte, error)
}

// Runner carries out what is to be done in a store.
type Runner struct {
	Pool  *Pool
	Store Store
	// Tools tells who the tools of this machine are. A run asks for each at most once.
	Tools Identities
	// Started, if set, is told how many files are to be worked on, Progress which
	// page of one of them OCR begins, and Done about each of them. No two are
	// called at once.
	Started  func(files int)
	Progress func(path string, page, pages int)
	Done     func(Outcome)
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
const batch = 5000

// Run does all that is to be done, and returns when nothing is left, when ctx
// ends or when the store fails. What was finished by then stays; running again
// goes on from there.
func (r *Runner) Run(ctx context.Context) error {
	v, err := Wanted(ctx, r.Store, r.Tools)
	if err != nil {
		return err
	}
	if err := r.Store.Activate(ctx, v); err != nil {
		return err
	}
	w := &wanted{Versions: v, ask: r.Tools}
	if w.agencies, err = newResolver(ctx, r.Store); err != nil {
		return err
	}
	n, err := r.Store.CountPending(ctx, w.Versions)
	if err != nil {
		return err
	}
	if r.Started != nil {
		r.Started(n)
	}
	done := map[string]bool{}
	for {
		work, err := r.Store.Pending(ctx, w.Versions, batch)
		if err != nil {
			return err
		}
		if len(work) == 0 {
			return Settle(ctx, r.Store)
		}
		for _, p := range work {
			turn := fmt.Sprint(p.SHA256, p.Corrections) // a correction may come in between
			if done[turn] {
				return fmt.Errorf("the rows of %s were stored and are still missing: the store is inconsistent", p.Path)
			}
			done[turn] = true
		}
		if err := r.runBatch(ctx, w, work); err != nil {
			return err
		}
	}
}

// runBatch works on all of work, Pool.Jobs at a time.
func (r *Runner) runBatch(ctx context.Context, v *wanted, work []store.Pending) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan store.Pending)
	var wg sync.WaitGroup
	var telling sync.Mutex
	for range r.Pool.Jobs() {
		wg.Go(func() {
			for w := range todo {
				o, err := r.derive(ctx, v, w, func(page, pages int) {
					telling.Lock()
					defer telling.Unlock()
					if r.Progress != nil {
						r.Progress(w.Path, page, pages)
					}
				})
				if err != nil {
					cancel(fmt.Errorf("work on %s: %w", w.Path, err))
					return
				}
				telling.Lock()
				if r.Done != nil {
					r.Done(o)
				}
				telling.Unlock()
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
func (r *Runner) derive(ctx context.Context, v *wanted, w store.Pending, progress func(page, pages int)) (Outcome, error) {
	d, err := r.recall(w)
	if err == nil && d == nil {
		d, err = r.make(ctx, v, w, progress)
	}
	if err != nil {
		return Outcome{}, err
	}
	rows := store.Rows{
		Source: w.SHA256, Basis: d.basis, Version: v.Index, MediaType: d.mediaType, Pages: d.pages, Report: d.report,
	}
	if err := v.agencies.identify(ctx, r.Store, &rows); err != nil {
		return Outcome{}, err
	}
	// What is derived is kept even when the run is being cancelled.
	err = r.Store.Record(context.WithoutCancel(ctx), d.made, rows)
	return Outcome{Path: w.Path, Source: w.SHA256, Report: d.report}, err
}

// derived is what is known of one file after its steps.
type derived struct {
	report    *normalize.Report
	basis     string // the Report artifact, or the failure as JSON
	mediaType string
	pages     int
	made      []store.Derivation
}

// failure is how a refusal is stored.
type failure struct {
	Code      string `json:"code"`
	Detail    string `json:"detail"`
	MediaType string `json:"media_type"`
	Pages     int    `json:"pages"`
}

// recall returns what the steps made of w at an earlier time, nil where they
// did not or where an artifact is gone.
func (r *Runner) recall(w store.Pending) (*derived, error) {
	switch {
	case w.Report != "":
		d, err := r.stored(w)
		if errors.Is(err, blob.ErrMissing) {
			return nil, nil
		}
		return d, err
	case w.Refusal != "":
		var f failure
		if err := json.Unmarshal([]byte(w.Refusal), &f); err != nil {
			return nil, fmt.Errorf("read a stored refusal: %w", err)
		}
		return &derived{
			report: Refused(&extract.Refusal{Code: f.Code, Detail: f.Detail}),
			basis:  w.Refusal, mediaType: f.MediaType, pages: f.Pages,
		}, nil
	}
	return nil, nil
}

// stored reads the artifacts of w.
func (r *Runner) stored(w store.Pending) (*derived, error) {
	artifact, err := r.Store.Get(w.Report)
	if err != nil {
		return nil, err
	}
	report, err := ParseReport(artifact)
	if err != nil {
		return nil, err
	}
	document, err := r.Store.Get(w.Document)
	if err != nil {
		return nil, err
	}
	var about struct {
		MediaType string     `json:"media_type"`
		Pages     []struct{} `json:"pages"`
	}
	if err := json.Unmarshal(document, &about); err != nil {
		return nil, fmt.Errorf("read document artifact: %w", err)
	}
	return &derived{report: report, basis: w.Report, mediaType: about.MediaType, pages: len(about.Pages)}, nil
}

// make has a worker carry out the steps that w lacks and keeps the artifacts.
func (r *Runner) make(ctx context.Context, v *wanted, w store.Pending, progress func(page, pages int)) (*derived, error) {
	from, input := Extract, w.SHA256
	var b []byte
	err := blob.ErrMissing
	if w.Document != "" {
		if b, err = r.Store.Get(w.Document); err == nil {
			from, input = Normalize, w.Document
		}
	}
	if errors.Is(err, blob.ErrMissing) {
		b, err = r.Store.Get(w.SHA256)
	}
	if err != nil {
		return nil, err
	}
	req := request{From: from}
	var last int64 // correction that is taken in
	if w.Corrections > 0 {
		if req.Corrections, last, err = r.Store.Corrections(ctx, w.SHA256); err != nil {
			return nil, err
		}
	}
	kept := map[string]bool{} // files of an archive
	res, err := r.Pool.do(ctx, req, b, hooks{progress: progress, member: func(content []byte) error {
		name, err := r.Store.PutOriginal(content)
		kept[name] = true
		return err
	}})
	if err != nil {
		return nil, err
	}
	version, err := v.extract(ctx, res.Tool)
	if err != nil {
		return nil, err
	}
	d := &derived{mediaType: res.MediaType, pages: res.Pages}
	document := input
	if res.Document != nil {
		if document, err = r.Store.PutArtifact(res.Document); err != nil {
			return nil, err
		}
		d.made = append(d.made, store.Derivation{Step: Extract, Input: input, Version: version, Output: document})
	}
	switch {
	case res.Refusal != nil:
		b, err := json.Marshal(failure{res.Refusal.Code, res.Refusal.Detail, res.MediaType, res.Pages})
		if err != nil {
			return nil, err
		}
		d.report, d.basis = Refused(res.Refusal), string(b)
		failed := store.Derivation{Step: Normalize, Input: document, Version: v.Reviewed(last), Error: d.basis}
		if res.Failed == Extract {
			failed = store.Derivation{Step: Extract, Input: input, Version: version, Error: d.basis}
		}
		d.made = append(d.made, failed)
	case res.Report == nil:
		return nil, errors.New("a worker gave neither a report nor a reason")
	default:
		if d.report, err = ParseReport(res.Report); err != nil {
			return nil, err
		}
		for _, m := range d.report.Members {
			if from == Extract && !kept[m.SHA256] {
				return nil, fmt.Errorf("a worker listed %s and did not hand it on", m.Name)
			}
		}
		if d.basis, err = r.Store.PutArtifact(res.Report); err != nil {
			return nil, err
		}
		d.made = append(d.made, store.Derivation{Step: Normalize, Input: document, Version: v.Reviewed(last), Output: d.basis})
	}
	return d, nil
}
