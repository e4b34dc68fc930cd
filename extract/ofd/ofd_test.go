package ofd

import (
	"archive/zip"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"nianbao/extract"
	"nianbao/extract/extracttest"
	"nianbao/extract/grid"
	"nianbao/fixtures/ofd"
)

// zipped makes an archive of members.
func zipped(t testing.TB, members ...txtar.File) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		f, err := z.Create(m.Name)
		if err == nil {
			_, err = f.Write(m.Data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// onePage is a file of one page with this content, in layers.
func onePage(t testing.TB, content string, more ...txtar.File) []byte {
	return zipped(t, append([]txtar.File{
		{Name: "OFD.xml", Data: []byte(`<OFD><DocBody><DocRoot>D/Document.xml</DocRoot></DocBody></OFD>`)},
		{Name: "D/Document.xml", Data: []byte(`<Document><CommonData><DocumentRes>Res.xml</DocumentRes></CommonData><Pages><Page ID="1" BaseLoc="P.xml"/></Pages></Document>`)},
		{Name: "D/P.xml", Data: []byte(`<Page><Content><Layer>` + content + `</Layer></Content></Page>`)},
		{Name: "D/Res.xml", Data: []byte(`<Res><MultiMedias><MultiMedia ID="7" Type="Image" Format="GBIG2"><MediaFile>a.jb2</MediaFile></MultiMedia></MultiMedias>` +
			`<CompositeGraphicUnits><CompositeGraphicUnit ID="9"><Content><CompositeObject ID="10" ResourceID="9" Boundary="0 0 1 1"/><CompositeObject ID="11" ResourceID="9" Boundary="0 0 1 1"/></Content></CompositeGraphicUnit></CompositeGraphicUnits></Res>`)},
	}, more...)...)
}

var update = flag.Lookup("update")

// Every txtar file in testdata holds the members of an OFD file, and last, as
// want, what is read of it.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no golden files (%v)", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var want string
			if last := len(a.Files) - 1; a.Files[last].Name == "want" {
				want, a.Files = string(a.Files[last].Data), a.Files[:last]
			}
			var got string
			doc, err := Read(zipped(t, a.Files...), Options{})
			if err != nil {
				got = "error: " + err.Error() + "\n"
			} else {
				got = extracttest.Render(doc)
				if err := extracttest.Check(doc); err != nil {
					t.Error(err)
				}
			}
			if update.Value.String() == "true" {
				a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s(-want +got):\n%s", a.Comment, diff)
			}
		})
	}
}

func TestDeltas(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		want string
		ok   bool
	}{
		{"1 2.5,3", 9, "[1 2.5 3]", true},
		{"g 3 2 1", 9, "[2 2 2 1]", true},
		{"g 2000000000 2", 3, "[2 2 2]", true},
		{"g -1 2", 3, "[]", false},
		{"g 3", 3, "[]", false},
		{"1 x", 3, "[1]", false},
		{"NaN", 3, "[]", false},
		{"", 3, "[]", true},
	} {
		got, ok := deltas(c.s, c.n)
		if fmt.Sprint(got) != c.want || ok != c.ok {
			t.Errorf("deltas(%q, %d) = %v, %v; want %s, %v", c.s, c.n, got, ok, c.want, c.ok)
		}
	}
}

func TestOutline(t *testing.T) {
	for _, c := range []struct {
		s    string
		subs int
		ok   bool
	}{
		{"M 0 0 L 1 0 L 1 1 C", 1, true},
		{"S 0 0 L 1 0 M 5 5 L 6 6 7 7", 2, true},
		{"M 0 0 Q 1 1 2 2 B 1 1 2 2 3 3 A 1 1 0 0 1 4 4", 1, true},
		{"M 0 0 C L 3 3", 2, true},
		{"L 1 1", 0, false},
		{"M 0", 0, false},
		{"M 0 0 L 1", 1, false},
		{"M 0 0 Z", 1, false},
	} {
		subs, ok := outline(c.s, identity)
		if len(subs) != c.subs || ok != c.ok {
			t.Errorf("outline(%q) = %d subpaths, %v; want %d, %v", c.s, len(subs), ok, c.subs, c.ok)
		}
	}
}

