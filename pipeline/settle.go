package pipeline

import (
	"context"
	"slices"

	"nianbao/agency"
	"nianbao/normalize"
	"nianbao/store"
	"nianbao/twins"
)

// Settler is what Settle needs of the store.
type Settler interface {
	Decisions(ctx context.Context) (agency.Decisions, error)
	Paths(ctx context.Context, source string) ([]string, error)
	Unresolved(ctx context.Context, by store.Resolver, after int64, limit int) ([]store.Named, error)
	RecordResolutions(ctx context.Context, by store.Resolver, rs []store.Resolution) error
	Pages(ctx context.Context) ([]store.Page, error)
	RecordAttachments(ctx context.Context, attached []store.Attachment) error
	Candidates(ctx context.Context, agency int64) ([][]store.Candidate, error)
	RecordTwins(ctx context.Context, agency int64, t []store.Twins) error
}

// Settle tells anew which agencies reports are by, then which belong to pages that
// link them, and then which are the same as others beside them. It looks at rows
// alone, so that it may follow whatever changed: files, or what people decided.
func Settle(ctx context.Context, s Settler) error {
	if err := resolve(ctx, s); err != nil {
		return err
	}
	return pair(ctx, s, everyAgency)
}

// everyAgency stands for all agencies where those are to be named whose reports are
// compared.
var everyAgency = []int64{0}

// pair tells anew which reports belong to pages that link them, and which, of the
// agencies given, are the same as others beside them.
func pair(ctx context.Context, s Settler, agencies []int64) error {
	pages, err := s.Pages(ctx)
	if err != nil {
		return err
	}
	attached, told := twins.Attach(pages)
	if err := s.RecordAttachments(ctx, attached); err != nil {
		return err
	}
	if len(told) > 0 { // of reports of any agency
		agencies = everyAgency
	}
	for _, agency := range agencies {
		groups, err := s.Candidates(ctx, agency)
		if err != nil {
			return err
		}
		all := slices.Clone(told)
		for _, g := range groups {
			all = append(all, twins.Judge(g)...)
		}
		if err := s.RecordTwins(ctx, agency, all); err != nil {
			return err
		}
	}
	return nil
}

// atOnce is how many reports are resolved in one transaction.
const atOnce = 500

// resolver resolves agencies after the decisions that there are.
type resolver struct {
	known  store.Resolver
	active agency.Decisions
}

func newResolver(ctx context.Context, s Settler) (*resolver, error) {
	decisions, err := s.Decisions(ctx)
	if err != nil {
		return nil, err
	}
	return &resolver{store.Resolver{Version: agency.Version, Decisions: len(decisions)}, decisions.Active()}, nil
}

func resolve(ctx context.Context, s Settler) error {
	by, err := newResolver(ctx, s)
	if err != nil {
		return err
	}
	last := int64(0)
	for {
		reports, err := s.Unresolved(ctx, by.known, last, atOnce)
		if err != nil {
			return err
		}
		if len(reports) == 0 {
			return nil
		}
		rs := make([]store.Resolution, len(reports))
		for i := range reports {
			rs[i] = by.resolve(&reports[i])
			last = reports[i].Report
		}
		if err := s.RecordResolutions(ctx, by.known, rs); err != nil {
			return err
		}
	}
}

// identify puts the agency that a report counts for into its rows, before they are
// stored: Settle would find it too, and store the report a second time.
func (by *resolver) identify(ctx context.Context, s Settler, rows *store.Rows) (err error) {
	if !rows.SaysWhose() {
		return nil
	}
	n := store.Named{Printed: rows.Report.Agency.Name, Year: rows.Report.Year, Claims: rows.Report.Claims}
	if n.Paths, err = s.Paths(ctx, rows.Source); err != nil {
		return err
	}
	res := by.resolve(&n)
	rows.Resolution, rows.ResolvedBy = &res, by.known
	return nil
}

// resolve tells which agency a report counts for.
func (by *resolver) resolve(n *store.Named) store.Resolution {
	r := agency.Resolve(n.Printed, n.Year, n.Claims, n.Paths)
	out := store.Resolution{Report: n.Report, Agency: r.Identity, Outcome: r.Outcome, Candidates: r.Candidates, Credit: r.Credit}
	places := n.Paths
	for _, c := range n.Claims {
		if c.Origin == normalize.ClaimAddress {
			places = append(places[:len(places):len(places)], c.Text)
		}
	}
	if id, last := by.active.Apply(r.Identity, n.Year, places); last != nil {
		out.Agency, out.Outcome, out.Candidates = id, agency.Decided, nil
	}
	return out
}
