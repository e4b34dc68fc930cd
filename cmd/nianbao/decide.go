package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"nianbao/agency"
	"nianbao/division"
	"nianbao/pipeline"
	"nianbao/store"
)

// who is asked with every decision.
type who struct {
	Reason string `help:"Why." required:""`
	By     string `help:"Name of the person who decides." required:""`
}

// decide stores a decision, lets the reports follow it and says what came of it.
func (w *who) decide(a *app, s *store.Store, d agency.Decision) error {
	d.Reason, d.By, d.Made = w.Reason, w.By, time.Now().UTC().Format(time.RFC3339)
	d = d.Seal()
	if err := d.Check(); err != nil {
		return usage("see: nianbao agencies --help", "%v", err)
	}
	if _, err := s.Decide(a.ctx, agency.Decisions{d}); err != nil {
		return err
	}
	if err := pipeline.Settle(a.ctx, s); err != nil {
		return err
	}
	fmt.Fprintln(a.out, told(d))
	if d.To == nil {
		return nil
	}
	all, err := s.Standings(a.ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(st store.Standing) bool { return identityOf(st.Agency) == *d.To })
	if at < 0 {
		fmt.Fprintln(a.err, "no stored report is concerned by it now")
		return nil
	}
	return printAgencies(a.out, all[at:at+1])
}

// with hands the agency that a text means to f, in the store where it is.
func with(a *app, text string, f func(s *store.Store, st *store.Standing) error) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	st, err := oneAgency(a, s, text)
	if err != nil {
		return err
	}
	return f(s, st)
}

// concerned is the agency of a decision as it is before. One that is known by the
// folder of its reports is decided on for that folder.
func concerned(st *store.Standing, under string) (agency.Identity, string) {
	id := identityOf(st.Agency)
	bare, folder := agency.Scope(id.Name)
	id.Name = bare
	if under == "" {
		under = folder
	}
	return id, under
}

type agenciesDivisionCmd struct {
	Agency   string `arg:"" help:"Number or name."`
	Division string `arg:"" help:"Code of GB/T 2260 (six digits; nine of a township), or the name of a division that there is once."`
	Under    string `help:"Only reports seen below this folder, host or address (default: the folder the agency is listed with)." placeholder:"PLACE"`
	who
}

func (c *agenciesDivisionCmd) Run(a *app) error {
	code, err := divisionCode(c.Division)
	if err != nil {
		return err
	}
	return with(a, c.Agency, func(s *store.Store, st *store.Standing) error {
		id, under := concerned(st, c.Under)
		to := agency.In(id.Name, code, st.Last)
		return c.decide(a, s, agency.Decision{Kind: agency.Place, Agency: &id, To: &to, Under: under})
	})
}

// divisionCode is the code that a text means.
func divisionCode(text string) (string, error) {
	if division.LevelOf(text) != "" && strings.Trim(text, "0123456789") == "" {
		if len(division.ByCode(text)) == 0 {
			return "", usage("codes: division/data/divisions.csv, or those of the Ministry of Civil Affairs", "no division has the code %s", text)
		}
		return text, nil
	}
	var found []division.Division
	for _, d := range division.Named(text, 0) {
		if d.To == "" {
			found = append(found, d)
		}
	}
	switch len(found) {
	case 1:
		return found[0].Code, nil
	case 0:
		return "", usage("give its code, as in 370400", "there is no division %q now", text)
	}
	var codes []string
	for _, d := range found {
		codes = append(codes, placeName(d.Code, 0))
	}
	return "", usage(strings.Join(codes, "\n"), "%q is %d divisions; give the code of one:", text, len(found))
}

type agenciesNameCmd struct {
	Agency string `arg:"" help:"Number or name."`
	Name   string `arg:"" help:"Its right name."`
	who
}

func (c *agenciesNameCmd) Run(a *app) error {
	return with(a, c.Agency, func(s *store.Store, st *store.Standing) error {
		id, under := concerned(st, "")
		return c.decide(a, s, agency.Decision{Kind: agency.Name, Agency: &id, To: &agency.Identity{Name: agency.Fold(c.Name), Division: id.Division}, Under: under})
	})
}

type agenciesMergeCmd struct {
	Agency  string `arg:"" help:"Number or name of the agency that is no other."`
	Into    string `arg:"" help:"Number or name of the one that it is."`
	Overlap bool   `help:"Also where both have reports on one year, of which the one seen last will count."`
	who
}

