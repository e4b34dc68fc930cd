package normalize_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"nianbao/extract/extracttest"
	"nianbao/normalize"
	"nianbao/schema"
)

// TestCorrected says of the report of another testdata file what the lines of said
// have: a cell and its value, or "open". It shows which lines of the report change.
func TestCorrected(t *testing.T) {
	extracttest.Compare(t, "testdata/corrected/*.txtar", func(t *testing.T, a *txtar.Archive) string {
		from, lines, _ := strings.Cut(string(a.Files[0].Data), "\n")
		base, err := txtar.ParseFile(filepath.Join("testdata", from))
		if err != nil {
			t.Fatal(err)
		}
		doc := document(t, base)
		read := normalize.Normalize(doc)
		before := render(read)
		after := render(normalize.Corrected(doc, read, said(t, read.Form, lines)))
		if again := render(read); again != before {
			t.Errorf("what was read is changed:\n%s", again)
		}
		return changes(before, after)
	})
}

// said reads what people say, one cell a line.
func said(t *testing.T, form, lines string) (out []normalize.Said) {
	t.Helper()
	for line := range strings.Lines(lines) {
		id, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		s := normalize.Said{ID: id, Correction: normalize.Correction{By: "甲", Reason: "看过原件", At: "2026-01-01T00:00:00Z"}}
		switch value {
		case "open":
			s.Open = &normalize.Finding{Rule: "open", Severity: normalize.Warning, IDs: []string{id}, Message: "nobody's word counts"}
		case "absent":
			s.State = normalize.Absent
		default:
			var err error
			if s.State, s.Value, err = normalize.ParseValue(value, schema.Lookup(form).Cell(id)); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, s)
	}
	return out
}

// changes are the lines that are only in one of two texts.
func changes(before, after string) string {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	var out strings.Builder
	for _, line := range a {
		if !slices.Contains(b, line) {
			fmt.Fprintln(&out, "-", line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			fmt.Fprintln(&out, "+", line)
		}
	}
	return out.String()
}

// Where people say what was read, nothing changes but doubts: no value, no sum.
func TestCorrectedConfirms(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc := document(t, a)
		read := normalize.Normalize(doc)
		var all []normalize.Said
		for _, o := range read.Observations {
			if o.State != normalize.Unreadable && o.State != normalize.Derived {
				all = append(all, normalize.Said{ID: o.ID, State: o.State, Value: o.Value, Correction: normalize.Correction{By: "甲"}})
			}
		}
		got := normalize.Corrected(doc, read, all)
		if len(got.Observations) != len(read.Observations) {
			t.Fatalf("%s: %d cells, were %d", path, len(got.Observations), len(read.Observations))
		}
		for i := range got.Observations {
			o, w := &got.Observations[i], &read.Observations[i]
			if o.ID != w.ID || o.State != w.State || fmt.Sprint(o.Value) != fmt.Sprint(w.Value) || o.Text != w.Text {
				t.Errorf("%s: %s is %s %v, was %s %v", path, o.ID, o.State, o.Value, w.State, w.Value)
			}
			if o.Correction != nil && o.Status != normalize.OK {
				t.Errorf("%s: %s was confirmed and is under review", path, o.ID)
			}
		}
		for _, f := range got.Findings {
			if f.Severity == normalize.Error && !slices.ContainsFunc(read.Findings, func(w normalize.Finding) bool { return w.Rule == f.Rule && w.Message == f.Message }) {
				t.Errorf("%s: a new finding %s: %s", path, f.Rule, f.Message)
			}
		}
	}
}

// What a person writes is read back as every form prints it; what is no value of
// the cell is refused.
func TestParseValue(t *testing.T) {
	cell := func(id string) *schema.Cell {
		for _, f := range schema.Forms() {
			if c := f.Cell(id); c != nil {
				return c
			}
		}
		t.Fatalf("no form has %s", id)
		return nil
	}
	for _, c := range []struct{ id, text, want string }{
		{"requests.received.total", "12", "reported 12"},
		{"requests.received.total", " 1,204 ", "reported 1204"},
		{"requests.received.total", "１２件", "reported 12"},
		{"requests.received.total", "0", "reported 0"},
		{"requests.received.total", "/", "dash <nil>"},
		{"requests.received.total", "无", "dash <nil>"},
		{"requests.received.total", "", "blank <nil>"},
		{"requests.received.total", "-3", "unusual reported -3"},
		{"requests.received.total", "1.5", "unusual reported 1.5"},
		{"requests.received.total", "1 2", ""},
		{"requests.received.total", "012", "unusual reported 12"},
		{"requests.received.total", "12万元", ""},
		{"requests.received.total", "twelve", ""},
		{"requests.received.total", "1e9", ""},
		{"requests.received.total", strings.Repeat("9", 61), ""},
		{"proactive.licensing.items_change", "-3", "reported -3"},
		{"proactive.licensing.items_change", "+3", "reported 3"},
		{"proactive.licensing.items_change", "减少3", "reported -3"},
		{"proactive.fees.amount", "25.1", "reported 25.1"},
		{"proactive.fees.amount", "251000元", "reported 25.1"},
		{"proactive.fees.amount", "25.1万元", "reported 25.1"},
		{"proactive.fees.amount", "-1", "unusual reported -1"},
	} {
		state, value, err := normalize.ParseValue(c.text, cell(c.id))
		got := ""
		switch {
		case err == nil:
			got = fmt.Sprint(state, " ", value)
		case errors.Is(err, normalize.ErrUnusual):
			got = fmt.Sprint("unusual ", state, " ", value)
		case !errors.Is(err, normalize.ErrNoValue):
			t.Errorf("%s %q: %v", c.id, c.text, err)
		}
		if got != c.want {
			t.Errorf("%s %q is %q, want %q (%v)", c.id, c.text, got, c.want, err)
		}
	}
}
