package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"nianbao/agency"
	"nianbao/compare"
	"nianbao/compare/export"
	"nianbao/division"
	"nianbao/pipeline"
	"nianbao/store"
)

type agenciesCmd struct {
	List     agenciesListCmd     `cmd:"" default:"withargs" help:"List agencies, those that are not resolved first; with a name, what is known of one."`
	Division agenciesDivisionCmd `cmd:"" help:"Say in which division an agency is."`
	Name     agenciesNameCmd     `cmd:"" help:"Say how an agency is called."`
	Merge    agenciesMergeCmd    `cmd:"" help:"Say that two names are those of one agency."`
	Rename   agenciesRenameCmd   `cmd:"" help:"Say that an agency goes on as another one from a year on."`
	Split    agenciesSplitCmd    `cmd:"" help:"Say that some reports of an agency are another one's."`
	Undo     agenciesUndoCmd     `cmd:"" help:"Take a decision back."`
}

func (c *agenciesCmd) Help() string {
	return `Every report counts for an agency: a division (GB/T 2260) and a name. Both are resolved from what the report
says (title, text, signature, page, 统一社会信用代码) and from the names of its file and folders. What is
contradictory or fits several divisions stays open, and is listed first with what is possible; nothing is
guessed. What people decide is kept with a reason and their name, and can be exported and applied elsewhere.

An agency is given by its number in the list, or by a name, or a part of one, that fits it alone.

Exit status: 0 done, 1 something failed, 2 wrong usage or no such agency.

Examples:
  nianbao agencies
  nianbao agencies 民政局
  nianbao agencies division 市民政局 370400 --reason "folder of 枣庄" --by 王
  nianbao agencies rename 枣庄市农业局 枣庄市农业农村局 --since 2019 --reason "2019 reform" --by 王
  nianbao agencies --export decisions.jsonl
  nianbao agencies --apply decisions.jsonl`
}

type agenciesListCmd struct {
	Agency     string `arg:"" name:"agency" optional:"" help:"Number or name of one, or a part of names."`
	Unresolved bool   `help:"Only agencies that are not resolved."`
	JSON       bool   `help:"Print one JSON object a line."`
	Facts      string `help:"CSV file of further facts (docs/agencies.md) to find what may be one agency." placeholder:"FILE"`
	Decisions  bool   `help:"List the decisions instead."`
	Export     string `help:"Write all decisions to this file, - for standard output." placeholder:"FILE"`
	Apply      string `help:"Take over the decisions of this file; those that are there already are passed over." placeholder:"FILE"`
}

// isOpen reports whether an agency is to be asked about.
func isOpen(st *store.Standing) bool {
	o := worst(st)
	return o == agency.Ambiguous || o == agency.Contradictory || o == agency.Unknown || o == ""
}

// worst is the outcome of an agency's reports that leaves most to be asked.
func worst(st *store.Standing) agency.Outcome {
	for _, o := range []agency.Outcome{agency.Contradictory, agency.Ambiguous, agency.Unknown, "", agency.Decided, agency.Resolved, agency.National} {
		if st.Outcomes[o] > 0 {
			return o
		}
	}
	if st.Division != "" && len(st.Outcomes) == 0 {
		return agency.Resolved // the report itself gave its division
	}
	return ""
}

