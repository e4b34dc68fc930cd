package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"nianbao/compare/export"
	"nianbao/normalize"
	"nianbao/pipeline"
	"nianbao/review"
	"nianbao/store"
)

// chosen are the corrections that the arguments choose, in canonical order, and the
// reports that they are about, by file.
func (c *reviewCmd) chosen(a *app, s *store.Store) ([]review.Correction, map[string]*store.Report, error) {
	all, _, err := s.Corrections(a.ctx, "")
	if err != nil {
		return nil, nil, err
	}
	var wanted []store.Agency
	if c.Agency != "" {
		if wanted, err = s.Agencies(a.ctx, c.Agency); err != nil {
			return nil, nil, err
		}
	}
	reports := map[string]*store.Report{}
	looked := map[string]bool{}
	all = slices.Clone(all)
	for i := range all {
		source := all[i].Source
		if looked[source] {
			continue
		}
		looked[source] = true
		found, err := s.Reports(a.ctx, store.Filter{Source: source})
		if err != nil {
			return nil, nil, err
		}
		if len(found) > 0 {
			reports[source] = &found[0]
		}
	}
	all = slices.DeleteFunc(all, func(k review.Correction) bool {
		r := reports[k.Source]
		if c.Agency == "" && c.Year == 0 && c.Cell == "" {
			return false
		}
		return r == nil || c.Cell != "" && k.Cell != c.Cell || c.Year != 0 && r.Year != c.Year ||
			c.Agency != "" && !slices.Contains(wanted, r.Agency)
	})
	review.Sort(all)
	return all, reports, nil
}

// history lists what people said.
func (c *reviewCmd) history(a *app, s *store.Store) error {
	all, reports, err := c.chosen(a, s)
	if err != nil {
		return err
	}
	if c.JSON {
		return review.Write(a.out, all)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(a.out, "nobody has said anything")
		return err
	}
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].Source == all[0].Source && all[n].Cell == all[0].Cell {
			n++
		}
		fmt.Fprintf(a.out, "%s %s\n", about(reports[all[0].Source], all[0].Source), all[0].Cell)
		for _, line := range historyLines(all[:n]) {
			fmt.Fprintf(a.out, "  %s\n", line)
		}
		all = all[n:]
	}
	_, err = fmt.Fprint(a.out, "\n*  nobody has set it aside since\n")
	return err
}

// about names the report of a file, or the file where it gives none.
func about(r *store.Report, source string) string {
	if r == nil {
		return "file " + source[:12] + "…, which gives no report here,"
	}
	return fmt.Sprintf("%s %s", orUnknown(r.Agency.Name, "agency unknown"), yearText(r.Year))
}

// export writes what people said.
func (c *reviewCmd) export(a *app, s *store.Store) error {
	all, _, err := c.chosen(a, s)
	if err != nil {
		return err
	}
	write := func(w io.Writer) error { return review.Write(w, all) }
	if c.Export == stdinName {
		return write(a.out)
	}
	if err := export.File(c.Export, write); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.out, "wrote %s to %s\n", count(len(all), "correction"), c.Export)
	return err
}

// apply takes in what people said elsewhere.
func (c *reviewCmd) apply(a *app, s *store.Store) error {
	all, err := c.load(a)
	if err != nil {
		return err
	}
	r, end := c.runner(a, s)
	defer end()
	var p *progress
	r.Started = func(files int) { p = newProgress(a, "correcting", files) }
	r.Done = func(pipeline.Outcome) { p.step() }
	added, err := r.Correct(a.ctx, all)
	if p != nil {
		p.end()
	}
	if errors.Is(err, context.Canceled) {
		return &exitError{code: exitInterrupt, msg: "stopped; all corrections are kept, but some reports are not made anew", hint: "run: nianbao add   to go on"}
	}
	if err != nil {
		return err
	}
	return c.applied(a, s, len(all), added)
}

func (c *reviewCmd) load(a *app) ([]review.Correction, error) {
	in, err := a.input(c.Apply)
	if err != nil {
		return nil, usage("a file that nianbao review --export wrote", "%v", err)
	}
	defer in.Close()
	all, err := review.Parse(in)
	if err != nil {
		return nil, usage("nothing was taken in; the form of the file: docs/format.md", "%s: %v", c.Apply, err)
	}
	for i := range all {
		if !normalize.IsField(all[i].Cell) && cellOf("", all[i].Cell) == nil {
			return nil, usage("nothing was taken in; a newer version of nianbao may know it", "%s: no form has the cell %q", c.Apply, all[i].Cell)
		}
	}
	return all, nil
}

// applied tells what became of the corrections of a file.
func (c *reviewCmd) applied(a *app, s *store.Store, all int, added []review.Correction) error {
	reports := map[string]*store.Report{}
	open := map[string]string{} // findings by file and cell
	waiting := 0
	for i := range added {
		k := &added[i]
		if reports[k.Source] == nil {
			found, err := s.Findings(a.ctx, store.Filter{Source: k.Source})
			if err != nil {
				return err
			}
			of, err := s.Reports(a.ctx, store.Filter{Source: k.Source})
			if err != nil {
				return err
			}
			if len(of) == 0 {
				waiting++
				continue
			}
			reports[k.Source] = &of[0]
			for _, f := range found {
				if f.Rule == review.Changed || f.Rule == review.Differ {
					open[k.Source+" "+f.IDs[0]] = f.Rule + ": " + f.Message
				}
			}
		}
	}
	fmt.Fprintf(a.out, "new      %s", count(len(added), "correction"))
	if len(reports) > 0 {
		fmt.Fprintf(a.out, ", of %s", count(len(reports), "report"))
	}
	fmt.Fprintln(a.out)
	if known := all - len(added); known > 0 {
		fmt.Fprintf(a.out, "known    %d already\n", known)
	}
	if waiting > 0 {
		fmt.Fprintf(a.out, "waiting  %d of files that give no report here; they are kept and count once the file is added\n", waiting)
	}
	asked := 0
	for i := range added {
		k := &added[i]
		if why := open[k.Source+" "+k.Cell]; why != "" {
			asked++
			delete(open, k.Source+" "+k.Cell)
			fmt.Fprintf(a.out, "open     %s %s: %s\n", about(reports[k.Source], k.Source), k.Cell, why)
		}
	}
	if asked > 0 {
		return &exitError{code: exitSome, hint: "of open cells nobody's word counts until somebody decides: nianbao review"}
	}
	return nil
}
