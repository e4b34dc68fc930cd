package normalize_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"nianbao/extract"
	"nianbao/extract/extracttest"
	"nianbao/extract/html"
	"nianbao/extract/office/rtf"
	"nianbao/extract/text"
	"nianbao/normalize"
	"nianbao/process/guard"
	"nianbao/schema"
)

// TestGolden reads the report of each testdata file and compares what is found
// with its want section: everything but plain zeros and absent cells.
func TestGolden(t *testing.T) {
	extracttest.Compare(t, "testdata/*.txtar", func(t *testing.T, a *txtar.Archive) string {
		return render(normalize.Normalize(document(t, a)))
	})
}

// document reads the document of a testdata file.
func document(t *testing.T, a *txtar.Archive) *extract.Document {
	t.Helper()
	in := a.Files[0]
	read := map[string]func([]byte) (*extract.Document, error){"in.txt": text.Read, "in.html": html.Read, "in.rtf": rtf.Read}[in.Name]
	if read == nil {
		t.Fatalf("no reader for %s", in.Name)
	}
	doc, err := read(in.Data)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Files) > 2 {
		recognise(t, doc, string(a.Files[2].Data))
	}
	return doc
}

// recognise makes a scan of a document: two engines read every cell as it is
// printed, save where a line of readings says otherwise: table, row and column
// from 1, then | and what each engine reads, and how sure they are of it; or =
// and what a single one reads.
func recognise(t *testing.T, doc *extract.Document, lines string) {
	t.Helper()
	for i := range doc.Tables {
		for j := range doc.Tables[i].Cells {
			c := &doc.Tables[i].Cells[j]
			c.Recognised, c.Confidence = true, 1
			if c.Text != "" {
				c.Readings = []extract.Reading{{Reader: "ocr/a", Text: c.Text, Confidence: .95}, {Reader: "ocr/b", Text: c.Text, Confidence: .95}}
			}
		}
	}
	for _, line := range strings.Split(strings.TrimRight(lines, "\n"), "\n") {
		var table, row, col int
		if _, err := fmt.Sscan(line, &table, &row, &col); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		k := slices.IndexFunc(doc.Tables[table-1].Cells, func(c extract.Cell) bool { return c.Row == row-1 && c.Col == col-1 })
		c := &doc.Tables[table-1].Cells[k]
		if _, text, ok := strings.Cut(line, "="); ok {
			c.Text, c.Readings = strings.TrimSpace(text), nil
			continue
		}
		parts := strings.SplitN(line, " |", 5)
		for i := range c.Readings {
			r := &c.Readings[i]
			r.Text = strings.TrimSpace(parts[1+i])
			if len(parts) > 3 {
				r.Confidence, _ = strconv.ParseFloat(strings.TrimSpace(parts[min(len(parts)-1, 3+i)]), 64)
			}
		}
		c.Text = c.Readings[0].Text
	}
}

func render(r *normalize.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s | %d | form %s | %s\n", r.Agency.Name, r.Year, r.Form, r.Dated)
	for _, o := range r.Observations {
		value := "null"
		if o.Value != nil {
			value = o.Value.String()
		}
		if o.State == normalize.Absent || o.State == normalize.Reported && o.Status == normalize.OK && value == "0" {
			continue
		}
		fmt.Fprintf(&b, "%s %s %s %s %s %q", o.ID, value, o.Unit, o.State, o.Status, o.Text)
		if o.Correction != nil {
			fmt.Fprintf(&b, "  by %s", o.Correction.By)
		}
		if r := o.Reading; r != nil {
			fmt.Fprintf(&b, "  read %v %s %s %q", r.Value, r.State, r.Status, r.Text)
		}
		b.WriteString("\n")
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "finding %s %s %d: %s\n", f.Rule, f.Severity, len(f.IDs), f.Message)
	}
	return b.String()
}

// BenchmarkNormalize measures one report of three full tables.
func BenchmarkNormalize(b *testing.B) {
	data, err := os.ReadFile("../fixtures/samples/reports/云溪市水利局-2019.html")
	if err != nil {
		b.Fatal(err)
	}
	doc, err := html.Read(data)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		normalize.Normalize(doc)
	}
}

// FuzzNormalize holds that any tables and lines give a report, with ids of the
// forms only and each at most once.
func FuzzNormalize(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ar.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		read := text.Read
		if extract.Sniff(b) == extract.TypeHTML {
			read = html.Read
		}
		doc, err := read(b)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, o := range normalize.Normalize(doc).Observations {
			if seen[o.ID] {
				t.Errorf("%s occurs twice", o.ID)
			}
			seen[o.ID] = true
			known := false
			for _, form := range schema.Forms() {
				known = known || form.Cell(o.ID) != nil
			}
			if !known {
				t.Errorf("no form has %s", o.ID)
			}
			if (o.Value != nil) != (o.State == normalize.Reported || o.State == normalize.Derived) {
				t.Errorf("%s: state %s with value %v", o.ID, o.State, o.Value)
			}
		}
	})
}
