package pipeline

import (
	"context"
	"fmt"
	"slices"

	"nianbao/review"
	"nianbao/store"
)

// Correct adds what people say of cells and fields and makes the rows anew of the reports that
// it is about, from the Documents that they stand on: no file is read again, since
// the engines that read it may not be on this machine. It returns what was not known
// yet. Should it be stopped in between, the next Run does the rest. Started and Done
// are told of files.
func (r *Runner) Correct(ctx context.Context, cs []review.Correction) ([]review.Correction, error) {
	added, err := r.Store.Correct(ctx, cs)
	if err != nil {
		return nil, err
	}
	var sources []string
	for i := range added {
		sources = append(sources, added[i].Source)
	}
	slices.Sort(sources)
	sources = slices.Compact(sources)
	if r.Started != nil {
		r.Started(len(sources))
	}
	agencies, err := newResolver(ctx, r.Store)
	if err != nil {
		return nil, err
	}
	var beside []int64 // agencies some of whose reports may be twins
	for _, source := range sources {
		reports, err := r.Store.Reports(ctx, store.Filter{Source: source})
		if err != nil {
			return nil, err
		}
		for i := range reports {
			if err := r.rework(ctx, agencies, &reports[i]); err != nil {
				return nil, fmt.Errorf("correct the report of %s: %w", reports[i].Path, err)
			}
		}
		now, err := r.Store.Reports(ctx, store.Filter{Source: source})
		if err != nil {
			return nil, err
		}
		for _, at := range append(reports, now...) { // it may have gone from one agency and year to another
			of := store.Filter{Agency: at.Agency.ID, Year: at.Year}
			if of.Agency == 0 || of.Year == 0 {
				continue
			}
			all, err := r.Store.Reports(ctx, of)
			if err != nil {
				return nil, err
			}
			if len(all) > 1 || at.Twin {
				beside = append(beside, of.Agency)
			}
		}
		if r.Done != nil {
			r.Done(Outcome{Source: source})
		}
	}
	if len(sources) == 0 {
		return added, nil
	}
	slices.Sort(beside)
	if err := pair(ctx, r.Store, slices.Compact(beside)); err != nil {
		return nil, err
	}
	return added, nil
}

// rework makes the rows of one report from its Document and all that people said by
// now, until nothing more was said meanwhile.
func (r *Runner) rework(ctx context.Context, agencies *resolver, of *store.Report) error {
	document, err := r.Store.Document(ctx, of)
	if err != nil || document == "" { // to be made from its file by the next Run
		return err
	}
	b, err := r.Store.Get(document)
	if err != nil {
		return err
	}
	v := store.Versions{Normalize: Versions[Normalize]}
	for done := int64(-1); ; {
		history, last, err := r.Store.Corrections(ctx, of.Source)
		if err != nil || last == done {
			return err
		}
		res, err := r.Pool.do(ctx, request{From: Normalize, Corrections: history}, b, hooks{})
		if err != nil {
			return err
		}
		if res.Refusal != nil {
			return res.Refusal
		}
		report, err := ParseReport(res.Report)
		if err != nil {
			return err
		}
		basis, err := r.Store.PutArtifact(res.Report)
		if err != nil {
			return err
		}
		rows := store.Rows{Source: of.Source, Basis: basis, Version: Versions[Index], MediaType: res.MediaType, Pages: res.Pages, Report: report}
		if err := agencies.identify(ctx, r.Store, &rows); err != nil {
			return err
		}
		err = r.Store.Record(context.WithoutCancel(ctx), []store.Derivation{{Step: Normalize, Input: document, Version: v.Reviewed(last), Output: basis}}, rows)
		if err != nil {
			return err
		}
		done = last
	}
}
