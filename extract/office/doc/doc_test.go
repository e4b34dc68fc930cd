package doc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"nianbao/extract"
	"nianbao/extract/charset"
	"nianbao/extract/extracttest"
	"nianbao/extract/office/ole"
	"nianbao/fixtures"
	"nianbao/fixtures/office"
	"nianbao/process/guard"
)

// The file was made by LibreOffice 7.4 from a web page.
func TestLibreOffice(t *testing.T) { extracttest.File(t, "testdata/libreoffice.doc", Read) }

func draw(seed uint64) (*fixtures.Report, office.Style) {
	r := fixtures.New(seed)
	rep := fixtures.Generate(seed, fixtures.Random(r, 1))
	return rep, office.Random(r)
}

// Every table comes back cell by cell, however the document was saved.
func TestTables(t *testing.T) {
	for seed := range uint64(40) {
		rep, s := draw(seed)
		doc, err := Read(office.DOC(rep, s, fixtures.New(seed)))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if err := extracttest.Check(doc); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		if err := same(rep, doc); err != nil {
			t.Errorf("seed %d, %+v: %v", seed, s, err)
		}
	}
}

// same compares the cells of all tables with text.
func same(rep *fixtures.Report, doc *extract.Document) error {
	var want, got []string
	for _, t := range rep.Tables() {
		for _, c := range t.Place() {
			text := c.Text
			if c.Vertical {
				text = strings.Join(strings.Split(text, ""), "\n")
			}
			if text = plain(text); text != "" {
				want = append(want, fmt.Sprintf("%d %s", c.Height(), text))
			}
		}
	}
	for i := range doc.Tables {
		for _, c := range doc.Tables[i].Cells {
			if c.Text != "" {
				got = append(got, fmt.Sprintf("%d %s", c.Height(), plain(c.Text)))
			}
		}
	}
	if len(want) != len(got) {
		return fmt.Errorf("%d cells with text, want %d", len(got), len(want))
	}
	for i := range want {
		if want[i] != got[i] {
			return fmt.Errorf("cell %d is %q, want %q", i, got[i], want[i])
		}
	}
	return nil
}

// plain is a text without blanks and what takes no room.
func plain(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || charset.Invisible(c) {
			return -1
		}
		return c
	}, s)
}

