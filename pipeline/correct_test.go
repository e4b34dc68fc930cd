package pipeline

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
	"nianbao/review"
	"nianbao/store"
)

// corrected is a store with one sample report, whose file can be read in two ways.
type corrected struct {
	*testing.T
	*store.Store
	r      *Runner
	source string
	clock  int
}

const (
	badCell  = "requests.concluded.natural_person" // in a sum that fails
	badValue = "7310"
	sumRule  = "balance.natural_person"
)

func correctedStore(t *testing.T) *corrected {
	t.Helper()
	s, _ := testStore(t)
	c := &corrected{T: t, Store: s, r: &Runner{Pool: testPool(t, "worker", nil), Store: s}}
	b, err := os.ReadFile("../fixtures/samples/reports/云溪市教育局-2021.html")
	if err != nil {
		t.Fatal(err)
	}
	c.source = Sum(b)
	add(t, c.r, "a.html", string(b))
	return c
}

func (c *corrected) run() {
	c.Helper()
	if err := c.r.Run(c.Context()); err != nil {
		c.Fatal(err)
	}
}

// report is the live report as it is stored, with rows and artifact held together.
func (c *corrected) report() (*store.Report, *normalize.Report) {
	c.Helper()
	reports, err := c.LiveReports(c.Context(), 0)
	if err != nil || len(reports) != 1 {
		c.Fatalf("live are %v, %v", reports, err)
	}
	sum, _ := reports[0].Artifact()
	b, err := c.Get(sum)
	if err != nil {
		c.Fatal(err)
	}
	r, err := ParseReport(b)
	if err != nil {
		c.Fatal(err)
	}
	values, err := c.Values(c.Context(), reports[0].ID, nil)
	if err != nil {
		c.Fatal(err)
	}
	for i := range r.Observations {
		o := &r.Observations[i]
		v := values[o.ID]
		if o.State != v.State || o.Status != v.Status || (o.Value == nil) != (v.Number == nil) || o.Value != nil && !o.Value.Equal(*v.Number) || (o.Correction != nil) != v.Reviewed {
			c.Errorf("%s: the row is %+v, the artifact says %+v", o.ID, v, o)
		}
	}
	n, err := c.CountPending(c.Context(), store.Versions{Extract: Versions[Extract], Normalize: Versions[Normalize], Index: Versions[Index]})
	if err != nil || n != 0 {
		c.Errorf("%d files are to be done, %v", n, err)
	}
	return &reports[0], r
}

func (c *corrected) cell(id string) *normalize.Observation {
	c.Helper()
	_, r := c.report()
	i := slices.IndexFunc(r.Observations, func(o normalize.Observation) bool { return o.ID == id })
	if i < 0 {
		c.Fatalf("the report has no cell %s", id)
	}
	return &r.Observations[i]
}

func (c *corrected) findings(rule string) (n int) {
	c.Helper()
	_, r := c.report()
	for _, f := range r.Findings {
		if f.Rule == rule {
			n++
		}
	}
	return n
}

// say is what a person says who looks at what is stored; "" takes back.
func (c *corrected) say(id, value string) review.Correction {
	c.Helper()
	history, _, err := c.Corrections(c.Context(), c.source)
	if err != nil {
		c.Fatal(err)
	}
	c.clock++
	out := review.Correction{Source: c.source, Cell: id, Read: review.PrintOf(c.cell(id)), Reason: "看过原件", By: "甲",
		At: fmt.Sprintf("2026-01-01T00:%02d:%02dZ", c.clock/60, c.clock%60)}
	if value != "" {
		d := decimal.RequireFromString(value)
		out.Says = &review.Value{State: normalize.Reported, Number: &d}
	}
	for _, h := range review.Heads(review.Of(history, id)) {
		out.Replaces = append(out.Replaces, h.Key())
	}
	slices.Sort(out.Replaces)
	return out
}

func (c *corrected) correct(cs ...review.Correction) {
	c.Helper()
	added, err := c.r.Correct(c.Context(), cs)
	if err != nil || len(added) != len(cs) {
		c.Fatalf("%d of %d corrections are new, %v", len(added), len(cs), err)
	}
}

// version makes the live version of a step another one, until the test ends.
func (c *corrected) version(step, version string) {
	old := Versions[step]
	Versions[step] = version
	c.Cleanup(func() { Versions[step] = old })
}

// rereads stores what another version of extract makes of the file: a Document in
// which one print is another one.
func (c *corrected) rereads(version, print, as string) {
	c.Helper()
	r, _ := c.report()
	document, err := c.Document(c.Context(), r)
	if err != nil {
		c.Fatal(err)
	}
	b, err := c.Get(document)
	if err != nil {
		c.Fatal(err)
	}
	other := bytes.ReplaceAll(b, []byte(`"`+print+`"`), []byte(`"`+as+`"`))
	if bytes.Equal(b, other) {
		c.Fatalf("%s is not printed", print)
	}
	sum, err := c.PutArtifact(other)
	if err != nil {
		c.Fatal(err)
	}
	_, report := c.report()
	if err := c.Record(c.Context(), []store.Derivation{{Step: Extract, Input: c.source, Version: version, Output: sum}},
		store.Rows{Source: c.source, Basis: r.Basis, Version: Versions[Index], MediaType: r.MediaType, Report: report}); err != nil {
		c.Fatal(err)
	}
}

