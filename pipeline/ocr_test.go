package pipeline

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nianbao/extract"
	"nianbao/store"
)

func TestOCRIdentity(t *testing.T) {
	if got, err := OCRIdentity(nil); err != nil || got != NoTool {
		t.Errorf("no engines: %q, %v", got, err)
	}
	word := rapid.SampledFrom([]string{"", "a", "b", "a\nb", `"`, "["})
	engines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Engine {
		return Engine{Name: word.Draw(t, "name"), Version: word.Draw(t, "version"), Models: rapid.SliceOfN(word, 0, 3).Draw(t, "models")}
	}), 1, 4)
	normal := func(es []Engine) []Engine { // without the orders that do not count
		out := slices.Clone(es)
		for i := range out {
			out[i].Models = slices.Sorted(slices.Values(out[i].Models))
		}
		slices.SortFunc(out, func(a, b Engine) int {
			return slices.Compare(append([]string{a.Name, a.Version}, a.Models...), append([]string{b.Name, b.Version}, b.Models...))
		})
		return out
	}
	equal := func(a, b []Engine) bool {
		return slices.EqualFunc(normal(a), normal(b), func(a, b Engine) bool {
			return a.Name == b.Name && a.Version == b.Version && slices.Equal(a.Models, b.Models)
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		a := engines.Draw(t, "a")
		b := rapid.OneOf(engines, rapid.Permutation(a)).Draw(t, "b")
		x, err := OCRIdentity(a)
		y, err2 := OCRIdentity(b)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if (x == y) != equal(a, b) || x == NoTool {
			t.Fatalf("identities %s and %s", x, y)
		}
	})
}

func TestDependsOnOCR(t *testing.T) {
	table := func(c extract.Cell) *extract.Document {
		return &extract.Document{Tables: []extract.Table{{Cells: []extract.Cell{{Reader: "pdf/pdfium"}, c}}}}
	}
	for _, test := range []struct {
		name string
		doc  *extract.Document
		err  error
		want bool
	}{
		{"text", &extract.Document{Pages: []extract.Page{{Reader: "pdf/pdfium"}}, Warnings: []extract.Warning{{Code: "damaged"}}}, nil, false},
		{"text of a reader with a like name", &extract.Document{Pages: []extract.Page{{Reader: "ocracoke"}}}, nil, false},
		{"a page that was recognised", &extract.Document{Pages: []extract.Page{{Reader: "pdf/pdfium"}, {Reader: "ocr"}}}, nil, true},
		{"a page that was recognised by name", &extract.Document{Pages: []extract.Page{{Reader: "ocr/tesseract"}}}, nil, true},
		{"a page that waits for an engine", &extract.Document{Warnings: []extract.Warning{{Code: "image_only", Page: 2}}}, nil, true},
		{"a cell that was recognised", table(extract.Cell{Recognised: true}), nil, true},
		{"a cell that an engine read", table(extract.Cell{Reader: "ocr/ppocr"}), nil, true},
		{"no such cell", table(extract.Cell{Reader: "html"}), nil, false},
		{"a scan without an engine", nil, &extract.Refusal{Code: extract.RefusedScan}, true},
		{"another refusal", nil, &extract.Refusal{Code: extract.RefusedDamaged}, false},
		{"an error", nil, errors.New("broken"), false},
		{"nothing", nil, nil, false},
	} {
		if got := dependsOnOCR(test.doc, test.err); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	var white bytes.Buffer
	if err := png.Encode(&white, image.NewGray(image.Rect(0, 0, 400, 400))); err != nil {
		t.Fatal(err)
	}
	for input, want := range map[string]bool{string(white.Bytes()): true, page: false, "": false} {
		if rep, _, _ := perform(request{From: Extract}, []byte(input), Options{}); (rep.Tool == store.OCR) != want {
			t.Errorf("%.10q depends on OCR: %v, want %v", input, rep.Tool, want)
		}
	}
}
