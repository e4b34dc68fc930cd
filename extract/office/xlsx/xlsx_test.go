package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"testing"

	"github.com/xuri/excelize/v2"

	"nianbao/extract"
	"nianbao/extract/extracttest"
	"nianbao/fixtures"
	"nianbao/fixtures/office"
	"nianbao/process/guard"
)

// The file was made by LibreOffice 7.4 from a web page.
func TestLibreOffice(t *testing.T) { extracttest.File(t, "testdata/libreoffice.xlsx", Read) }

// book makes a workbook of one sheet.
func book(t testing.TB, fill func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	var b bytes.Buffer
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestShown(t *testing.T) {
	b := book(t, func(f *excelize.File) error {
		places, err := f.NewStyle(&excelize.Style{NumFmt: 1})
		if err != nil {
			return err
		}
		thousands, err := f.NewStyle(&excelize.Style{NumFmt: 4})
		if err != nil {
			return err
		}
		return errors.Join(
			f.SetCellStr("Sheet1", "A1", "标题"),
			f.SetSheetRow("Sheet1", "A3", &[]any{"金额", 12.5, 1234.5}),
			f.SetSheetRow("Sheet1", "A4", &[]any{"件数", 7, "无"}),
			f.SetCellStyle("Sheet1", "B3", "B3", places),
			f.SetCellStyle("Sheet1", "C3", "C3", thousands),
			f.MergeCell("Sheet1", "A6", "C6"),
			f.SetCellStr("Sheet1", "A6", "尾注"),
		)
	})
	doc, err := Read(b)
	if err != nil {
		t.Fatal(err)
	}
	const want = "| 标题\ntable 2 x 3\n  [金额] [13] [1,234.50]\n  [件数] [7] [无]\n  doubt object at 0,1\n| 尾注\n"
	if got := extracttest.Render(doc); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestNumbers(t *testing.T) {
	for seed := range uint64(8) {
		r := fixtures.New(seed)
		rep := fixtures.Generate(seed, fixtures.Options{Form: "2021"})
		doc, err := Read(office.XLSX(rep, office.RandomSheet(r), r))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if err := extracttest.Check(doc); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		if err := extracttest.Numbers(doc, rep, ","); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	sound := book(t, func(f *excelize.File) error { return f.SetCellStr("Sheet1", "A1", "x") })
	for name, test := range map[string]struct {
		in   []byte
		code string
	}{
		"nothing": {nil, extract.RefusedDamaged},
		"cut":     {sound[:len(sound)/2], extract.RefusedDamaged},
		"bomb":    {bomb(t), extract.RefusedTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(test.in)
			var refusal *extract.Refusal
			if !errors.As(err, &refusal) || refusal.Code != test.code {
				t.Errorf("Read: %v, want a refusal %s", err, test.code)
			}
		})
	}
}

// bomb is a workbook whose sheet unpacks to more than the limit.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	part, err := w.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	blank := bytes.Repeat([]byte(" "), 1<<20)
	for range maxUnzipped>>20 + 1 {
		if _, err := part.Write(blank); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func FuzzRead(f *testing.F) {
	f.Add(book(f, func(f *excelize.File) error { return f.SetCellStr("Sheet1", "A1", "x") }))
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