func (c *agenciesListCmd) Run(a *app) error {
	if err := c.check(); err != nil {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	switch {
	case c.Export != "":
		return c.export(a, s)
	case c.Apply != "":
		return c.apply(a, s)
	case c.Decisions:
		return c.decisions(a, s)
	}
	all, err := s.Standings(a.ctx)
	if err != nil {
		return err
	}
	facts := agency.Facts()
	if c.Facts != "" {
		more, err := readFacts(c.Facts)
		if err != nil {
			return err
		}
		facts = slices.Concat(facts, more)
	}
	suggested := suggestions(all, facts)
	shown := all
	if c.Agency != "" {
		if shown = matching(all, c.Agency); len(shown) == 0 {
			return noAgency(c.Agency)
		}
	}
	if c.Unresolved {
		shown = slices.DeleteFunc(slices.Clone(shown), func(st store.Standing) bool { return !isOpen(&st) })
	}
	slices.SortStableFunc(shown, func(x, y store.Standing) int { return cmp.Compare(countTrue(!isOpen(&x)), countTrue(!isOpen(&y))) })
	if c.JSON {
		for i := range shown {
			if err := writeJSON(a.out, listed(&shown[i], suggested)); err != nil {
				return err
			}
		}
		return nil
	}
	if c.Agency != "" && len(shown) == 1 {
		return c.detail(a, s, &shown[0], suggested)
	}
	if err := printAgencies(a.out, shown); err != nil {
		return err
	}
	if len(shown) > 0 && isOpen(&shown[0]) {
		fmt.Fprintln(a.err, "say where one is: nianbao agencies division NO. CODE --reason … --by …   (why it is open: nianbao agencies NO.)")
	}
	return printSuggestions(a.out, suggested, shown)
}

func (c *agenciesListCmd) check() error {
	n := countTrue(c.Export != "", c.Apply != "", c.Decisions)
	if n > 1 || n == 1 && (c.Agency != "" || c.Unresolved || c.JSON && !c.Decisions || c.Facts != "") {
		return usage("run the command twice", "--export, --apply and --decisions go with nothing else")
	}
	return nil
}

func readFacts(path string) ([]agency.Fact, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, usage("its form: docs/agencies.md", "%v", err)
	}
	facts, err := agency.ReadFacts(bytes.NewReader(b))
	if err != nil {
		return nil, usage("its form: docs/agencies.md", "%s: %v", path, err)
	}
	return facts, nil
}

func suggestions(all []store.Standing, facts []agency.Fact) []agency.Suggestion {
	years := make([]agency.Years, len(all))
	for i, st := range all {
		years[i] = agency.Years{Identity: identityOf(st.Agency), First: st.First, Last: st.Last}
	}
	return agency.Suggest(facts, years)
}

func identityOf(a store.Agency) agency.Identity {
	return agency.Identity{Name: a.Name, Division: a.Division}
}

// matching are the agencies that a text means: by number, by a whole name, or by a
// part of it.
func matching(all []store.Standing, text string) []store.Standing {
	if id, err := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64); err == nil {
		return slices.DeleteFunc(slices.Clone(all), func(st store.Standing) bool { return st.ID != id })
	}
	for _, fits := range []func(st *store.Standing) bool{
		func(st *store.Standing) bool { return st.Name == text },
		func(st *store.Standing) bool { return agency.Unscoped(st.Name) == text },
		func(st *store.Standing) bool { return strings.Contains(st.Name, text) },
		func(st *store.Standing) bool {
			return slices.ContainsFunc(st.Printed, func(p string) bool { return strings.Contains(p, text) })
		},
	} {
		if found := slices.DeleteFunc(slices.Clone(all), func(st store.Standing) bool { return !fits(&st) }); len(found) > 0 {
			return found
		}
	}
	return nil
}

func noAgency(text string) error {
	return usage("see all of them: nianbao agencies", "no agency of the stored reports is %q", text)
}

// oneAgency is the agency that a text means.
func oneAgency(a *app, s *store.Store, text string) (*store.Standing, error) {
	all, err := s.Standings(a.ctx)
	if err != nil {
		return nil, err
	}
	found := matching(all, text)
	switch len(found) {
	case 1:
		return &found[0], nil
	case 0:
		return nil, noAgency(text)
	}
	var b strings.Builder
	for i, st := range found {
		if i == 30 {
			fmt.Fprintf(&b, "… and %d more", len(found)-i)
			break
		}
		fmt.Fprintf(&b, "%d  %s\n", st.ID, label(st.Agency))
	}
	return nil, usage(strings.TrimSpace(b.String()), "%q fits %d agencies; give the number of one:", text, len(found))
}

// label is an agency's name with the code of its division.
func label(a store.Agency) string { return strings.TrimSpace(a.Name + " " + a.Division) }

// placeName is the name of a division for people.
func placeName(code string, year int) string {
	if code == "" {
		return ""
	}
	return code + " " + division.Full(code, year)
}

