package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// count is a number with its noun: 1 file, 2 files.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "y") {
		noun = strings.TrimSuffix(noun, "y") + "ie"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func orUnknown(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func yearText(year int) string {
	if year == 0 {
		return "year unknown"
	}
	return fmt.Sprint(year)
}

// short is a path as seen from here, where that is shorter.
func short(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, path); err == nil && len(rel) < len(path) && filepath.IsAbs(path) {
		return rel
	}
	return path
}

// countTrue tells how many flags are set.
func countTrue(flags ...bool) (n int) {
	for _, f := range flags {
		if f {
			n++
		}
	}
	return n
}
