package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"nianbao/extract"
	"nianbao/pipeline"
	"nianbao/store"
)

type statusCmd struct {
	JSON bool `help:"Print JSON."`
}

func (c *statusCmd) Help() string {
	return `Exit status: 0 done, 2 nothing is stored yet.`
}

func (c *statusCmd) Run(a *app) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	var todo int
	var pending error
	var counting sync.WaitGroup
	counting.Go(func() { // the longest of all counts
		var wanted store.Versions
		if wanted, pending = pipeline.Wanted(a.ctx, s, a.tools()); pending == nil {
			todo, pending = s.CountPending(a.ctx, wanted)
		}
	})
	st, err := s.Status(a.ctx)
	counting.Wait()
	if err = errors.Join(err, pending); err != nil {
		return err
	}
	years, err := s.Years(a.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(a.out, struct {
			store.Status
			Years   []int `json:"years"`
			Pending int   `json:"pending"`
		}{st, append([]int{}, years...), todo})
	}
	fmt.Fprintf(a.out, "files     %d, of which %d refused, %d to be read\n", st.Sources, st.Refused, todo)
	if st.Archives > 0 {
		fmt.Fprintf(a.out, "archives  %d of them, with %s of them in it\n", st.Archives, count(st.Members, "other"))
	}
	fmt.Fprintf(a.out, "reports   %d of %s, %s\n", st.Reports, count(st.Agencies, "agency"), span(years))
	if st.Unresolved > 0 {
		fmt.Fprintf(a.out, "agencies  %d of them are in no known division (see: nianbao agencies)\n", st.Unresolved)
	}
	if st.Superseded > 0 {
		fmt.Fprintf(a.out, "older     %d of the same agency and year, kept\n", st.Superseded)
	}
	if st.Twins > 0 {
		fmt.Fprintf(a.out, "twins     %d that say the same as another form of the report, kept\n", st.Twins)
	}
	if st.Parts > 0 {
		fmt.Fprintf(a.out, "parts     %s whose tables were put together with others\n", count(st.Parts, "file"))
	}
	if st.Pages > 0 {
		fmt.Fprintf(a.out, "pages     %s without tables, whose report they link\n", count(st.Pages, "page"))
	}
	if st.Unplaced > 0 {
		fmt.Fprintf(a.out, "unplaced  %s whose agency or year is unknown: in no comparison (see: nianbao review)\n", count(st.Unplaced, "report"))
	}
	fmt.Fprintf(a.out, "values    %d, of which %d are in doubt\n", st.Cells, st.InDoubt)
	if st.Reviewed+st.Placed+st.Reopened > 0 {
		fmt.Fprintf(a.out, "reviewed  %s", count(st.Reviewed, "value"))
		if st.Placed > 0 {
			fmt.Fprintf(a.out, "; agency, year or form of %s", count(st.Placed, "report"))
		}
		if st.Reopened > 0 {
			fmt.Fprintf(a.out, "; people's words on %d others do not count any more (see: nianbao review)", st.Reopened)
		}
		fmt.Fprintln(a.out)
	}
	if len(st.ByForm) > 0 {
		fmt.Fprintf(a.out, "forms     %s\n", groups(st.ByForm))
	}
	if len(st.ByRefusal) > 0 {
		fmt.Fprintf(a.out, "refused   %s\n", groups(st.ByRefusal))
	}
	for _, g := range st.ByRefusal {
		if g.Name == extract.RefusedScan {
			fmt.Fprintf(a.out, "scans     %s for an OCR engine (see: nianbao doctor)\n", waiting(g.Count))
		}
	}
	if todo > 0 {
		fmt.Fprintln(a.err, "run: nianbao add   to read what is left")
	}
	return nil
}

func waiting(files int) string {
	if files == 1 {
		return "1 file waits"
	}
	return fmt.Sprintf("%d files wait", files)
}

func span(years []int) string {
	switch len(years) {
	case 0:
		return "no year"
	case 1:
		return fmt.Sprint(years[0])
	}
	return fmt.Sprintf("%d to %d", years[0], years[len(years)-1])
}

func groups(gs []store.Group) string {
	parts := make([]string, len(gs))
	for i, g := range gs {
		parts[i] = fmt.Sprintf("%s: %d", g.Name, g.Count)
	}
	return strings.Join(parts, ", ")
}
