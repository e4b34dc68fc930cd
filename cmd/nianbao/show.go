package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"nianbao/normalize"
	"nianbao/pipeline"
	"nianbao/store"
	"nianbao/store/blob"
)

type showCmd struct {
	Agency   string `arg:"" help:"Name of the agency, or a part of it that fits one only."`
	Year     int    `arg:"" optional:"" help:"Year of the report (default: the newest)."`
	Evidence bool   `help:"List every value with the place it was read at."`
	JSON     bool   `help:"Print the report as nianbao read does."`
	Crop     string `help:"Draw the place of this cell as it stands on the page." placeholder:"ID"`
	Out      string `help:"PNG file to draw into, - for standard output (default: a file named after the cell)." placeholder:"FILE"`
	fileLimitFlags
}

func (c *showCmd) Help() string {
	return `Marks: ? under review, ^ a person says so (nianbao review), ! a finding names the cell. A blank cell shows as ·, one that is not printed as –;
a dash is shown as it is printed. --crop needs a file with pages and tells what was read in the picture.

Exit status: 0 done, 1 a stored file is gone or cannot be drawn, 2 no such report, cell or place, or the
name fits several agencies (they are listed).

Examples:
  nianbao show 枣庄市信访局 2019
  nianbao show 信访局 2019 --evidence
  nianbao show 信访局 2019 --json
  nianbao show 水利局 2021 --crop requests.received.total
  nianbao show 水利局 2021 --crop requests.received.total --out - > cell.png`
}