// What stands beside the text is not of it, and counted numbers are.
func TestLines(t *testing.T) {
	rep := fixtures.Generate(3, fixtures.Options{Form: "2021"})
	doc, err := Read(office.DOC(rep, office.Style{Counted: true, Furnish: true, Noise: true, Pictures: true}, fixtures.New(3)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	headings := 0
	for _, l := range doc.Lines {
		all.WriteString(l.Text + "\n")
		if l.Heading {
			headings++
		}
	}
	text := all.String()
	for _, want := range []string{"\n一、", "\n三、", rep.Agency} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	for _, not := range []string{"第 99 页", "请核对", "MERGEFIELD"} {
		if strings.Contains(text, not) {
			t.Errorf("%q in %s", not, text)
		}
	}
	if headings < 5 {
		t.Errorf("%d headings", headings)
	}
}

func TestRefusals(t *testing.T) {
	rep, s := draw(1)
	s.Fast, s.Compressed = false, false
	sound := office.DOC(rep, s, fixtures.New(1))
	at := strings.Index(string(sound), "\xEC\xA5\xC1\x00")
	if at < 0 {
		t.Fatal("no header")
	}
	change := func(f func(b []byte)) []byte {
		b := []byte(string(sound))
		f(b[at:])
		return b
	}
	for name, test := range map[string]struct {
		in   []byte
		code string
	}{
		"nothing":    {nil, extract.RefusedDamaged},
		"cut":        {sound[:len(sound)/2], extract.RefusedDamaged},
		"password":   {change(func(b []byte) { b[0x0B] |= 1 }), extract.RefusedEncrypted},
		"word 95":    {change(func(b []byte) { binary.LittleEndian.PutUint32(b, 0x0068A5DC) }), extract.RefusedUnsupported},
		"no pieces":  {change(func(b []byte) { clear(b[0x1A2:0x1AA]) }), extract.RefusedDamaged},
		"no word":    {change(func(b []byte) { b[0] = 0 }), extract.RefusedDamaged},
		"much text":  {change(func(b []byte) { b[0x4F] = 0x7F }), extract.RefusedTooLarge},
		"other file": {office.XLS(rep, office.SheetStyle{}, fixtures.New(1)), extract.RefusedDamaged},
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

func TestSprms(t *testing.T) {
	list := []byte{0x16, 0x24, 1, 0x15, 0xC6, 255, 1, 9, 9, 9, 9, 1, 8, 8, 8, 0x17, 0x24, 1, 0x08, 0xD6, 9}
	var ops []string
	for op, v := range sprms(list) {
		ops = append(ops, fmt.Sprintf("%04x %d", op, len(v)))
	}
	if got, want := strings.Join(ops, ", "), "2416 1, c615 9, 2417 1"; got != want {
		t.Errorf("sprms = %s, want %s", got, want)
	}
}

func TestKnown(t *testing.T) {
	for list, want := range map[string]bool{
		"":                             true,
		"\x3C\x08\x01":                 true,
		"\x3C\x08\x01\x43\x4A\x15\x00": true,
		"\x43\x4A\x15\x00\x3C\x0A\x01": false, // as if vanish were written otherwise
		"\x3C\x28\x01":                 false,
		"\x00\x09\x01":                 false, // a number that none has
		"\x00\x00\x00":                 false, // of no group
		"\x90\x2A\x01\x16\x24\x01\x49\x66\x00\x00\x00\x00": true,
	} {
		if got := known([]byte(list)); got != want {
			t.Errorf("known(%x) = %v", list, got)
		}
	}
}

// streams are a document without its container.
type streams map[string][]byte

func (s streams) Has(name string) bool { return s[name] != nil }
func (s streams) Stream(name string) ([]byte, error) {
	if s[name] == nil {
		return nil, errors.New("no stream " + name)
	}
	return s[name], nil
}

// small is a report of few cells, so that damage hits what matters.
func small(s office.Style) streams {
	rep := &fixtures.Report{Blocks: []fixtures.Block{
		{Kind: fixtures.Heading, Text: "一、总体情况"},
		{Kind: fixtures.TableKind, Table: &fixtures.Table{Rows: [][]fixtures.Cell{
			{{Text: "规章", RowSpan: 2}, {Text: "1", ColSpan: 2}}, {{Text: "2"}, {Text: "3"}},
		}}},
		{Kind: fixtures.Paragraph, Text: "完"},
	}}
	f, err := ole.Open(office.DOC(rep, s, fixtures.New(1)))
	if err != nil {
		panic(err)
	}
	out := streams{}
	for _, name := range []string{"WordDocument", "0Table", "1Table", "Data"} {
		if b, err := f.Stream(name); err == nil {
			out[name] = b
		}
	}
	return out
}

// Properties that were lost are told: they may have said that text is deleted.
func TestLostProperties(t *testing.T) {
	for _, s := range []office.Style{{Noise: true}, {Fast: true, Compressed: true, Noise: true}} {
		sound := small(s)
		name := "1Table"
		if sound[name] == nil {
			name = "0Table"
		}
		if damagedIn(t, sound) {
			t.Fatalf("%+v: a sound document counts as damaged", s)
		}
		try := func(what, stream string, at, n int) {
			bad := maps.Clone(sound)
			bad[stream] = bytes.Clone(bad[stream])
			clear(bad[stream][at : at+n])
			if !damagedIn(t, bad) {
				t.Errorf("%+v: %s lost, and nothing said", s, what)
			}
		}
		text, table := sound["WordDocument"], sound[name]
		for _, index := range []int{fcPlcfBteChpx, fcPlcfBtePapx} {
			entry := 0x9A + 8*index
			at, n := int(u32(text, entry)), int(u32(text, entry+4))
			pages := (n - 4) / 8
			try("the table", "WordDocument", entry+4, 4)
			for i := range pages {
				number := at + 4*(pages+1) + 4*i
				try("a page", name, number, 4)
				page := int(u32(table, number)) * pageSize
				try("a whole page", "WordDocument", page, pageSize)
				count := int(text[page+pageSize-1])
				width := 1
				if index == fcPlcfBtePapx {
					width = 13
				}
				for k := range count {
					list := page + 2*int(text[page+4*(count+1)+width*k])
					if size := int(text[list]); size > 0 && list > page {
						try("a list", "WordDocument", list, size+1)
						try("a property", "WordDocument", list+1, size)
					}
				}
			}
		}
	}
}

func damagedIn(t *testing.T, s streams) bool {
	doc, err := read(s)
	if err != nil {
		return true
	}
	for _, table := range doc.Tables {
		if !slices.ContainsFunc(table.Doubts, func(d extract.Doubt) bool { return d.Kind == "damaged" }) {
			return false
		}
	}
	return len(doc.Warnings) > 0
}

func FuzzRead(f *testing.F) {
	for _, s := range []office.Style{{}, {Compressed: true, Fast: true}, {Huge: true, Nested: true, Deltas: true, Parts: true}, {Counted: true, Furnish: true, Noise: true}} {
		d := small(s)
		table := d["0Table"]
		if table == nil {
			table = d["1Table"]
		}
		f.Add(d["WordDocument"], table, d["Data"])
	}
	f.Fuzz(func(t *testing.T, text, table, data []byte) {
		defer guard.Start()()
		doc, err := read(streams{"WordDocument": text, "0Table": table, "1Table": table, "Data": data})
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

// Properties that every paragraph refers to anew end the reading, not the
// memory or the day.
func TestHostile(t *testing.T) {
	const n = 1 << 20
	r := &reader{text: []byte(strings.Repeat("\r", n)), data: append([]byte{0xFF, 0xFF}, make([]byte, 0xFFFF)...)}
	r.stories[storyMain] = n
	r.pieces = []piece{{to: n, compressed: true}}
	r.para = runs{at: []int{n}, props: [][]byte{{0, 0, 0x46, 0x66, 0, 0, 0, 0}}}
	r.main()
	if !r.full() {
		t.Error("all of it was read")
	}
}