// A correction mends the report at once, is taken back without a trace in it, and
// says so in what is stored.
func TestCorrect(t *testing.T) {
	c := correctedStore(t)
	c.run()
	before, _ := c.report()
	if n := c.findings(sumRule); n != 1 {
		t.Fatalf("the sum fails %d times, want once", n)
	}
	first := c.say(badCell, "7314")
	c.correct(first)
	o := c.cell(badCell)
	if o.Value.String() != "7314" || o.Status != normalize.OK || o.Correction == nil || o.Correction.By != "甲" || o.Text != badValue || o.Reading.Value.String() != badValue {
		t.Errorf("the corrected cell is %+v", o)
	}
	if n := c.findings(sumRule); n != 0 {
		t.Error("the sum holds and is told to fail")
	}
	after, _ := c.report()
	if after.InDoubt != before.InDoubt || after.MediaType != before.MediaType || after.Pages != before.Pages || after.ID != before.ID {
		t.Errorf("the report was %+v and is %+v", before, after)
	}
	if added, err := c.r.Correct(t.Context(), []review.Correction{first}); err != nil || len(added) != 0 {
		t.Errorf("the same again: %v, %v", added, err)
	}
	c.run()

	c.correct(c.say("requests.received.natural_person", "1"))
	if c.findings(sumRule) != 1 || c.findings("applicants.received") != 1 {
		t.Error("a correction that breaks two sums is not told")
	}
	c.correct(c.say("requests.received.natural_person", ""), c.say(badCell, ""))
	back, _ := c.report()
	if back.Basis != before.Basis {
		t.Errorf("all is taken back, and the report is another one")
	}
}

// Corrections outlive new versions of the steps, and what was added before its file
// was read counts once it is.
func TestCorrectedRereads(t *testing.T) {
	c := correctedStore(t)
	seven := decimal.RequireFromString("7314")
	d := decimal.RequireFromString(badValue)
	c.correct(review.Correction{Source: c.source, Cell: badCell, Says: &review.Value{State: normalize.Reported, Number: &seven},
		Read: review.Print{Text: badValue, State: normalize.Reported, Number: &d}, Reason: "看过原件", By: "甲", At: "2025-01-01T00:00:00Z"})
	says := func(what, value string, status normalize.Status, changed int) {
		t.Helper()
		c.run()
		o := c.cell(badCell)
		if o.Value.String() != value || o.Status != status || (o.Correction != nil) != (status == normalize.OK) {
			t.Errorf("%s: the cell is %+v", what, o)
		}
		if n := c.findings(review.Changed); n != changed {
			t.Errorf("%s: %d times it is read differently, want %d", what, n, changed)
		}
	}
	says("read for the first time", "7314", normalize.OK, 0)
	c.version(Normalize, "another")
	says("another normalize", "7314", normalize.OK, 0)
	c.version(Index, "another")
	says("another index", "7314", normalize.OK, 0)

	c.rereads("another", badValue, "7311")
	c.rereads("agrees", badValue, "7314")
	c.version(Extract, "another")
	says("read differently", "7311", normalize.Review, 1)
	c.version(Extract, "agrees")
	says("read as it was said", "7314", normalize.OK, 0)
	c.version(Extract, "another")
	says("read differently again", "7311", normalize.Review, 1)
	c.correct(c.say(badCell, "7314"))
	says("said of the new print", "7314", normalize.OK, 0)
}

// Whatever is said, taken back and read again in whatever order, the stored report
// is what the last word says of the print that is read.
func TestCorrectRandomly(t *testing.T) {
	c := correctedStore(t)
	c.run()
	c.rereads("b", badValue, "7311")
	read := map[string]string{Versions[Extract]: badValue, "b": "7311"}
	versions := []string{Versions[Extract], "b"}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	version, word, seen := versions[0], "", "" // the last word, and what was read then
	c.version(Extract, version)
	for step := range 40 {
		switch random.IntN(3) {
		case 0:
			version = versions[random.IntN(2)]
			Versions[Extract] = version
			c.run()
		case 1:
			word, seen = []string{"7310", "7311", "7314"}[random.IntN(3)], read[version]
			c.correct(c.say(badCell, word))
		case 2:
			if word != "" {
				word = ""
				c.correct(c.say(badCell, ""))
			}
		}
		value, status, said := read[version], normalize.OK, false
		switch {
		case word == "":
		case seen == read[version], word == read[version]:
			value, said = word, true
		default:
			status = normalize.Review
		}
		o := c.cell(badCell)
		if o.Value.String() != value || o.Status != status || (o.Correction != nil) != said || o.Text != read[version] {
			t.Fatalf("step %d: %q is read, %q was said when %q was read; the cell is %+v", step, read[version], word, seen, o)
		}
		if fails := c.findings(sumRule) == 1; fails == (value == "7314") {
			t.Fatalf("step %d: the cell is %s, and that the sum fails is %v", step, value, fails)
		}
	}
}
