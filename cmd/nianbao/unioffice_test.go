package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/extract/extracttest"
	"nianbao/fixtures"
	"nianbao/fixtures/docx"
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
		t.Fatalf("adapters/unioffice can't be built: %v\n%s", err, out)
	}
	files, err := filepath.Glob("../../../shared/cases/*.docx")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, generated(t)...)
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

// generated writes reports in the styles that both readers read in full: the rest,
// such as tracked changes and text boxes, the library leaves out.
func generated(t *testing.T) []string {
	dir := t.TempDir()
	var files []string
	for i, s := range []docx.Style{
		{}, {Split: true}, {Notes: true, Furniture: true}, {Controls: true}, {OldMerge: true}, {Pretty: true}, {Prefix: true}, {OddParts: true},
		{Split: true, Controls: true, Notes: true, Furniture: true},
	} {
		s.Wrap = docx.Packed
		seed := uint64(i)
		rep := fixtures.Generate(seed, fixtures.Options{Form: []string{"2014", "2019", "2021"}[i%3], Deviations: [][]fixtures.Deviation{nil, {fixtures.ZeroBlank}, {fixtures.Thousands3}}[i/3]})
		path := filepath.Join(dir, strconv.Itoa(i)+".docx")
		if err := os.WriteFile(path, docx.Write(rep, s, fixtures.New(seed)), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(strings.TrimSuffix(path, ".docx")+".truth.json", rep.Truth.Indent(), 0o666); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	return files
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