// Files that give no Document say why.
func TestRefusals(t *testing.T) {
	text := `<TextObject Boundary="10 10 50 5" Size="4"><TextCode X="0" Y="4" DeltaX="g 9 4">年度报告</TextCode></TextObject>`
	deep := strings.Repeat("<PageBlock>", 100) + strings.Repeat("</PageBlock>", 100)
	scan := `<ImageObject Boundary="0 0 210 297" CTM="210 0 0 297 0 0" ResourceID="7"/>`
	for name, c := range map[string]struct {
		b    []byte
		code string
	}{
		"cut":       {onePage(t, text)[:600], extract.RefusedDamaged},
		"no entry":  {zipped(t, txtar.File{Name: "a.xml"}), extract.RefusedDamaged},
		"no pages":  {zipped(t, txtar.File{Name: "OFD.xml", Data: []byte(`<OFD><DocBody><DocRoot>/D.xml</DocRoot></DocBody></OFD>`)}, txtar.File{Name: "D.xml", Data: []byte("<Document/>")}), extract.RefusedDamaged},
		"encrypted": {onePage(t, text, txtar.File{Name: "Encryptions.xml"}), extract.RefusedEncrypted},
		"deep":      {onePage(t, deep), extract.RefusedTooLarge},
		"empty":     {onePage(t, ""), extract.RefusedEmpty},
		"broken":    {onePage(t, "<TextObject"), extract.RefusedDamaged},
		"bomb":      {onePage(t, strings.Repeat(" ", maxMember)), extract.RefusedTooLarge},
		"recursion": {onePage(t, strings.Repeat(`<CompositeObject ResourceID="9" Boundary="0 0 1 1"/>`, 10_000)), extract.RefusedTooLarge},
		"no engine": {onePage(t, scan), extract.RefusedScan},
		"glyphs":    {onePage(t, strings.ReplaceAll(text, "年度报告", "\ue000\ue001\ue002\ue003")), extract.RefusedUnsupported},
	} {
		_, err := Read(c.b, Options{})
		var r *extract.Refusal
		if !errors.As(err, &r) || r.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

type recogniser func(extract.Picture) (grid.Page, error)

func (f recogniser) Recognise(p extract.Picture) (grid.Page, error) { return f(p) }

// A page that is a picture goes to OCR, with the place of its pixels.
func TestPicture(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 600, 800))); err != nil {
		t.Fatal(err)
	}
	file := ofd.WritePicture(b.Bytes(), 600, 800)
	var seen extract.Picture
	told := 0
	doc, err := Read(file, Options{
		Progress: func(page, pages int) { told += page * pages },
		OCR: recogniser(func(p extract.Picture) (grid.Page, error) {
			seen = p
			g := grid.Page{Number: p.Page, Width: p.Width, Height: p.Height, Reader: "ocr", Recognised: true}
			for i := range 60 {
				x := 20 + 8*float64(i)
				g.Glyphs = append(g.Glyphs, grid.Glyph{Text: "年", Box: extract.Box{x, 20, x + 8, 28}, Size: 8})
			}
			return g, nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if told != 1 || seen.Part || seen.Page != 1 || seen.Image.Bounds().Dx() != 600 || len(doc.Lines) != 1 || doc.Pages[0].Reader != "ocr" {
		t.Errorf("told %d, picture %+v, document %+v", told, seen, doc)
	}
	for i, want := range []float64{1, 0, 0, 1, 0, 0} {
		if d := seen.Matrix[i] - want; d > .001 || d < -.001 {
			t.Errorf("matrix %v", seen.Matrix)
		}
	}
	failed := errors.New("the engine is lost")
	_, err = Read(file, Options{OCR: recogniser(func(extract.Picture) (grid.Page, error) { return grid.Page{}, failed })})
	var r *extract.Refusal
	if !errors.As(err, &r) || r.Code != extract.RefusedScan || !strings.Contains(r.Detail, failed.Error()) {
		t.Error(err)
	}
	jbig2 := onePage(t, `<ImageObject Boundary="0 0 210 297" ResourceID="7"/>`, txtar.File{Name: "D/a.jb2", Data: []byte("\x97JB2\r\n\x1a\n\x01\x00")})
	_, err = Read(jbig2, Options{OCR: recogniser(func(extract.Picture) (grid.Page, error) { panic("no picture was decoded") })})
	if !errors.As(err, &r) || r.Code != extract.RefusedScan || !strings.Contains(r.Detail, "GBIG2") {
		t.Error(err)
	}
}

// A picture on a page of text is told where it was not read and may be a table: where
// no engine is there, and where nothing here decodes it.
func TestPictureBesideText(t *testing.T) {
	var gray bytes.Buffer
	if err := png.Encode(&gray, image.NewGray(image.Rect(0, 0, 600, 800))); err != nil {
		t.Fatal(err)
	}
	jbig2 := []byte("\x97JB2\r\n\x1a\n\x01\x00")
	by := func(err error) Recogniser {
		return recogniser(func(extract.Picture) (grid.Page, error) { return grid.Page{}, err })
	}
	const text = `<TextObject Boundary="10 10 150 5" Size="4"><TextCode X="0" Y="4" DeltaX="g 15 4">政府信息公开工作年度报告二〇二一</TextCode></TextObject>`
	const wants = "needs an OCR engine"
	for name, c := range map[string]struct {
		picture []byte
		box     string
		ocr     Recogniser
		want    string // in the warning; "" for none
	}{
		"a table and no engine":      {gray.Bytes(), "20 100 170 100", by(extract.ErrNoEngine), wants},
		"no recogniser":              {gray.Bytes(), "20 100 170 100", nil, wants},
		"no table":                   {gray.Bytes(), "20 100 170 100", by(extract.ErrNoTable), ""},
		"a logo":                     {gray.Bytes(), "20 100 20 20", by(extract.ErrNoEngine), ""},
		"undecodable":                {jbig2, "20 100 170 100", by(extract.ErrNoTable), "GBIG2"},
		"undecodable and no engine":  {jbig2, "20 100 170 100", by(extract.ErrNoEngine), "GBIG2"},
		"undecodable, no recogniser": {jbig2, "20 100 170 100", nil, "GBIG2"},
		"missing":                    {nil, "20 100 170 100", by(extract.ErrNoTable), "lacks it"},
	} {
		page := text + strings.Replace(text, "10 10", "10 20", 1) + `<ImageObject Boundary="` + c.box + `" ResourceID="7"/>`
		var more []txtar.File
		if c.picture != nil {
			more = append(more, txtar.File{Name: "D/a.jb2", Data: c.picture})
		}
		doc, err := Read(onePage(t, page, more...), Options{OCR: c.ocr})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var told []string
		for _, w := range doc.Warnings {
			if w.Code == WarnImage {
				told = append(told, w.Message)
			}
		}
		switch {
		case c.want == "" && len(told) > 0, c.want != "" && (len(told) != 1 || !strings.Contains(told[0], c.want)):
			t.Errorf("%s: told %q, want %q", name, told, c.want)
		}
	}
}
