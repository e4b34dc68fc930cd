package export

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Frictionless's own library finds packages valid, with every line of theirs. It is
// fetched by .ci/frictionless/install.
func TestFrictionless(t *testing.T) {
	const library = "../../.ci/frictionless"
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is missing (Debian: apt-get install nodejs)")
	}
	if _, err := os.Stat(filepath.Join(library, "node_modules", ".package-lock.json")); errors.Is(err, fs.ErrNotExist) {
		t.Skip("Frictionless's library is missing (bash .ci/frictionless/install)")
	}
	args := []string{filepath.Join(library, "validate.js")}
	write := func(src reports, o Options) string {
		t.Helper()
		dir := t.TempDir()
		if err := Package(t.Context(), dir, src, o, about); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, "datapackage.json")
	}
	drawn := rapid.Custom(draw)
	for i := range 10 {
		src := drawn.Example(i)
		args = append(args, write(src, Options{}), write(src, Options{ExcludeReview: true, Evidence: evidenceOf(src)}))
	}
	if out, err := exec.CommandContext(t.Context(), node, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}

	// It is no library that finds everything valid.
	for what, harm := range map[string]func(dir string) error{
		"a figure of no report": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "reports.csv"), []byte(strings.Join(columnNames(reportsResource), ",")+"\n"), 0o644)
		},
		"a missing column": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "cells.csv"), []byte("form,cell\n2021,x\n"), 0o644)
		},
	} {
		path := write(small(), Options{})
		if err := harm(filepath.Dir(path)); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), node, args[0], path).CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 {
			t.Errorf("%s is found valid: %v\n%s", what, err, out)
		}
	}
}
