package markdown

import (
	"errors"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/extract/extracttest"
	"nianbao/process/guard"
)

func TestGolden(t *testing.T) { extracttest.Golden(t, "testdata/*.txtar", Read) }

func TestRefusals(t *testing.T) {
	for name, in := range map[string]string{
		"bytes": strings.Repeat("x", maxBytes+1),
		"cells": "|a|\n|-|\n" + strings.Repeat("|1\n", maxCells),
	} {
		_, err := Read([]byte(in))
		var refusal *extract.Refusal
		if !errors.As(err, &refusal) || refusal.Code != extract.RefusedTooLarge {
			t.Errorf("%s: %v, want a refusal too_large", name, err)
		}
	}
}

func TestInline(t *testing.T) {
	for in, want := range map[string]string{
		"12":                        "12",
		"**12**":                    "12",
		"*12*":                      "12",
		"3 * 4 * 5":                 "3 * 4 * 5",
		"`12`":                      "12",
		`1\.属于国家秘密`:                 "1.属于国家秘密",
		`\*12\*`:                    "*12*",
		`a \| b`:                    "a | b",
		"[12](http://a \"b\")":      "12",
		"![图](a.png)":               " ",
		"<font color=red>12</font>": "12",
		"a &lt; b&nbsp;c":           "a < b\u00a0c",
		"~~3~~4":                    "4",
		"<del>3</del>4":             "4",
		"a < b > c":                 "a < b > c",
		"> 引用":                      "引用",
		"__12__":                    "12",
		"snake_case_name":           "snake_case_name",
	} {
		var p parser
		if got := p.inline(in); got != want {
			t.Errorf("inline(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	extracttest.Seeds(f, "testdata/*.txtar", func(in []byte) { f.Add(in) })
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		doc, err := Read(b)
		if err != nil {
			return
		}
		extracttest.Fuzzed(t, doc, len(b), 4)
	})
}