func printAgencies(w io.Writer, shown []store.Standing) error {
	g := &grid{left: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 7: true}}
	g.add("no.", "agency", "division", "level", "kind", "years", "reports", "")
	for i := range shown {
		st := &shown[i]
		body := compare.BodyOf(st.Agency)
		g.add(strconv.FormatInt(st.ID, 10), st.Name, placeName(st.Division, st.Last), body.Level, body.Kind, spanOf(st), strconv.Itoa(st.Reports), state(st))
	}
	return g.write(w)
}

func spanOf(st *store.Standing) string {
	switch {
	case st.Last == 0:
		return "?"
	case st.First == st.Last:
		return strconv.Itoa(st.First)
	}
	return fmt.Sprintf("%d-%d", st.First, st.Last)
}

// mostCandidates is how many possible divisions are named in the list.
const mostCandidates = 4

// state says what is to be asked about an agency.
func state(st *store.Standing) string {
	o := worst(st)
	if !isOpen(st) {
		if o == agency.Resolved {
			return ""
		}
		return string(o)
	}
	if o == "" {
		return "not resolved yet (run: nianbao add)"
	}
	out := string(o)
	for i, c := range st.Candidates {
		if i == mostCandidates {
			return out + fmt.Sprintf("; and %d more", len(st.Candidates)-i)
		}
		out += [2]string{": ", "; "}[min(i, 1)] + placeName(c, st.Last)
	}
	return out
}

// printSuggestions lists what facts say of the agencies shown.
func printSuggestions(w io.Writer, all []agency.Suggestion, shown []store.Standing) error {
	title := "\nPerhaps one agency, or made of one another (nothing is joined without a decision)\n"
	for _, s := range all {
		if !slices.ContainsFunc(shown, func(st store.Standing) bool {
			id := identityOf(st.Agency)
			return id == s.To || slices.Contains(s.From, id)
		}) {
			continue
		}
		var from []string
		for _, f := range s.From {
			from = append(from, f.Name)
		}
		line := fmt.Sprintf("  %s %s: %s → %s (%s)\n", s.Since, s.Kind, strings.Join(from, " + "), s.To.Name, s.Source)
		if s.Joins {
			line += fmt.Sprintf("    to follow it as one: nianbao agencies rename %s %s --since YEAR --reason … --by …\n", s.From[0].Name, s.To.Name)
		}
		if _, err := io.WriteString(w, title+line); err != nil {
			return err
		}
		title = ""
	}
	return nil
}

// listedAgency is an agency as --json prints it.
type listedAgency struct {
	ID         int64              `json:"id"`
	Agency     string             `json:"agency"`
	Division   *string            `json:"division"`
	Place      *string            `json:"place"`
	Level      *string            `json:"level"`
	Kind       *string            `json:"kind"`
	First      *int               `json:"first"`
	Last       *int               `json:"last"`
	Reports    int                `json:"reports"`
	Outcome    *string            `json:"outcome"`
	Candidates []string           `json:"candidates"`
	Printed    []string           `json:"printed"`
	Credits    []string           `json:"credit_codes"`
	Related    []agencySuggestion `json:"related"`
}

type agencySuggestion struct {
	Kind   agency.FactKind   `json:"kind"`
	From   []agency.Identity `json:"from"`
	To     agency.Identity   `json:"to"`
	Since  string            `json:"since"`
	Source string            `json:"source"`
	Joins  bool              `json:"joins"`
}

func listed(st *store.Standing, suggested []agency.Suggestion) listedAgency {
	body := compare.BodyOf(st.Agency)
	l := listedAgency{
		ID: st.ID, Agency: st.Name, Division: known(st.Division), Level: known(body.Level), Kind: known(body.Kind),
		First: known(st.First), Last: known(st.Last), Reports: st.Reports, Outcome: known(string(worst(st))),
		Candidates: append([]string{}, st.Candidates...), Printed: append([]string{}, st.Printed...), Credits: append([]string{}, st.Credits...),
		Related: []agencySuggestion{},
	}
	if st.Division != "" {
		l.Place = known(division.Full(st.Division, st.Last))
	}
	id := identityOf(st.Agency)
	for _, s := range suggested {
		if s.To == id || slices.Contains(s.From, id) {
			l.Related = append(l.Related, agencySuggestion(s))
		}
	}
	return l
}

