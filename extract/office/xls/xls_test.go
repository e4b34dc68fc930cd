package xls

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"nianbao/extract"
	"nianbao/extract/extracttest"
	"nianbao/extract/office/ole"
	"nianbao/fixtures"
	"nianbao/fixtures/office"
	"nianbao/process/guard"
)

// The file was made by LibreOffice 7.4 from a web page.
func TestLibreOffice(t *testing.T) { extracttest.File(t, "testdata/libreoffice.xls", Read) }

// Every number of a report is in a cell of its own, and none of the hidden ones.
func TestNumbers(t *testing.T) {
	for seed := range uint64(40) {
		r := fixtures.New(seed)
		rep := fixtures.Generate(seed, fixtures.Options{Form: "2021"})
		s := office.RandomSheet(r)
		doc, err := Read(office.XLS(rep, s, r))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if err := extracttest.Check(doc); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		for i := range doc.Tables {
			if d := doc.Tables[i].Doubts; len(d) > 0 {
				t.Errorf("seed %d: doubts %v", seed, d)
			}
		}
		if err := extracttest.Numbers(doc, rep, ","); err != nil {
			t.Fatalf("seed %d, %+v: %v", seed, s, err)
		}
		if hidden := len(doc.Warnings) == 1 && doc.Warnings[0].Code == "hidden"; hidden != s.Hidden {
			t.Errorf("seed %d: warnings %v", seed, doc.Warnings)
		}
	}
}

// small is the stream of a workbook of few cells.
func small(s office.SheetStyle) []byte {
	rep := &fixtures.Report{Blocks: []fixtures.Block{
		{Kind: fixtures.Heading, Text: "一、总体情况"},
		{Kind: fixtures.TableKind, Table: &fixtures.Table{Rows: [][]fixtures.Cell{
			{{Text: "规章", RowSpan: 2}, {Text: "1", ColSpan: 2}}, {{Text: "2"}, {Text: "3.5"}},
		}}},
	}}
	f, err := ole.Open(office.XLS(rep, s, fixtures.New(1)))
	if err != nil {
		panic(err)
	}
	b, err := f.Stream("Workbook")
	if err != nil {
		panic(err)
	}
	return b
}

// put writes one record.
func put(kind int, data ...byte) []byte {
	return append([]byte{byte(kind), byte(kind >> 8), byte(len(data)), byte(len(data) >> 8)}, data...)
}

func TestRefusals(t *testing.T) {
	sound := small(office.SheetStyle{Framed: true})
	bof := len(put(recBOF, make([]byte, 16)...))
	for name, test := range map[string]struct {
		in   []byte
		code string
	}{
		"nothing":  {nil, extract.RefusedDamaged},
		"password": {append(append(sound[:bof:bof], put(recFilePass, 1, 0)...), sound[bof:]...), extract.RefusedEncrypted},
		"excel 95": {append(put(recBOF, 0, 5, 5, 0), sound[bof:]...), extract.RefusedUnsupported},
		"excel 4":  {put(0x0409, 0, 0), extract.RefusedUnsupported},
		"texts":    {append(put(recBOF, 0, 6, 5, 0), put(recSST, 0, 0, 0, 0, 255, 255, 255, 127)...), extract.RefusedTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(test.in)
			var refusal *extract.Refusal
			if !errors.As(err, &refusal) || refusal.Code != test.code {
				t.Errorf("read: %v, want a refusal %s", err, test.code)
			}
		})
	}
	doc, err := read(sound[:bytes.LastIndexByte(sound, recEOF)])
	if err != nil || len(doc.Warnings) != 1 || doc.Warnings[0].Code != "damaged" || len(doc.Tables) != 1 || doc.Tables[0].Doubts == nil {
		t.Errorf("a workbook that is cut off: %+v, %v", doc, err)
	}
}

