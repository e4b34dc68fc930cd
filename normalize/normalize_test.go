package normalize_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"nianbao/extract"
	"nianbao/extract/html"
	"nianbao/extract/text"
	"nianbao/normalize"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden reads the report of each testdata file and compares what is found
// with its want section: everything but plain zeros and absent cells.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var doc *extract.Document
			in := ar.Files[0]
			switch in.Name {
			case "in.txt":
				doc, err = text.Read(in.Data)
			case "in.html":
				doc, err = html.Read(in.Data)
			default:
				t.Fatalf("no reader for %s", in.Name)
			}
			if err != nil {
				t.Fatal(err)
			}
			got := render(normalize.Normalize(doc))
			if *update {
				ar.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(ar.Files[1].Data), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
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
		fmt.Fprintf(&b, "%s %s %s %s %s %q\n", o.ID, value, o.Unit, o.State, o.Status, o.Text)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "finding %s %s %d: %s\n", f.Rule, f.Severity, len(f.IDs), f.Message)
	}
	return b.String()
}

// BenchmarkNormalize measures one report of three full tables.
func BenchmarkNormalize(b *testing.B) {
	data, err := os.ReadFile("../fixtures/samples/云溪市水利局-2019.html")
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