// detail prints what is known of one agency.
func (c *agenciesListCmd) detail(a *app, s *store.Store, st *store.Standing, suggested []agency.Suggestion) error {
	if err := printAgencies(a.out, []store.Standing{*st}); err != nil {
		return err
	}
	for _, code := range st.Credits {
		fmt.Fprintln(a.out, "统一社会信用代码 "+code)
	}
	reports, err := s.NamedBy(a.ctx, st.ID)
	if err != nil {
		return err
	}
	for i := range reports {
		n := &reports[i]
		fmt.Fprintf(a.out, "\n%s  “%s”", yearText(n.Year), n.Printed)
		if len(n.Paths) > 0 {
			fmt.Fprintf(a.out, "  %s", short(n.Paths[len(n.Paths)-1]))
		}
		fmt.Fprintln(a.out)
		r := agency.Resolve(n.Printed, n.Year, n.Claims, n.Paths)
		for _, e := range r.Evidence {
			fmt.Fprintf(a.out, "  %s “%s”: %s\n", strings.ReplaceAll(e.Origin, "_", " "), e.Text, placeNames(e.Divisions, n.Year))
		}
		if len(r.Candidates) > 0 {
			fmt.Fprintf(a.out, "  %s: %s\n", r.Outcome, placeNames(r.Candidates, n.Year))
		}
	}
	ds, err := s.Decisions(a.ctx)
	if err != nil {
		return err
	}
	for _, d := range ds.Active() {
		if *d.To == identityOf(st.Agency) || *d.Agency == identityOf(st.Agency) {
			fmt.Fprintf(a.out, "\n%s\n", told(d))
		}
	}
	return printSuggestions(a.out, suggested, []store.Standing{*st})
}

// placeNames names divisions, some of them where there are many.
func placeNames(codes []string, year int) string {
	var out []string
	for i, c := range codes {
		if i == mostCandidates {
			out = append(out, fmt.Sprintf("and %d more", len(codes)-i))
			break
		}
		out = append(out, placeName(c, year))
	}
	return strings.Join(out, ", ")
}

// told is a decision for people.
func told(d agency.Decision) string {
	var what string
	if d.Kind == agency.Undo {
		what = "undo " + d.Of
	} else {
		what = fmt.Sprintf("%s %s → %s", d.Kind, strings.TrimSpace(d.Agency.Name+" "+d.Agency.Division), strings.TrimSpace(d.To.Name+" "+d.To.Division))
	}
	if d.Since != 0 {
		what += fmt.Sprintf(", since %d", d.Since)
	}
	if d.Under != "" {
		what += ", below " + d.Under
	}
	return fmt.Sprintf("%s  %s\n  %s, by %s, %s", d.ID, what, d.Reason, d.By, d.Made)
}

func (c *agenciesListCmd) decisions(a *app, s *store.Store) error {
	ds, err := s.Decisions(a.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return agency.WriteDecisions(a.out, ds)
	}
	active := ds.Active()
	for _, d := range ds {
		line := told(d)
		if d.Kind != agency.Undo && !slices.ContainsFunc(active, func(o agency.Decision) bool { return o.ID == d.ID }) {
			line += " (undone)"
		}
		fmt.Fprintln(a.out, line)
	}
	return nil
}

func (c *agenciesListCmd) export(a *app, s *store.Store) (err error) {
	ds, err := s.Decisions(a.ctx)
	if err != nil {
		return err
	}
	if c.Export == stdinName {
		return agency.WriteDecisions(a.out, ds)
	}
	if err := export.File(c.Export, func(w io.Writer) error { return agency.WriteDecisions(w, ds) }); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "%s written to %s\n", count(len(ds), "decision"), c.Export)
	return nil
}

func (c *agenciesListCmd) apply(a *app, s *store.Store) error {
	in, err := a.input(c.Apply)
	if err != nil {
		return usage("name a file that nianbao agencies --export wrote", "%v", err)
	}
	defer in.Close()
	ds, err := agency.ReadDecisions(in)
	if err != nil {
		return usage("its form: docs/format.md; nothing was taken over", "%s: %v", c.Apply, err)
	}
	added, err := s.Decide(a.ctx, ds)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%s taken over, %d were there already\n", count(added, "decision"), len(ds)-added)
	return pipeline.Settle(a.ctx, s)
}
