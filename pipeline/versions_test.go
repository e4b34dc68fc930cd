package pipeline

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/versions.golden anew")

const versionsFile = "testdata/versions.golden"

// TestVersions holds the versions of the steps to what the steps make of the
// sample reports: where an artifact changes, its step's version must change too,
// or stores would keep the old artifacts for good.
func TestVersions(t *testing.T) {
	samples, err := filepath.Glob("../fixtures/samples/reports/*")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no sample reports: %v", err)
	}
	now := []string{Extract + " " + Versions[Extract], Normalize + " " + Versions[Normalize]}
	for _, path := range samples {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rep, doc, report := perform(request{From: Extract}, b, Options{})
		if rep.Refusal != nil {
			t.Fatalf("%s: %v", path, rep.Refusal)
		}
		again, _, fromDoc := perform(request{From: Normalize}, doc, Options{})
		if again.Refusal != nil || string(fromDoc) != string(report) {
			t.Errorf("%s: its stored Document gives another Report", path)
		}
		now = append(now, fmt.Sprintf("%s %s %s %s", Sum(doc), Sum(report), Sum(b), filepath.Base(path)))
	}

	golden, err := os.ReadFile(versionsFile)
	if err != nil && !(*update && os.IsNotExist(err)) {
		t.Fatal(err)
	}
	before := strings.Split(strings.TrimSpace(string(golden)), "\n")
	changed := map[string]bool{} // steps whose artifacts are not those of before
	for _, line := range now[2:] {
		b := strings.Fields(line)
		for _, was := range before {
			a := strings.Fields(was)
			switch {
			case len(a) != 4 || a[2] != b[2]: // another sample
			case a[0] != b[0]:
				changed[Extract] = true
			case a[1] != b[1]:
				changed[Normalize] = true
			}
		}
	}
	for i, step := range []string{Extract, Normalize} {
		if changed[step] && before[i] == now[i] {
			t.Fatalf("step %s makes other artifacts than before, and its version is still %s: change it (pipeline.Versions), then run go test ./pipeline -run TestVersions -update", step, Versions[step])
		}
	}
	text := strings.Join(now, "\n") + "\n"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(versionsFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text != string(golden) {
		t.Errorf("%s is out of date: run go test ./pipeline -run TestVersions -update", versionsFile)
	}
}
