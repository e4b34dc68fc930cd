package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/extract/extracttest"
	"nianbao/fixtures"
	"nianbao/fixtures/score"
	"nianbao/normalize"
	"nianbao/second"
)

// The adapter is a module of its own: it builds as it stands, and reads the
// .docx files at hand as their truth and this program's own reader do.
func TestUnioffice(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute to build")
	}
	program := filepath.Join(t.TempDir(), "unioffice-docx")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = "../../adapters/unioffice"
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("adapters/unioffice can't be built here: %v\n%s", err, out)
	}
	var files []string
	for _, dir := range []string{"../../fixtures/samples", "../../../shared/cases"} {
		found, err := filepath.Glob(filepath.Join(dir, "*.docx"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Skip("there are no .docx files to read")
	}
	r := &second.Reader{Program: program, Limits: second.DefaultLimits()}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			out, err := r.Read(t.Context(), b)
			if err != nil {
				t.Fatal(err)
			}
			var doc extract.Document
			if err := json.Unmarshal(out, &doc); err != nil {
				t.Fatal(err)
			}
			if err := extracttest.Check(&doc); err != nil {
				t.Fatal(err)
			}
			report := normalize.Normalize(&doc)
			truth, err := os.ReadFile(strings.TrimSuffix(path, ".docx") + ".truth.json")
			if err != nil {
				t.Skip("no truth")
			}
			want, err := fixtures.ReadTruth(truth)
			if err != nil {
				t.Fatal(err)
			}
			if c, misses := score.Compare(want, report); !c.Perfect() {
				t.Errorf("%s\n%s\n%v", score.Head(), c.Row("unioffice"), misses)
			}
			agree(t, program, path)
		})
	}
}

// agree reads a file by both readers through the command line.
func agree(t *testing.T, program, path string) {
	cmd := exec.Command("nianbao", "read", "--second", "docx="+program, path)
	out, err := cmd.Output()
	var l line
	if json.Unmarshal(out, &l) != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if slices.ContainsFunc(l.Findings, func(f normalize.Finding) bool { return f.Rule == extract.RefusedUnsupported }) {
		t.Skip("this program has no reader of .docx")
	}
	for _, f := range l.Findings {
		if f.Rule == second.Differs || f.Rule == second.Failed {
			t.Errorf("%s: %s", f.Rule, f.Message)
		}
	}
}