func (c *showCmd) Run(a *app) error {
	if err := c.check(a); err != nil {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	r, older, err := c.find(a, s)
	if err != nil {
		return err
	}
	report, o, err := whole(a.ctx, s, r)
	if err != nil {
		return fmt.Errorf("show %s %d: %w", r.Agency.Name, r.Year, err)
	}
	if c.Crop != "" {
		return c.crop(a, s, r, o, report)
	}
	if c.JSON {
		return writeJSON(a.out, newLine(r.Path, r.Source, r.MediaType, r.Pages, report))
	}
	return c.print(a, r, o, older, report)
}

// whole reads a stored report with all that its twins and parts add to it.
func whole(ctx context.Context, s *store.Store, r *store.Report) (*normalize.Report, *store.Overlay, error) {
	sum, ok := r.Artifact()
	if !ok {
		return nil, nil, errors.New("its file was refused")
	}
	b, err := stored(s, sum)
	if err != nil {
		return nil, nil, err
	}
	report, err := pipeline.ParseReport(b)
	if err != nil {
		return nil, nil, err
	}
	report.Agency = normalize.Agency{Name: r.Agency.Name, Division: r.Agency.Division}
	o, err := s.Overlay(ctx, r.ID)
	if err != nil {
		return nil, nil, err
	}
	// What it took from the page that links it.
	report.Agency.Name = cmp.Or(report.Agency.Name, r.Agency.Name)
	report.Year, report.Dated = cmp.Or(report.Year, r.Year), cmp.Or(report.Dated, r.Dated)
	return report, o, overlay(s, o, report)
}

// overlay adds what other forms of the report say for or against it, and the
// tables of its parts.
func overlay(s *store.Store, o *store.Overlay, report *normalize.Report) error {
	report.Findings = o.Findings(report.Findings)
	at := map[string]*normalize.Observation{}
	for i := range report.Observations {
		at[report.Observations[i].ID] = &report.Observations[i]
	}
	for _, id := range o.Doubts {
		if at[id] != nil {
			at[id].Status = normalize.Review
		}
	}
	for _, p := range o.Parts {
		sum, ok := p.Report.Artifact()
		if !ok {
			return fmt.Errorf("the part %s was refused since", short(p.Report.Path))
		}
		b, err := stored(s, sum)
		if err != nil {
			return err
		}
		part, err := pipeline.ParseReport(b)
		if err != nil {
			return err
		}
		for _, own := range part.Observations {
			if !slices.Contains(p.Cells, own.ID) || at[own.ID] == nil {
				continue
			}
			for i := range own.Evidence {
				own.Evidence[i].Source = p.Report.Source
			}
			*at[own.ID] = own
		}
	}
	return nil
}

// check looks for flags that do not go together.
func (c *showCmd) check(a *app) error {
	switch {
	case c.Crop == "" && c.Out != "":
		return usage("for example: --crop requests.received.total --out cell.png", "--out goes with --crop only")
	case c.Crop != "" && (c.JSON || c.Evidence):
		return usage("run the command twice", "--crop goes with neither --json nor --evidence")
	case c.Out == stdinName && terminal(a.out):
		return usage("name a file: --out cell.png", "a picture cannot be shown on a terminal")
	}
	return c.validate()
}

// stored gets a blob, and says what to do about one that is gone.
func stored(s *store.Store, sum string) ([]byte, error) {
	b, err := s.Get(sum)
	if errors.Is(err, blob.ErrMissing) {
		return nil, &exitError{code: exitSome, msg: err.Error(), hint: "a file below blobs/ is gone: restore it, or remove the data folder and add the reports again"}
	}
	return b, err
}

// find returns the live report asked for and how many older ones there are.
func (c *showCmd) find(a *app, s *store.Store) (*store.Report, int, error) {
	agencies, err := s.Agencies(a.ctx, c.Agency)
	if err != nil {
		return nil, 0, err
	}
	switch len(agencies) {
	case 1:
	case 0:
		return nil, 0, usage("names of all agencies: nianbao show \"\"", "no agency of the stored reports has %q in its name", c.Agency)
	default:
		var b strings.Builder
		for i, ag := range agencies {
			if i == 30 {
				fmt.Fprintf(&b, "… and %d more", len(agencies)-i)
				break
			}
			fmt.Fprintln(&b, strings.TrimSpace(ag.Name+" "+ag.Division))
		}
		return nil, 0, usage(strings.TrimSpace(b.String()), "%q fits %d agencies; name one:", c.Agency, len(agencies))
	}
	reports, err := s.Reports(a.ctx, store.Filter{Agency: agencies[0].ID})
	if err != nil {
		return nil, 0, err
	}
	var found *store.Report
	older := 0
	var years []int
	for i := range reports {
		r := &reports[i]
		if r.Live {
			years = append(years, r.Year)
		}
		if r.Live && (c.Year == 0 || r.Year == c.Year) {
			found = r
		}
	}
	if found == nil {
		return nil, 0, usage("years stored: "+join(years), "no report of %s for %d is stored", agencies[0].Name, c.Year)
	}
	for _, r := range reports {
		if r.Year == found.Year && !r.Live && !r.Twin {
			older++
		}
	}
	return found, older, nil
}

func (c *showCmd) print(a *app, r *store.Report, o *store.Overlay, older int, report *normalize.Report) error {
	w := a.out
	fmt.Fprintf(w, "%s %d\n", r.Agency.Name, r.Year)
	fmt.Fprintf(w, "form %s, %s, %s", r.Form, orUnknown(report.Dated, "undated"), r.MediaType)
	if r.Pages > 0 {
		fmt.Fprintf(w, ", %s", count(r.Pages, "page"))
	}
	fmt.Fprintf(w, "\n%s\n", short(r.Path))
	for _, p := range o.Parts {
		fmt.Fprintf(w, "%s: %s\n", short(p.Report.Path), count(len(p.Cells), "value"))
	}
	if older > 0 {
		fmt.Fprintf(w, "%s of the same year kept\n", count(older, "older version"))
	}
	for i := range report.Said {
		f := &report.Said[i]
		fmt.Fprintf(w, "%s %s, said by %s on %s: %s (read: %s)\n", f.ID, f.Value, f.By, f.At, f.Reason, orUnknown(f.Read, "nothing"))
	}
	if err := printTables(w, report); err != nil {
		return err
	}
	if err := printMarks(w, report); err != nil {
		return err
	}
	if c.Evidence {
		if err := printEvidence(w, "Values", report, func(*normalize.Observation) bool { return true }); err != nil {
			return err
		}
	} else {
		if err := printEvidence(w, "Under review", report, func(o *normalize.Observation) bool { return o.Status == normalize.Review }); err != nil {
			return err
		}
		if err := printEvidence(w, "Said by people", report, func(o *normalize.Observation) bool { return o.Correction != nil }); err != nil {
			return err
		}
	}
	if len(report.Findings) == 0 {
		_, err := fmt.Fprint(w, "\nNo findings.\n")
		return err
	}
	fmt.Fprint(w, "\nFindings\n")
	for _, f := range report.Findings {
		fmt.Fprintf(w, "  %s %s: %s\n", f.Severity, f.Rule, f.Message)
	}
	return nil
}

// printMarks explains the marks that the tables hold.
func printMarks(w io.Writer, report *normalize.Report) error {
	used := map[string]bool{}
	for i := range report.Observations {
		o := &report.Observations[i]
		used["?"] = used["?"] || o.Status == normalize.Review
		used["^"] = used["^"] || o.Correction != nil
		used["·"] = used["·"] || o.State == normalize.Blank
		used["–"] = used["–"] || o.State == normalize.Absent
	}
	for _, f := range report.Findings {
		used["!"] = used["!"] || len(f.IDs) > 0
	}
	out := ""
	for _, m := range [][2]string{{"?", "under review"}, {"^", "said by a person"}, {"!", "named by a finding"}, {"·", "blank"}, {"–", "not printed"}} {
		if used[m[0]] {
			out += m[0] + "  " + m[1] + "\n"
		}
	}
	if out == "" {
		return nil
	}
	_, err := fmt.Fprintf(w, "\n%s", out)
	return err
}

// printEvidence lists the chosen values with their print and place.
func printEvidence(w io.Writer, title string, report *normalize.Report, choose func(*normalize.Observation) bool) error {
	g := &grid{left: map[int]bool{2: true, 3: true, 4: true}}
	for i := range report.Observations {
		o := &report.Observations[i]
		if !choose(o) {
			continue
		}
		places := make([]string, len(o.Evidence))
		for k, e := range o.Evidence {
			places[k] = place(e)
		}
		if o.Correction != nil {
			places = append(places, "said "+whoSaid(o))
		}
		g.add("  "+o.ID, valueText(o), string(o.State), "“"+printed(o)+"”", strings.Join(places, "; "))
	}
	if len(g.rows) == 0 {
		return nil
	}
	fmt.Fprintf(w, "\n%s\n", title)
	return g.write(w)
}

// place says where a value was read.
func place(e normalize.Evidence) string {
	s := ""
	switch {
	case e.Page > 0 && e.Box != nil:
		s = fmt.Sprintf("page %d at %.0f,%.0f", e.Page, e.Box[0], e.Box[1])
	case e.Page > 0:
		s = fmt.Sprintf("page %d", e.Page)
	case e.Place != nil:
		s = fmt.Sprintf("table %d, row %d, column %d", e.Place.Table, e.Place.Row, e.Place.Column)
	}
	if e.Source != "" {
		s += " of file " + e.Source[:12]
	}
	if len(e.Readings) > 0 {
		var read []string
		for _, r := range e.Readings {
			read = append(read, fmt.Sprintf("%s “%s” (%.2f)", r.Reader, r.Text, r.Confidence))
		}
		return strings.TrimSpace(s + " by " + strings.Join(read, ", "))
	}
	s = strings.TrimSpace(s + " by " + e.Reader)
	if e.Confidence < 1 {
		s += fmt.Sprintf(" (%.2f)", e.Confidence)
	}
	return s
}