func (c *agenciesMergeCmd) Run(a *app) error {
	return with(a, c.Agency, func(s *store.Store, from *store.Standing) error {
		into, err := oneAgency(a, s, c.Into)
		if err != nil {
			return err
		}
		shared, err := sharedYears(a, s, from, into, func(int) bool { return true })
		if err != nil {
			return err
		}
		if len(shared) > 0 && !c.Overlap {
			return usage("two bodies that became one are two series, and stay so; if this is one body under two names: --overlap",
				"both have reports on %s", join(shared))
		}
		id, under := concerned(from, "")
		to := identityOf(into.Agency)
		return c.decide(a, s, agency.Decision{Kind: agency.Merge, Agency: &id, To: &to, Under: under})
	})
}

// sharedYears are the years of which both have reports, among those that count.
func sharedYears(a *app, s *store.Store, x, y *store.Standing, counts func(year int) bool) (out []int, err error) {
	years := func(id int64) (map[int]bool, error) {
		reports, err := s.NamedBy(a.ctx, id)
		out := map[int]bool{}
		for _, r := range reports {
			out[r.Year] = true
		}
		return out, err
	}
	of, err := years(x.ID)
	if err != nil {
		return nil, err
	}
	others, err := years(y.ID)
	for year := range of {
		if others[year] && year != 0 && counts(year) {
			out = append(out, year)
		}
	}
	slices.Sort(out)
	return out, err
}

type agenciesRenameCmd struct {
	Agency string `arg:"" help:"Number or name of the agency as it was called before."`
	New    string `arg:"" help:"Number or name of the one that it is now, or its new name."`
	Since  int    `help:"The first year of report under the new name." required:"" placeholder:"YEAR"`
	who
}

func (c *agenciesRenameCmd) Run(a *app) error {
	return with(a, c.Agency, func(s *store.Store, old *store.Standing) error {
		id, under := concerned(old, "")
		to := agency.Identity{Name: agency.Fold(c.New), Division: id.Division}
		all, err := s.Standings(a.ctx)
		if err != nil {
			return err
		}
		if found := matching(all, c.New); len(found) == 1 && found[0].ID != old.ID {
			to = identityOf(found[0].Agency)
			shared, err := sharedYears(a, s, old, &found[0], func(year int) bool { return year < c.Since })
			if err != nil {
				return err
			}
			if len(shared) > 0 {
				return usage("a series can go on only one to one; leave them apart, or name a later year where one body took the place of the other",
					"both have reports on %s, before %d", join(shared), c.Since)
			}
		}
		return c.decide(a, s, agency.Decision{Kind: agency.Rename, Agency: &id, To: &to, Since: c.Since, Under: under})
	})
}

type agenciesSplitCmd struct {
	Agency   string `arg:"" help:"Number or name."`
	New      string `arg:"" help:"Name of the agency that some of its reports are by."`
	Division string `help:"Its division, if another: a code of GB/T 2260 or a name." placeholder:"CODE"`
	Since    int    `help:"Reports on this year and later ones." placeholder:"YEAR"`
	Under    string `help:"Reports seen below this folder, host or address." placeholder:"PLACE"`
	who
}

func (c *agenciesSplitCmd) Run(a *app) error {
	return with(a, c.Agency, func(s *store.Store, st *store.Standing) error {
		id := identityOf(st.Agency)
		to := agency.Identity{Name: agency.Fold(c.New), Division: id.Division}
		if c.Division != "" {
			code, err := divisionCode(c.Division)
			if err != nil {
				return err
			}
			to.Division = code[:6]
		}
		return c.decide(a, s, agency.Decision{Kind: agency.Split, Agency: &id, To: &to, Since: c.Since, Under: c.Under})
	})
}

type agenciesUndoCmd struct {
	Decision string `arg:"" help:"Id of the decision: nianbao agencies --decisions lists them."`
	who
}

func (c *agenciesUndoCmd) Run(a *app) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	ds, err := s.Decisions(a.ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(ds, func(d agency.Decision) bool { return d.ID == c.Decision }) {
		return usage("see them: nianbao agencies --decisions", "there is no decision %q", c.Decision)
	}
	return c.decide(a, s, agency.Decision{Kind: agency.Undo, Of: c.Decision})
}
