package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"nianbao/extract"
	"nianbao/normalize"
	"nianbao/pipeline"
	"nianbao/store"
)

// How a cell is drawn: with so many points of its surroundings, so that its
// rules and the ends of its neighbours can be seen.
const (
	cropMargin = 12
	cropDPI    = 200
)

// crop draws the place of one cell from the file as it was published.
func (c *showCmd) crop(a *app, s *store.Store, r *store.Report, parts *store.Overlay, report *normalize.Report) error {
	o, err := cell(report, c.Crop, r)
	if err != nil {
		return err
	}
	for i := range parts.Parts {
		if p := &parts.Parts[i]; slices.Contains(p.Cells, o.ID) {
			r = &p.Report
		}
	}
	e, err := drawable(o, r)
	if err != nil {
		return err
	}
	page, err := pageOf(a, s, r, e.Page)
	if err != nil {
		return err
	}
	original, err := stored(s, r.Source)
	if err != nil {
		return err
	}
	box := *e.Box
	pool := c.workers(a, 1)
	defer pool.Close()
	png, err := pool.Draw(a.ctx, original, pipeline.Region{
		Page: e.Page, Width: page.Width, Height: page.Height, DPI: cropDPI,
		Box: extract.Box{box[0] - cropMargin, box[1] - cropMargin, box[2] + cropMargin, box[3] + cropMargin},
	})
	var refusal *extract.Refusal
	if errors.As(err, &refusal) {
		return &exitError{code: exitSome, msg: fmt.Sprintf("page %d of %s cannot be drawn: %s", e.Page, short(r.Path), refusal.Detail), hint: "open the file in a viewer"}
	} else if err != nil {
		return err
	}
	out := c.Out
	switch out {
	case stdinName:
		if _, err := a.out.Write(png); err != nil {
			return fmt.Errorf("write the picture: %w", err)
		}
		return nil
	case "":
		out = o.ID + ".png"
	}
	if err := os.WriteFile(out, png, 0o644); err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	_, err = fmt.Fprintf(a.out, "%s %s “%s” %s: %s\n", o.ID, valueText(o), printed(o), place(e), out)
	return err
}

// drawable returns the first place of a value that can be drawn.
func drawable(o *normalize.Observation, r *store.Report) (normalize.Evidence, error) {
	for _, e := range o.Evidence {
		if e.Page > 0 && e.Box != nil && pipeline.Drawable(r.MediaType) {
			return e, nil
		}
	}
	if len(o.Evidence) == 0 {
		return normalize.Evidence{}, usage(listing(r), "the cell %s has no place in the report: it is %s", o.ID, o.State)
	}
	places := make([]string, len(o.Evidence))
	for i, e := range o.Evidence {
		places[i] = place(e)
	}
	return normalize.Evidence{}, usage("it says “"+printed(o)+"”, "+strings.Join(places, "; ")+"; open it there: "+short(r.Path),
		"the place of %s cannot be drawn: a file of %s has no picture of its pages", o.ID, r.MediaType)
}

// pageOf is the size of a page as the Document has it that the report was made of.
func pageOf(a *app, s *store.Store, r *store.Report, page int) (extract.Page, error) {
	sum, err := s.Document(a.ctx, r)
	if err != nil {
		return extract.Page{}, err
	}
	b, err := stored(s, sum)
	if err != nil {
		return extract.Page{}, err
	}
	var doc struct {
		Pages []extract.Page `json:"pages"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return extract.Page{}, fmt.Errorf("read document artifact: %w", err)
	}
	if page > len(doc.Pages) {
		return extract.Page{}, fmt.Errorf("the document of %s has %s, and a value on page %d", short(r.Path), count(len(doc.Pages), "page"), page)
	}
	return doc.Pages[page-1], nil
}

// listing says how to see all that could be asked for.
func listing(r *store.Report) string {
	return fmt.Sprintf("all cells and their places: nianbao show %s %d --evidence", r.Agency.Name, r.Year)
}

// cell finds the observation called id.
func cell(report *normalize.Report, id string, r *store.Report) (*normalize.Observation, error) {
	ids := make([]string, len(report.Observations))
	for i := range report.Observations {
		if ids[i] = report.Observations[i].ID; ids[i] == id {
			return &report.Observations[i], nil
		}
	}
	hint := listing(r)
	if like := near(id, ids); len(like) > 0 {
		hint = "cells with like names:\n  " + strings.Join(like, "\n  ")
	}
	return nil, usage(hint, "the report has no cell %q", id)
}

// maxNear is how many cells are proposed for one that is not there.
const maxNear = 10

// near are the ids that share most with id: its parts between dots, in any
// order, and pieces of them.
func near(id string, ids []string) []string {
	parts := strings.Split(id, ".")
	score := func(other string) (n int) {
		for p := range strings.SplitSeq(other, ".") {
			switch {
			case slices.Contains(parts, p):
				n += 2
			case slices.ContainsFunc(parts, func(q string) bool { return len(q) > 2 && (strings.HasPrefix(p, q[:3]) || strings.Contains(p, q)) }):
				n++
			}
		}
		return n
	}
	best := 1
	for _, other := range ids {
		best = max(best, score(other))
	}
	var like []string
	for _, other := range ids {
		if score(other) == best && len(like) < maxNear {
			like = append(like, other)
		}
	}
	return like
}

// printed is the print of a value on one line.
func printed(o *normalize.Observation) string { return strings.ReplaceAll(o.Text, "\n", "⏎") }
