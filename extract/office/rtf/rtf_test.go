package rtf

import (
	"errors"
	"strings"
	"testing"

	"nianbao/extract"
	"nianbao/extract/extracttest"
	"nianbao/fixtures"
	"nianbao/fixtures/office"
	"nianbao/process/guard"
)

// The file was made by LibreOffice 7.4 from a web page.
func TestLibreOffice(t *testing.T) { extracttest.File(t, "testdata/libreoffice.rtf", Read) }

func TestGolden(t *testing.T) { extracttest.Golden(t, "testdata/*.txtar", Read) }

// Every number of a report is in a cell of its own, however it is written.
func TestNumbers(t *testing.T) {
	for seed := range uint64(40) {
		r := fixtures.New(seed)
		rep := fixtures.Generate(seed, fixtures.Options{Form: "2021"})
		s := office.Random(r)
		doc, err := Read(office.RTF(rep, s, r))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if err := extracttest.Check(doc); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		if err := extracttest.Numbers(doc, rep, ""); err != nil {
			t.Fatalf("seed %d, %+v: %v", seed, s, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	for name, test := range map[string]struct{ in, code string }{
		"none":  {"hello", extract.RefusedDamaged},
		"deep":  {`{\rtf1` + strings.Repeat("{", maxDepth+1), extract.RefusedDamaged},
		"cells": {`{\rtf1\intbl` + strings.Repeat(`\cell`, 2000) + `\row\pard\par}`, extract.RefusedTooLarge},
		"rows":  {`{\rtf1\trowd\cellx9\intbl` + strings.Repeat(`\cell\row`, 400_000), extract.RefusedTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read([]byte(test.in))
			var refusal *extract.Refusal
			if !errors.As(err, &refusal) || refusal.Code != test.code {
				t.Errorf("Read: %v, want a refusal %s", err, test.code)
			}
		})
	}
}

// Groups that do not close where they should put all tables in doubt.
func TestTorn(t *testing.T) {
	const row = `\trowd\cellx900\cellx1800\intbl a\cell 1\cell\row`
	for in, torn := range map[string]bool{
		`{\rtf1 ` + row + row + `\pard\par}` + "\r\n\x00":                                false,
		`{\rtf1 ` + row + row + `\pard{\field{\*\fldinst REF a}{\fldrslt 2}}\par}`:       false,
		`{\rtf1 ` + row + row + `\pard{\header\trowd\cellx9\intbl x\cell\row}\par}`:      false,
		`{\rtf1 ` + row + row + `{\field{\*\fldinst ` + row + `}{\fldrslt 2}}\pard\par}`: true,
		`{\rtf1 ` + row + row + `}` + row + `\pard\par}`:                                 true,
		`{\rtf1{\fonttbl{\f0 A;}` + row + `}` + row + row + `\pard\par}`:                 true,
		`{\rtf1 ` + row + row + `\pard a \{ b\par}{\*\written{\by another}}`:             false,
	} {
		doc, err := Read([]byte(in))
		if err != nil || len(doc.Tables) == 0 {
			t.Fatalf("%s: %v, %v", in, doc, err)
		}
		if got := len(doc.Warnings) > 0 && len(doc.Tables[0].Doubts) > 0; got != torn {
			t.Errorf("%s: %v", in, doc.Warnings)
		}
	}
}

// Numbers that a control may not have do no harm.
func TestHostile(t *testing.T) {
	for _, in := range []string{
		`{\rtf1\bin-5 x\bin99999999999 y}`,
		`{\rtf1\uc-3\u999999999999?\u-99999999999?x\par}`,
		`{\rtf1\intbl\itap-4\cell\itap99\nestcell\nestrow\row}`,
		`{\rtf1\trowd\cellx5\cellx-5\cellx5\intbl a\cell b\cell c\cell\row\pard\par}`,
		`{\rtf1\'`, `{\rtf1\'z`, `{\rtf1\`, `{\rtf1}}}}{\x`,
		`{\rtf1\ansicpg65001\'ff\'fe}`,
	} {
		doc, err := Read([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if err := extracttest.Check(doc); err != nil {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for seed := range uint64(4) {
		r := fixtures.New(seed)
		rep := &fixtures.Report{Blocks: []fixtures.Block{
			{Kind: fixtures.Heading, Text: "一、总体情况"},
			{Kind: fixtures.TableKind, Table: &fixtures.Table{Rows: [][]fixtures.Cell{
				{{Text: "规章", RowSpan: 2}, {Text: "1", ColSpan: 2}}, {{Text: "2"}, {Text: "3"}},
			}}},
			{Kind: fixtures.Paragraph, Text: "完"},
		}}
		f.Add(office.RTF(rep, office.Random(r), r))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		doc, err := Read(b)
		if err != nil {
			var refusal *extract.Refusal
			if !errors.As(err, &refusal) {
				t.Fatal(err)
			}
			return
		}
		if err := extracttest.Check(doc); err != nil {
			t.Error(err)
		}
	})
}