// A cell that lies in another place than it was put is told.
func TestMoved(t *testing.T) {
	row := func(row, col, n byte, numbers ...byte) []byte {
		data := []byte{row, 0, col, 0}
		for _, v := range numbers {
			data = append(data, 0, 0, v<<2|2, 0, 0, 0)
		}
		return put(recMulRK, append(data, col+n-1, 0)...)
	}
	for name, test := range map[string]struct {
		cells [][]byte
		moved bool
	}{
		"sound":              {[][]byte{row(0, 0, 2, 1, 2), row(1, 0, 2, 3, 4)}, false},
		"to the row below":   {[][]byte{row(1, 0, 2, 1, 2), row(1, 0, 2, 3, 4)}, true},
		"to a row far below": {[][]byte{row(7, 0, 2, 1, 2), row(1, 0, 2, 3, 4)}, true},
		"no longer a cell":   {[][]byte{row(0, 0, 2, 1, 2), put(0x10BD, row(1, 0, 2, 3, 4)[4:]...), row(2, 0, 2, 3, 4)}, true},
		"a note among them":  {[][]byte{row(0, 0, 2, 1, 2), put(0x001C, 0, 0), put(0x0862, 0, 0), row(2, 0, 2, 3, 4), put(0x10BD, 0)}, false},
		"to the right":       {[][]byte{row(0, 0, 3, 1, 2), row(1, 0, 2, 3, 4)}, true},
	} {
		bof := append([]byte{0, 6}, make([]byte, 14)...)
		stream := slices.Concat(put(recBOF, bof...), put(recXF, make([]byte, 20)...), put(recBoundSheet, 0, 0, 0, 0, 0, 0, 1, 0, 'a'), put(recEOF))
		binary.LittleEndian.PutUint32(stream[len(stream)-13:], uint32(len(stream)))
		stream = slices.Concat(stream, put(recBOF, bof...), slices.Concat(test.cells...), put(recEOF))
		doc, err := read(stream)
		if err != nil || len(doc.Tables) == 0 {
			t.Fatalf("%s: %v, %v", name, doc, err)
		}
		if moved := len(doc.Warnings) > 0 && doc.Tables[0].Doubts != nil; moved != test.moved {
			t.Errorf("%s: %v", name, doc.Warnings)
		}
	}
}

func TestText(t *testing.T) {
	for name, test := range map[string]struct {
		parts []string
		want  string
		fails bool
	}{
		"narrow":          {[]string{"\x02\x00\x00ab"}, "ab", false},
		"wide":            {[]string{"\x02\x00\x01\x09\x67a\x00"}, "有a", false},
		"cut between":     {[]string{"\x03\x00\x00ab", "\x01\x09\x67"}, "ab有", false},
		"fonts behind":    {[]string{"\x01\x00\x08\x01\x00a\x00\x00", "\x01\x00"}, "a", false},
		"reading behind":  {[]string{"\x01\x00\x04\x02\x00\x00\x00axy"}, "a", false},
		"cut off":         {[]string{"\x05\x00\x00ab"}, "", true},
		"half a unit":     {[]string{"\x01\x00\x01a"}, "", true},
		"no head":         {[]string{"\x05"}, "", true},
		"fonts missing":   {[]string{"\x01\x00\x08\x05\x00a"}, "a", true},
		"nothing follows": {[]string{"\x01\x00\x01", ""}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			var c cursor
			for _, p := range test.parts {
				c.parts = append(c.parts, []byte(p))
			}
			got, err := c.text(2)
			if got != test.want || (err != nil) != test.fails {
				t.Errorf("text = %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestRK(t *testing.T) {
	for v, want := range map[uint32]float64{5<<2 | 2: 5, 250<<2 | 3: 2.5, 0x3FF00000: 1, 0x3FF00001: 0.01, 0xFFFFFFFE: -1} {
		if got := rk(v); got != want {
			t.Errorf("rk(%x) = %v, want %v", v, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(small(office.RandomSheet(fixtures.New(seed))))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		defer guard.Start()()
		doc, err := read(b)
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
